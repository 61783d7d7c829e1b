import { Injectable } from '@nestjs/common';
import { ImportBringing, type Until } from './import-bringing.js';
import { ImportColumns } from './import-columns.js';
import { ImportEffects } from './import-effects.js';
import { ImportReading } from './import-reading.js';
import { ImportRuns, type RunRow } from './import-runs.js';
import { Twins, TwinSearch } from './import-twins.js';
import { Database } from '../../platform/database/database.js';

/** Reads a file and tells what applying it would do; nothing else is written. */
@Injectable()
export class PreviewPass {
  constructor(
    private readonly database: Database,
    private readonly runs: ImportRuns,
    private readonly reading: ImportReading,
    private readonly bringing: ImportBringing,
    private readonly effects: ImportEffects,
    private readonly columns: ImportColumns,
  ) {}

  /** False when a person has to look at the columns first. */
  async readHead(row: RunRow): Promise<boolean> {
    const mapping = await this.columns.certain(row);
    const next = mapping === null ? 'columns' : 'previewing';
    return this.database.inTransaction(async () => {
      if (!(await this.runs.step(row, next)) || next === 'columns') return false;
      await this.columns.settle(row.id, mapping ?? {});
      row.status = next;
      row.mapping = mapping;
      return true;
    });
  }

  async run(row: RunRow, until: Until): Promise<void> {
    const search = await this.readThrough(row, until);
    if (!search) return;
    const twins = new Twins(search.found, new Set(await this.effects.refusedUnits(row.id)));
    const run = await this.reading.runOf(row, { rehearsal: true, twins });
    if (!(await this.bringing.bringAll(row, run, until))) return;
    await this.database.inTransaction(async () => {
      await this.database.run(
        `UPDATE import SET people_texted_today = $2, previewed_on = $3, preview_counts = counts WHERE id = $1`,
        [row.id, await this.effects.peopleTextedToday(row.id), await this.reading.today()],
      );
      await this.runs.step(row, 'ready');
    });
  }

  /** Counts the contracts, and finds those that are stated more than once. Null when the process is to stop. */
  private async readThrough(row: RunRow, until: Until): Promise<TwinSearch | null> {
    const search = new TwinSearch();
    let total = 0;
    for await (const unit of this.reading.units(row)) {
      if (until.stopped()) return null;
      search.add(unit);
      total = unit.ordinal;
    }
    await this.runs.keepTotal(row, total);
    return search;
  }
}
