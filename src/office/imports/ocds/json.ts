import type { LocalDate } from '../../../core/calendar/calendar.schema.js';
import { isDay } from '../import.types.js';

/** Published data keeps to no schema for long, so every member is looked at before it is believed. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the object under a key; an empty one when there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

/** Returns the objects of an array; nothing when there is no array. */
export function listAt(object: JsonObject, key: string): JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Returns text that is not blank, on one line and cut to `limit` characters; numbers (ids often are) as text. */
export function textAt(object: JsonObject, key: string, limit = 200): string | null {
  const value = object[key];
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  const text = value
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  if (text === '') return null;
  return text.length <= limit ? text : `${text.slice(0, limit - 1).trimEnd()}…`;
}

/** Returns the calendar day as written; a time and its zone never shift it (23:59Z would be tomorrow in Seoul). */
export function dayAt(object: JsonObject, key: string): LocalDate | null {
  const [, day] = /^(\d{4}-\d{2}-\d{2})($|[T ])/.exec(textAt(object, key, 60) ?? '') ?? [];
  return day !== undefined && isDay(day) ? day : null;
}

/** Returns the `amount` of a value with at most two places; null for what is none, is negative, or beyond 10^15. */
export function amountOf({ amount }: JsonObject): string | null {
  const number = typeof amount === 'string' && amount.trim() !== '' ? Number(amount) : amount;
  if (typeof number !== 'number' || !(number >= 0 && number <= 1e15)) return null;
  return Number.isInteger(number) ? String(number) : number.toFixed(2);
}
