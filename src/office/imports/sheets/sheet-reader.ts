import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { importFinding } from '../import-problems.words.js';
import { type ImportOutcome, type RowProblem, rowProblem } from '../import.types.js';
import { type AmountUnit, columnUnit } from './amount-units.js';
import { FileProblem, isBlank, type RawRow } from '../../../platform/sheets/raw-row.js';
import { cellText } from './row-cells.js';
import { fieldOf } from './sheet-fields.js';
import { ContractGroups } from './sheet-groups.js';
import { type MatchedHeadings, mustMatch, type SheetMapping } from './sheet-headings.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import { readRow, type SheetRules } from './sheet-row.js';
import { inSheet, type OpenSheet, type SheetFormat } from './sheet-source.js';

/**
 * Reads an officers' sheet: CSV (UTF-8 or CP949, separated by commas, semicolons or tabs) or an Excel workbook,
 * with headings that sheet-fields.ts or the mapping knows in one of its first rows. Contracts come as soon as
 * their rows are complete (see ContractGroups), roughly in the order of the file; only a few hundred are in memory.
 * What is wrong with the file as a whole comes as a fatal problem without a contract, and is the last outcome but
 * for the notes on how it was read.
 */
export async function* readSheet(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  rules: SheetRules,
  mapping: SheetMapping = {},
): AsyncGenerator<ImportOutcome> {
  try {
    yield* inSheet(format, bytes, mapping, (sheet) => outcomesOf(sheet, rules, mapping));
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    yield { contract: null, problems: [rowProblem({ line: error.line }, error.finding, 'fatal')] };
  }
}

async function* outcomesOf(
  sheet: OpenSheet,
  rules: SheetRules,
  mapping: SheetMapping,
): AsyncGenerator<ImportOutcome> {
  const headings = mustMatch(sheet.headings, mapping);
  const unit = unitOfAmounts(sheet, headings);
  const groups = new ContractGroups();
  yield* notes(headingNotes(sheet.headings.line, headings, unit));
  let failure: FileProblem | null = null;
  try {
    for await (const row of dataRows(sheet, headings)) {
      const isShifted = sheet.name === null && !isBlank(row.cells.slice(headings.width));
      if (isShifted) yield { contract: null, problems: [tooWide(row, headings.width)] };
      else yield* groups.add(readRow(row, headings.columns, rules, unit));
    }
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    failure = error;
  }
  yield* groups.flush();
  yield* notes(sheet.notes());
  if (failure) throw failure;
}

/** The rows that may hold a contract. Throws FileProblem beyond the limit of rows. */
export async function* dataRows(sheet: OpenSheet, headings: MatchedHeadings): AsyncGenerator<RawRow> {
  let rows = 1;
  for await (const row of sheet.rows()) {
    if (isBlank(row.cells)) continue;
    if (++rows > sheetLimits.rows)
      throw new FileProblem(row.line, sheetFinding('too-many-rows', { rows: sheetLimits.rows }));
    // The headings once more: in another language below the first, or at the top of every printed page.
    if (fieldOf(cellText(row, headings.columns, 'reference')) === 'reference') continue;
    yield row;
  }
}

export function unitOfAmounts(sheet: OpenSheet, headings: MatchedHeadings): AmountUnit | null {
  const column = headings.columns.get('amount');
  if (!column) return null;
  const heading = sheet.headings.cells[column.index] ?? '';
  const unit = columnUnit(
    heading,
    sheet.above.flatMap(({ cells }) => cells),
  );
  if (unit && 'code' in unit) throw new FileProblem(sheet.headings.line, unit);
  return unit;
}

function notes(problems: RowProblem[]): ImportOutcome[] {
  return problems.length === 0 ? [] : [{ contract: null, problems }];
}

function headingNotes(line: number, { unknown }: MatchedHeadings, unit: AmountUnit | null): RowProblem[] {
  const found = [];
  if (unknown.length > 0) found.push(importFinding('columns-ignored', { columns: unknown }));
  if (unit) found.push(importFinding('amounts-in-unit', { unit: unit.word }));
  return found.map((finding) => rowProblem({ line }, finding, 'information'));
}

function tooWide({ line, cells }: RawRow, width: number): RowProblem {
  return rowProblem(
    { line },
    importFinding('row-too-wide', { cells: cells.length, headings: width }),
    'fatal',
  );
}
