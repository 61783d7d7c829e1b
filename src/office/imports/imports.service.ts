import { Injectable } from '@nestjs/common';
import { type FindOptionsWhere, In, JsonContains, LessThan, MoreThan } from 'typeorm';
import type { Caller } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { notFound } from '../../platform/app-error.js';
import { Database } from '../../platform/database/database.js';
import { type Page, pageFrom, placeOfCursor } from '../../platform/paging.js';
import { wordsOf } from '../../platform/words/words.js';
import { Import, ImportProblem } from './import.entities.js';
import { ImportEffects } from './import-effects.js';
import { undoDays } from './import-states.js';
import {
  type EffectsQuery,
  type EffectView,
  importCountsSchema,
  type ImportListQuery,
  type ImportProblemView,
  type ImportView,
  type ProblemsQuery,
} from './import.schema.js';
import { importProblems } from './imports.words.js';
import { problemWords } from './import-problems.words.js';

/** ImportsService shows imports to those who may see them, and decides who may decide on them. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly effects: ImportEffects,
  ) {}

  async importOf(caller: Caller, id: string): Promise<ImportView> {
    return viewOf(await this.requireSeen(caller, id));
  }

  /** Lists the imports that the caller may see, newest first; `cursor` is the id of the last one seen. */
  async importsFor(caller: Caller, { status, cursor, limit }: ImportListQuery): Promise<Page<ImportView>> {
    const seen = await this.departments.seenBy(caller);
    const whose: FindOptionsWhere<Import>[] = seen
      ? [
          { bringerDepartmentId: In(seen) },
          { ownDepartmentId: In(seen), caller: JsonContains(identityOf(caller)) },
        ]
      : [{}];
    const which = { size: MoreThan(0), ...(status && { status }), ...(cursor && { id: LessThan(cursor) }) };
    const rows = await this.database.repository(Import).find({
      where: whose.map((one) => ({ ...one, ...which })),
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
    return {
      items: items.map(problemView),
      nextCursor,
    };
  }

  /** Lists what the import does to each contract, in the order of the file. */
  async effectsOf(caller: Caller, id: string, query: EffectsQuery): Promise<Page<EffectView>> {
    await this.requireSeen(caller, id);
    return this.effects.effectsOf(id, query);
  }

  /** Finds an import that the caller may see. Another department's is not found. */
  async requireSeen(caller: Caller, id: string): Promise<Import> {
    const row = await this.database.repository(Import).findOneBy({ id });
    if (!row || !(await this.maySee(caller, row))) throw notFound('import');
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

  /**
   * Seeing goes by the department of who uploaded it, because what an admin uploads may be about any department. To have
   * uploaded it counts while the import's own department is seen; one without a department is an admin's.
   */
  private async maySee(caller: Caller, row: Import): Promise<boolean> {
    const seen = await this.departments.seenBy(caller);
    const sees = (id: string | null) => seen === null || (id !== null && seen.includes(id));
    return sees(row.bringerDepartmentId) || (isUploader(caller, row) && sees(row.ownDepartmentId));
  }
}

function isUploader(caller: Caller, { caller: uploader }: Import): boolean {
  return caller.accountId !== null
    ? caller.accountId === uploader.accountId
    : caller.keyId !== null && caller.keyId === uploader.keyId;
}

function identityOf({ accountId, keyId }: Caller): Partial<Caller> {
  return accountId === null ? { keyId } : { accountId };
}

function viewOf(row: Import): ImportView {
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: row.id,
    fileName: row.fileName,
    format: row.format,
    status: row.status,
    statusText: wordsOf(`importStatuses.${row.status}`),
    preview: row.preview,
    departmentId: row.ownDepartmentId,
    actor: row.actor,
    counts: importCountsSchema.parse(row.counts),
    previewCounts: row.previewCounts && importCountsSchema.parse(row.previewCounts),
    peopleTextedToday: row.peopleTextedToday,
    peopleTextedTodayText: textedTodayText(row.peopleTextedToday),
    progress: {
      units: row.position,
      totalUnits: row.total,
      bytes: row.bytesRead,
      totalBytes: row.size,
    },
    size: row.size,
    failure: row.failure,
    createdAt: row.createdAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
    undoUntil: iso(undoUntil(row)),
    undone: undoneView(row),
  };
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
