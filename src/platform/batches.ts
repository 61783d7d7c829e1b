interface Waiting<T> {
  one: T;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** How many wait before they are written at once, how long the first waits for others, and how many one write takes. */
interface Size {
  rows: number;
  afterMs: number;
  most: number;
}

/** So many writes are under way at once: the next batch gathers meanwhile, so that its size follows the load. */
const writers = 2;

/**
 * Batches writes together what many ask for within a few milliseconds. When a batch fails, each of it is written alone, so
 * that one that cannot be written does not fail the others.
 */
export class Batches<T> {
  private waiting: Waiting<T>[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing = 0;

  constructor(
    private readonly size: Size,
    private readonly write: (batch: T[]) => Promise<void>,
  ) {}

  /** Resolves when the write is committed, and rejects with its error. */
  add(one: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ one, resolve, reject });
      if (this.waiting.length >= this.size.rows) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), this.size.afterMs);
    });
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.writing >= writers || this.waiting.length === 0) return;
    const batch = this.waiting.splice(0, this.size.most);
    this.writing += 1;
    void this.settle(batch).finally(() => {
      this.writing -= 1;
      this.flush();
    });
  }

  private async settle(batch: Waiting<T>[]): Promise<void> {
    try {
      await this.write(batch.map(({ one }) => one));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      const [only, another] = batch;
      if (only && !another) return only.reject(error);
      for (const one of batch) await this.settle([one]);
    }
  }
}
