import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../platform/ids.js';
import type { Delivery, SmsProvider } from '../providers/sms-provider.js';
import { SMS_PROVIDER } from '../providers/providers.module.js';
import { Statuses } from './statuses.js';
import { Database } from '../../platform/database/database.js';

export interface ReceivedReceipt extends Delivery {
  /** From the signed callback address; null when it was polled or listed. */
  attemptId: string | null;
  origin: 'webhook' | 'poll' | 'list';
}

/** How often what is not final is polled, since webhooks get lost; seconds. After the last it is unconfirmed. */
const pollAfter = [300, 1800, 7200, 21_600, 43_200, 86_400, 86_400];

const batch = 50;

/** The provider's later reports: all kept, each counted once, and none moves a message backwards. */
@Injectable()
export class Receipts {
  constructor(
    @Inject(SMS_PROVIDER) private readonly provider: SmsProvider,
    private readonly database: Database,
    private readonly statuses: Statuses,
  ) {}

  /** A receipt for a reference that nobody knows yet is kept, and attached when its attempt's outcome comes. */
  async receive(receipt: ReceivedReceipt): Promise<void> {
    await this.database.inTransaction(async () => {
      await this.keep(receipt);
      if (receipt.attemptId) {
        await this.statuses.acceptAttempts(this.provider.name, [
          { id: receipt.attemptId, reference: receipt.reference },
        ]);
      }
      await this.statuses.applyReceipts(this.provider.name, [receipt.reference]);
    });
  }

  /** The same receipt again changes nothing. */
  async keep(receipt: ReceivedReceipt): Promise<void> {
    await this.database.run(
      `INSERT INTO receipt (id, provider, reference, attempt_id, status, code, origin)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [
        newId(),
        this.provider.name,
        receipt.reference,
        receipt.attemptId,
        receipt.status,
        receipt.code ?? '',
        receipt.origin,
      ],
    );
  }

  /** Asks about messages that are not final. Returns how many it asked about. */
  async poll(): Promise<number> {
    const due = await this.takeDue();
    for (const { id, reference, polls } of due) {
      const delivery = await this.provider.status(reference).catch(() => null);
      if (delivery) await this.receive({ ...delivery, attemptId: null, origin: 'poll' });
      if (polls >= pollAfter.length) await this.giveUp(id);
    }
    return due.length;
  }

  private takeDue(): Promise<{ id: string; reference: string; polls: number }[]> {
    const steps = pollAfter.map((seconds, i) => `WHEN ${i} THEN ${seconds}`).join(' ');
    return this.database.rows(
      `WITH due AS (
         SELECT id FROM message WHERE status IN ('accepted', 'sent') AND poll_at <= clock_timestamp()
         ORDER BY poll_at LIMIT ${batch} FOR UPDATE SKIP LOCKED
       )
       UPDATE message m SET polls = m.polls + 1,
              poll_at = clock_timestamp() + interval '1 second' * (CASE m.polls ${steps} ELSE 86400 END)
       FROM due, LATERAL (SELECT reference FROM attempt t WHERE t.message_id = due.id AND t.reference IS NOT NULL
                          ORDER BY t.id DESC LIMIT 1) last
       WHERE m.id = due.id RETURNING m.id, last.reference, m.polls`,
    );
  }

  /** Accepted, and no word of it for days: neither delivered nor failed. */
  private async giveUp(messageId: string): Promise<void> {
    await this.database.inTransaction(async () => {
      const [row] = await this.database.rows<{ status: string }>(`SELECT status FROM message WHERE id = $1`, [
        messageId,
      ]);
      if (row?.status === 'accepted' || row?.status === 'sent') {
        await this.statuses.end(messageId, 'unconfirmed', 'no receipt');
      }
    });
  }
}
