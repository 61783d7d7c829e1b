import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../../core/access/roles.js';
import { Journal } from '../../../core/proof/journal.service.js';
import { AppError, type FieldProblem } from '../../../platform/app-error.js';
import { Database } from '../../../platform/database/database.js';
import type { Word } from '../../../platform/words/words.js';
import { Import, ImportHeading } from '../import.entities.js';
import { ImportFiles } from '../uploads.js';
import { type ClaimedImport, ImportStates, isElsewhere } from '../states.js';
import type { ColumnMapping, ColumnsBody, ColumnsView, ImportStatus, ImportView } from '../import.schema.js';
import { ImportsService } from '../imports.service.js';
import { importProblems } from '../imports.words.js';
import { fieldNames, isSheetField, missingFields, specOf } from './fields.js';
import { readHead, type SheetHead } from './guess.js';

type Column = SheetHead['columns'][number];

/** The states of an import in which its file is there. */
const withFile: ImportStatus[] = ['queued', 'reading', 'columns', 'previewing', 'ready', 'running'];

/**
 * SheetColumns settles what the columns of a sheet are: proposed, corrected by a person, and remembered for the next
 * file of the whole agency.
 */
@Injectable()
export class SheetColumns {
  constructor(
    private readonly database: Database,
    private readonly imports: ImportsService,
    private readonly states: ImportStates,
    private readonly files: ImportFiles,
    private readonly journal: Journal,
  ) {}

  async columnsOf(caller: Caller, id: string): Promise<ColumnsView> {
    const row = await this.imports.requireSeen(caller, id);
    if (!withFile.includes(row.status)) throw isElsewhere(row, 'viewColumns');
    const { columns } = await this.headOf(row, await this.rememberedFor(row));
    const shown = columns.map((column) => {
      const settled = choiceIn(row.mapping, column.key);
      return settled === undefined || settled === column.field
        ? column
        : { ...column, field: settled, by: 'chosen' as const };
    });
    return {
      columns: shown,
      missing: missingFields((field) => shown.some((column) => column.field === field)),
      fields: fieldNames.map((field) => {
        const { heading, required = false } = specOf(field);
        return { field, name: { ko: heading[0], en: heading[1] }, required };
      }),
    };
  }

  /** Takes a person's choice and has the preview made by it, again if there was one. Throws AppError (invalid). */
  async chooseColumns(caller: Caller, id: string, { mapping: wanted }: ColumnsBody): Promise<ImportView> {
    const row = await this.imports.requireDecidable(caller, id);
    if (row.status !== 'columns' && row.status !== 'ready') throw isElsewhere(row, 'chooseColumns');
    const { columns } = await this.headOf(row, await this.rememberedFor(row));
    const mapping = Object.fromEntries(
      columns.map(({ key, field }) => {
        const chosen = [choiceIn(wanted, key), choiceIn(row.mapping, key)].find((one) => one !== undefined);
        return [key, chosen === undefined ? field : chosen];
      }),
    );
    requireSound(columns, wanted, mapping);
    await this.database.inTransaction(async () => {
      await this.states.restartPreview(row, caller, mapping);
      await this.keepChoice(caller, id, columns, mapping);
    });
    return this.imports.importOf(caller, id);
  }

  /**
   * Settles the columns of a file for which nobody has to be asked, before the preview, so that what is applied is what
   * was looked at. Returns false when a person has to be asked, because a heading is unknown or only guessed or a needed one is
   * missing, or when the import was taken away.
   */
  async settleColumns(row: ClaimedImport): Promise<boolean> {
    const mapping = await this.certainMapping(row);
    if (mapping) return this.states.startPreview(row, mapping);
    await this.states.awaitColumns(row);
    return false;
  }

  /** Returns what was settled for the file, else what is remembered of its headings. */
  async mappingOf(row: Import): Promise<ColumnMapping> {
    return row.mapping ?? (await this.rememberedFor(row));
  }

  private async certainMapping(row: Import): Promise<ColumnMapping | null> {
    const head = await this.headIfReadable(row, await this.rememberedFor(row));
    if (!head) return {};
    return head.isCertain ? Object.fromEntries(head.columns.map(({ key, field }) => [key, field])) : null;
  }

  /**
   * Returns what is remembered of the headings of a stored file. A heading that is known by itself wins: whoever chooses
   * that the remarks are the telephone numbers does not keep other departments' sheets from being read as they are.
   */
  private async rememberedFor(row: Import): Promise<ColumnMapping> {
    if (row.format !== 'csv' && row.format !== 'xlsx') return {};
    const remembered = await this.database.repository(ImportHeading).find();
    if (remembered.length === 0) return {};
    const head = await this.headIfReadable(row, {});
    const isKnown = (field: string) =>
      head?.columns.some((column) => column.by === 'known' && column.field === field) ?? false;
    return Object.fromEntries(
      remembered
        .filter(({ field }) => field === null || !isKnown(field))
        .map(({ heading, field }) => [heading, field]),
    );
  }

  /** Returns null for what is no sheet, or cannot be read: why is reported, with its line, when it is read through. */
  private async headIfReadable(row: Import, remembered: ColumnMapping): Promise<SheetHead | null> {
    try {
      return await this.headOf(row, remembered);
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  /** Throws AppError for what is no sheet, or cannot be read. */
  private headOf({ id, format }: Import, remembered: ColumnMapping): Promise<SheetHead> {
    if (format !== 'csv' && format !== 'xlsx') throw importProblems.error('no-columns');
    return readHead(format, this.files.readFile(id), remembered);
  }

  /**
   * Remembers what a person chose for headings that are not known by themselves. A known one is read as it is known in
   * every other file, so that nobody's correction keeps the agency's files from naming whom to notify.
   */
  private async keepChoice(
    caller: Caller,
    importId: string,
    columns: Column[],
    mapping: ColumnMapping,
  ): Promise<void> {
    const actor = actorOf(caller);
    const remembered = Object.fromEntries(
      columns
        .filter(({ by, heading, key }) => by !== 'known' && heading !== '' && mayBeRemembered(key))
        .map(({ key }) => [key, mapping[key] ?? null]),
    );
    for (const [heading, field] of Object.entries(remembered)) {
      await this.database.run(
        `INSERT INTO import_heading (heading, field, actor) VALUES ($1, $2, $3)
         ON CONFLICT (heading) DO UPDATE SET field = $2, actor = $3, set_at = clock_timestamp()
         WHERE import_heading.field IS DISTINCT FROM $2`,
        [heading, field, actor],
      );
    }
    await this.journal.record({
      subject: 'import',
      subjectId: importId,
      what: 'columns-set',
      after: { remembered, set: columns.map(({ letters, key }) => `${letters} ${mapping[key] ?? '-'}`) },
      actor,
    });
  }
}

/**
 * Returns undefined where nothing was chosen; null is a choice, not to read the column. A heading may be called
 * "constructor".
 */
function choiceIn(mapping: ColumnMapping | null, key: string): string | null | undefined {
  return mapping && Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

/** Keeps a first row that holds data instead of headings from being remembered: it may name people and their numbers. */
function mayBeRemembered(heading: string): boolean {
  return heading.length > 0 && heading.length <= 60 && !/\d{4}/.test(heading);
}

function requireSound(columns: Column[], wanted: ColumnMapping, mapping: ColumnMapping): void {
  const keys = new Set(columns.map(({ key }) => key));
  const wrong = Object.entries(wanted).flatMap(([key, field]) => {
    const path = `mapping.${key}`;
    const isField = field === null || isSheetField(field);
    return [
      ...(keys.has(key) ? [] : [importProblems.field(path, 'heading-unknown')]),
      ...(isField ? [] : [importProblems.field(path, 'field-unknown')]),
    ];
  });
  const taken = Object.values(mapping).filter((field) => field !== null);
  const twice = [...new Set(taken.filter((one, i) => taken.indexOf(one) !== i))];
  const missing = missingFields((field) => taken.includes(field));
  const fields = [
    ...wrong,
    ...twice.map((field) => importProblems.field('mapping', 'field-twice', { field })),
    ...missing.map((field) => importProblems.field('mapping', 'field-missing', { field })),
  ];
  if (fields.length === 0) return;
  const problems = fields
    .map(wordOf)
    .reduce((first, second) => ({ word: 'problems.columns-unsound.both', params: { first, second } }));
  throw importProblems.error('columns-unsound', { problems }, { fields });
}

function wordOf({ phrase }: FieldProblem): Word {
  return { word: `problems.${phrase?.code}`, params: phrase?.params ?? {} };
}
