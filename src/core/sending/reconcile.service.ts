import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Providers } from '../providers/providers.module.js';
import type { FoundText, SmsProvider } from '../providers/sms-provider.js';
import { AttemptStates } from './attempt-states.js';
import { numberPlace } from './sending.entities.js';
import { Outcomes } from './outcomes.js';

interface Ambiguous {
  id: string;
  messageId: string;
  openedAt: Date;
  /**
   * It counts the seconds since the lease ended, by the database's clock. The call may have been made until then, and after a
   * restore by the other life, so the provider's latency, which the grace allows for, begins no sooner.
   */
  age: number;
  checks: number;
  text: string;
  numberSealed: Buffer;
  suspect: boolean;
}

/** A HeldText is a text that a provider holds and that no attempt has adopted. */
interface HeldText extends FoundText {
  provider: SmsProvider;
}

/** The provider's clock and ours may differ, and its creation times have whole seconds. */
const skewMs = 5 * 60_000;

const batch = 50;

/** ReconcileService settles ambiguous attempts by what providers hold: adopted once, or proved absent twice past the grace. */
@Injectable()
export class ReconcileService {
  private readonly logger = new Logger(ReconcileService.name);
  private hasReportedMissing = false;

  constructor(
    @Inject(CONFIG) private readonly config: { sending: { graceSeconds: number | null } },
    private readonly providers: Providers,
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly attempts: AttemptStates,
    private readonly outcomes: Outcomes,
  ) {}

  /** Expires leases that ran out, and looks at the ambiguous attempts whose turn it is. */
  async reconcileAttempts(): Promise<void> {
    await this.attempts.expire();
    if (!this.hasReportedMissing) await this.reportMissingProviders();
    for (const provider of this.providers.all) await this.reconcileProvider(provider);
  }

  /** Logs which providers cannot be asked. Once is enough: a process reads the configuration at its start alone. */
  private async reportMissingProviders(): Promise<void> {
    const rows = await this.database.rows<{ provider: string }>(
      `SELECT provider FROM attempt WHERE status IN ('open', 'ambiguous')
       UNION SELECT provider FROM message WHERE status IN ('waiting', 'accepted', 'sent')`,
    );
    for (const { provider } of rows) this.providers.for(provider);
    this.hasReportedMissing = true;
  }

  private async reconcileProvider(provider: SmsProvider): Promise<void> {
    for (const attempt of await this.takeDue(provider)) {
      try {
        await this.settle(provider, attempt);
      } catch (error) {
        // A list that fails proves nothing: the attempt stays ambiguous and is looked at again.
        this.logger.warn({ err: error, attempt: attempt.id }, 'the provider could not be asked');
      }
    }
  }

  /** Takes attempts whose turn it is. It puts their next look off, so that two reconcilers do not ask twice. */
  private takeDue(provider: SmsProvider): Promise<Ambiguous[]> {
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
      [this.graceOf(provider), provider.name],
    );
  }

  /**
   * Settles one attempt by the texts that its provider holds. A suspected one is looked for at every provider, because the
   * database's other life may have sent it before `SMS_PROVIDER` was changed, or after; it is absent only once all of them
   * have answered.
   */
  private async settle(own: SmsProvider, attempt: Ambiguous): Promise<void> {
    const asked = attempt.suspect ? this.providers.all : [own];
    const answers = await Promise.allSettled(asked.map((provider) => this.unadoptedTexts(provider, attempt)));
    const unadopted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const [first] = unadopted
      .filter(({ text }) => text === attempt.text)
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    if (first) return this.outcomes.adopt(first.provider, attempt, first);
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
    const graceSeconds = Math.max(...asked.map((provider) => this.graceOf(provider)));
    if (attempt.age >= graceSeconds) await this.closeIfAbsentTwice(attempt, unadopted);
  }

  private async unadoptedTexts(provider: SmsProvider, attempt: Ambiguous): Promise<HeldText[]> {
    const to = this.sealer.open(attempt.numberSealed, numberPlace(attempt.messageId));
    const texts = await provider.find(to, new Date(attempt.openedAt.getTime() - skewMs));
    const rows = await this.database.rows<{ reference: string }>(
      `SELECT reference FROM attempt WHERE provider = $1 AND reference = ANY($2)`,
      [provider.name, texts.map((text) => text.reference)],
    );
    const adopted = new Set(rows.map((row) => row.reference));
    return texts.filter(({ reference }) => !adopted.has(reference)).map((text) => ({ ...text, provider }));
  }

  private graceOf(provider: SmsProvider): number {
    return this.config.sending.graceSeconds ?? provider.graceSeconds;
  }

  /** Closes an attempt that is absent for the second time past the grace; the message may be attempted again. */
  private async closeIfAbsentTwice(attempt: Ambiguous, others: HeldText[]): Promise<void> {
    const alike = attempt.suspect ? await this.textOfTheSameContract(attempt, others) : undefined;
    if (alike) return this.outcomes.holdForAPerson(attempt, alike.reference);
    if (attempt.checks < 1) {
      await this.database.run(
        `UPDATE attempt SET checks = checks + 1 WHERE id = $1 AND status = 'ambiguous'`,
        [attempt.id],
      );
      return;
    }
    await this.outcomes.closeAbsent(attempt);
  }

  /** Finds a text of the same contract that reads otherwise: after a restore it may be this one in other words. */
  private async textOfTheSameContract(attempt: Ambiguous, others: HeldText[]): Promise<HeldText | undefined> {
    const rows = await this.database.rows<{ reference: string }>(
      `SELECT DISTINCT c.reference FROM alert a JOIN contract c ON c.id = a.contract_id WHERE a.message_id = $1`,
      [attempt.messageId],
    );
    return others.find((text) => rows.some((row) => text.text.includes(row.reference)));
  }
}
