import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Providers } from '../providers/providers.module.js';
import { openAttempts } from './attempts.js';
import type { BrakesOn } from './brakes.service.js';
import type { OpenAttempt } from './freezing.js';
import { Statuses } from './statuses.js';
import { Database } from '../../platform/database/database.js';

interface WaitingRow {
  id: string;
  provider: string;
  numberSealed: Buffer;
  numberIndex: Buffer;
  text: string;
  suspect: boolean;
}

/**
 * Messages that were frozen before and were not accepted, or were proved absent: another attempt for each, through the
 * provider that it was frozen for, since its text names the sender.
 */
@Injectable()
export class Retries {
  private readonly logger = new Logger(Retries.name);

  constructor(
    @Inject(CONFIG) private readonly config: { sending: { leaseSeconds: number } },
    private readonly providers: Providers,
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
    const providers = this.providers.all.filter(({ sender }) => !request.brakes.senders.has(sender));
    return this.database.inTransaction(async () => {
      const rows = await this.database.rows<WaitingRow>(
        `SELECT m.id, m.provider, m.number_sealed, m.number_index, m.text,
                ($3::timestamptz IS NOT NULL AND NOT EXISTS (
                  SELECT 1 FROM attempt t WHERE t.message_id = m.id AND t.settled_at > $3)) AS suspect
         FROM message m
         WHERE m.status = 'waiting' AND m.shard = $1 AND m.next_attempt_at <= clock_timestamp()
           AND m.provider = ANY($7)
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
          providers.map(({ name }) => name),
        ],
      );
      const readable = await this.withoutUnreadable(rows);
      const distinct = readable.filter(
        (row, i) => readable.findIndex((other) => other.numberIndex.equals(row.numberIndex)) === i,
      );
      const opened = distinct.flatMap((row) => {
        const provider = this.providers.for(row.provider);
        return provider ? [{ ...row, provider, attemptId: newId(), messageId: row.id }] : [];
      });
      const { leaseSeconds } = this.config.sending;
      const suspects = opened.filter((one) => one.suspect);
      const sure = opened.filter((one) => !one.suspect && !request.brakes.instance);
      await openAttempts(this.database, suspects, { leaseSeconds, suspectFrom: request.suspectFrom });
      await openAttempts(this.database, sure, { leaseSeconds, suspectFrom: null });
      await this.database.run(
        `UPDATE message SET status = 'sending', next_attempt_at = NULL, attempts = attempts + 1 WHERE id = ANY($1)`,
        [[...suspects, ...sure].map((one) => one.messageId)],
      );
      return sure;
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
