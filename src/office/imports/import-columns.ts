import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { AppError, type FieldProblem } from '../../platform/app-error.js';
import { Journal } from '../../core/proof/journal.service.js';
import { HeadingMemory, type Mapping, mayBeRemembered } from './heading-memory.js';
import { ImportFiles } from './import-files.js';
import type { RunRow } from './import-runs.js';
import type { ColumnsView } from './import.schema.js';
import { isSheetField, requiredFields, sheetFields } from './sheets/sheet-fields.js';
import { readHead, type SheetHead } from './sheets/sheet-head.js';
import type { ImportFormat } from './import-source.js';
import { Database } from '../../platform/database/database.js';

type Column = SheetHead['columns'][number];

interface StoredSheet {
  id: string;
  format: ImportFormat | null;
  mapping: Mapping | null;
}

/** What the columns of a sheet are: proposed, corrected by a person, and remembered for the next file. */
@Injectable()
export class ImportColumns {
  constructor(
    private readonly database: Database,
    private readonly files: ImportFiles,
    private readonly headings: HeadingMemory,
    private readonly journal: Journal,
  ) {}

  /**
   * How a file is read for which nobody has to be asked; null when a heading is unknown or only guessed, or something
   * needed has no column. It is settled before the preview, so that what is applied is what was looked at.
   */
  async certain(row: RunRow): Promise<Mapping | null> {
    if (row.format === 'ocds') return {};
    try {
      const { columns, isCertain } = await this.head(row);
      return isCertain ? Object.fromEntries(columns.map(({ key, field }) => [key, field])) : null;
    } catch (error) {
      // What keeps it from being read is reported with its line when it is read through.
      if (error instanceof AppError) return {};
      throw error;
    }
  }

  async view(sheet: StoredSheet): Promise<ColumnsView> {
    const { columns } = await this.head(sheet);
    const { mapping } = sheet;
    const shown = columns.map((column) => {
      const settled =
        mapping && Object.hasOwn(mapping, column.key) ? (mapping[column.key] ?? null) : undefined;
      return settled === undefined || settled === column.field
        ? column
        : { ...column, field: settled, by: 'chosen' as const };
    });
    return {
      columns: shown,
      missing: requiredFields.filter((field) => !shown.some((column) => column.field === field)),
      fields: sheetFields.map(({ field, ko, en, required }) => ({ field, name: { ko, en }, required })),
    };
  }

  /** The mapping of every column, as it was proposed and corrected. Throws AppError (invalid). */
  async settled(sheet: StoredSheet, wanted: Mapping): Promise<{ mapping: Mapping; columns: Column[] }> {
    const { columns } = await this.head(sheet);
    const before = sheet.mapping ?? {};
    const mapping = Object.fromEntries(
      columns.map(({ key, field }) => {
        if (Object.hasOwn(wanted, key)) return [key, wanted[key] ?? null];
        return [key, Object.hasOwn(before, key) ? (before[key] ?? null) : field];
      }),
    );
    mustBeSound(columns, wanted, mapping);
    return { mapping, columns };
  }

  /**
   * Remembers what a person said of headings that are not known by themselves: a known one is read as it is known in
   * every other file, so that nobody's correction keeps the agency's files from naming whom to tell.
   */
  async keep(
    caller: Caller,
    importId: string,
    { mapping, columns }: { mapping: Mapping; columns: Column[] },
  ): Promise<void> {
    await this.settle(importId, mapping);
    const remembered = Object.fromEntries(
      columns
        .filter(({ by, heading, key }) => by !== 'known' && heading !== '' && mayBeRemembered(key))
        .map(({ key }) => [key, mapping[key] ?? null]),
    );
    await this.headings.remember(remembered, actorOf(caller));
    await this.journal.record({
      subject: 'import',
      subjectId: importId,
      what: 'columns-set',
      before: null,
      after: { remembered, set: columns.map(({ letters, key }) => `${letters} ${mapping[key] ?? '-'}`) },
      actor: actorOf(caller),
      reason: null,
    });
  }

  async settle(importId: string, mapping: Mapping): Promise<void> {
    await this.database.run(`UPDATE import SET mapping = $2 WHERE id = $1`, [
      importId,
      JSON.stringify(mapping),
    ]);
  }

  private async head({ id, format }: StoredSheet): Promise<SheetHead> {
    if (format === 'csv' || format === 'xlsx')
      return readHead(format, this.files.read(id), await this.headings.of({ id, format }));
    throw new AppError('conflict', 'no-columns', 'A published file has no columns to choose.');
  }
}

function mustBeSound(columns: Column[], wanted: Mapping, mapping: Mapping): void {
  const problems: FieldProblem[] = [];
  const known = new Set(columns.map((column) => column.key));
  for (const [key, field] of Object.entries(wanted)) {
    const path = `mapping.${key}`;
    if (!known.has(key))
      problems.push({ path, code: 'heading-unknown', message: 'the sheet has no such heading' });
    if (field !== null && !isSheetField(field))
      problems.push({ path, code: 'field-unknown', message: 'no field of a contract is called so' });
  }
  const taken = Object.values(mapping).filter((field) => field !== null);
  for (const field of new Set(taken.filter((one, i) => taken.indexOf(one) !== i)))
    problems.push({ path: 'mapping', code: 'field-twice', message: `two columns are said to be ${field}` });
  for (const field of requiredFields) {
    if (!taken.includes(field))
      problems.push({ path: 'mapping', code: 'field-missing', message: `no column is said to be ${field}` });
  }
  if (problems.length === 0) return;
  throw new AppError(
    'invalid',
    'columns-unsound',
    `The columns cannot be read so: ${problems.map((problem) => problem.message).join('; ')}.`,
    problems,
  );
}
