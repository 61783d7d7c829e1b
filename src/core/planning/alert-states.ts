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
import { Journal, type LeafEntry } from '../proof/journal.service.js';
import { Alert } from './planning.entities.js';
import type { AlertReason, AlertStatus, ExistingAlert, PlannedAlert } from './planning.types.js';

/** The statuses that planning decides on; an alert that is in a message has left its hands. */
const decided = ['planned', 'held', 'missed', 'covered', 'history', 'cancelled'] as const;

/** An alert's status changes by these transitions alone. docs/design.md draws them, and a test compares the two. */
export const alertTransitions = {
  plan: { from: [], to: decided },
  replan: { from: decided, to: decided },
  releaseStranded: { from: ['held'], to: 'planned' },
  hold: { from: ['planned'], to: 'held' },
  miss: { from: ['planned'], to: 'missed' },
  takeBackOwnNumber: { from: ['planned', 'held'], to: 'cancelled' },
  putIntoMessage: { from: ['planned'], to: 'messaged' },
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

/** DueWanted asks for what is due up to an instant of the service clock. */
export interface DueWanted {
  /** How many are wanted at the most, by shard. */
  limits: ReadonlyMap<number, number>;
  dueUntil: Date;
  pausedDepartments: string[];
  /** Which numbers' alerts are wanted; null for those of all. */
  slices: Slices | null;
}

/**
 * Slices are what a provider carries of the texts to new numbers: of each country the slots from `lows` until `highs`. Those of
 * the country `*` are for the countries that are not among them. Without any, nothing is carried.
 */
export interface Slices {
  countries: string[];
  lows: number[];
  highs: number[];
}

/** A DueAlert is locked by the transaction that read it: no other drain, and no change of its contract, has it meanwhile. */
export interface DueAlert {
  id: string;
  /** The number's blind index in hexadecimal. */
  number: string;
  dueDay: LocalDate;
}

/** DigestWanted asks for the alerts of a number and day, if there are at least so many of them. */
export interface DigestWanted {
  number: string;
  dueDay: LocalDate;
  atLeast: number;
}

/** SQL that finds alerts whose texts failed a while ago: their contract, or the template, may have changed since. */
const isStranded = `status = 'held' AND reason = 'text-failed'
  AND updated_at < clock_timestamp() - interval '10 minutes'`;

/**
 * SQL that is true of a number, which the table has, to which no text is under way: the next one waits until that is settled. It
 * is a scalar, so that each is looked up by the unique index of numbers, whatever the planner believes of how many there are.
 */
export const isNumberFree = (table: string) =>
  `(SELECT t.id FROM attempt t WHERE t.number_index = ${table}.number_index AND t.status IN ('open', 'ambiguous')) IS NULL`;

/** Writes SQL that is true of an alert `a` of the shard `wanted.shard` which may be sent, given an instant and paused departments. */
export const isAlertDue = (dueUntil: string, pausedDepartments: string) =>
  `a.status = 'planned' AND a.shard = wanted.shard AND a.due_at <= ${dueUntil}
  AND (a.retry_at IS NULL OR a.retry_at <= clock_timestamp()) AND NOT a.department_id = ANY(${pausedDepartments})
  AND ${isNumberFree('a')}`;

/**
 * Writes SQL that goes on with an AND where only alerts `a` are wanted whose numbers are in some slices: by the number's country, and
 * by two bytes of its index. `parametersOf` are its parameters, from the given one on.
 */
export function andInSlices(slices: Slices | null, from: number): string {
  if (slices === null) return '';
  if (slices.countries.length === 0) return 'AND false';
  const [countries, lows, highs] = [`$${from}::text[]`, `$${from + 1}::int[]`, `$${from + 2}::int[]`];
  return `AND (SELECT bool_or(s.low <= n.slot AND n.slot < s.high)
    FROM unnest(${countries}, ${lows}, ${highs}) AS s (country, low, high),
      (SELECT get_byte(a.number_index, 1) * 256 + get_byte(a.number_index, 2) AS slot,
         coalesce(CASE WHEN a.number_sealed IS NULL THEN (SELECT p.phone_country FROM contact p WHERE p.id = a.contact_id)
           ELSE a.number_country END, '') AS country OFFSET 0) AS n
    WHERE s.country = CASE WHEN n.country = ANY(${countries}) THEN n.country ELSE '*' END)`;
}

export function parametersOf(slices: Slices | null): unknown[] {
  return slices && slices.countries.length > 0 ? [slices.countries, slices.lows, slices.highs] : [];
}

const changed = 'updated_at = clock_timestamp()';

/** AlertStates is where the alert table changes: each transition of a status is a function of its name. */
@Injectable()
export class AlertStates {
  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
  ) {}

  /** Locks the alerts of contracts: a drain that freezes them is waited for, and a later one skips them. */
  lockAlertsOf(contractIds: string[]): Promise<Map<string, ExistingAlert[]>> {
    return this.alertsOf(contractIds, 'FOR UPDATE OF a');
  }

  /** Returns the alerts of contracts, by contract, that planning decides on. */
  async alertsOf(contractIds: string[], lock = ''): Promise<Map<string, ExistingAlert[]>> {
    const rows = await this.database.rows<ExistingAlert & { contractId: string }>(
      `SELECT a.id, a.contract_id, m.code, m.occurrence, a.contact_id,
              encode(a.number_index, 'hex') AS number, a.wording, a.due_at, a.status, a.reason
       FROM alert a JOIN milestone m ON m.id = a.milestone_id
       WHERE a.contract_id = ANY($1) AND a.reissue = 0
       ORDER BY a.id ${lock}`,
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

  /** Plans an alert that keeps a number of its own. */
  async planToOwnNumber(
    alert: AlertToStore,
    own: Pick<Alert, 'numberSealed' | 'numberCountry'>,
    now: Date,
  ): Promise<void> {
    await this.database.insert(Alert, [{ ...rowOf(alert, now), ...own, reissue: 1 }]);
    await this.journal.state('alert', [alert.id]);
  }

  /** Cancels what is to go to a number that is not its contact's any more, when it is a counterparty's again. */
  async takeBackOwnNumber(contractId: string, counterpartyId: string, number: Buffer): Promise<void> {
    const takenBack = await this.database.rows<{ id: string }>(
      `UPDATE alert SET ${setStatus(alertTransitions.takeBackOwnNumber)}, ${changed}, reason = 'number-back', failure = NULL
       WHERE contract_id = $1 AND number_index = $3 AND number_sealed IS NOT NULL
         AND ${inStatus(alertTransitions.takeBackOwnNumber, 'alert')}
         AND contact_id IN (SELECT id FROM contact WHERE counterparty_id = $2) RETURNING id`,
      [contractId, counterpartyId, number],
    );
    await this.stateOf(takenBack);
  }

  /** Writes a leaf of what is planned of each of these contracts. */
  logPlans(contractIds: string[]): Promise<void> {
    return this.journal.state('plan', contractIds);
  }

  /** Writes the leaves of new contracts, of which all is known that `logPlans` would read. */
  async logNewPlans(leaves: LeafEntry[]): Promise<void> {
    await this.journal.leaves(leaves);
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
    if (stored !== rows.length) throw new Error('an alert was frozen under the lock of its contract');
  }

  /** Locks what is due in each shard, the longest due first; what another drain has locked is skipped. */
  lockDue({ limits, dueUntil, pausedDepartments, slices }: DueWanted): Promise<DueAlert[]> {
    return this.database.rows<DueAlert>(
      `SELECT due.* FROM unnest($1::int[], $2::int[]) AS wanted (shard, most) CROSS JOIN LATERAL (
         SELECT a.id, encode(a.number_index, 'hex') AS number, a.due_day FROM alert a
         WHERE ${isAlertDue('$3', '$4')} ${andInSlices(slices, 5)}
         ORDER BY a.due_at, a.id LIMIT wanted.most FOR UPDATE OF a SKIP LOCKED) AS due`,
      [[...limits.keys()], [...limits.values()], dueUntil, pausedDepartments, ...parametersOf(slices)],
      'kept',
    );
  }

  /** Locks what falls due later on the days for which a digest is wanted, where there is enough for one. */
  async lockForDigests(
    wanted: DigestWanted[],
    locked: string[],
    pausedDepartments: string[],
  ): Promise<DueAlert[]> {
    return this.database.rows<DueAlert>(
      `SELECT id, encode(number_index, 'hex') AS number, due_day FROM alert WHERE status = 'planned' AND id = ANY(ARRAY(
         SELECT unnest(later.ids) FROM unnest($1::text[], $2::date[], $3::int[]) AS wanted (number, due_day, at_least)
           CROSS JOIN LATERAL (SELECT array_agg(a.id) AS ids FROM alert a
             WHERE a.number_index = decode(wanted.number, 'hex') AND a.due_day = wanted.due_day AND a.status = 'planned'
               AND NOT a.id = ANY($4) AND NOT a.department_id = ANY($5)) AS later
         WHERE cardinality(later.ids) >= wanted.at_least))
       FOR UPDATE SKIP LOCKED`,
      [
        wanted.map(({ number }) => number),
        wanted.map(({ dueDay }) => dueDay),
        wanted.map(({ atLeast }) => atLeast),
        locked,
        pausedDepartments,
      ],
      'kept',
    );
  }

  /** Lets planned alerts wait for so many seconds before they are looked at again. */
  async putOff(ids: string[], seconds: number): Promise<void> {
    await this.database.run(
      `UPDATE alert SET retry_at = clock_timestamp() + $2 * interval '1 second'
       WHERE id = ANY($1) AND status = 'planned'`,
      [ids, seconds],
    );
  }

  /** Holds alerts that no text could be made for; `releaseStranded` tries again. */
  async hold(ids: string[], why: string): Promise<void> {
    await this.leave(alertTransitions.hold, ids, { reason: 'text-failed', failure: why.slice(0, 300) });
  }

  /** Misses alerts for a reason that stays. */
  async miss(ids: string[], reason: AlertReason): Promise<void> {
    await this.leave(alertTransitions.miss, ids, { reason, failure: null });
  }

  private async leave(
    transition: Transition & { to: string },
    ids: string[],
    { reason, failure }: { reason: AlertReason; failure: string | null },
  ): Promise<void> {
    const left = await this.database.rows<{ id: string }>(
      `UPDATE alert SET ${setStatus(transition)}, ${changed}, reason = $2, failure = $3
       WHERE id = ANY($1) AND ${inStatus(transition, 'alert')} RETURNING id`,
      [ids, reason, failure],
    );
    await this.stateOf(left);
  }

  /** Writes a leaf of each alert that something was decided of beside the plan of its contract. */
  private stateOf(rows: { id: string }[]): Promise<void> {
    return this.journal.state(
      'alert',
      rows.map(({ id }) => id),
    );
  }

  /** Binds locked alerts to the messages that were frozen for them. Throws when one is no longer planned. */
  async putIntoMessages(alerts: { id: string; messageId: string }[]): Promise<void> {
    const bound = await this.database.run(
      `UPDATE alert SET ${setStatus(alertTransitions.putIntoMessage)}, updated_at = now(), retry_at = NULL, message_id = n.message_id
       FROM unnest($1::uuid[], $2::uuid[]) AS n (id, message_id)
       WHERE alert.id = n.id AND ${inStatus(alertTransitions.putIntoMessage, 'alert')}`,
      [alerts.map(({ id }) => id), alerts.map(({ messageId }) => messageId)],
      'kept',
    );
    if (bound !== alerts.length) throw new Error('an alert was changed under the lock of its drain');
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
  async releaseStranded(contractId: string): Promise<number> {
    const released = await this.database.rows<Pick<Alert, 'id' | 'reissue'>>(
      `UPDATE alert SET ${setStatus(alertTransitions.releaseStranded)}, ${changed}, reason = NULL, failure = NULL
       WHERE contract_id = $1 AND ${inStatus(alertTransitions.releaseStranded, 'alert')} AND (${isStranded}) RETURNING id, reissue`,
      [contractId],
    );
    // No plan says anything of those that keep a number of their own.
    await this.stateOf(released.filter(({ reissue }) => reissue > 0));
    return released.length;
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
