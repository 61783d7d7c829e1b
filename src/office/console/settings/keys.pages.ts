import { Body, Get, Param, Post, Req } from '@nestjs/common';
import { ApiKeysService } from '../../../core/access/api-keys.service.js';
import { newKeySchema } from '../../../core/access/api-keys.controller.js';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { zonedIso } from '../../../core/calendar/zoned-iso.js';
import { idParam } from '../../../platform/http/query.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { roleChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { FormChoices } from '../contracts/form-choices.js';
import { Form, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';

const path = '/console/settings/keys';

/** Keys of other systems; shown once when they are made. */
@ConsolePage('console/settings/keys')
@Allow('admin')
export class KeysPages {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly settings: SettingsService,
    private readonly choices: FormChoices,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  list(@Req() request: PageRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    return this.listed(request, caller, { role: 'officer' });
  }

  @Post()
  async make(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      const until = form.text('expiresOn');
      const calendar = await this.settings.calendar();
      const wanted = parsed(newKeySchema, {
        name: form.text('name'),
        role: form.text('role'),
        departmentId: form.text('departmentId') ?? null,
        expiresAt:
          until && /^\d{4}-\d{2}-\d{2}$/.test(until)
            ? calendar.instantOf(until, '23:59').toISOString()
            : (until ?? null),
      });
      const { key } = await this.keys.create(caller, {
        name: wanted.name,
        role: wanted.role,
        departmentId: wanted.departmentId ?? null,
        officerId: null,
        expiresAt: wanted.expiresAt ? new Date(wanted.expiresAt) : null,
      });
      return page('settings/key', 'keys.made', { key });
    } catch (error) {
      return this.listed(request, caller, form.values(), await this.writer.problem(request, error));
    }
  }

  @Post(':id/revoke')
  async revoke(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    await this.keys.revoke(caller, id);
    return redirect(path, 'key-revoked');
  }

  private async listed(
    request: PageRequest,
    caller: Caller,
    values: Record<string, string>,
    problem?: ShownProblem,
  ): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const { timeZone } = (await this.settings.calendar()).setting;
    const choices = await this.choices.of(caller, locale);
    const departments = new Map(choices.departments.map(({ value, text }) => [value, text]));
    const told = (moment: Date | null) => moment && zonedIso(moment, timeZone);
    const items = (await this.keys.list()).map(
      ({ id, name, prefix, role, departmentId, expiresAt, lastUsedAt, revokedAt }) => ({
        id,
        name,
        prefix,
        role,
        department: departmentId ? departments.get(departmentId) : null,
        expiresAt: told(expiresAt),
        lastUsedAt: told(lastUsedAt),
        over: revokedAt ? 'revoked' : expiresAt && expiresAt < new Date() ? 'expired' : null,
      }),
    );
    const shown = {
      items,
      values,
      problem,
      departments: choices.departments,
      roles: roleChoices(locale),
    };
    return page('settings/keys', 'keys.title', shown, { status: problem?.status ?? 200 });
  }
}
