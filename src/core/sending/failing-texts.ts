import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { firstIdAt } from '../../platform/ids.js';
import { Timers } from '../../platform/timers.js';
import { SettingsService } from '../settings/settings.service.js';
import { BrakesService } from './brakes.service.js';
import { isTaken } from './sending.entities.js';
import type { StopCode } from './sending.words.js';

const everyMs = 30_000;
const hourMs = 3_600_000;

/** So many numbers have to be out of reach before a share of them says anything; a route needs three of one code. */
const fewestNumbers = 10;

/** Reached counts the numbers that texts went out to within an hour, and those among them whose text failed for good. */
export interface Reached {
  texted: number;
  failed: number;
}

/** A Failing is a sender or a department with the numbers of all its texts, and of those that one part of it answers for. */
export interface Failing {
  whole: Reached;
  parts: Reached[];
}

/**
 * Tells whether more than `share` percent of the numbers were not reached, and still so without any one part. Otherwise one officer
 * with a list of dead numbers would stop the texts of their whole department.
 */
export function failsTooOften({ whole, parts }: Failing, share: number): boolean {
  const rests = parts.map((part) => ({
    texted: whole.texted - part.texted,
    failed: whole.failed - part.failed,
  }));
  return [whole, ...rests].every(
    ({ texted, failed }) => failed >= fewestNumbers && failed * 100 > share * texted,
  );
}

/** SQL of who gave the number of an alert `a`: who changed the contact last, or else who registered its contract. */
const enteredBy = `coalesce(
  (SELECT h.actor FROM change h WHERE h.contract_id = a.contract_id AND h.subject = 'contact'
     AND h.subject_id = a.contact_id::text ORDER BY h.id DESC LIMIT 1),
  (SELECT h.actor FROM change h WHERE h.contract_id = a.contract_id ORDER BY h.id LIMIT 1))`;

/**
 * SQL of the senders and departments of whose numbers too many were not reached, by the parts that may be to blame. `$1` is where the
 * ids of the last hour begin, `$2` the hour's beginning by the service clock, `$3` the share in percent.
 *
 * What was made before a brake's release was looked at by whoever released it. A paused sender explains its own failures. A former
 * number, which is told that texts go elsewhere, is often dead.
 */
const failingSql = `WITH RECURSIVE above AS (
    SELECT id, id AS over FROM department
    UNION SELECT above.id, d.parent_id FROM above JOIN department d ON d.id = above.over WHERE d.parent_id IS NOT NULL
  ), stop AS (
    SELECT b.scope, CASE b.scope WHEN 'department' THEN lower(b.target) ELSE b.target END AS target,
           bool_or(b.released_at IS NULL) AS is_on, max(r.at) AS released_at
    FROM brake b LEFT JOIN change r ON r.subject = 'brake' AND r.what = 'brake-released' AND r.subject_id = b.id::text
    WHERE b.scope IN ('sender', 'department') GROUP BY 1, 2
  ), text AS MATERIALIZED (
    SELECT m.number_index AS number, m.sender, m.status = 'failed' AS failed, m.service_time, a.department_id,
           a.contract_id, a.contact_id
    FROM message m JOIN alert a ON a.message_id = m.id AND a.number_sealed IS NULL
      LEFT JOIN stop ON stop.scope = 'sender' AND stop.target = m.sender
    WHERE m.id >= $1 AND m.service_time > greatest($2, stop.released_at) AND stop.is_on IS NOT TRUE
      -- The texts of the hour are read only where enough of them failed.
      AND (SELECT count(*) FROM (SELECT FROM message WHERE status = 'failed' AND id >= $1 LIMIT ${fewestNumbers}) f) = ${fewestNumbers}
      AND (m.status = 'failed' OR ${isTaken('m')})
  ), counted AS (
    SELECT 'sender' AS scope, sender AS target, text.* FROM text
    UNION ALL SELECT 'department', above.over::text, text.* FROM text JOIN above ON above.id = text.department_id
      LEFT JOIN stop ON stop.scope = 'department' AND stop.target = above.over::text
      WHERE stop.is_on IS NOT TRUE AND text.service_time > greatest($2, stop.released_at)
  ), failing AS (
    SELECT scope, target, count(DISTINCT number)::int AS texted,
           count(DISTINCT number) FILTER (WHERE failed)::int AS failed
    FROM counted GROUP BY scope, target
  )
  SELECT f.scope, f.target, f.texted, f.failed, part.name AS part, count(DISTINCT a.number)::int AS part_texted,
         count(DISTINCT a.number) FILTER (WHERE a.failed)::int AS part_failed
  FROM failing f JOIN counted a ON a.scope = f.scope AND a.target = f.target
    JOIN contract c ON c.id = a.contract_id
    LEFT JOIN LATERAL (
      SELECT 'department ' || a.department_id WHERE f.scope = 'sender' OR a.department_id::text <> f.target
      UNION ALL SELECT 'officer ' || c.officer_id WHERE f.scope = 'department'
      UNION ALL SELECT entered.by FROM (SELECT ${enteredBy}) AS entered (by)
        WHERE f.scope = 'department' AND split_part(entered.by, ':', 1) IN ('officer', 'manager')
    ) AS part (name) ON part.name IS NOT NULL
  WHERE f.failed >= ${fewestNumbers} AND f.failed * 100 > $3 * f.texted
  GROUP BY f.scope, f.target, f.texted, f.failed, part.name`;

interface FailingRow extends Reached {
  scope: 'sender' | 'department';
  target: string;
  part: string | null;
  partTexted: number;
  partFailed: number;
}

/** FailingTexts pauses a sender or a department when too many of its texts fail for good. */
@Injectable()
export class FailingTexts implements OnApplicationBootstrap {
  private readonly logger = new Logger(FailingTexts.name);

  constructor(
    private readonly database: Database,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly brakes: BrakesService,
    private readonly timers: Timers,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.every(everyMs, 'the share of texts that fail', () => this.pauseFailing());
  }

  /** Pauses the senders that fail too often; where there is none, the departments: a sender's failure is none of theirs. */
  async pauseFailing(): Promise<void> {
    const share = (await this.settings.agency()).value.failureShare;
    if (share === 0) return;
    const hourAgo = new Date((await this.clock.now()).getTime() - hourMs);
    const rows = await this.database.rows<FailingRow>(failingSql, [
      firstIdAt(new Date(Date.now() - hourMs)),
      hourAgo,
      share,
    ]);
    const failing = [...groupedBy(rows, ({ scope, target }) => `${scope} ${target}`).values()].filter(
      (parts) => failsTooOften(failingOf(parts), share),
    );
    const senders = failing.filter(([first]) => first?.scope === 'sender');
    for (const [first] of senders.length > 0 ? senders : failing) if (first) await this.pause(first);
  }

  private async pause({ scope, target, failed, texted }: FailingRow): Promise<void> {
    this.logger.error({ scope, target, failed, texted }, 'sending is paused: too many texts fail');
    const reason: StopCode = `texts-fail-${failed}/${texted}`;
    await this.brakes.pullBrake('system', { scope, target, reason });
  }
}

function failingOf(rows: FailingRow[]): Failing {
  const [{ texted, failed } = { texted: 0, failed: 0 }] = rows;
  const parts = rows
    .filter(({ part }) => part !== null)
    .map(({ partTexted, partFailed }) => ({ texted: partTexted, failed: partFailed }));
  return { whole: { texted, failed }, parts };
}
