import type { Calendar } from '../calendar/calendar.js';
import { groupedBy } from '../../platform/grouped-by.js';
import type { ExistingAlert, LostAlert, PlannedAlert, PlanningInput } from './planning.types.js';

type One = Pick<
  ExistingAlert,
  'code' | 'occurrence' | 'contactId' | 'number' | 'status' | 'reason' | 'dueAt'
>;

const dayMs = 24 * 3_600_000;

/** How sure it is that a number is told: 2 in time, 1 when a suspension ends, 0 not. */
function sureness({ status, reason }: One): number {
  if (status === 'planned' || status === 'messaged') return 2;
  return status === 'held' && reason === 'suspended' ? 1 : 0;
}

/**
 * Lists whom a change of a contract keeps from being told: numbers that were going to get a text about a milestone, and now
 * get none, another number gets it, or they get it in another language, or much later than it was about to go out. A number
 * that is told through another contact loses nothing, and neither does one that more people join. What was to go out in the far future may be put
 * off: an extension that comes in time is an honest act, and is seen in the history. A record is none: the neutral text that
 * it takes the place of was to come by a day that stays.
 */
export function lossOf(
  before: ExistingAlert[],
  after: PlannedAlert[],
  calendar: Calendar,
  {
    now,
    contacts = [],
    lateDays = 5,
  }: Pick<PlanningInput, 'now' | 'lateDays'> & Partial<Pick<PlanningInput, 'contacts'>>,
): LostAlert[] {
  if (before.length === 0) return [];
  // A calendar that closes every day for months would make nothing late: three days for each business day are enough in any.
  const laterOf = (at: Date) => {
    const opening = calendar.addBusinessDays(calendar.localDateOf(at), lateDays + 1);
    return new Date(
      Math.min(calendar.instantOf(opening, '00:00').getTime(), at.getTime() + 3 * (lateDays + 1) * dayMs),
    );
  };
  const soon = laterOf(now);
  const planned = groupedBy(after, numberOf);
  const locales = new Map(contacts.map(({ id, locale }) => [id, locale]));
  const own = new Map(after.map((alert) => [keyOf(alert), alert]));
  return before.toSorted(inOrder).flatMap((alert) => {
    const was = sureness(alert);
    if (alert.number === null || was === 0 || alert.status === 'messaged') return [];
    const told = (planned.get(numberOf(alert)) ?? []).filter((one) => sureness(one) >= was);
    const lost = {
      code: alert.code,
      occurrence: alert.occurrence,
      contactId: alert.contactId,
      dueAt: alert.dueAt,
    };
    const first = told.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())[0];
    if (!first) {
      const how = howLost(alert, own.get(keyOf(alert)));
      // What a suspension held too long was lost by that, and not by whoever ends it.
      return was === 1 && how === 'missed' ? [] : [{ ...lost, number: alert.number, how }];
    }
    const isRecorded = alert.wording === 'neutral' && first.wording === 'milestone';
    const counts = first.status === 'planned' && (alert.dueAt < soon || isRecorded);
    const isPutOff = counts && first.dueAt >= laterOf(alert.dueAt);
    const isOtherwise = locales.get(alert.contactId)?.was !== locales.get(first.contactId)?.is;
    if (!isPutOff && !isOtherwise) return [];
    return [{ ...lost, number: alert.number, how: isPutOff ? ('later' as const) : ('language' as const) }];
  });
}

/** The same loss is told in the same order, however the alerts were read. */
function inOrder(a: ExistingAlert, b: ExistingAlert): number {
  const [one, other] = [keyOf(a), keyOf(b)];
  return a.dueAt.getTime() - b.dueAt.getTime() || (one < other ? -1 : one > other ? 1 : 0);
}

function howLost(before: ExistingAlert, after: PlannedAlert | undefined): LostAlert['how'] {
  if (!after || after.status === 'cancelled') return 'cancelled';
  if (after.number !== before.number) return 'number';
  if (after.status === 'held') return 'held';
  return after.status === 'history' ? 'history' : 'missed';
}

function keyOf({ code, occurrence, contactId }: One): string {
  return `${code} ${occurrence} ${contactId}`;
}

function numberOf({ code, occurrence, number }: One): string {
  return `${code} ${occurrence} ${number}`;
}
