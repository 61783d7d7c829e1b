import type { Calendar } from '../../core/calendar/calendar.js';
import { addDays, addMonths } from '../../core/calendar/local-date.js';

/** Returns the first and the last day of a month such as `2026-05`. */
export function daysOfMonth(month: string): { from: string; to: string } {
  const from = `${month}-01`;
  return { from, to: addDays(addMonths(from, 1), -1) };
}

/** Returns the moments between which a month lies: its first, and the first of the next. */
export function momentsOfMonth(calendar: Calendar, month: string): { from: Date; until: Date } {
  const momentOf = (first: string) => calendar.instantOf(`${first}-01`, '00:00');
  return { from: momentOf(month), until: momentOf(monthAfter(month)) };
}

/** Returns the month so many months after a month; before it, where the number is negative. */
export function monthAfter(month: string, count = 1): string {
  return addMonths(`${month}-01`, count).slice(0, 7);
}

/** Returns the last month whose report is to be kept by now: a month's is made on the first business morning of the next. */
export function lastMonthOver(calendar: Calendar, now: Date): string {
  const month = calendar.localDateOf(now).slice(0, 7);
  const morning = calendar.instantOf(calendar.nextBusinessDay(`${month}-01`), calendar.setting.window.from);
  return monthAfter(month, now < morning ? -2 : -1);
}
