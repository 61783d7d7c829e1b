import { Get, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { ContractsService } from '../../../core/contracts/contracts.service.js';
import { Database } from '../../../platform/database/database.js';
import { FormChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { Form } from '../form.js';
import { fragment, page, redirect, Visit, Visiting } from '../visit.js';
import { newContractOf, onFields } from './contract-form.js';
import { PlanShown } from './plan-shown.js';

/** RegisteringPages register a contract, and draw its plan before anything is saved. */
@ConsolePage('console/contracts/new')
@Allow('officer', 'manager', 'admin')
export class RegisteringPages {
  constructor(
    private readonly contracts: ContractsService,
    private readonly database: Database,
    private readonly choices: FormChoices,
    private readonly plans: PlanShown,
  ) {}

  @Get()
  blank(@Visiting() visit: Visit) {
    const { departmentId, officerId } = visit.caller;
    visit.fill({ departmentId: departmentId ?? '', officerId: officerId ?? '', country: 'KR', locale: 'ko' });
    return this.form(visit);
  }

  /** Draws the plan while somebody types, by htmx; without script, by a button of the form. */
  @Post('plan')
  async plan(@Visiting() visit: Visit) {
    const plan = await this.planned(visit);
    if (visit.isFromHtmx) return fragment('contracts/plan', { plan });
    visit.fill(visit.form.values());
    return this.form(visit, plan);
  }

  @Post()
  register(@Visiting() visit: Visit) {
    return visit.submit(
      async (form) => {
        const input = newContractOf(form, await this.choices.currency());
        const { id } = await this.contracts.register({ caller: visit.caller, dryRun: false }, input);
        return redirect(`/console/contracts/${id}`, 'registered');
      },
      async () => this.form(visit, await this.planned(visit)),
    );
  }

  private async form(visit: Visit, plan?: unknown) {
    const choices = await this.choices.forContract(visit);
    return page('contracts/new', 'contracts.register', { ...onFields(visit.shown), plan, ...choices });
  }

  /** Rehearses the contract, with stand-ins for what only saving asks for. Null while too little is filled in. */
  private async planned(visit: Visit) {
    const { form, caller } = visit;
    if (!form.has('kind') || !(form.has('signedOn') || form.has('startsOn'))) return null;
    const stoodIn = new Form({
      ...form.values(),
      reference: form.text('reference') ?? 'C-0000-0000',
      title: form.text('title') ?? '-',
      departmentId: form.text('departmentId') ?? (await this.choices.firstDepartment(visit)),
      signedOn: form.text('signedOn') ?? form.text('startsOn'),
    });
    try {
      const input = newContractOf(stoodIn, await this.choices.currency());
      return await this.database.rehearse(async () =>
        this.plans.shown(visit, await this.contracts.register({ caller, dryRun: false }, input)),
      );
    } catch (error) {
      return onFields({ problem: visit.problem(error) });
    }
  }
}
