import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { z } from 'zod';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Queues } from '../../platform/queue/queues.js';
import { ApplyPass } from './apply-pass.js';
import type { ImportProgress } from './import-bringing.js';
import { ImportRuns, Overtaken, type RunRow } from './import-runs.js';
import { ImportSettling } from './import-settling.js';
import { PreviewPass } from './preview-pass.js';

const importQueue = 'import';
const importJob = z.strictObject({ importId: z.uuid() });

const lookEveryMs = 5000;
const beatEveryMs = 5000;

/** Runs imports to where a person has to decide, or to their end, whatever interrupts them: where one stopped, it goes on. */
@Injectable()
export class ImportsService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ImportsService.name);
  private timer: NodeJS.Timeout | null = null;
  private stopping = false;

  constructor(
    @Inject(CONFIG) private readonly config: { role: string },
    private readonly queues: Queues,
    private readonly runs: ImportRuns,
    private readonly previewing: PreviewPass,
    private readonly applying: ApplyPass,
    private readonly settling: ImportSettling,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role !== 'all' && this.config.role !== 'worker') return;
    this.queues.work(importQueue, 1, async (data) => {
      await this.run(importJob.parse(data).importId);
    });
    this.timer = setInterval(() => void this.wakeUnfinished(), lookEveryMs);
  }

  onModuleDestroy(): void {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
  }

  async enqueue(importId: string): Promise<void> {
    await this.queues.add(importQueue, { importId }, { deduplication: { id: `import-${importId}` } });
  }

  /** Returns false when another process is at it, or nothing is to be done. */
  async run(
    importId: string,
    onProgress?: (progress: ImportProgress) => void | Promise<void>,
  ): Promise<boolean> {
    const row = await this.runs.take(importId);
    if (!row) return false;
    let lost = false;
    const beat = () => void this.runs.beat(row).then((ours) => (lost ||= !ours), this.complain);
    const heart = setInterval(beat, beatEveryMs);
    const until = { stopped: () => this.stopping || lost, onProgress };
    try {
      if (row.status === 'reading' && !(await this.previewing.readHead(row))) return true;
      if (row.status === 'previewing') await this.previewing.run(row, until);
      else if (row.status === 'running') await this.applying.run(row, until);
    } catch (error) {
      return await this.interrupted(row, error);
    } finally {
      clearInterval(heart);
    }
    if (this.stopping) await this.runs.release(row);
    return true;
  }

  private readonly complain = (error: unknown) =>
    this.logger.warn({ err: error }, 'an import could not say that it goes on');

  private async interrupted(row: RunRow, error: unknown): Promise<boolean> {
    if (error instanceof Overtaken || this.stopping) return false;
    this.logger.error({ err: error, import: row.id }, 'an import failed');
    await this.applying.fail(row);
    return true;
  }

  private async wakeUnfinished(): Promise<void> {
    try {
      for (const id of await this.runs.unfinished()) await this.enqueue(id);
      await this.settling.settleOld();
    } catch (error) {
      this.logger.warn({ err: error }, 'unfinished imports could not be looked for');
    }
  }
}
