import { Injectable } from '@nestjs/common';
import { ImportReading } from './import-reading.js';
import type { ImportRun } from './import-run.js';
import { ImportRunner } from './import-runner.js';
import { ImportRuns, type RunRow } from './import-runs.js';
import { type ImportCounts, importCountsSchema } from './import.schema.js';
import type { NumberedUnit, Twins } from './import-twins.js';
import { Database } from '../../platform/database/database.js';

/** Contracts in one transaction: enough that the statements are shared, few enough that progress is seen. */
const batchContracts = 200;

export interface ImportProgress {
  /** Units of the file that are done. */
  position: number;
  counts: ImportCounts;
  /** Of the file's bytes that were read, 0 to 1. */
  share: number;
}

export interface Until {
  stopped: () => boolean;
  onProgress: ((progress: ImportProgress) => void | Promise<void>) | undefined;
}

/** Brings a whole file in, batch by batch, from where its import stands. */
@Injectable()
export class ImportBringing {
  constructor(
    private readonly database: Database,
    private readonly runs: ImportRuns,
    private readonly reading: ImportReading,
    private readonly runner: ImportRunner,
  ) {}

  /** False when the process is to stop. Throws Overtaken. */
  async bringAll(row: RunRow, run: ImportRun, until: Until): Promise<boolean> {
    const progress = {
      position: row.position,
      counts: importCountsSchema.parse(row.counts),
    };
    const units = this.reading.units(row);
    const size = row.format === 'ocds' ? 1 : batchContracts;
    for await (const batch of batches(units, row.position, size, run.twins)) {
      await this.runner.take(run, batch, async (counts, done) => {
        const next = { position: progress.position + done, counts: sum(progress.counts, counts) };
        await this.runs.keep(row, next);
        // What the transaction may yet undo is counted when it has committed.
        this.database.afterCommit(() => void Object.assign(progress, next));
      });
      await until.onProgress?.({ ...progress, share: row.bytesRead / row.size });
      if (until.stopped()) return false;
    }
    return true;
  }
}

async function* batches(
  units: AsyncIterable<NumberedUnit>,
  skip: number,
  size: number,
  twins: Twins | null,
): AsyncGenerator<NumberedUnit[]> {
  let batch: NumberedUnit[] = [];
  for await (const unit of units) {
    if (unit.ordinal <= skip) {
      twins?.hold([unit]);
      continue;
    }
    batch.push(unit);
    if (batch.length >= size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function sum(total: ImportCounts, part: ImportCounts): ImportCounts {
  const keys = Object.keys(part) as (keyof ImportCounts)[];
  return Object.fromEntries(keys.map((key) => [key, total[key] + part[key]])) as ImportCounts;
}
