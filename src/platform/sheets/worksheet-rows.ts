import { type CellExtra, columnIndex, columnLetters, FileProblem } from './raw-row.js';
import type { RawRow, RowNote, RowSource } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { sheetFinding } from './sheet.words.js';
import { type CellRules, readCell, type XmlCell } from './workbook-cells.js';
import { GatheredText } from './workbook-strings.js';
import { isTrue, malformed, readXml, type WorkbookZip } from './workbook-parts.js';
import { MergedCells } from './worksheet-merges.js';

/** WorksheetRows reads one worksheet. Hidden rows and columns are read like any other, and a note says so. */
export class WorksheetRows implements RowSource {
  private readonly parser: RowParser;
  private merges: MergedCells | null = null;

  constructor(
    private readonly zip: WorkbookZip,
    private readonly part: string,
    readonly sheet: string,
    readonly isHidden: boolean,
    rules: CellRules,
  ) {
    this.parser = new RowParser(rules);
  }

  async *rows(): AsyncGenerator<RawRow> {
    const { parser, zip, part } = this;
    const merges = (this.merges = await MergedCells.read(zip.readPart(part)));
    try {
      for await (const _ of readXml(zip.readPart(part), parser)) {
        for (const row of parser.takeRows()) yield merges.fill(row);
      }
    } catch (error) {
      for (const row of parser.takeRows()) yield merges.fill(row);
      throw error instanceof FileProblem ? new FileProblem(parser.lastLine + 1, error.finding) : error;
    }
  }

  notes(below: number): RowNote[] {
    const { hiddenLines, hiddenRows } = this.parser;
    const notes: RowNote[] = [];
    const columns = this.parser.hiddenColumns();
    const [first = 1] = hiddenLines;
    if (hiddenRows > 0) {
      const lines = [...hiddenLines.map(String), ...(hiddenRows > hiddenLines.length ? ['…'] : [])];
      notes.push({ line: first, finding: sheetFinding('rows-hidden', { count: hiddenRows, lines }) });
    }
    if (columns.length > 0) notes.push({ line: 1, finding: sheetFinding('columns-hidden', { columns }) });
    const { count, line } = this.merges?.below(below) ?? { count: 0, line: below };
    if (count > 0) notes.push({ line, finding: sheetFinding('merged-cells-filled', { count, line }) });
    return notes;
  }
}

/** RowParser gathers the rows of a worksheet's XML. */
class RowParser {
  lastLine = 0;
  hiddenRows = 0;
  /** The first ten of them. */
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

  takeRows(): RawRow[] {
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
