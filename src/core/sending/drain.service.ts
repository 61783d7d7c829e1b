import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Failpoints } from '../../platform/failpoints.js';
import { newId } from '../../platform/ids.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { AlertStates, type ClaimedAlert, type DigestWanted, shardCount } from '../planning/alert-states.js';
import { SettingsService } from '../settings/settings.service.js';
import { MessageFreezer, WaitingMessages } from './message-freezer.js';
import { ProviderCalls } from './provider-calls.js';
import { type Situation, Situations } from './situation.js';

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

  /** Claims nothing more after `forMs` milliseconds. Returns how many messages were attempted. */
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

  /** Ends drains after the window under way. */
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

/** How many alerts a drain claims: no more than can be sent in a quarter of the lease, all shards together. */
export function claimLimit(sending: { rate: number; concurrency: number; leaseSeconds: number }): number {
  const { rate, leaseSeconds, concurrency } = sending;
  const quarter = Math.floor((rate * leaseSeconds) / 4 / shardCount);
  return Math.max(1, Math.min(500, Math.max(quarter, Math.min(concurrency, rate))));
}

/** For each number and day of these alerts, how many more make a digest. */
export function digestsWanted(claimed: ClaimedAlert[], digestFrom: number): DigestWanted[] {
  return byNumberAndDay(claimed).map(([first, ...others]) => ({
    number: first.number,
    dueDay: first.dueDay,
    atLeast: digestFrom - 1 - others.length,
  }));
}

/** Groups alerts into messages: from `digestFrom` alerts of one number and day on, one for them all, else one each. */
export function groupsOf(claimed: ClaimedAlert[], digestFrom: number): ClaimedAlert[][] {
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
