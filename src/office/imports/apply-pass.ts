import { Injectable } from '@nestjs/common';
import { ImportBringing, type Until } from './import-bringing.js';
import { ImportReading } from './import-reading.js';
import { RefusedRows } from './import-refused.js';
import { ImportRuns, type RunRow } from './import-runs.js';
import { Database } from '../../platform/database/database.js';

const failures = {
  reading: 'Something went wrong here, and nothing was applied. Bring the file again.',
  applying: 'Something went wrong here; what had gone in stays in. Bring the file again.',
};

/** Brings a file in for good; after it the file itself is forgotten. */
@Injectable()
export class ApplyPass {
  constructor(
    private readonly database: Database,
    private readonly runs: ImportRuns,
    private readonly reading: ImportReading,
    private readonly bringing: ImportBringing,
    private readonly refused: RefusedRows,
  ) {}

  async run(row: RunRow, until: Until): Promise<void> {
    const run = await this.reading.runOf(row, { rehearsal: false, twins: null });
    if (!(await this.bringing.bringAll(row, run, until))) return;
    await this.refused.keep(row);
    await this.database.inTransaction(async () => {
      if (await this.runs.step(row, 'completed')) await this.reading.forget(row.id);
    });
  }

  /** Of either pass. */
  async fail(row: RunRow): Promise<void> {
    const failure = row.status === 'running' ? failures.applying : failures.reading;
    await this.database.inTransaction(async () => {
      if (await this.runs.step(row, 'failed', failure)) await this.reading.forget(row.id);
    });
  }
}
