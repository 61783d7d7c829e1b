import { Injectable } from '@nestjs/common';
import { workAtOnce } from '../../platform/at-once.js';
import { Database } from '../../platform/database/database.js';
import { Providers } from '../providers/providers.module.js';
import { askedAtOnce } from '../providers/sms-provider.js';
import { MessageStates } from './message-states.js';
import { Receipts } from './receipts.service.js';

/** These are the seconds between the polls of what is not final, since webhooks get lost. After the last, at 80 hours, it is unconfirmed. */
const pollAfter = [300, 1800, 7200, 21_600, 43_200, 86_400, 86_400, 43_200, 43_200];

/** SQL of the seconds from a poll to the next, by how many there were before it. */
export const secondsAfterPoll = (polls: string) =>
  `CASE ${polls} ${pollAfter.map((seconds, i) => `WHEN ${i} THEN ${seconds}`).join(' ')} ELSE 86400 END`;

const pollsAtOnce = 50;

interface Polled {
  id: string;
  provider: string;
  reference: string;
  polls: number;
}

/** ReceiptPolls asks providers about messages that are not final: their reports get lost. */
@Injectable()
export class ReceiptPolls {
  constructor(
    private readonly providers: Providers,
    private readonly database: Database,
    private readonly messages: MessageStates,
    private readonly receipts: Receipts,
  ) {}

  /**
   * Asks about messages that are not final, those without news for longest first; after the signal it asks no more. Returns
   * how many it was to ask about.
   */
  async pollMessages(stopping?: AbortSignal): Promise<number> {
    const due = await this.takeDue();
    await workAtOnce(askedAtOnce, due, (message) => this.poll(message), stopping);
    return due.length;
  }

  private async poll({ id, provider: name, reference, polls }: Polled): Promise<void> {
    const provider = this.providers.for(name);
    if (!provider) return;
    const delivery = await provider.status(reference).catch(() => null);
    if (delivery) await this.receipts.receive(provider, { ...delivery, attemptId: null, origin: 'poll' });
    if (polls >= pollAfter.length) await this.database.inTransaction(() => this.messages.giveUp(id));
  }

  private takeDue(): Promise<Polled[]> {
    return this.database.rows(
      // A time that stays for the statement bounds what it reads of the index; one that goes on would have it read the whole.
      `WITH due AS (
         SELECT m.id, last.provider, last.reference
         FROM message m, LATERAL (SELECT provider, reference FROM attempt t
                                  WHERE t.message_id = m.id AND t.reference IS NOT NULL ORDER BY t.id DESC LIMIT 1) last
         WHERE m.status IN ('accepted', 'sent') AND m.poll_at <= statement_timestamp() AND last.provider = ANY($1)
         ORDER BY m.poll_at LIMIT ${pollsAtOnce} FOR UPDATE OF m SKIP LOCKED
       )
       UPDATE message m SET polls = m.polls + 1,
              poll_at = clock_timestamp() + interval '1 second' * (${secondsAfterPoll('m.polls')})
       FROM due WHERE m.id = due.id RETURNING m.id, due.provider, due.reference, m.polls`,
      [this.providers.all.map(({ name }) => name)],
    );
  }
}
