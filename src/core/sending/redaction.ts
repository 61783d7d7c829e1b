import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { earliestOf, ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { firstIdAt } from '../../platform/ids.js';
import { Timers } from '../../platform/timers.js';
import { Providers } from '../providers/providers.module.js';
import type { Attempt } from './sending.entities.js';

const everyMs = 3_600_000;
const atOnce = 100;
const first = '00000000-0000-0000-0000-000000000000';

/** Words are needed for thirty days to prove by a list that another text is absent (decision 27); the rest is for clocks. */
const neededDays = 35;

type Redactable = Pick<Attempt, 'id' | 'provider'> & { reference: string };

/**
 * Redaction lets providers forget the words of texts whose message is final and stands so in the public log. It waits until no proof of
 * absence needs the words any more: such a proof shows the last text of a number within thirty days, the first that the provider accepted
 * after the attempt in doubt, or else the last before it, and each word for word.
 */
@Injectable()
export class Redaction implements OnApplicationBootstrap {
  /** The last one that was redacted, and the day on which this process has looked at all. */
  private after = first;
  private day = '';

  constructor(
    private readonly timers: Timers,
    private readonly database: Database,
    private readonly clock: ServiceClock,
    private readonly providers: Providers,
  ) {}

  onApplicationBootstrap(): void {
    if (this.providers.all.some((provider) => provider.redact !== undefined))
      this.timers.every(everyMs, 'the redacting at providers', () => this.redactSettled());
  }

  /**
   * Returns how many texts were redacted. It goes on behind the last one of the time before, and once a day over all, for those that became
   * final late. When one fails, the rest waits for the next time.
   */
  async redactSettled(): Promise<number> {
    const before = await this.neededFrom();
    const day = before.toISOString().slice(0, 10);
    if (day !== this.day) this.after = first;
    let redacted = 0;
    for (
      let found = await this.findRedactable(before);
      found.length > 0;
      found = await this.findRedactable(before)
    )
      for (const one of found) {
        if (this.timers.stopping.aborted) return redacted;
        await this.redact(one);
        this.after = one.id;
        redacted += 1;
      }
    this.day = day;
    return redacted;
  }

  private async redact({ id, provider, reference }: Redactable): Promise<void> {
    await this.providers.for(provider)?.redact?.(reference);
    await this.database.run(`UPDATE attempt SET redacted_at = clock_timestamp() WHERE id = $1`, [id]);
  }

  /** A clock that is ahead redacts nothing early: the earliest of the process's, the service's and the database's counts. */
  private async neededFrom(): Promise<Date> {
    const [row] = await this.database.rows<{ now: Date }>(`SELECT clock_timestamp() AS now`);
    const now = earliestOf([await this.clock.now(), new Date(), ...(row ? [row.now] : [])]);
    return new Date(now.getTime() - neededDays * 86_400_000);
  }

  private findRedactable(before: Date): Promise<Redactable[]> {
    return this.database.rows<Redactable>(
      `SELECT t.id, t.provider, t.reference FROM attempt t JOIN message m ON m.id = t.message_id
       WHERE t.id > $1 AND t.id < $2 AND t.provider = ANY($3) AND t.status = 'accepted' AND t.reference IS NOT NULL
         AND t.redacted_at IS NULL AND t.settled_at < $4
         AND m.status IN ('delivered', 'failed', 'unconfirmed')
         AND EXISTS (SELECT 1 FROM leaf l JOIN log_entry e ON e.leaf_id = l.id
           WHERE l.subject_id = m.id::text AND l.kind = 'message-' || m.status)
         -- It is not the provider's last, and no attempt from before it is in doubt.
         AND EXISTS (SELECT 1 FROM attempt later
           WHERE later.id > t.id AND later.provider = t.provider AND later.status = 'accepted')
         AND NOT EXISTS (SELECT 1 FROM attempt doubt
           WHERE doubt.status IN ('open', 'ambiguous') AND doubt.provider = t.provider AND doubt.id < t.id)
       ORDER BY t.id LIMIT ${atOnce}`,
      [
        this.after,
        firstIdAt(before),
        this.providers.all.filter((provider) => provider.redact !== undefined).map(({ name }) => name),
        before,
      ],
    );
  }
}
