const width = 30;

/** Progress on a terminal's one line; elsewhere, a line now and then. */
export class ProgressBar {
  private readonly began = performance.now();
  private lastLine = 0;

  constructor(
    private readonly name: string,
    private readonly out: { isTTY?: boolean; write(text: string): unknown },
  ) {}

  /** `share` of the work, 0 to 1. */
  show(contracts: number, share: number): void {
    const seconds = (performance.now() - this.began) / 1000;
    const line = `${this.name}: ${contracts} contracts, ${Math.round(contracts / Math.max(seconds, 0.001))} a second`;
    if (this.out.isTTY) {
      const done = Math.min(width, Math.round(share * width));
      const bar = '█'.repeat(done) + '·'.repeat(width - done);
      this.out.write(`\r\x1b[K[${bar}] ${line}`);
    } else if (contracts - this.lastLine >= 5000) {
      this.lastLine = contracts;
      this.out.write(`${line}\n`);
    }
  }

  end(summary: string): void {
    const seconds = (performance.now() - this.began) / 1000;
    this.out.write(`${this.out.isTTY ? '\r\x1b[K' : ''}${this.name}: ${summary} (${seconds.toFixed(1)} s)\n`);
  }
}
