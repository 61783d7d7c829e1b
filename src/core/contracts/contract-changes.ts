import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/app-error.js';
import { PlanningService } from '../planning/planning.service.js';
import type { OccurrenceToRecord } from '../planning/planning.types.js';
import { type ChangeEntry, Journal } from '../proof/journal.service.js';
import { SettingsService } from '../settings/settings.service.js';
import { Contract } from './contract.entity.js';
import { ContractReader } from './contract.reader.js';
import { checkDates } from './lifecycle.js';
import { TakingOver } from './taking-over.js';
import { Database } from '../../platform/database/database.js';

/** Alterations of a contract, each written and journalled in the running transaction, which holds the contract's lock. */
@Injectable()
export class ContractChanges {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly planning: PlanningService,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
    private readonly takingOver: TakingOver,
  ) {}

  /**
   * Writes altered columns, one change row a column; false when nothing differs. Every way into another department but
   * handing over, which asks once for all of its contracts, comes through here.
   */
  async alter(
    contract: Contract,
    wanted: Partial<Contract>,
    by: Pick<ChangeEntry, 'what' | 'params' | 'actor' | 'reason'>,
  ): Promise<boolean> {
    const keys = (Object.keys(wanted) as (keyof Contract)[]).filter((key) =>
      differs(contract[key], wanted[key]),
    );
    if (keys.length === 0) return false;
    if (wanted.departmentId && keys.includes('departmentId')) {
      await this.takingOver.mustBeAble(wanted.departmentId, [contract.departmentId]);
    }
    const before = Object.fromEntries(keys.map((key) => [key, contract[key]]));
    const after = Object.fromEntries(keys.map((key) => [key, wanted[key]]));
    Object.assign(contract, after);
    checkDates(contract);
    if (contract.state !== 'draft' && contract.state !== 'terminated' && contract.signedOn === null) {
      throw new AppError('invalid', 'signing-date-needed', 'A signed contract keeps its signing date.');
    }
    contract.version += 1;
    await this.database
      .repository(Contract)
      .update({ id: contract.id }, { ...after, version: contract.version });
    if (after['departmentId']) await this.planning.moveDepartment(contract.id, contract.departmentId);
    await this.journal.record(
      ...keys.map((key) => ({
        subject: 'contract',
        subjectId: contract.id,
        contractId: contract.id,
        what: by.what,
        params: { ...by.params, field: key },
        before: { [key]: before[key] },
        after: { [key]: after[key] },
        actor: by.actor,
        reason: by.reason,
      })),
    );
    return true;
  }

  /** False when the source's occurrence was known. */
  async occurred(contract: Contract, occurrence: OccurrenceToRecord, actor: string): Promise<boolean> {
    const [subject] = await this.reader.subjectsOf([contract]);
    if (!subject) throw new Error('a contract has no planning subject');
    const { recorded, occurrence: number } = await this.planning.recordOccurrence(subject, occurrence);
    if (!recorded) return false;
    await this.bump(contract);
    await this.journal.record({
      subject: 'milestone',
      subjectId: contract.id,
      contractId: contract.id,
      what: 'occurred',
      params: { milestone: occurrence.code },
      before: null,
      after: {
        code: occurrence.code,
        occurrence: number,
        occurredOn: occurrence.occurredOn,
        note: occurrence.note,
      },
      actor,
      reason: occurrence.note,
    });
    return true;
  }

  /** An amendment is told where the plan has a milestone for it. */
  async recordAmendment(
    contract: Contract,
    amendment: { amendedOn: string; note: string | null; externalId: string | null },
    actor: string,
  ): Promise<void> {
    const { amendedOn, ...rest } = amendment;
    const { value: plan } = await this.settings.plan(contract.planName, contract.planVersion);
    const code = plan.milestones.find((m) => m.anchor.type === 'amendment')?.code;
    if (code) await this.occurred(contract, { code, occurredOn: amendedOn, ...rest }, actor);
  }

  /** Counts the version up when something of the contract's changed that is no column of its own. */
  async bump(contract: Contract): Promise<void> {
    contract.version += 1;
    await this.database.repository(Contract).update({ id: contract.id }, { version: contract.version });
  }
}

function differs(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string' && /^\d+(\.\d+)?$/.test(a) && /^\d+(\.\d+)?$/.test(b)) {
    return Number(a) !== Number(b) || (a.length !== b.length && !a.includes('.') && !b.includes('.'));
  }
  return (a ?? null) !== (b ?? null);
}
