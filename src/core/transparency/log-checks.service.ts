import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { NoteSigner } from '../../platform/sealing/signed-note.js';
import { Timers } from '../../platform/timers.js';
import { SettingsService } from '../settings/settings.service.js';
import { LogCheck } from './log-check.entity.js';
import type { LogFinding } from './log-findings.words.js';
import { LogTree } from './log-tree.js';
import { LogVerifier } from './log-verifier.js';
import { MisfitFlags } from './misfit-flags.js';
import { TableVerifier } from './table-verifier.js';

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
  private readonly tree: LogTree;

  constructor(
    private readonly timers: Timers,
    private readonly database: Database,
    private readonly signer: NoteSigner,
    private readonly sealer: Sealer,
    private readonly settings: SettingsService,
    private readonly flags: MisfitFlags,
  ) {
    this.tree = new LogTree(database);
  }

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
    if ((await this.last())?.code !== finding.code) await this.keep(finding);
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
    const tables = new TableVerifier(this.database, this.sealer);
    const last = await this.lastGood();
    const found = await new LogVerifier(this.database, this.signer.verifierKey, tables).verify(last);
    if ('code' in found) return this.keep(found, beganAt);
    const { size, root, tables: compared } = found;
    return this.store({ beganAt, size, root, tables: compared, code: null, params: null });
  }

  /** Keeps a finding, which auditors are shown until a check finds that all fits, and flags it. */
  private keep({ code, params }: LogFinding, beganAt = new Date()): Promise<LogCheck> {
    this.logger.error({ code, params }, 'the log or a table does not fit');
    return this.database.inTransaction(async () => {
      await this.flags.raise({ code, params });
      return this.store({ beganAt, size: null, root: null, tables: null, code, params });
    });
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

  private async store(check: Omit<LogCheck, 'id' | 'endedAt'>): Promise<LogCheck> {
    const row = { ...check, id: newId(), endedAt: new Date() };
    await this.database.insert(LogCheck, [row]);
    return row;
  }
}
