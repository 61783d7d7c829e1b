import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../../core/access/roles.js';
import { Journal } from '../../../core/proof/journal.service.js';
import { AppError, type FieldProblem } from '../../../platform/app-error.js';
import { Database } from '../../../platform/database/database.js';
import type { Word } from '../../../platform/words/words.js';
import type { Import } from '../import.entities.js';
import { ImportFiles } from '../uploads.js';
import { type ClaimedImport, ImportStates, isElsewhere } from '../states.js';
import type { ColumnMapping, ColumnsBody, ColumnsView, ImportView } from '../import.schema.js';
import { ImportsService } from '../imports.service.js';
import { importProblems } from '../imports.words.js';
import { fieldNames, isSheetField, missingFields, specOf } from './fields.js';
import { readHead, type SheetHead } from './guess.js';

type Column = SheetHead['columns'][number];

/** The states of an import in which its file is there. */
const withFile: Import['status'][] = ['queued', 'reading', 'columns', 'previewing', 'ready', 'running'];

/**
 * SheetColumns settles what the columns of a sheet are: proposed, corrected by a person, and remembered for further
 * files of the department once the import is applied.
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
      await this.journal.record({
        subject: 'import',
        subjectId: id,
        what: 'columns-set',
        after: { set: columns.map(({ letters, key }) => `${letters} ${mapping[key] ?? '-'}`) },
        actor: actorOf(caller),
      });
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
   * Returns what earlier imports of the same department were applied with, for the headings of a stored file that are not known by
   * themselves. What is known wins: whoever chooses that the remarks are the telephone numbers does not keep other sheets from
   * being read as they are.
   */
  private async rememberedFor(row: Import): Promise<ColumnMapping> {
    if (row.format !== 'csv' && row.format !== 'xlsx') return {};
    const columns = (await this.headIfReadable(row, {}))?.columns ?? [];
    const keys = columns.filter(mayBeRemembered).map(({ key }) => key);
    if (keys.length === 0) return {};
    const earlier = await this.database.rows<{ mapping: ColumnMapping }>(
      `SELECT mapping FROM import WHERE department_id IS NOT DISTINCT FROM $1 AND status = 'completed' AND mapping ?| $2
        ORDER BY id DESC LIMIT 20`,
      [row.departmentId, keys],
    );
    const known = new Set<string | null>(
      columns.filter(({ by }) => by === 'known').map(({ field }) => field),
    );
    const chosen = keys.flatMap((key) => {
      const field = earlier.map(({ mapping }) => choiceIn(mapping, key)).find((one) => one !== undefined);
      return field === undefined || (field !== null && known.has(field)) ? [] : [[key, field] as const];
    });
    return Object.fromEntries(chosen);
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
}

/**
 * Returns undefined where nothing was chosen; null is a choice, not to read the column. A heading may be called
 * "constructor".
 */
function choiceIn(mapping: ColumnMapping | null, key: string): string | null | undefined {
  return mapping && Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

/**
 * A heading that is known is read so in every file, and a first row that holds data instead of headings may name people and their
 * numbers.
 */
function mayBeRemembered({ by, heading, key }: Column): boolean {
  return by !== 'known' && heading !== '' && key.length > 0 && key.length <= 60 && !/\d{4}/.test(key);
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
