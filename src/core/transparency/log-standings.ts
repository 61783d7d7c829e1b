import { Injectable } from '@nestjs/common';
import type { Words } from '../../platform/words/words.js';
import type { LogCheck } from './log-check.entity.js';
import { LogChecks } from './log-checks.service.js';
import { findingWords, type LogFinding } from './log-findings.words.js';
import { Witnesses, type WitnessTrouble } from './witnesses.service.js';

/** LogStanding is how the log stands, for its auditors. */
export interface LogStanding {
  witnesses: WitnessTrouble[];
  check: LogCheck | null;
  misfit: Words | null;
}

/** LogStandings says whether the log is witnessed, when it was last checked, and what did not fit. */
@Injectable()
export class LogStandings {
  constructor(
    private readonly checks: LogChecks,
    private readonly witnesses: Witnesses,
  ) {}

  async standing(): Promise<LogStanding> {
    const check = await this.checks.last();
    const isMisfit = check !== null && check.code !== null && check.params !== null;
    return {
      witnesses: await this.witnesses.troubles(),
      check,
      misfit: isMisfit ? findingWords(check as LogFinding) : null,
    };
  }
}
