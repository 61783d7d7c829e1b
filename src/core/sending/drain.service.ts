import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { settleAll } from '../../platform/at-once.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { shardCount } from '../planning/alert-states.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { Providers } from '../providers/providers.module.js';
import { type Window, WindowOpener } from './window-opener.js';

/** While calls are under way, what falls due meanwhile is looked for so often: a number's next text waits for the one before. */
const lookAgainMs = 100;
/** Else so often: alerts that were planned since the last look may be due already. */
const latestLookMs = 1000;

/** So many windows of a provider are opened at once: one is composed while the statements of another run. */
const lineCount = 2;

export const allShards = Array.from({ length: shardCount }, (_, shard) => shard);

/**
 * DrainService empties shards a window at a time: it freezes and commits the attempts of one window while the calls of
 * others are under way. Shards that are drained at the same time share their windows, because each statement costs the
 * same for few texts and for many.
 */
@Injectable()
export class DrainService {
  private readonly lines: Line[][];
  private stopping = false;

  constructor(providers: Providers, opener: WindowOpener) {
    const isOver = () => this.stopping;
    const lineOf = (provider: SmsProvider) =>
      new Line((shards, busy) => opener.openWindow({ provider, shards, busy }, isOver), isOver);
    this.lines = Array.from({ length: lineCount }, () => providers.all.map(lineOf));
  }

  /**
   * Sends what is due in a shard, and what falls due within `forMs` milliseconds, after which it opens nothing more. Without
   * such a time it ends when nothing is due. Returns how many were called.
   */
  async drainShard(shard: number, forMs: number | null = null): Promise<number> {
    const until = forMs === null ? null : performance.now() + forMs;
    const called = await settleAll(this.linesOf(shard).map((line) => line.drainShard(shard, until)));
    return called.reduce((sum, count) => sum + count, 0);
  }

  async drainAllShards(): Promise<number> {
    const called = await Promise.all(allShards.map((shard) => this.drainShard(shard)));
    return called.reduce((sum, count) => sum + count, 0);
  }

  /** Tells whether a shard is drained in this process for so many milliseconds more. */
  isDrained(shard: number, forMs: number): boolean {
    return this.linesOf(shard).every((line) => line.isDrained(shard, performance.now() + forMs));
  }

  /** Makes drains end after the windows under way. */
  stopDrains(): void {
    this.stopping = true;
    for (const line of this.lines.flat()) line.lookNow();
  }

  /** There is one for each provider. */
  private linesOf(shard: number): Line[] {
    return this.lines[shard % lineCount] ?? [];
  }
}

/** A Drain is one shard in a line, until it leaves that. */
class Drain {
  readonly calls = new Set<Promise<void>>();
  readonly left: Promise<void>;
  readonly leave: () => void;
  private readonly failures: unknown[] = [];
  private called = 0;

  constructor(
    readonly shard: number,
    readonly until: number | null,
  ) {
    let leave: () => void = () => undefined;
    this.left = new Promise((resolve) => (leave = resolve));
    this.leave = leave;
  }

  get hasFailed(): boolean {
    return this.failures.length > 0;
  }

  fail(error: unknown): void {
    this.failures.push(error);
  }

  addCalls({ attempts, calls }: Window): void {
    const count = attempts.filter(({ shard }) => shard === this.shard).length;
    if (count === 0) return;
    this.called += count;
    const tracked = calls
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.calls.delete(tracked));
    this.calls.add(tracked);
  }

  /** Waits for the calls under way. Returns how many were called; throws the first failure. */
  async end(): Promise<number> {
    await Promise.all(this.calls);
    if (this.hasFailed) throw this.failures[0];
    return this.called;
  }
}

/** A Line opens the windows of one provider's texts, one after another, each over all shards that are being drained. */
class Line {
  private readonly drains = new Set<Drain>();
  /** Shards whose window failed: each gets windows of its own until one succeeds, so that it does not keep back the others. */
  private readonly apart = new Set<number>();
  private isRunning = false;
  /** How many shards had something due in the last window over several. */
  private busy = 1;
  /** Which shard comes first: each in turn, so that none starves where there is room for few. */
  private first = 0;
  private pause = new AbortController();

  constructor(
    private readonly openWindow: (shards: number[], busy: number) => Promise<Window>,
    private readonly isStopping: () => boolean,
  ) {}

  /** Drains a shard until a moment of the monotonic clock; null: until nothing is due. */
  async drainShard(shard: number, until: number | null): Promise<number> {
    const drain = new Drain(shard, until);
    this.drains.add(drain);
    this.lookNow();
    if (!this.isRunning) void this.openWindows();
    await drain.left;
    return drain.end();
  }

  isDrained(shard: number, until: number): boolean {
    return [...this.drains].some(
      (drain) => drain.shard === shard && drain.until !== null && drain.until >= until,
    );
  }

  lookNow(): void {
    this.pause.abort();
  }

  private async openWindows(): Promise<void> {
    this.isRunning = true;
    while (this.drains.size > 0) {
      this.pause = new AbortController();
      const together = [...this.drains].filter(({ shard }) => !this.apart.has(shard));
      const alone = [...this.drains].filter(({ shard }) => this.apart.has(shard));
      const groups = [together, ...groupedBy(alone, ({ shard }) => shard).values()].filter(
        (group) => group.length > 0,
      );
      const opened = await Promise.all(groups.map((drains) => this.openFor(drains)));
      if (!opened.some((window) => window?.hasMore)) await this.waitForMore(opened);
    }
    this.isRunning = false;
  }

  /** Opens a window over the shards of these drains, and lets those leave that are over. */
  private async openFor(drains: Drain[]): Promise<Window | null> {
    const shards = this.inTurn([...new Set(drains.map(({ shard }) => shard))]);
    let window: Window | null = null;
    try {
      window = await this.openWindow(shards, shards.length > 1 ? this.busy : 1);
      if (shards.length === 1) shards.forEach((shard) => this.apart.delete(shard));
      else this.busy = window.busy;
    } catch (error) {
      for (const shard of shards) this.apart.add(shard);
      for (const drain of drains) drain.fail(error);
    }
    for (const drain of drains) {
      if (window) drain.addCalls(window);
      if (!this.isOver(drain, window)) continue;
      this.drains.delete(drain);
      drain.leave();
    }
    return window;
  }

  private inTurn(shards: number[]): number[] {
    this.first = (this.first + 1) % shards.length;
    return [...shards.slice(this.first), ...shards.slice(0, this.first)];
  }

  private isOver({ until, calls, hasFailed }: Drain, window: Window | null): boolean {
    if (hasFailed || this.isStopping()) return true;
    if (until !== null && performance.now() >= until) return true;
    if (window?.hasMore || calls.size > 0) return false;
    const next = window?.nextDueAt ?? null;
    return until === null || next === null || next >= until;
  }

  /** Waits until calls have ended, a shard comes, the next alert falls due, or a moment: something else may be due by then. */
  private async waitForMore(opened: (Window | null)[]): Promise<void> {
    const { signal } = this.pause;
    if (signal.aborted || this.drains.size === 0) return;
    const calls = [...this.drains].flatMap((drain) => [...drain.calls]);
    const next = Math.min(...opened.map((window) => window?.nextDueAt ?? Infinity));
    // There was no room for what is due, or another process has it.
    const isLeft = opened.some((window) => window !== null && window.busy > 0);
    const most = calls.length > 0 || isLeft ? lookAgainMs : latestLookMs;
    const pause = sleep(Math.max(1, Math.min(most, next - performance.now())), undefined, { signal });
    await Promise.race([pause.catch(() => undefined), ...calls]).finally(() => this.lookNow());
  }
}
