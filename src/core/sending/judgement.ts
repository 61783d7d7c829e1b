import type { Calendar } from '../calendar/calendar.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import type { kindsOfTexts } from '../planning/flag.entity.js';

/** TextFacts are what the database knows of a text that goes out, for a judgement of it. */
export interface TextFacts {
  /** No text of the contract went to the number before. */
  isFirst: boolean;
  /** When the contract's first text was frozen; null when it had none before. */
  textedSince: Date | null;
  /** Since when the contact has the number; null when the contract's history does not say, as of what was registered with it. */
  numberSince: Date | null;
  isStaffs: boolean;
  isShared: boolean;
  /** Countries in ISO 3166-1 alpha-2: of the number, and of the party's address where that is known. */
  phoneCountry: string | null;
  country: string | null;
  /** When planning had it go out: at once, where it was planned too late. Brakes, windows and outages come after that. */
  dueAt: Date;
  /** When the last brake was released that somebody pulled and that held it back; null when it is not overdue, or none did. */
  brakedUntil: Date | null;
  milestoneDueAt: Date | null;
  occurredOn: LocalDate | null;
  /** The neutral text was owed, because a record came or went too late: the milestone is due by that, and not by its day. */
  isOwed: boolean;
}

/** Terms are what the agency has set that a judgement goes by. */
export interface Terms {
  calendar: Calendar;
  /** Business days. */
  lateDays: number;
}

/**
 * Says what is odd about a text that goes out, whoever caused it. A number is judged at its first text only; that a text is late
 * counts whenever it is planned late or somebody's brake made it late, which no closed window, outage, restore or brake of the
 * service itself brings about: they leave the due time of an alert as it is.
 */
export function judgementOf(text: TextFacts, { calendar, lateDays }: Terms): (typeof kindsOfTexts)[number][] {
  const { isFirst, isStaffs, isShared, textedSince, numberSince, phoneCountry } = text;
  const country = text.country ?? calendar.setting.country;
  const isNew = textedSince !== null && numberSince !== null && numberSince > textedSince;
  const found = {
    'new-number': isFirst && isNew,
    'staff-number': isFirst && isStaffs,
    'shared-number': isFirst && isShared,
    'other-country': isFirst && phoneCountry !== null && phoneCountry !== country,
    late: isLate(text, { calendar, lateDays }) || isBrakedLate(text, { calendar, lateDays }),
  };
  return (Object.keys(found) as (keyof typeof found)[]).filter((kind) => found[kind]);
}

/** Tells whether a brake was still on when the text had become late. */
export function isBrakedLate(
  { dueAt, brakedUntil }: Pick<TextFacts, 'dueAt' | 'brakedUntil'>,
  { calendar, lateDays }: Terms,
): boolean {
  if (brakedUntil === null) return false;
  return calendar.localDateOf(brakedUntil) > calendar.addBusinessDays(calendar.localDateOf(dueAt), lateDays);
}

/** What a late record owes its neutral text for is measured from the day that was recorded. */
function isLate({ dueAt, milestoneDueAt, occurredOn, isOwed }: TextFacts, { calendar, lateDays }: Terms) {
  const due = milestoneDueAt && calendar.localDateOf(milestoneDueAt);
  const from = isOwed && occurredOn !== null && (due === null || occurredOn < due) ? occurredOn : due;
  return from !== null && calendar.localDateOf(dueAt) > calendar.addBusinessDays(from, lateDays);
}
