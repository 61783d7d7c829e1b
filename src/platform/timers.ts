import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { inBackground } from './background.js';
import { CONFIG } from './platform.tokens.js';

/**
 * Timers does by the clock what nobody asks for, in the processes that work: those that only answer requests leave it to
 * them. Whatever may run in several of these at once takes a lock of its own.
 */
@Injectable()
export class Timers implements OnModuleDestroy {
  private readonly end = new AbortController();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(@Inject(CONFIG) private readonly config: { role: string }) {}

  /** Aborted when the process is to end: what takes long looks at it, and leaves the rest to the next start. */
  get stopping(): AbortSignal {
    return this.end.signal;
  }

  /** Whether this process does anything by itself. */
  get areOn(): boolean {
    return this.config.role !== 'api';
  }

  /** Does the work every `everyMs` milliseconds, one after another: while one is under way the next is left out. */
  every(everyMs: number, what: string, work: () => Promise<unknown>): void {
    if (!this.areOn) return;
    let isUnderWay = false;
    const run = async () => {
      if (isUnderWay) return;
      isUnderWay = true;
      const done = work().finally(() => {
        isUnderWay = false;
        this.underWay.delete(done);
      });
      this.underWay.add(done);
      await done;
    };
    this.timers.push(setInterval(() => inBackground(what, run), everyMs));
  }

  /** Waits for what is under way. */
  async onModuleDestroy(): Promise<void> {
    this.end.abort();
    for (const timer of this.timers) clearInterval(timer);
    await Promise.allSettled(this.underWay);
  }
}
