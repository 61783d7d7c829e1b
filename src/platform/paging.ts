import { type AppError, defineProblems } from './app-error.js';

const problems = defineProblems({
  'cursor-malformed': [
    'malformed',
    '쪽 번호가 잘못되었습니다. 첫 쪽부터 다시 보세요.',
    'This is no cursor of this list: hand back nextCursor as it came, or leave it out for the first page.',
  ],
  'cursor-malformed.field': ['malformed', '앞쪽의 nextCursor', 'nextCursor of the page before'],
});

/** Page is a part of a list; `nextCursor` is where the next part begins, and null at the end of the list. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Place is where a page ended: the last row's id, and the value that the list is sorted by before the id. */
export interface Place {
  value: string;
  id: string;
}

const idLength = 36;
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

/** Writes SQL for a moment as a cursor holds it: UTC, with the microseconds that PostgreSQL sorts by. */
export function exactMoment(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Cuts a page from rows, of which one more than `limit` was read. A list in the order of its ids has no `valueOf`. */
export function pageFrom<T extends { id: string }>(
  rows: T[],
  limit: number,
  valueOf?: (row: T) => string | number,
): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || !last) return { items, nextCursor: null };
  return { items, nextCursor: valueOf ? `${valueOf(last)}.${last.id}` : last.id };
}

/** Returns the id of the last row of the page before; null for the first page. */
export function idOfCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (!idPattern.test(cursor)) throw malformedCursor();
  return cursor;
}

/** Returns the moment (UTC, microseconds) and the id of the last row of the page before; null for the first page. */
export function momentOfCursor(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const place = placeOfCursor(cursor);
  if (!place || !momentPattern.test(place.value)) throw malformedCursor();
  return place;
}

/** Reads a cursor of a list that is sorted by a value, which the caller has to check; null when it is malformed. */
export function placeOfCursor(cursor: string): Place | null {
  const [value, separator, id] = [
    cursor.slice(0, -idLength - 1),
    cursor.at(-idLength - 1),
    cursor.slice(-idLength),
  ];
  return separator === '.' && idPattern.test(id) ? { value, id } : null;
}

/** Makes the error for a cursor that is none of the list's. */
export function malformedCursor(): AppError {
  const fields = [problems.field('cursor', 'cursor-malformed.field')];
  return problems.error('cursor-malformed', {}, { fields });
}
