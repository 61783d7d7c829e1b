import { Attempt } from './message.entity.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import type { Database } from '../../platform/database/database.js';

export interface AttemptToOpen {
  attemptId: string;
  messageId: string;
  provider: SmsProvider;
  numberIndex: Buffer;
}

export interface HowToOpen {
  leaseSeconds: number;
  /**
   * Set after a restore, to when the database's other life began: the attempt is born ambiguous, so that the provider
   * is asked first and nothing is called.
   */
  suspectFrom: Date | null;
}

/** Times are the database's. A second open attempt for a message or a number violates a unique index. */
export async function openAttempts(
  database: Database,
  attempts: AttemptToOpen[],
  how: HowToOpen,
): Promise<void> {
  if (attempts.length === 0) return;
  await database.run(
    `INSERT INTO attempt (id, message_id, number_index, provider, status, detail, opened_at, lease_until, check_at, suspect)
     SELECT n.id, n.message_id, n.number_index, n.provider,
            CASE WHEN $2::timestamptz IS NULL THEN 'open' ELSE 'ambiguous' END,
            CASE WHEN $2::timestamptz IS NULL THEN NULL ELSE 'may have been sent before the database was restored' END,
            coalesce($2::timestamptz, clock_timestamp()), clock_timestamp() + $3 * interval '1 second',
            CASE WHEN $2::timestamptz IS NULL THEN NULL ELSE clock_timestamp() END, $2::timestamptz IS NOT NULL
     FROM json_populate_recordset(NULL::attempt, $1::json) n`,
    [
      database.recordset(
        Attempt,
        attempts.map(({ attemptId: id, messageId, numberIndex, provider: { name: provider } }) => ({
          id,
          messageId,
          numberIndex,
          provider,
        })),
      ),
      how.suspectFrom,
      how.leaseSeconds,
    ],
  );
}

/**
 * An open attempt whose lease ran out may have been called: ambiguous, and never retried directly. One that a
 * process frozen inside a transaction holds is passed over, so that it does not hold up the rest.
 */
export async function expireOpenAttempts(database: Database): Promise<number> {
  const expired = await database.rows<{ id: string }>(
    `UPDATE attempt SET status = 'ambiguous', detail = 'its lease ran out', check_at = clock_timestamp()
     WHERE id IN (SELECT id FROM attempt WHERE status = 'open' AND lease_until < clock_timestamp()
                  FOR UPDATE SKIP LOCKED) RETURNING id`,
  );
  return expired.length;
}
