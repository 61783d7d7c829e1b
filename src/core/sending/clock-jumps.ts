import { Inject, Injectable, Logger } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { shardCount } from '../planning/alert-states.js';
import { Providers } from '../providers/providers.module.js';
import { graceSecondsOf, longestWaitSeconds } from '../providers/sms-provider.js';
import { secondsAfterPoll } from './receipt-polls.js';

/** The database's clock, which stands still within a statement: an index finds what lies behind such a moment. */
const now = 'statement_timestamp()';

/** Returns SQL of the moment so many seconds from now, by the database's clock. */
const inSeconds = (seconds: string) => `${now} + ${seconds} * interval '1 second'`;

const shards = `ANY('{${Array.from({ length: shardCount }, (_, i) => i).join(',')}}')`;

/**
 * ClockJumps brings back what the database's clock left in the future when it was set back: everything that waits for a
 * moment of that clock would else be late by the whole jump. What lies further ahead than the service ever sets it was set
 * before the jump, and its turn is now.
 */
@Injectable()
export class ClockJumps {
  private readonly logger = new Logger(ClockJumps.name);

  constructor(
    @Inject(CONFIG)
    private readonly config: {
      sending: { leaseSeconds: number; graceSeconds: number | null; rate: number | null };
    },
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly clock: ServiceClock,
  ) {}

  /** Each statement reads no more than what is due or under way, by an index of that alone. */
  async bringBack(): Promise<void> {
    const brought =
      (await this.bringBackAttempts()) +
      (await this.bringBackMessages()) +
      (await this.bringBackAlerts()) +
      (await this.bringBackTurns());
    if (brought > 0) this.logger.warn({ rows: brought }, "the database's clock was set back");
  }

  /** A lease may be that of a call under way, so it runs anew and does not end at once. */
  private bringBackAttempts(): Promise<number> {
    const { leaseSeconds, graceSeconds } = this.config.sending;
    const longestGrace = Math.max(
      ...this.providers.all.map((one) => graceSeconds ?? graceSecondsOf(one.deduplication)),
    );
    const lease = inSeconds('$1');
    const check = inSeconds('$2');
    return this.database.run(
      `UPDATE attempt SET lease_until = least(lease_until, ${lease}),
              check_at = CASE WHEN check_at > ${check} THEN ${now} ELSE check_at END
       WHERE status IN ('open', 'ambiguous') AND (lease_until > ${lease} OR check_at > ${check})`,
      [leaseSeconds, Math.max(1, longestGrace / 4)],
    );
  }

  private async bringBackMessages(): Promise<number> {
    const waiting = await this.database.run(
      `UPDATE message SET next_attempt_at = ${now}
       WHERE status = 'waiting' AND shard = ${shards} AND next_attempt_at > ${inSeconds('$1')}`,
      [longestWaitSeconds],
    );
    const firstPoll = Math.max(...this.providers.all.map((provider) => provider.firstPollSeconds));
    const polled = await this.database.run(
      `UPDATE message SET poll_at = ${now}
       WHERE status IN ('accepted', 'sent') AND poll_at > ${inSeconds('$1')}
         AND (polls = 0 OR poll_at > ${inSeconds(`(${secondsAfterPoll('polls - 1')})`)})`,
      [firstPoll],
    );
    return waiting + polled;
  }

  /** Nothing but what is due is put off. */
  private async bringBackAlerts(): Promise<number> {
    return this.database.run(
      `UPDATE alert SET retry_at = NULL
       WHERE status = 'planned' AND shard = ${shards} AND due_at <= $2 AND retry_at > ${inSeconds('$1')}`,
      [longestWaitSeconds, await this.clock.now()],
    );
  }

  /** A turn is granted only before the end of its lease, and the one after it comes a gap later. */
  private async bringBackTurns(): Promise<number> {
    const { leaseSeconds, rate } = this.config.sending;
    const { all } = this.providers;
    return this.database.run(
      `UPDATE pace SET next_at = ${now}
       FROM unnest($1::text[], $2::float8[]) AS known (sender, furthest)
       WHERE pace.sender = known.sender AND pace.next_at > ${inSeconds('known.furthest')}`,
      [all.map(({ sender }) => sender), all.map((provider) => leaseSeconds + 1 / (rate ?? provider.rate))],
    );
  }
}
