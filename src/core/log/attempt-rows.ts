import { Injectable } from '@nestjs/common';
import type { DeliveryStatus } from '../providers/sms-provider.js';
import type { AttemptStatus } from './status-words.js';
import { Database } from '../../platform/database/database.js';

export interface AttemptRow {
  id: string;
  messageId: string;
  provider: string;
  status: AttemptStatus;
  openedAt: Date;
  settledAt: Date | null;
  reference: string | null;
  code: string | null;
  detail: string | null;
  late: boolean;
  /** When it was opened, told by the service clock. */
  serviceTime: Date;
}

export interface ReceiptRow {
  id: string;
  messageId: string;
  attemptId: string;
  provider: string;
  status: DeliveryStatus;
  receivedAt: Date;
  code: string | null;
  origin: 'webhook' | 'poll' | 'list';
  /** When it came, told by the service clock. */
  serviceTime: Date;
}

/**
 * Attempts and receipts of messages. They are dated by the database's clock; where they are told with what follows the
 * service clock, they stand as long after their message as they came after it.
 */
@Injectable()
export class AttemptRows {
  constructor(private readonly database: Database) {}

  attemptsOf(messageIds: string[]): Promise<AttemptRow[]> {
    return this.database.rows<AttemptRow>(
      `SELECT t.id, t.message_id, t.provider, t.status, t.opened_at,
              t.settled_at, t.reference, t.code, t.detail, t.late,
              m.service_time + (t.opened_at - m.frozen_at) AS service_time
       FROM attempt t JOIN message m ON m.id = t.message_id
       WHERE t.message_id = ANY($1) ORDER BY t.id`,
      [messageIds],
    );
  }

  /** A receipt names its attempt by the provider's reference, or by ours when the reference came late. */
  receiptsOf(messageIds: string[]): Promise<ReceiptRow[]> {
    return this.database.rows<ReceiptRow>(
      `WITH own AS (SELECT id, message_id, provider, reference FROM attempt WHERE message_id = ANY($1)),
            told AS (
              SELECT r.id, own.id AS attempt_id, own.message_id FROM own
                JOIN receipt r ON r.provider = own.provider AND r.reference = own.reference
              UNION
              SELECT r.id, own.id, own.message_id FROM own
                JOIN receipt r ON r.attempt_id = own.id
              WHERE r.reference IS DISTINCT FROM own.reference
                AND NOT EXISTS (SELECT 1 FROM attempt other
                                WHERE other.provider = r.provider AND other.reference = r.reference)
            )
       SELECT r.id, told.message_id, told.attempt_id, r.provider, r.status,
              r.received_at, nullif(r.code, '') AS code, r.origin,
              m.service_time + (r.received_at - m.frozen_at) AS service_time
       FROM told JOIN receipt r ON r.id = told.id JOIN message m ON m.id = told.message_id
       ORDER BY r.id`,
      [messageIds],
    );
  }
}
