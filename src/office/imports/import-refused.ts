import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { AppError } from '../../platform/app-error.js';
import { ImportAccess } from './import-access.js';
import { ImportFiles } from './import-files.js';
import { ImportReading } from './import-reading.js';
import type { RunRow } from './import-runs.js';
import type { ImportFormat } from './import-source.js';
import { refusedWorkbook, type RefusedProblem } from './sheets/refused-workbook.js';
import { templateWorkbook } from './sheets/template-workbook.js';
import { Database } from '../../platform/database/database.js';

interface SheetRow {
  id: string;
  format: ImportFormat | null;
  mapping: Record<string, string | null> | null;
}

/** What is written beside the refused rows; a sheet with more is wrong as a whole. */
const mostProblems = 50_000;

/** Sheets to download: the template, and the refused rows of an import, to mend and bring back. */
@Injectable()
export class RefusedRows {
  constructor(
    private readonly database: Database,
    private readonly access: ImportAccess,
    private readonly files: ImportFiles,
    private readonly reading: ImportReading,
    private readonly departments: DepartmentsService,
  ) {}

  /** An .xlsx. Throws AppError (not-found) when nothing was refused, or it is no longer kept. */
  async workbook(caller: Caller, id: string): Promise<Readable> {
    const row = await this.access.mustSee(caller, id);
    if (await this.has(id, 'import_refused')) return Readable.from(this.files.read(id, 'import_refused'));
    const made = (await this.has(id, 'import_chunk')) ? await this.make(row) : null;
    if (made) return made;
    throw new AppError(
      'not-found',
      'nothing-refused',
      'There are no refused rows of this import: nothing was refused, or they are no longer kept.',
    );
  }

  /** An .xlsx, with the departments that the caller sees to choose from. */
  async template(caller: Caller): Promise<Readable> {
    const departments = await this.departments.list(caller);
    return templateWorkbook(departments.map((department) => department.name));
  }

  /** Before the file itself is forgotten: what was refused is kept for as long as an import can be undone. */
  async keep(row: RunRow): Promise<void> {
    await this.files.forget(row.id, 'import_refused');
    const refused = await this.problems(row.id);
    if (refused.length === 0) return;
    const made = await this.make(row);
    if (made) await this.files.store(row.id, made as AsyncIterable<Buffer>, 'import_refused');
  }

  /** Null for what is no sheet. */
  private async make(row: SheetRow): Promise<Readable | null> {
    const { format } = row;
    if (format !== 'csv' && format !== 'xlsx') return null;
    return refusedWorkbook({
      format,
      read: () => this.files.read(row.id),
      mapping: await this.reading.mappingOf(row),
      problems: await this.problems(row.id),
    });
  }

  /** Of the lines that were refused. */
  private problems(importId: string): Promise<RefusedProblem[]> {
    return this.database.rows<RefusedProblem>(
      `SELECT line, field, value, code, message, advice, fatal FROM import_problem
       WHERE import_id = $1 AND line IN (SELECT line FROM import_problem WHERE import_id = $1 AND fatal)
       ORDER BY line, id LIMIT $2`,
      [importId, mostProblems],
    );
  }

  private async has(importId: string, shelf: 'import_chunk' | 'import_refused'): Promise<boolean> {
    const [row] = await this.database.rows(`SELECT 1 FROM ${shelf} WHERE import_id = $1 LIMIT 1`, [importId]);
    return row !== undefined;
  }
}
