import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Failpoints } from './failpoints.js';
import { newId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { AlertStates, type ClaimedAlert, type DigestWanted, shardCount } from '../planning/alert-states.js';
import { Providers } from '../providers/providers.module.js';
import { SettingsService } from '../settings/settings.service.js';
import { AttemptStates, type OpenAttempt } from './attempt-states.js';
import { type Situation, Situations } from './brakes.service.js';
import { MessageFreezer } from './message-freezer.js';
import { MessageStates, ours } from './message-states.js';
import { ProviderCalls } from './provider-calls.js';
import { type Message, numberPlace } from './sending.entities.js';

/** Claims takes due alerts for a drain, for the length of a lease, and groups them into messages. */
@Injectable()
export class Claims {
  constructor(
    @Inject(CONFIG)
    private readonly config: { sending: { rate: number | null; concurrency: number; leaseSeconds: number } },
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly alerts: AlertStates,
    private readonly failpoints: Failpoints,
  ) {}

  /** Claims what is due in a shard, and what falls due later that day when it joins a digest. */
  async claimGroups(
    shard: number,
    { now, provider, brakes, suspicion }: Situation,
  ): Promise<{ claimId: string; groups: ClaimedAlert[][] }> {
    const { digestFrom } = (await this.settings.agency()).value;
    const { leaseSeconds } = this.config.sending;
    const claim = { claimId: newId(), leaseSeconds, brakedDepartments: brakes.departments };
    const restored = brakes.instance && suspicion && suspicion.until < now;
    const dueUntil = restored ? suspicion.until : now;
    const claimed = await this.database.inTransaction(async () => {
      const limit = claimLimit({ ...this.config.sending, rate: this.config.sending.rate ?? provider.rate });
      const due = await this.alerts.claimDue({ ...claim, shard, dueUntil, limit });
      if (due.length === 0) return [];
      return [...due, ...(await this.alerts.claimForDigests(claim, digestsWanted(due, digestFrom)))];
    });
    if (claimed.length > 0) this.failpoints.pass('after-claim');
    return { claimId: claim.claimId, groups: groupsOf(claimed, digestFrom) };
  }
}

type WaitingRow = Pick<Message, 'id' | 'provider' | 'numberSealed' | 'numberIndex' | 'text'> & {
  suspect: boolean;
};

/**
 * WaitingMessages opens another attempt for messages that were not accepted, or were proved absent, through the provider
 * that each was frozen for, since its text names the sender.
 */
@Injectable()
export class WaitingMessages {
  private readonly logger = new Logger(WaitingMessages.name);

  constructor(
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly sealer: Sealer,
    private readonly messages: MessageStates,
    private readonly attempts: AttemptStates,
  ) {}

  /** Commits the attempts whose turn it is in a shard, one for a number. Returns those that are to be called. */
  async openAttempts(shard: number, limit: number, situation: Situation): Promise<OpenAttempt[]> {
    const { brakes, suspicion } = situation;
    return this.database.inTransaction(async () => {
      const rows = await this.withoutUnreadable(await this.lockDue(shard, limit, situation));
      const distinct = rows.filter(
        (row, i) => rows.findIndex((other) => other.numberIndex.equals(row.numberIndex)) === i,
      );
      const suspects = distinct.filter((row) => row.suspect);
      const sure = brakes.instance ? [] : distinct.filter((row) => !row.suspect);
      await this.attempts.open(suspects, suspicion?.from ?? null);
      await this.attempts.open(sure, null);
      await this.messages.attemptAgain([...suspects, ...sure].map((row) => row.messageId));
      return sure;
    });
  }

  private lockDue(shard: number, limit: number, { brakes, suspicion }: Situation): Promise<WaitingRow[]> {
    const providers = this.providers.all.filter(({ sender }) => !brakes.senders.has(sender));
    return this.database.rows<WaitingRow>(
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
        shard,
        limit,
        suspicion?.until ?? null,
        brakes.departments,
        [...brakes.templates],
        [...brakes.routes],
        providers.map(({ name }) => name),
      ],
    );
  }

  /** One number that cannot be unsealed would hold up its whole shard: it is held for a person. */
  private async withoutUnreadable(rows: WaitingRow[]): Promise<(OpenAttempt & { suspect: boolean })[]> {
    const readable: (OpenAttempt & { suspect: boolean })[] = [];
    for (const { id: messageId, numberSealed, ...row } of rows) {
      const provider = this.providers.for(row.provider);
      if (!provider) continue;
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

/** DrainService empties shards: it claims, freezes and commits a window of attempts, calls, and goes on until nothing is due. */
@Injectable()
export class DrainService {
  private stopping = false;

  constructor(
    @Inject(CONFIG) private readonly config: { sending: { concurrency: number } },
    private readonly situations: Situations,
    private readonly claims: Claims,
    private readonly freezer: MessageFreezer,
    private readonly waiting: WaitingMessages,
    private readonly calls: ProviderCalls,
  ) {}

  /** Sends what is due in a shard, and claims nothing more after `forMs` milliseconds. Returns how many were attempted. */
  async drainShard(shard: number, forMs = Infinity): Promise<number> {
    const end = performance.now() + forMs;
    let attempted = 0;
    for (;;) {
      const claim = await this.drainClaim(shard);
      attempted += claim.attempted;
      if (!claim.more || this.stopping || performance.now() >= end) return attempted;
    }
  }

  async drainAllShards(): Promise<number> {
    let attempted = 0;
    for (let shard = 0; shard < shardCount; shard += 1) attempted += await this.drainShard(shard);
    return attempted;
  }

  /** Makes drains end after the window under way. */
  stopDrains(): void {
    this.stopping = true;
  }

  private async drainClaim(shard: number): Promise<{ attempted: number; more: boolean }> {
    const situation = await this.situations.readSituation();
    if (!situation) return { attempted: 0, more: false };
    const size = this.config.sending.concurrency;
    const retried = await this.calls.callAttempts(() => this.waiting.openAttempts(shard, size, situation));
    if (situation.brakes.senders.has(situation.provider.sender)) {
      return { attempted: retried, more: retried > 0 };
    }
    const { claimId, groups } = await this.claims.claimGroups(shard, situation);
    let attempted = retried;
    for (let from = 0; from < groups.length && !(from > 0 && this.stopping); from += size) {
      const window = groups.slice(from, from + size);
      attempted += await this.calls.callAttempts(() => this.freezer.freezeWindow(claimId, window, situation));
    }
    return { attempted, more: groups.length + retried > 0 };
  }
}

/** Returns how many alerts a drain claims: no more than all shards together can send in a quarter of the lease. */
function claimLimit(sending: { rate: number; concurrency: number; leaseSeconds: number }): number {
  const { rate, leaseSeconds, concurrency } = sending;
  const quarter = Math.floor((rate * leaseSeconds) / 4 / shardCount);
  return Math.max(1, Math.min(500, Math.max(quarter, Math.min(concurrency, rate))));
}

/** Returns for each number and day of these alerts how many more make a digest. */
function digestsWanted(claimed: ClaimedAlert[], digestFrom: number): DigestWanted[] {
  return byNumberAndDay(claimed).map(([first, ...others]) => ({
    number: first.number,
    dueDay: first.dueDay,
    atLeast: digestFrom - 1 - others.length,
  }));
}

/** Groups alerts into messages: one for all alerts of a number and day when there are `digestFrom` of them, else one each. */
function groupsOf(claimed: ClaimedAlert[], digestFrom: number): ClaimedAlert[][] {
  return byNumberAndDay(claimed)
    .flatMap((group) => (group.length >= digestFrom ? [group] : group.map((alert) => [alert])))
    .sort((a, b) => (a[0]?.dueAt.getTime() ?? 0) - (b[0]?.dueAt.getTime() ?? 0));
}

type Group = [ClaimedAlert, ...ClaimedAlert[]];

function byNumberAndDay(claimed: ClaimedAlert[]): Group[] {
  const groups = new Map<string, Group>();
  for (const alert of claimed) {
    const key = `${alert.number} ${alert.dueDay}`;
    const group = groups.get(key);
    if (group) group.push(alert);
    else groups.set(key, [alert]);
  }
  return [...groups.values()];
}
