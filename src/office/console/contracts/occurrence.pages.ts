import { Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../../../core/access/rules.js';
import {
  newOccurrenceSchema,
  occurrenceNumber,
  correctionSchema,
  withdrawalQuery,
} from '../../../core/contracts/contract.schema.js';
import type { ContractView } from '../../../core/contracts/contract.view.js';
import { ContractsService, type Edit } from '../../../core/contracts/contracts.service.js';
import { milestoneCode } from '../../../core/settings/plan.schema.js';
import { notFound } from '../../../platform/app-error.js';
import { Id } from '../../../platform/http/query.schema.js';
import { ConsolePage } from '../console-page.js';
import { Form } from '../form.js';
import { page, redirect, Submits, Visit, Visiting } from '../visit.js';
import { doneBy } from './contract-form.pages.js';
import { ContractInPage } from './contract.pages.js';
import { differenceShown } from './plan-shown.js';

/** What can be done to an occurrence that was recorded. */
export const waysToAlter = ['correct', 'withdraw'] as const;
type Way = (typeof waysToAlter)[number] | 'record';

/** Occurrence names what a page is about; one that is still to be recorded has no number. */
interface Occurrence {
  code: string;
  occurrence?: number;
}

const CodeOf = () => Param('code', { schema: milestoneCode });
const NumberOf = () => Param('occurrence', { schema: occurrenceNumber });
const WayOf = () => Param('way', { schema: z.enum(waysToAlter) });

const recordForm = newOccurrenceSchema.extend({ code: milestoneCode });

/** OccurrencePages record that a milestone happened, correct its day and take it back. They show the difference first. */
@ConsolePage('console/contracts/:id/occurrences')
@Allow('officer', 'manager', 'admin')
export class OccurrencePages {
  constructor(
    private readonly contracts: ContractsService,
    private readonly inPage: ContractInPage,
  ) {}

  @Post()
  @Submits()
  record(@Visiting() visit: Visit, @Id() id: string) {
    const { caller, form } = visit;
    const named = { code: form.text('code') ?? '' };
    return visit.submit(
      async () => {
        if (form.text('step') === 'preview') return this.shown(visit, id, named, 'record');
        const { code, ...occurrence } = form.read(recordForm);
        const view = await this.contracts.recordOccurrence({ caller, id, dryRun: false }, code, occurrence);
        const isLate = view.milestones.some(
          (one) =>
            one.code === code &&
            one.occurredOn === occurrence.occurredOn &&
            one.alerts.some(({ wording, status }) => wording === 'neutral' && status === 'planned'),
        );
        return redirect(`/console/contracts/${id}`, doneBy(view, isLate ? 'recorded-late' : 'recorded'));
      },
      () => this.shown(visit, id, named, 'record'),
    );
  }

  @Get(':code/:occurrence/:way')
  ask(
    @Visiting() visit: Visit,
    @Id() id: string,
    @CodeOf() code: string,
    @NumberOf() occurrence: number,
    @WayOf() way: Way,
  ) {
    return this.shown(visit, id, { code, occurrence }, way);
  }

  @Post(':code/:occurrence/:way')
  @Submits()
  alter(
    @Visiting() visit: Visit,
    @Id() id: string,
    @CodeOf() code: string,
    @NumberOf() occurrence: number,
    @WayOf() way: Way,
  ) {
    const { caller, form } = visit;
    const named = { code, occurrence };
    return visit.submit(
      async () => {
        if (form.text('step') !== 'save') return this.shown(visit, id, named, way);
        const edit = { caller, id, dryRun: false };
        const view = await this.altered(edit, named, way, form);
        return redirect(`/console/contracts/${id}`, doneBy(view, `occurrence-${way}`));
      },
      () => this.shown(visit, id, named, way),
    );
  }

  private altered(edit: Edit, named: Required<Occurrence>, way: Way, form: Form): Promise<ContractView> {
    if (way === 'withdraw') {
      const { reason } = form.read(withdrawalQuery.pick({ reason: true }));
      return this.contracts.withdrawOccurrence(edit, named, reason);
    }
    const { reason, occurredOn } = form.read(correctionSchema);
    return this.contracts.correctOccurrence(edit, { ...named, occurredOn }, reason);
  }

  /** Rehearses what is asked for, so that whoever confirms it has seen what it does. */
  private async shown(visit: Visit, id: string, { code, occurrence }: Occurrence, way: Way) {
    const contract = await this.inPage.contract(visit, id);
    const found = contract.milestones.find(
      (one) => one.code === code && (occurrence === undefined || one.occurrence === occurrence),
    );
    const recordedOn = occurrence === undefined ? null : (found?.occurredOn ?? null);
    if (way !== 'record' && recordedOn === null) throw notFound('occurrence');
    const values = { occurredOn: recordedOn ?? '', ...visit.form.values() };
    const edit = { caller: visit.caller, id, dryRun: true };
    const rehearsed = await this.rehearse(edit, { code, occurrence: occurrence ?? 0 }, way, values)
      .then(async (view) => ({ difference: differenceShown(view, await this.inPage.today()) }))
      .catch((error: unknown) => ({ problem: visit.problem(error) }));
    return page('contracts/occurrence', `contracts.${way}Occurrence`, {
      contract,
      way,
      code,
      occurrence,
      recordedOn,
      values,
      name: found?.name ?? (await this.inPage.milestoneName(contract, code)),
      ...rehearsed,
      // What was sent wins: a reason that is missing is asked for on saving only.
      ...(visit.shown.problem ? { problem: visit.shown.problem } : {}),
    });
  }

  private async rehearse(
    edit: Edit,
    named: Required<Occurrence>,
    way: Way,
    values: Record<string, string>,
  ): Promise<ContractView> {
    if (way === 'withdraw') return this.contracts.withdrawOccurrence(edit, named, null);
    const { occurredOn } = new Form(values).read(newOccurrenceSchema.pick({ occurredOn: true }));
    return way === 'correct'
      ? this.contracts.correctOccurrence(edit, { ...named, occurredOn }, null)
      : this.contracts.recordOccurrence(edit, named.code, { occurredOn });
  }
}
