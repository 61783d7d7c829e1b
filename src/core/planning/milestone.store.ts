import { Injectable } from '@nestjs/common';
import { groupedBy } from '../../platform/grouped-by.js';
import { newId } from '../../platform/ids.js';
import { Database } from '../../platform/database/database.js';
import { Milestone } from './planning.entities.js';
import type { RecordedAs } from './late-records.js';
import type { OccurrenceToRecord, PlannedMilestone, RecordedOccurrence } from './planning.types.js';
import { planningProblems } from './planning.words.js';

type PlannedOf = PlannedMilestone & { contractId: string };

/** NewMilestone is a milestone as planning stores it: nothing was recorded of it yet. */
export type NewMilestone = Omit<
  Milestone,
  'occurredOn' | 'externalId' | 'note' | 'neutralAt' | 'takenBackOn' | 'createdAt'
>;

/** MilestoneStore keeps the milestone table, which is unique by contract, code and occurrence. */
@Injectable()
export class MilestoneStore {
  constructor(private readonly database: Database) {}

  /** Returns the milestones of contracts, withdrawn ones included, by contract. */
  async milestonesOf(contractIds: string[]): Promise<Map<string, Milestone[]>> {
    if (contractIds.length === 0) return new Map();
    const rows = await this.database.rows<Milestone>(
      `SELECT * FROM milestone WHERE contract_id = ANY($1) ORDER BY contract_id, date NULLS LAST, code, occurrence`,
      [contractIds],
    );
    return groupedBy(rows, ({ contractId }) => contractId);
  }

  async record(
    contractId: string,
    { code, occurrence, occurredOn, note, externalId, owedAt }: OccurrenceToRecord & RecordedAs,
  ): Promise<void> {
    const recorded = await this.database.run(
      `INSERT INTO milestone (id, contract_id, code, occurrence, occurred_on, date, note, external_id, neutral_at, wording)
       VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, 'milestone')
       ON CONFLICT (contract_id, code, occurrence) DO UPDATE
         SET occurred_on = excluded.occurred_on, note = excluded.note, external_id = excluded.external_id,
             neutral_at = excluded.neutral_at, taken_back_on = NULL
         WHERE milestone.occurred_on IS NULL`,
      [newId(), contractId, code, occurrence, occurredOn, note, externalId, owedAt],
    );
    if (recorded === 0) throw planningProblems.error('occurrence-taken');
  }

  /** Takes an occurrence back, as if it had not been recorded. */
  async takeBack(
    contractId: string,
    { code, occurrence, owedAt }: RecordedAs & { code: string },
  ): Promise<void> {
    await this.database.run(
      `UPDATE milestone SET taken_back_on = occurred_on, occurred_on = NULL, external_id = NULL, note = NULL, date = NULL,
         neutral_at = $4
       WHERE contract_id = $1 AND code = $2 AND occurrence = $3`,
      [contractId, code, occurrence, owedAt],
    );
  }

  /** Puts another day to an occurrence. */
  async correct(
    contractId: string,
    { code, occurrence, occurredOn, owedAt }: RecordedOccurrence & RecordedAs,
  ): Promise<void> {
    await this.database
      .repository(Milestone)
      .update({ contractId, code, occurrence }, { occurredOn, neutralAt: owedAt });
  }

  /** Stores milestones of contracts that have none yet. */
  async insert(milestones: PlannedOf[]): Promise<NewMilestone[]> {
    const rows = milestones.map(rowOf);
    await this.database.insert(Milestone, rows);
    return rows;
  }

  /** Inserts the next occurrence of a milestone that no plan has: withdrawn, so that planning does nothing with it. */
  async insertBesidePlan(
    contractId: string,
    code: string,
    date: string,
  ): Promise<Pick<Milestone, 'id' | 'occurrence'>> {
    const [row] = await this.database.rows<Pick<Milestone, 'id' | 'occurrence'>>(
      `INSERT INTO milestone (id, contract_id, code, occurrence, date, wording, withdrawn)
       SELECT $1, $2::uuid, $3::text, coalesce(max(occurrence), 0) + 1, $4, 'milestone', true
       FROM milestone WHERE contract_id = $2 AND code = $3 RETURNING id, occurrence`,
      [newId(), contractId, code, date],
    );
    if (!row) throw new Error('a milestone was not inserted');
    return row;
  }

  /**
   * Returns the ids by `contract code occurrence`, and how many milestones were changed. What the plan no longer has is marked as
   * withdrawn.
   */
  async store(
    milestones: PlannedOf[],
    contractIds: string[],
  ): Promise<{ ids: Map<string, string>; changed: number }> {
    const rows = milestones.map(rowOf);
    let changed = await this.database.run(
      `INSERT INTO milestone (id, contract_id, code, occurrence, date, expected_by, wording, due_at, first_due_at, withdrawn)
       SELECT id, contract_id, code, occurrence, date, expected_by, wording, due_at, first_due_at, withdrawn
       FROM json_populate_recordset(NULL::milestone, $1::json)
       ON CONFLICT (contract_id, code, occurrence) DO UPDATE
         SET date = excluded.date, expected_by = excluded.expected_by, wording = excluded.wording,
             due_at = excluded.due_at, first_due_at = excluded.first_due_at, withdrawn = false
         WHERE (milestone.date, milestone.expected_by, milestone.wording, milestone.due_at, milestone.first_due_at,
             milestone.withdrawn)
           IS DISTINCT FROM (excluded.date, excluded.expected_by, excluded.wording, excluded.due_at, excluded.first_due_at, false)`,
      [this.database.recordset(Milestone, rows)],
    );
    const stored = await this.database.rows<Pick<Milestone, 'id' | 'contractId' | 'code' | 'occurrence'>>(
      `SELECT id, contract_id, code, occurrence FROM milestone WHERE contract_id = ANY($1)`,
      [contractIds],
    );
    const kept = new Set(rows.map(keyOf));
    const gone = stored.filter((row) => !kept.has(keyOf(row))).map((row) => row.id);
    if (gone.length > 0) {
      changed += await this.database.run(
        `UPDATE milestone SET withdrawn = true, due_at = NULL WHERE id = ANY($1) AND NOT withdrawn`,
        [gone],
      );
    }
    return { ids: new Map(stored.map((row) => [keyOf(row), row.id])), changed };
  }
}

function rowOf({
  recorded: _recorded,
  overdue: _overdue,
  expectedFrom: _from,
  ...milestone
}: PlannedOf): NewMilestone {
  return { id: newId(), firstDueAt: null, ...milestone, withdrawn: false };
}

/** Writes what names a milestone: its contract, its code and which occurrence of it is meant. */
export function keyOf({
  contractId,
  code,
  occurrence,
}: Pick<Milestone, 'contractId' | 'code' | 'occurrence'>): string {
  return `${contractId} ${code} ${occurrence}`;
}
