import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { inBackground } from '../../platform/background.js';
import { Database } from '../../platform/database/database.js';
import { Timers } from '../../platform/timers.js';
import { PartyRows } from './party-rows.js';

/** Few enough that opening and fingerprinting them holds nothing else up for long. */
const rowsOfOneTurn = 200;

interface SealedRow {
  id: string;
  sealed: Buffer;
}

interface Missing {
  table: 'counterparty' | 'contact';
  sealed: 'name_sealed' | 'phone_sealed';
  /** The column to fill, with its type. */
  column: string;
  isMissing: string;
  make: (row: SealedRow) => number[] | number | null;
}

/**
 * PartyParts makes what names and numbers are found by for the rows that an earlier version wrote: only a process that has
 * the keys can. It goes on where a restart ended it; a row that does not open keeps others from nothing.
 */
@Injectable()
export class PartyParts implements OnApplicationBootstrap {
  private readonly logger = new Logger(PartyParts.name);

  constructor(
    private readonly database: Database,
    private readonly rows: PartyRows,
    private readonly timers: Timers,
  ) {}

  onApplicationBootstrap(): void {
    inBackground('the making of what names and numbers are found by', () => this.makeMissing());
  }

  async makeMissing(): Promise<void> {
    await this.makeAll({
      table: 'counterparty',
      sealed: 'name_sealed',
      column: 'name_parts integer[]',
      isMissing: 'name_parts IS NULL',
      make: ({ id, sealed }) => this.rows.namePartsOf(this.rows.nameOf({ id, nameSealed: sealed })),
    });
    await this.makeAll({
      table: 'contact',
      sealed: 'phone_sealed',
      column: 'phone_ending integer',
      isMissing: 'phone_index IS NOT NULL AND phone_ending IS NULL',
      make: ({ id, sealed }) => this.rows.endingOf(this.rows.numberOf({ id, phoneSealed: sealed }) ?? ''),
    });
  }

  private async makeAll(missing: Missing): Promise<void> {
    const { table, sealed, column, isMissing } = missing;
    const [name = ''] = column.split(' ');
    let rows: SealedRow[] = [];
    do {
      rows = await this.database.rows<SealedRow>(
        `SELECT id, ${sealed} AS sealed FROM ${table} WHERE ${isMissing} AND id > $1 ORDER BY id LIMIT ${rowsOfOneTurn}`,
        [rows.at(-1)?.id ?? '00000000-0000-0000-0000-000000000000'],
      );
      const made = rows.flatMap((row) => this.madeOf(row, missing));
      if (made.length > 0)
        await this.database.run(
          `UPDATE ${table} p SET ${name} = made.value FROM json_to_recordset($1) made (id uuid, value ${column.slice(name.length)})
           WHERE p.id = made.id`,
          [JSON.stringify(made)],
        );
    } while (rows.length === rowsOfOneTurn && !this.timers.stopping.aborted);
  }

  private madeOf(row: SealedRow, { make, table }: Missing) {
    try {
      return [{ id: row.id, value: make(row) }];
    } catch (error) {
      this.logger.warn(
        { err: error, table, id: row.id },
        'a row does not open, and is not found by its parts',
      );
      return [];
    }
  }
}
