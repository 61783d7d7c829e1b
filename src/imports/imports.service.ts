import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { actorOf, type Caller, roles } from '../access/roles.js';
import { ReadingRulesService } from '../contracts/reading-rules.js';
import { rowsOf } from '../platform/database/rows.js';
import { Transactions } from '../platform/database/transactions.js';
import { CONFIG } from '../platform/platform.tokens.js';
import { Queues } from '../platform/queue/queues.js';
import { SettingsService } from '../settings/settings.service.js';
import { ImportFiles } from './import-files.js';
import { type ImportRun, ImportRunner } from './import-runner.js';
import { type ImportCounts, importCountsSchema } from './import.schema.js';
import { type ImportFormat, ImportSource, type ImportUnit } from './import-source.js';

const importQueue = 'import';
const importJob = z.strictObject({ importId: z.uuid() });
const callerSchema = z.object({
  keyId: z.string().nullable(),
  // A job that was queued before there were accounts has none.
  accountId: z.string().nullable().default(null),
  name: z.string(),
  role: z.enum(roles),
  departmentId: z.string().nullable(),
  officerId: z.string().nullable(),
});

/** Contracts in one transaction: enough that the statements are shared, few enough that progress is seen. */
const batchContracts = 200;

const lease = { seconds: 60, lookEveryMs: 5000 };

export interface ImportProgress {
  /** Units of the file that are done. */
  position: number;
  counts: ImportCounts;
  /** Of the file's bytes that were read, 0 to 1. */
  share: number;
}

interface ImportRow {
  id: string;
  format: ImportFormat;
  caller: unknown;
  departmentId: string | null;
  size: number;
  position: number;
  counts: unknown;
}

/** Runs imports to their end, whatever interrupts them: where one stopped, it goes on. */
@Injectable()
export class ImportsService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ImportsService.name);
  private timer: NodeJS.Timeout | null = null;
  private stopping = false;

  constructor(
    @Inject(CONFIG) private readonly config: { role: string },
    private readonly transactions: Transactions,
    private readonly queues: Queues,
    private readonly files: ImportFiles,
    private readonly source: ImportSource,
    private readonly runner: ImportRunner,
    private readonly rules: ReadingRulesService,
    private readonly settings: SettingsService,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role !== 'all' && this.config.role !== 'worker') return;
    this.queues.work(importQueue, 1, async (data) => {
      await this.run(importJob.parse(data).importId);
    });
    this.timer = setInterval(() => void this.wakeUnfinished(), lease.lookEveryMs);
  }

  onModuleDestroy(): void {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
  }

  async enqueue(importId: string): Promise<void> {
    await this.queues.add(importQueue, { importId }, { deduplication: { id: `import-${importId}` } });
  }

  /** Returns false when another process is at it, or it is done. */
  async run(importId: string, onProgress?: (progress: ImportProgress) => void): Promise<boolean> {
    const row = await this.take(importId);
    if (!row) return false;
    try {
      await this.process(row, onProgress);
    } catch (error) {
      if (this.stopping) return false;
      this.logger.error({ err: error, import: importId }, 'an import failed');
      await this.finish(
        importId,
        'failed',
        'Something went wrong here; what had gone in stays in. Bring the file again.',
      );
      return true;
    }
    if (!this.stopping) await this.finish(importId, 'completed', null);
    return true;
  }

  private async process(row: ImportRow, onProgress?: (progress: ImportProgress) => void): Promise<void> {
    const caller: Caller = callerSchema.parse(row.caller);
    const run: ImportRun = {
      importId: row.id,
      caller,
      actor: actorOf(caller),
      departmentId: row.departmentId,
    };
    const { currency } = (await this.settings.agency()).value;
    const rules = { ...(await this.rules.inForce()), currency };
    const finder = await this.runner.finderFor(run);
    const progress: ImportProgress = {
      position: row.position,
      counts: importCountsSchema.parse(row.counts),
      share: 0,
    };
    const bytes = counted(this.files.read(row.id), (read) => (progress.share = read / row.size));
    const units = this.source.units(row.format, bytes, rules);
    for await (const batch of batches(units, row.position, row.format === 'ocds' ? 1 : batchContracts)) {
      await this.runner.apply(run, batch, finder, rules, async (manager, counts, units) => {
        const next = { position: progress.position + units, counts: sum(progress.counts, counts) };
        await this.keepProgress(manager, row.id, next);
        // What the transaction may yet undo is counted when it has committed.
        this.transactions.afterCommit(() => void Object.assign(progress, next));
      });
      onProgress?.(progress);
      if (this.stopping) return;
    }
  }

  private async take(importId: string): Promise<ImportRow | null> {
    const [row] = await rowsOf<ImportRow>(
      this.transactions.manager,
      `UPDATE import SET status = 'running', started_at = coalesce(started_at, clock_timestamp()),
              lease_until = clock_timestamp() + $2 * interval '1 second'
       WHERE id = $1 AND (status = 'queued' OR (status = 'running' AND lease_until < clock_timestamp()))
       RETURNING id, format, caller, department_id AS "departmentId", size::float8 AS size, position::float8 AS position, counts`,
      [importId, lease.seconds],
    );
    return row ?? null;
  }

  private async keepProgress(
    manager: EntityManager,
    importId: string,
    progress: Pick<ImportProgress, 'position' | 'counts'>,
  ): Promise<void> {
    await manager.query(
      `UPDATE import SET position = $2, counts = $3, lease_until = clock_timestamp() + $4 * interval '1 second'
       WHERE id = $1`,
      [importId, progress.position, JSON.stringify(progress.counts), lease.seconds],
    );
  }

  private async finish(
    importId: string,
    status: 'completed' | 'failed',
    failure: string | null,
  ): Promise<void> {
    await this.transactions.run(async (manager) => {
      await manager.query(
        `UPDATE import SET status = $2, failure = $3, finished_at = clock_timestamp(), lease_until = NULL WHERE id = $1`,
        [importId, status, failure],
      );
      await this.files.forget(importId);
    });
  }

  /** A wiped queue or a worker that died leaves imports behind: the database knows them. */
  private async wakeUnfinished(): Promise<void> {
    try {
      const rows = await rowsOf<{ id: string }>(
        this.transactions.manager,
        `SELECT id FROM import
         WHERE (status = 'queued' AND size > 0) OR (status = 'running' AND lease_until < clock_timestamp()) LIMIT 20`,
      );
      for (const { id } of rows) await this.enqueue(id);
    } catch (error) {
      this.logger.warn({ err: error }, 'unfinished imports could not be looked for');
    }
  }
}

async function* counted(bytes: AsyncIterable<Buffer>, tell: (read: number) => void): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of bytes) {
    read += chunk.length;
    tell(read);
    yield chunk;
  }
}

async function* batches(
  units: AsyncIterable<ImportUnit>,
  skip: number,
  size: number,
): AsyncGenerator<ImportUnit[]> {
  let batch: ImportUnit[] = [];
  let seen = 0;
  for await (const unit of units) {
    seen += 1;
    if (seen <= skip) continue;
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
