import type { LogFinding, LogFindingCode } from './log-findings.words.js';

/** Carries the first thing that does not fit out of wherever it was found. */
export class Misfit extends Error {
  readonly finding: LogFinding;

  constructor(code: LogFindingCode, params: LogFinding['params']) {
    super(code);
    this.finding = { code, params };
  }
}
