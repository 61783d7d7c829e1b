import { daysBetween } from '../calendar/local-date.js';
import type { PlannedMilestone, PlanningContract, StandingDue } from './planning.types.js';

type Period = Pick<PlanningContract, 'startsOn' | 'endsOn'>;

const dayMs = 24 * 3_600_000;

/**
 * Returns by how many days a text may come before its time: by a fourth of the contract's period, but always by a week, and
 * never by more than four weeks. What comes earlier tells nobody of what it is about.
 */
export function mostDaysEarly({ startsOn, endsOn }: Period): number {
  if (startsOn === null || endsOn === null) return 28;
  return Math.min(Math.max(Math.floor(daysBetween(startsOn, endsOn) / 4), 7), 28);
}

/** Tells whether a text that goes out at one time is much too early for what is due at another. */
export function isTooEarly(at: Date, due: Date, contract: Period): boolean {
  return due.getTime() - at.getTime() > mostDaysEarly(contract) * dayMs;
}

/**
 * Returns when a milestone was first to go out that is now due sooner, as long as that is not much: steps of which each is small
 * add up. Null where it does not come sooner, or is another text than the one that stood.
 */
export function firstBeforeSteps(
  { dueAt, wording }: Pick<PlannedMilestone, 'dueAt' | 'wording'>,
  standing: StandingDue | undefined,
  contract: Period,
): Date | null {
  const first = standing?.wording === wording ? latestOf(standing) : null;
  return first && dueAt && dueAt < first && !isTooEarly(dueAt, first, contract) ? first : null;
}

/** Returns the later of the times at which a milestone is due, and was before small steps. */
export function latestOf({ dueAt, firstDueAt }: StandingDue): Date | null {
  return dueAt && firstDueAt && firstDueAt > dueAt ? firstDueAt : dueAt;
}
