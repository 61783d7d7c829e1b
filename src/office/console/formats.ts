import { zonedIso } from '../../core/calendar/zoned-iso.js';
import type { Locale } from '../../platform/words/words.js';

const tags: Record<Locale, string> = { ko: 'ko-KR', en: 'en-GB' };

const day = { year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' } as const;
const forms = {
  day,
  shortDay: { month: 'short', day: 'numeric' },
  month: { year: 'numeric', month: 'short' },
  shortMonth: { month: 'short' },
  weekday: { weekday: 'short' },
  clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  moment: { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
} as const;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Writes a time of UTC. What is shown was put into the agency's zone before: here it is only written out. */
function written(time: string, locale: Locale, form: keyof typeof forms): string {
  const key = `${locale} ${form}`;
  const format =
    formats.get(key) ?? new Intl.DateTimeFormat(tags[locale], { ...forms[form], timeZone: 'UTC' });
  formats.set(key, format);
  return format.format(new Date(time));
}

/** Writes a day such as `2026-03-04` as people read it. */
export function dayText(date: string, locale: Locale): string {
  return written(`${date.slice(0, 10)}T00:00:00Z`, locale, 'day');
}

/**
 * Writes a moment: an instant (a Date, or text in UTC that ends with Z) in the agency's zone, and one with an offset,
 * such as `2026-03-04T10:00:00+09:00`, as the clock of that offset shows it.
 */
export function momentText(moment: string | Date, locale: Locale, timeZone: string): string {
  const isInstant = moment instanceof Date || moment.endsWith('Z');
  const zoned = isInstant ? zonedIso(new Date(moment), timeZone) : moment;
  return written(`${zoned.slice(0, 19)}Z`, locale, 'moment');
}

/** Writes what day of the week a day is. */
export function weekdayText(date: string, locale: Locale): string {
  return written(`${date}T00:00:00Z`, locale, 'weekday');
}

/** Writes the time of day of a moment with an offset, as the clock of that offset shows it. */
export function clockText(moment: string, locale: Locale): string {
  return written(`${moment.slice(0, 19)}Z`, locale, 'clock');
}

/** Writes a day without its year and day of the week, where there is room for no more. */
export function shortDayText(date: string, locale: Locale): string {
  return written(`${date}T00:00:00Z`, locale, 'shortDay');
}

/** Writes the name of a month such as `2026-03` without its year. */
export function shortMonthText(month: string, locale: Locale): string {
  return written(`${month}-01T00:00:00Z`, locale, 'shortMonth');
}

/** Writes a month such as `2026-03`. */
export function monthText(month: string, locale: Locale): string {
  return written(`${month}-01T00:00:00Z`, locale, 'month');
}

export function numberText(value: number | string, locale: Locale): string {
  return new Intl.NumberFormat(tags[locale]).format(value as number);
}

/** Writes an amount, which is kept in digits, with its currency. */
export function moneyText(
  { amount, currency }: { amount: string; currency: string },
  locale: Locale,
): string {
  const digits = new Intl.NumberFormat(tags[locale], { maximumFractionDigits: 2 }).format(
    amount as unknown as number,
  );
  return currency === 'KRW' && locale === 'ko' ? `${digits}원` : `${digits} ${currency}`;
}
