import { Injectable } from '@nestjs/common';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { newId } from '../../platform/ids.js';
import type { OccurrenceToRecord, PlannedMilestone, Wording } from './planning.types.js';
import { planningProblems } from './planning.words.js';
import { Milestone } from './planning.entities.js';
import { Database } from '../../platform/database/database.js';

export interface MilestoneRow {
  id: string;
  contractId: string;
  code: string;
  occurrence: number;
  date: LocalDate | null;
  expectedBy: LocalDate | null;
  occurredOn: LocalDate | null;
  externalId: string | null;
  note: string | null;
  wording: Wording;
  dueAt: Date | null;
  withdrawn: boolean;
}

const columns = `id, contract_id, code, occurrence, date, expected_by,
  occurred_on, external_id, note, wording, due_at, withdrawn`;

/** The milestone table; unique by (contract, code, occurrence). */
@Injectable()
export class MilestoneStore {
  constructor(private readonly database: Database) {}

  async of(contractIds: string[]): Promise<Map<string, MilestoneRow[]>> {
    const rows = await this.database.rows<MilestoneRow>(
      `SELECT ${columns} FROM milestone WHERE contract_id = ANY($1) ORDER BY contract_id, date NULLS LAST, code, occurrence`,
      [contractIds],
    );
    const byContract = new Map<string, MilestoneRow[]>();
    for (const row of rows) byContract.set(row.contractId, [...(byContract.get(row.contractId) ?? []), row]);
    return byContract;
  }

  async record(contractId: string, occurrence: OccurrenceToRecord & { occurrence: number }): Promise<void> {
    const recorded = await this.database.rows<{ id: string }>(
      `INSERT INTO milestone (id, contract_id, code, occurrence, occurred_on, date, note, external_id, wording)
       VALUES ($1, $2, $3, $4, $5, $5, $6, $7, 'milestone')
       ON CONFLICT (contract_id, code, occurrence) DO UPDATE
         SET occurred_on = excluded.occurred_on, note = excluded.note, external_id = excluded.external_id
         WHERE milestone.occurred_on IS NULL
       RETURNING id`,
      [
        newId(),
        contractId,
        occurrence.code,
        occurrence.occurrence,
        occurrence.occurredOn,
        occurrence.note,
        occurrence.externalId,
      ],
    );
    if (!recorded[0]) {
      throw planningProblems.error('occurrence-taken');
    }
  }

  async takeBack(contractId: string, occurrences: { code: string; occurrence: number }[]): Promise<void> {
    for (const { code, occurrence } of occurrences) {
      await this.database.run(
        `UPDATE milestone SET occurred_on = NULL, external_id = NULL, note = NULL, date = NULL
         WHERE contract_id = $1 AND code = $2 AND occurrence = $3`,
        [contractId, code, occurrence],
      );
    }
  }

  /** Returns the ids by `contract code occurrence`. What the plan no longer has is marked as withdrawn. */
  async store(
    milestones: (PlannedMilestone & { contractId: string })[],
    contractIds: string[],
  ): Promise<Map<string, string>> {
    const rows = milestones.map((m) => ({
      id: newId(),
      contractId: m.contractId,
      code: m.code,
      occurrence: m.occurrence,
      date: m.date,
      expectedBy: m.expectedBy,
      wording: m.wording,
      dueAt: m.dueAt,
      withdrawn: false,
    }));
    const kept = new Set(rows.map((row) => `${row.contractId} ${row.code} ${row.occurrence}`));
    await this.database.run(
      `INSERT INTO milestone (id, contract_id, code, occurrence, date, expected_by, wording, due_at, withdrawn)
       SELECT id, contract_id, code, occurrence, date, expected_by, wording, due_at, withdrawn
       FROM json_populate_recordset(NULL::milestone, $1::json)
       ON CONFLICT (contract_id, code, occurrence) DO UPDATE
         SET date = excluded.date, expected_by = excluded.expected_by, wording = excluded.wording,
             due_at = excluded.due_at, withdrawn = false
         WHERE (milestone.date, milestone.expected_by, milestone.wording, milestone.due_at, milestone.withdrawn)
           IS DISTINCT FROM (excluded.date, excluded.expected_by, excluded.wording, excluded.due_at, false)`,
      [this.database.recordset(Milestone, rows)],
    );
    const stored = await this.database.rows<{
      id: string;
      contractId: string;
      code: string;
      occurrence: number;
    }>(`SELECT id, contract_id, code, occurrence FROM milestone WHERE contract_id = ANY($1)`, [contractIds]);
    const keyOf = (row: (typeof stored)[number]) => `${row.contractId} ${row.code} ${row.occurrence}`;
    const gone = stored.filter((row) => !kept.has(keyOf(row))).map((row) => row.id);
    if (gone.length > 0) {
      await this.database.run(
        `UPDATE milestone SET withdrawn = true, due_at = NULL WHERE id = ANY($1) AND NOT withdrawn`,
        [gone],
      );
    }
    return new Map(stored.map((row) => [keyOf(row), row.id]));
  }
}
