import { Injectable } from '@nestjs/common';
import { type FindOptionsWhere, In, IsNull, JsonContains, LessThan, MoreThan } from 'typeorm';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { type ChangeEntry, Journal } from '../../core/proof/journal.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { type Page, pageFrom, placeOfCursor } from '../../platform/paging.js';
import { wordsOf } from '../../platform/words/words.js';
import { ImportEffects } from './effects.js';
import { problemWords } from './import-problems.words.js';
import { Import, ImportProblem } from './import.entities.js';
import {
  type ApplyBody,
  type EffectsQuery,
  type EffectView,
  type ImportListQuery,
  type ImportProblemView,
  type ImportView,
  importView,
  type ProblemsQuery,
} from './import.schema.js';
import { importProblems } from './imports.words.js';
import { ImportStates, isElsewhere, undoDays } from './states.js';

/**
 * ImportsService shows imports to those who may see them, and takes what people decide about a previewed import: to
 * apply it, to preview it again, to leave it.
 */
@Injectable()
export class ImportsService {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
    private readonly states: ImportStates,
    private readonly effects: ImportEffects,
  ) {}

  async importOf(caller: Caller, id: string): Promise<ImportView> {
    return viewOf(await this.requireSeen(caller, id));
  }

  /** Lists the imports that the caller may see, newest first; `cursor` is the id of the last one seen. */
  async importsFor(caller: Caller, { status, cursor, limit }: ImportListQuery): Promise<Page<ImportView>> {
    const which = { size: MoreThan(0), ...(status && { status }), ...(cursor && { id: LessThan(cursor) }) };
    const rows = await this.database.repository(Import).find({
      where: (await this.visibleTo(caller)).map((one) => ({ ...one, ...which })),
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const { items, nextCursor } = pageFrom(rows, limit);
    return { items: items.map(viewOf), nextCursor };
  }

  /** Lists problems by line; `cursor` is the line and the id of the last one seen. */
  async problemsOf(
    caller: Caller,
    id: string,
    { cursor, limit }: ProblemsQuery,
  ): Promise<Page<ImportProblemView>> {
    await this.requireSeen(caller, id);
    const after = placeOfCursor(cursor ?? '');
    const rows = await this.database.rows<ImportProblem>(
      `SELECT * FROM import_problem
       WHERE import_id = $1 AND ($2::integer IS NULL OR (line, id) > ($2::integer, $3::uuid))
       ORDER BY line, id LIMIT $4`,
      [id, after?.value ?? null, after?.id ?? null, limit + 1],
    );
    const { items, nextCursor } = pageFrom(rows, limit, (row) => row.line);
    return { items: items.map(problemView), nextCursor };
  }

  /** Lists what the import does to each contract, in the order of the file. */
  async effectsOf(caller: Caller, id: string, query: EffectsQuery): Promise<Page<EffectView>> {
    await this.requireSeen(caller, id);
    return this.effects.effectsOf(id, query);
  }

  /** Throws a conflict that names the number of people when the caller has to confirm it. */
  applyImport(caller: Caller, id: string, { confirmTexts }: ApplyBody): Promise<ImportView> {
    return this.decideOn(caller, id, async (row) => {
      if (row.status !== 'ready') throw isElsewhere(row, 'apply');
      if (row.previewedOn !== (await this.settings.today()))
        throw importProblems.error('preview-out-of-date');
      const { peopleTextedToday } = row;
      await this.requireConfirmed(peopleTextedToday ?? 0, confirmTexts);
      await this.states.startApplying(row, caller, actorOf(caller));
      const after = { peopleTextedToday, confirmed: confirmTexts ?? null };
      await this.record(caller, row, { what: 'applied', after });
    });
  }

  /** Makes the preview again, because a day has passed or contracts were changed. */
  previewAgain(caller: Caller, id: string): Promise<ImportView> {
    return this.decideOn(caller, id, (row) => this.states.restartPreview(row, caller, null));
  }

  /** Stops a preview too. */
  discardImport(caller: Caller, id: string): Promise<ImportView> {
    return this.decideOn(caller, id, async (row) => {
      await this.states.discardImport(row, caller);
      await this.record(caller, row, { what: 'discarded' });
    });
  }

  /** Makes a decision in one transaction, if it is the caller's to make; returns the import as it stands then. */
  async decideOn(caller: Caller, id: string, work: (row: Import) => Promise<void>): Promise<ImportView> {
    const row = await this.requireDecidable(caller, id);
    await this.database.inTransaction(() => work(row));
    return this.importOf(caller, id);
  }

  /** Finds an import that the caller may see. Another department's is not found. */
  async requireSeen(caller: Caller, id: string): Promise<Import> {
    const where = (await this.visibleTo(caller)).map((one) => ({ ...one, id }));
    const row = await this.database.repository(Import).findOne({ where });
    if (!row) throw notFound('import');
    return row;
  }

  /** Finds an import that the caller may decide on: who uploaded it, a manager who sees that department, or an admin. */
  async requireDecidable(caller: Caller, id: string): Promise<Import> {
    const row = await this.requireSeen(caller, id);
    if (caller.role === 'admin' || caller.role === 'manager' || isUploader(caller, row)) return row;
    throw importProblems.error('import-of-another');
  }

  /** Refuses to take back what an import did to contracts that, by now, are another department's. */
  async requireReach(caller: Caller, contracts: { departmentId: string }[]): Promise<void> {
    const seen = await this.departments.seenBy(caller);
    if (contracts.some((one) => seen && !seen.includes(one.departmentId))) throw notFound('import');
  }

  private async requireConfirmed(people: number, confirmed: number | undefined): Promise<void> {
    const { importAskAbove: most } = (await this.settings.agency()).value;
    if (confirmed === people || (confirmed === undefined && people <= most)) return;
    const fields = [importProblems.field('confirmTexts', 'texts-to-confirm.people', { people })];
    throw people > most
      ? importProblems.error('texts-to-confirm.above', { people, most }, { fields })
      : importProblems.error('texts-to-confirm', { people }, { fields });
  }

  /** Writes into the history what was decided on an import, and in which status it was then. */
  record(
    caller: Caller,
    { id, status }: Import,
    decided: Pick<ChangeEntry, 'what' | 'after' | 'reason'>,
  ): Promise<void> {
    const entry = { subject: 'import', subjectId: id, before: { status }, actor: actorOf(caller) };
    return this.journal.record({ ...entry, ...decided });
  }

  /**
   * Seeing goes by the department of who uploaded it, because what an admin uploads may be about any department. To have
   * uploaded it counts while the import's own department is seen; one without a department is an admin's.
   */
  private async visibleTo(caller: Caller): Promise<FindOptionsWhere<Import>[]> {
    const seen = await this.departments.seenBy(caller);
    // Files of reference lists are the auditors', who have pages of their own for them.
    const listId = IsNull();
    if (seen === null) return [{ listId }];
    const { accountId, keyId } = caller;
    const uploader: Partial<Caller> = accountId === null ? { keyId } : { accountId };
    return [
      { listId, bringerDepartmentId: In(seen) },
      { listId, ownDepartmentId: In(seen), caller: JsonContains(uploader) },
    ];
  }
}

function isUploader(caller: Caller, { caller: uploader }: Import): boolean {
  return caller.accountId !== null
    ? caller.accountId === uploader.accountId
    : caller.keyId !== null && caller.keyId === uploader.keyId;
}

function viewOf(row: Import): ImportView {
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return importView.parse({
    ...row,
    statusText: wordsOf(`importStatuses.${row.status}`),
    departmentId: row.ownDepartmentId,
    peopleTextedTodayText: textedTodayText(row.peopleTextedToday),
    progress: {
      units: row.position,
      totalUnits: row.total,
      bytes: row.bytesRead,
      totalBytes: row.size,
    },
    createdAt: row.createdAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
    undoUntil: iso(undoUntil(row)),
    undone: undoneView(row),
  });
}

function textedTodayText(people: number | null): ImportView['peopleTextedTodayText'] {
  if (people === null) return null;
  return people === 1
    ? wordsOf('importTexts.textedTodayOne')
    : wordsOf('importTexts.textedToday', { people });
}

function undoUntil({ status, settledAt, finishedAt }: Import): Date | null {
  const isUndoable = (status === 'completed' || status === 'failed') && settledAt === null;
  return isUndoable && finishedAt ? new Date(finishedAt.getTime() + undoDays * 86_400_000) : null;
}

function undoneView({ undoneAt, undoneBy, undoReason, undoCounts }: Import): ImportView['undone'] {
  if (!undoneAt || !undoCounts) return null;
  return { at: undoneAt.toISOString(), actor: undoneBy ?? '', reason: undoReason ?? '', counts: undoCounts };
}

function problemView({ phrase, message, advice, importId: _, ...problem }: ImportProblem): ImportProblemView {
  const text = problemWords({ phrase, message, advice });
  return { ...problem, message: text.message.en, advice: text.advice.en, text };
}
