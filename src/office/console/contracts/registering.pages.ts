import { Body, Get, Post, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { ContractsService } from '../../../core/contracts/contracts.service.js';
import { ConsolePage } from '../console-page.js';
import { Form, isFromHtmx } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import { mendableProblem, type ShownProblem } from '../problem-words.js';
import type { Locale } from '../../../platform/words/words.js';
import { newContractOf, onFields } from './contract-form.js';
import { FormChoices } from './form-choices.js';
import { PlanShown } from './plan-shown.js';
import { Database } from '../../../platform/database/database.js';

/** Registering a contract, its plan drawn before anything is saved. */
@ConsolePage('console/contracts/new')
@Allow('officer', 'manager', 'admin')
export class RegisteringPages {
  constructor(
    private readonly contracts: ContractsService,
    private readonly database: Database,
    private readonly choices: FormChoices,
    private readonly plans: PlanShown,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  async blank(@Req() request: PageRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    const values = {
      departmentId: caller.departmentId ?? '',
      officerId: caller.officerId ?? '',
      country: 'KR',
      locale: 'ko',
    };
    return this.form(request, caller, { values });
  }

  /** While somebody types, by htmx; without script, by a button of the form. */
  @Post('plan')
  async plan(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    const plan = await this.planned(caller, form, await this.writer.localeOf(request));
    if (isFromHtmx(request)) return page('contracts/plan', 'contracts.plan', { plan }, { fragment: true });
    return this.form(request, caller, { values: form.values(), plan });
  }

  @Post()
  async register(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    const locale = await this.writer.localeOf(request);
    try {
      const input = newContractOf(form, await this.choices.currency());
      const { id } = await this.contracts.register(caller, input, { dryRun: false });
      return redirect(`/console/contracts/${id}`, 'registered');
    } catch (error) {
      const problem = onFields(mendableProblem(error, locale));
      return this.form(request, caller, {
        values: form.values(),
        problem,
        plan: await this.planned(caller, form, locale),
      });
    }
  }

  private async form(
    request: PageRequest,
    caller: Caller,
    shown: { values: Record<string, string>; problem?: ShownProblem; plan?: unknown },
  ): Promise<PageAnswer> {
    const choices = await this.choices.of(caller, await this.writer.localeOf(request));
    return page(
      'contracts/new',
      'contracts.register',
      { ...shown, ...choices },
      { status: shown.problem?.status ?? 200 },
    );
  }

  /** Null while the form does not say enough. What is only missing for saving is stood in for. */
  private async planned(caller: Caller, form: Form, locale: Locale) {
    const enough = form.has('kind') && (form.has('signedOn') || form.has('startsOn'));
    if (!enough) return null;
    const stoodIn = new Form({
      ...form.values(),
      reference: form.text('reference') ?? 'C-0000-0000',
      title: form.text('title') ?? '-',
      departmentId: form.text('departmentId') ?? (await this.choices.firstDepartment(caller)),
      signedOn: form.text('signedOn') ?? form.text('startsOn'),
    });
    try {
      const input = newContractOf(stoodIn, await this.choices.currency());
      return await this.database.rehearse(async () =>
        this.plans.of(caller, await this.contracts.register(caller, input, { dryRun: false }), locale),
      );
    } catch (error) {
      return { problem: onFields(mendableProblem(error, locale)) };
    }
  }
}
