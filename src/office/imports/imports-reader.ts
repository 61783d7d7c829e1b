import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { ImportAccess } from './import-access.js';
import { ImportEffects } from './import-effects.js';
import { bringerDepartment, importColumns, type ImportRow, ownDepartment, viewOf } from './import-view.js';
import type {
  EffectsQuery,
  ImportListQuery,
  ImportProblemView,
  ImportView,
  ProblemsQuery,
} from './import.schema.js';
import { problemWords } from './problem-words.js';
import { idOfCursor, type Page, pageFrom, placeOfCursor } from '../../platform/paging.js';
import { Database } from '../../platform/database/database.js';

/** Tells what became of imports. */
@Injectable()
export class ImportsReader {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly access: ImportAccess,
    private readonly kept: ImportEffects,
  ) {}

  async view(caller: Caller, id: string): Promise<ImportView> {
    return viewOf(await this.access.mustSee(caller, id));
  }

  /** As ImportAccess lets him see them, newest first; `cursor` is the id of the last one seen. */
  async list(caller: Caller, query: ImportListQuery): Promise<Page<ImportView>> {
    const seen = await this.departments.seenBy(caller);
    const rows = await this.database.rows<ImportRow>(
      `SELECT ${importColumns} FROM import
       WHERE size > 0 AND ($1::uuid[] IS NULL OR ${bringerDepartment} = ANY($1)
           OR (caller ->> $2 = $3 AND ${ownDepartment} = ANY($1)))
         AND ($4::text IS NULL OR status = $4) AND ($5::uuid IS NULL OR id < $5)
       ORDER BY id DESC LIMIT $6`,
      [
        seen,
        caller.accountId === null ? 'keyId' : 'accountId',
        caller.accountId ?? caller.keyId,
        query.status ?? null,
        idOfCursor(query.cursor),
        query.limit + 1,
      ],
    );
    const { items, nextCursor } = pageFrom(rows, query.limit);
    return { items: items.map(viewOf), nextCursor };
  }

  /** By line; `cursor` is the line and the id of the last one seen. */
  async problems(caller: Caller, id: string, query: ProblemsQuery): Promise<Page<ImportProblemView>> {
    await this.access.mustSee(caller, id);
    const after = placeOfCursor(query.cursor ?? '');
    const rows = await this.database.rows<Omit<ImportProblemView, 'text'>>(
      `SELECT id, line, field, value, code, message, advice, fatal FROM import_problem
       WHERE import_id = $1 AND ($2::integer IS NULL OR (line, id) > ($2::integer, $3::uuid))
       ORDER BY line, id LIMIT $4`,
      [id, after?.value ?? null, after?.id ?? null, query.limit + 1],
    );
    const { items, nextCursor } = pageFrom(rows, query.limit, (row) => row.line);
    return { items: items.map((problem) => ({ ...problem, text: problemWords(problem) })), nextCursor };
  }

  /** What it does to each contract, in the order of the file. */
  async effects(caller: Caller, id: string, query: EffectsQuery) {
    await this.access.mustSee(caller, id);
    return this.kept.page(id, query);
  }
}
