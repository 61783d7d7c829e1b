import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { AccessLog } from '../../core/accesses/access-log.service.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { Database } from '../../platform/database/database.js';
import { type Import, ImportProblem, ImportRefused } from './import.entities.js';
import { ImportFiles } from './uploads.js';
import { ImportsService } from './imports.service.js';
import { importProblems } from './imports.words.js';
import { SheetColumns } from './sheet/columns.js';
import { refusedWorkbook, refusedWorkbookName } from './sheet/refused-workbook.js';
import { templateWorkbook } from './sheet/template-workbook.js';

/** Problems that are written beside the refused rows; a sheet with more is wrong as a whole. */
const mostProblems = 50_000;

/** RefusedRows makes the sheets to download: the template, and the refused rows of an import, to fix and upload again. */
@Injectable()
export class RefusedRows {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly imports: ImportsService,
    private readonly files: ImportFiles,
    private readonly columns: SheetColumns,
    private readonly accesses: AccessLog,
  ) {}

  /** Makes an .xlsx. Throws AppError (not-found) when nothing was refused, or it is no longer kept. */
  async workbookOf(caller: Caller, id: string): Promise<StreamableFile> {
    const row = await this.imports.requireSeen(caller, id);
    // They hold what could not be read as it came, with names and numbers.
    await this.accesses.record(caller, { act: 'refused-rows-taken', subject: 'import', subjectIds: [id] });
    const name = refusedWorkbookName(id);
    if (await this.files.hasFile(id, ImportRefused))
      return asDownload(name, Readable.from(this.files.readFile(id, ImportRefused)));
    const workbook = (await this.files.hasFile(id)) ? await this.makeWorkbook(row) : null;
    if (!workbook) throw importProblems.error('nothing-refused');
    return asDownload(name, workbook);
  }

  /** Makes an .xlsx to fill in, with the departments that the caller sees to choose from. */
  async templateFor(caller: Caller): Promise<StreamableFile> {
    const departments = await this.departments.list(caller);
    return asDownload('contracts', templateWorkbook(departments.map((department) => department.name)));
  }

  /** Keeps the refused rows, before the file itself is forgotten, for as long as an import can be undone. */
  async keepWorkbook(row: Import): Promise<void> {
    await this.files.forgetFile(row.id, ImportRefused);
    const isRefused = await this.database
      .repository(ImportProblem)
      .existsBy({ importId: row.id, fatal: true });
    const workbook = isRefused ? await this.makeWorkbook(row) : null;
    if (workbook) await this.files.storeFile(row.id, workbook as AsyncIterable<Buffer>, ImportRefused);
  }

  /** Null for what is no sheet. */
  private async makeWorkbook(row: Import): Promise<Readable | null> {
    const { id, format } = row;
    if (format !== 'csv' && format !== 'xlsx') return null;
    return refusedWorkbook({
      format,
      read: () => this.files.readFile(id),
      mapping: await this.columns.mappingOf(row),
      problems: await this.problemsOfRefusedLines(id),
    });
  }

  private problemsOfRefusedLines(importId: string): Promise<ImportProblem[]> {
    return this.database.rows<ImportProblem>(
      `SELECT * FROM import_problem
       WHERE import_id = $1 AND line IN (SELECT line FROM import_problem WHERE import_id = $1 AND fatal)
       ORDER BY line, id LIMIT $2`,
      [importId, mostProblems],
    );
  }
}

function asDownload(name: string, workbook: Readable): StreamableFile {
  return new StreamableFile(workbook, {
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    disposition: `attachment; filename="${name}.xlsx"`,
  });
}
