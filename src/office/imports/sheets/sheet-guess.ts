import { maskName, maskRaw, showRaw } from '../../../platform/phone-numbers/phone-number.js';
import {
  fieldOf,
  isDayField,
  isSheetField,
  namesOf,
  type SheetField,
  sheetFields,
  whatIsWrong,
} from './sheet-fields.js';
import { headingKeys, shownHeading, type SheetMapping } from './sheet-headings.js';
import { readDay } from './sheet-values.js';
import { fitOf } from './value-likeness.js';
import { columnLetters } from '../../../platform/sheets/raw-row.js';

export interface GuessedColumn {
  /** What a mapping calls the column. */
  key: string;
  /** As it stands in the file, on one line; empty when the column has none. */
  heading: string;
  /** Where a spreadsheet shows it, such as C. */
  letters: string;
  field: SheetField | null;
  /** Null when nothing is known of it, or it is remembered as one that is not read. */
  by: 'known' | 'remembered' | 'guessed' | null;
  /** A few values, masked as the field asks, else like a number. */
  samples: string[];
}

/** Below this a guess would only have to be taken back. */
const goodEnough = 0.5;
const samplesShown = 3;

/**
 * What each column probably is: what a person once said of its heading, else what the heading is known for, else
 * the likeliest by the words of its heading and by what its values look like. A field goes to one column only.
 * `samples`: rows below the headings. A guess is to be shown to a person before anything is read by it.
 */
export function guessColumns(
  headings: readonly string[],
  samples: readonly (readonly string[])[],
  remembered: SheetMapping = {},
): GuessedColumn[] {
  const width = Math.max(headings.length, ...samples.map((row) => row.length));
  const padded = Array.from({ length: width }, (_, index) => headings[index] ?? '');
  const keys = headingKeys(padded);
  const columns = padded.map((heading, index): Column => {
    const values = samples.map((row) => (row[index] ?? '').trim()).filter(Boolean);
    return { index, key: keys[index] ?? '', heading, values, field: null, by: null };
  });
  remember(columns, remembered);
  recognise(columns);
  guess(columns, remembered);
  guessDays(columns, remembered);
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
  field: SheetField | null;
  by: GuessedColumn['by'];
}

function remember(columns: Column[], remembered: SheetMapping): void {
  for (const column of columns) {
    const said = Object.hasOwn(remembered, column.key) ? remembered[column.key] : undefined;
    if (said === undefined || said === null || !isSheetField(said) || isTaken(columns, said)) continue;
    Object.assign(column, { field: said, by: 'remembered' });
  }
}

function recognise(columns: Column[]): void {
  for (const column of columns) {
    const field = column.by === null ? fieldOf(column.heading) : null;
    if (field && !isTaken(columns, field)) Object.assign(column, { field, by: 'known' });
  }
}

/** The likeliest pair of column and field first, so that a good guess is not taken by a worse one. */
function guess(columns: Column[], remembered: SheetMapping): void {
  const pairs = columns
    .filter((column) => isOpen(column, remembered))
    .flatMap((column) =>
      sheetFields.map(({ field }) => ({ column, field, likeness: likeness(column, field) })),
    )
    .filter((pair) => pair.likeness >= goodEnough)
    .sort((a, b) => b.likeness - a.likeness);
  for (const { column, field } of pairs) {
    if (column.field === null && !isTaken(columns, field)) Object.assign(column, { field, by: 'guessed' });
  }
}

/** Columns of days whose headings say nothing: a contract is signed, then starts, then ends. */
function guessDays(columns: Column[], remembered: SheetMapping): void {
  const open = (['signedOn', 'startsOn', 'endsOn'] as const).filter((field) => !isTaken(columns, field));
  const days = columns
    .filter((column) => isOpen(column, remembered) && fitOf('signedOn', column.values) > 0.8)
    .map((column) => ({ column, first: earliest(column.values) }))
    .sort((a, b) => (a.first < b.first ? -1 : 1));
  if (days.length !== open.length) return;
  days.forEach(({ column }, i) => Object.assign(column, { field: open[i], by: 'guessed' }));
}

/** The middle of a column's days. */
function earliest(values: string[]): string {
  const days = values.flatMap((text) => {
    const day = readDay(text);
    return day.ok ? [day.value] : [];
  });
  return days.sort()[Math.floor(days.length / 2)] ?? '';
}

/** Nothing is known of it: neither that it is of no use, nor that it means the same as another column. */
function isOpen(column: Column, remembered: SheetMapping): boolean {
  const isUseless = Object.hasOwn(remembered, column.key) && remembered[column.key] === null;
  return column.field === null && fieldOf(column.heading) === null && !isUseless;
}

function isTaken(columns: readonly Column[], field: SheetField): boolean {
  return columns.some((column) => column.field === field);
}

/** 0 to 1. Values speak against a field more strongly than for it: many fields look alike. */
function likeness({ heading, values }: Column, field: SheetField): number {
  const name = nameLikeness(
    heading
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, ''),
    field,
  );
  const fit = fitOf(field, values);
  // A number of a mobile phone is told by its looks alone; a day only says that it is some day.
  if (field === 'phone' && fit > 0.8) return Math.max(0.9, name);
  if ((field === 'registrationNumber' || field === 'kind') && fit > 0.8) return Math.max(0.8, name);
  if (values.length > 0 && fit < 0.3) return 0;
  return name * (isDayField(field) && values.length > 0 ? 0.5 + fit / 2 : 1);
}

function nameLikeness(heading: string, field: SheetField): number {
  if (heading === '') return 0;
  return Math.max(...namesOf(field).map((name) => alike(heading, name)));
}

/** One holds the other, by how much of it that is; else the share of pairs of letters that both have (Dice), a little less. */
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

const people = new Set<SheetField>(['officer', 'representative', 'contact']);

/** What may be a number or a name is masked; so is all of a column that nobody knows. */
function shown(value: string, field: SheetField | null): string {
  if (field === null || field === 'phone') return maskRaw(value);
  return people.has(field) ? maskName(value.slice(0, 40)) : showRaw(value);
}
