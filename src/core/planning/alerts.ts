import type { Calendar } from '../calendar/calendar.js';
import type {
  AlertReason,
  ExistingAlert,
  PlannedAlert,
  PlannedMilestone,
  PlanningContact,
  PlanningInput,
} from './planning.types.js';

/** Tells whether an alert is frozen in a message: it never changes again. */
export function isTold(alert: { status: ExistingAlert['status'] }): boolean {
  return alert.status === 'messaged';
}

/** Tells whether a text that was due then is missed now; see `graceHours`. */
export function isTooLate(
  due: Date,
  { now, graceHours }: Pick<PlanningInput, 'now' | 'graceHours'>,
): boolean {
  return now.getTime() - due.getTime() > graceHours * 3_600_000;
}

type DueMilestone = PlannedMilestone & { dueAt: Date };

/** StandingAlerts are what stands of one milestone in the database, found without a search for each contact. */
export class StandingAlerts {
  /** The numbers that were told. */
  readonly told = new Set<string | null>();
  private readonly byContact = new Map<string, ExistingAlert>();
  private readonly carriers = new Map<string | null, ExistingAlert>();

  constructor(rows: ExistingAlert[]) {
    for (const row of rows) {
      const own = this.byContact.get(row.contactId);
      if (!own || (isTold(row) && !isTold(own))) this.byContact.set(row.contactId, row);
      if (isTold(row)) this.told.add(row.number);
      const carrier = this.carriers.get(row.number);
      if (row.status === 'planned' ? carrier?.status !== 'planned' : row.status === 'held' && !carrier)
        this.carriers.set(row.number, row);
    }
  }

  of({ id }: PlanningContact): ExistingAlert | undefined {
    return this.byContact.get(id);
  }

  /** Returns the row that carries a number, a planned one before a held one. */
  carrierOf(number: string | null): ExistingAlert | undefined {
    return number === null ? undefined : this.carriers.get(number);
  }

  hasOthersThan({ id }: PlanningContact): boolean {
    return this.byContact.size > (this.byContact.has(id) ? 1 : 0);
  }
}

/** One milestone as its alerts are decided on. */
interface MilestoneCase {
  milestone: DueMilestone;
  ended: AlertReason | null;
  rows: StandingAlerts;
  input: PlanningInput;
  calendar: Calendar;
}

/** One alert for each contact that is not removed, and one for each row that stands. */
export function alertsOf(one: MilestoneCase): PlannedAlert[] {
  const carried = new Set<string>();
  return inTurn(one).flatMap((contact) => {
    const row = one.rows.of(contact);
    if (contact.removed) return row ? [withdrawn(row, 'contact-removed')] : [];
    const alert = alertFor(contact, row, one);
    if (alert.number === null || !speaks(alert)) return [alert];
    if (carried.has(alert.number)) return [covered(contact, row, one.milestone)];
    carried.add(alert.number);
    return [alert];
  });
}

/** What is unsent of it is cancelled; what was missed, or was history, is a fact and stays. */
export function withdrawn(row: ExistingAlert, reason: AlertReason): PlannedAlert {
  const unsent = row.status === 'planned' || row.status === 'held' || row.status === 'covered';
  return unsent ? { ...row, status: 'cancelled', reason } : { ...row };
}

// Who already carries a number goes on doing so, so that planning afresh changes nothing.
function inTurn({ input, rows }: MilestoneCase): PlanningContact[] {
  const rank = (contact: PlanningContact) => {
    const status = rows.of(contact)?.status;
    return status === 'planned' ? 0 : status === 'held' ? 1 : 2;
  };
  return [...input.contacts].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

/** Sent when its time comes, or when the suspension ends: it makes other alerts of its number superfluous. */
function speaks(alert: PlannedAlert): boolean {
  return alert.status === 'planned' || (alert.status === 'held' && alert.reason === 'suspended');
}

function alertFor(
  contact: PlanningContact,
  row: ExistingAlert | undefined,
  one: MilestoneCase,
): PlannedAlert {
  const { milestone, ended, input, calendar } = one;
  if (row && (isTold(row) || isSettled(row, milestone, input.now))) return { ...row };
  const fresh = freshAlert(contact, row, milestone);
  if (ended) return row ? withdrawn(row, ended) : { ...fresh, status: 'cancelled', reason: ended };
  const isBefore = input.goLiveOn !== null && calendar.localDateOf(milestone.dueAt) < input.goLiveOn;
  if (isBefore && !wasPlanned(row)) {
    return { ...fresh, status: 'history', reason: 'before-go-live' };
  }
  if (contact.number !== null && one.rows.told.has(contact.number)) return covered(contact, row, milestone);
  const due = standingDue(contact, row, one);
  const inTheWay = obstacle(contact, input);
  if (inTheWay) return { ...fresh, status: 'held', reason: inTheWay, dueAt: due.at };
  return { ...fresh, ...timed(due, () => lateReason(contact, row, due.row, one), one) };
}

// Moved to before go-live, what was to be told is late and not history: else a date would take it out of the figures.
function wasPlanned(row: ExistingAlert | undefined): boolean {
  if (row === undefined || row.status === 'history') return false;
  // A row made after the termination was cancelled from the first, and never planned.
  return row.status !== 'cancelled' || row.reason !== 'terminated';
}

// Facts outlive re-planning: a missed alert comes back only when its milestone moves, history only past go-live.
function isSettled(row: ExistingAlert, milestone: DueMilestone, now: Date): boolean {
  if (row.status !== 'missed' && row.status !== 'history') return false;
  if (row.wording !== milestone.wording) return false;
  const [was, is] = [row.dueAt.getTime(), milestone.dueAt.getTime()];
  if (was === is) return true;
  // It was to be sent late when it was missed: its due time is after the milestone's, which did not move.
  return row.status === 'missed' && is < was && is <= now.getTime();
}

function freshAlert(
  contact: PlanningContact,
  row: ExistingAlert | undefined,
  { code, occurrence, wording, dueAt }: DueMilestone,
): PlannedAlert {
  return {
    id: row?.id ?? null,
    code,
    occurrence,
    contactId: contact.id,
    number: contact.number,
    wording,
    dueAt,
    status: 'planned',
    reason: null,
  };
}

function covered(
  contact: PlanningContact,
  row: ExistingAlert | undefined,
  milestone: DueMilestone,
): PlannedAlert {
  return { ...freshAlert(contact, row, milestone), status: 'covered', reason: 'same-number' };
}

/** Of several obstacles, the one that a person has to mend comes first. */
function obstacle(contact: PlanningContact, input: PlanningInput): AlertReason | null {
  if (contact.number === null) return 'no-number';
  if (contact.suppressed) return 'suppressed';
  return input.contract.state === 'suspended' ? 'suspended' : null;
}

interface StandingDue {
  at: Date;
  /** Planned before and due since, or about to be: grace was counted then, and is not counted again. */
  stands: boolean;
  /** The row whose due time it is. */
  row: ExistingAlert | undefined;
}

/**
 * When it is due, in the eyes of what was decided before: an alert that was late and put to "at once" has a due
 * time after its milestone's, and keeps it.
 */
function standingDue(
  contact: PlanningContact,
  row: ExistingAlert | undefined,
  { milestone, rows, input: { now }, calendar }: MilestoneCase,
): StandingDue {
  // A contact that takes over a number (its carrier was removed, or has another now) takes over its due time.
  const before = row?.status === 'covered' ? rows.carrierOf(contact.number) : row;
  const pending = before?.status === 'planned' || before?.status === 'held' ? before : undefined;
  const natural = milestone.dueAt;
  if (!pending || natural > now) return { at: natural, stands: false, row: pending };
  const planned = pending.status === 'planned';
  if (pending.dueAt <= now) {
    return { at: pending.dueAt > natural ? pending.dueAt : natural, stands: planned, row: pending };
  }
  const opening = calendar.nextOpening(now);
  if (pending.dueAt <= opening) return { at: opening, stands: planned, row: pending };
  return { at: natural, stands: false, row: pending };
}

function timed(
  due: StandingDue,
  reason: () => AlertReason,
  { input: { now, graceHours }, calendar }: MilestoneCase,
): Pick<PlannedAlert, 'status' | 'reason' | 'dueAt'> {
  if (due.stands || due.at >= now) return { status: 'planned', reason: null, dueAt: due.at };
  if (!isTooLate(due.at, { now, graceHours })) {
    return { status: 'planned', reason: null, dueAt: calendar.nextOpening(now) };
  }
  return { status: 'missed', reason: reason(), dueAt: due.at };
}

function lateReason(
  contact: PlanningContact,
  row: ExistingAlert | undefined,
  pending: ExistingAlert | undefined,
  { rows }: MilestoneCase,
): AlertReason {
  if (row?.status === 'missed' && row.reason) return row.reason;
  if (pending?.status === 'held' && pending.reason === 'no-number') return 'number-added-late';
  if (pending?.status === 'held' && pending.reason === 'suspended') return 'suspended-too-long';
  if (row?.status === 'covered' && row.number !== contact.number) return 'number-added-late';
  const isNew = !row || row.reason === 'contact-removed';
  if (isNew && rows.hasOthersThan(contact)) return 'contact-added-late';
  return 'registered-late';
}
