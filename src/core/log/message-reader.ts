import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { maskPhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { zonedIso } from '../calendar/zoned-iso.js';
import { Providers } from '../providers/providers.module.js';
import { type Attempt, type Message, numberPlace, type Receipt } from '../sending/sending.entities.js';
import { attemptStatusText, explainCode, messageStatusText, reasonWords } from '../sending/sending.words.js';
import type { AttemptView, MessageItemView, ReceiptView } from './log.schema.js';

export interface MessageRow extends Message {
  templateKey: string;
  templateVersion: number;
}

export const messageColumns = `m.*, v.key AS template_key, v.version AS template_version`;
export const messageTables = `message m JOIN template_version v ON v.id = m.template_version_id`;

/**
 * Attempts and receipts are dated by the database's clock. Where they are shown among what follows the service clock, they
 * stand as long after their message as they came after it.
 */
export interface OnServiceClock {
  messageId: string;
  serviceTime: Date;
}

type AttemptRow = Attempt & OnServiceClock;
type ReceiptRow = Omit<Receipt, 'reference' | 'attemptId'> & OnServiceClock & { attemptId: string };

/** MessageReader reads messages and what became of them, and shows them as the API does: numbers masked, codes explained. */
@Injectable()
export class MessageReader {
  constructor(
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly sealer: Sealer,
  ) {}

  /** Returns messages by their ids, newest first. */
  async messagesOf(ids: string[]): Promise<MessageRow[]> {
    if (ids.length === 0) return [];
    return this.database.rows<MessageRow>(
      `SELECT ${messageColumns} FROM ${messageTables} WHERE m.id = ANY($1) ORDER BY m.id DESC`,
      [ids],
    );
  }

  attemptsOf(messageIds: string[]): Promise<AttemptRow[]> {
    return this.database.rows<AttemptRow>(
      `SELECT t.*, m.service_time + (t.opened_at - m.frozen_at) AS service_time
       FROM attempt t JOIN message m ON m.id = t.message_id
       WHERE t.message_id = ANY($1) ORDER BY t.id`,
      [messageIds],
    );
  }

  /** A receipt names its attempt by the provider's reference, or by ours when the reference came late. */
  receiptsOf(messageIds: string[]): Promise<ReceiptRow[]> {
    return this.database.rows<ReceiptRow>(
      `WITH own AS (SELECT id, message_id, provider, reference FROM attempt WHERE message_id = ANY($1)),
            reported AS (
              SELECT r.id, own.id AS attempt_id, own.message_id FROM own
                JOIN receipt r ON r.provider = own.provider AND r.reference = own.reference
              UNION
              SELECT r.id, own.id, own.message_id FROM own
                JOIN receipt r ON r.attempt_id = own.id
              WHERE r.reference IS DISTINCT FROM own.reference
                AND NOT EXISTS (SELECT 1 FROM attempt other
                                WHERE other.provider = r.provider AND other.reference = r.reference)
            )
       SELECT r.id, r.provider, r.status, r.code, r.origin, r.received_at, reported.message_id, reported.attempt_id,
              m.service_time + (r.received_at - m.frozen_at) AS service_time
       FROM reported JOIN receipt r ON r.id = reported.id JOIN message m ON m.id = reported.message_id
       ORDER BY r.id`,
      [messageIds],
    );
  }

  viewOfMessage(row: MessageRow, timeZone: string): Omit<MessageItemView, 'alerts'> {
    const reasonText = explainCode(this.providers, row.provider, row.reason, row.reasonOrigin);
    return {
      id: row.id,
      frozenAt: zonedIso(row.serviceTime, timeZone),
      dueAt: zonedIso(row.dueAt, timeZone),
      status: row.status,
      statusText: messageStatusText(row.status),
      reason: row.reason,
      reasonDetail: reasonText?.en ?? null,
      reasonText,
      provider: row.provider,
      sender: row.sender,
      number: row.numberSealed
        ? maskPhoneNumber(this.sealer.open(row.numberSealed, numberPlace(row.id)))
        : '',
      country: row.country,
      locale: row.locale,
      template: { key: row.templateKey, version: row.templateVersion },
      text: row.text ?? '',
      erased: row.salt === null,
      encoding: row.encoding,
      parts: row.parts,
      attempts: row.attempts,
    };
  }

  viewOfAttempt(row: AttemptRow, timeZone: string): AttemptView {
    const own = row.late ? 'accepted-late' : row.detail;
    const ownText = own === null ? null : reasonWords(own);
    // The version before may have written our code with a sentence; today a code without a detail is the provider's.
    const origin = row.detail === null ? 'provider' : null;
    const detailText = ownText ?? explainCode(this.providers, row.provider, row.code, origin);
    return {
      id: row.id,
      status: row.status,
      statusText: attemptStatusText(row.status),
      openedAt: zonedIso(row.openedAt, timeZone, 'milliseconds'),
      settledAt: row.settledAt && zonedIso(row.settledAt, timeZone, 'milliseconds'),
      reference: row.reference,
      code: row.code,
      // The version before may have written a sentence in place of a code.
      detail: ownText?.en ?? row.detail ?? detailText?.en ?? null,
      detailText,
    };
  }

  viewOfReceipt(row: ReceiptRow, timeZone: string): ReceiptView {
    const detailText = explainCode(this.providers, row.provider, row.code, 'provider');
    return {
      id: row.id,
      attemptId: row.attemptId,
      status: row.status,
      // Receipts say some of the same of a message, in the same words.
      statusText: messageStatusText(row.status),
      receivedAt: zonedIso(row.receivedAt, timeZone, 'milliseconds'),
      // A receipt without a code has an empty text in its place.
      code: row.code === '' ? null : row.code,
      detail: detailText?.en ?? null,
      detailText,
      origin: row.origin,
    };
  }
}
