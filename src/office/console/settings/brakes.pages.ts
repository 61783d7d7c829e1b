import { Body, Get, Param, Post, Req } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { zonedIso } from '../../../core/calendar/zoned-iso.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { idParam } from '../../../platform/http/query.schema.js';
import type { Brake } from '../../../core/sending/brake.entity.js';
import { BrakesService } from '../../../core/sending/brakes.service.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { type Choice, departmentChoices, nameIn } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { Form, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';
import type { Locale } from '../../../platform/words/words.js';
import { translate } from '../words/words.js';
import { SettingInForce } from './versioned.js';

const path = '/console/settings/brakes';

const pullSchema = z.object({
  scope: z.enum(['agency', 'department', 'template', 'sender']),
  target: z.string().min(1).max(200),
  reason: z.string().min(3).max(500),
});
const releaseSchema = z.object({ reason: z.string().min(3).max(500) });

/** Sending paused and resumed, by whom and why. */
@ConsolePage('console/settings/brakes')
@Allow('admin')
export class BrakesPages {
  constructor(
    private readonly brakes: BrakesService,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly who: SettingInForce,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  @Allow('admin', 'auditor')
  list(@Req() request: PageRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    return this.shown(request, caller, {});
  }

  @Post()
  async pull(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    const department = form.text('departmentId');
    try {
      const scope = department ? 'department' : (form.text('scope') ?? 'agency');
      const target = department ?? form.text('target') ?? (scope === 'agency' ? 'all' : undefined);
      await this.brakes.pullBrake(caller, parsed(pullSchema, { scope, target, reason: form.text('reason') }));
      return redirect(path, 'settings-saved');
    } catch (error) {
      return this.shown(request, caller, form.values(), await this.writer.problem(request, error));
    }
  }

  @Post(':id/release')
  async release(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    try {
      const { reason } = parsed(releaseSchema, { reason: new Form(body).text('reason') });
      await this.brakes.releaseBrake(caller, id, reason);
      return redirect(path, 'settings-saved');
    } catch (error) {
      return this.shown(request, caller, {}, await this.writer.problem(request, error));
    }
  }

  private async shown(
    request: PageRequest,
    caller: Caller,
    values: Record<string, string>,
    problem?: ShownProblem,
  ): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const departments = await this.departments.list(caller);
    const { timeZone } = (await this.settings.calendar()).setting;
    const names = new Map(departments.map((department) => [department.id, nameIn(department, locale)]));
    const rows = [];
    for (const brake of await this.brakes.listBrakes())
      rows.push(await this.row(brake, names, timeZone, locale));
    const scopes: Choice[] = (['agency', 'template', 'sender'] as const).map((scope) => ({
      value: scope,
      text: translate(locale, `brakeScopes.${scope}`),
    }));
    const shown = {
      on: rows.filter((row) => row.until === null),
      past: rows.filter((row) => row.until !== null).slice(0, 50),
      departments: departmentChoices(departments, locale),
      scopes,
      values,
      problem,
      mayChange: caller.role === 'admin',
    };
    return page('settings/brakes', 'settings.brakes', shown, { status: problem?.status ?? 200 });
  }

  private async row(brake: Brake, names: Map<string, string>, timeZone: string, locale: Locale) {
    return {
      id: brake.id,
      scope: brake.scope,
      target: brake.scope === 'agency' ? '' : (names.get(brake.target) ?? brake.target),
      reason: brake.reason,
      who: brake.actor === 'system' ? brake.actor : await this.who.who(brake.actor, locale),
      since: zonedIso(brake.pulledAt, timeZone),
      until: brake.releasedAt && zonedIso(brake.releasedAt, timeZone),
      releaseReason: brake.releaseReason,
    };
  }
}
