import { importFinding } from '../import-problems.words.js';
import type { RowProblem } from '../import.types.js';
import { rowProblem } from '../import.types.js';
import { csvSource } from '../../../platform/sheets/csv-rows.js';
import { FileProblem, isBlank, type RawRow, type RowSource } from '../../../platform/sheets/raw-row.js';
import { findHeadings, type SheetMapping } from './sheet-headings.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import { Workbook } from '../../../platform/sheets/workbook.js';

export type SheetFormat = 'csv' | 'xlsx';

/** The sheet of a file that holds its contracts, with the rows below the headings yet to be read. */
export interface OpenSheet {
  name: string | null;
  headings: RawRow;
  /** What stands above the headings: titles. */
  above: RawRow[];
  /** Throws FileProblem, after all rows before the fault. */
  rows(): AsyncGenerator<RawRow>;
  /** Complete when the rows have been read. */
  notes(): RowProblem[];
}

/**
 * Opens a file for the length of `use`: the first visible worksheet with headings that are known, else the first
 * one that holds anything. Throws FileProblem.
 */
export async function* inSheet<T>(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  mapping: SheetMapping,
  use: (sheet: OpenSheet) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const workbook = format === 'xlsx' ? await Workbook.open(bytes) : null;
  const sources = workbook?.worksheets ?? [csvSource(bytes)];
  const opened: PeekedSheet[] = [];
  try {
    for (const source of sources) opened.push(await PeekedSheet.open(source, mapping));
    const chosen = choose(opened);
    for (const other of opened) if (other !== chosen) await other.close();
    yield* use(chosen.withNotes(notRead(chosen, opened)));
  } finally {
    for (const sheet of opened) await sheet.close();
    await workbook?.close();
  }
}

/** A sheet whose first rows have been looked at. */
class PeekedSheet {
  private constructor(
    readonly source: RowSource,
    private readonly iterator: AsyncGenerator<RawRow>,
    private readonly first: RawRow[],
    private readonly failure: unknown,
    readonly found: ReturnType<typeof findHeadings>,
  ) {}

  static async open(source: RowSource, mapping: SheetMapping): Promise<PeekedSheet> {
    const iterator = source.rows();
    const first: RawRow[] = [];
    let failure: unknown = null;
    try {
      for (let filled = 0; filled < sheetLimits.headRows;) {
        const next = await iterator.next();
        if (next.done) break;
        first.push(next.value);
        if (!isBlank(next.value.cells)) filled += 1;
      }
    } catch (error) {
      failure = error;
    }
    const found = findHeadings(first, mapping);
    return new PeekedSheet(source, iterator, first, failure, found);
  }

  get isRecognised(): boolean {
    return this.found?.isRecognised ?? false;
  }

  /** Throws what kept the sheet from being read, when nothing of it could be. */
  mustHold(): NonNullable<PeekedSheet['found']> {
    if (this.found) return this.found;
    throw (this.failure as Error | null) ?? new FileProblem(1, importFinding('file-empty'));
  }

  withNotes(notes: RowProblem[]): OpenSheet {
    const { row, above } = this.mustHold();
    return {
      name: this.source.sheet,
      headings: row,
      above,
      rows: () => this.below(row.line),
      notes: () => [
        ...notes,
        ...this.source
          .notes(row.line)
          .map(({ line, finding }) => rowProblem({ line }, finding, 'information')),
      ],
    };
  }

  async close(): Promise<void> {
    await this.iterator.return(undefined);
  }

  private async *below(line: number): AsyncGenerator<RawRow> {
    yield* this.first.filter((row) => row.line > line);
    if (this.failure) throw this.failure as Error;
    yield* this.iterator;
  }
}

function choose(sheets: readonly PeekedSheet[]): PeekedSheet {
  const visible = sheets.filter((sheet) => !sheet.source.isHidden);
  const chosen = visible.find((sheet) => sheet.isRecognised) ?? visible.find((sheet) => sheet.found);
  if (chosen) return chosen;
  const hidden = sheets.find((sheet) => sheet.source.isHidden && sheet.isRecognised);
  if (hidden) throw new FileProblem(1, importFinding('sheet-hidden', { name: hidden.source.sheet ?? '' }));
  const [first] = visible;
  if (first) first.mustHold();
  throw new FileProblem(1, importFinding('file-empty'));
}

function notRead(chosen: PeekedSheet, sheets: readonly PeekedSheet[]): RowProblem[] {
  const others = sheets.filter((sheet) => sheet !== chosen && sheet.isRecognised);
  if (others.length === 0) return [];
  const names = others.map(({ source }) => `${source.sheet ?? ''}${source.isHidden ? ' (hidden)' : ''}`);
  const finding = importFinding('sheets-not-read', { read: chosen.source.sheet ?? '', others: names });
  return [rowProblem({ line: 1 }, finding, 'information')];
}
