import { Injectable } from '@nestjs/common';
import { inBackground } from '../../platform/background.js';
import { Timers } from '../../platform/timers.js';
import { LogTree } from '../transparency/log-tree.js';

/** It is half of a second because the sequencer numbers once a second. */
const lookMs = 500;
/** A process lets so many wait; others are answered at once. */
const mostWaiting = 1000;

/**
 * FeedWatch lets programs wait for the feed to grow. All that wait in a process share one look at the database twice a second, so
 * that none of them holds a connection.
 */
@Injectable()
export class FeedWatch {
  /** What ends the waiting of each, with the size that they know; called with whether the feed is longer now. */
  private readonly waiting = new Map<(grew: boolean) => void, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly tree: LogTree,
  ) {
    timers.stopping.addEventListener('abort', () => {
      for (const end of this.waiting.keys()) end(false);
    });
  }

  /** Waits until the feed is longer than `size`. Returns false when the time is over, the program is gone, or the process ends. */
  growsBeyond(size: number, waitMs: number, gone: AbortSignal): Promise<boolean> {
    const isLetGo = gone.aborted || this.timers.stopping.aborted || this.waiting.size >= mostWaiting;
    if (isLetGo) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (grew: boolean) => {
        this.waiting.delete(end);
        clearTimeout(timeOut);
        if (this.waiting.size === 0) this.rest();
        resolve(grew);
      };
      const timeOut = setTimeout(() => end(false), waitMs);
      gone.addEventListener('abort', () => end(false));
      this.waiting.set(end, size);
      this.timer ??= setInterval(() => inBackground('the watch of the feed', () => this.look()), lookMs);
    });
  }

  private rest(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private async look(): Promise<void> {
    const size = await this.tree.size();
    for (const [end, known] of this.waiting) if (size > known) end(true);
  }
}
