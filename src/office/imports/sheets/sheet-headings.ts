import { showRaw } from '../../../platform/phone-numbers/phone-number.js';
import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { importFinding } from '../import-problems.words.js';
import { FileProblem, isBlank, type RawRow } from '../../../platform/sheets/raw-row.js';
import {
  askedFor,
  fieldOf,
  isSheetField,
  plain,
  requiredFields,
  type SheetField,
  whatIsWrong,
} from './sheet-fields.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import { columnLetters } from '../../../platform/sheets/raw-row.js';

/**
 * What each heading is, by its key (see `headingKeys`): a field of sheet-fields.ts, or null for a column that is
 * not to be read. It wins over what is known. What is no field counts as not said.
 */
export type SheetMapping = Readonly<Record<string, string | null>>;

export interface MatchedHeadings {
  /** Columns of the sheet. */
  width: number;
  columns: Map<SheetField, { index: number; heading: string }>;
  /** Required fields without a column, by the heading that is asked for. */
  missing: string[];
  /** Pairs of headings that mean the same. */
  repeated: string[];
  unknown: string[];
}

/** A known heading in this many columns makes a row the row of the headings. */
const enough = 3;

/**
 * The headings of a sheet as keys: without case, spaces and punctuation; the second of a name gets `#2`, and a
 * column without a heading goes by its letter.
 */
export function headingKeys(cells: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return cells.map((cell, index) => {
    const name = plain(cell.slice(0, 200));
    // Where there are no headings at all, the first row is somebody's: a number is never a name.
    const key = name !== '' && !/\d{7}/.test(name) ? name : `column ${columnLetters(index).toLowerCase()}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key}#${count}`;
  });
}

export function matchHeadings(cells: readonly string[], mapping: SheetMapping = {}): MatchedHeadings {
  const matched: MatchedHeadings = {
    width: cells.length,
    columns: new Map(),
    missing: [],
    repeated: [],
    unknown: [],
  };
  const keys = headingKeys(cells);
  // What a person has said of one column keeps another from being taken for the same.
  const said = new Set(keys.map((key) => saidOf(mapping, key)).filter(Boolean));
  cells.forEach((cell, index) => {
    const heading = shownHeading(cell) || `(${columnLetters(index)})`;
    const chosen = saidOf(mapping, keys[index] ?? '');
    const known = chosen === undefined ? fieldOf(cell) : chosen;
    const field = chosen === undefined && known && said.has(known) ? null : known;
    const earlier = field && matched.columns.get(field);
    if (field && earlier) matched.repeated.push(`${earlier.heading} / ${heading}`);
    else if (field) matched.columns.set(field, { index, heading });
    else if (cell.trim() !== '' && chosen !== null && cell.trim() !== whatIsWrong)
      matched.unknown.push(heading);
  });
  matched.missing = requiredFields.filter((field) => !matched.columns.has(field)).map(askedFor);
  return matched;
}

/** Undefined when nothing was said of it. A mapping comes from outside: only its own keys count. */
function saidOf(mapping: SheetMapping, key: string): SheetField | null | undefined {
  const said = Object.hasOwn(mapping, key) ? mapping[key] : undefined;
  return said === undefined || said === null || isSheetField(said) ? said : undefined;
}

/** How many columns of a row are known headings. */
export function knownIn(cells: readonly string[], mapping: SheetMapping = {}): number {
  return matchHeadings(cells, mapping).columns.size;
}

/** Where the headings stand among the first rows of a sheet that hold something; null when there are none. */
export function findHeadings(
  rows: readonly RawRow[],
  mapping: SheetMapping = {},
): { row: RawRow; above: RawRow[]; isRecognised: boolean } | null {
  const filled = rows.filter(({ cells }) => !isBlank(cells)).slice(0, sheetLimits.headRows);
  const counts = filled.map(({ cells }) => knownIn(cells, mapping));
  const best = Math.max(0, ...counts);
  const at = best >= enough ? counts.indexOf(best) : likeliest(filled);
  const row = filled[at];
  return row ? { row, above: filled.slice(0, at), isRecognised: best >= enough } : null;
}

/** Nothing is known: the first row that is about as wide as the widest, so that a title above it is left out. */
function likeliest(rows: readonly RawRow[]): number {
  const widths = rows.map(({ cells }) => cells.filter((cell) => cell.trim() !== '').length);
  const widest = Math.max(0, ...widths);
  return widths.findIndex((width) => width >= widest * 0.6);
}

/** Throws FileProblem when a sheet cannot be read by these headings. */
export function mustMatch({ cells, line }: RawRow, mapping: SheetMapping): MatchedHeadings {
  refuseWide(cells, line);
  const headings = matchHeadings(cells, mapping);
  if (headings.missing.length > 0) {
    const found = cells.map((cell) => shownHeading(cell)).filter(Boolean);
    const { missing } = headings;
    const expected = requiredFields.map(askedFor);
    const rows = sheetLimits.headRows;
    throw new FileProblem(line, importFinding('headings-missing', { missing, found, expected, rows }));
  }
  if (headings.repeated.length > 0) {
    const pairs = headings.repeated.join('; ');
    throw new FileProblem(line, importFinding('headings-repeated', { pairs }));
  }
  return headings;
}

export function refuseWide(cells: readonly string[], line: number): void {
  if (cells.length <= sheetLimits.columns) return;
  throw new FileProblem(line, sheetFinding('too-many-columns', { columns: sheetLimits.columns }));
}

/** On one line, no longer than a heading should be, and without a number, in case it is none. */
export function shownHeading(cell: string): string {
  return showRaw(cell).slice(0, 40);
}
