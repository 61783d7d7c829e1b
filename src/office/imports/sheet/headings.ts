import GraphemeSplitter from 'grapheme-splitter';
import { showRaw } from '../../../platform/phone-numbers/phone-number.js';
import { columnLetters, FileProblem, isBlank, type RawRow } from '../../../platform/sheets/raw-row.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { importFinding } from '../import-problems.words.js';
import { fieldNames, isSheetField, requiredFields, type SheetField, specOf } from './fields.js';
import { plainWord } from './values.js';

/**
 * SheetMapping is what each heading was chosen to be, by its key (see `headingKeys`): a field of fields.ts, or null for a
 * column that is not to be read. It wins over what is known. A value that names no field counts as not chosen.
 */
export type SheetMapping = Readonly<Record<string, string | null>>;

/** The heading of what is wrong with refused rows: the column is left out, without a word, when the sheet comes back. */
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
  /** As they stand in the file. */
  cells: readonly string[];
  columns: FieldColumns;
  /** Required fields without a column, by the heading that is asked for. */
  missing: string[];
  /** Pairs of headings that mean the same. */
  repeated: string[];
  unknown: string[];
}

/** A known heading in this many columns makes a row the row of the headings. */
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
 * no rows. `isRecognised`: enough of them are known.
 */
export function findHeadings(
  rows: readonly RawRow[],
  mapping: SheetMapping,
): { headings: Headings; above: RawRow[]; isRecognised: boolean } | null {
  const filled = rows.filter(({ cells }) => !isBlank(cells)).slice(0, sheetLimits.headRows);
  const matched = filled.map((row) => matchHeadings(row, mapping));
  const counts = matched.map(({ columns }) => columns.size);
  const best = Math.max(0, ...counts);
  const at = best >= enough ? counts.indexOf(best) : likeliest(filled);
  const headings = matched[at];
  return headings ? { headings, above: filled.slice(0, at), isRecognised: best >= enough } : null;
}

function matchHeadings({ line, cells }: RawRow, mapping: SheetMapping): Headings {
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
  const missing = requiredFields
    .filter((field) => !columns.has(field))
    .map((field) => specOf(field).heading[0]);
  return { line, cells, columns, missing, repeated, unknown };
}

/** Returns undefined when nothing was chosen. A mapping comes from outside: only its own keys count. */
export function chosenIn(mapping: SheetMapping, key: string): SheetField | null | undefined {
  const chosen = Object.hasOwn(mapping, key) ? mapping[key] : undefined;
  return chosen === undefined || chosen === null || isSheetField(chosen) ? chosen : undefined;
}

/** Nothing is known: takes the first row that is about as wide as the widest, so that a title above it is left out. */
function likeliest(rows: readonly RawRow[]): number {
  const widths = rows.map(({ cells }) => cells.filter((cell) => cell.trim() !== '').length);
  const widest = Math.max(0, ...widths);
  return widths.findIndex((width) => width >= widest * 0.6);
}

/** Throws FileProblem when a sheet cannot be read by these headings. */
export function requireReadable(headings: Headings): void {
  requireNarrow(headings);
  const { line, cells, missing, repeated } = headings;
  if (missing.length > 0) {
    const found = cells.map((cell) => shownHeading(cell)).filter(Boolean);
    const expected = requiredFields.map((field) => specOf(field).heading[0]);
    const rows = sheetLimits.headRows;
    throw new FileProblem(line, importFinding('headings-missing', { missing, found, expected, rows }));
  }
  if (repeated.length > 0)
    throw new FileProblem(line, importFinding('headings-repeated', { pairs: repeated.join('; ') }));
}

/** Throws FileProblem. */
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
