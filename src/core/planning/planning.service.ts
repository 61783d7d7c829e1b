import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendar/calendar.js';
import { addDays, localDateOf } from '../calendar/local-date.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { inTurns, mapInTurns } from '../../platform/breathe.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { newId } from '../../platform/ids.js';
import { SettingsService } from '../settings/settings.service.js';
import { AlertStates, type AlertToStore } from './alert-states.js';
import { keyOf, MilestoneStore, type NewMilestone } from './milestone.store.js';
import type { Milestone } from './planning.entities.js';
import { requireRoomAtOnce } from './plan-limits.js';
import type { Plan } from '../settings/plan.schema.js';
import { furthestReach, reachOfPlan } from '../settings/plan-reach.js';
import { planningProblems } from './planning.words.js';
import { nextOccurrence, planningSteps } from './planning.js';
import type {
  AlertChange,
  Difference,
  OccurrenceToRecord,
  Planned,
  ExistingAlert,
  PlannedAlert,
  PlannedMilestone,
  PlanningContract,
  PlanningInput,
  RecordedOccurrence,
} from './planning.types.js';
import { Database } from '../../platform/database/database.js';

/** A PlanningSubject is what planning has to know of a contract. The caller holds the lock on the contract's row. */
export interface PlanningSubject extends Pick<PlanningInput, 'goLiveOn' | 'contacts'> {
  contract: PlanningContract & { id: string; departmentId: string; planName: string; planVersion: number };
}

interface Result {
  contract: PlanningSubject['contract'];
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
  ) {}

  /** Plans many contracts at once, by a handful of statements whatever their number; returns the differences by contract. */
  async replan(subjects: PlanningSubject[]): Promise<Map<string, Difference>> {
    if (subjects.length === 0) return new Map();
    const now = await this.clock.now();
    const ids = subjects.map(({ contract }) => contract.id);
    const alerts = await this.alerts.lockAlertsOf(ids);
    const results = await this.plan(
      subjects,
      { alerts, milestones: await this.milestones.milestonesOf(ids) },
      now,
    );
    const milestoneIds = await this.milestones.store(plannedMilestones(results), ids);
    await this.alerts.store(await this.alertsToStore(results, milestoneIds), now);
    return new Map(results.map(({ contract, planned }) => [contract.id, planned.difference]));
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

  /**
   * Plans contracts that the running transaction registers and of which nothing was recorded: there is nothing to read or
   * to lock. Returns what stands of each from now on.
   */
  async planNew(subjects: PlanningSubject[]): Promise<Map<string, NewlyPlanned>> {
    if (subjects.length === 0) return new Map();
    const now = await this.clock.now();
    const results = await this.plan(subjects, { alerts: new Map(), milestones: new Map() }, now);
    const milestones = await this.milestones.insert(plannedMilestones(results));
    const ids = new Map(milestones.map((row) => [keyOf(row), row.id]));
    const alerts = await this.alertsToStore(results, ids);
    await this.alerts.store(alerts, now);
    const milestonesOf = groupedBy(milestones, ({ contractId }) => contractId);
    const alertsOf = groupedBy(alerts, ({ contractId }) => contractId);
    return new Map(
      results.map(({ contract: { id }, planned: { difference } }) => [
        id,
        { difference, milestones: milestonesOf.get(id) ?? [], alerts: alertsOf.get(id) ?? [] },
      ]),
    );
  }

  /** Records an occurrence and returns its number; `recorded` is false when it was known by the source's id. */
  async recordOccurrence(
    { id, planName, planVersion }: PlanningSubject['contract'],
    occurrence: OccurrenceToRecord,
  ): Promise<{ recorded: boolean; occurrence: number }> {
    const { value: plan } = await this.settings.plan(planName, planVersion);
    requireRecordable(plan, occurrence.code);
    const existing = (await this.alerts.lockAlertsOf([id])).get(id) ?? [];
    const rows = (await this.milestones.milestonesOf([id])).get(id) ?? [];
    const known = rows.find(
      (row) =>
        row.code === occurrence.code && row.externalId !== null && row.externalId === occurrence.externalId,
    );
    if (known) return { recorded: false, occurrence: known.occurrence };
    const number = nextOccurrence(occurrence.code, plan, existing, rows.flatMap(occurrenceOf));
    await this.milestones.record(id, { ...occurrence, occurrence: number });
    return { recorded: true, occurrence: number };
  }

  /** Returns what was recorded of each contract, with the numbers that the occurrences were given. */
  async occurrencesOf(contractIds: string[]): Promise<Map<string, RecordedOccurrence[]>> {
    const rows = await this.milestones.milestonesOf(contractIds);
    return new Map([...rows].map(([id, milestones]) => [id, milestones.flatMap(occurrenceOf)]));
  }

  /** Takes occurrences back; the contract is to be planned again in the same transaction. */
  takeBack(
    contractId: string,
    occurrences: Pick<RecordedOccurrence, 'code' | 'occurrence'>[],
  ): Promise<void> {
    return this.milestones.takeBack(contractId, occurrences);
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
    const { graceHours } = (await this.settings.agency()).value;
    const results: Result[] = [];
    let added = 0;
    for (const { contract, goLiveOn, contacts } of subjects) {
      const { value: plan } = await this.settings.plan(contract.planName, contract.planVersion);
      const stored = standing.milestones.get(contract.id) ?? [];
      const occurrences = stored.flatMap(occurrenceOf);
      const existing = standing.alerts.get(contract.id) ?? [];
      const milestonesStored = stored.length;
      const input = { contract, plan, occurrences, contacts, existing, milestonesStored };
      await prepareYears(input, calendar);
      const planned = await inTurns(planningSteps({ ...input, goLiveOn, now, graceHours }, calendar));
      added += planned.difference.added.length;
      if (results.length > 0) requireRoomAtOnce(added);
      results.push({ contract, planned });
    }
    return results;
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
): Promise<void> {
  const { signedOn, startsOn, endsOn, completedOn, liabilityEndsOn } = contract;
  const days = [
    signedOn,
    startsOn,
    endsOn,
    completedOn,
    liabilityEndsOn,
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
    const { added, moved, cancelled } = planned.difference;
    const changed = new Set([...added, ...moved, ...cancelled].map(nameOf));
    for (const alert of planned.alerts) if (changed.has(nameOf(alert))) yield { alert, contract };
  }
}

function occurrenceOf({ code, occurrence, occurredOn }: Milestone): RecordedOccurrence[] {
  return occurredOn === null ? [] : [{ code, occurrence, occurredOn }];
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
