import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { workAtOnce } from '../../../platform/at-once.js';
import { Database } from '../../../platform/database/database.js';
import { Sealer } from '../../../platform/sealing/sealer.js';
import { Timers } from '../../../platform/timers.js';
import { backoffSeconds } from '../../sending/message-states.js';
import { Feed } from '../feed.service.js';
import { EndpointCalls } from './endpoint-calls.js';
import { type FeedEndpoint, secretPlace } from './endpoint.entity.js';

const everyMs = 1000;
/** So many endpoints are delivered to at once, and so many in one pass. */
const [atOnce, endpointsOfOnePass] = [4, 20];
/** One that has more to get waits for the next pass after so long. */
const passMs = 20_000;
const itemsOfOneClaim = 50;
/** No call of a claim begins later: with the longest call it ends long before its lease. */
const claimMs = 20_000;
const lease = `interval '60 seconds'`;
/** An endpoint that fails for so long is paused. */
const patience = `interval '1 day'`;

/** A Claimed endpoint is another process's only when its lease has run out. */
type Claimed = Pick<FeedEndpoint, 'id' | 'url' | 'kinds' | 'secretSealed' | 'formerSecretSealed' | 'after'>;

interface Delivered {
  /** The endpoint has the feed up to this place. */
  after: number;
  /** Whether something was taken, so that what fails now has failed for the first time. */
  anything: boolean;
  failure: string | null;
  isAtEnd: boolean;
}

/**
 * FeedPushing reads the feed for endpoints, each from its own place, and delivers item by item in their order. The place is kept
 * after the deliveries: a process that dies in between delivers some again. What fails is tried again, later each time, for a day.
 */
@Injectable()
export class FeedPushing implements OnApplicationBootstrap {
  private readonly logger = new Logger(FeedPushing.name);

  constructor(
    private readonly timers: Timers,
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly feed: Feed,
    private readonly calls: EndpointCalls,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.every(everyMs, 'the pushing of the feed', () => this.pushDue());
  }

  /** Delivers to the endpoints that are due. */
  async pushDue(): Promise<void> {
    const due = await this.database.rows<{ id: string }>(
      `SELECT id FROM feed_endpoint WHERE status = 'active' AND next_at <= clock_timestamp()
       ORDER BY next_at LIMIT ${endpointsOfOnePass}`,
    );
    const until = performance.now() + passMs;
    await workAtOnce(
      atOnce,
      due,
      ({ id }) => this.pushWhile(() => performance.now() < until, id),
      this.timers.stopping,
    );
  }

  private async pushWhile(goesOn: () => boolean, id: string): Promise<void> {
    while (await this.push(id)) if (!goesOn() || this.timers.stopping.aborted) return;
  }

  /** Delivers what one claim of an endpoint comes to. Returns whether there is more to deliver now. */
  private async push(id: string): Promise<boolean> {
    const [claimed] = await this.database.rows<Claimed>(
      `UPDATE feed_endpoint SET next_at = clock_timestamp() + ${lease}
       WHERE id = $1 AND status = 'active' AND next_at <= clock_timestamp()
       RETURNING id, url, kinds, secret_sealed, after::float8 AS after,
         CASE WHEN former_until > clock_timestamp() THEN former_secret_sealed END AS former_secret_sealed`,
      [id],
    );
    if (!claimed) return false;
    const delivered = await this.deliver(claimed);
    await this.keep(id, delivered);
    return delivered.failure === null && !delivered.isAtEnd;
  }

  private async deliver({ url, kinds, after, ...sealed }: Claimed): Promise<Delivered> {
    const page = await this.feed.page({ departments: null, kinds }, { after, limit: itemsOfOneClaim });
    const secrets = this.secretsOf(sealed);
    const until = performance.now() + claimMs;
    const line = this.calls.lineTo(url);
    let reached = after;
    try {
      for (const item of page.items) {
        if (performance.now() > until || this.timers.stopping.aborted)
          return { after: reached, anything: true, failure: null, isAtEnd: false };
        const failure = await line.deliver(item, secrets);
        if (failure !== null) return { after: reached, anything: reached > after, failure, isAtEnd: false };
        reached = item.sequence;
      }
    } finally {
      await line.close();
    }
    return { after: page.nextAfter, anything: true, failure: null, isAtEnd: page.isAtEnd };
  }

  private async keep(id: string, { after, anything, failure, isAtEnd }: Delivered): Promise<void> {
    if (failure === null) {
      await this.database.run(
        `UPDATE feed_endpoint SET after = $2, attempts = 0, failing_since = NULL, last_failure = NULL,
           next_at = clock_timestamp() + $3 * interval '1 second' WHERE id = $1 AND status <> 'removed'`,
        [id, after, isAtEnd ? 1 : 0],
      );
      return;
    }
    const [row] = await this.database.rows<{ attempts: number }>(
      `UPDATE feed_endpoint SET after = $2, last_failure = $4, attempts = CASE WHEN $3 THEN 1 ELSE attempts + 1 END,
         failing_since = CASE WHEN $3 THEN clock_timestamp() ELSE coalesce(failing_since, clock_timestamp()) END,
         status = CASE WHEN $4 = 'http-410' OR (NOT $3 AND failing_since < clock_timestamp() - ${patience}) THEN 'paused'
           ELSE status END
       WHERE id = $1 AND status <> 'removed' RETURNING attempts, status`,
      [id, after, anything, failure],
    );
    if (!row) return;
    this.logger.warn({ endpoint: id, failure, attempts: row.attempts }, 'an endpoint of the feed fails');
    await this.database.run(
      `UPDATE feed_endpoint SET next_at = clock_timestamp() + $2 * interval '1 second' WHERE id = $1`,
      [id, backoffSeconds(row.attempts)],
    );
  }

  private secretsOf({ id, secretSealed, formerSecretSealed }: Omit<Claimed, 'url' | 'kinds' | 'after'>) {
    const sealed = [
      { sealed: secretSealed, place: secretPlace(id, 'secret_sealed') },
      { sealed: formerSecretSealed, place: secretPlace(id, 'former_secret_sealed') },
    ];
    return sealed.flatMap(({ sealed: one, place }) => (one ? [this.sealer.open(one, place)] : []));
  }
}
