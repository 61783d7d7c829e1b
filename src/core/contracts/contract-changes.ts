import { Injectable } from '@nestjs/common';
import { DepartmentsService } from '../departments/departments.service.js';
import { compareAmounts } from '../../platform/amounts.js';
import { Database } from '../../platform/database/database.js';
import { type KnownContract, type NewlyPlanned, PlanningService } from '../planning/planning.service.js';
import type {
  Correction,
  Difference,
  OccurrenceToRecord,
  RecordedOccurrence,
} from '../planning/planning.types.js';
import type { Why } from '../planning/flags.js';
import type { Sign } from '../planning/signs.js';
import type { ContractChangeKind } from '../proof/change.entity.js';
import { type ChangeEntry, Journal, type LeafEntry } from '../proof/journal.service.js';
import { planFor, SettingsService } from '../settings/settings.service.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { type Contact, Contract, type Wanted } from './contract.entity.js';
import { ContractReader, type Parties, type Registered } from './contract.reader.js';
import { contractProblems } from './contracts.words.js';
import { anchoringTerms, requireDatesInOrder, requireSignedBy } from './lifecycle.js';
import { requireNearDay, requireSoonLive } from './validity.js';

type By = Pick<ChangeEntry, 'what' | 'params' | 'actor' | 'reason'>;

interface HowToReplan {
  known?: Map<string, Parties>;
  areAltered?: boolean | undefined;
}

/** NewKeeper is the officer or department that contracts are given to; one that is left out stays as it is. */
export interface NewKeeper {
  officerId?: string;
  departmentId?: string;
}

/** BroughtNumbers came from a file or a program; `isSuspect` says of whom who gave a contract another one it is noted. */
interface BroughtNumbers {
  /** Blind indexes in hexadecimal. */
  numbers: ReadonlySet<string>;
  broughtBy: string;
  isSuspect?: (givenBy: string) => boolean;
}

/** ContractChanges alters contracts in the running transaction, which holds their locks, and records each change. */
@Injectable()
export class ContractChanges {
  constructor(
    private readonly database: Database,
    private readonly reader: ContractReader,
    private readonly planning: PlanningService,
    private readonly settings: SettingsService,
    private readonly departments: DepartmentsService,
    private readonly journal: Journal,
  ) {}

  /**
   * Writes altered columns, one change row a column; false when nothing differs. Every way into another department but
   * handing over, which asks once for all of its contracts, comes through here.
   */
  async alter(
    contract: Contract,
    wanted: Wanted<Contract>,
    { approvedBy = null, ...change }: By & Pick<Why, 'approvedBy'>,
  ): Promise<boolean> {
    const { actor, reason = null } = change;
    const whole = { ...wanted, ...(await this.planChosen(contract, wanted)) };
    const keys = alteredColumns(contract, whole);
    if (keys.length === 0) return false;
    if (wanted.departmentId && keys.includes('departmentId')) {
      await this.requireTransferable(wanted.departmentId, [contract.departmentId]);
    }
    const was = { ...contract };
    const before = Object.fromEntries(keys.map((key) => [key, contract[key]]));
    const after = Object.fromEntries(keys.map((key) => [key, whole[key]]));
    Object.assign(contract, after);
    requireDatesInOrder(contract);
    if (typeof after['signedOn'] === 'string')
      requireNearDay(after['signedOn'], 'signedOn', await this.settings.today());
    if (contract.state !== 'draft' && contract.state !== 'terminated' && contract.signedOn === null) {
      throw contractProblems.error('signing-date-needed');
    }
    contract.version += 1;
    await this.database
      .repository(Contract)
      .update({ id: contract.id }, { ...after, version: contract.version });
    if (after['departmentId']) {
      await this.planning.moveAlerts([contract.id], contract.departmentId);
      await this.planning.flagMoved([was], contract.departmentId, { actor, reason, approvedBy });
    }
    for (const sign of signsOf(was, contract)) await this.planning.noteSign(contract.id, sign);
    await this.journal.record(...keys.map((key) => alteredEntry(contract.id, key, before, after, change)));
    return true;
  }

  /** Returns another plan's columns when the amount passes the threshold between two plans of the kind, either way. */
  private async planChosen(contract: Contract, { amount }: Wanted<Contract>): Promise<Wanted<Contract>> {
    if (amount === undefined || alteredColumns(contract, { amount }).length === 0) return {};
    const plan = planFor(await this.settings.plansFor(contract.kind), amount);
    return plan.name === contract.planName ? {} : { planName: plan.name, planVersion: plan.version };
  }

  /** Throws when an occurrence would lie before the signing, or too far ahead. */
  async requireOccurrenceDay(contract: Contract, day: LocalDate, path = 'occurredOn'): Promise<void> {
    requireSignedBy(contract, day, path);
    requireNearDay(day, path, await this.settings.today());
  }

  /**
   * Records that a milestone happened; returns false when the source's occurrence was known. A list that ends an officer's
   * silence has an id for it, and records by hand for them: it brings no history.
   */
  async recordOccurrence(
    contract: Contract,
    occurrence: OccurrenceToRecord,
    actor: string,
    way: 'hand' | 'file' = occurrence.externalId === null ? 'hand' : 'file',
  ): Promise<boolean> {
    const known = await this.knownBy(way, contract);
    const { recorded, occurrence: number } = await this.planning.recordOccurrence(known, occurrence);
    if (!recorded) return false;
    const { code, occurredOn, note } = occurrence;
    await this.recordPart(contract, {
      ...ofMilestone(contract, code),
      what: 'occurred',
      after: { code, occurrence: number, occurredOn, note },
      actor,
      reason: note,
    });
    return true;
  }

  /** Puts another day to what was recorded. */
  async correctOccurrence(contract: Contract, { occurredOn, ...one }: Correction, by: Why): Promise<void> {
    const known = await this.knownBy('hand', contract);
    const { before, occurrence } = await this.planning.correctOccurrence(known, { ...one, occurredOn });
    if (occurredOn === undefined || before === occurredOn) return;
    await this.recordPart(contract, {
      ...ofMilestone(contract, one.code),
      what: 'occurrence-corrected',
      before: { ...one, occurredOn: before },
      after: { ...one, occurrence, occurredOn },
      ...by,
    });
  }

  /** Takes back what was recorded, as if it had not been. */
  async withdrawOccurrence(
    contract: Contract,
    occurrence: Omit<RecordedOccurrence, 'occurredOn'>,
    by: Why,
  ): Promise<void> {
    const occurredOn = await this.planning.takeBack(await this.knownBy('hand', contract), occurrence);
    await this.recordPart(contract, {
      ...ofMilestone(contract, occurrence.code),
      what: 'occurrence-withdrawn',
      before: { ...occurrence, occurredOn },
      ...by,
    });
  }

  /** Reads of a contract what planning has to know to record something of it: files bring history, people do not. */
  async knownBy(way: 'hand' | 'file', contract: Contract): Promise<KnownContract> {
    const ends = await this.reader.historyEnds([contract]);
    return {
      contract,
      goLiveOn: ends.get(contract.id) ?? null,
      since: way === 'file' ? await this.reader.registeredAt(contract.id) : null,
    };
  }

  /** Records an amendment as an occurrence, where the plan has a milestone for amendments. */
  async recordAmendment(
    contract: Contract,
    amendment: { amendedOn: string; note: string | null; externalId: string | null },
    actor: string,
  ): Promise<void> {
    const { amendedOn, ...rest } = amendment;
    const { value: plan } = await this.settings.plan(contract.planName, contract.planVersion);
    const code = plan.milestones.find((m) => m.anchor.type === 'amendment')?.code;
    if (code) await this.recordOccurrence(contract, { code, occurredOn: amendedOn, ...rest }, actor);
  }

  /** Records what changed of a contract beside its own columns, with a leaf of what stands of it now, and counts its version up. */
  async recordPart(contract: Contract, entry: ChangeEntry, state: LeafEntry[] = []): Promise<void> {
    await this.countVersion(contract);
    await this.journal.record({ ...entry, contractId: contract.id });
    await this.journal.leaves(state);
  }

  /** Counts the version up when something of the contract changed that is no column of its own. */
  async countVersion(contract: Contract): Promise<void> {
    contract.version += 1;
    await this.database.repository(Contract).update({ id: contract.id }, { version: contract.version });
  }

  /**
   * Plans contracts again as they stand in the running transaction; returns the differences by contract. `known` are their
   * parties, where somebody has read them already; for `areAltered` see `PlanningService.replan`.
   */
  async replan(
    contracts: Contract[],
    by: Why,
    { known, areAltered }: HowToReplan = {},
  ): Promise<Map<string, Difference>> {
    const parties = known ?? (await this.reader.partiesOf(contracts.map(({ id }) => id)));
    await this.noteCalendar(contracts);
    const subjects = await this.reader.planningSubjectsOf(contracts, parties);
    return this.planning.replan(subjects, by, { areAltered });
  }

  /** Notes that contracts are planned by the calendar in force, so that they are not planned by it once more. */
  async noteCalendar(contracts: Contract[]): Promise<void> {
    const { version } = await this.settings.inForce('calendar');
    const others = contracts.filter(({ calendarVersion }) => calendarVersion !== version);
    if (others.length === 0) return;
    const ids = others.map(({ id }) => id);
    await this.database.run(`UPDATE contract SET calendar_version = $2 WHERE id = ANY($1)`, [ids, version]);
  }

  async replanOne(contract: Contract, by: Why, how?: HowToReplan): Promise<Difference> {
    const difference = (await this.replan([contract], by, how)).get(contract.id);
    if (!difference) throw new Error('planning returned nothing');
    return difference;
  }

  /** Notes a sign of a change, which is judged when the contract is planned again. */
  noteSign(contractId: string, sign: Sign): Promise<void> {
    return this.planning.noteSign(contractId, sign);
  }

  /**
   * Notes that a contract has other numbers than a file or a program gives, for each who gave the contract one of these; for whoever
   * registered it where it has none.
   */
  async noteOtherNumbers(
    { id }: Contract,
    contacts: Contact[],
    { numbers, broughtBy, isSuspect }: BroughtNumbers,
  ): Promise<void> {
    const known = contacts.filter(hasNumber);
    const others = known.filter(({ phoneIndex }) => !numbers.has(phoneIndex.toString('hex')));
    if (known.length > 0 && others.length === 0) return;
    const givers = await this.reader.giversOfNumbers(id, others);
    for (const givenBy of isSuspect ? givers.filter(isSuspect) : givers)
      await this.noteSign(id, { kind: 'other-number', givenBy, broughtBy });
  }

  /**
   * Flags a contract whose other numbers did not get into it: somebody was refused to register it, because there is one of its
   * reference, or a system's change waits. Whoever was first may have given a false number, or none, and only who came with the
   * other would know. One open flag is enough, however often it is tried.
   */
  async flagRefused(
    of: Pick<Contract, 'id'> | Pick<Contract, 'source' | 'reference'>,
    brought: BroughtNumbers,
  ): Promise<void> {
    const [contract] =
      'id' in of
        ? await this.reader.lockContracts([of.id])
        : await this.reader.lockByReference(of.source, [of.reference]);
    if (!contract) return;
    const contacts: Contact[] = (await this.reader.partiesOf([contract.id])).get(contract.id)?.contacts ?? [];
    const had = new Set(contacts.filter(hasNumber).map(({ phoneIndex }) => phoneIndex.toString('hex')));
    if ([...brought.numbers].every((number) => had.has(number))) return;
    const [open] = await this.database.rows(
      `SELECT FROM flag WHERE contract_id = $1 AND kind = 'other-number' AND closed_at IS NULL`,
      [contract.id],
    );
    if (open) return;
    await this.noteOtherNumbers(contract, contacts, brought);
    await this.replan([contract], { actor: brought.broughtBy, reason: null });
  }

  /** Plans contracts for the first time, in the transaction that registers them; returns what stands of each. */
  async planNew(registered: Registered[], by: Why): Promise<Map<string, NewlyPlanned>> {
    const contracts = registered.map(({ contract }) => contract);
    const parties = new Map(registered.map((one) => [one.contract.id, one]));
    return this.planning.planNew(await this.reader.planningSubjectsOf(contracts, parties), by);
  }

  /**
   * Gives many contracts to another officer or department, by a handful of statements whatever their number. Contracts
   * keep their plans and what fell due; their alerts go with them. Returns how many changed.
   */
  async transfer(ids: string[], to: NewKeeper, by: By & { what: ContractChangeKind }): Promise<number> {
    const contracts = await this.reader.lockContracts(ids);
    const changed = contracts.flatMap((contract) => {
      const keys = alteredColumns(contract, to);
      return keys.length > 0 ? [{ contract, keys }] : [];
    });
    if (changed.length === 0) return 0;
    const changedIds = changed.map(({ contract }) => contract.id);
    await this.database.run(
      `UPDATE contract SET officer_id = coalesce($2, officer_id), department_id = coalesce($3, department_id),
         version = version + 1, updated_at = clock_timestamp()
       WHERE id = ANY($1)`,
      [changedIds, to.officerId ?? null, to.departmentId ?? null],
    );
    if (to.departmentId) await this.planning.moveAlerts(changedIds, to.departmentId);
    // All contracts of a department that is merged go with it: nobody picks them.
    if (to.departmentId && by.what !== 'department-merged')
      await this.planning.flagMoved(
        changed.map(({ contract }) => contract),
        to.departmentId,
        { actor: by.actor, reason: by.reason ?? null },
      );
    await this.journal.record(
      ...changed.flatMap(({ contract, keys }) =>
        keys.map((key) => alteredEntry(contract.id, key, contract, to, by)),
      ),
    );
    return changed.length;
  }

  /** Throws `department-not-live` when a department that new contracts come to goes live too late for them. */
  async requireSoonLive(contracts: Contract[]): Promise<void> {
    const today = await this.settings.today();
    for (const day of (await this.reader.goLiveDays(contracts)).values())
      if (day !== null) requireSoonLive(day, today);
  }

  /**
   * Throws when a department cannot take contracts of others without their alerts being lost (`go-live-later`), stopped or
   * let go (`department-braked`).
   */
  async requireTransferable(departmentId: string, from: string[]): Promise<void> {
    await this.requireNoLaterGoLive(departmentId, from);
    await this.requireSameBrakes(departmentId, from);
  }

  /** Throws when alerts that fell due between the two go-live days, missed or still to go out, would become history. */
  private async requireNoLaterGoLive(departmentId: string, from: string[]): Promise<void> {
    const [later] = await this.database.rows<{
      department: string;
      own: string;
      other: string;
      live: string | null;
    }>(
      `SELECT t.code AS department, t.go_live_on AS own, d.code AS other, d.go_live_on AS live
       FROM department t, department d
       WHERE t.id = $1 AND d.id = ANY($2) AND d.id <> t.id
         AND t.go_live_on > coalesce(d.go_live_on, '-infinity') LIMIT 1`,
      [departmentId, from],
    );
    if (!later) return;
    const { live, ...params } = later;
    throw live === null
      ? contractProblems.error('go-live-later.always', params)
      : contractProblems.error('go-live-later', { ...params, live });
  }

  /** Throws when a brake is on for one side only: moving contracts must neither release their texts nor stop them. */
  private async requireSameBrakes(departmentId: string, from: string[]): Promise<void> {
    const brakes = await this.database.rows<{ target: string }>(
      `SELECT department.id AS target FROM brake JOIN department ON department.id::text = lower(brake.target)
       WHERE brake.scope = 'department' AND brake.released_at IS NULL`,
    );
    const below = await Promise.all(brakes.map(({ target }) => this.departments.withThoseBelow(target)));
    const stopped = new Set(below.flat());
    if (from.every((id) => stopped.has(id) === stopped.has(departmentId))) return;
    throw contractProblems.error('department-braked');
  }
}

/**
 * Lists the dates that anchors hang on and that have become others, of which a draft promises nothing yet, and says whether the
 * contract has come to be signed after its end.
 */
function signsOf(before: Contract, after: Contract): Sign[] {
  const odd = signedAfterEnd(before).length === 0 ? signedAfterEnd(after) : [];
  if (before.state === 'draft') return odd;
  const moved = anchoringTerms.flatMap(({ term, anchors }): Sign[] => {
    const [from, to] = [before[term], after[term]];
    if (from === null || from === to) return [];
    return [{ kind: 'dates-moved-back', changed: { field: term, from, to }, anchors }];
  });
  return [...moved, ...odd];
}

/** Returns the sign of a contract that was signed after its end, as files may publish it; nothing for any other. */
export function signedAfterEnd({ signedOn, endsOn }: Pick<Contract, 'signedOn' | 'endsOn'>): Sign[] {
  const isAfter = signedOn !== null && endsOn !== null && signedOn > endsOn;
  return isAfter ? [{ kind: 'signed-after-end', signedOn, endsOn }] : [];
}

function hasNumber(contact: Contact): contact is Contact & { phoneIndex: Buffer } {
  return contact.removedAt === null && contact.phoneIndex !== null;
}

function ofMilestone({ id }: Contract, milestone: string) {
  return { subject: 'milestone' as const, subjectId: id, params: { milestone } };
}

function alteredEntry(
  contractId: string,
  field: keyof Contract,
  before: Wanted<Contract>,
  after: Wanted<Contract>,
  by: By,
): ChangeEntry {
  return {
    subject: 'contract',
    subjectId: contractId,
    contractId,
    ...by,
    params: { ...by.params, field },
    before: { [field]: before[field] },
    after: { [field]: after[field] },
  };
}

/** Lists the columns that would get another value; what is undefined is left as it is. */
export function alteredColumns(contract: Contract, wanted: Wanted<Contract>): (keyof Contract)[] {
  return (Object.keys(wanted) as (keyof Contract)[]).filter(
    (column) => wanted[column] !== undefined && !isSame(column, contract[column], wanted[column]),
  );
}

function isSame(column: keyof Contract, value: unknown, other: unknown): boolean {
  const areAmounts = column === 'amount' && typeof value === 'string' && typeof other === 'string';
  return areAmounts ? compareAmounts(value, other) === 0 : value === other;
}
