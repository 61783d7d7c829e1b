import type { LogFinding, LogFindingCode } from './log-findings.words.js';

/** So many findings are named; of one code and table at most so many, so that what follows from one does not hide the others. */
const mostNamed = 100;
const mostNamedAlike = 20;

/** So many are told apart and counted. What is beyond them is not: each row of a table may have been altered. */
export const mostCounted = 10_000;

/**
 * Misfits are what does not fit, in the order in which it was found: the first of them by name, all others by their number. They take
 * little memory, however much was altered.
 */
export class Misfits {
  readonly named: LogFinding[] = [];
  private readonly seen = new Set<string>();
  private readonly alike = new Map<string, number>();

  /** Counts `mostCounted` where there are as many or more. */
  get total(): number {
    return this.seen.size;
  }

  add(code: LogFindingCode, params: LogFinding['params']): void {
    const known = JSON.stringify([code, params]);
    if (this.seen.size >= mostCounted || this.seen.has(known)) return;
    this.seen.add(known);
    const sort = `${code} ${params['table']}`;
    const count = this.alike.get(sort) ?? 0;
    if (count >= mostNamedAlike || this.named.length >= mostNamed) return;
    this.alike.set(sort, count + 1);
    this.named.push({ code, params });
  }
}
