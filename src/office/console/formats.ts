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
  // What is shown was put into the agency's zone before: here it only changes its clothes.
  if (!made)
    formats.set(key, (made = new Intl.DateTimeFormat(tags[locale], { ...options[form], timeZone: 'UTC' })));
  return made;
}

/** `2026-03-04` as people read it. */
export function dayText(day: string, locale: Locale): string {
  return format(locale, 'day').format(new Date(`${day.slice(0, 10)}T00:00:00Z`));
}

/** `2026-03-04T10:00:00+09:00`, shown as the clock of its own offset shows it. */
export function momentText(moment: string, locale: Locale): string {
  return format(locale, 'moment').format(new Date(`${moment.slice(0, 19)}Z`));
}

/** `2026-03`. */
export function monthText(month: string, locale: Locale): string {
  return format(locale, 'month').format(new Date(`${month}-01T00:00:00Z`));
}

export function numberText(value: number | string, locale: Locale): string {
  return new Intl.NumberFormat(tags[locale]).format(value as number);
}

/** An amount as it is kept, in digits, with its currency. */
export function moneyText(
  { amount, currency }: { amount: string; currency: string },
  locale: Locale,
): string {
  const digits = new Intl.NumberFormat(tags[locale], { maximumFractionDigits: 2 }).format(
    amount as unknown as number,
  );
  return currency === 'KRW' && locale === 'ko' ? `${digits}원` : `${digits} ${currency}`;
}
