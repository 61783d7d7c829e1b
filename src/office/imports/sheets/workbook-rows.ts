import type { Finding } from '../../../platform/findings.js';
import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { type RowProblem, rowProblem } from '../import.types.js';
import { type CellExtra, FileProblem, isBlank, type RawRow, type RowSource } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { type CellRules, readCell, type XmlCell } from './workbook-cells.js';
import { columnIndex, columnLetters, type MergedRange, readMerges } from './workbook-merges.js';
import { isTrue, type Worksheet } from './workbook-parts.js';
import { GatheredText } from './workbook-strings.js';
import { readXml } from './workbook-xml.js';
import { malformed, type WorkbookZip } from './workbook-zip.js';

/** The rows of one worksheet. Hidden rows and columns are read like any other, and a note says so. */
export class WorksheetRows implements RowSource {
  private readonly parser: RowParser;
  private filled: FilledDown | null = null;

  constructor(
    private readonly zip: WorkbookZip,
    private readonly worksheet: Worksheet,
    rules: CellRules,
  ) {
    this.parser = new RowParser(rules);
  }

  get sheet(): string {
    return this.worksheet.name;
  }

  async *rows(): AsyncGenerator<RawRow> {
    const { parser, zip, worksheet } = this;
    const merges = new FilledDown(await readMerges(zip.read(worksheet.part)));
    this.filled = merges;
    try {
      for await (const _ of readXml(zip.read(worksheet.part), parser)) {
        for (const row of parser.take()) yield merges.fill(row);
      }
    } catch (error) {
      for (const row of parser.take()) yield merges.fill(row);
      throw error instanceof FileProblem ? new FileProblem(parser.lastLine + 1, error.finding) : error;
    }
  }

  notes(below: number): RowProblem[] {
    const { hiddenLines, hiddenRows } = this.parser;
    const notes: RowProblem[] = [];
    const note = (line: number, finding: Finding) => notes.push(rowProblem({ line }, finding, 'information'));
    const columns = this.parser.hiddenColumns();
    if (hiddenRows > 0) {
      const lines = [...hiddenLines.map(String), ...(hiddenRows > hiddenLines.length ? ['…'] : [])];
      note(hiddenLines[0] ?? 1, sheetFinding('rows-hidden', { count: hiddenRows, lines }));
    }
    if (columns.length > 0) note(1, sheetFinding('columns-hidden', { columns }));
    const { count, line } = this.filled?.below(below) ?? { count: 0, line: below };
    if (count > 0) note(line, sheetFinding('merged-cells-filled', { count, line }));
    return notes;
  }
}

/** Gathers the rows of a sheet's XML. */
class RowParser {
  lastLine = 0;
  hiddenRows = 0;
  /** The first ones. */
  readonly hiddenLines: number[] = [];
  private rows: RawRow[] = [];
  private cells: string[] = [];
  private extras: Map<number, CellExtra> | null = null;
  private isHidden = false;
  private column = -1;
  private cell: XmlCell | null = null;
  private readonly inline = new GatheredText();
  private inStored = false;
  private inInline = false;
  private readonly hidden: { from: number; to: number }[] = [];
  private readonly used = new Set<number>();

  constructor(private readonly rules: CellRules) {}

  take(): RawRow[] {
    const rows = this.rows;
    this.rows = [];
    return rows;
  }

  hiddenColumns(): string[] {
    const isHidden = (column: number) => this.hidden.some(({ from, to }) => from <= column && column <= to);
    return [...this.used]
      .filter(isHidden)
      .sort((a, b) => a - b)
      .map(columnLetters);
  }

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'c') this.openCell(attributes);
    else if (name === 'v') this.inStored = true;
    else if (name === 'f' && this.cell) this.cell.hasFormula = true;
    else if (name === 'row') this.openRow(attributes);
    else if (name === 'is') this.inInline = true;
    else if (name === 'col') this.openColumns(attributes);
    else if (this.inInline) this.inline.open(name);
  }

  text(text: string): void {
    if (this.inInline) this.inline.add(text);
    else if (this.inStored && this.cell) this.cell.stored = (this.cell.stored ?? '') + text;
  }

  close(name: string): void {
    if (name === 'c') this.closeCell();
    else if (name === 'v') this.inStored = false;
    else if (name === 'row') this.closeRow();
    else if (name === 'is') {
      this.inInline = false;
      if (this.cell) this.cell.inline = this.inline.take();
    } else if (this.inInline) this.inline.close(name);
  }

  private openRow(attributes: Record<string, string>): void {
    const line = attributes['r'] === undefined ? this.lastLine + 1 : Number(attributes['r']);
    if (!Number.isInteger(line) || line <= this.lastLine || line > 1_048_576) throw malformed();
    this.lastLine = line;
    this.cells = [];
    this.extras = null;
    this.column = -1;
    this.isHidden = isTrue(attributes['hidden']) || Number(attributes['ht']) === 0;
  }

  private openColumns({ min, max, hidden, width }: Record<string, string>): void {
    if (!isTrue(hidden) && Number(width) !== 0) return;
    if (this.hidden.length < sheetLimits.columns)
      this.hidden.push({ from: Number(min) - 1, to: Number(max) - 1 });
  }

  private openCell(attributes: Record<string, string>): void {
    const at = attributes['r'];
    const column = at === undefined ? this.column + 1 : columnIndex(at.replace(/\d+$/, ''));
    if (column <= this.column || column > 16_384) throw malformed();
    this.column = column;
    this.cell = {
      type: attributes['t'] ?? 'n',
      style: Number(attributes['s'] ?? 0),
      hasFormula: false,
      stored: null,
      inline: null,
    };
  }

  private closeCell(): void {
    if (!this.cell) return;
    const { text, extra } = readCell(this.cell, this.rules);
    this.cell = null;
    if (text === '' && !extra) return;
    if (this.column >= sheetLimits.columns)
      throw new FileProblem(
        this.lastLine,
        sheetFinding('too-many-columns', { columns: sheetLimits.columns }),
      );
    while (this.cells.length < this.column) this.cells.push('');
    this.cells.push(text);
    if (extra) (this.extras ??= new Map()).set(this.column, extra);
    this.used.add(this.column);
  }

  private closeRow(): void {
    if (this.cells.length === 0) return;
    this.rows.push({ line: this.lastLine, cells: this.cells, ...(this.extras && { extras: this.extras }) });
    if (!this.isHidden) return;
    this.hiddenRows += 1;
    if (this.hiddenLines.length < 10) this.hiddenLines.push(this.lastLine);
  }
}

/** Fills the value of a merged cell down its range: a person sees it beside every row of it. */
class FilledDown {
  private count = 0;
  /** The first rows that something was filled into: among them are those of the headings. */
  private readonly firstRows: { line: number; cells: number }[] = [];
  private readonly starts: number[];
  private next = 0;
  private active: { column: number; lastRow: number; text: string; extra: CellExtra | undefined }[] = [];

  constructor(private readonly merges: ReadonlyMap<number, MergedRange[]>) {
    this.starts = [...merges.keys()].sort((a, b) => a - b);
  }

  fill(row: RawRow): RawRow {
    if (this.starts.length === 0) return row;
    this.active = this.active.filter((range) => range.lastRow >= row.line);
    // A row that is blank itself stays so: the range merely reaches further than what was filled in.
    const filled = isBlank(row.cells)
      ? []
      : this.active.filter(({ column }) => (row.cells[column] ?? '') === '');
    const cells = [...row.cells];
    const extras = new Map(row.extras);
    for (const { column, text, extra } of filled) {
      while (cells.length <= column) cells.push('');
      cells[column] = text;
      if (extra) extras.set(column, extra);
    }
    this.begin(row);
    if (filled.length === 0) return row;
    this.count += filled.length;
    if (this.firstRows.length < 100) this.firstRows.push({ line: row.line, cells: filled.length });
    return { line: row.line, cells, extras };
  }

  below(line: number): { count: number; line: number } {
    const above = this.firstRows.filter((row) => row.line <= line);
    const count = above.reduce((left, { cells }) => left - cells, this.count);
    return { count, line: this.firstRows[above.length]?.line ?? line };
  }

  /** A range whose first row is not in the file has nothing to fill down. */
  private begin(row: RawRow): void {
    for (; (this.starts[this.next] ?? Infinity) <= row.line; this.next++) {
      const first = this.starts[this.next] as number;
      if (first !== row.line) continue;
      for (const { column, lastRow } of this.merges.get(first) ?? []) {
        const text = row.cells[column] ?? '';
        const extra = row.extras?.get(column);
        if (text !== '' || extra) this.active.push({ column, lastRow, text, extra });
      }
    }
  }
}
