import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { andInSlices, isAlertDue, parametersOf } from '../planning/alert-states.js';
import { Providers } from '../providers/providers.module.js';
import type { SmsProvider } from '../providers/sms-provider.js';
import { type Situation, Situations } from './brakes.service.js';
import { dueUntil } from './message-freezer.js';
import { dueParameters, waitingAndDue } from './waiting-messages.js';

/** A drain or a tick asks about these shards, and about the texts of these providers. */
interface Asked {
  shards: number[];
  providers: SmsProvider[];
  /** No more than so many are counted of a shard. */
  limit: number;
}

/** DueInShard counts what may be opened in a shard: messages that wait for another attempt, and alerts. */
export interface DueInShard {
  shard: number;
  waiting: number;
  /** The messages may be fewer, since a digest joins several alerts. */
  alerts: number;
  /** Until the next alert is to be frozen. It is null while nothing falls due by itself: no alert is planned, or the service clock is stopped. */
  msUntilNext: number | null;
}

/** Schedule reads from PostgreSQL which shards have something due that may be sent, and when the next alert of each falls due. */
@Injectable()
export class Schedule {
  constructor(
    private readonly database: Database,
    private readonly situations: Situations,
    private readonly providers: Providers,
  ) {}

  /** Tells of each of these shards whether anything may be opened in it; none is listed while nothing may be sent. */
  async whatIsDue(shards: number[]): Promise<DueInShard[]> {
    const situation = await this.situations.readSituation();
    if (!situation) return [];
    const providers = this.providers.all.filter(({ sender }) => !situation.brakes.senders.has(sender));
    return this.countDue({ shards, providers, limit: 1 }, situation);
  }

  /** Counts what is due in shards, in the order in which they are asked about. */
  async countDue({ shards, providers, limit }: Asked, situation: Situation): Promise<DueInShard[]> {
    const { now, isClockStopped } = situation;
    const until = dueUntil(situation);
    // A restored database asks for less than what is due now.
    const from = until > now ? until : now;
    const slices = situation.routes.slicesOf(providers);
    const carried = andInSlices(slices, 11);
    const rows = await this.database.rows<Omit<DueInShard, 'msUntilNext'> & { next: Date | null }>(
      `SELECT wanted.shard, waiting.count AS waiting, planned.count AS alerts, later.due_at AS next
       FROM unnest($1::int[]) WITH ORDINALITY AS wanted (shard, place)
         CROSS JOIN LATERAL (SELECT count(*)::int AS count FROM (SELECT FROM ${waitingAndDue} LIMIT $2) AS due) AS waiting
         CROSS JOIN LATERAL (SELECT count(*)::int AS count FROM (
           SELECT FROM alert a WHERE ${isAlertDue('$9', '$5')} ${carried} LIMIT $2) AS due) AS planned
         LEFT JOIN LATERAL (SELECT a.due_at FROM alert a
           WHERE a.status = 'planned' AND a.shard = wanted.shard AND a.due_at > $10 ${carried}
           ORDER BY a.due_at LIMIT 1) AS later ON true
       ORDER BY wanted.place`,
      [shards, limit, ...dueParameters(providers, situation), until, from, ...parametersOf(slices)],
    );
    return rows.map(({ next, ...counts }) => ({
      ...counts,
      msUntilNext: next && !isClockStopped ? next.getTime() - from.getTime() : null,
    }));
  }
}
