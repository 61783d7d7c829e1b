import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Failpoints } from '../../platform/failpoints.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { FoundText, SmsProvider } from '../providers/sms-provider.js';
import { Providers } from '../providers/providers.module.js';
import { expireOpenAttempts } from './attempts.js';
import { Receipts } from './receipts.service.js';
import { Statuses } from './statuses.js';
import { Database } from '../../platform/database/database.js';

interface Ambiguous {
  id: string;
  messageId: string;
  openedAt: Date;
  /**
   * Since its lease ended, by the database's clock; seconds. Its call may have been made until then, and after a restore
   * by the other life: the provider's latency, which the grace allows for, begins no sooner.
   */
  age: number;
  checks: number;
  text: string;
  numberSealed: Buffer;
  suspect: boolean;
}

/** The provider's clock and ours may differ, and its creation times have whole seconds. */
const skewMs = 5 * 60_000;

const batch = 50;

/** Settles ambiguous attempts by what the provider holds: adopted once, or proved absent twice past the grace. */
@Injectable()
export class ReconcileService {
  private readonly logger = new Logger(ReconcileService.name);

  constructor(
    @Inject(CONFIG) private readonly config: { sending: { graceSeconds: number | null } },
    private readonly providers: Providers,
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly statuses: Statuses,
    private readonly receipts: Receipts,
    private readonly failpoints: Failpoints,
  ) {}

  /** Returns how many attempts were looked at. */
  async reconcile(): Promise<number> {
    await expireOpenAttempts(this.database);
    let asked = 0;
    for (const provider of this.providers.all) asked += await this.reconcileOf(provider);
    return asked;
  }

  private async reconcileOf(provider: SmsProvider): Promise<number> {
    const graceSeconds = this.config.sending.graceSeconds ?? provider.graceSeconds;
    const due = await this.takeDue(provider.name, graceSeconds);
    for (const attempt of due) {
      try {
        await this.settle(provider, attempt, graceSeconds);
      } catch (error) {
        // A list that fails proves nothing: the attempt stays ambiguous and is looked at again.
        this.logger.warn({ err: error, attempt: attempt.id }, 'the provider could not be asked');
      }
    }
    return due.length;
  }

  /** Taking one puts its next look off, so that two reconcilers do not ask twice. */
  private takeDue(provider: string, graceSeconds: number): Promise<Ambiguous[]> {
    return this.database.rows<Ambiguous>(
      `WITH due AS (
         SELECT id FROM attempt WHERE status = 'ambiguous' AND provider = $2 AND check_at <= clock_timestamp()
         ORDER BY check_at LIMIT ${batch} FOR UPDATE SKIP LOCKED
       )
       UPDATE attempt t SET check_at = clock_timestamp() + interval '1 second' * greatest(1,
                least($1 / 4.0, extract(epoch FROM clock_timestamp() - t.opened_at)))
       FROM due, message m WHERE t.id = due.id AND m.id = t.message_id
       RETURNING t.id, t.message_id, t.opened_at,
                 extract(epoch FROM clock_timestamp() - t.lease_until)::float8 AS age, t.checks, m.text,
                 m.number_sealed, t.suspect`,
      [graceSeconds, provider],
    );
  }

  private async settle(provider: SmsProvider, attempt: Ambiguous, graceSeconds: number): Promise<void> {
    const to = this.sealer.open(attempt.numberSealed, {
      table: 'message',
      column: 'number_sealed',
      rowId: attempt.messageId,
    });
    const found = await provider.find(to, new Date(attempt.openedAt.getTime() - skewMs));
    const unadopted = await this.notYetAdopted(provider.name, found);
    const own = unadopted
      .filter((text) => text.text === attempt.text)
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    const [first] = own;
    if (first) return this.adopt(provider, attempt, first);
    if (attempt.age >= graceSeconds) await this.absent(attempt, unadopted);
  }

  private async adopt(provider: SmsProvider, attempt: Ambiguous, found: FoundText): Promise<void> {
    this.failpoints.pass('reconcile-before-adopting');
    await this.database.inTransaction(async () => {
      await this.receipts.keep(provider, { ...found, attemptId: null, origin: 'list' });
      await this.statuses.acceptAttempts(provider, [{ id: attempt.id, reference: found.reference }]);
    });
    this.failpoints.pass('reconcile-after-adopting');
  }

  /** Absent twice past the grace: the attempt is closed, and the message may be attempted again. */
  private async absent(attempt: Ambiguous, others: FoundText[]): Promise<void> {
    if (attempt.suspect && (await this.heldForAPerson(attempt, others))) return;
    if (attempt.checks < 1) {
      await this.database.run(
        `UPDATE attempt SET checks = checks + 1 WHERE id = $1 AND status = 'ambiguous'`,
        [attempt.id],
      );
      return;
    }
    this.failpoints.pass('reconcile-before-absent');
    await this.database.inTransaction(async () => {
      const closed = await this.database.rows<{ id: string }>(
        `UPDATE attempt SET status = 'absent', settled_at = clock_timestamp(),
                detail = coalesce(detail || '; ', '') || 'the provider does not hold it'
         WHERE id = $1 AND status = 'ambiguous' RETURNING id`,
        [attempt.id],
      );
      if (closed[0]) await this.statuses.wait(attempt.messageId, 0);
    });
    this.failpoints.pass('reconcile-after-absent');
  }

  /**
   * After a restore, a text of the same contract that reads otherwise may be this one by other words: a person
   * decides.
   */
  private async heldForAPerson(attempt: Ambiguous, others: FoundText[]): Promise<boolean> {
    const rows = await this.database.rows<{ reference: string }>(
      `SELECT DISTINCT c.reference FROM alert a JOIN contract c ON c.id = a.contract_id WHERE a.message_id = $1`,
      [attempt.messageId],
    );
    const alike = others.find((text) => rows.some((row) => text.text.includes(row.reference)));
    if (!alike) return false;
    await this.database.inTransaction(async () => {
      await this.database.run(
        `UPDATE attempt SET status = 'absent', settled_at = clock_timestamp(),
                detail = 'the provider holds another text of this contract: ' || $2
         WHERE id = $1 AND status = 'ambiguous'`,
        [attempt.id, alike.reference],
      );
      await this.statuses.end(attempt.messageId, 'held', 'look-at-provider');
    });
    return true;
  }

  private async notYetAdopted(provider: string, found: FoundText[]): Promise<FoundText[]> {
    const rows = await this.database.rows<{ reference: string }>(
      `SELECT reference FROM attempt WHERE provider = $1 AND reference = ANY($2)`,
      [provider, found.map((text) => text.reference)],
    );
    const adopted = new Set(rows.map((row) => row.reference));
    return found.filter((text) => !adopted.has(text.reference));
  }
}
