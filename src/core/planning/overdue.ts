import type { LocalDate } from '../calendar/calendar.schema.js';

/**
 * Whether an occurrence was expected by a day that has passed, and nobody recorded it: the mark for the auditor.
 * What was expected before the department went live, or after a termination, is nobody's omission.
 */
export function isOverdue(
  milestone: { occurredOn: LocalDate | null; expectedBy: LocalDate | null },
  at: { today: LocalDate; goLiveOn: LocalDate | null; terminatedOn: LocalDate | null },
): boolean {
  const { occurredOn, expectedBy } = milestone;
  if (occurredOn !== null || expectedBy === null || expectedBy >= at.today) return false;
  if (at.goLiveOn !== null && expectedBy < at.goLiveOn) return false;
  return at.terminatedOn === null || expectedBy <= at.terminatedOn;
}
