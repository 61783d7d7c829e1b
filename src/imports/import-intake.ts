import { Injectable } from '@nestjs/common';
import { actorOf, type Caller, seesAll } from '../access/roles.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { AppError, notFound } from '../platform/app-error.js';
import { rowsOf } from '../platform/database/rows.js';
import { Transactions } from '../platform/database/transactions.js';
import { newId } from '../platform/ids.js';
import { Journal } from '../proof/journal.service.js';
import { ImportFiles } from './import-files.js';
import { formatOf } from './import-format.js';
import { type ImportView, noCounts, type ProblemsQuery } from './import.schema.js';

const columns = `id, file_name AS "fileName", format, status, counts, size::float8 AS size, failure,
  created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt"`;

/** Takes files in, and tells what became of them. */
@Injectable()
export class ImportIntake {
  constructor(
    private readonly transactions: Transactions,
    private readonly departments: DepartmentsService,
    private readonly files: ImportFiles,
    private readonly journal: Journal,
  ) {}

  /** Stores the file whole before anything is read of it. */
  async take(
    caller: Caller,
    file: { name: string; bytes: AsyncIterable<Buffer>; truncated: () => boolean },
    departmentId: string | null,
  ): Promise<ImportView> {
    if (departmentId) await this.departments.mustSee(caller, departmentId);
    const id = newId();
    const { format, bytes } = await formatOf(file.name, file.bytes);
    await this.transactions.manager.query(
      `INSERT INTO import (id, file_name, format, status, department_id, actor, caller, counts)
       VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7)`,
      [
        id,
        file.name.slice(0, 200),
        format,
        departmentId,
        actorOf(caller),
        JSON.stringify(caller),
        JSON.stringify(noCounts),
      ],
    );
    const size = await this.files.store(id, bytes);
    if (file.truncated() || size === 0) {
      await this.forget(id);
      throw file.truncated()
        ? new AppError('too-large', 'file-too-large', 'The file is larger than 200 MB: split it.')
        : new AppError('invalid', 'file-empty', 'The file is empty: check that the right one was chosen.');
    }
    await this.transactions.run(async (manager) => {
      // From now on a worker may take it.
      await manager.query(`UPDATE import SET size = $2 WHERE id = $1`, [id, size]);
      await this.journal.record(manager, {
        subject: 'import',
        subjectId: id,
        what: 'file brought in',
        before: null,
        after: { fileName: file.name.slice(0, 200), format, size },
        actor: actorOf(caller),
        reason: null,
      });
    });
    return this.view(caller, id);
  }

  async view(caller: Caller, id: string): Promise<ImportView> {
    const [row] = await rowsOf<ImportView & { actor: string; departmentId: string | null }>(
      this.transactions.manager,
      `SELECT ${columns}, actor, department_id AS "departmentId" FROM import WHERE id = $1`,
      [id],
    );
    if (!row || !(await this.mayRead(caller, row))) throw notFound('import');
    const { actor: _actor, departmentId: _department, ...view } = row;
    return view;
  }

  async problems(caller: Caller, id: string, query: ProblemsQuery) {
    await this.view(caller, id);
    const items = await rowsOf<{ id: string }>(
      this.transactions.manager,
      `SELECT id, line, field, value, code, message, advice, fatal FROM import_problem
       WHERE import_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [id, query.cursor ?? null, query.limit + 1],
    );
    const page = items.slice(0, query.limit);
    return { items: page, nextCursor: items.length > query.limit ? (page.at(-1)?.id ?? null) : null };
  }

  private async mayRead(
    caller: Caller,
    row: { actor: string; departmentId: string | null },
  ): Promise<boolean> {
    if (seesAll(caller) || row.actor === actorOf(caller)) return true;
    const seen = await this.departments.seenBy(caller);
    return row.departmentId !== null && (seen?.includes(row.departmentId) ?? true);
  }

  private async forget(id: string): Promise<void> {
    await this.files.forget(id);
    await this.transactions.manager.query(`DELETE FROM import WHERE id = $1`, [id]);
  }
}
