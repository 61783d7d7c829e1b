import GraphemeSplitter from 'grapheme-splitter';
import { showRaw } from '../../../platform/phone-numbers/phone-number.js';
import { csvSource } from '../../../platform/sheets/csv-rows.js';
import type { RawRow, RowSource } from '../../../platform/sheets/raw-row.js';
import { columnLetters, FileProblem, isBlank } from '../../../platform/sheets/raw-row.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { Workbook } from '../../../platform/sheets/workbook.js';
import type { ColumnMapping } from '../import.schema.js';
import { importFinding } from '../import-problems.words.js';
import { type RowProblem, rowProblem } from '../import.types.js';
import {
  fieldNames,
  isSheetField,
  missingFields,
  requiredFields,
  type SheetField,
  specOf,
} from './fields.js';
import { plainWord } from './values.js';

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
  mapping: ColumnMapping,
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

async function peek(source: RowSource, mapping: ColumnMapping): Promise<PeekedSheet> {
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

/**
 * The heading of what is wrong with refused rows: the column is left out, without a note, when the sheet is uploaded
 * again.
 */
export const whatIsWrong = '고칠 점 What to mend';

/** Returns every name by which a field is known, without case, spaces and punctuation. */
export function namesOf(field: SheetField): string[] {
  const { heading, known } = specOf(field);
  return [...heading, ...known.split('|').filter(Boolean)].map(plainWord);
}

const fieldByName = new Map(
  fieldNames.flatMap((field) => namesOf(field).map((name): [string, SheetField] => [name, field])),
);

/**
 * Returns the field that a heading is known to name: as a whole, by one of its lines (Korean above, English below), or
 * without what only explains it, such as (천원) or (필수).
 */
export function fieldOf(heading: string): SheetField | null {
  // No heading is as long; a cell may be, and each row's is looked at.
  if (heading.length > 200) return null;
  const candidates = [
    heading,
    ...heading.split(/[\r\n]+/),
    heading.replace(/[([（【][^)\]）】]*[)\]）】]|[*※]/g, ''),
  ];
  for (const candidate of candidates) {
    const field = fieldByName.get(plainWord(candidate));
    if (field) return field;
  }
  return null;
}

/** FieldColumns tells in which column each field of a sheet stands, and under which heading. */
export type FieldColumns = ReadonlyMap<SheetField, { index: number; heading: string }>;

export interface Headings {
  line: number;
  /** The headings as they stand in the file. */
  cells: readonly string[];
  columns: FieldColumns;
  /** Required fields without a column, by the heading that is asked for. */
  missing: string[];
  /** Pairs of headings that mean the same. */
  repeated: string[];
  unknown: string[];
}

/** The number of known headings that makes a row the row of the headings. */
const enough = 3;

/**
 * Returns the headings of a sheet as keys: without case, spaces and punctuation; the second of a name gets `#2`, and a
 * column without a heading goes by its letter.
 */
export function headingKeys(cells: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return cells.map((cell, index) => {
    const name = plainWord(cell.slice(0, 200));
    // Where there are no headings at all, the first row is somebody's: a number is never a name.
    const key = name !== '' && !/\d{7}/.test(name) ? name : `column ${columnLetters(index).toLowerCase()}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key}#${count}`;
  });
}

/**
 * Finds the headings among the first rows of a sheet that hold something, and the titles above them; null when there are
 * no rows. `isRecognised` says whether enough of them are known.
 */
export function findHeadings(
  rows: readonly RawRow[],
  mapping: ColumnMapping,
): { headings: Headings; above: RawRow[]; isRecognised: boolean } | null {
  const filled = rows.filter(({ cells }) => !isBlank(cells)).slice(0, sheetLimits.headRows);
  const matched = filled.map((row) => matchHeadings(row, mapping));
  const counts = matched.map(({ columns }) => columns.size);
  const best = Math.max(0, ...counts);
  const at = best >= enough ? counts.indexOf(best) : likeliest(filled);
  const headings = matched[at];
  return headings ? { headings, above: filled.slice(0, at), isRecognised: best >= enough } : null;
}

function matchHeadings({ line, cells }: RawRow, mapping: ColumnMapping): Headings {
  const columns = new Map<SheetField, { index: number; heading: string }>();
  const repeated: string[] = [];
  const unknown: string[] = [];
  const keys = headingKeys(cells);
  // What a person has chosen for one column keeps another from being taken for the same.
  const taken = new Set(keys.map((key) => chosenIn(mapping, key)).filter(Boolean));
  cells.forEach((cell, index) => {
    const heading = shownHeading(cell) || `(${columnLetters(index)})`;
    const chosen = chosenIn(mapping, keys[index] ?? '');
    const known = chosen === undefined ? fieldOf(cell) : chosen;
    const field = chosen === undefined && known && taken.has(known) ? null : known;
    const earlier = field && columns.get(field);
    if (field && earlier) repeated.push(`${earlier.heading} / ${heading}`);
    else if (field) columns.set(field, { index, heading });
    else if (cell.trim() !== '' && chosen !== null && cell.trim() !== whatIsWrong) unknown.push(heading);
  });
  const missing = missingFields((field) => columns.has(field)).map((field) => specOf(field).heading[0]);
  return { line, cells, columns, missing, repeated, unknown };
}

/** Returns undefined when nothing was chosen. A mapping comes from outside: only its own keys count. */
export function chosenIn(mapping: ColumnMapping, key: string): SheetField | null | undefined {
  const chosen = Object.hasOwn(mapping, key) ? mapping[key] : undefined;
  return chosen === undefined || chosen === null || isSheetField(chosen) ? chosen : undefined;
}

/** Nothing is known: takes the first row that is about as wide as the widest, so that a title above it is left out. */
function likeliest(rows: readonly RawRow[]): number {
  const widths = rows.map(({ cells }) => cells.filter((cell) => cell.trim() !== '').length);
  const widest = Math.max(0, ...widths);
  return widths.findIndex((width) => width >= widest * 0.6);
}

/** Throws FileProblem when a sheet cannot be read by these headings; some may be missing where they are not needed. */
export function requireReadable(headings: Headings, unneeded: readonly SheetField[] = []): void {
  requireNarrow(headings);
  const { line, cells, repeated } = headings;
  const named = unneeded.map((field) => specOf(field).heading[0]);
  const missing = headings.missing.filter((heading) => !named.includes(heading));
  if (missing.length > 0) {
    const found = cells.map((cell) => shownHeading(cell)).filter(Boolean);
    const expected = requiredFields.map((field) => specOf(field).heading[0]);
    const rows = sheetLimits.headRows;
    throw new FileProblem(line, importFinding('headings-missing', { missing, found, expected, rows }));
  }
  if (repeated.length > 0)
    throw new FileProblem(line, importFinding('headings-repeated', { pairs: repeated.join('; ') }));
}

/** Throws FileProblem when there are more columns than a sheet may have. */
export function requireNarrow({ line, cells }: Headings): void {
  if (cells.length <= sheetLimits.columns) return;
  throw new FileProblem(line, sheetFinding('too-many-columns', { columns: sheetLimits.columns }));
}

const graphemes = new GraphemeSplitter();
const longestHeading = 40;

/**
 * Shows a heading on one line, of at most 40 UTF-16 units and cut between graphemes, so that no character is broken; a
 * number in it is masked, in case it is no heading.
 */
export function shownHeading(cell: string): string {
  let shown = '';
  for (const grapheme of graphemes.iterateGraphemes(showRaw(cell))) {
    if (shown.length + grapheme.length > longestHeading) break;
    shown += grapheme;
  }
  return shown;
}
