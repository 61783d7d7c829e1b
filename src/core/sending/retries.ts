import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { SMS_PROVIDER } from '../providers/providers.module.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { openAttempts } from './attempts.js';
import type { BrakesOn } from './brakes.service.js';
import type { OpenAttempt } from './freezing.js';
import { Statuses } from './statuses.js';
import { Database } from '../../platform/database/database.js';

interface WaitingRow {
  id: string;
  numberSealed: Buffer;
  numberIndex: Buffer;
  text: string;
  suspect: boolean;
}

/** Messages that were frozen before and were not accepted, or were proved absent: another attempt for each. */
@Injectable()
export class Retries {
  private readonly logger = new Logger(Retries.name);

  constructor(
    @Inject(CONFIG) private readonly config: { sending: { leaseSeconds: number } },
    @Inject(SMS_PROVIDER) private readonly provider: SmsProvider,
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly statuses: Statuses,
  ) {}

  async open(request: {
    shard: number;
    limit: number;
    brakes: BrakesOn;
    suspectFrom: Date | null;
    suspectUntil: Date | null;
  }): Promise<OpenAttempt[]> {
    return this.database.inTransaction(async () => {
      const rows = await this.database.rows<WaitingRow>(
        `SELECT m.id, m.number_sealed, m.number_index, m.text,
                ($3::timestamptz IS NOT NULL AND NOT EXISTS (
                  SELECT 1 FROM attempt t WHERE t.message_id = m.id AND t.settled_at > $3)) AS suspect
         FROM message m
         WHERE m.status = 'waiting' AND m.shard = $1 AND m.next_attempt_at <= clock_timestamp()
           AND NOT EXISTS (SELECT 1 FROM attempt t
             WHERE t.number_index = m.number_index AND t.status IN ('open', 'ambiguous'))
           AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.message_id = m.id AND a.department_id = ANY($4))
           AND NOT EXISTS (SELECT 1 FROM template_version v
             WHERE v.id = m.template_version_id AND v.key = ANY($5))
           AND NOT (m.sender || '/' || coalesce(m.country, '') = ANY($6))
         ORDER BY m.next_attempt_at, m.id LIMIT $2 FOR UPDATE OF m SKIP LOCKED`,
        [
          request.shard,
          request.limit,
          request.suspectUntil,
          request.brakes.departments,
          [...request.brakes.templates],
          [...request.brakes.routes],
        ],
      );
      const readable = await this.withoutUnreadable(rows);
      const distinct = readable.filter(
        (row, i) => readable.findIndex((other) => other.numberIndex.equals(row.numberIndex)) === i,
      );
      const opened = distinct.map((row) => ({ ...row, attemptId: newId(), messageId: row.id }));
      const how = { provider: this.provider.name, leaseSeconds: this.config.sending.leaseSeconds };
      const suspects = opened.filter((one) => one.suspect);
      const sure = opened.filter((one) => !one.suspect && !request.brakes.instance);
      await openAttempts(this.database, suspects, { ...how, suspectFrom: request.suspectFrom });
      await openAttempts(this.database, sure, { ...how, suspectFrom: null });
      await this.database.run(
        `UPDATE message SET status = 'sending', next_attempt_at = NULL, attempts = attempts + 1 WHERE id = ANY($1)`,
        [[...suspects, ...sure].map((one) => one.messageId)],
      );
      return sure.map(({ attemptId, messageId, to, text }) => ({ attemptId, messageId, to, text }));
    });
  }

  /** One number that cannot be unsealed would hold up its whole shard: it is held for a person. */
  private async withoutUnreadable(rows: WaitingRow[]): Promise<(WaitingRow & { to: string })[]> {
    const readable: (WaitingRow & { to: string })[] = [];
    for (const row of rows) {
      const place = { table: 'message', column: 'number_sealed', rowId: row.id };
      try {
        readable.push({ ...row, to: this.sealer.open(row.numberSealed, place) });
      } catch (error) {
        this.logger.error({ err: error, message: row.id }, 'the number of a message cannot be unsealed');
        await this.statuses.end(row.id, 'held', 'number-unreadable');
      }
    }
    return readable;
  }
}
