import { csvSource } from '../../../platform/sheets/csv-rows.js';
import { FileProblem, isBlank, type RawRow, type RowSource } from '../../../platform/sheets/raw-row.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import { Workbook } from '../../../platform/sheets/workbook.js';
import { importFinding } from '../import-problems.words.js';
import { type RowProblem, rowProblem } from '../import.types.js';
import { findHeadings, type Headings, type SheetMapping } from './headings.js';

export type SheetFormat = 'csv' | 'xlsx';

/** OpenSheet is the sheet of a file that holds its contracts, with the rows below the headings yet to be read. */
export interface OpenSheet {
  /** The name of the worksheet; null for CSV. */
  name: string | null;
  headings: Headings;
  /** What stands above the headings: titles. */
  above: RawRow[];
  /** Throws FileProblem, after all rows before the fault. */
  rows(): AsyncGenerator<RawRow>;
  /** Returns what was assumed in reading the sheet; complete when its rows have been read. */
  notes(): RowProblem[];
}

/**
 * Opens a file for the length of `use`: the first visible worksheet with headings that are known, else the first one that
 * holds anything. Throws FileProblem.
 */
export async function* inSheet<T>(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  mapping: SheetMapping,
  use: (sheet: OpenSheet) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const workbook = format === 'xlsx' ? await Workbook.open(bytes) : null;
  const peeked: PeekedSheet[] = [];
  try {
    for (const source of workbook?.worksheets ?? [csvSource(bytes)])
      peeked.push(await PeekedSheet.open(source, mapping));
    const chosen = choose(peeked);
    const others = peeked.filter((sheet) => sheet !== chosen);
    for (const other of others) await other.close();
    yield* use(chosen.asOpen(notesOn(chosen, others)));
  } finally {
    for (const sheet of peeked) await sheet.close();
    await workbook?.close();
  }
}

/** PeekedSheet is a sheet whose first rows have been looked at. */
class PeekedSheet {
  private readonly first: RawRow[] = [];
  private failure: Error | null = null;
  found: ReturnType<typeof findHeadings> = null;

  private constructor(
    readonly source: RowSource,
    private readonly iterator: AsyncGenerator<RawRow>,
  ) {}

  static async open(source: RowSource, mapping: SheetMapping): Promise<PeekedSheet> {
    const sheet = new PeekedSheet(source, source.rows());
    try {
      await sheet.peek();
    } catch (error) {
      sheet.failure = error as Error;
    }
    sheet.found = findHeadings(sheet.first, mapping);
    return sheet;
  }

  get isRecognised(): boolean {
    return this.found?.isRecognised ?? false;
  }

  /** Throws what kept the sheet from being read, when nothing of it could be. */
  asOpen(notes: RowProblem[]): OpenSheet {
    const { source, found } = this;
    if (!found) throw this.failure ?? new FileProblem(1, importFinding('file-empty'));
    const { headings, above } = found;
    const ownNotes = () =>
      source.notes(headings.line).map(({ line, finding }) => rowProblem({ line }, finding, 'information'));
    return {
      name: source.sheet,
      headings,
      above,
      rows: () => this.rowsBelow(headings.line),
      notes: () => [...notes, ...ownNotes()],
    };
  }

  async close(): Promise<void> {
    await this.iterator.return(undefined);
  }

  private async peek(): Promise<void> {
    for (let filled = 0; filled < sheetLimits.headRows;) {
      const next = await this.iterator.next();
      if (next.done) return;
      this.first.push(next.value);
      if (!isBlank(next.value.cells)) filled += 1;
    }
  }

  private async *rowsBelow(line: number): AsyncGenerator<RawRow> {
    yield* this.first.filter((row) => row.line > line);
    if (this.failure) throw this.failure;
    yield* this.iterator;
  }
}

/** Throws FileProblem when the contracts are on a hidden sheet. */
function choose(sheets: readonly PeekedSheet[]): PeekedSheet {
  const visible = sheets.filter(({ source }) => !source.isHidden);
  const chosen = visible.find((sheet) => sheet.isRecognised) ?? visible.find((sheet) => sheet.found);
  if (chosen) return chosen;
  const hidden = sheets.find((sheet) => sheet.source.isHidden && sheet.isRecognised);
  if (hidden) throw new FileProblem(1, importFinding('sheet-hidden', { name: hidden.source.sheet ?? '' }));
  const [first] = visible;
  if (first) return first;
  throw new FileProblem(1, importFinding('file-empty'));
}

function notesOn(chosen: PeekedSheet, others: readonly PeekedSheet[]): RowProblem[] {
  const left = others.filter((sheet) => sheet.isRecognised).map(({ source }) => source);
  if (left.length === 0) return [];
  const names = left.map(({ sheet, isHidden }) => `${sheet ?? ''}${isHidden ? ' (hidden)' : ''}`);
  const finding = importFinding('sheets-not-read', { read: chosen.source.sheet ?? '', others: names });
  return [rowProblem({ line: 1 }, finding, 'information')];
}
