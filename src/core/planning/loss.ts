import type { Calendar } from '../calendar/calendar.js';
import { groupedBy } from '../../platform/grouped-by.js';
import type { ExistingAlert, LostAlert, PlannedAlert, PlanningInput, StandingDue } from './planning.types.js';

type One = Pick<
  ExistingAlert,
  'code' | 'occurrence' | 'contactId' | 'number' | 'status' | 'reason' | 'dueAt'
>;

const dayMs = 24 * 3_600_000;

type Terms = Pick<PlanningInput, 'now' | 'lateDays'>;

/** Returns from when on a text is much later than it was to go out at a given time: `lateDays` business days and a day. */
function laterOf(at: Date, { lateDays = 5 }: Terms, calendar: Calendar): Date {
  const opening = calendar.addBusinessDays(calendar.localDateOf(at), lateDays + 1);
  // A calendar that closes every day for months would make nothing late: three days for each business day are enough in any.
  return new Date(
    Math.min(calendar.instantOf(opening, '00:00').getTime(), at.getTime() + 3 * (lateDays + 1) * dayMs),
  );
}

/**
 * Returns when a milestone was first to go out that is now due at `dueAt`, or null where that is its first time. Put-offs add up
 * while each is small and made when the text was about to go out: else two days at a time would put it off for ever. What is
 * put off in time, and what was put off so far that it was a loss, is due by its new time.
 */
export function firstDueOf(
  dueAt: Date | null,
  standing: StandingDue | undefined,
  terms: Terms,
  calendar: Calendar,
): Date | null {
  if (!standing?.dueAt || dueAt === null) return null;
  const first = standing.firstDueAt ?? standing.dueAt;
  const isNear = first < laterOf(terms.now, terms, calendar);
  return isNear && dueAt > first && dueAt < laterOf(first, terms, calendar) ? first : null;
}

/** How sure it is that a number is told: 2 in time, 1 when a suspension ends, 0 not. */
function sureness({ status, reason }: One): number {
  if (status === 'planned' || status === 'messaged') return 2;
  return status === 'held' && reason === 'suspended' ? 1 : 0;
}

/**
 * Lists whom a change of a contract keeps from being told: numbers that were going to get a text about a milestone, and now
 * get none, another number gets it, or they get it in another language, or much later than it was about to go out, small
 * put-offs of before counted in. A number
 * that is told through another contact loses nothing, and neither does one that more people join. What was to go out in the far future may be put
 * off: an extension that comes in time is an honest act, and is seen in the history. A record is none: the neutral text that
 * it takes the place of was to come by a day that stays.
 */
export function lossOf(
  before: ExistingAlert[],
  after: PlannedAlert[],
  calendar: Calendar,
  { contacts = [], standing = [], ...terms }: Terms & Partial<Pick<PlanningInput, 'contacts' | 'standing'>>,
): LostAlert[] {
  if (before.length === 0) return [];
  const laterThan = remembered((at) => laterOf(new Date(at), terms, calendar));
  const soon = laterThan(terms.now.getTime());
  const putOff = new Map(
    standing.flatMap(({ firstDueAt: first, dueAt, ...one }) =>
      first && dueAt && first < dueAt ? [[milestoneKeyOf(one), { first, dueAt }] as const] : [],
    ),
  );
  // An alert that is late goes out by a due time of its own.
  const firstOf = (alert: ExistingAlert) => {
    const own = putOff.get(milestoneKeyOf(alert));
    return own?.dueAt.getTime() === alert.dueAt.getTime() ? own.first : alert.dueAt;
  };
  const planned = groupedBy(after, numberOf);
  const locales = new Map(contacts.map(({ id, locale }) => [id, locale]));
  const own = new Map(after.map((alert) => [keyOf(alert), alert]));
  const lost = before.flatMap((alert): LostAlert[] => {
    const was = sureness(alert);
    if (alert.number === null || was === 0 || alert.status === 'messaged') return [];
    const told = (planned.get(numberOf(alert)) ?? []).filter((one) => sureness(one) >= was);
    const { code, occurrence, contactId, dueAt } = alert;
    const text = { code, occurrence, contactId, dueAt, number: alert.number };
    const first = told.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())[0];
    if (!first) {
      const how = howLost(alert, own.get(keyOf(alert)));
      // What a suspension held too long was lost by that, and not by whoever ends it.
      return was === 1 && how === 'missed' ? [] : [{ ...text, how }];
    }
    const isRecorded = alert.wording === 'neutral' && first.wording === 'milestone';
    const counts = first.status === 'planned' && (firstOf(alert) < soon || isRecorded);
    const isPutOff =
      counts && first.dueAt > alert.dueAt && first.dueAt >= laterThan(firstOf(alert).getTime());
    const isOtherwise = locales.get(alert.contactId)?.was !== locales.get(first.contactId)?.is;
    if (!isPutOff && !isOtherwise) return [];
    return [{ ...text, how: isPutOff ? 'later' : 'language' }];
  });
  return lost.sort(inOrder);
}

/** Keeps what a function returns for a time: the alerts of a milestone share theirs, and asking the calendar costs much. */
function remembered(of: (at: number) => Date): (at: number) => Date {
  const kept = new Map<number, Date>();
  return (at) => {
    const found = kept.get(at) ?? of(at);
    kept.set(at, found);
    return found;
  };
}

/** The same loss is told in the same order, however the alerts were read. */
function inOrder(a: LostAlert, b: LostAlert): number {
  const [one, other] = [keyOf(a), keyOf(b)];
  return a.dueAt.getTime() - b.dueAt.getTime() || (one < other ? -1 : one > other ? 1 : 0);
}

function howLost(before: ExistingAlert, after: PlannedAlert | undefined): LostAlert['how'] {
  if (!after || after.status === 'cancelled') return 'cancelled';
  if (after.number !== before.number) return 'number';
  if (after.status === 'held') return 'held';
  return after.status === 'history' ? 'history' : 'missed';
}

/** Returns by what the milestones of a contract are told apart. */
export function milestoneKeyOf({ code, occurrence }: Pick<One, 'code' | 'occurrence'>): string {
  return `${code} ${occurrence}`;
}

function keyOf({ code, occurrence, contactId }: Pick<One, 'code' | 'occurrence' | 'contactId'>): string {
  return `${code} ${occurrence} ${contactId}`;
}

function numberOf({ code, occurrence, number }: One): string {
  return `${code} ${occurrence} ${number}`;
}
