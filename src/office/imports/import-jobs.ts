import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Queues } from '../../platform/queue/queues.js';
import { ImportBatches } from './import-batches.js';
import { ImportEffects } from './import-effects.js';
import { ImportRetention } from './import-files.js';
import { ImportReading, type ImportRun } from './import-reading.js';
import { type ClaimedImport, importQueue, ImportStates, Overtaken } from './import-states.js';
import { type NumberedUnit, Twins, TwinSearch } from './import-twins.js';
import { type ImportCounts, importCountsSchema } from './import.schema.js';
import { RefusedRows } from './refused-rows.js';
import { SheetColumns } from './sheet-columns.js';

const importJob = z.strictObject({ importId: z.uuid() });

const searchEveryMs = 5000;
const renewEveryMs = 5000;

/** Contracts in one transaction: enough that the statements are shared, few enough that progress is seen. */
const batchContracts = 200;

export interface ImportProgress {
  /** Units of the file that are done. */
  position: number;
  counts: ImportCounts;
  /** Share of the file's bytes that were read, 0 to 1. */
  share: number;
}

export type OnProgress = (progress: ImportProgress) => void | Promise<void>;

interface Until {
  stopped: () => boolean;
  onProgress: OnProgress | undefined;
}

/** ImportPasses runs a claimed import through its file: once to preview it, once to apply it. */
@Injectable()
export class ImportPasses {
  constructor(
    private readonly database: Database,
    private readonly states: ImportStates,
    private readonly reading: ImportReading,
    private readonly batches: ImportBatches,
    private readonly effects: ImportEffects,
    private readonly refused: RefusedRows,
  ) {}

  /** Reads a file and keeps what applying it would do; nothing else is written. */
  async previewFile(row: ClaimedImport, until: Until): Promise<void> {
    const search = await this.searchTwins(row, until);
    if (!search) return;
    const twins = new Twins(search.found, new Set(await this.effects.refusedUnits(row.id)));
    const run = await this.reading.runOf(row, { rehearsal: true, twins });
    if (!(await this.takeBatches(row, run, until))) return;
    await this.states.finishPreview(row, await this.effects.peopleTextedToday(row.id));
  }

  /** Applies a file for good; after it the file itself is forgotten, and its refused rows are kept. */
  async applyFile(row: ClaimedImport, until: Until): Promise<void> {
    const run = await this.reading.runOf(row, { rehearsal: false, twins: null });
    if (!(await this.takeBatches(row, run, until))) return;
    await this.refused.keepWorkbook(row);
    await this.states.completeImport(row);
  }

  /** Counts the units, and finds contracts that are stated more than once. Null when the process is to stop. */
  private async searchTwins(row: ClaimedImport, until: Until): Promise<TwinSearch | null> {
    const search = new TwinSearch();
    let total = 0;
    for await (const unit of this.reading.unitsOf(row)) {
      if (until.stopped()) return null;
      search.add(unit);
      total = unit.ordinal;
    }
    await this.states.keepTotal(row, total);
    return search;
  }

  /** Takes a whole file, batch by batch, from where its import stands. False when the process is to stop. Throws Overtaken. */
  private async takeBatches(row: ClaimedImport, run: ImportRun, until: Until): Promise<boolean> {
    const progress = { position: row.position, counts: importCountsSchema.parse(row.counts) };
    const size = row.format === 'ocds' ? 1 : batchContracts;
    for await (const batch of batchesOf(this.reading.unitsOf(row), row.position, size, run.twins)) {
      await this.batches.takeBatch(run, batch, async (counts, done) => {
        const next = { position: progress.position + done, counts: sum(progress.counts, counts) };
        await this.states.keepProgress(row, next);
        // The transaction may yet be undone: progress counts once it has committed.
        this.database.afterCommit(() => void Object.assign(progress, next));
      });
      await until.onProgress?.({ ...progress, share: row.bytesRead / row.size });
      if (until.stopped()) return false;
    }
    return true;
  }
}

/**
 * ImportJobs runs imports to where a person has to decide, or to their end, whatever interrupts them: an import goes on
 * where it was interrupted.
 */
@Injectable()
export class ImportJobs implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ImportJobs.name);
  private timer: NodeJS.Timeout | null = null;
  private stopping = false;

  constructor(
    @Inject(CONFIG) private readonly config: { role: string },
    private readonly queues: Queues,
    private readonly states: ImportStates,
    private readonly columns: SheetColumns,
    private readonly passes: ImportPasses,
    private readonly retention: ImportRetention,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role !== 'all' && this.config.role !== 'worker') return;
    this.queues.work(importQueue, 1, async (data) => {
      await this.runImport(importJob.parse(data).importId);
    });
    this.timer = setInterval(() => void this.wakeUnfinished(), searchEveryMs);
  }

  onModuleDestroy(): void {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
  }

  /** Returns false when another process is at it, or nothing is to be done. */
  async runImport(importId: string, onProgress?: OnProgress): Promise<boolean> {
    const row = await this.states.claimImport(importId);
    if (!row) return false;
    let lost = false;
    const renew = () => void this.states.renewLease(row).then((ours) => (lost ||= !ours), this.logSilence);
    const renewing = setInterval(renew, renewEveryMs);
    const until = { stopped: () => this.stopping || lost, onProgress };
    try {
      if (row.status === 'reading' && !(await this.columns.settleColumns(row))) return true;
      if (row.status === 'previewing') await this.passes.previewFile(row, until);
      else if (row.status === 'running') await this.passes.applyFile(row, until);
    } catch (error) {
      return await this.interrupted(row, error);
    } finally {
      clearInterval(renewing);
    }
    if (this.stopping) await this.states.releaseImport(row);
    return true;
  }

  private readonly logSilence = (error: unknown) =>
    this.logger.warn({ err: error }, 'an import could not renew its lease');

  private async interrupted(row: ClaimedImport, error: unknown): Promise<boolean> {
    if (error instanceof Overtaken || this.stopping) return false;
    this.logger.error({ err: error, import: row.id }, 'an import failed');
    await this.states.failImport(row);
    return true;
  }

  private async wakeUnfinished(): Promise<void> {
    try {
      for (const id of await this.states.unfinishedImports()) await this.states.enqueue(id);
      await this.retention.forgetHourly();
    } catch (error) {
      this.logger.warn({ err: error }, 'unfinished imports could not be looked for');
    }
  }
}

async function* batchesOf(
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
