import type { Readable } from 'node:stream';
import { FileProblem, isBlank, type RawRow } from '../../../platform/sheets/raw-row.js';
import { type WrittenRow, writeWorkbook } from '../../../platform/sheets/workbook-writer.js';
import type { ColumnMapping } from '../import.schema.js';
import { problemWords, type StoredWords } from '../import-problems.words.js';
import type { RowProblem } from '../import.types.js';
import { specOf } from './fields.js';
import type { FieldColumns, OpenSheet, SheetFormat } from './open-sheet.js';
import { inSheet, whatIsWrong } from './open-sheet.js';
import { cellText } from './row.js';
import { groupedBy } from '../../../platform/grouped-by.js';

export type RefusedProblem = Pick<RowProblem, 'line' | 'field' | 'fatal'> & StoredWords;

export interface RefusedFile {
  format: SheetFormat;
  /** Gives the stored file from its beginning; it is read twice. */
  read: () => AsyncIterable<Buffer>;
  mapping: ColumnMapping;
  /** Of the whole import: lines with a fatal one are refused, and the others are explained beside them. */
  problems: readonly RefusedProblem[];
}

/**
 * Names the file, without its ending, after its import, so that the rows are known for fixed when it is uploaded again.
 */
export function refusedWorkbookName(importId: string): string {
  return `refused-${importId}`;
}

/**
 * Writes the refused rows with their own headings, to fix and upload again, and what is wrong in a column behind them. The
 * rows of a contract stand or fall together, so that those beside a refused one come too. A value that a spreadsheet might
 * run gets an apostrophe, which the reader takes away again.
 */
export function refusedWorkbook(file: RefusedFile): Readable {
  return writeWorkbook([{ name: '고칠 행 To mend', columns: [], frozen: true, rows: refusedRows(file) }]);
}

async function* refusedRows(file: RefusedFile): AsyncGenerator<WrittenRow> {
  const problems = groupedBy(file.problems, ({ line }) => line);
  const refused = new Set(file.problems.filter(({ fatal }) => fatal).map(({ line }) => line));
  const contracts = new Set<string | null>();
  for await (const { is, line, contract } of rawRows(file)) {
    if (is === 'row' && contract !== null && refused.has(line)) contracts.add(contract);
  }
  let width = 0;
  for await (const row of rawRows(file)) {
    if (row.is === 'headings') width = row.cells.length;
    if (row.is !== 'row') yield topRow(row);
    else if (refused.has(row.line) || contracts.has(row.contract))
      yield refusedRow(row, width, problems.get(row.line) ?? []);
  }
}

interface RawCells {
  /** A title names the unit of the amounts, without which they would be read wrongly. */
  is: 'title' | 'headings' | 'row';
  line: number;
  /** As text that reads back to the same; a column's place is that of its heading. */
  cells: readonly string[];
  /** The same for all rows of one contract; null when the row names none. */
  contract: string | null;
}

/** Gives the cells of a file once more, in their order. A file that cannot be read (any more) ends early. */
export async function* rawRows({
  format,
  read,
  mapping,
}: Omit<RefusedFile, 'problems'>): AsyncGenerator<RawCells> {
  try {
    yield* inSheet(format, read(), mapping, rowsOf);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
  }
}

async function* rowsOf(sheet: OpenSheet): AsyncGenerator<RawCells> {
  for (const { line, cells } of sheet.above) {
    if (cells.some((cell) => /단위|unit/i.test(cell))) yield { is: 'title', line, cells, contract: null };
  }
  const { line, cells, columns } = sheet.headings;
  yield { is: 'headings', line, cells, contract: null };
  let contract: string | null = null;
  for await (const row of sheet.rows()) {
    if (isBlank(row.cells)) continue;
    const key = keyOf(row, columns, contract);
    contract = key ?? contract;
    yield { is: 'row', line: row.line, cells: asText(row, columns), contract: key };
  }
}

/** Rows of one contract have one key; as in ContractGroups, a row without a revision belongs to the one above. */
function keyOf(row: RawRow, columns: FieldColumns, above: string | null): string | null {
  const reference = cellText(row, columns, 'reference').normalize('NFKC');
  const revision = cellText(row, columns, 'revision').replace(/\D/g, '');
  if (reference === '') return null;
  if (revision === '' && above?.startsWith(`${reference}\n`)) return above;
  return `${reference}\n${revision === '' ? '' : Number(revision)}`;
}

/** Writes a day out that a workbook keeps as a bare number: as text nobody would know it for one. */
function asText({ cells, extras }: RawRow, columns: FieldColumns): readonly string[] {
  if (!extras) return cells;
  const written = [...cells];
  for (const [field, { index }] of columns) {
    const day = specOf(field).cell.holds === 'day' ? extras.get(index)?.day : null;
    if (day) written[index] = day;
  }
  return written;
}

function topRow({ is, cells }: RawCells): WrittenRow {
  return { cells: [...cells.map(safe), ...(is === 'headings' ? [whatIsWrong] : [])], style: 'heading' };
}

/** Cells beyond the headings are what is wrong with a row that is too wide: they are shown behind it. */
function refusedRow({ cells }: RawCells, width: number, problems: readonly RefusedProblem[]): WrittenRow {
  const own = Array.from({ length: width }, (_, i) => safe(cells[i] ?? ''));
  const beyond = cells.slice(width).join(' | ');
  const wrong = [...problems.map(explained), beyond].filter(Boolean).join('\n');
  return { cells: [...own, safe(wrong)], style: 'text' };
}

function explained(problem: RefusedProblem): string {
  const { message, advice } = problemWords(problem);
  const at = problem.field === '' ? '' : `[${problem.field}] `;
  return `${at}${message.ko} ${advice.ko} / ${message.en} ${advice.en}`;
}

/** See OWASP, "CSV Injection": saved as CSV and opened again, a text that begins so would be a formula. */
function safe(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}
