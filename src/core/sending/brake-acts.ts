import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { actorOf, type Caller } from '../access/roles.js';
import { isWaiting, SecondLook, type Waiting } from '../access/second-look.js';
import { BrakesService, type ListedBrake, type Pulled } from './brakes.service.js';

const hour = 3_600_000;

/** For so long in a week somebody may stop texts whom nobody else has approved; hours, by the service clock. */
const hoursAlone = 24;
const week = 7 * 24 * hour;

/**
 * BrakeActs pulls brakes for people: at once, because a brake is for emergencies, and for a day, because it keeps people from
 * being told. It stays when a second person approves it. Whoever has used up their day of this week waits for that person.
 */
@Injectable()
export class BrakeActs {
  constructor(
    private readonly database: Database,
    private readonly clock: ServiceClock,
    private readonly brakes: BrakesService,
    private readonly look: SecondLook,
  ) {
    look.performs('keepBrake', (_caller, [id]) => brakes.keepBrake(String(id)));
    look.performs('pullBrake', (caller, [brake]) => brakes.pullBrake(caller, brake as Pulled));
  }

  async pull(caller: Caller, brake: Pulled): Promise<(ListedBrake & Partial<Waiting>) | Waiting> {
    return this.database.inTransaction(async () => {
      const now = await this.clock.now();
      const left = hoursAlone * hour - (await this.usedAlone(caller, now));
      const change = {
        what: 'brake-pulled',
        before: null,
        after: { scope: brake.scope, target: brake.target },
      };
      const act = { reason: brake.reason, change };
      if (left <= 0) {
        const waits = { ...act, name: 'pullBrake', args: [brake] };
        return this.look.askOrDo(caller, waits, () => this.brakes.pullBrake(caller, brake));
      }
      const pulled = await this.brakes.pullBrake(caller, brake, new Date(now.getTime() + left));
      const keep = { ...act, name: 'keepBrake', args: [pulled.id] };
      const kept = await this.look.askOrDo(caller, keep, () => this.brakes.keepBrake(pulled.id));
      return isWaiting(kept) ? { ...pulled, ...kept } : { ...pulled, endsAt: null };
    });
  }

  /** Returns for how long of the last week the caller's brakes were on that nobody else approved; milliseconds. */
  private async usedAlone(caller: Caller, now: Date): Promise<number> {
    const [row] = await this.database.rows<{ used: number }>(
      `SELECT coalesce(sum(extract(epoch FROM least(b.ends_at, coalesce(r.at, $2)) - p.at)), 0)::float8 * 1000 AS used
       FROM change p JOIN brake b ON b.id::text = p.subject_id AND b.ends_at IS NOT NULL
         LEFT JOIN change r ON r.subject_id = p.subject_id AND r.subject = 'brake' AND r.what = 'brake-released'
       WHERE p.subject = 'brake' AND p.what = 'brake-pulled' AND p.actor = $1 AND p.at > $3`,
      [actorOf(caller), now, new Date(now.getTime() - week)],
    );
    return row?.used ?? 0;
  }
}
