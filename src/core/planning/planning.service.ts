import { Injectable } from '@nestjs/common';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { localDateOf } from '../calendar/local-date.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { newId } from '../../platform/ids.js';
import { SettingsService } from '../settings/settings.service.js';
import { AlertStates } from './alert-states.js';
import { MilestoneStore, type MilestoneRow } from './milestone.store.js';
import type { Plan } from '../settings/plan.schema.js';
import { planningProblems } from './planning.words.js';
import { nextOccurrence, planContract } from './planning.js';
import type {
  Difference,
  OccurrenceToRecord,
  Planned,
  PlanningContact,
  PlanningContract,
  RecordedOccurrence,
} from './planning.types.js';
import { Database } from '../../platform/database/database.js';

/** What planning has to know of a contract; the caller holds the lock on the contract's row. */
export interface PlanningSubject {
  contractId: string;
  departmentId: string;
  contract: PlanningContract;
  planName: string;
  planVersion: number;
  goLiveOn: LocalDate | null;
  contacts: PlanningContact[];
}

/** Applies the pure rules to contracts: what has not been claimed is planned afresh, and the difference returned. */
@Injectable()
export class PlanningService {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly milestones: MilestoneStore,
    private readonly alerts: AlertStates,
    private readonly clock: ServiceClock,
  ) {}

  /** For many contracts at once: a handful of statements whatever their number. */
  async replan(subjects: PlanningSubject[]): Promise<Map<string, Difference>> {
    const now = await this.clock.now();
    const ids = subjects.map((subject) => subject.contractId);
    const alerts = await this.alerts.lockAlertsOf(ids);
    const milestones = await this.milestones.of(ids);
    const calendar = await this.settings.calendar();
    const { value: agency } = await this.settings.agency();
    const results = new Map<string, { subject: PlanningSubject; planned: Planned }>();
    for (const subject of subjects) {
      const { value: plan } = await this.settings.plan(subject.planName, subject.planVersion);
      const planned = planContract(
        {
          contract: subject.contract,
          plan,
          occurrences: (milestones.get(subject.contractId) ?? []).flatMap(occurrenceOf),
          contacts: subject.contacts,
          existing: alerts.get(subject.contractId) ?? [],
          goLiveOn: subject.goLiveOn,
          now,
          graceHours: agency.graceHours,
        },
        calendar,
      );
      results.set(subject.contractId, { subject, planned });
    }
    await this.store(results, calendar.setting.timeZone, now);
    return new Map([...results].map(([id, { planned }]) => [id, planned.difference]));
  }

  /** Returns false when the source's occurrence is already recorded. */
  async recordOccurrence(
    subject: PlanningSubject,
    occurrence: OccurrenceToRecord,
  ): Promise<{ recorded: boolean; occurrence: number }> {
    const { value: plan } = await this.settings.plan(subject.planName, subject.planVersion);
    mustBeRecordable(plan, occurrence.code);
    const existing = (await this.alerts.lockAlertsOf([subject.contractId])).get(subject.contractId) ?? [];
    const rows = (await this.milestones.of([subject.contractId])).get(subject.contractId) ?? [];
    const known = rows.find(
      (row) =>
        row.code === occurrence.code && row.externalId !== null && row.externalId === occurrence.externalId,
    );
    if (known) return { recorded: false, occurrence: known.occurrence };
    const number = nextOccurrence(occurrence.code, plan, existing, rows.flatMap(occurrenceOf));
    await this.milestones.record(subject.contractId, { ...occurrence, occurrence: number });
    return { recorded: true, occurrence: number };
  }

  /** What was recorded of each contract, with the numbers the occurrences were given. */
  async occurrencesOf(contractIds: string[]): Promise<Map<string, RecordedOccurrence[]>> {
    const rows = await this.milestones.of(contractIds);
    return new Map([...rows].map(([id, milestones]) => [id, milestones.flatMap(occurrenceOf)]));
  }

  /** As if they had not been recorded; the contract is to be planned afresh in the same transaction. */
  takeBack(
    contractId: string,
    occurrences: Pick<RecordedOccurrence, 'code' | 'occurrence'>[],
  ): Promise<void> {
    return this.milestones.takeBack(contractId, occurrences);
  }

  private async store(
    results: Map<string, { subject: PlanningSubject; planned: Planned }>,
    timeZone: string,
    now: Date,
  ): Promise<void> {
    const ids = await this.milestones.store(
      [...results].flatMap(([contractId, { planned }]) =>
        planned.milestones.map((m) => ({ contractId, ...m })),
      ),
      [...results.keys()],
    );
    const rows = [...results].flatMap(([contractId, { subject, planned }]) =>
      changedAlerts(planned).map((alert) => ({
        ...alert,
        contractId,
        departmentId: subject.departmentId,
        milestoneId: mustHave(ids, `${contractId} ${alert.code} ${alert.occurrence}`),
        dueDay: localDateOf(alert.dueAt, timeZone),
        id: alert.id ?? newId(),
        isNew: alert.id === null,
      })),
    );
    await this.alerts.store(rows, now);
  }

  /** Moves the alerts of contracts with them to another department. */
  async moveAlerts(contractIds: string[], departmentId: string): Promise<void> {
    await this.database.run(
      `UPDATE alert SET department_id = $2 WHERE contract_id = ANY($1) AND department_id <> $2`,
      [contractIds, departmentId],
    );
  }
}

function changedAlerts(planned: Planned): Planned['alerts'] {
  const changed = new Set(
    [...planned.difference.added, ...planned.difference.moved, ...planned.difference.cancelled].map(
      (c) => `${c.code} ${c.occurrence} ${c.contactId}`,
    ),
  );
  return planned.alerts.filter((a) => changed.has(`${a.code} ${a.occurrence} ${a.contactId}`));
}

function occurrenceOf(row: MilestoneRow) {
  return row.occurredOn === null
    ? []
    : [{ code: row.code, occurrence: row.occurrence, occurredOn: row.occurredOn }];
}

function mustBeRecordable(plan: Plan, code: string): void {
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

function mustHave(ids: Map<string, string>, key: string): string {
  const id = ids.get(key);
  if (!id) throw new Error(`planning named an alert of no milestone: ${key}`);
  return id;
}
