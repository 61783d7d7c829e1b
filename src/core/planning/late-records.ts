import type { Calendar } from '../calendar/calendar.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { daysBetween } from '../calendar/local-date.js';
import { isTold, isTooLate } from './alerts.js';
import { isTooEarly } from './early.js';
import { milestonesOf } from './milestones.js';
import { nextOccurrence } from './planning.js';
import type { ExistingAlert, PlannedMilestone, PlanningInput, RecordedOccurrence } from './planning.types.js';

type Named = Pick<RecordedOccurrence, 'code' | 'occurrence'>;

/** RecordedAs is the number that a newly recorded occurrence gets, and when its neutral text is owed, if it is. */
export interface RecordedAs {
  occurrence: number;
  owedAt: Date | null;
}

/**
 * When the neutral text of a milestone is owed, as `input` has it recorded or taken back: no record may silence a milestone.
 * One whose text would be missed keeps the neutral text that stands in for it, as that is planned; when none is, one goes out
 * at the next opening. Null where the milestone's own text is in time, and for what is recorded before go-live. `knownSince` is
 * when the contract came to the service, where what it missed until then is to stay missed: published files bring history.
 */
export function neutralOwedAt(
  one: Named,
  input: PlanningInput,
  calendar: Calendar,
  knownSince: Date | null = null,
): Date | null {
  const { now, graceHours, goLiveOn } = input;
  const own = milestoneOf(one, input, calendar)?.dueAt ?? null;
  if (own === null || !isTooLate(own, input)) return null;
  const unrecorded = input.occurrences.filter((other) => !isSameOccurrence(other, one));
  const standIn = milestoneOf(one, { ...input, occurrences: unrecorded }, calendar);
  if (standIn?.wording === 'neutral' && standIn.dueAt && !isTooLate(standIn.dueAt, input))
    return standIn.dueAt;
  if (goLiveOn !== null && calendar.localDateOf(now) < goLiveOn) return null;
  const wasMissed = knownSince !== null && isTooLate(own, { now: knownSince, graceHours });
  return wasMissed ? null : calendar.nextOpening(now);
}

/**
 * Numbers a newly recorded occurrence. One that is recorded late, and of which the neutral text told after its day, is what
 * that text was about: it takes its number, and nobody is told the same twice.
 */
export function recordedAs(
  { code, occurredOn }: Pick<RecordedOccurrence, 'code' | 'occurredOn'>,
  input: PlanningInput,
  calendar: Calendar,
  knownSince: Date | null = null,
): RecordedAs {
  const number = nextOccurrence(code, input.plan, input.existing, input.occurrences);
  const next = owedAs({ code, occurrence: number, occurredOn }, input, calendar, knownSince);
  if (next.owedAt === null) return next;
  const told = input.existing.find(
    (alert) =>
      alert.code === code &&
      isNeutralTold(alert) &&
      calendar.localDateOf(alert.dueAt) >= occurredOn &&
      !input.occurrences.some((other) => isSameOccurrence(other, alert)),
  );
  return told ? { occurrence: told.occurrence, owedAt: told.dueAt } : next;
}

/** Says when the neutral text is owed of an occurrence that is recorded beside the others. */
export function owedAs(
  one: RecordedOccurrence,
  input: PlanningInput,
  calendar: Calendar,
  knownSince: Date | null,
): RecordedAs {
  const occurrences = [...input.occurrences, one];
  return {
    occurrence: one.occurrence,
    owedAt: neutralOwedAt(one, { ...input, occurrences }, calendar, knownSince),
  };
}

/** Tells whether all that was told of an occurrence went out much too early for the day that it is to have. */
export function wasToldTooEarly(one: RecordedOccurrence, input: PlanningInput, calendar: Calendar): boolean {
  const due = milestoneOf(one, { ...input, occurrences: [...input.occurrences, one] }, calendar)?.dueAt;
  const told = input.existing.filter((alert) => isSameOccurrence(alert, one) && isTold(alert));
  if (!due || due <= input.now || told.length === 0) return false;
  return told.every(({ dueAt }) => isTooEarly(dueAt, due, input.contract));
}

/** What begins the id of an occurrence that a list of another system gave. */
export const listedId = 'list:';

/**
 * What a list and somebody else record of a milestone is the same where their days lie no further apart. Whoever pays has five days
 * for it by law, which makes a week with its weekend, and officers may give the day of the claim; payments by progress are
 * 30 days apart, so that no two of them are taken for one.
 */
const sameWithinDays = 7;

export const isNear = (a: LocalDate, b: LocalDate) => Math.abs(daysBetween(a, b)) <= sameWithinDays;

function isNeutralTold(alert: ExistingAlert): boolean {
  return isTold(alert) && alert.wording === 'neutral';
}

/** The milestone by its dates alone: what is owed of it so far does not count. */
function milestoneOf(one: Named, input: PlanningInput, calendar: Calendar): PlannedMilestone | undefined {
  return milestonesOf({ ...input, owed: [] }, calendar)
    .map(({ milestone }) => milestone)
    .find((other) => isSameOccurrence(other, one));
}

export function isSameOccurrence(a: Named, b: Named): boolean {
  return a.code === b.code && a.occurrence === b.occurrence;
}
