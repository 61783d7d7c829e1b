import { ImportProblem } from './import.entities.js';
import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../platform/app-error.js';
import { newId } from '../../platform/ids.js';
import { type Batch, ImportBatches } from './import-batches.js';
import { ImportEffects } from './import-effects.js';
import type { ImportRun } from './import-run.js';
import { Overtaken } from './import-runs.js';
import type { ImportCounts } from './import.schema.js';
import type { NumberedUnit } from './import-twins.js';
import type { RowProblem } from './import.types.js';
import { Database } from '../../platform/database/database.js';

/** Runs in the transaction that keeps what a batch did, so that progress and contracts commit together. */
export type AfterBatch = (counts: ImportCounts, units: number) => Promise<void>;

/** Brings a batch of units in, in one transaction; what cannot be taken is reported, and the others go in. */
@Injectable()
export class ImportRunner {
  private readonly logger = new Logger(ImportRunner.name);

  constructor(
    private readonly database: Database,
    private readonly batches: ImportBatches,
    private readonly effects: ImportEffects,
  ) {}

  async take(run: ImportRun, units: NumberedUnit[], after: AfterBatch): Promise<void> {
    try {
      await this.attempt(run, units, after);
    } catch (error) {
      if (error instanceof Overtaken) throw error;
      if (units.length > 1) {
        // One of them stands in the way of the others: each goes alone.
        for (const unit of units) await this.take(run, [unit], after);
        return;
      }
      if (!(error instanceof AppError)) throw error;
      await this.refuse(run, units, error, after);
    }
    run.twins?.hold(units);
  }

  private async attempt(run: ImportRun, units: NumberedUnit[], after: AfterBatch): Promise<void> {
    if (run.rehearsal) {
      const batch = await this.database.rehearse(() => this.batches.bring(run, units));
      await this.database.inTransaction(() => this.keep(run, units, batch, after));
      return;
    }
    await this.database.inTransaction(async () => {
      const batch = await this.batches.bring(run, units);
      await this.keep(run, units, batch, after);
    });
  }

  private async refuse(
    run: ImportRun,
    units: NumberedUnit[],
    error: AppError,
    after: AfterBatch,
  ): Promise<void> {
    this.logger.debug({ code: error.code }, 'a row was refused');
    for (const unit of units) run.twins?.refuse(unit.ordinal);
    const batch = this.batches.refusal(units, error);
    await this.database.inTransaction(() => this.keep(run, units, batch, after));
  }

  private async keep(run: ImportRun, units: NumberedUnit[], batch: Batch, after: AfterBatch): Promise<void> {
    const effects = run.previewed
      ? batch.effects
      : batch.effects.filter((effect) => effect.result !== 'unchanged');
    const ordinals = units.map((unit) => unit.ordinal);
    await this.effects.store(run.importId, !run.rehearsal, ordinals, effects);
    await storeProblems(this.database, run.importId, batch.problems);
    await after(batch.counts, units.length);
  }
}

async function storeProblems(database: Database, importId: string, problems: RowProblem[]): Promise<void> {
  await database.insert(
    ImportProblem,
    problems.map(({ line, field, value, code, message, advice, fatal }) => ({
      id: newId(),
      importId,
      line,
      field,
      value,
      code,
      message,
      advice,
      fatal,
    })),
  );
}
