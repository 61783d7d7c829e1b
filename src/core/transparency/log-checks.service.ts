import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Timers } from '../../platform/timers.js';
import { SettingsService } from '../settings/settings.service.js';
import { LogCheck } from './log-check.entity.js';
import type { LogFinding } from './log-findings.words.js';
import { LogTree } from './log-tree.js';
import { LogVerifier } from './log-verifier.js';
import { MisfitFlags } from './misfit-flags.js';

const everyMs = 60_000;

/** The night's check is due from this hour of the agency's time on: few people and texts are there. */
const hourOfCheck = 2;

/**
 * LogChecks verifies the log and the tables once a night, from the beginning, because what was altered long ago is found in no other
 * way. One worker does it; one that dies leaves it to the next.
 */
@Injectable()
export class LogChecks implements OnApplicationBootstrap {
  private readonly logger = new Logger(LogChecks.name);

  constructor(
    private readonly timers: Timers,
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly flags: MisfitFlags,
    private readonly tree: LogTree,
    private readonly verifier: LogVerifier,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.every(everyMs, 'the check of the log', async () => {
      await this.checkSigned();
      await this.checkIfDue();
    });
  }

  /** Tells the auditors within a minute that the log cannot be signed any more. */
  async checkSigned(): Promise<void> {
    const signed = await this.tree.lastCheckpoint();
    if (!signed || (await this.tree.beginsAs(signed))) return;
    const finding = { code: 'not-signed', params: { size: signed.size } } as const;
    if ((await this.last())?.code === finding.code) return;
    await this.store(new Date(), { size: null, root: null, tables: null }, [finding], 1);
  }

  /** Checks if nobody has since the hour of the night, and nobody is at it. Returns whether it did. */
  async checkIfDue(): Promise<boolean> {
    if (!(await this.isDue())) return false;
    // The lock ends with its transaction, which reads alone until the result is written: nothing waits for it.
    return this.database.ifFree(
      'log-check',
      async () => {
        if (!(await this.isDue())) return false;
        await this.check();
        return true;
      },
      () => false,
    );
  }

  /** Verifies all there is, and keeps what came of it. */
  async check(): Promise<LogCheck> {
    const beganAt = new Date();
    const { misfits, ...found } = await this.verifier.verify(await this.lastGood());
    return this.store(beganAt, found, misfits.named, misfits.total);
  }

  async last(): Promise<LogCheck | null> {
    return this.newest('true');
  }

  private lastGood() {
    return this.newest('code IS NULL') as Promise<(LogCheck & { size: number; root: Buffer }) | null>;
  }

  private async newest(where: string): Promise<LogCheck | null> {
    const [check] = await this.database.rows<LogCheck>(
      `SELECT id, began_at, ended_at, size::float8 AS size, root, tables, code, params FROM log_check
       WHERE ${where} ORDER BY id DESC LIMIT 1`,
    );
    return check ?? null;
  }

  private async isDue(): Promise<boolean> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const [row] = await this.database.rows<{ isDue: boolean }>(
      `SELECT NOT EXISTS (SELECT FROM log_check WHERE began_at >= (date_trunc('day',
         (clock_timestamp() AT TIME ZONE $1) - make_interval(hours => $2)) + make_interval(hours => $2)) AT TIME ZONE $1) AS is_due`,
      [timeZone, hourOfCheck],
    );
    return row?.isDue ?? false;
  }

  /** Keeps what came of a check. The first finding is shown to auditors until a check finds that all fits; each that is named is flagged. */
  private async store(
    beganAt: Date,
    found: Pick<LogCheck, 'size' | 'root' | 'tables'>,
    findings: LogFinding[],
    misfits: number,
  ): Promise<LogCheck> {
    const { code, params } = findings[0] ?? { code: null, params: null };
    if (code) this.logger.error({ code, params, misfits }, 'the log or a table does not fit');
    const tables = found.tables && { ...found.tables, misfits };
    const row = { ...found, tables, code, params, beganAt, id: newId(), endedAt: new Date() };
    await this.database.inTransaction(async () => {
      for (const finding of findings) await this.flags.raise(finding);
      await this.database.insert(LogCheck, [row]);
    });
    return row;
  }
}
