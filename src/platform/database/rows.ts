import type { EntityManager } from 'typeorm';

/** Rows of a statement; TypeORM answers `[rows, count]` for UPDATE and DELETE with RETURNING, and rows for the rest. */
export async function rowsOf<T>(
  manager: EntityManager,
  sql: string,
  parameters: unknown[] = [],
): Promise<T[]> {
  const answer: unknown = await manager.query(sql, parameters);
  if (
    Array.isArray(answer) &&
    answer.length === 2 &&
    Array.isArray(answer[0]) &&
    typeof answer[1] === 'number'
  ) {
    return answer[0] as T[];
  }
  return answer as T[];
}

/** How many rows a conditional UPDATE or DELETE changed. */
export async function countOf(
  manager: EntityManager,
  sql: string,
  parameters: unknown[] = [],
): Promise<number> {
  const answer: unknown = await manager.query(sql, parameters);
  if (Array.isArray(answer) && typeof answer[1] === 'number') return answer[1];
  throw new Error('the statement returned no count');
}

/** A value as `json_populate_recordset` reads it back: buffers become bytea's hex form, dates ISO strings. */
function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  return value;
}

/**
 * Inserts many rows by one statement and one parameter. Every row has the same keys; they are column names and
 * never come from outside.
 */
export async function insertRows<T extends object>(
  manager: EntityManager,
  table: string,
  rows: T[],
): Promise<void> {
  const first = rows[0];
  if (!first) return;
  const columns = Object.keys(first);
  for (let from = 0; from < rows.length; from += 2000) {
    const chunk = rows.slice(from, from + 2000);
    await manager.query(
      `INSERT INTO ${table} (${columns.join(', ')})
       SELECT ${columns.join(', ')} FROM json_populate_recordset(NULL::${table}, $1::json)`,
      [serialise(chunk)],
    );
  }
}

function serialise(rows: object[]): string {
  return JSON.stringify(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)]))),
  );
}
