import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AppError } from '../../platform/app-error.js';
import { insertRows } from '../../platform/database/rows.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/ids.js';
import { type Batch, ImportBatches } from './import-batches.js';
import { ImportEffects } from './import-effects.js';
import type { ImportRun } from './import-run.js';
import { Overtaken } from './import-runs.js';
import type { ImportCounts } from './import.schema.js';
import type { NumberedUnit } from './import-twins.js';
import type { RowProblem } from './import.types.js';

/** Runs in the transaction that keeps what a batch did, so that progress and contracts commit together. */
export type AfterBatch = (manager: EntityManager, counts: ImportCounts, units: number) => Promise<void>;

/** Brings a batch of units in, in one transaction; what cannot be taken is reported, and the others go in. */
@Injectable()
export class ImportRunner {
  private readonly logger = new Logger(ImportRunner.name);

  constructor(
    private readonly transactions: Transactions,
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
      const batch = await this.transactions.rehearse((manager) => this.batches.bring(manager, run, units));
      await this.transactions.run((manager) => this.keep(manager, run, units, batch, after));
      return;
    }
    await this.transactions.run(async (manager) => {
      const batch = await this.batches.bring(manager, run, units);
      await this.keep(manager, run, units, batch, after);
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
    await this.transactions.run((manager) => this.keep(manager, run, units, batch, after));
  }

  private async keep(
    manager: EntityManager,
    run: ImportRun,
    units: NumberedUnit[],
    batch: Batch,
    after: AfterBatch,
  ): Promise<void> {
    const effects = run.previewed
      ? batch.effects
      : batch.effects.filter((effect) => effect.result !== 'unchanged');
    const ordinals = units.map((unit) => unit.ordinal);
    await this.effects.store(manager, run.importId, !run.rehearsal, ordinals, effects);
    await storeProblems(manager, run.importId, batch.problems);
    await after(manager, batch.counts, units.length);
  }
}

async function storeProblems(
  manager: EntityManager,
  importId: string,
  problems: RowProblem[],
): Promise<void> {
  await insertRows(
    manager,
    'import_problem',
    problems.map(({ line, field, value, code, message, advice, fatal }) => ({
      id: newId(),
      import_id: importId,
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
