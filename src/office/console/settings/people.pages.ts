import { Body, Get, Inject, Param, Post, Req } from '@nestjs/common';
import { type AccountPatch, accountPatchSchema, newAccountSchema } from '../../accounts/account.schema.js';
import { welcomeLink } from '../../accounts/account-links.js';
import { AccountsService, type AccountWithLink } from '../../accounts/accounts.service.js';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { zonedIso } from '../../../core/calendar/zoned-iso.js';
import { idParam } from '../../../platform/http/query.schema.js';
import { CONFIG } from '../../../platform/platform.tokens.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { roleChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { FormChoices } from '../contracts/form-choices.js';
import { Form, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';

const path = '/console/settings/people';

/** Accounts: invited by a link that is shown once, changed, disabled. */
@ConsolePage('console/settings/people')
@Allow('admin')
export class PeoplePages {
  constructor(
    @Inject(CONFIG) private readonly config: { publicUrl: string | null },
    private readonly accounts: AccountsService,
    private readonly settings: SettingsService,
    private readonly choices: FormChoices,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  list(@Req() request: PageRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    return this.listed(request, caller, { role: 'officer', locale: 'ko' });
  }

  @Post()
  async invite(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      const wanted = parsed(newAccountSchema, {
        email: form.text('email'),
        name: form.text('name'),
        role: form.text('role'),
        departmentId: form.text('departmentId') ?? null,
        officerId: form.text('officerId') ?? null,
        locale: form.text('locale') ?? 'ko',
      });
      return this.withLink(request, 'people.invited1', await this.accounts.invite(caller, wanted));
    } catch (error) {
      return this.listed(request, caller, form.values(), await this.writer.problem(request, error));
    }
  }

  @Get(':id')
  async form(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    const { name, role, departmentId, officerId } = await this.accounts.get(id);
    return this.one(request, caller, id, {
      name,
      role,
      departmentId: departmentId ?? '',
      officerId: officerId ?? '',
    });
  }

  /** `step` disables and enables; without it, the fields are saved. */
  @Post(':id')
  async change(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      await this.accounts.amend(caller, id, patchOf(form));
      return redirect(`${path}/${id}`, 'account-changed');
    } catch (error) {
      return this.one(request, caller, id, form.values(), await this.writer.problem(request, error));
    }
  }

  @Post(':id/reset')
  async reset(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    return this.withLink(
      request,
      'people.resetDone',
      await this.accounts.reset(caller, id, new Form(body).text('reason') ?? null),
    );
  }

  private withLink(request: PageRequest, title: string, { account, token }: AccountWithLink): PageAnswer {
    const link = welcomeLink(request, this.config.publicUrl, token);
    return page('settings/link', title, {
      titleWords: { name: account.name },
      heading: title,
      account,
      link,
    });
  }

  private async listed(
    request: PageRequest,
    caller: Caller,
    values: Record<string, string>,
    problem?: ShownProblem,
  ): Promise<PageAnswer> {
    const choices = await this.choicesFor(request, caller);
    const { timeZone } = (await this.settings.calendar()).setting;
    const departments = new Map(choices.departments.map(({ value, text }) => [value, text]));
    const items = (await this.accounts.list()).map((account) => ({
      ...account,
      department: account.departmentId ? departments.get(account.departmentId) : null,
      lastSeenAt: account.lastSeenAt && zonedIso(new Date(account.lastSeenAt), timeZone),
    }));
    return page(
      'settings/people',
      'people.title',
      { items, values, problem, ...choices },
      { status: problem?.status ?? 200 },
    );
  }

  private async one(
    request: PageRequest,
    caller: Caller,
    id: string,
    values: Record<string, string>,
    problem?: ShownProblem,
  ): Promise<PageAnswer> {
    const shown = {
      account: await this.accounts.get(id),
      values,
      problem,
      ...(await this.choicesFor(request, caller)),
    };
    return page('settings/person', 'people.change', shown, { status: problem?.status ?? 200 });
  }

  private async choicesFor(request: PageRequest, caller: Caller) {
    const locale = await this.writer.localeOf(request);
    return { roles: roleChoices(locale), ...(await this.choices.of(caller, locale)) };
  }
}

function patchOf(form: Form): AccountPatch {
  const step = form.text('step');
  const reason = form.text('reason');
  if (step === 'disable' || step === 'enable')
    return parsed(accountPatchSchema, { active: step === 'enable', reason });
  return parsed(accountPatchSchema, {
    name: form.text('name'),
    role: form.text('role'),
    departmentId: form.text('departmentId') ?? null,
    officerId: form.text('officerId') ?? null,
    reason,
  });
}
