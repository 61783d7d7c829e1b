import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { z } from 'zod';
import { earliestOf, ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { Queues } from '../../platform/queue/queues.js';
import { ContractReader } from '../contracts/contract.reader.js';
import { ContractChanges } from '../contracts/contract-changes.js';
import { AlertStates, shardCount } from '../planning/alert-states.js';
import { ClockJumps } from './clock-jumps.js';
import { DrainService } from './drain.service.js';
import { InstanceService } from './instance.service.js';
import { Receipts } from './receipts.service.js';
import { ReconcileService } from './reconcile.service.js';
import { SendingWatch } from './sending-watch.js';

const drainQueue = 'drain';
const drainJob = z.strictObject({
  shard: z
    .int()
    .min(0)
    .max(shardCount - 1),
});

const soonestMs = 20;
const latestMs = 1000;
const dueAgainMs = 100;
const sweepMs = 2000;
const beatMs = 10_000;
const turnMs = 5000;
/** When the queue has woken no drain for so long though something is due, the tick drains by itself. */
const unwokenMs = 2 * turnMs;

/** Schedule reads from PostgreSQL which shards have something due, and when the next alert falls due. */
@Injectable()
export class Schedule {
  constructor(
    private readonly database: Database,
    private readonly clock: ServiceClock,
  ) {}

  /** `msUntilNext` is null while nothing falls due by itself: no alert is planned, or the service clock is stopped. */
  async whatIsDue(): Promise<{ shards: number[]; msUntilNext: number | null }> {
    const now = earliestOf(await this.clock.readClocks());
    const rows = await this.database.rows<{ shard: number }>(
      `SELECT shard FROM generate_series(0, ${shardCount - 1}) AS shard
       WHERE EXISTS (SELECT 1 FROM alert a WHERE a.status = 'planned' AND a.shard = shard.shard AND a.due_at <= $1
                       AND (a.retry_at IS NULL OR a.retry_at <= clock_timestamp()))
          OR EXISTS (SELECT 1 FROM message m WHERE m.status = 'waiting' AND m.shard = shard.shard
                       AND m.next_attempt_at <= clock_timestamp())`,
      [now],
    );
    const [next] = await this.database.rows<{ due: Date | null }>(
      `SELECT min(first.due_at) AS due FROM generate_series(0, ${shardCount - 1}) AS shard, LATERAL (
         SELECT a.due_at FROM alert a WHERE a.status = 'planned' AND a.shard = shard.shard AND a.due_at > $1
         ORDER BY a.due_at LIMIT 1) AS first`,
      [now],
    );
    const isRunning = (await this.clock.stoppedAt()) === null;
    return {
      shards: rows.map((row) => row.shard),
      msUntilNext: next?.due && isRunning ? next.due.getTime() - now.getTime() : null,
    };
  }
}

/** StrandedAlerts are those that no text could be made for. */
@Injectable()
export class StrandedAlerts {
  constructor(
    private readonly database: Database,
    private readonly changes: ContractChanges,
    private readonly reader: ContractReader,
    private readonly alerts: AlertStates,
  ) {}

  /** Plans them again now and then: with their contract as it now is, since that, or the template, may have changed. */
  async releaseStranded(): Promise<void> {
    for (const contractId of await this.alerts.contractsWithStranded()) {
      await this.database.inTransaction(async () => {
        const [contract] = await this.reader.lockContracts([contractId]);
        if (contract && (await this.alerts.releaseStranded(contractId)) > 0) {
          await this.changes.replanOne(contract);
        }
      });
    }
  }
}

/** SweepService looks for what is stranded. Every step takes its rows conditionally, so any number may sweep at once. */
@Injectable()
export class SweepService {
  constructor(
    private readonly database: Database,
    private readonly jumps: ClockJumps,
    private readonly stranded: StrandedAlerts,
    private readonly reconciler: ReconcileService,
    private readonly receipts: Receipts,
  ) {}

  /** Returns the steps, which do not wait for each other: a provider that does not answer holds up its own alone. */
  steps(stopping?: AbortSignal): [name: string, take: () => Promise<unknown>][] {
    return [
      ['stranded alerts', () => this.stranded.releaseStranded()],
      ['reconciliation', () => this.reconciler.reconcileAttempts(stopping)],
      ['polling', () => this.receipts.pollMessages(stopping)],
      ['jumps of the clock', () => this.jumps.bringBack()],
      ['old idempotency keys', () => this.forgetIdempotencyKeys()],
    ];
  }

  private async forgetIdempotencyKeys(): Promise<void> {
    await this.database.run(
      `DELETE FROM idempotency_key WHERE created_at < clock_timestamp() - interval '24 hours'`,
    );
  }
}

/**
 * TickService wakes drains at the moment something falls due: a timer is set for the next due time, so that lateness is
 * not a poll's. PostgreSQL is the schedule; a queue that was wiped is filled again by the next tick.
 */
@Injectable()
export class TickService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(TickService.name);
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<unknown>>();
  private drainsUnderWay = 0;
  /** When the queue last woke a drain of this process, or nothing was due, by the monotonic clock. */
  private lastWoken = performance.now();
  private readonly stopping = new AbortController();

  constructor(
    private readonly watch: SendingWatch,
    private readonly queues: Queues,
    private readonly schedule: Schedule,
    private readonly drains: DrainService,
    private readonly instance: InstanceService,
    private readonly sweeper: SweepService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.watch.sends) return;
    await this.instance.recogniseDatabase();
    // Twice as many as there are shards: a drain that waits for slow calls at the end of its turn does not keep the next.
    this.queues.work(drainQueue, 2 * shardCount, async (data) => {
      const { shard } = drainJob.parse(data);
      this.drainsUnderWay += 1;
      await this.drainShard(shard).finally(() => {
        this.drainsUnderWay -= 1;
        this.lastWoken = performance.now();
      });
    });
    this.repeat('tick', () => this.tick(), soonestMs);
    for (const [step, take] of this.sweeper.steps(this.stopping.signal))
      this.repeat('sweep', () => take().then(() => sweepMs), soonestMs, ` ${step}`);
    this.repeat('beat', () => this.instance.beat().then(() => beatMs), beatMs);
  }

  /** Waits for the windows under way; nothing new is opened. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.drains.stopDrains();
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.allSettled(this.running);
  }

  /** Returns the milliseconds until it wants to run again. */
  private async tick(): Promise<number> {
    const { shards, msUntilNext } = await this.schedule.whatIsDue();
    this.watch.awaitJob(drainQueue, shards.length > 0);
    if (shards.length === 0 || this.drainsUnderWay > 0) this.lastWoken = performance.now();
    const isUnwoken = () => performance.now() - this.lastWoken > unwokenMs;
    await this.wakeDrains(shards).catch((error: unknown) => {
      if (!isUnwoken()) throw error;
      this.logger.warn({ err: error }, 'the queue takes no jobs: the tick drains by itself');
      this.watch.countFailure('queue');
    });
    // A queue only wakes: what it does not wake is drained all the same.
    if (isUnwoken()) await Promise.all(shards.map((shard) => this.drainShard(shard)));
    // What was just due for a drain that was ending is woken for again.
    const latest = shards.length > 0 ? dueAgainMs : latestMs;
    return Math.min(latest, Math.max(soonestMs, msUntilNext ?? latest));
  }

  private async wakeDrains(shards: number[]): Promise<void> {
    for (const shard of shards) {
      const id = `drain-${shard}-${turnAt(Date.now()).id}`;
      await this.queues.add(drainQueue, { shard }, { deduplication: { id } });
    }
  }

  private async drainShard(shard: number): Promise<void> {
    const drain = () => this.drains.drainShard(shard, turnAt(Date.now()).msLeft);
    await this.watch.watchJob(drainQueue, drain, ` ${shard}`);
  }

  private repeat(job: string, work: () => Promise<number>, afterMs: number, part = ''): void {
    if (this.stopping.signal.aborted) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const run = this.watch.watchJob(job, work, part).catch((error: unknown) => {
        this.logger.warn({ err: error, job: `${job}${part}` }, 'a job could not finish');
        return latestMs;
      });
      const tracked = run
        .then((wait) => this.repeat(job, work, wait, part))
        .finally(() => this.running.delete(tracked));
      this.running.add(tracked);
    }, afterMs);
    this.timers.add(timer);
  }
}

/**
 * Returns the turn at a time in milliseconds. A shard has one drain in a turn, and a drain ends with its turn. Without the
 * turn in its id, the job of a process that was killed would keep the shard to itself until BullMQ takes it for stalled,
 * a minute later.
 */
function turnAt(now: number): { id: number; msLeft: number } {
  return { id: Math.floor(now / turnMs), msLeft: turnMs - (now % turnMs) };
}
