import type { LocalDate } from '../../core/calendar/calendar.schema.js';
import { isDay } from './calendar-day.js';
import { textAt, type JsonObject } from './json-value.js';

/** The calendar day as written; a time and its zone never shift it (23:59Z would be tomorrow in Seoul). */
export function dayAt(object: JsonObject, key: string): LocalDate | null {
  const [, day] = /^(\d{4}-\d{2}-\d{2})($|[T ])/.exec(textAt(object, key, 60) ?? '') ?? [];
  return day !== undefined && isDay(day) ? day : null;
}

/** An amount as a decimal string with at most two places; null for what is none, is negative, or beyond 10^15. */
export function decimalOf(amount: unknown): string | null {
  const number = typeof amount === 'string' && amount.trim() !== '' ? Number(amount) : amount;
  if (typeof number !== 'number' || !(number >= 0 && number <= 1e15)) return null;
  return Number.isInteger(number) ? String(number) : number.toFixed(2);
}

export function centsOf(decimal: string): bigint {
  const [whole = '0', places = ''] = decimal.split('.');
  return BigInt(whole) * 100n + BigInt(places.padEnd(2, '0').slice(0, 2));
}
