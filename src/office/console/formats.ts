import { zonedIso } from '../../core/calendar/zoned-iso.js';
import type { Locale } from '../../platform/words/words.js';

const tags: Record<Locale, string> = { ko: 'ko-KR', en: 'en-GB' };

type Form = 'day' | 'moment' | 'month';

const options: Record<Form, Intl.DateTimeFormatOptions> = {
  day: { year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' },
  month: { year: 'numeric', month: 'short' },
  moment: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
};

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: Locale, form: Form): Intl.DateTimeFormat {
  const key = `${locale} ${form}`;
  let made = formats.get(key);
  // What is shown was put into the agency's zone before: here it is only written out.
  if (!made)
    formats.set(key, (made = new Intl.DateTimeFormat(tags[locale], { ...options[form], timeZone: 'UTC' })));
  return made;
}

/** Writes a day such as `2026-03-04` as people read it. */
export function dayText(day: string, locale: Locale): string {
  return format(locale, 'day').format(new Date(`${day.slice(0, 10)}T00:00:00Z`));
}

/**
 * Writes a moment: an instant (a Date, or text in UTC that ends with Z) in the agency's zone, and one with an offset,
 * such as `2026-03-04T10:00:00+09:00`, as the clock of that offset shows it.
 */
export function momentText(moment: string | Date, locale: Locale, timeZone: string): string {
  const isInstant = moment instanceof Date || moment.endsWith('Z');
  const zoned = isInstant ? zonedIso(new Date(moment), timeZone) : moment;
  return format(locale, 'moment').format(new Date(`${zoned.slice(0, 19)}Z`));
}

/** Writes a month such as `2026-03`. */
export function monthText(month: string, locale: Locale): string {
  return format(locale, 'month').format(new Date(`${month}-01T00:00:00Z`));
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

/** How a message's status looks: `good`, `bad`, `wait` for what wants a look, `now` for what goes on. */
export const messageTones: Readonly<Record<string, string>> = {
  sending: 'now',
  waiting: 'now',
  accepted: 'now',
  sent: 'now',
  delivered: 'good',
  failed: 'bad',
  held: 'wait',
  unconfirmed: 'wait',
};

/** Adds to messages how their status looks. */
export function withTones<T extends { status: string }>(messages: T[]) {
  return messages.map((message) => ({ ...message, tone: messageTones[message.status] }));
}
