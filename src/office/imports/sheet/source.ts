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
    for (const source of workbook?.worksheets ?? [csvSource(bytes)]) peeked.push(await peek(source, mapping));
    const chosen = choose(peeked);
    const others = peeked.filter((sheet) => sheet !== chosen);
    for (const { rest } of others) await rest.return(undefined);
    yield* use(asOpen(chosen, notesOn(chosen, others)));
  } finally {
    for (const { rest } of peeked) await rest.return(undefined);
    await workbook?.close();
  }
}

/** PeekedSheet is a sheet whose first rows have been looked at; the others are still in `rest`. */
interface PeekedSheet {
  source: RowSource;
  first: RawRow[];
  rest: AsyncGenerator<RawRow>;
  /** What ended the reading of the first rows. */
  failure: Error | null;
  found: ReturnType<typeof findHeadings>;
}

async function peek(source: RowSource, mapping: SheetMapping): Promise<PeekedSheet> {
  const rest = source.rows();
  const first: RawRow[] = [];
  let failure: Error | null = null;
  try {
    for (let filled = 0; filled < sheetLimits.headRows;) {
      const next = await rest.next();
      if (next.done) break;
      first.push(next.value);
      if (!isBlank(next.value.cells)) filled += 1;
    }
  } catch (error) {
    failure = error as Error;
  }
  return { source, first, rest, failure, found: findHeadings(first, mapping) };
}

/** Throws what kept the sheet from being read, when nothing of it could be. */
function asOpen(sheet: PeekedSheet, notes: RowProblem[]): OpenSheet {
  const { source, found, failure } = sheet;
  if (!found) throw failure ?? new FileProblem(1, importFinding('file-empty'));
  const { headings, above } = found;
  const ownNotes = () =>
    source.notes(headings.line).map(({ line, finding }) => rowProblem({ line }, finding, 'information'));
  return {
    name: source.sheet,
    headings,
    above,
    rows: () => rowsBelow(headings.line, sheet),
    notes: () => [...notes, ...ownNotes()],
  };
}

async function* rowsBelow(line: number, { first, failure, rest }: PeekedSheet): AsyncGenerator<RawRow> {
  yield* first.filter((row) => row.line > line);
  if (failure) throw failure;
  yield* rest;
}

/** Throws FileProblem when the contracts are on a hidden sheet. */
function choose(sheets: readonly PeekedSheet[]): PeekedSheet {
  const visible = sheets.filter(({ source }) => !source.isHidden);
  const chosen = visible.find((sheet) => sheet.found?.isRecognised) ?? visible.find((sheet) => sheet.found);
  if (chosen) return chosen;
  const hidden = sheets.find((sheet) => sheet.source.isHidden && sheet.found?.isRecognised);
  if (hidden) throw new FileProblem(1, importFinding('sheet-hidden', { name: hidden.source.sheet ?? '' }));
  const [first] = visible;
  if (first) return first;
  throw new FileProblem(1, importFinding('file-empty'));
}

function notesOn(chosen: PeekedSheet, others: readonly PeekedSheet[]): RowProblem[] {
  const left = others.filter((sheet) => sheet.found?.isRecognised).map(({ source }) => source);
  if (left.length === 0) return [];
  const names = left.map(({ sheet, isHidden }) => `${sheet ?? ''}${isHidden ? ' (hidden)' : ''}`);
  const finding = importFinding('sheets-not-read', { read: chosen.source.sheet ?? '', others: names });
  return [rowProblem({ line: 1 }, finding, 'information')];
}
