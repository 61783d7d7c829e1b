import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/ids.js';
import type { ReceiptDesk, ReceivedReceipt } from '../providers/sms-provider.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { Providers } from '../providers/providers.module.js';
import { Statuses } from './statuses.js';
import { Database } from '../../platform/database/database.js';

/** How often what is not final is polled, since webhooks get lost; seconds. After the last it is unconfirmed. */
const pollAfter = [300, 1800, 7200, 21_600, 43_200, 86_400, 86_400];

const batch = 50;

/** The provider's later reports: all kept, each counted once, and none moves a message backwards. */
@Injectable()
export class Receipts implements ReceiptDesk {
  constructor(
    private readonly providers: Providers,
    private readonly database: Database,
    private readonly statuses: Statuses,
  ) {}

  /** A receipt for a reference that nobody knows yet is kept, and attached when its attempt's outcome comes. */
  async receive(provider: SmsProvider, receipt: ReceivedReceipt): Promise<void> {
    await this.database.inTransaction(async () => {
      await this.keep(provider, receipt);
      if (receipt.attemptId) {
        await this.statuses.acceptAttempts(provider, [
          { id: receipt.attemptId, reference: receipt.reference },
        ]);
      }
      await this.statuses.applyReceipts(provider, [receipt.reference]);
    });
  }

  /** The same receipt again changes nothing. */
  async keep(provider: SmsProvider, receipt: ReceivedReceipt): Promise<void> {
    await this.database.run(
      `INSERT INTO receipt (id, provider, reference, attempt_id, status, code, origin)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [
        newId(),
        provider.name,
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
    for (const { id, provider: name, reference, polls } of due) {
      const provider = this.providers.for(name);
      if (!provider) continue;
      const delivery = await provider.status(reference).catch(() => null);
      if (delivery) await this.receive(provider, { ...delivery, attemptId: null, origin: 'poll' });
      if (polls >= pollAfter.length) await this.giveUp(id);
    }
    return due.length;
  }

  private takeDue(): Promise<{ id: string; provider: string; reference: string; polls: number }[]> {
    const steps = pollAfter.map((seconds, i) => `WHEN ${i} THEN ${seconds}`).join(' ');
    return this.database.rows(
      `WITH due AS (
         SELECT m.id, last.provider, last.reference
         FROM message m, LATERAL (SELECT provider, reference FROM attempt t
                                  WHERE t.message_id = m.id AND t.reference IS NOT NULL ORDER BY t.id DESC LIMIT 1) last
         WHERE m.status IN ('accepted', 'sent') AND m.poll_at <= clock_timestamp() AND last.provider = ANY($1)
         ORDER BY m.poll_at LIMIT ${batch} FOR UPDATE OF m SKIP LOCKED
       )
       UPDATE message m SET polls = m.polls + 1,
              poll_at = clock_timestamp() + interval '1 second' * (CASE m.polls ${steps} ELSE 86400 END)
       FROM due WHERE m.id = due.id RETURNING m.id, due.provider, due.reference, m.polls`,
      [this.providers.all.map(({ name }) => name)],
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
