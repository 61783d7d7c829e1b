import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendar/calendar.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { addDays, localDateOf } from '../calendar/local-date.js';
import { notFound } from '../../platform/app-error.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { inTurns, mapInTurns } from '../../platform/breathe.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { newId } from '../../platform/ids.js';
import { SettingsService } from '../settings/settings.service.js';
import { AlertStates, type AlertToStore } from './alert-states.js';
import { lastTextFailed } from './dead-numbers.js';
import { Flags, type NewFlag, type Why } from './flags.js';
import { keyOf, MilestoneStore, type NewMilestone } from './milestone.store.js';
import type { Milestone } from './planning.entities.js';
import { planLeaf } from './plan-leaf.js';
import { requireRoomAtOnce } from './plan-limits.js';
import type { Plan } from '../settings/plan.schema.js';
import { furthestReach, reachOfPlan } from '../settings/plan-reach.js';
import { planningProblems } from './planning.words.js';
import {
  isNear,
  isSameOccurrence,
  listedId,
  neutralOwedAt,
  owedAs,
  recordedAs,
  wasToldTooEarly,
} from './late-records.js';
import { milestonesOf } from './milestones.js';
import { planningSteps } from './planning.js';
import { broughtForward, flagOf, type Sign, signsNoted } from './signs.js';
import type {
  AlertChange,
  Correction,
  Difference,
  OccurrenceToRecord,
  Planned,
  ExistingAlert,
  LostAlert,
  PlannedAlert,
  PlannedMilestone,
  PlanningContract,
  PlanningInput,
  RecordedOccurrence,
} from './planning.types.js';
import { Database } from '../../platform/database/database.js';

/** A PlanningSubject is what planning has to know of a contract. The caller holds the lock on the contract's row. */
export interface PlanningSubject extends Pick<PlanningInput, 'goLiveOn' | 'contacts'> {
  contract: PlanningContract & {
    id: string;
    departmentId: string;
    officerId: string | null;
    planName: string;
    planVersion: number;
  };
}

/** A KnownContract is one of which something is recorded; `since` is asked of by `neutralOwedAt`. */
export interface KnownContract extends Pick<PlanningSubject, 'contract' | 'goLiveOn'> {
  since: Date | null;
}

interface Result extends Pick<PlanningSubject, 'contract' | 'goLiveOn'> {
  planned: Planned;
}

/** Standing is what stands of contracts in the database, by contract. */
interface Standing {
  milestones: Map<string, Milestone[]>;
  alerts: Map<string, ExistingAlert[]>;
}

/** NewlyPlanned is all that planning stored of a new contract. */
export interface NewlyPlanned {
  difference: Difference;
  milestones: NewMilestone[];
  alerts: AlertToStore[];
}

/** PlanningService applies the pure rules to contracts: what is not in a message yet is planned again. */
@Injectable()
export class PlanningService {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly milestones: MilestoneStore,
    private readonly alerts: AlertStates,
    private readonly clock: ServiceClock,
    private readonly flags: Flags,
  ) {}

  /**
   * Plans many contracts at once, by a handful of statements whatever their number; returns the differences by contract. What
   * `by` keeps from whom is flagged in the same transaction. `areAltered` is false where nothing of the contracts themselves was
   * changed before: then a plan that comes out the same is not logged again.
   */
  async replan(
    subjects: PlanningSubject[],
    by: Why,
    { areAltered = true }: { areAltered?: boolean | undefined } = {},
  ): Promise<Map<string, Difference>> {
    if (subjects.length === 0) return new Map();
    const now = await this.clock.now();
    const ids = subjects.map(({ contract }) => contract.id);
    const alerts = await this.alerts.lockAlertsOf(ids);
    const standing = { alerts, milestones: await this.milestones.milestonesOf(ids) };
    const results = await this.plan(subjects, standing, now);
    const milestones = await this.milestones.store(plannedMilestones(results), ids);
    const toStore = await this.alertsToStore(results, milestones.ids);
    await this.alerts.store(toStore, now);
    const differences = new Map(results.map(({ contract, planned }) => [contract.id, planned.difference]));
    await this.flags.raise(
      results.map(({ contract }) => contract),
      differences,
      by,
    );
    await this.raiseSigns(results, standing, by);
    if (areAltered || milestones.changed > 0 || toStore.length > 0) await this.alerts.logPlans(ids);
    return differences;
  }

  /** Notes a sign of a change that the running transaction makes; it is judged when the contract is planned again. */
  async noteSign(contractId: string, sign: Sign): Promise<void> {
    const noted = await signsNoted(this.database);
    noted.set(contractId, [...(noted.get(contractId) ?? []), sign]);
  }

  /** Returns what planning contracts by another calendar would change. Nothing is locked, and nothing is written. */
  async foresee(subjects: PlanningSubject[], calendar: Calendar): Promise<Map<string, Difference>> {
    const ids = subjects.map(({ contract }) => contract.id);
    const standing = {
      alerts: await this.alerts.alertsOf(ids),
      milestones: await this.milestones.milestonesOf(ids),
    };
    const results = await this.plan(subjects, standing, await this.clock.now(), calendar);
    return new Map(results.map(({ contract, planned }) => [contract.id, planned.difference]));
  }

  /** Dates a contract, or an invented one without an id, by a plan that need not be its own. Nothing is locked, and nothing is written. */
  async datesBy(plan: Plan, contract: PlanningContract & { id?: string }): Promise<PlannedMilestone[]> {
    const { id } = contract;
    const stored = id === undefined ? [] : ((await this.milestones.milestonesOf([id])).get(id) ?? []);
    const occurrences = stored.flatMap(occurrenceOf);
    const blank = { contacts: [], existing: [], goLiveOn: null, graceHours: 0 };
    const input = { ...blank, contract, plan, occurrences, now: await this.clock.now() };
    const calendar = await this.settings.calendar();
    await prepareYears(input, calendar);
    return milestonesOf(input, calendar).map(({ milestone }) => milestone);
  }

  /**
   * Plans contracts that the running transaction registers and of which nothing was recorded: there is nothing to read or
   * to lock. Returns what stands of each from now on.
   */
  async planNew(subjects: PlanningSubject[], by: Why): Promise<Map<string, NewlyPlanned>> {
    if (subjects.length === 0) return new Map();
    const now = await this.clock.now();
    const standing = { alerts: new Map(), milestones: new Map() };
    const results = await this.plan(subjects, standing, now);
    const milestones = await this.milestones.insert(plannedMilestones(results));
    const ids = new Map(milestones.map((row) => [keyOf(row), row.id]));
    const alerts = await this.alertsToStore(results, ids);
    await this.alerts.store(alerts, now);
    await this.raiseSigns(results, standing, by);
    const milestonesOf = groupedBy(milestones, ({ contractId }) => contractId);
    const alertsOf = groupedBy(alerts, ({ contractId }) => contractId);
    const made = results.map(({ contract, planned: { difference } }) => ({
      contract,
      difference,
      milestones: milestonesOf.get(contract.id) ?? [],
      alerts: alertsOf.get(contract.id) ?? [],
    }));
    await this.alerts.logNewPlans(await mapInTurns(made, planLeaf));
    return new Map(made.map(({ contract: { id }, ...newly }) => [id, newly]));
  }

  /**
   * Records an occurrence and returns its number; `recorded` is false when it was known by the source's id, or by a list. Throws
   * `occurrence-listed` for a person who records what a list has given already: nobody is to be told twice.
   */
  async recordOccurrence(
    known: KnownContract,
    occurrence: OccurrenceToRecord,
  ): Promise<{ recorded: boolean; occurrence: number }> {
    const { code, externalId, occurredOn } = occurrence;
    const { input, rows, calendar } = await this.asItStands(known, occurredOn);
    requireRecordable(input.plan, code);
    const same = rows.find(
      (row) => row.code === code && row.externalId !== null && row.externalId === externalId,
    );
    if (same) return { recorded: false, occurrence: same.occurrence };
    const listed = rows.find(
      (row) =>
        row.code === code && row.externalId?.startsWith(listedId) && isNear(row.occurredOn ?? '', occurredOn),
    );
    if (listed && externalId === null)
      throw planningProblems.error('occurrence-listed', { day: listed.occurredOn ?? '' });
    if (listed && !externalId?.startsWith(listedId))
      return { recorded: false, occurrence: listed.occurrence };
    const back = rows.find((row) => row.code === code && row.takenBackOn === occurredOn);
    const as = back
      ? owedAs({ code, occurrence: back.occurrence, occurredOn }, input, calendar, known.since)
      : recordedAs(occurrence, input, calendar, known.since);
    await this.milestones.record(known.contract.id, { ...occurrence, ...as });
    return { recorded: true, occurrence: as.occurrence };
  }

  /**
   * Puts another day to what was recorded; returns the day that it had, and the number that it has from now on: another one where
   * its text left much too early for the new day, so that this is told in its time. The contract is to be planned again.
   */
  async correctOccurrence(
    known: KnownContract,
    { occurredOn: day, ...one }: Correction,
  ): Promise<{ before: LocalDate; occurrence: number }> {
    const { input, rows, calendar } = await this.asItStands(known, day ?? null);
    const { occurredOn: before } = requireRecorded(input, one);
    if (day === undefined || day === before) return { before, occurrence: one.occurrence };
    const { id } = known.contract;
    const occurrence = { ...one, occurredOn: day };
    const others = input.occurrences.filter((one) => !isSameOccurrence(one, occurrence));
    const without = { ...input, occurrences: others };
    const row = rows.find((row) => isSameOccurrence(row, one));
    if (row && wasToldTooEarly(occurrence, without, calendar)) {
      const as = recordedAs(occurrence, without, calendar, known.since);
      await this.milestones.takeBack(id, { ...one, owedAt: null });
      const { note, externalId } = row;
      await this.milestones.record(id, { ...occurrence, note, externalId, ...as });
      return { before, occurrence: as.occurrence };
    }
    const as = owedAs(occurrence, without, calendar, known.since);
    await this.milestones.correct(id, { ...occurrence, ...as });
    return { before, occurrence: one.occurrence };
  }

  /** Returns what was recorded of each contract, with the numbers that the occurrences were given. */
  async occurrencesOf(contractIds: string[]): Promise<Map<string, RecordedOccurrence[]>> {
    const rows = await this.milestones.milestonesOf(contractIds);
    return new Map([...rows].map(([id, milestones]) => [id, milestones.flatMap(occurrenceOf)]));
  }

  /** Takes an occurrence back and returns its day; the contract is to be planned again in the same transaction. */
  async takeBack(
    known: KnownContract,
    occurrence: Pick<RecordedOccurrence, 'code' | 'occurrence'>,
  ): Promise<string> {
    const { input, calendar } = await this.asItStands(known);
    const { occurredOn } = requireRecorded(input, occurrence);
    const occurrences = input.occurrences.filter((one) => !isSameOccurrence(one, occurrence));
    const owedAt = neutralOwedAt(occurrence, { ...input, occurrences }, calendar, known.since);
    await this.milestones.takeBack(known.contract.id, { ...occurrence, owedAt });
    return occurredOn;
  }

  /** Flags contracts that somebody gives to another department, of the one that they leave. */
  async flagMoved(
    contracts: Pick<PlanningSubject['contract'], 'id' | 'departmentId' | 'officerId'>[],
    to: string,
    { actor, reason, approvedBy = null }: Why,
  ): Promise<void> {
    const moved = contracts.filter(({ departmentId }) => departmentId !== to);
    await this.flags.write(
      moved.map(({ id: contractId, departmentId, officerId }) => ({
        contractId,
        kind: 'moved-department',
        departmentId,
        officerId,
        actor,
        reason,
        approvedBy,
        lost: [],
        changed: [{ field: 'departmentId', from: departmentId, to }],
      })),
    );
  }

  /** Moves the alerts of contracts to the department that the contracts came to. */
  async moveAlerts(contractIds: string[], departmentId: string): Promise<void> {
    await this.database.run(
      `UPDATE alert SET department_id = $2 WHERE contract_id = ANY($1) AND department_id <> $2`,
      [contractIds, departmentId],
    );
  }

  private async plan(
    subjects: PlanningSubject[],
    standing: Standing,
    now: Date,
    by?: Calendar,
  ): Promise<Result[]> {
    const calendar = by ?? (await this.settings.calendar());
    const { graceHours, lateDays } = (await this.settings.agency()).value;
    const results: Result[] = [];
    let added = 0;
    for (const subject of subjects) {
      const { contract, goLiveOn } = subject;
      const input = await this.inputOf(subject, standing, { now, graceHours, lateDays });
      await prepareYears(input, calendar);
      const planned = await inTurns(planningSteps(input, calendar));
      planned.difference.lost = await this.withoutOwnLanguages(
        subject,
        await this.withoutDeadNumbers(planned.difference.lost),
      );
      added += planned.difference.added.length;
      if (results.length > 0) requireRoomAtOnce(added);
      results.push({ contract, goLiveOn, planned });
    }
    return results;
  }

  /** Raises a flag for each sign that the transaction has noted of these contracts and that comes to one, and of what was brought forward. */
  private async raiseSigns(results: Result[], standing: Standing, by: Why): Promise<void> {
    const noted = await signsNoted(this.database);
    // What is planned for the first time has no date to be brought forward.
    if (noted.size === 0 && standing.milestones.size === 0) return;
    const { actor, reason, approvedBy = null } = by;
    const { graceHours } = (await this.settings.agency()).value;
    const at = { calendar: await this.settings.calendar(), now: await this.clock.now() };
    const flags: NewFlag[] = [];
    for (const { contract, goLiveOn, planned } of results) {
      const { id: contractId, departmentId, officerId, state, planName, planVersion } = contract;
      const signs = noted.get(contractId) ?? [];
      noted.delete(contractId);
      const facts = {
        contract,
        goLiveOn,
        planned,
        graceHours,
        now: at.now,
        isDraft: state === 'draft',
        plan: (await this.settings.plan(planName, planVersion)).value,
        isLoss: planned.difference.lost.length > 0,
        before: {
          milestones: standing.milestones.get(contractId) ?? [],
          alerts: standing.alerts.get(contractId) ?? [],
        },
      };
      const found = [
        ...signs.map((sign) => flagOf(sign, facts, at.calendar)),
        broughtForward(facts, at.calendar),
      ].filter((flag) => flag !== null);
      flags.push(
        ...found.map((flag) => ({ contractId, departmentId, officerId, actor, reason, approvedBy, ...flag })),
      );
    }
    await this.flags.write(flags);
  }

  /** Whoever replaces a number whose last text failed for good keeps nobody from being told. */
  private async withoutDeadNumbers(lost: LostAlert[]): Promise<LostAlert[]> {
    const replaced = lost.filter(({ how }) => how === 'number').map(({ number }) => number);
    if (replaced.length === 0) return lost;
    const rows = await this.database.rows<{ number: string }>(
      `SELECT number FROM unnest($1::text[]) AS wanted (number)
       WHERE ${lastTextFailed(`decode(wanted.number, 'hex')`)}`,
      [[...new Set(replaced)]],
    );
    const dead = new Set(rows.map(({ number }) => number));
    return lost.filter(({ how, number }) => how !== 'number' || !dead.has(number));
  }

  /** Whoever gives a contact the language back that it was registered with keeps nothing from anybody. */
  private async withoutOwnLanguages(
    { contract, contacts }: PlanningSubject,
    lost: LostAlert[],
  ): Promise<LostAlert[]> {
    const changed = new Set(lost.filter(({ how }) => how === 'language').map(({ contactId }) => contactId));
    if (changed.size === 0) return lost;
    const rows = await this.database.rows<{ id: string; locale: string }>(
      `SELECT id, locale FROM unnest($1::text[]) AS wanted (id) CROSS JOIN LATERAL (
         SELECT coalesce(before, after) ->> 'locale' AS locale FROM change
         WHERE contract_id = $2 AND subject = 'contact' AND subject_id = wanted.id ORDER BY change.id LIMIT 1) first`,
      [[...changed], contract.id],
    );
    const own = new Map(rows.map(({ id, locale }) => [id, locale]));
    const backTo = new Map(
      contacts.flatMap(({ id, locale }) => (locale && locale.was !== locale.is ? [[id, locale.is]] : [])),
    );
    const isOwn = (id: string) => backTo.has(id) && backTo.get(id) === own.get(id);
    return lost.filter(({ how, contactId }) => how !== 'language' || !isOwn(contactId));
  }

  private async inputOf(
    subject: PlanningSubject,
    standing: Standing,
    at: Pick<PlanningInput, 'now' | 'graceHours' | 'lateDays'>,
  ): Promise<PlanningInput> {
    const { id, planName, planVersion } = subject.contract;
    const { value: plan } = await this.settings.plan(planName, planVersion);
    const stored = standing.milestones.get(id) ?? [];
    return {
      ...subject,
      ...at,
      plan,
      occurrences: stored.flatMap(occurrenceOf),
      owed: stored.flatMap(({ code, occurrence, neutralAt: at }) => (at ? [{ code, occurrence, at }] : [])),
      existing: standing.alerts.get(id) ?? [],
      standing: stored,
      milestonesStored: stored.length,
    };
  }

  /** Reads a contract as planning sees it, its alerts locked, with the calendar of its years and of a day to be recorded. */
  private async asItStands({ contract, goLiveOn }: KnownContract, day: LocalDate | null = null) {
    const { graceHours } = (await this.settings.agency()).value;
    const at = { now: await this.clock.now(), graceHours };
    const alerts = await this.alerts.lockAlertsOf([contract.id]);
    const milestones = await this.milestones.milestonesOf([contract.id]);
    const input = await this.inputOf({ contract, goLiveOn, contacts: [] }, { alerts, milestones }, at);
    const calendar = await this.settings.calendar();
    await prepareYears(input, calendar, day);
    return { input, rows: milestones.get(contract.id) ?? [], calendar };
  }

  private async alertsToStore(results: Result[], milestoneIds: Map<string, string>): Promise<AlertToStore[]> {
    const { timeZone } = (await this.settings.calendar()).setting;
    return mapInTurns(changedAlerts(results), ({ alert, contract: { id: contractId, departmentId } }) => ({
      ...alert,
      contractId,
      departmentId,
      milestoneId: requireId(milestoneIds, keyOf({ ...alert, contractId })),
      dueDay: localDateOf(alert.dueAt, timeZone),
      id: alert.id ?? newId(),
      isNew: alert.id === null,
    }));
  }
}

function plannedMilestones(results: Result[]): (PlannedMilestone & { contractId: string })[] {
  return results.flatMap(({ contract, planned }) =>
    planned.milestones.map((milestone) => ({ ...milestone, contractId: contract.id })),
  );
}

/** Prepares the years from the first day of a contract to the last, with those that its plan leads to. */
async function prepareYears(
  { contract, plan, occurrences }: Pick<PlanningInput, 'contract' | 'plan' | 'occurrences'>,
  calendar: Calendar,
  day: LocalDate | null = null,
): Promise<void> {
  const { signedOn, startsOn, endsOn, completedOn, liabilityEndsOn } = contract;
  const days = [
    signedOn,
    startsOn,
    endsOn,
    completedOn,
    liabilityEndsOn,
    day,
    ...occurrences.map((one) => one.occurredOn),
  ];
  const [first, ...others] = days.filter((day) => day !== null).sort();
  if (first === undefined) return;
  const reach = Math.min(reachOfPlan(plan), furthestReach);
  await calendar.prepareYears(addDays(first, -reach), addDays(others.at(-1) ?? first, reach));
}

function* changedAlerts(results: Result[]) {
  const nameOf = (one: PlannedAlert | AlertChange) => `${one.code} ${one.occurrence} ${one.contactId}`;
  for (const { contract, planned } of results) {
    const unchanged = new Set(planned.difference.unchanged.map(nameOf));
    for (const alert of planned.alerts) if (!unchanged.has(nameOf(alert))) yield { alert, contract };
  }
}

function occurrenceOf({ code, occurrence, occurredOn }: Milestone): RecordedOccurrence[] {
  return occurredOn === null ? [] : [{ code, occurrence, occurredOn }];
}

function requireRecorded(
  { occurrences }: PlanningInput,
  wanted: Pick<RecordedOccurrence, 'code' | 'occurrence'>,
): RecordedOccurrence {
  const found = occurrences.find((one) => isSameOccurrence(one, wanted));
  if (!found) throw notFound('occurrence');
  return found;
}

function requireRecordable(plan: Plan, code: string): void {
  const milestone = plan.milestones.find((m) => m.code === code);
  const recordable = plan.milestones
    .filter((m) => m.anchor.type === 'occurrence' || m.anchor.type === 'amendment' || m.optional)
    .map((m) => m.code);
  if (milestone && recordable.includes(code)) return;
  throw planningProblems.error(milestone ? 'milestone-not-recorded' : 'milestone-unknown', {
    code,
    recordable,
  });
}

function requireId(ids: Map<string, string>, key: string): string {
  const id = ids.get(key);
  if (!id) throw new Error(`planning named an alert of no milestone: ${key}`);
  return id;
}
