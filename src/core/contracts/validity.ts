import { addDays, addMonths } from '../calendar/local-date.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { flawOfReference, referenceLimit } from '../settings/reference.js';
import type { Agency } from '../settings/settings.schema.js';
import type { Finding } from '../../platform/findings.js';
import type { Contract } from './contract.entity.js';
import { contractProblems, oddPeriod } from './contracts.words.js';

/** Days that a signing, a move or an occurrence may lie ahead when it is recorded, and a go-live day when a contract is registered. */
const furthestAhead = 60;

/** Throws `day-too-far`: a completion of next year would end a contract now, and put off or cancel its alerts. */
export function requireNearDay(day: LocalDate, path: string, today: LocalDate): void {
  const last = addDays(today, furthestAhead);
  if (day <= last) return;
  throw contractProblems.error(
    'day-too-far',
    { day, days: furthestAhead, last },
    { fields: [contractProblems.field(path, 'day-too-far.field', { last })] },
  );
}

/**
 * Throws `department-not-live` for a department that goes live later than that: its contracts are loaded in the weeks before,
 * and in years nobody would be told of what falls due until then.
 */
export function requireSoonLive(goLiveOn: LocalDate, today: LocalDate): void {
  if (goLiveOn <= addDays(today, furthestAhead)) return;
  const params = { day: goLiveOn, days: furthestAhead, from: addDays(goLiveOn, -furthestAhead) };
  throw contractProblems.error('department-not-live', params, {
    fields: [contractProblems.field('departmentId', 'department-not-live', params)],
  });
}

/** Throws `reference-unfit` for a reference that may not stand in texts; see `flawOfReference`. */
export function requireFitReference(reference: string, letters: Agency['referenceLetters']): void {
  const flaw = flawOfReference(reference, letters);
  if (flaw === null) return;
  const code = `reference-unfit.${flaw}` as const;
  const params = { limit: referenceLimit };
  throw contractProblems.error(code, params, { fields: [contractProblems.field('reference', code, params)] });
}

/** Throws `revision-only-rises` for a revision below the one that the contract has. */
export function requireRisingRevision(revision: number, known: number): void {
  if (revision >= known) return;
  throw contractProblems.error('revision-only-rises', { revision, known });
}

/** Period is the days of a contract that are judged together. */
export type Period = Pick<Contract, 'signedOn' | 'startsOn' | 'endsOn'>;

/** An OddPeriod is what is unusual about two days of a contract, which may be right all the same. */
export interface OddPeriod {
  path: keyof Period;
  finding: Finding;
}

const longestYears = 10;

/** Finds what is asked about: nothing of it is refused. Of a change, `was` keeps what stood before from being asked again. */
export function oddPeriods(period: Period, today: LocalDate, was?: Period): OddPeriod[] {
  const { signedOn, startsOn, endsOn } = period;
  const changed = (...terms: (keyof Period)[]) => terms.some((term) => period[term] !== was?.[term]);
  const begins = startsOn ?? signedOn;
  const odd: OddPeriod[] = [];
  if (begins && endsOn && endsOn > addMonths(begins, 12 * longestYears) && changed('startsOn', 'endsOn')) {
    const finding = oddPeriod('period-long', { begins, ends: endsOn, years: longestYears });
    odd.push({ path: 'endsOn', finding });
  }
  // One that was signed after its end is reported as that, or refused.
  const isSignedLate = signedOn && startsOn && signedOn > startsOn && signedOn <= (endsOn ?? signedOn);
  if (isSignedLate && changed('signedOn', 'startsOn'))
    odd.push({ path: 'signedOn', finding: oddPeriod('signed-after-start', { signedOn, startsOn }) });
  if (endsOn && endsOn < addMonths(today, -12) && changed('endsOn'))
    odd.push({ path: 'endsOn', finding: oddPeriod('ended-long-ago', { endsOn, today }) });
  return odd;
}

const weights = [1, 3, 7, 1, 3, 7, 1, 3, 5];

/**
 * Reads the number by which a country registers a business: null when it is blank or zeros alone, which are nobody's, and
 * `wrong` when a Korean one has not ten digits of which the last follows from the others (국세청, 사업자등록번호 검증).
 */
export function readBusinessNumber(
  given: string | null,
  country: string,
): { number: string | null } | 'wrong' {
  const digits = (given ?? '').replace(/\D/g, '');
  if (given === null || !/[^\s0-]/.test(given)) return { number: null };
  if (country !== 'KR') return { number: given };
  if (!/^[\d\s-]+$/.test(given) || digits.length !== 10) return 'wrong';
  const sum = weights.reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
  const carried = Math.floor((5 * Number(digits[8])) / 10);
  return (10 - ((sum + carried) % 10)) % 10 === Number(digits[9]) ? { number: given } : 'wrong';
}
