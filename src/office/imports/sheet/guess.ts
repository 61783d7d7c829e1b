import { findingError } from '../../../platform/findings.js';
import { maskName, maskRaw, showRaw } from '../../../platform/phone-numbers/phone-number.js';
import { columnLetters, FileProblem, isBlank } from '../../../platform/sheets/raw-row.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import type { ColumnMapping, ColumnsView } from '../import.schema.js';
import { fieldNames, fitOf, missingFields, type SheetField, specOf } from './fields.js';
import {
  chosenIn,
  fieldOf,
  headingKeys,
  inSheet,
  namesOf,
  type OpenSheet,
  requireNarrow,
  type SheetFormat,
  shownHeading,
  whatIsWrong,
} from './open-sheet.js';
import { plainWord, readDay } from './values.js';

/** SheetHead is the beginning of a sheet: what its columns probably are. */
export interface SheetHead {
  /** The worksheet that is read; null for CSV. */
  sheet: string | null;
  /** The line of the headings. */
  line: number;
  columns: GuessedColumn[];
  /** Required fields that no column is known or guessed to hold. */
  missing: SheetField[];
  /** Every column is known or remembered, and none is missing: nothing has to be asked. */
  isCertain: boolean;
}

/** GuessedColumn is a column as people are shown it, before anybody has chosen. */
export interface GuessedColumn extends Omit<ColumnsView['columns'][number], 'field' | 'by'> {
  field: SheetField | null;
  /** Null when nothing is known of it, or it is remembered as one that is not read. */
  by: 'known' | 'remembered' | 'guessed' | null;
}

/**
 * Looks at the beginning of a sheet, to ask a person what its columns are. `remembered`: what was chosen for headings in
 * earlier files. Throws AppError (invalid) with the code of what keeps the file from being read at all.
 */
export async function readHead(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  remembered: ColumnMapping = {},
): Promise<SheetHead> {
  try {
    for await (const head of inSheet(format, bytes, remembered, (sheet) => headOf(sheet, remembered))) {
      return head;
    }
  } catch (error) {
    throw error instanceof FileProblem ? findingError(error.finding, error) : error;
  }
  throw new Error('a sheet was opened and gave nothing');
}

async function* headOf(sheet: OpenSheet, remembered: ColumnMapping): AsyncGenerator<SheetHead> {
  const { cells, line } = sheet.headings;
  requireNarrow(sheet.headings);
  const samples: string[][] = [];
  try {
    for await (const row of sheet.rows()) {
      if (!isBlank(row.cells)) samples.push(row.cells);
      if (samples.length >= sheetLimits.sampleRows) break;
    }
  } catch (error) {
    // What stands further below is reported when the file is read; what came before it is enough to ask by.
    if (!(error instanceof FileProblem) || samples.length === 0) throw error;
  }
  const columns = guessColumns(cells, samples, remembered);
  const missing = missingFields((field) => columns.some((column) => column.field === field));
  const isCertain =
    missing.length === 0 &&
    columns.every(({ by, key }) => by === 'known' || by === 'remembered' || remembered[key] === null);
  yield { sheet: sheet.name, line, columns, missing, isCertain };
}

/** The likeness below which a guess would only have to be taken back. */
const goodEnough = 0.5;
const samplesShown = 3;

/**
 * Returns what each column probably is: what a person once chose for its heading, else what the heading is known for, else
 * the likeliest by the words of its heading and by what its values look like. A field goes to one column only.
 * `samples`: rows below the headings. A guess is to be shown to a person before anything is read by it.
 */
export function guessColumns(
  headings: readonly string[],
  samples: readonly (readonly string[])[],
  remembered: ColumnMapping = {},
): GuessedColumn[] {
  const width = Math.max(headings.length, ...samples.map((row) => row.length));
  const padded = Array.from({ length: width }, (_, index) => headings[index] ?? '');
  const keys = headingKeys(padded);
  const columns = padded.map((heading, index): Column => {
    const key = keys[index] ?? '';
    const values = samples.map((row) => (row[index] ?? '').trim()).filter(Boolean);
    return { index, key, heading, values, chosen: chosenIn(remembered, key), field: null, by: null };
  });
  for (const column of columns) claim(columns, column, column.chosen, 'remembered');
  for (const column of columns) claim(columns, column, fieldOf(column.heading), 'known');
  guess(columns);
  guessDays(columns);
  return columns
    .filter(
      ({ heading, values }) => heading.trim() !== whatIsWrong && (heading.trim() !== '' || values.length > 0),
    )
    .map(({ index, key, heading, values, field, by }) => ({
      key,
      heading: shownHeading(heading),
      letters: columnLetters(index),
      field,
      by,
      samples: [...new Set(values)].slice(0, samplesShown).map((value) => shown(value, field)),
    }));
}

interface Column {
  index: number;
  key: string;
  heading: string;
  values: string[];
  /** What a person once chose for the heading; null for a column that is of no use. */
  chosen: SheetField | null | undefined;
  field: SheetField | null;
  by: GuessedColumn['by'];
}

/** Gives a column its field, unless it has one or another column has that field. */
function claim(
  columns: readonly Column[],
  column: Column,
  field: SheetField | null | undefined,
  by: GuessedColumn['by'],
): void {
  if (field && column.field === null && !isTaken(columns, field)) Object.assign(column, { field, by });
}

function isTaken(columns: readonly Column[], field: SheetField): boolean {
  return columns.some((column) => column.field === field);
}

/** Takes the likeliest pair of column and field first, so that a good guess does not lose its field to a worse one. */
function guess(columns: readonly Column[]): void {
  const pairs = columns
    .filter(isOpen)
    .flatMap((column) => fieldNames.map((field) => ({ column, field, likeness: likeness(column, field) })))
    .filter((pair) => pair.likeness >= goodEnough)
    .sort((a, b) => b.likeness - a.likeness);
  for (const { column, field } of pairs) claim(columns, column, field, 'guessed');
}

/** Guesses columns of days whose headings say nothing: a contract is signed, then starts, then ends. */
function guessDays(columns: readonly Column[]): void {
  const open = (['signedOn', 'startsOn', 'endsOn'] as const).filter((field) => !isTaken(columns, field));
  const days = columns
    .filter((column) => isOpen(column) && fitOf('signedOn', column.values) > 0.8)
    .map((column) => ({ column, day: middleDay(column.values) }))
    .sort((a, b) => (a.day < b.day ? -1 : 1));
  if (days.length === open.length)
    days.forEach(({ column }, i) => claim(columns, column, open[i], 'guessed'));
}

/** Says that nothing is known of a column: neither that it is of no use, nor that it means the same as another. */
function isOpen({ field, heading, chosen }: Column): boolean {
  return field === null && chosen !== null && fieldOf(heading) === null;
}

/** Returns the middle of a column's days. */
function middleDay(values: string[]): string {
  const days = values.flatMap((text) => {
    const day = readDay(text);
    return day.ok ? [day.value] : [];
  });
  return days.sort()[Math.floor(days.length / 2)] ?? '';
}

/** Returns a likeness, 0 to 1. Values speak against a field more strongly than for it: many fields look alike. */
function likeness({ heading, values }: Column, field: SheetField): number {
  const name = nameLikeness(plainWord(heading), field);
  const fit = fitOf(field, values);
  // A mobile number is recognised by its looks alone; a day only says that it is some day.
  if (field === 'phone' && fit > 0.8) return Math.max(0.9, name);
  if ((field === 'registrationNumber' || field === 'kind') && fit > 0.8) return Math.max(0.8, name);
  if (values.length > 0 && fit < 0.3) return 0;
  return name * (specOf(field).cell.holds === 'day' && values.length > 0 ? 0.5 + fit / 2 : 1);
}

function nameLikeness(heading: string, field: SheetField): number {
  if (heading === '') return 0;
  return Math.max(...namesOf(field).map((name) => alike(heading, name)));
}

/**
 * Returns how much of one word the other is, where it holds it; else the share of pairs of letters in both (Dice), a
 * little less.
 */
function alike(a: string, b: string): number {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length >= 2 && long.includes(short)) {
    // The last word of a Korean heading says what it is: 사업 담당부서 is a department.
    const isLast = long.endsWith(short);
    return (isLast ? 0.6 : 0.45) + 0.4 * (short.length / long.length);
  }
  const pairs = (text: string) =>
    Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2));
  const ofB = pairs(b);
  const common = pairs(a).filter((pair) => ofB.includes(pair)).length;
  return (1.8 * common) / Math.max(1, a.length + b.length - 2);
}

/** Masks what may be a number or a name, and everything in a column that nobody knows. */
function shown(value: string, field: SheetField | null): string {
  if (field === null || field === 'phone') return maskRaw(value);
  return specOf(field).cell.holds === 'person' ? maskName(value.slice(0, 40)) : showRaw(value);
}
