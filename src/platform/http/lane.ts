import { httpProblems } from './http.words.js';

interface LaneLimits {
  /** So many may be under way at once. */
  atOnce: number;
  /** So many may begin in a second, after twice as many that had a rest before them. */
  perSecond: number;
  /** So many may wait; beyond it, whoever has most waiting is refused. */
  waiting: number;
  /** Milliseconds that one waits at most. */
  waitMs: number;
}

interface Waiting {
  begin: (leave: () => void) => void;
  refuse: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/**
 * A Lane bounds how many requests of one kind are under way at once and how fast they begin. The others wait, and those
 * who wait take turns by who they are, so that a flood of one of them holds up nobody but itself.
 */
export class Lane {
  private underWay = 0;
  private waitingCount = 0;
  private readonly queues = new Map<string, Waiting[]>();
  private tokens: number;
  private filledAt = performance.now();
  private refill: NodeJS.Timeout | null = null;

  constructor(private readonly limits: LaneLimits) {
    this.tokens = 2 * limits.perSecond;
  }

  /** Waits for a turn, and returns what ends it. Throws `busy` when it waited in vain. */
  enter(who: string): Promise<() => void> {
    return new Promise((begin, refuse) => {
      const waiting: Waiting = {
        begin,
        refuse,
        timer: setTimeout(() => this.refuse(who, waiting), this.limits.waitMs),
      };
      const queue = this.queues.get(who);
      if (queue) queue.push(waiting);
      else this.queues.set(who, [waiting]);
      this.waitingCount += 1;
      if (this.waitingCount > this.limits.waiting) this.refuseOneOfMost();
      this.serve();
    });
  }

  private serve(): void {
    while (this.underWay < this.limits.atOnce) {
      const [next] = this.queues;
      if (!next || !this.takeToken()) return;
      const [who, [waiting]] = next;
      if (!waiting) return;
      this.remove(who, waiting);
      // Whoever was served stands behind all others.
      const rest = this.queues.get(who);
      if (rest) {
        this.queues.delete(who);
        this.queues.set(who, rest);
      }
      this.underWay += 1;
      waiting.begin(this.leaving());
    }
  }

  /** Returns what ends a turn, however often it is called. */
  private leaving(): () => void {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.underWay -= 1;
      this.serve();
    };
  }

  private takeToken(): boolean {
    const now = performance.now();
    const { perSecond } = this.limits;
    this.tokens = Math.min(2 * perSecond, this.tokens + ((now - this.filledAt) * perSecond) / 1000);
    this.filledAt = now;
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return true;
    }
    this.refill ??= setTimeout(() => {
      this.refill = null;
      this.serve();
    }, 1000 / perSecond);
    return false;
  }

  private refuseOneOfMost(): void {
    const [who, queue] = [...this.queues].reduce((most, each) =>
      each[1].length > most[1].length ? each : most,
    );
    const last = queue.at(-1);
    if (last) this.refuse(who, last);
  }

  private refuse(who: string, waiting: Waiting): void {
    this.remove(who, waiting);
    waiting.refuse(httpProblems.error('busy'));
  }

  private remove(who: string, waiting: Waiting): void {
    clearTimeout(waiting.timer);
    const queue = this.queues.get(who) ?? [];
    queue.splice(queue.indexOf(waiting), 1);
    if (queue.length === 0) this.queues.delete(who);
    this.waitingCount -= 1;
  }
}
