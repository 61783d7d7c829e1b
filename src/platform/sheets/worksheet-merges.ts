import { type CellExtra, columnIndex, FileProblem, isBlank, type RawRow } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { sheetFinding } from './sheet.words.js';

/** MergedRange spans more than one row: what its first cell says holds down to its last row. */
interface MergedRange {
  column: number;
  lastRow: number;
}

/** Characters at the end of a piece that are looked at again with the next: a tag may be cut through there. */
const tailKept = 512;

const mergedCell = /<(?:\w+:)?mergeCell\s[^<>]{0,100}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"/g;

/** MergedCells fills the value of a merged cell down its range: a person sees it beside every row of it. */
export class MergedCells {
  private count = 0;
  /** The first rows that something was filled into: among them are those of the headings. */
  private readonly firstRows: { line: number; cells: number }[] = [];
  private active: { column: number; lastRow: number; text: string; extra: CellExtra | undefined }[] = [];

  private constructor(private readonly byFirstRow: ReadonlyMap<number, MergedRange[]>) {}

  /**
   * Reads the merged ranges of a worksheet. They stand behind the rows, which are to be read with them: so the sheet is
   * unpacked twice, and the first time nothing is looked at before the end of the rows. Throws FileProblem.
   */
  static async read(bytes: AsyncIterable<Buffer>): Promise<MergedCells> {
    const byFirstRow = new Map<number, MergedRange[]>();
    let count = 0;
    let carried = '';
    for await (const text of behindRows(bytes)) {
      const seen = carried + text;
      const whole = seen.lastIndexOf('>') + 1;
      for (const [, letters = '', first, , last] of seen.slice(0, whole).matchAll(mergedCell)) {
        if (++count > sheetLimits.mergedRanges)
          throw new FileProblem(
            1,
            sheetFinding('too-many-merged-cells', { cells: sheetLimits.mergedRanges }),
          );
        const range = { column: columnIndex(letters), lastRow: Number(last) };
        if (range.lastRow <= Number(first)) continue;
        const beginning = byFirstRow.get(Number(first));
        if (beginning) beginning.push(range);
        else byFirstRow.set(Number(first), [range]);
      }
      carried = seen.slice(Math.max(whole, seen.length - tailKept));
    }
    return new MergedCells(byFirstRow);
  }

  /** Takes rows in their order. A range whose first row is not in the file has nothing to fill down. */
  fill(row: RawRow): RawRow {
    if (this.byFirstRow.size === 0) return row;
    this.active = this.active.filter((range) => range.lastRow >= row.line);
    // A row that is blank itself stays so: the range merely reaches further than what was filled in.
    const filled = isBlank(row.cells)
      ? []
      : this.active.filter(({ column }) => (row.cells[column] ?? '') === '');
    for (const { column, lastRow } of this.byFirstRow.get(row.line) ?? []) {
      const text = row.cells[column] ?? '';
      const extra = row.extras?.get(column);
      if (text !== '' || extra) this.active.push({ column, lastRow, text, extra });
    }
    if (filled.length === 0) return row;
    this.count += filled.length;
    if (this.firstRows.length < 100) this.firstRows.push({ line: row.line, cells: filled.length });
    const cells = [...row.cells];
    const extras = new Map(row.extras);
    for (const { column, text, extra } of filled) {
      while (cells.length <= column) cells.push('');
      cells[column] = text;
      if (extra) extras.set(column, extra);
    }
    return { line: row.line, cells, extras };
  }

  /** Returns how many cells were filled in the rows below a line, and where the first of them stands. */
  below(line: number): { count: number; line: number } {
    const above = this.firstRows.filter((row) => row.line <= line);
    const count = above.reduce((left, { cells }) => left - cells, this.count);
    return { count, line: this.firstRows[above.length]?.line ?? line };
  }
}

/** Gives the XML of a worksheet from the end of its rows on. */
async function* behindRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let carried: string | null = '';
  for await (const chunk of bytes) {
    const text = chunk.toString('latin1');
    if (carried === null) {
      yield text;
      continue;
    }
    const seam: string = carried + text;
    const end = /<\/(?:\w+:)?sheetData\s*>/.exec(seam);
    carried = end ? null : seam.slice(-tailKept);
    if (end) yield seam.slice(end.index);
  }
}
