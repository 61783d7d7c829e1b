import { Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../../core/access/rules.js';
import { moveSchema, newOccurrenceSchema } from '../../../core/contracts/contract.schema.js';
import { ContractsService } from '../../../core/contracts/contracts.service.js';
import { type Move, moves } from '../../../core/contracts/lifecycle.js';
import { milestoneCode } from '../../../core/settings/plan.schema.js';
import { Id } from '../../../platform/http/query.schema.js';
import { FormChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { Form, ownAddress } from '../form.js';
import { fragment, page, redirect, ShownAgainBy, Visit, Visiting } from '../visit.js';
import { contractPatchOf, onFields, valuesOf } from './contract-form.js';
import { ContractInPage } from './contract.pages.js';
import { differenceShown } from './plan-shown.js';

const MoveOf = () => Param('move', { schema: z.enum(moves) });

/** ChangingPages change a contract: its dates, its details and its state. They show the difference before it is saved. */
@ConsolePage('console/contracts/:id')
@Allow('officer', 'manager', 'admin')
export class ChangingPages {
  constructor(
    private readonly contracts: ContractsService,
    private readonly inPage: ContractInPage,
    private readonly choices: FormChoices,
  ) {}

  @Get('change')
  async form(@Visiting() visit: Visit, @Id() id: string) {
    visit.fill(valuesOf(await this.inPage.contract(visit, id)));
    return this.changePage(visit, id);
  }

  /** `step` is `preview` until the person has seen the difference and saves. */
  @Post('change')
  @ShownAgainBy('changePage')
  async change(@Visiting() visit: Visit, @Id() id: string) {
    const { caller, form } = visit;
    const saving = form.text('step') === 'save' && !visit.isFromHtmx;
    const ifVersion = form.whole('version') ?? null;
    const patch = contractPatchOf(form, await this.choices.currency());
    const view = await this.contracts.amend({ caller, id, dryRun: !saving, ifVersion }, patch);
    if (saving) return redirect(`/console/contracts/${id}`, 'amended');
    visit.shown = { values: form.values(), found: differenceShown(view, await this.inPage.today()) };
    return this.changePage(visit, id);
  }

  @Get('move/:move')
  async moveForm(@Visiting() visit: Visit, @Id() id: string, @MoveOf() move: Move) {
    return this.movePage(visit, id, move, { on: await this.inPage.today() });
  }

  @Post('move/:move')
  move(@Visiting() visit: Visit, @Id() id: string, @MoveOf() move: Move) {
    return visit.submit(
      async (form) => {
        if (form.text('step') !== 'save') return this.movePage(visit, id, move, form.values());
        await this.contracts.move({ caller: visit.caller, id, dryRun: false }, move, form.read(moveSchema));
        return redirect(`/console/contracts/${id}`, 'moved');
      },
      ({ values }) => this.movePage(visit, id, move, values),
    );
  }

  @Post('occurrences')
  async record(@Visiting() { caller, form }: Visit, @Id() id: string) {
    const { code, ...occurrence } = form.read(newOccurrenceSchema.extend({ code: milestoneCode }));
    await this.contracts.recordOccurrence({ caller, id, dryRun: false }, code, occurrence);
    // From a work list, back to it: there are more to record.
    return redirect(ownAddress(form.text('next'), `/console/contracts/${id}`), 'recorded');
  }

  /** Shows the form, with the difference where a preview found one. */
  async changePage(visit: Visit, id: string) {
    const shown = { ...onFields(visit.shown), difference: visit.shown.found };
    if (visit.isFromHtmx) return fragment('contracts/difference', shown);
    const contract = await this.inPage.contract(visit, id);
    const choices = await this.choices.forContract(visit, contract.officerId);
    return page('contracts/change', 'contracts.changeDates', { contract, ...shown, ...choices });
  }

  /** Rehearses the move for its page, so that whoever confirms it has seen what it does. */
  private async movePage(visit: Visit, id: string, move: Move, values: Record<string, string>) {
    const contract = await this.inPage.contract(visit, id);
    const rehearse = async () => {
      const body = new Form(values).read(moveSchema);
      const view = await this.contracts.move({ caller: visit.caller, id, dryRun: true }, move, body);
      return { difference: differenceShown(view, await this.inPage.today()) };
    };
    const found = await rehearse().catch((error: unknown) => ({ problem: visit.problem(error) }));
    return page('contracts/move', `contracts.move-${move}`, { contract, move, values, ...found });
  }
}
