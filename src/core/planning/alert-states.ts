import { Injectable } from '@nestjs/common';
import { mapInTurns } from '../../platform/breathe.js';
import {
  Database,
  inStatus,
  rowsOfOneStatement,
  setStatus,
  type Transition,
} from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { Alert } from './planning.entities.js';
import type { AlertReason, AlertStatus, ExistingAlert, PlannedAlert } from './planning.types.js';

/** The statuses that planning decides on; a claimed or messaged alert has left its hands. */
const decided = ['planned', 'held', 'missed', 'covered', 'history', 'cancelled'] as const;

/** The transitions of an alert's status. docs/design.md draws them, and a test compares the two. */
export const alertTransitions = {
  plan: { from: [], to: decided },
  replan: { from: decided, to: decided },
  claim: { from: ['planned'], to: 'claimed' },
  giveBack: { from: ['claimed'], to: 'planned' },
  releaseStranded: { from: ['claimed', 'held'], to: 'planned' },
  hold: { from: ['claimed'], to: 'held' },
  miss: { from: ['claimed'], to: 'missed' },
  putIntoMessage: { from: ['claimed'], to: 'messaged' },
} as const satisfies Record<string, Transition<AlertStatus>>;

/** One number is always in one shard, so that its digest and its one open attempt meet inside one drain. */
export const shardCount = 8;

/** Returns the shard of a number, given as the hex of its blind index. */
export function shardOf(numberIndex: string): number {
  return Number.parseInt(numberIndex.slice(0, 2), 16) % shardCount;
}

export interface AlertToStore extends Omit<PlannedAlert, 'id'> {
  id: string;
  isNew: boolean;
  contractId: string;
  departmentId: string;
  milestoneId: string;
  dueDay: LocalDate;
}

/** A Claim names the drain that holds alerts, and for how long: only it may freeze them. */
export interface Claim {
  claimId: string;
  leaseSeconds: number;
  brakedDepartments: string[];
}

export interface DueClaim extends Claim {
  shard: number;
  /** Alerts that fall due up to this instant of the service clock are claimed. */
  dueUntil: Date;
  limit: number;
}

export interface ClaimedAlert {
  id: string;
  /** The number's blind index in hexadecimal. */
  number: string;
  dueDay: LocalDate;
  /** When the alert should first have gone out; one that is registered late, or again after a restore, is due at once. */
  dueAt: Date;
}

/** DigestWanted asks for the alerts of a number and day, if there are at least so many of them. */
export interface DigestWanted {
  number: string;
  dueDay: LocalDate;
  atLeast: number;
}

const letGo = `claimed_by = NULL, lease_until = NULL, updated_at = clock_timestamp()`;

/** SQL that finds claims that ran out before their alerts were frozen, and alerts whose texts failed a while ago. */
const isStranded = `(status = 'claimed' AND lease_until < clock_timestamp())
  OR (status = 'held' AND reason = 'text-failed' AND updated_at < clock_timestamp() - interval '10 minutes')`;

/** AlertStates is where the alert table changes: each transition of a status is a function of its name. */
@Injectable()
export class AlertStates {
  constructor(private readonly database: Database) {}

  /** Locks the alerts of contracts: a claim under way is waited for, and a later one skips them. */
  async lockAlertsOf(contractIds: string[]): Promise<Map<string, ExistingAlert[]>> {
    const rows = await this.database.rows<ExistingAlert & { contractId: string }>(
      `SELECT a.id, a.contract_id, m.code, m.occurrence, a.contact_id,
              encode(a.number_index, 'hex') AS number, a.wording, a.due_at, a.status, a.reason
       FROM alert a JOIN milestone m ON m.id = a.milestone_id
       WHERE a.contract_id = ANY($1) AND a.reissue = 0
       ORDER BY a.id FOR UPDATE OF a`,
      [contractIds],
    );
    return groupedBy(rows, ({ contractId }) => contractId);
  }

  /** Stores what planning decided, under the lock of the alerts' contracts. */
  async store(alerts: AlertToStore[], now: Date): Promise<void> {
    const rowsOf = (isNew: boolean) =>
      mapInTurns(
        alerts.filter((alert) => alert.isNew === isNew),
        (alert) => rowOf(alert, now),
      );
    await this.database.insert(Alert, await rowsOf(true));
    const standing = await rowsOf(false);
    for (let from = 0; from < standing.length; from += rowsOfOneStatement)
      await this.replan(standing.slice(from, from + rowsOfOneStatement));
  }

  private async replan(rows: Partial<Alert>[]): Promise<void> {
    const stored = await this.database.run(
      `UPDATE alert SET due_at = n.due_at, due_day = n.due_day, status = n.status, reason = n.reason, failure = NULL,
              wording = n.wording, number_index = n.number_index, shard = n.shard, department_id = n.department_id,
              planned_at = n.planned_at, retry_at = NULL, updated_at = clock_timestamp()
       FROM json_populate_recordset(NULL::alert, $1::json) n
       WHERE alert.id = n.id AND ${inStatus(alertTransitions.replan, 'alert')}`,
      [this.database.recordset(Alert, rows)],
    );
    if (stored !== rows.length) throw new Error('an alert was claimed under the lock of its contract');
  }

  /** Claims what is due in a shard, the longest due first; what another drain is claiming is skipped. */
  claimDue(claim: DueClaim): Promise<ClaimedAlert[]> {
    return this.claim(
      claim,
      `SELECT id FROM alert
       WHERE status = 'planned' AND shard = $4 AND due_at <= $5
         AND (retry_at IS NULL OR retry_at <= clock_timestamp())
         AND NOT department_id = ANY($3)
       ORDER BY due_at, id LIMIT $6 FOR UPDATE SKIP LOCKED`,
      [claim.shard, claim.dueUntil, claim.limit],
    );
  }

  /** Claims what falls due later on the days for which a digest is wanted, where there is enough for one. */
  claimForDigests(claim: Claim, wanted: DigestWanted[]): Promise<ClaimedAlert[]> {
    const rows = wanted.map(({ number, ...rest }) => ({ ...rest, number: `\\x${number}` }));
    return this.claim(
      claim,
      `SELECT id FROM alert WHERE status = 'planned' AND id IN (
         SELECT later.id FROM (
           SELECT a.id, count(*) OVER (PARTITION BY a.number_index, a.due_day) AS count, wanted."atLeast" AS at_least
           FROM json_to_recordset($4) AS wanted (number bytea, "dueDay" date, "atLeast" integer)
             JOIN alert a ON a.number_index = wanted.number AND a.due_day = wanted."dueDay"
           WHERE a.status = 'planned' AND NOT a.department_id = ANY($3)) AS later
         WHERE later.count >= later.at_least)
       FOR UPDATE SKIP LOCKED`,
      [JSON.stringify(rows)],
    );
  }

  private claim(claim: Claim, due: string, parameters: unknown[]): Promise<ClaimedAlert[]> {
    return this.database.rows<ClaimedAlert>(
      `WITH due AS (${due})
       UPDATE alert a SET ${setStatus(alertTransitions.claim)}, claimed_by = $1,
              lease_until = clock_timestamp() + $2 * interval '1 second', retry_at = NULL, updated_at = clock_timestamp()
       FROM due WHERE a.id = due.id AND ${inStatus(alertTransitions.claim, 'a')}
       RETURNING a.id, encode(a.number_index, 'hex') AS number, a.due_day,
                 least(a.due_at, (SELECT m.due_at FROM milestone m WHERE m.id = a.milestone_id)) AS due_at`,
      [claim.claimId, claim.leaseSeconds, claim.brakedDepartments, ...parameters],
    );
  }

  /** Locks those of a claim's alerts that it still holds: a lease that ran out has given the others away. */
  async lockClaimed(claimId: string, ids: string[]): Promise<Set<string>> {
    const held = await this.database.rows<{ id: string }>(
      `SELECT id FROM alert WHERE id = ANY($1) AND status = 'claimed' AND claimed_by = $2
         AND lease_until > clock_timestamp() ORDER BY id FOR UPDATE`,
      [ids, claimId],
    );
    return new Set(held.map((row) => row.id));
  }

  /** Gives claimed alerts back, to be looked at again after so many seconds. */
  async giveBack(claimId: string, ids: string[], seconds: number): Promise<void> {
    await this.database.run(
      `UPDATE alert SET ${setStatus(alertTransitions.giveBack)}, ${letGo},
              retry_at = clock_timestamp() + $3 * interval '1 second'
       WHERE id = ANY($2) AND claimed_by = $1 AND ${inStatus(alertTransitions.giveBack, 'alert')}`,
      [claimId, ids, seconds],
    );
  }

  /** Holds claimed alerts that no text could be made for; `releaseStranded` tries again. */
  async hold(claimId: string, ids: string[], why: string): Promise<void> {
    await this.leave(alertTransitions.hold, claimId, ids, {
      reason: 'text-failed',
      failure: why.slice(0, 300),
    });
  }

  /** Misses claimed alerts for a reason that stays. */
  async miss(claimId: string, ids: string[], reason: AlertReason): Promise<void> {
    await this.leave(alertTransitions.miss, claimId, ids, { reason, failure: null });
  }

  private async leave(
    transition: Transition & { to: string },
    claimId: string,
    ids: string[],
    { reason, failure }: { reason: AlertReason; failure: string | null },
  ): Promise<void> {
    await this.database.run(
      `UPDATE alert SET ${setStatus(transition)}, ${letGo}, reason = $3, failure = $4
       WHERE id = ANY($2) AND claimed_by = $1 AND ${inStatus(transition, 'alert')}`,
      [claimId, ids, reason, failure],
    );
  }

  /** Binds claimed alerts to the messages that were frozen for them. Throws when one is no longer claimed. */
  async putIntoMessages(claimId: string, alerts: { id: string; messageId: string }[]): Promise<void> {
    const bound = await this.database.run(
      `UPDATE alert SET ${setStatus(alertTransitions.putIntoMessage)}, ${letGo}, message_id = n.message_id
       FROM json_populate_recordset(NULL::alert, $2::json) n
       WHERE alert.id = n.id AND alert.claimed_by = $1 AND ${inStatus(alertTransitions.putIntoMessage, 'alert')}`,
      [claimId, this.database.recordset(Alert, alerts)],
    );
    if (bound !== alerts.length) throw new Error('an alert was given away under the lock of its claim');
  }

  /** Finds contracts with stranded alerts, a few at a time. */
  async contractsWithStranded(): Promise<string[]> {
    const rows = await this.database.rows<{ contractId: string }>(
      `SELECT DISTINCT contract_id
       FROM (SELECT contract_id FROM alert WHERE ${isStranded} LIMIT 200 FOR UPDATE SKIP LOCKED) AS stranded`,
    );
    return rows.map((row) => row.contractId);
  }

  /** Plans a contract's stranded alerts again; it is to be re-planned in the same transaction. Returns how many. */
  releaseStranded(contractId: string): Promise<number> {
    return this.database.run(
      `UPDATE alert SET ${setStatus(alertTransitions.releaseStranded)}, ${letGo}, reason = NULL, failure = NULL
       WHERE contract_id = $1 AND ${inStatus(alertTransitions.releaseStranded, 'alert')} AND (${isStranded})`,
      [contractId],
    );
  }
}

function rowOf(alert: AlertToStore, now: Date): Partial<Alert> {
  return {
    id: alert.id,
    milestoneId: alert.milestoneId,
    contractId: alert.contractId,
    contactId: alert.contactId,
    departmentId: alert.departmentId,
    numberIndex: alert.number === null ? null : Buffer.from(alert.number, 'hex'),
    shard: alert.number === null ? null : shardOf(alert.number),
    wording: alert.wording,
    dueAt: alert.dueAt,
    dueDay: alert.dueDay,
    status: alert.status,
    reason: alert.reason,
    reissue: 0,
    plannedAt: now,
  };
}
