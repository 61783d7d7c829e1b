import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Failpoints } from '../../platform/failpoints.js';
import { newId } from '../../platform/ids.js';
import { shardCount } from '../planning/alert.store.js';
import { Providers } from '../providers/providers.module.js';
import { SettingsService } from '../settings/settings.service.js';
import { BrakesService, type BrakesOn } from './brakes.service.js';
import { Calls } from './calls.js';
import { type ClaimedAlert, Claims } from './claims.js';
import { Freezer, type OpenAttempt } from './freezing.js';
import { InstanceService, type Suspicion } from './instance.service.js';
import { Retries } from './retries.js';

/** Everything a drain goes by, read once at its start and again for each window. */
interface Situation {
  now: Date;
  brakes: BrakesOn;
  suspicion: Suspicion | null;
}

/** Empties what is due in one shard: claims, freezes and commits a window of attempts, calls, and goes on until nothing is due. */
@Injectable()
export class DrainService {
  private stopping = false;

  constructor(
    @Inject(CONFIG)
    private readonly config: { sending: { rate: number | null; concurrency: number; leaseSeconds: number } },
    private readonly providers: Providers,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly brakes: BrakesService,
    private readonly instance: InstanceService,
    private readonly claims: Claims,
    private readonly freezer: Freezer,
    private readonly retries: Retries,
    private readonly calls: Calls,
    private readonly failpoints: Failpoints,
  ) {}

  /** Claims nothing more after `forMs` milliseconds. Returns how many messages were attempted. */
  async drain(shard: number, forMs = Infinity): Promise<number> {
    const end = performance.now() + forMs;
    let attempted = 0;
    for (;;) {
      const window = await this.drainWindow(shard);
      attempted += window.attempted;
      if (!window.more || this.stopping || performance.now() >= end) return attempted;
    }
  }

  async drainAll(): Promise<number> {
    let attempted = 0;
    for (let shard = 0; shard < shardCount; shard += 1) attempted += await this.drain(shard);
    return attempted;
  }

  /** Ends drains after the window under way. */
  stop(): void {
    this.stopping = true;
  }

  private async drainWindow(shard: number): Promise<{ attempted: number; more: boolean }> {
    const situation = await this.situation();
    if (!situation) return { attempted: 0, more: false };
    const retried = await this.retry(shard, situation);
    const { brakes, suspicion, now } = situation;
    if (brakes.senders.has(this.providers.forSending.sender))
      return { attempted: retried, more: retried > 0 };
    const claimId = newId();
    const claimed = await this.claims.take({
      claimId,
      shard,
      now,
      limit: this.claimLimit,
      brakedDepartments: brakes.departments,
      dueUntil: brakes.instance ? (suspicion?.until ?? now) : null,
    });
    if (claimed.length > 0) this.failpoints.pass('after-claim');
    const groups = groupsOf(claimed, (await this.settings.agency()).value.digestFrom);
    let attempted = retried;
    for (const window of windowsOf(groups, this.config.sending.concurrency)) {
      attempted += await this.sendWindow(claimId, window, situation);
      if (this.stopping) break;
    }
    return { attempted, more: claimed.length + retried > 0 };
  }

  /** Null while nothing may be sent: braked, or outside the window. */
  private async situation(): Promise<Situation | null> {
    const brakes = await this.brakes.on();
    const suspicion = await this.instance.suspicion();
    if (brakes.everything || (brakes.instance && !suspicion)) return null;
    const now = await this.clock.now();
    const open = (await this.settings.calendar()).nextOpening(now) <= now;
    // Asking the provider what it holds disturbs nobody, so a restored database settles at night too.
    return open || brakes.instance ? { now, brakes, suspicion } : null;
  }

  private async retry(shard: number, { brakes, suspicion }: Situation): Promise<number> {
    return this.calls.paced(() =>
      this.retries.open({
        shard,
        limit: this.config.sending.concurrency,
        brakes,
        suspectFrom: suspicion?.from ?? null,
        suspectUntil: suspicion?.until ?? null,
      }),
    );
  }

  private async sendWindow(claimId: string, groups: ClaimedAlert[][], situation: Situation): Promise<number> {
    const { suspicion, brakes, now } = situation;
    const suspect = (group: ClaimedAlert[]) =>
      suspicion !== null && group.some((a) => a.dueAt <= suspicion.until);
    const freeze = (some: ClaimedAlert[][], suspectFrom: Date | null): Promise<OpenAttempt[]> =>
      this.freezer.freeze({
        claimId,
        groups: some.map((group) => group.map((alert) => alert.id)),
        brakes,
        now,
        suspectFrom,
      });
    const suspects = groups.filter(suspect);
    if (suspects.length > 0) await freeze(suspects, suspicion?.from ?? null);
    const sure = groups.filter((group) => !suspect(group));
    if (sure.length === 0) return 0;
    if (brakes.instance) {
      await this.claims.giveBack(
        claimId,
        sure.flat().map((alert) => alert.id),
        30,
      );
      return 0;
    }
    return this.calls.paced(() => freeze(sure, null));
  }

  /** No more than can be sent in a quarter of the lease, all shards together. */
  private get claimLimit(): number {
    const { leaseSeconds, concurrency } = this.config.sending;
    const rate = this.config.sending.rate ?? this.providers.forSending.rate;
    const quarter = Math.floor((rate * leaseSeconds) / 4 / shardCount);
    return Math.max(1, Math.min(500, Math.max(quarter, Math.min(concurrency, rate))));
  }
}

/** Alerts of one number and day become one message from a settable number on; below it, each is its own. */
export function groupsOf(claimed: ClaimedAlert[], digestFrom: number): ClaimedAlert[][] {
  const together = new Map<string, ClaimedAlert[]>();
  for (const alert of claimed) {
    const key = `${alert.number} ${alert.dueDay}`;
    together.set(key, [...(together.get(key) ?? []), alert]);
  }
  return [...together.values()]
    .flatMap((group) => (group.length >= digestFrom ? [group] : group.map((alert) => [alert])))
    .sort((a, b) => (a[0]?.dueAt.getTime() ?? 0) - (b[0]?.dueAt.getTime() ?? 0));
}

function* windowsOf<T>(all: T[], size: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
