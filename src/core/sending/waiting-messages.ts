import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { isNumberFree } from '../planning/alert-states.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { AttemptStates, type OpenAttempt, type Share } from './attempt-states.js';
import type { Situation } from './brakes.service.js';
import { InstanceService } from './instance.service.js';
import { MessageStates, ours } from './message-states.js';
import { numberPlace, type Unerased } from './sending.entities.js';

type WaitingRow = Pick<Unerased, 'id' | 'numberSealed' | 'numberIndex' | 'shard' | 'text' | 'country'> & {
  templateKey: string;
  departments: string[];
  suspect: boolean;
};

/** SQL that is true of a message which the database's other life may have sent: nothing of it was settled since. */
const isSuspect = `($3::timestamptz IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM attempt t WHERE t.message_id = m.id AND t.settled_at > $3))`;

/**
 * SQL of the messages of the shard `wanted.shard` that may be attempted again: those of a restored database until it is resumed
 * only to be asked about. `dueParameters` are its parameters, the third to the eighth.
 */
export const waitingAndDue = `message m JOIN template_version v ON v.id = m.template_version_id
  WHERE m.status = 'waiting' AND m.shard = wanted.shard AND m.next_attempt_at <= clock_timestamp() AND m.provider = ANY($4)
    AND ${isNumberFree('m')}
    AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.message_id = m.id AND a.department_id = ANY($5))
    AND NOT v.key = ANY($6)
    AND NOT (m.sender || '/' || coalesce(m.country, '') = ANY($7))
    AND ($8 OR ${isSuspect})`;

export function dueParameters(providers: SmsProvider[], { brakes, suspicion }: Situation): unknown[] {
  const { departments, templates, routes, instance } = brakes;
  const names = providers.map(({ name }) => name);
  return [suspicion?.until ?? null, names, departments, [...templates], [...routes], !instance];
}

/**
 * WaitingMessages opens another attempt for messages that were not accepted, or were proved absent, through the provider
 * that each was frozen for, since its text names the sender.
 */
@Injectable()
export class WaitingMessages {
  private readonly logger = new Logger(WaitingMessages.name);

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly messages: MessageStates,
    private readonly attempts: AttemptStates,
    private readonly instance: InstanceService,
  ) {}

  /**
   * Commits the attempts whose turn it is in some shards. Returns those that are to be called; null when the database turned out
   * to have had another life, so that the situation has to be read again.
   */
  async openAttempts(share: Share, situation: Situation): Promise<OpenAttempt[] | null> {
    return this.database.inTransaction(async () => {
      if (!(await this.instance.isSameLife(situation.suspicion))) return null;
      const rows = await this.withoutUnreadable(share.provider, await this.lockDue(share, situation));
      const suspects = rows.filter((row) => row.suspect);
      const sure = rows.filter((row) => !row.suspect);
      const asked = await this.attempts.open(suspects, situation.suspicion?.from ?? null);
      const opened = await this.attempts.open(sure, null);
      await this.messages.attemptAgain([...asked, ...opened].map((row) => row.messageId));
      return opened;
    });
  }

  private lockDue({ provider, limits }: Share, situation: Situation): Promise<WaitingRow[]> {
    return this.database.rows<WaitingRow>(
      `SELECT due.* FROM unnest($1::int[], $2::int[]) AS wanted (shard, most) CROSS JOIN LATERAL (
         SELECT m.id, m.number_sealed, m.number_index, m.shard, m.text, m.country, v.key AS template_key,
                ARRAY(SELECT a.department_id::text FROM alert a WHERE a.message_id = m.id) AS departments,
                ${isSuspect} AS suspect
         FROM ${waitingAndDue}
         ORDER BY m.next_attempt_at, m.id LIMIT wanted.most FOR UPDATE OF m SKIP LOCKED) AS due`,
      [[...limits.keys()], [...limits.values()], ...dueParameters([provider], situation)],
    );
  }

  /** One number that cannot be unsealed would hold up its whole shard: it is held for a person. */
  private async withoutUnreadable(
    provider: SmsProvider,
    rows: WaitingRow[],
  ): Promise<(OpenAttempt & { suspect: boolean })[]> {
    const readable: (OpenAttempt & { suspect: boolean })[] = [];
    for (const { id: messageId, numberSealed, ...row } of rows) {
      try {
        const to = this.sealer.open(numberSealed, numberPlace(messageId));
        readable.push({ ...row, provider, id: newId(), messageId, to, callAt: 0 });
      } catch (error) {
        this.logger.error({ err: error, message: messageId }, 'the number of a message cannot be unsealed');
        await this.messages.hold(messageId, ours('number-unreadable'));
      }
    }
    return readable;
  }
}
