import { Injectable } from '@nestjs/common';
import { Journal, type LeafEntry } from '../proof/journal.service.js';
import { commit } from '../proof/leaf.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { backoffSeconds, resendLimit } from './backoff.js';
import { Database } from '../../platform/database/database.js';

/** Delivered outranks failed: a late receipt of delivery is believed. What is not yet accepted ranks lowest. */
const rank = `array_position(ARRAY['accepted', 'sent', 'unconfirmed', 'failed', 'delivered'], `;

interface MessageLeafRow {
  id: string;
  text: string;
  salt: Buffer;
  numberIndex: Buffer;
  templateVersionId: string;
  sender: string;
  status: string;
  reason: string | null;
  reference: string | null;
  alerts: string[];
}

/** Every transition of a message's status, conditional on where it stands; it only moves forward. */
@Injectable()
export class Statuses {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  /**
   * The provider holds the text. An attempt that was taken for absent and turns up late keeps its reference: the
   * message may then have gone out twice, and the attempt says so.
   */
  async acceptAttempts(
    provider: SmsProvider,
    attempts: { id: string; reference: string }[],
  ): Promise<number> {
    if (attempts.length === 0) return 0;
    const accepted = await this.database.rows<{ messageId: string }>(
      `UPDATE attempt SET status = 'accepted', reference = n.reference, settled_at = clock_timestamp(),
              detail = CASE WHEN attempt.status = 'absent' THEN 'accepted late: possibly doubled' ELSE attempt.detail END
       FROM json_populate_recordset(NULL::attempt, $1::json) n
       WHERE attempt.id = n.id AND attempt.provider = $2 AND attempt.reference IS NULL AND attempt.status IN ('open', 'ambiguous', 'absent')
         AND NOT EXISTS (SELECT 1 FROM attempt other WHERE other.provider = $2 AND other.reference = n.reference)
       RETURNING attempt.message_id`,
      [JSON.stringify(attempts), provider.name],
    );
    const messages = [...new Set(accepted.map((row) => row.messageId))];
    const moved = await this.database.rows<{ id: string }>(
      `UPDATE message SET status = 'accepted', reason = NULL, next_attempt_at = NULL,
              poll_at = clock_timestamp() + $2 * interval '1 second', polls = 0
       WHERE id = ANY($1) AND status IN ('sending', 'waiting', 'held', 'failed') RETURNING id`,
      [messages, provider.firstPollSeconds],
    );
    await this.leaf(
      'message-sent',
      moved.map((row) => row.id),
    );
    await this.applyReceipts(
      provider,
      attempts.map((attempt) => attempt.reference),
    );
    return accepted.length;
  }

  /** Moves messages on by all receipts that are kept for these references. */
  async applyReceipts(provider: SmsProvider, references: string[]): Promise<void> {
    if (references.length === 0) return;
    const best = await this.database.rows<{
      messageId: string;
      status: string;
      code: string;
      resent: number;
      attempts: number;
    }>(
      `SELECT DISTINCT ON (t.message_id) t.message_id, r.status, r.code, m.resent_unproved AS resent, m.attempts
       FROM receipt r JOIN attempt t ON t.provider = r.provider AND t.reference = r.reference
         JOIN message m ON m.id = t.message_id
       WHERE r.provider = $1 AND r.reference = ANY($2)
         AND coalesce(${rank} r.status), 0) > coalesce(${rank} m.status), 0)
         -- A failure of an attempt that another has followed says nothing of the message any more.
         AND (r.status <> 'failed' OR NOT EXISTS (SELECT 1 FROM attempt later
              WHERE later.message_id = t.message_id AND later.id > t.id))
         AND (r.status <> 'failed' OR m.status NOT IN ('waiting', 'sending'))
       ORDER BY t.message_id, ${rank} r.status) DESC`,
      [provider.name, references],
    );
    for (const row of best) await this.applyOne(provider, row);
  }

  /** Final, until a receipt that outranks it comes. */
  async end(
    messageId: string,
    status: 'delivered' | 'failed' | 'held' | 'unconfirmed',
    reason: string | null,
  ): Promise<void> {
    const ended = await this.database.rows<{ id: string }>(
      `UPDATE message SET status = $2, reason = $3, next_attempt_at = NULL, poll_at = NULL, final_at = clock_timestamp()
       WHERE id = $1 AND coalesce(${rank} status), 0) < coalesce(${rank} $2), 4) RETURNING id`,
      [messageId, status, reason],
    );
    await this.leaf(
      `message-${status}`,
      ended.map((row) => row.id),
    );
  }

  /**
   * To be attempted again. `unproved`: the resend may double, and is counted. `from`: what became of one attempt says
   * nothing of a message that an earlier one, found late, has settled meanwhile.
   */
  async wait(
    messageId: string,
    seconds: number,
    { unproved = false, from = ['sending'] }: { unproved?: boolean; from?: string[] } = {},
  ): Promise<void> {
    await this.database.run(
      `UPDATE message SET status = 'waiting', next_attempt_at = clock_timestamp() + $2 * interval '1 second',
              poll_at = NULL, resent_unproved = resent_unproved + $3
       WHERE id = $1 AND status = ANY($4)`,
      [messageId, seconds, unproved ? 1 : 0, from],
    );
  }

  private async applyOne(
    provider: SmsProvider,
    row: { messageId: string; status: string; code: string; resent: number; attempts: number },
  ): Promise<void> {
    if (row.status === 'delivered') return this.end(row.messageId, 'delivered', null);
    if (row.status === 'failed') {
      const failure = provider.failure(row.code);
      if (failure.action === 'retry-bounded' && row.resent < resendLimit) {
        const from = ['accepted', 'sent'];
        return this.wait(row.messageId, backoffSeconds(row.attempts), { unproved: true, from });
      }
      return this.end(row.messageId, 'failed', row.code || 'failed');
    }
    await this.database.run(
      `UPDATE message SET status = $2 WHERE id = $1 AND ${rank} status) < ${rank} $2)`,
      [row.messageId, row.status],
    );
  }

  private async leaf(kind: string, messageIds: string[]): Promise<void> {
    if (messageIds.length === 0) return;
    const rows = await this.database.rows<MessageLeafRow>(
      `SELECT m.id, m.text, m.salt, m.number_index, m.template_version_id, m.sender, m.status, m.reason,
              (SELECT max(t.reference) FROM attempt t WHERE t.message_id = m.id) AS reference,
              ARRAY(SELECT a.id FROM alert a WHERE a.message_id = m.id ORDER BY a.id) AS alerts
       FROM message m WHERE m.id = ANY($1)`,
      [messageIds],
    );
    await this.journal.leaves(rows.map((row) => messageLeaf(kind, row)));
  }
}

function messageLeaf(kind: string, row: MessageLeafRow): LeafEntry {
  return {
    kind,
    subjectId: row.id,
    body: {
      message: row.id,
      alerts: row.alerts,
      number: commit(row.salt, row.numberIndex.toString('hex')),
      text: commit(row.salt, row.text),
      templateVersion: row.templateVersionId,
      sender: row.sender,
      status: row.status,
      reason: row.reason,
      reference: row.reference,
    },
  };
}
