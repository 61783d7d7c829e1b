/**
 * Kept reads a value once for all who ask within some milliseconds, so that a flood of readers costs the database one
 * reading. A reading that failed is not kept: whoever asked meanwhile gets its error, and the next one reads anew.
 */
export class Kept<T> {
  /** The value of the last reading that succeeded, however old; null before the first. */
  last: T | null = null;
  private reading: Promise<T> | null = null;
  private until = 0;

  constructor(
    private readonly ms: number,
    private readonly readValue: () => Promise<T>,
  ) {}

  get(): Promise<T> {
    return this.reading && performance.now() < this.until ? this.reading : this.read();
  }

  /** Reads anew, for those who have to see what was changed a moment ago. */
  read(): Promise<T> {
    const reading = this.readValue();
    this.reading = reading;
    this.until = Infinity;
    reading.then(
      (value) => {
        this.last = value;
        this.until = performance.now() + this.ms;
      },
      () => {
        if (this.reading === reading) this.reading = null;
      },
    );
    return reading;
  }
}
