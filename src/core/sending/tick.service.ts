import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../../platform/database/database.js';
import { Queues } from '../../platform/queue/queues.js';
import { ContractReader } from '../contracts/contract.reader.js';
import { ContractChanges } from '../contracts/contract-changes.js';
import { AlertStates, shardCount } from '../planning/alert-states.js';
import { Replanning } from '../replanning/replanning.service.js';
import { ClockJumps } from './clock-jumps.js';
import { allShards, DrainService } from './drain.service.js';
import { InstanceService } from './instance.service.js';
import { ReceiptPolls } from './receipt-polls.js';
import { ReconcileService } from './reconcile.service.js';
import { type DueInShard, Schedule } from './schedule.js';
import { inSpan } from '../../platform/tracing.js';
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
/** A shard that was woken, and in which something is due all the same, is woken again after so long. */
const dueAgainMs = 100;
const sweepMs = 2000;
const beatMs = 10_000;
const turnMs = 5000;
/** A drain lasts so much longer than its turn: by then that of the next has begun, and nothing has waited for it. */
const overlapMs = 250;
/** When the queue has woken no drain for so long though something is due, the tick drains by itself. */
const unwokenMs = 2 * turnMs;

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
          await this.changes.replanOne(contract, { actor: 'system', reason: null });
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
    private readonly polls: ReceiptPolls,
    private readonly replanning: Replanning,
  ) {}

  /** Returns the steps, which do not wait for each other: a provider that does not answer holds up its own alone. */
  steps(stopping?: AbortSignal): [name: string, take: () => Promise<unknown>][] {
    return [
      ['stranded alerts', () => this.stranded.releaseStranded()],
      ['reconciliation', () => this.reconciler.reconcileAttempts(stopping)],
      ['polling', () => this.polls.pollMessages(stopping)],
      ['replanning', () => this.replanning.catchUp(sweepMs, stopping)],
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
 * TickService wakes drains ahead of the moment at which something falls due in their turn, so that lateness is neither a poll's
 * nor the queue's. PostgreSQL is the schedule; a queue that was wiped is filled again by the next tick.
 */
@Injectable()
export class TickService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(TickService.name);
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<unknown>>();
  private drainsUnderWay = 0;
  /** When each shard was last woken, by the monotonic clock, and in which turn. */
  private readonly woken = new Map<number, { at: number; turn: number }>();
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
    const turn = turnAt(Date.now());
    const asked = allShards.filter((shard) => !this.drains.isDrained(shard, turn.msLeft));
    const shards = asked.length > 0 ? await this.schedule.whatIsDue(asked) : [];
    const due = shards.filter(isDue);
    this.watch.awaitJob(drainQueue, due.length > 0);
    if (due.length === 0 || this.drainsUnderWay > 0) this.lastWoken = performance.now();
    const isUnwoken = () => performance.now() - this.lastWoken > unwokenMs;
    await this.wakeDrains(shards, turn).catch((error: unknown) => {
      if (!isUnwoken()) throw error;
      this.logger.warn({ err: error }, 'the queue takes no jobs: the tick drains by itself');
      this.watch.countFailure('queue');
    });
    // A queue only wakes: what it does not wake is drained all the same.
    if (isUnwoken()) for (const { shard } of due) this.follow(this.drainShard(shard), `drain ${shard}`);
    return Math.min(due.length > 0 ? dueAgainMs : latestMs, Math.max(soonestMs, turnAt(Date.now()).msLeft));
  }

  /** Wakes a drain for each shard in which something is due, and once in a turn where something falls due until its end. */
  private async wakeDrains(shards: DueInShard[], { id: turn, msLeft }: Turn): Promise<void> {
    for (const one of shards) {
      const { shard } = one;
      const last = this.woken.get(shard);
      const isNow = isDue(one) && performance.now() - (last?.at ?? -Infinity) >= dueAgainMs;
      const isSoon = (one.msUntilNext ?? Infinity) < msLeft && last?.turn !== turn;
      if (!isNow && !isSoon) continue;
      const id = `drain-${shard}-${turn}`;
      await this.queues.add(drainQueue, { shard }, { deduplication: { id } });
      this.woken.set(shard, { at: performance.now(), turn });
    }
  }

  private async drainShard(shard: number): Promise<void> {
    const drain = () => this.drains.drainShard(shard, turnAt(Date.now()).msLeft + overlapMs);
    const watched = () => this.watch.watchJob(drainQueue, drain, ` ${shard}`);
    await inSpan('drain', { 'chorong.shard': shard }, watched);
  }

  private repeat(job: string, work: () => Promise<number>, afterMs: number, part = ''): void {
    if (this.stopping.signal.aborted) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const run = this.watch.watchJob(job, work, part);
      this.follow(run, `${job}${part}`, (wait = latestMs) => this.repeat(job, work, wait, part));
    }, afterMs);
    this.timers.add(timer);
  }

  /** Lets a run go on by itself; the end of the process waits for it. */
  private follow<T>(run: Promise<T>, job: string, afterwards: (result?: T) => void = () => undefined): void {
    const logged = run.catch((error: unknown) => {
      this.logger.warn({ err: error, job }, 'a job could not finish');
      return undefined;
    });
    const tracked = logged.then(afterwards).finally(() => this.running.delete(tracked));
    this.running.add(tracked);
  }
}

function isDue({ waiting, alerts }: DueInShard): boolean {
  return waiting + alerts > 0;
}

interface Turn {
  id: number;
  msLeft: number;
}

/**
 * Returns the turn at a time in milliseconds. A shard has one drain in a turn, and a drain ends with its turn. Without the
 * turn in its id, the job of a process that was killed would keep the shard to itself until BullMQ takes it for stalled,
 * a minute later.
 */
function turnAt(now: number): Turn {
  return { id: Math.floor(now / turnMs), msLeft: turnMs - (now % turnMs) };
}
