/** Published data keeps to no schema for long: every member is looked at before it is believed. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

/** The objects of an array; nothing when there is no array. */
export function listAt(object: JsonObject, key: string): JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Text that is not blank, on one line and cut to `limit` characters; numbers (ids often are) as text. */
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
