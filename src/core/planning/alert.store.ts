import { Injectable } from '@nestjs/common';
import type { LocalDate } from '../calendar/calendar.schema.js';
import type { ExistingAlert, PlannedAlert } from './planning.types.js';
import { Alert } from './planning.entities.js';
import { Database } from '../../platform/database/database.js';

/** One number is always in one shard, so that its digest and its one open attempt meet inside one drain. */
export const shardCount = 8;

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

/** The alert table. A row that is claimed or messaged is never touched from here. */
@Injectable()
export class AlertStore {
  constructor(private readonly database: Database) {}

  /** Locks the contracts' alerts: a claim under way is waited for, and a later one skips them. */
  async lockOf(contractIds: string[]): Promise<Map<string, ExistingAlert[]>> {
    const rows = await this.database.rows<ExistingAlert & { contractId: string }>(
      `SELECT a.id, a.contract_id, m.code, m.occurrence, a.contact_id,
              encode(a.number_index, 'hex') AS number, a.wording, a.due_at, a.status, a.reason
       FROM alert a JOIN milestone m ON m.id = a.milestone_id
       WHERE a.contract_id = ANY($1) AND a.reissue = 0
       ORDER BY a.id FOR UPDATE OF a`,
      [contractIds],
    );
    const byContract = new Map<string, ExistingAlert[]>();
    for (const { contractId, ...alert } of rows) {
      byContract.set(contractId, [...(byContract.get(contractId) ?? []), alert]);
    }
    return byContract;
  }

  async store(alerts: AlertToStore[], now: Date): Promise<void> {
    const rows = alerts.map((alert) => ({ isNew: alert.isNew, row: rowOf(alert, now) }));
    await this.database.insert(
      Alert,
      rows.filter((r) => r.isNew).map((r) => r.row),
    );
    const changed = rows.filter((r) => !r.isNew).map((r) => r.row);
    if (changed.length === 0) return;
    const stored = await this.database.rows<{ id: string }>(
      `UPDATE alert SET due_at = n.due_at, due_day = n.due_day, status = n.status, reason = n.reason,
              wording = n.wording, number_index = n.number_index, shard = n.shard, department_id = n.department_id,
              planned_at = n.planned_at, retry_at = NULL, updated_at = clock_timestamp()
       FROM json_populate_recordset(NULL::alert, $1::json) n
       WHERE alert.id = n.id AND alert.status NOT IN ('claimed', 'messaged')
       RETURNING alert.id`,
      [this.database.recordset(Alert, changed)],
    );
    if (stored.length !== changed.length)
      throw new Error('an alert was claimed under the lock of its contract');
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
