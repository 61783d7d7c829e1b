import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { z } from 'zod';
import { CONFIG } from '../../platform/platform.tokens.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Queues } from '../../platform/queue/queues.js';
import { shardCount } from '../planning/alert.store.js';
import { DrainService } from './drain.service.js';
import { InstanceService } from './instance.service.js';
import { SweepService } from './sweep.service.js';
import { Database } from '../../platform/database/database.js';

const drainQueue = 'drain';
const drainJob = z.strictObject({
  shard: z
    .int()
    .min(0)
    .max(shardCount - 1),
});

/** Milliseconds. */
const pace = { soonest: 20, latest: 1000, sweep: 2000, beat: 10_000, turn: 5000 };

/**
 * Wakes drains at the moment something falls due: a timer is set for the next due time, so that lateness is not a
 * poll's. PostgreSQL is the schedule; a queue that was wiped is filled again by the next tick.
 */
@Injectable()
export class TickService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(TickService.name);
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<unknown>>();
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: { role: string },
    private readonly database: Database,
    private readonly clock: ServiceClock,
    private readonly queues: Queues,
    private readonly drains: DrainService,
    private readonly instance: InstanceService,
    private readonly sweeper: SweepService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.role !== 'all' && this.config.role !== 'worker') return;
    await this.instance.recognise();
    this.queues.work(drainQueue, shardCount, async (data) => {
      await this.drains.drain(drainJob.parse(data).shard, turnNow().msLeft);
    });
    this.repeat(() => this.tick(), pace.soonest);
    this.repeat(() => this.sweep(), pace.soonest);
    this.repeat(() => this.beat(), pace.beat);
  }

  /** Windows under way are finished, nothing new is claimed. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.drains.stop();
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.allSettled(this.running);
  }

  /** Returns the milliseconds until it wants to run again. */
  private async tick(): Promise<number> {
    const now = await this.clock.now();
    for (const shard of await this.shardsWithSomethingDue(now)) {
      await this.queues.add(
        drainQueue,
        { shard },
        { deduplication: { id: `drain-${shard}-${turnNow().id}` } },
      );
    }
    const [next] = await this.database.rows<{ due: Date | null }>(
      `SELECT min(due_at) AS due FROM alert WHERE status = 'planned' AND due_at > $1`,
      [now],
    );
    const until =
      next?.due && (await this.clock.stoppedAt()) === null ? next.due.getTime() - now.getTime() : pace.latest;
    return Math.min(pace.latest, Math.max(pace.soonest, until));
  }

  private async sweep(): Promise<number> {
    await this.sweeper.sweep();
    return pace.sweep;
  }

  private async beat(): Promise<number> {
    await this.instance.beat();
    return pace.beat;
  }

  private async shardsWithSomethingDue(now: Date): Promise<number[]> {
    const rows = await this.database.rows<{ shard: number }>(
      `SELECT shard FROM generate_series(0, ${shardCount - 1}) AS shard
       WHERE EXISTS (SELECT 1 FROM alert a WHERE a.status = 'planned' AND a.shard = shard.shard AND a.due_at <= $1
                       AND (a.retry_at IS NULL OR a.retry_at <= clock_timestamp()))
          OR EXISTS (SELECT 1 FROM message m WHERE m.status = 'waiting' AND m.shard = shard.shard
                       AND m.next_attempt_at <= clock_timestamp())`,
      [now],
    );
    return rows.map((row) => row.shard);
  }

  private repeat(work: () => Promise<number>, after: number): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const run = work().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'a tick could not finish');
        return pace.latest;
      });
      const tracked = run.then((wait) => this.repeat(work, wait)).finally(() => this.running.delete(tracked));
      this.running.add(tracked);
    }, after);
    this.timers.add(timer);
  }
}

/**
 * A shard has one drain in a turn, and a drain ends with its turn. Without the turn in its id, the job of a process that
 * was killed would keep the shard to itself until BullMQ takes it for stalled, a minute later.
 */
function turnNow(): { id: number; msLeft: number } {
  const now = Date.now();
  return { id: Math.floor(now / pace.turn), msLeft: pace.turn - (now % pace.turn) };
}
