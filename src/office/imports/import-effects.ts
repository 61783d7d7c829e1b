import { ImportEffect } from './import.entities.js';
import { Injectable } from '@nestjs/common';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { BeforeImport, FieldChange } from './import-differences.js';
import type { EffectResult, EffectsQuery, EffectView } from './import.schema.js';
import { resultWords } from './import-words.js';
import { idOfCursor, pageFrom } from '../../platform/paging.js';
import { Database } from '../../platform/database/database.js';

/** What an import does, or would do, to one contract. */
export interface Effect {
  ordinal: number;
  place: number;
  line: number;
  contractId: string | null;
  source: string | null;
  reference: string | null;
  title: string | null;
  result: EffectResult;
  version: number | null;
  alerts: { added: number; moved: number; cancelled: number };
  /** Hex of the blind indexes of the numbers that are texted today because of it. */
  dueToday: string[];
  /** Added or moved by it. */
  alertIds: string[];
  changes: FieldChange[];
  before: BeforeImport | null;
}

interface PageRow extends Omit<EffectView, 'resultText' | 'changes' | 'alerts'> {
  added: number;
  moved: number;
  cancelled: number;
  sealed: Buffer | null;
}

/** Keeps what an import did to each contract, so that it can be looked at and undone. */
@Injectable()
export class ImportEffects {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** In place of what was kept of the same units: a preview's effects give way to those of the real thing. */
  async store(importId: string, applied: boolean, units: number[], effects: Effect[]): Promise<void> {
    const earlier = await this.database.rows<{
      key: string;
      result: string;
      previewed: string | null;
      applied: boolean;
    }>(
      `DELETE FROM import_effect WHERE import_id = $1 AND ordinal = ANY($2)
       RETURNING concat_ws(' ', ordinal, place) AS key, result, previewed, applied`,
      [importId, units],
    );
    const said = new Map(earlier.map((row) => [row.key, row.applied ? row.previewed : row.result]));
    await this.database.insert(
      ImportEffect,
      effects.map((effect) => {
        const previewed = applied ? (said.get(`${effect.ordinal} ${effect.place}`) ?? null) : null;
        return this.rowOf(importId, applied, previewed, effect);
      }),
    );
  }

  async page(importId: string, query: EffectsQuery) {
    const rows = await this.database.rows<PageRow>(
      `SELECT id, line, contract_id, reference, title, result, previewed, applied,
              alerts_added AS added, alerts_moved AS moved, alerts_cancelled AS cancelled,
              texted_today, changes_sealed AS sealed
       FROM import_effect
       WHERE import_id = $1 AND ($2::text IS NULL OR result = $2) AND ($3::uuid IS NULL OR id > $3)
       ORDER BY id LIMIT $4`,
      [importId, query.result ?? null, idOfCursor(query.cursor), query.limit + 1],
    );
    const { items, nextCursor } = pageFrom(rows, query.limit);
    return { items: items.map((row) => this.viewOf(row)), nextCursor };
  }

  /** Distinct numbers; of a contract that the file states several times, what the last statement leaves. */
  async peopleTextedToday(importId: string): Promise<number> {
    const [row] = await this.database.rows<{ people: number }>(
      `SELECT count(DISTINCT number)::int AS people
       FROM (SELECT DISTINCT ON (source, reference) due_today FROM import_effect
             WHERE import_id = $1 AND result NOT IN ('ignored', 'refused')
             ORDER BY source, reference, ordinal DESC, place DESC) last, unnest(last.due_today) number`,
      [importId],
    );
    return row?.people ?? 0;
  }

  /** Of which nothing goes in. */
  async refusedUnits(importId: string): Promise<number[]> {
    const rows = await this.database.rows<{ ordinal: number }>(
      `SELECT ordinal::float8 AS ordinal FROM import_effect WHERE import_id = $1
       GROUP BY import_effect.ordinal HAVING bool_and(result = 'refused')`,
      [importId],
    );
    return rows.map((row) => row.ordinal);
  }

  /** Of a preview that is made afresh, or an import that is discarded. */
  async forget(importId: string): Promise<void> {
    await this.database.run(`DELETE FROM import_effect WHERE import_id = $1`, [importId]);
  }

  openBefore(row: { id: string; sealed: Buffer }): BeforeImport {
    return JSON.parse(this.sealer.open(row.sealed, placeOf('undo_sealed', row.id))) as BeforeImport;
  }

  private rowOf(importId: string, applied: boolean, previewed: string | null, effect: Effect) {
    const id = newId();
    const seal = (column: string, value: unknown) =>
      this.sealer.seal(JSON.stringify(value), placeOf(column, id));
    return {
      id,
      importId,
      ordinal: effect.ordinal,
      place: effect.place,
      line: effect.line,
      contractId: applied || effect.result !== 'created' ? effect.contractId : null,
      source: effect.source,
      reference: effect.reference,
      title: effect.title,
      result: effect.result,
      previewed,
      applied,
      version: effect.version,
      alertsAdded: effect.alerts.added,
      alertsMoved: effect.alerts.moved,
      alertsCancelled: effect.alerts.cancelled,
      textedToday: effect.dueToday.length,
      dueToday: effect.dueToday.map((hex) => Buffer.from(hex, 'hex')),
      alertIds: applied ? effect.alertIds : [],
      changesSealed: effect.changes.length > 0 ? seal('changes_sealed', effect.changes) : null,
      undoSealed: applied && effect.before ? seal('undo_sealed', effect.before) : null,
    };
  }

  private viewOf({ sealed, added, moved, cancelled, ...row }: PageRow): EffectView {
    return {
      ...row,
      resultText: resultWords[row.result],
      alerts: { added, moved, cancelled },
      changes:
        sealed === null
          ? []
          : (JSON.parse(this.sealer.open(sealed, placeOf('changes_sealed', row.id))) as FieldChange[]),
    };
  }
}

function placeOf(column: string, rowId: string) {
  return { table: 'import_effect', column, rowId };
}
