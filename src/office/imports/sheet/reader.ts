import { FileProblem, isBlank, type RawRow } from '../../../platform/sheets/raw-row.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { importFinding } from '../import-problems.words.js';
import { type ImportOutcome, type RowProblem, rowProblem } from '../import.types.js';
import { ContractGroups } from './groups.js';
import { fieldOf, type Headings, requireReadable, type SheetMapping } from './headings.js';
import { cellText, readRow, type SheetRules } from './row.js';
import { inSheet, type OpenSheet, type SheetFormat } from './source.js';
import { type AmountUnit, columnUnit } from './values.js';

/**
 * Reads an officers' sheet: CSV (UTF-8 or CP949, separated by commas, semicolons or tabs) or an Excel workbook, with
 * headings that fields.ts or the mapping knows in one of its first rows. Contracts come as soon as their rows are complete
 * (see ContractGroups), roughly in the order of the file; only a few hundred are in memory. What is wrong with the file as
 * a whole comes as a fatal problem without a contract, and is the last outcome but for the notes on how it was read.
 */
export async function* readSheet(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  rules: SheetRules,
  mapping: SheetMapping = {},
): AsyncGenerator<ImportOutcome> {
  try {
    yield* inSheet(format, bytes, mapping, (sheet) => outcomesOf(sheet, rules));
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    yield withoutContract(rowProblem({ line: error.line }, error.finding, 'fatal'));
  }
}

async function* outcomesOf(sheet: OpenSheet, rules: SheetRules): AsyncGenerator<ImportOutcome> {
  const { headings } = sheet;
  requireReadable(headings);
  const unit = unitOfAmounts(sheet);
  const groups = new ContractGroups();
  yield* notes(headingNotes(headings, unit));
  let failure: FileProblem | null = null;
  try {
    for await (const row of dataRows(sheet)) {
      const isShifted = sheet.name === null && !isBlank(row.cells.slice(headings.cells.length));
      if (isShifted) yield withoutContract(tooWide(row, headings));
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

/** Gives the rows that may hold a contract. Throws FileProblem beyond the limit of rows. */
async function* dataRows(sheet: OpenSheet): AsyncGenerator<RawRow> {
  let count = 1;
  for await (const row of sheet.rows()) {
    if (isBlank(row.cells)) continue;
    if (++count > sheetLimits.rows)
      throw new FileProblem(row.line, sheetFinding('too-many-rows', { rows: sheetLimits.rows }));
    // The headings once more: in another language below the first, or at the top of every printed page.
    if (fieldOf(cellText(row, sheet.headings.columns, 'reference')) === 'reference') continue;
    yield row;
  }
}

/** Throws FileProblem when the heading and a title name different units. */
function unitOfAmounts({ headings, above }: OpenSheet): AmountUnit | null {
  const column = headings.columns.get('amount');
  if (!column) return null;
  const titles = above.flatMap(({ cells }) => cells);
  const unit = columnUnit(headings.cells[column.index] ?? '', titles);
  if (unit && 'code' in unit) throw new FileProblem(headings.line, unit);
  return unit;
}

function notes(problems: RowProblem[]): ImportOutcome[] {
  return problems.length === 0 ? [] : [{ contract: null, problems }];
}

function withoutContract(problem: RowProblem): ImportOutcome {
  return { contract: null, problems: [problem] };
}

function headingNotes({ line, unknown }: Headings, unit: AmountUnit | null): RowProblem[] {
  const found = [];
  if (unknown.length > 0) found.push(importFinding('columns-ignored', { columns: unknown }));
  if (unit) found.push(importFinding('amounts-in-unit', { unit: unit.word }));
  return found.map((finding) => rowProblem({ line }, finding, 'information'));
}

function tooWide({ line, cells }: RawRow, headings: Headings): RowProblem {
  const widths = { cells: cells.length, headings: headings.cells.length };
  return rowProblem({ line }, importFinding('row-too-wide', widths), 'fatal');
}
