import type { Database } from '../database/database.js';
import type { Sealer } from './sealer.js';

interface SealedColumn {
  table: string;
  column: string;
  /** The column that holds the id to which a value is bound. */
  rowId: string;
}

/** Says how far a column is. `unreadable` counts values that no key opens; these stay as they are. */
export interface Progress {
  place: string;
  done: number;
  of: number;
  unreadable: number;
}

interface Value {
  id: string;
  sealed: Buffer;
}

/**
 * Resealing seals with the first key whatever another has sealed, while the service goes on. Each batch is a transaction that
 * passes over rows which somebody holds, so that nobody waits for it and it waits for nobody; what it passed over is found by the
 * next round, and so is all that was left when it was broken off. It works as the role that owns the tables.
 */
export class Resealing {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly rowsAtOnce: number,
  ) {}

  /** Counts by the id of the key what is sealed. */
  async countByKey(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const { table, column } of await this.sealedColumns()) {
      const rows = await this.database.rows<{ key: string; count: number }>(
        `SELECT convert_from(substring(${column} FROM 3 FOR get_byte(${column}, 1)), 'LATIN1') AS key, count(*)::int AS count
         FROM ${table} WHERE ${column} IS NOT NULL GROUP BY 1`,
      );
      for (const { key, count } of rows) counts.set(key, (counts.get(key) ?? 0) + count);
    }
    return counts;
  }

  /** Goes through all columns once, and yields after each batch. */
  async *sealAgain(): AsyncGenerator<Progress> {
    for (const column of await this.sealedColumns()) yield* this.sealColumn(column);
  }

  /** What is sealed is told by its name, in every table that there is: a new one cannot be forgotten. */
  private sealedColumns(): Promise<SealedColumn[]> {
    return this.database.rows<SealedColumn>(
      `SELECT c.table_name AS table, c.column_name AS column, coalesce(r.column_name, 'id') AS row_id
       FROM information_schema.columns c
       LEFT JOIN information_schema.columns r
         ON (r.table_schema, r.table_name, r.column_name) = (c.table_schema, c.table_name, 'row_id')
       WHERE c.table_schema = 'public' AND c.data_type = 'bytea' AND c.column_name ~ '(^|_)sealed$' ORDER BY 1, 2`,
    );
  }

  private async *sealColumn(column: SealedColumn): AsyncGenerator<Progress> {
    const of = await this.countOld(column);
    const progress = { place: `${column.table}.${column.column}`, done: 0, of, unreadable: 0 };
    let after = '00000000-0000-0000-0000-000000000000';
    for (let more = of > 0; more;) {
      const batch = await this.database.inTransaction(() => this.sealBatch(column, after));
      after = batch.last ?? after;
      more = batch.last !== null;
      progress.done += batch.sealed;
      progress.unreadable += batch.unreadable;
      if (more) yield { ...progress };
    }
  }

  private async sealBatch(at: SealedColumn, after: string) {
    const { table, column, rowId } = at;
    const rows = await this.database.rows<Value>(
      `SELECT ${rowId} AS id, ${column} AS sealed FROM ${table}
       WHERE ${rowId} > $1 AND ${this.isOld(column, '$2')} ORDER BY ${rowId} LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED`,
      [after, this.sealer.currentHeader, this.rowsAtOnce],
    );
    const sealed = rows.flatMap((row) => this.sealValue(at, row));
    await this.database.run(
      `UPDATE ${table} SET ${column} = decode(again.sealed, 'hex')
       FROM json_to_recordset($1::json) AS again (id uuid, sealed text) WHERE ${table}.${rowId} = again.id`,
      [JSON.stringify(sealed)],
    );
    return { last: rows.at(-1)?.id ?? null, sealed: sealed.length, unreadable: rows.length - sealed.length };
  }

  private sealValue({ table, column }: SealedColumn, { id, sealed }: Value) {
    const place = { table, column, rowId: id };
    try {
      return [{ id, sealed: this.sealer.seal(this.sealer.open(sealed, place), place).toString('hex') }];
    } catch {
      return [];
    }
  }

  private async countOld({ table, column }: SealedColumn): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE ${this.isOld(column, '$1')}`,
      [this.sealer.currentHeader],
    );
    return row?.count ?? 0;
  }

  private isOld(column: string, header: string): string {
    return `substring(${column} FROM 1 FOR ${this.sealer.currentHeader.length}) <> ${header}::bytea`;
  }
}
