import type { Calendar } from '../calendar/calendar.js';
import { firstBeforeSteps } from './early.js';
import { firstDueOf, lossOf, milestoneKeyOf } from './loss.js';
import { alertsOf, isTold, StandingAlerts, withdrawn } from './alerts.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { requireRoom } from './plan-limits.js';
import { firstHandRecorded, milestonesOf, recordable } from './milestones.js';
import type { Plan } from '../settings/plan.schema.js';
import type {
  AlertChange,
  Difference,
  ExistingAlert,
  Planned,
  PlannedAlert,
  PlanningInput,
  RecordedOccurrence,
} from './planning.types.js';

/**
 * What a contract's milestones and alerts are, by its plan, its dates and what was recorded; of what stands in
 * the database, what is in a message is never changed. Pure: the same input gives the same answer, and
 * the answer planned again changes nothing. Throws `plan-too-large` and `plan-too-far` before it does more work
 * than a contract may cost (see `planLimits`).
 */
export function planContract(input: PlanningInput, calendar: Calendar): Planned {
  const steps = planningSteps(input, calendar);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Does what `planContract` does, milestone by milestone. */
export function* planningSteps(input: PlanningInput, calendar: Calendar): Generator<undefined, Planned> {
  const dated = milestonesOf(input, calendar);
  yield;
  const rows = byMilestone(input.existing);
  const alerts: PlannedAlert[] = [];
  const seen = new Set<ExistingAlert['id']>();
  for (const { milestone, ended } of dated) {
    yield;
    if (milestone.dueAt === null) continue;
    const own = new StandingAlerts(rows.get(milestoneKeyOf(milestone)) ?? []);
    const one = { milestone: { ...milestone, dueAt: milestone.dueAt }, ended, rows: own, input, calendar };
    const decided = alertsOf(one).sort((a, b) => compare(a.contactId, b.contactId));
    alerts.push(...decided);
    requireRoom('alerts', alerts.length, input.existing.length);
    for (const alert of decided) if (alert.id !== null) seen.add(alert.id);
  }
  alerts.push(
    ...leftOver(
      input,
      seen,
      new Set(dated.flatMap((d) => (d.milestone.dueAt ? [milestoneKeyOf(d.milestone)] : []))),
    ),
  );
  requireRoom('alerts', alerts.length, input.existing.length);
  yield;
  const lost = lossOf(input.existing, alerts, calendar, input);
  yield;
  const difference = { ...differenceOf(input.existing, alerts), lost };
  const standing = new Map(input.standing?.map((one) => [milestoneKeyOf(one), one]));
  const milestones = dated.map(({ milestone }) => {
    const stood = standing.get(milestoneKeyOf(milestone));
    const firstDueAt = firstDueOf(milestone.dueAt, stood, input, calendar);
    return { ...milestone, firstDueAt: firstDueAt ?? firstBeforeSteps(milestone, stood, input.contract) };
  });
  return { milestones, alerts, difference };
}

/**
 * The number that a newly recorded occurrence gets. The first takes the place of what stood in for it (another
 * date, or the neutral text), unless a contact was told of that already: then it is an alert of its own.
 * A milestone that the contract dates itself numbers its own occurrences from 1, as many as its dates give, so
 * what is recorded by hand of it starts at 1001.
 */
export function nextOccurrence(
  code: string,
  plan: Plan,
  existing: Pick<ExistingAlert, 'code' | 'occurrence' | 'status'>[],
  recorded: Pick<RecordedOccurrence, 'code' | 'occurrence'>[],
): number {
  const rule = plan.milestones.find((milestone) => milestone.code === code);
  const ofCode = (one: { code: string }) => one.code === code;
  const numbers = recorded.filter(ofCode).map((one) => one.occurrence);
  const told = existing.filter((alert) => ofCode(alert) && isTold(alert)).map((alert) => alert.occurrence);
  if (rule && !recordable(rule.anchor)) return Math.max(firstHandRecorded - 1, ...numbers, ...told) + 1;
  if (!numbers.includes(1) && !told.includes(1)) return 1;
  return Math.max(...numbers, ...told) + 1;
}

/** Rows that no contact's turn came to: their milestone is gone (or has no date any more), or their contact is. */
function leftOver(
  input: PlanningInput,
  seen: ReadonlySet<string>,
  dated: ReadonlySet<string>,
): PlannedAlert[] {
  const contacts = new Set(input.contacts.map((contact) => contact.id));
  return input.existing
    .filter((row) => !seen.has(row.id))
    .sort(
      (a, b) =>
        compare(milestoneKeyOf(a), milestoneKeyOf(b)) ||
        compare(a.contactId, b.contactId) ||
        compare(a.id, b.id),
    )
    .map((row) => {
      if (!dated.has(milestoneKeyOf(row))) return withdrawn(row, 'milestone-gone');
      return contacts.has(row.contactId) ? { ...row } : withdrawn(row, 'contact-removed');
    });
}

function differenceOf(existing: ExistingAlert[], alerts: PlannedAlert[]): Omit<Difference, 'lost'> {
  const before = new Map(existing.map((row) => [row.id, row]));
  const difference: Omit<Difference, 'lost'> = {
    added: [],
    moved: [],
    restated: [],
    cancelled: [],
    unchanged: [],
  };
  for (const alert of alerts) {
    const row = alert.id === null ? undefined : before.get(alert.id);
    difference[listOf(alert, row)].push(changeOf(alert, row));
  }
  return difference;
}

function listOf(alert: PlannedAlert, row: ExistingAlert | undefined): Exclude<keyof Difference, 'lost'> {
  if (!row) return 'added';
  if (alert.status === 'cancelled' && row.status !== 'cancelled') return 'cancelled';
  const stays =
    alert.status === row.status &&
    alert.wording === row.wording &&
    alert.dueAt.getTime() === row.dueAt.getTime();
  if (!stays) return 'moved';
  return alert.reason === row.reason && alert.number === row.number ? 'unchanged' : 'restated';
}

function changeOf(alert: PlannedAlert, row: ExistingAlert | undefined): AlertChange {
  return {
    id: alert.id,
    code: alert.code,
    occurrence: alert.occurrence,
    contactId: alert.contactId,
    from: row ? { dueAt: row.dueAt, status: row.status } : null,
    to: { dueAt: alert.dueAt, status: alert.status, reason: alert.reason },
  };
}

function byMilestone(existing: ExistingAlert[]): Map<string, ExistingAlert[]> {
  return groupedBy(
    [...existing].sort((a, b) => compare(a.id, b.id)),
    milestoneKeyOf,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
