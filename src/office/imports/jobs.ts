import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { z } from 'zod';
import { actorOf, type Caller, roles } from '../../core/access/roles.js';
import { inBackground } from '../../platform/background.js';
import { Queues } from '../../platform/queue/queues.js';
import { Timers } from '../../platform/timers.js';
import { ImportBatches, type ImportRun } from './batches.js';
import { ImportEffects } from './effects.js';
import { ImportNames, NameSearch } from './names.js';
import { RefusedRows } from './refused-rows.js';
import { ImportRetention } from './retention.js';
import { SheetColumns } from './sheet/columns.js';
import { type ClaimedImport, importQueue, ImportStates, Overtaken } from './states.js';
import { ImportUnits, type NumberedUnit, Twins, TwinSearch } from './units.js';

const importJob = z.strictObject({ importId: z.uuid() });

const searchEveryMs = 5000;
const renewEveryMs = 5000;

/**
 * Contracts in one transaction, and their contacts: enough that the statements are shared, few enough that progress is
 * seen and that alerts of contracts with many contacts do not fill the memory.
 */
const batchContracts = 200;
const batchContacts = 500;

const callerSchema: z.ZodType<Caller> = z.object({
  keyId: z.string().nullable(),
  // Imports that were uploaded before there were accounts have none.
  accountId: z.string().nullable().default(null),
  name: z.string(),
  role: z.enum(roles),
  departmentId: z.string().nullable(),
  officerId: z.string().nullable(),
});

/** Runs after each batch, with the import as it stands then. */
export type OnProgress = (row: ClaimedImport) => void | Promise<void>;

interface Until {
  stopped: () => boolean;
  onProgress: OnProgress | undefined;
}

/** ImportPasses runs a claimed import through its file: once to preview it, once to apply it. */
@Injectable()
export class ImportPasses {
  constructor(
    private readonly states: ImportStates,
    private readonly units: ImportUnits,
    private readonly names: ImportNames,
    private readonly batches: ImportBatches,
    private readonly effects: ImportEffects,
    private readonly refused: RefusedRows,
  ) {}

  /** Reads a file and keeps what applying it would do; nothing else is written. */
  async previewFile(row: ClaimedImport, until: Until): Promise<void> {
    const search = await this.searchTwins(row, until);
    if (!search) return;
    const twins = new Twins(search.found, new Set(await this.effects.refusedUnits(row.id)));
    if (!(await this.takeBatches(await this.runOf(row, twins), until))) return;
    await this.states.finishPreview(row, await this.effects.peopleTextedToday(row.id));
  }

  /** Applies a file for good; after it the file itself is forgotten, and its refused rows are kept. */
  async applyFile(row: ClaimedImport, until: Until): Promise<void> {
    if (!(await this.takeBatches(await this.runOf(row, null), until))) return;
    await this.refused.keepWorkbook(row);
    await this.states.completeImport(row);
  }

  /**
   * Counts the units, finds contracts that are stated more than once, and keeps the names that nobody goes by. Null when
   * the process is to stop. Throws Overtaken.
   */
  private async searchTwins(row: ClaimedImport, until: Until): Promise<TwinSearch | null> {
    const search = new TwinSearch();
    const names = new NameSearch(await this.names.readingOf(callerOf(row), row));
    let total = 0;
    for await (const unit of this.units.unitsOf(row)) {
      if (until.stopped()) return null;
      search.add(unit);
      names.add(unit);
      total = unit.ordinal;
    }
    await this.names.keepNames(row, names.found);
    await this.states.keepTotal(row, total);
    return search;
  }

  /** The names of a file that is previewed are those of the preview, so that what is applied is what was looked at. */
  private async runOf(row: ClaimedImport, twins: Twins | null): Promise<ImportRun> {
    const caller = callerOf(row);
    const reading = await this.names.readingOf(caller, row, row.preview ? 'settled' : 'remembered');
    return { row, caller, actor: row.appliedBy ?? actorOf(caller), reading, twins };
  }

  /** Takes a whole file, batch by batch, from where its import stands. False when the process is to stop. Throws Overtaken. */
  private async takeBatches(run: ImportRun, until: Until): Promise<boolean> {
    const { row } = run;
    const batches = this.batchesOf(run, row.position);
    // A contracting process is read together with what is stored of it, which the batch before may be writing.
    for await (const batch of row.format === 'ocds' ? batches : oneAhead(batches)) {
      await this.batches.takeBatch(run, batch);
      await until.onProgress?.(row);
      if (until.stopped()) return false;
    }
    return true;
  }

  /** Cuts a file into batches; contracting processes go alone. The units that were done before only count as twins. */
  private async *batchesOf({ row, twins }: ImportRun, skip: number): AsyncGenerator<NumberedUnit[], void> {
    const size = row.format === 'ocds' ? 1 : batchContracts;
    let batch: NumberedUnit[] = [];
    let contacts = 0;
    for await (const unit of this.units.unitsOf(row)) {
      if (unit.ordinal <= skip) {
        twins?.hold([unit]);
        continue;
      }
      batch.push(unit);
      contacts += contactsIn(unit);
      if (batch.length >= size || contacts >= batchContacts) {
        yield batch;
        [batch, contacts] = [[], 0];
      }
    }
    if (batch.length > 0) yield batch;
  }
}

/** A run has the rights of who decided the present step. */
function callerOf({ caller }: ClaimedImport): Caller {
  return callerSchema.parse(caller.decidedBy ?? caller);
}

/** Reads the next value while the one before is worked on. */
async function* oneAhead<T>(values: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  let next = values.next();
  try {
    for (;;) {
      const result = await next;
      if (result.done) return;
      next = values.next();
      // It is awaited in the next round, unless there is none.
      next.catch(() => undefined);
      yield result.value;
    }
  } finally {
    await values.return(undefined);
  }
}

function contactsIn({ contracts }: NumberedUnit): number {
  const parties = contracts.flatMap(({ counterparties }) => counterparties);
  return parties.reduce((count, party) => count + party.contacts.length, 0);
}

/** TakeListed takes a claimed file of a reference list into its list. What broke off begins again. */
export type TakeListed = (row: ClaimedImport, stopped: () => boolean) => Promise<void>;

/**
 * ImportJobs runs imports to where a person has to decide, or to their end, whatever interrupts them: an import goes on
 * where it was interrupted.
 */
@Injectable()
export class ImportJobs implements OnApplicationBootstrap {
  private readonly logger = new Logger(ImportJobs.name);
  private takeListed: TakeListed | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly queues: Queues,
    private readonly states: ImportStates,
    private readonly columns: SheetColumns,
    private readonly passes: ImportPasses,
    private readonly retention: ImportRetention,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.timers.areOn) return;
    this.queues.work(importQueue, 1, async (data) => {
      await this.runImport(importJob.parse(data).importId);
    });
    this.timers.every(searchEveryMs, 'the search for unfinished imports', () => this.wakeUnfinished());
  }

  /** Lets the part of the service that keeps reference lists take their files. */
  takeListedBy(take: TakeListed): void {
    this.takeListed = take;
  }

  /** Returns false when another process is at it, or nothing is to be done. */
  async runImport(importId: string, onProgress?: OnProgress): Promise<boolean> {
    const row = await this.states.claimImport(importId);
    if (!row) return false;
    let lost = false;
    const renew = () =>
      inBackground('the renewal of the lease of an import', async () => {
        lost = !(await this.states.renewLease(row)) || lost;
      });
    const renewing = setInterval(renew, renewEveryMs);
    const until = { stopped: () => this.timers.stopping.aborted || lost, onProgress };
    try {
      if (row.status === 'reading' && !(await this.columns.settleColumns(row))) return true;
      if (row.status === 'previewing') await this.passes.previewFile(row, until);
      else if (row.status === 'running') await this.passes.applyFile(row, until);
      else if (row.status === 'listing') await this.takeListed?.(row, until.stopped);
    } catch (error) {
      return await this.interrupted(row, error);
    } finally {
      clearInterval(renewing);
    }
    if (this.timers.stopping.aborted) await this.states.releaseImport(row);
    return true;
  }

  private async interrupted(row: ClaimedImport, error: unknown): Promise<boolean> {
    if (error instanceof Overtaken || this.timers.stopping.aborted) return false;
    this.logger.error({ err: error, import: row.id }, 'an import failed');
    await this.states.failImport(row);
    return true;
  }

  private async wakeUnfinished(): Promise<void> {
    for (const id of await this.states.unfinishedImports()) await this.states.enqueue(id);
    await this.retention.forgetHourly();
  }
}
