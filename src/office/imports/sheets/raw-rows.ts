import { FileProblem, isBlank, type RawRow } from '../../../platform/sheets/raw-row.js';
import { isDayField } from './sheet-fields.js';
import { type MatchedHeadings, matchHeadings, type SheetMapping } from './sheet-headings.js';
import { inSheet, type OpenSheet, type SheetFormat } from './sheet-source.js';

export interface RawCells {
  /** A title names the unit of the amounts, without which they would be read wrongly. */
  is: 'title' | 'headings' | 'row';
  line: number;
  /** As text that reads back to the same; a column's place is that of its heading. */
  cells: string[];
}

/**
 * The cells of the given lines once more, in the order of the file; what stands at the top (headings,
 * and a title that names a unit) comes first, whether it is asked for or not. A file that cannot be read (any more) ends early.
 */
export async function* rawRows(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  mapping: SheetMapping,
  lines: ReadonlySet<number>,
): AsyncGenerator<RawCells> {
  yield* rawRowsWhere(format, bytes, mapping, (row) => lines.has(row.line));
}

export async function* rawRowsWhere(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  mapping: SheetMapping,
  wanted: (row: RawRow, columns: MatchedHeadings['columns']) => boolean,
): AsyncGenerator<RawCells> {
  try {
    yield* inSheet(format, bytes, mapping, (sheet) => wantedRows(sheet, mapping, wanted));
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
  }
}

async function* wantedRows(
  sheet: OpenSheet,
  mapping: SheetMapping,
  wanted: (row: RawRow, columns: MatchedHeadings['columns']) => boolean,
): AsyncGenerator<RawCells> {
  const { columns } = matchHeadings(sheet.headings.cells, mapping);
  for (const { line, cells } of sheet.above) {
    if (cells.some((cell) => /단위|unit/i.test(cell))) yield { is: 'title', line, cells };
  }
  yield { is: 'headings', line: sheet.headings.line, cells: sheet.headings.cells };
  for await (const row of sheet.rows()) {
    if (!isBlank(row.cells) && wanted(row, columns)) yield asText(row, columns);
  }
}

/** A day that a workbook keeps as a bare number is written out: as text nobody would know it for one. */
function asText(row: RawRow, columns: MatchedHeadings['columns']): RawCells {
  if (!row.extras) return { is: 'row', line: row.line, cells: row.cells };
  const cells = [...row.cells];
  for (const [field, { index }] of columns) {
    const day = isDayField(field) ? row.extras.get(index)?.day : null;
    if (day) cells[index] = day;
  }
  return { is: 'row', line: row.line, cells };
}
