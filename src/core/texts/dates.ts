import type { LocalDate } from '../calendar/calendar.schema.js';
import type { Locale } from './text-variables.js';

// Written out: Intl's short months differ by version of Node (Sep, Sept), and with them a text's length.
const englishMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A day without its year, as a text says it: `10월 14일`, `14 Oct`. Throws on what is no `YYYY-MM-DD`. */
export function formatDate(date: LocalDate, locale: Locale): string {
  const [, month = '', day = ''] = /^\d{4}-(\d{2})-(\d{2})$/.exec(date) ?? [];
  const name = englishMonths[Number(month) - 1];
  if (name === undefined) throw new Error(`not a local date: ${date}`);
  return locale === 'ko' ? `${Number(month)}월 ${Number(day)}일` : `${Number(day)} ${name}`;
}
