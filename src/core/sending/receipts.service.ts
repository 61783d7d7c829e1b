import { Injectable } from '@nestjs/common';
import { Batches } from '../../platform/batches.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { newId } from '../../platform/ids.js';
import { isoTime } from '../proof/facts.js';
import { Journal } from '../proof/journal.service.js';
import type { DeliveryStatus, ReceiptDesk, ReceivedReceipt, SmsProvider } from '../providers/sms-provider.js';
import { AttemptStates } from './attempt-states.js';
import { BrakesService } from './brakes.service.js';
import { InstanceService } from './instance.service.js';
import { backoffSeconds, MessageStates, ours, type Reason, resendLimit } from './message-states.js';
import type { Receipt } from './sending.entities.js';

/** A BestReceipt is the receipt that says the most of its message, with what is known of the message. */
interface BestReceipt {
  messageId: string;
  status: DeliveryStatus;
  code: string;
  attempts: number;
  resentUnproved: number;
  attemptedAt: Date;
}

/** An answer waits for its receipt to be committed: the first of a batch waits for others no longer than this. */
const batchSize = { rows: 50, afterMs: 3, most: 500 };

interface Arrived {
  provider: SmsProvider;
  receipt: ReceivedReceipt;
}

interface KeptReceipt extends Omit<Receipt, 'provider' | 'receivedAt'> {
  receivedAt: string;
  isForeign: boolean;
}

/** Receipts keeps the providers' later reports: each counts once, and none moves a message backwards. */
@Injectable()
export class Receipts implements ReceiptDesk {
  private readonly arrived = new Batches<Arrived>(batchSize, (batch) => this.write(batch));

  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptStates,
    private readonly messages: MessageStates,
    private readonly instance: InstanceService,
    private readonly journal: Journal,
    private readonly brakes: BrakesService,
  ) {}

  /**
   * Keeps a receipt and moves its message on, together with others that come at the same time. One that comes before its
   * attempt's outcome is attached by that.
   */
  receive(provider: SmsProvider, receipt: ReceivedReceipt): Promise<void> {
    return this.arrived.add({ provider, receipt });
  }

  private async write(batch: Arrived[]): Promise<void> {
    await this.database.inTransaction(async () => {
      for (const [provider, arrived] of groupedBy(batch, (one) => one.provider)) {
        const receipts = arrived.map(({ receipt }) => receipt);
        await this.keepReceipts(provider, receipts);
        const named = receipts.flatMap(({ attemptId: id, reference }) => (id ? [{ id, reference }] : []));
        await this.acceptAttempts(
          provider,
          named,
          receipts.map(({ reference }) => reference),
        );
      }
    }, 'kept');
  }

  /** Appends receipts; the same one again changes nothing. Looks at those of attempts that were never made here. */
  async keepReceipts(provider: SmsProvider, receipts: ReceivedReceipt[]): Promise<void> {
    const kept = await this.database.rows<KeptReceipt>(
      `INSERT INTO receipt (id, provider, reference, attempt_id, status, code, origin)
       SELECT n.id, $1, n.reference, n.attempt_id, n.status, n.code, n.origin
       FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[])
         AS n (id, reference, attempt_id, status, code, origin)
       ON CONFLICT DO NOTHING
       RETURNING id, reference, attempt_id, status, code, origin, ${isoTime('received_at')} AS received_at, (SELECT t.id FROM attempt t WHERE t.id = receipt.attempt_id) IS NULL AS is_foreign`,
      [
        provider.name,
        receipts.map(() => newId()),
        receipts.map(({ reference }) => reference),
        receipts.map(({ attemptId }) => attemptId),
        receipts.map(({ status }) => status),
        receipts.map(({ code }) => code ?? ''),
        receipts.map(({ origin }) => origin),
      ],
      'kept',
    );
    const foreign = kept.flatMap(({ attemptId, isForeign }) => (attemptId && isForeign ? [attemptId] : []));
    await this.instance.noticeForeignAttempts(foreign);
    await this.journal.leaves(
      kept.map(({ id, reference, attemptId, status, code, origin, receivedAt }) => ({
        kind: 'receipt',
        subjectId: id,
        body: {
          provider: provider.name,
          reference,
          attempt_id: attemptId,
          status,
          code,
          origin,
          received_at: receivedAt,
        },
      })),
    );
  }

  /**
   * Accepts the attempts whose texts the provider holds, and their messages, and moves messages on by the receipts that
   * are kept for these or for other references.
   */
  async acceptAttempts(
    provider: SmsProvider,
    attempts: { id: string; reference: string }[],
    references: string[] = [],
  ): Promise<void> {
    const accepted = attempts.length > 0 ? await this.attempts.accept(provider.name, attempts) : [];
    await this.messages.accept(accepted, provider.firstPollSeconds);
    const reported = accepted.filter(({ isReported }) => isReported).map(({ reference }) => reference);
    await this.applyReceipts(provider, [...new Set([...references, ...reported])]);
  }

  /** Moves messages on by all receipts that are kept for these references. */
  private async applyReceipts(provider: SmsProvider, references: string[]): Promise<void> {
    if (references.length === 0) return;
    const best = await this.database.rows<BestReceipt>(
      `SELECT DISTINCT ON (t.message_id) t.message_id, r.status, r.code, m.attempts, m.resent_unproved,
              t.opened_at AS attempted_at
       FROM receipt r JOIN attempt t ON t.provider = r.provider AND t.reference = r.reference
         JOIN message m ON m.id = t.message_id
       WHERE r.provider = $1 AND r.reference = ANY($2)
         -- A failure of an attempt that another has followed says nothing of the message any more.
         AND (r.status <> 'failed' OR NOT EXISTS (SELECT 1 FROM attempt later
              WHERE later.message_id = t.message_id AND later.id > t.id))
       ORDER BY t.message_id, array_position(ARRAY['delivered', 'failed', 'sent', 'accepted'], r.status)`,
      [provider.name, references],
      'kept',
    );
    const idsOf = (status: DeliveryStatus) =>
      best.filter((receipt) => receipt.status === status).map(({ messageId }) => messageId);
    await this.messages.deliver(idsOf('delivered'));
    await this.messages.handOver(idsOf('sent'));
    for (const receipt of best) if (receipt.status === 'failed') await this.applyFailure(provider, receipt);
  }

  private async applyFailure(
    provider: SmsProvider,
    { messageId, code, attempts, resentUnproved, attemptedAt }: BestReceipt,
  ): Promise<void> {
    if (!code) return this.messages.fail(messageId, ours('failed'));
    const reason: Reason = { code, origin: 'provider' };
    const failure = provider.failure(code);
    const mayResend = resentUnproved < resendLimit;
    if (failure.action === 'stop-line') {
      await this.brakes.stopLineSince(attemptedAt, provider.sender, failure);
      const waits = await this.messages.resend(messageId, backoffSeconds(attempts));
      // A provider that shows a text by its words alone would show the one that failed in place of the next.
      if (waits && !(mayResend && provider.listsNumbers)) await this.messages.hold(messageId, reason);
    } else if (failure.action === 'retry-bounded' && mayResend) {
      await this.messages.resend(messageId, backoffSeconds(attempts));
    } else {
      await this.messages.fail(messageId, reason);
    }
  }
}
