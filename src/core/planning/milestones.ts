import type { LocalDate } from '../calendar/calendar.schema.js';
import type { Calendar } from '../calendar/calendar.js';
import { addDays, daysBetween } from '../calendar/local-date.js';
import { isTold } from './alerts.js';
import { isTooEarly } from './early.js';
import type { Anchor, DatedAnchor, Offset, Plan, PlanMilestone } from '../settings/plan.schema.js';
import { requireNearPlan } from '../settings/plan-reach.js';
import { requireRoom } from './plan-limits.js';
import type { PlannedMilestone, PlanningInput } from './planning.types.js';

/** Occurrences recorded by hand of a milestone that the contract dates itself are numbered from here on. */
export const firstHandRecorded = 1001;

/** A milestone, and why what is unsent of it is sent no more. */
interface Dated {
  milestone: PlannedMilestone;
  ended: 'terminated' | 'milestone-gone' | null;
}

/** The milestones of a contract in the plan's order; a draft has none. */
export function milestonesOf(input: PlanningInput, calendar: Calendar): Dated[] {
  if (input.contract.state === 'draft') return [];
  const { milestonesStored = 0, plan } = input;
  if (milestonesStored === 0) requireNearPlan(plan);
  const dates = new MilestoneDates(input, calendar);
  let count = 0;
  return plan.milestones.flatMap((rule) => {
    const numbered = dates.of(rule);
    count += numbered.length;
    requireRoom('milestones', count, milestonesStored);
    return numbered.map((dated) => describe(rule, dated, dates, input, calendar));
  });
}

export function recordable(anchor: Anchor): boolean {
  return anchor.type === 'occurrence' || anchor.type === 'amendment';
}

/** Returns the required milestones that get their day, or the day on which they are overdue, from anchors of these types. */
export function requiredBy({ milestones }: Plan, anchors: readonly string[]): PlanMilestone[] {
  return milestones.filter(
    ({ optional, anchor, expectedBy }) =>
      !optional &&
      [
        anchor.type,
        anchor.type === 'occurrence' ? anchor.else?.type : undefined,
        expectedBy?.anchor.type,
      ].some((type) => type !== undefined && anchors.includes(type)),
  );
}

interface Numbered {
  occurrence: number;
  date: LocalDate | null;
  recorded: boolean;
}

function describe(
  rule: PlanMilestone,
  { occurrence, date, recorded }: Numbered,
  dates: MilestoneDates,
  { contract, now, owed = [] }: PlanningInput,
  calendar: Calendar,
): Dated {
  const owedAt = owed.find((one) => one.code === rule.code && one.occurrence === occurrence)?.at;
  const isFirst = occurrence === dates.firstOf(rule);
  const expectedBy = isFirst ? dates.expectedBy(rule) : null;
  const terminatedOn = contract.state === 'terminated' ? contract.terminatedOn : null;
  const day = date ?? expectedBy;
  // What did happen after the end, such as a last payment, is told: ending a contract first must not silence it.
  const afterTheEnd = terminatedOn !== null && !recorded && day !== null && day > terminatedOn;
  const nothingRecorded = !dates.isRecorded(rule);
  const noLongerExpected = terminatedOn !== null && expectedBy !== null && expectedBy > terminatedOn;
  return {
    milestone: {
      code: rule.code,
      occurrence,
      date,
      recorded,
      expectedBy,
      expectedFrom: isFirst ? dates.expectedFrom(rule) : null,
      overdue:
        nothingRecorded && !noLongerExpected && expectedBy !== null && expectedBy < calendar.localDateOf(now),
      wording: owedAt || (date === null && expectedBy !== null) ? 'neutral' : 'milestone',
      dueAt: owedAt ? calendar.nextOpening(owedAt) : dueTime(rule, date, expectedBy, calendar),
    },
    ended: endOf(afterTheEnd, rule.anchor.type === 'occurrence' && !recorded && !nothingRecorded),
  };
}

// What was recorded takes the place of the date that stood in for it, once that one was told and cannot change.
function endOf(afterTheEnd: boolean, replaced: boolean): Dated['ended'] {
  if (afterTheEnd) return 'terminated';
  return replaced ? 'milestone-gone' : null;
}

function dueTime(
  rule: PlanMilestone,
  date: LocalDate | null,
  expectedBy: LocalDate | null,
  calendar: Calendar,
): Date | null {
  if (date !== null) return openingOn(calendar.applyOffset(date, rule.offset), rule.hour, calendar);
  if (expectedBy === null) return null;
  return openingOn(calendar.addBusinessDays(expectedBy, 1), rule.hour, calendar);
}

function openingOn(day: LocalDate, hour: string, calendar: Calendar): Date {
  return calendar.nextOpening(calendar.instantOf(day, hour));
}

/** Resolves anchors; an anchor may name another milestone, in any order, and a circle has no date. */
class MilestoneDates {
  private readonly known = new Map<string, Numbered[]>();
  private readonly firsts = new Map<string, number>();

  constructor(
    private readonly input: PlanningInput,
    private readonly calendar: Calendar,
  ) {}

  of(rule: PlanMilestone): Numbered[] {
    let numbered = this.known.get(rule.code);
    if (!numbered) {
      this.known.set(rule.code, []);
      numbered = this.numbered(rule).filter((n) => n.date !== null || !rule.optional);
      this.known.set(rule.code, numbered);
    }
    return numbered;
  }

  /** Only what is waited for can be overdue: what the contract dates itself needs no record. */
  expectedBy(rule: PlanMilestone): LocalDate | null {
    if (!rule.expectedBy || rule.optional || rule.anchor.type !== 'occurrence') return null;
    const { anchor, offset, term } = rule.expectedBy;
    const day = this.anchorDate(anchor);
    return day && this.calendar.applyOffset(day, (term && this.statutory(term, day)) ?? offset);
  }

  /** The day from which on it is expected by that day. */
  expectedFrom(rule: PlanMilestone): LocalDate | null {
    const by = this.expectedBy(rule);
    const from = by && rule.expectedBy ? this.anchorDate(rule.expectedBy.anchor) : null;
    return from && by && by < from ? by : from;
  }

  /**
   * Returns the number of a milestone that happens once. It is 1, unless its text went out much too early for the date that it
   * has now: then it is told again, under the next number, so that a date which is brought forward until the text has left, and a
   * record which is taken back then, tell nobody less. A date that is past by then, and was not planned so before, stays told.
   */
  firstOf(rule: PlanMilestone): number {
    const known = this.firsts.get(rule.code);
    if (known !== undefined) return known;
    let first = 1;
    while (!rule.repeat && this.wasTooEarly(rule, first)) first += 1;
    this.firsts.set(rule.code, first);
    return first;
  }

  private wasTooEarly(rule: PlanMilestone, occurrence: number): boolean {
    const { existing, occurrences, contract, now } = this.input;
    const of = (n: number) => existing.filter((one) => one.code === rule.code && one.occurrence === n);
    const told = of(occurrence).filter(isTold);
    const isRecorded = occurrences.some((one) => one.code === rule.code && one.occurrence === occurrence);
    if (told.length === 0 || isRecorded) return false;
    const due = dueTime(rule, this.dateAwaited(rule), this.expectedBy(rule), this.calendar);
    if (due === null || !told.every(({ dueAt }) => isTooEarly(dueAt, due, contract))) return false;
    return due > now || of(occurrence + 1).length > 0;
  }

  /** The date of a milestone that happens once, while nothing is recorded of it. */
  private dateAwaited(rule: PlanMilestone): LocalDate | null {
    const { anchor } = rule;
    if (anchor.type === 'amendment') return null;
    const dated = anchor.type === 'occurrence' ? anchor.else : anchor;
    const day = dated ? this.anchorDate(dated) : null;
    return day && this.shifted(rule, day);
  }

  /** Payment is claimed once the inspection is done, so that its term follows the other. */
  private statutory(term: 'inspection' | 'payment', completion: LocalDate): Offset | null {
    const terms = this.calendar.termsOn(completion);
    if (!terms) return null;
    const { inspectionDays, paymentDays } = terms;
    return { amount: inspectionDays + (term === 'payment' ? paymentDays : 0), unit: 'days' };
  }

  isRecorded(rule: PlanMilestone): boolean {
    return this.input.occurrences.some((occurrence) => occurrence.code === rule.code);
  }

  private numbered(rule: PlanMilestone): Numbered[] {
    const recorded = this.recorded(rule);
    if (rule.anchor.type === 'amendment') return recorded;
    if (rule.anchor.type === 'occurrence') return [...this.awaited(rule, recorded), ...recorded];
    const has = new Set(recorded.map((r) => r.occurrence));
    const dated = this.datesOf(rule, rule.anchor).map((date, n) => ({
      occurrence: this.firstOf(rule) + n,
      date,
      recorded: false,
    }));
    return [...dated.filter((d) => !has.has(d.occurrence)), ...recorded].sort(byNumber);
  }

  private recorded(rule: PlanMilestone): Numbered[] {
    const days = new Map<number, LocalDate>();
    for (const { code, occurrence, occurredOn } of this.input.occurrences) {
      const other = days.get(occurrence);
      if (code === rule.code && (!other || occurredOn < other)) days.set(occurrence, occurredOn);
    }
    return [...days]
      .map(([occurrence, day]) => ({ occurrence, date: this.shifted(rule, day), recorded: true }))
      .sort(byNumber);
  }

  /** The first, while nobody recorded it; it stays in the list once its stand-in was told. */
  private awaited(rule: PlanMilestone, recorded: Numbered[]): Numbered[] {
    const occurrence = this.firstOf(rule);
    if (rule.optional || recorded.some((r) => r.occurrence === occurrence)) return [];
    const told = this.input.existing.some(
      (alert) => alert.code === rule.code && alert.occurrence === occurrence && isTold(alert),
    );
    if (recorded.length > 0 && !told) return [];
    return [{ occurrence, date: this.dateAwaited(rule), recorded: false }];
  }

  private datesOf(rule: PlanMilestone, anchor: DatedAnchor): (LocalDate | null)[] {
    if (!rule.repeat) return [this.dateAwaited(rule)];
    const day = this.anchorDate(anchor);
    const { liabilityEndsOn, endsOn } = this.input.contract;
    const first = day && rule.shift ? this.calendar.rawOffset(day, rule.shift) : day;
    return rule.repeat.until === 'ends'
      ? this.series(first, rule.repeat.every, endsOn && addDays(endsOn, -1))
      : this.series(first, rule.repeat.every, liabilityEndsOn);
  }

  // Each is reckoned from the first, so that 31 August comes back after a clamped February.
  private series(first: LocalDate | null, every: Offset, last: LocalDate | null): LocalDate[] {
    const days: LocalDate[] = [];
    if (first === null || last === null || every.amount <= 0) return days;
    for (let n = 1; n < firstHandRecorded; n += 1) {
      const day = this.calendar.rawOffset(first, { ...every, amount: every.amount * n });
      if (day > last) break;
      days.push(this.calendar.nextBusinessDay(day));
    }
    return days;
  }

  private shifted(rule: PlanMilestone, day: LocalDate): LocalDate {
    return rule.shift ? this.calendar.applyOffset(day, rule.shift) : day;
  }

  private anchorDate(anchor: DatedAnchor): LocalDate | null {
    const { contract, plan } = this.input;
    switch (anchor.type) {
      case 'signed':
        return contract.signedOn;
      case 'starts':
        return contract.startsOn;
      case 'ends':
        return contract.endsOn;
      case 'completed':
        return contract.completedOn;
      case 'share':
        return this.share(anchor.of);
      case 'milestone': {
        const rule = plan.milestones.find((m) => m.code === anchor.code);
        return (rule && this.of(rule).find((n) => n.date !== null)?.date) ?? null;
      }
    }
  }

  private share(of: number): LocalDate | null {
    const { startsOn, endsOn } = this.input.contract;
    if (startsOn === null || endsOn === null || endsOn < startsOn) return null;
    // 0.29 × 100 is 28.999… in floating point; a day is never that close to the next.
    const days = Math.floor(daysBetween(startsOn, endsOn) * of + 1e-9);
    return this.calendar.nextBusinessDay(addDays(startsOn, days));
  }
}

function byNumber(a: Numbered, b: Numbered): number {
  return a.occurrence - b.occurrence;
}
