import { findingError } from '../../../platform/findings.js';
import { FileProblem, isBlank, type RawRow } from '../../../platform/sheets/raw-row.js';
import { requiredFields, type SheetField } from './sheet-fields.js';
import { guessColumns, type GuessedColumn } from './sheet-guess.js';
import { refuseWide, type SheetMapping } from './sheet-headings.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import { inSheet, type OpenSheet, type SheetFormat } from './sheet-source.js';

export interface SheetHead {
  /** The worksheet that is read; null for CSV. */
  sheet: string | null;
  /** The line of the headings. */
  line: number;
  columns: GuessedColumn[];
  /** Required fields that no column is known or guessed to hold. */
  missing: SheetField[];
  /** Every column is known or remembered, and none is missing: nothing has to be asked. */
  isCertain: boolean;
  /** How many rows below the headings were looked at; the rest has not been read. */
  rowsLookedAt: number;
}

/**
 * Looks at the beginning of a sheet, to ask a person what its columns are. `remembered`: what was said of headings
 * in earlier files. Throws AppError (invalid) with the code of what keeps the file from being read at all.
 */
export async function readHead(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  remembered: SheetMapping = {},
): Promise<SheetHead> {
  try {
    for await (const head of inSheet(format, bytes, remembered, (sheet) => headOf(sheet, remembered))) {
      return head;
    }
  } catch (error) {
    throw error instanceof FileProblem ? findingError(error.finding, error) : error;
  }
  throw new Error('a sheet was opened and gave nothing');
}

async function* headOf(sheet: OpenSheet, remembered: SheetMapping): AsyncGenerator<SheetHead> {
  const { cells, line } = sheet.headings;
  refuseWide(cells, line);
  const rows: RawRow[] = [];
  try {
    for await (const row of sheet.rows()) {
      if (!isBlank(row.cells)) rows.push(row);
      if (rows.length >= sheetLimits.sampleRows) break;
    }
  } catch (error) {
    // What stands further below is told when the file is read; what came before it is enough to ask by.
    if (!(error instanceof FileProblem) || rows.length === 0) throw error;
  }
  const columns = guessColumns(
    cells,
    rows.map(({ cells: values }) => values),
    remembered,
  );
  const missing = requiredFields.filter((field) => !columns.some((column) => column.field === field));
  const isCertain =
    missing.length === 0 &&
    columns.every(({ by, key }) => by === 'known' || by === 'remembered' || remembered[key] === null);
  yield { sheet: sheet.name, line, columns, missing, isCertain, rowsLookedAt: rows.length };
}
