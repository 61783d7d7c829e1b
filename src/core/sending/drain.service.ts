import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { isNumberFree, shardCount } from '../planning/alert-states.js';
import { Providers } from '../providers/providers.module.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { AttemptStates, type OpenAttempt, type Share } from './attempt-states.js';
import { type Situation, Situations } from './brakes.service.js';
import { InstanceService } from './instance.service.js';
import { MessageFreezer } from './message-freezer.js';
import { MessageStates, ours } from './message-states.js';
import { ProviderCalls } from './provider-calls.js';
import { type Message, numberPlace } from './sending.entities.js';

type WaitingRow = Pick<Message, 'id' | 'numberSealed' | 'numberIndex' | 'text' | 'country'> & {
  templateKey: string;
  departments: string[];
  suspect: boolean;
};

/** SQL that is true of a message which the database's other life may have sent: nothing of it was settled since. */
const isSuspect = `($3::timestamptz IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM attempt t WHERE t.message_id = m.id AND t.settled_at > $3))`;

/** SQL of the messages that may be attempted again: those of a restored database until it is resumed only to be asked about. */
const due = `message m JOIN template_version v ON v.id = m.template_version_id
  WHERE m.status = 'waiting' AND m.shard = $1 AND m.next_attempt_at <= clock_timestamp() AND m.provider = $2
    AND ${isNumberFree('m')}
    AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.message_id = m.id AND a.department_id = ANY($4))
    AND NOT v.key = ANY($5)
    AND NOT (m.sender || '/' || coalesce(m.country, '') = ANY($6))
    AND ($8 OR ${isSuspect})`;

function dueParameters({ shard, provider, limit }: Share, { brakes, suspicion }: Situation): unknown[] {
  const { departments, templates, routes, instance } = brakes;
  const until = suspicion?.until ?? null;
  return [shard, provider.name, until, departments, [...templates], [...routes], limit, !instance];
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
   * Commits the attempts whose turn it is in a shard. Returns those that are to be called; null when the database turned out
   * to have had another life, so that the situation has to be read again.
   */
  async openAttempts(share: Share, situation: Situation): Promise<OpenAttempt[] | null> {
    return this.database.inTransaction(async () => {
      if (!(await this.instance.isSameLife())) return null;
      const rows = await this.withoutUnreadable(share.provider, await this.lockDue(share, situation));
      const suspects = rows.filter((row) => row.suspect);
      const sure = rows.filter((row) => !row.suspect);
      const asked = await this.attempts.open(suspects, situation.suspicion?.from ?? null);
      const opened = await this.attempts.open(sure, null);
      await this.messages.attemptAgain([...asked, ...opened].map((row) => row.messageId));
      return opened;
    });
  }

  /** Counts the messages whose turn it is, up to the limit; several of one number go one after the other. */
  async countDue(share: Share, situation: Situation): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM (SELECT FROM ${due} LIMIT $7) AS due`,
      dueParameters(share, situation),
    );
    return row?.count ?? 0;
  }

  private lockDue(share: Share, situation: Situation): Promise<WaitingRow[]> {
    return this.database.rows<WaitingRow>(
      `SELECT m.id, m.number_sealed, m.number_index, m.text, m.country, v.key AS template_key,
              ARRAY(SELECT a.department_id::text FROM alert a WHERE a.message_id = m.id) AS departments,
              ${isSuspect} AS suspect
       FROM ${due} ORDER BY m.next_attempt_at, m.id LIMIT $7 FOR UPDATE OF m SKIP LOCKED`,
      dueParameters(share, situation),
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
        readable.push({ ...row, provider, id: newId(), messageId, to });
      } catch (error) {
        this.logger.error({ err: error, message: messageId }, 'the number of a message cannot be unsealed');
        await this.messages.hold(messageId, ours('number-unreadable'));
      }
    }
    return readable;
  }
}

/**
 * DrainService empties shards a window at a time: it freezes and commits the attempts of one window while the calls of
 * those before it are under way, and goes on until nothing is due, or there is no room for more calls.
 */
@Injectable()
export class DrainService {
  private stopping = false;

  constructor(
    @Inject(CONFIG) private readonly config: { sending: { concurrency: number } },
    private readonly situations: Situations,
    private readonly providers: Providers,
    private readonly freezer: MessageFreezer,
    private readonly waiting: WaitingMessages,
    private readonly calls: ProviderCalls,
  ) {}

  /** Sends what is due in a shard, and opens nothing more after `forMs` milliseconds. Returns how many were called. */
  async drainShard(shard: number, forMs = Infinity): Promise<number> {
    const end = performance.now() + forMs;
    let called = 0;
    for (const provider of this.providers.all) {
      const windows = new Windows();
      try {
        const share = { shard, provider, limit: this.config.sending.concurrency };
        for (let goesOn = true; goesOn;) {
          const more = await this.openWindow(share, windows);
          if (this.stopping || windows.hasFailed || performance.now() >= end) break;
          goesOn = more || (await windows.waitForOne());
        }
      } finally {
        called += await windows.end();
      }
      if (this.stopping) break;
    }
    return called;
  }

  async drainAllShards(): Promise<number> {
    let called = 0;
    for (let shard = 0; shard < shardCount; shard += 1) called += await this.drainShard(shard);
    return called;
  }

  /** Makes drains end after the windows under way. */
  stopDrains(): void {
    this.stopping = true;
  }

  /** Commits the attempts of a window and begins its calls. Returns false when the shard has nothing more for now. */
  private async openWindow(share: Share, windows: Windows): Promise<boolean> {
    const { provider } = share;
    const situation = await this.situations.readSituation();
    if (!situation || situation.brakes.senders.has(provider.sender)) return false;
    const forNew = provider === situation.provider;
    const again = await this.waiting.countDue(share, situation);
    const due = again < share.limit && forNew ? await this.freezer.countDue(share, situation) : 0;
    if (again + due === 0) return false;
    const room = await this.calls.takeRoom(provider, Math.min(share.limit, again + due));
    if (!room) return false;
    const attempts: OpenAttempt[] = [];
    let handled = 0;
    try {
      // It may have waited for room.
      if (this.stopping) return false;
      if (again > 0) {
        const limit = room.turns.length;
        const opened = await this.waiting.openAttempts({ ...share, limit }, situation);
        if (!opened) return true;
        attempts.push(...opened);
      }
      const limit = room.turns.length - attempts.length;
      if (due > 0 && limit > 0) {
        const frozen = await this.freezer.freezeDue({ ...share, limit }, situation);
        attempts.push(...frozen.attempts);
        handled = frozen.handled;
      }
    } finally {
      const calls = this.calls.callWindow(room, attempts);
      if (attempts.length > 0) windows.add(attempts.length, calls);
    }
    return attempts.length + handled > 0;
  }
}

/** A drain whose calls are under way looks so often for what falls due meanwhile. */
const lookAgainMs = 100;

/** Windows are the calls of one drain that are under way. */
class Windows {
  private readonly underWay = new Set<Promise<void>>();
  private readonly failures: unknown[] = [];
  private called = 0;

  get hasFailed(): boolean {
    return this.failures.length > 0;
  }

  add(count: number, calls: Promise<void>): void {
    this.called += count;
    const tracked = calls
      .catch((error: unknown) => void this.failures.push(error))
      .finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
  }

  /** Waits until one has ended, or a moment: something may have fallen due by then. False when none is under way. */
  async waitForOne(): Promise<boolean> {
    if (this.underWay.size === 0) return false;
    const moment = new AbortController();
    const pause = sleep(lookAgainMs, undefined, { signal: moment.signal }).catch(() => undefined);
    await Promise.race([pause, ...this.underWay]).finally(() => moment.abort());
    return true;
  }

  /** Waits for all of them. Returns how many were called; throws the first failure. */
  async end(): Promise<number> {
    await Promise.all(this.underWay);
    if (this.hasFailed) throw this.failures[0];
    return this.called;
  }
}
