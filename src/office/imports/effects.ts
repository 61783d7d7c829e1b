import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { mapInTurns } from '../../platform/breathe.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { type Page, pageFrom } from '../../platform/paging.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { wordsOf } from '../../platform/words/words.js';
import { ImportEffect } from './import.entities.js';
import { type EffectsQuery, type EffectView, effectView } from './import.schema.js';
import { type BeforeImport, type FieldChange, merged } from './snapshots.js';
import { groupedBy } from '../../platform/grouped-by.js';

/** What an ImportEffect holds otherwise than an Effect, or adds to it. */
type Added =
  'id' | 'importId' | 'applied' | 'previewed' | 'textedToday' | 'dueToday' | 'changesSealed' | 'undoSealed';

/** Effect is what an import does, or would do, to one contract, before it is sealed into an ImportEffect. */
export interface Effect extends Omit<ImportEffect, Added> {
  /** Blind indexes, in hexadecimal, of the numbers that are texted today because of it. */
  dueToday: string[];
  changes: FieldChange[];
  before: BeforeImport | null;
}

/** Makes the effect of a contract, or of a line of which nothing goes in, before anything has become of it. */
export function emptyEffect(
  ordinal: number,
  place: number,
  { line, reference, title }: Pick<Effect, 'line' | 'reference' | 'title'>,
): Effect {
  return {
    ordinal,
    place,
    line,
    contractId: null,
    source: null,
    reference,
    title,
    result: 'refused',
    version: null,
    alertsAdded: 0,
    alertsMoved: 0,
    alertsCancelled: 0,
    alertIds: [],
    dueToday: [],
    changes: [],
    before: null,
  };
}

/** TouchedContract is a contract that an import created or changed. */
export interface TouchedContract {
  contractId: string;
  reference: string;
  created: boolean;
  /** The contract's version when the import had done with it. */
  version: number;
}

/** SQL: whether an alert `a` is planned as it is because of an effect `e` on its contract. */
export const isBecauseOf = `e.applied AND (e.result = 'created' OR a.id = ANY(e.alert_ids))`;

/** ImportEffects keeps what an import did to each contract, so that it can be looked at and undone. */
@Injectable()
export class ImportEffects {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Keeps effects in place of what was kept of the same units: a preview's give way to those of the real thing. */
  async replaceEffects(
    importId: string,
    applied: boolean,
    units: number[],
    effects: Effect[],
  ): Promise<void> {
    const rows = await mapInTurns(effects, (effect) => this.sealed(effect, applied));
    const earlier = await this.database.rows<
      Pick<ImportEffect, 'result' | 'previewed' | 'applied'> & { key: string }
    >(
      `DELETE FROM import_effect WHERE import_id = $1 AND ordinal = ANY($2)
       RETURNING concat_ws(' ', ordinal, place) AS key, result, previewed, applied`,
      [importId, units],
    );
    const previewed = new Map(earlier.map((row) => [row.key, row.applied ? row.previewed : row.result]));
    await this.database.insert(
      ImportEffect,
      rows.map((row) => ({
        ...row,
        importId,
        previewed: applied ? (previewed.get(`${row.ordinal} ${row.place}`) ?? null) : null,
      })),
    );
  }

  /** Lists effects in the order of the file; `cursor` is the id of the last one seen. */
  async effectsOf(importId: string, { result, cursor, limit }: EffectsQuery): Promise<Page<EffectView>> {
    const rows = await this.database.repository(ImportEffect).find({
      where: { importId, ...(result && { result }), ...(cursor && { id: MoreThan(cursor) }) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    const { items, nextCursor } = pageFrom(rows, limit);
    return { items: await mapInTurns(items, (row) => this.viewOf(row)), nextCursor };
  }

  /** Counts distinct numbers; of a contract that the file states several times, what the last statement leaves. */
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

  /** Lists the units of which nothing goes in. */
  async refusedUnits(importId: string): Promise<number[]> {
    const rows = await this.database.rows<{ ordinal: number }>(
      `SELECT ordinal::float8 AS ordinal FROM import_effect WHERE import_id = $1
       GROUP BY import_effect.ordinal HAVING bool_and(result = 'refused')`,
      [importId],
    );
    return rows.map((row) => row.ordinal);
  }

  /** Lists the contracts that were created or changed, by id. */
  touchedBy(importId: string): Promise<TouchedContract[]> {
    return this.database.rows<TouchedContract>(
      `SELECT contract_id, max(reference) AS reference, bool_or(result = 'created') AS created,
              (array_agg(version ORDER BY ordinal DESC, place DESC))[1] AS version
       FROM import_effect
       WHERE import_id = $1 AND applied AND result IN ('created', 'updated', 'corrected')
       GROUP BY contract_id ORDER BY contract_id`,
      [importId],
    );
  }

  /**
   * Finds contracts that somebody was, or is just being, texted about because of the import: any alert of a contract that
   * it created, and of the others those that it added or moved. Waits for a claim under way; a later one skips the rows.
   */
  async sentBecauseOf(importId: string, contractIds: string[]): Promise<Set<string>> {
    await this.database.run(`SELECT 1 FROM alert WHERE contract_id = ANY($1) ORDER BY id FOR UPDATE`, [
      contractIds,
    ]);
    const rows = await this.database.rows<{ contractId: string }>(
      `SELECT DISTINCT a.contract_id FROM alert a JOIN import_effect e ON e.contract_id = a.contract_id
       WHERE a.contract_id = ANY($2) AND e.import_id = $1 AND a.status = 'messaged' AND ${isBecauseOf}`,
      [importId, contractIds],
    );
    return new Set(rows.map((row) => row.contractId));
  }

  /** Returns what contracts were before the import, by id. */
  async beforeImport(importId: string, contractIds: string[]): Promise<Map<string, BeforeImport>> {
    const rows = await this.database.rows<{ id: string; contractId: string; undoSealed: Buffer }>(
      `SELECT id, contract_id, undo_sealed FROM import_effect
       WHERE import_id = $1 AND contract_id = ANY($2) AND applied AND undo_sealed IS NOT NULL
       ORDER BY ordinal, place`,
      [importId, contractIds],
    );
    const before = groupedBy(rows, ({ contractId }) => contractId);
    const opened = ({ id, undoSealed }: (typeof rows)[number]): BeforeImport =>
      this.open('undo_sealed', id, undoSealed);
    return new Map([...before].map(([contractId, own]) => [contractId, merged(own.map(opened))]));
  }

  /** Forgets what contracts were before the import, once undoing is over. */
  async forgetBefore(importId: string): Promise<void> {
    await this.database.run(
      `UPDATE import_effect SET undo_sealed = NULL, alert_ids = '{}', due_today = '{}' WHERE import_id = $1`,
      [importId],
    );
  }

  private sealed({ dueToday, changes, before, ...effect }: Effect, applied: boolean): Partial<ImportEffect> {
    const id = newId();
    return {
      ...effect,
      id,
      applied,
      contractId: applied || effect.result !== 'created' ? effect.contractId : null,
      alertIds: applied ? effect.alertIds : [],
      textedToday: dueToday.length,
      dueToday: dueToday.map((hex) => Buffer.from(hex, 'hex')),
      changesSealed: changes.length > 0 ? this.seal('changes_sealed', id, changes) : null,
      undoSealed: applied && before ? this.seal('undo_sealed', id, before) : null,
    };
  }

  private viewOf(row: ImportEffect): EffectView {
    const { alertsAdded: added, alertsMoved: moved, alertsCancelled: cancelled, changesSealed } = row;
    return effectView.parse({
      ...row,
      resultText: wordsOf(`importResults.${row.result}`),
      alerts: { added, moved, cancelled },
      changes: changesSealed ? this.open<FieldChange[]>('changes_sealed', row.id, changesSealed) : [],
    });
  }

  private seal(column: string, rowId: string, value: unknown): Buffer {
    return this.sealer.seal(JSON.stringify(value), { table: 'import_effect', column, rowId });
  }

  private open<T>(column: string, rowId: string, sealed: Buffer): T {
    return JSON.parse(this.sealer.open(sealed, { table: 'import_effect', column, rowId })) as T;
  }
}
