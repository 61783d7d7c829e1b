import type { Readable } from 'node:stream';
import type { Phrase } from '../../../platform/words/words.js';
import type { RowProblem } from '../import.types.js';
import { problemWords } from '../import-problems.words.js';
import { rawRowsWhere, type RawCells } from './raw-rows.js';
import type { RawRow } from '../../../platform/sheets/raw-row.js';
import { cellText } from './row-cells.js';
import { whatIsWrong } from './sheet-fields.js';
import type { MatchedHeadings, SheetMapping } from './sheet-headings.js';
import type { SheetFormat } from './sheet-source.js';
import { type WrittenRow, writeWorkbook } from '../../../platform/sheets/workbook-writer.js';

/** A problem as it is stored; `message` and `advice` are those of one stored before problems had a phrase. */
export interface RefusedProblem extends Pick<RowProblem, 'line' | 'field' | 'fatal'> {
  phrase: Phrase | null;
  message?: string | null;
  advice?: string | null;
}

export interface RefusedFile {
  format: SheetFormat;
  /** The stored file from its beginning; it is read twice. */
  read: () => AsyncIterable<Buffer>;
  mapping: SheetMapping;
  /** Of the whole import; lines with a fatal one are refused, and the others are told beside them. */
  problems: readonly RefusedProblem[];
}

/** Without its ending. It names its import, so that the rows are known for mended when it comes back. */
export function refusedWorkbookName(importId: string): string {
  return `refused-${importId}`;
}

/**
 * The refused rows with their own headings, to mend and bring back, and what is wrong in a column behind them. The
 * rows of a contract stand or fall together, so that those beside a refused one come too. A value that a
 * spreadsheet might run gets an apostrophe, which the reader takes away again.
 */
export function refusedWorkbook(file: RefusedFile): Readable {
  return writeWorkbook([{ name: '고칠 행 To mend', columns: [], frozen: true, rows: refusedRows(file) }]);
}

async function* refusedRows(file: RefusedFile): AsyncGenerator<WrittenRow> {
  const byLine = new Map<number, RefusedProblem[]>();
  for (const problem of file.problems)
    byLine.set(problem.line, [...(byLine.get(problem.line) ?? []), problem]);
  const refused = new Set(file.problems.filter(({ fatal }) => fatal).map(({ line }) => line));
  const contracts = await contractsOf(file, refused);
  const keyOf = new RowKeys();
  const isWanted = (row: RawRow, columns: MatchedHeadings['columns']) => {
    const key = keyOf.next(row, columns);
    return refused.has(row.line) || (key !== null && contracts.has(key));
  };
  let width = 0;
  for await (const row of rawRowsWhere(file.format, file.read(), file.mapping, isWanted)) {
    if (row.is === 'headings') width = row.cells.length;
    yield row.is === 'row' ? refusedRow(row, width, byLine.get(row.line) ?? []) : topRow(row);
  }
}

/** The contracts that refused lines belong to. */
async function contractsOf(file: RefusedFile, refused: ReadonlySet<number>): Promise<Set<string>> {
  const contracts = new Set<string>();
  const keyOf = new RowKeys();
  const look = (row: RawRow, columns: MatchedHeadings['columns']) => {
    const key = keyOf.next(row, columns);
    if (refused.has(row.line) && key !== null) contracts.add(key);
    return false;
  };
  for await (const _ of rawRowsWhere(file.format, file.read(), file.mapping, look));
  return contracts;
}

/** Rows of one contract have one key; as in ContractGroups, a row without a revision belongs to the one above. */
class RowKeys {
  private last: string | null = null;

  next(row: RawRow, columns: MatchedHeadings['columns']): string | null {
    const reference = cellText(row, columns, 'reference').normalize('NFKC');
    const revision = cellText(row, columns, 'revision').replace(/\D/g, '');
    if (reference === '') return null;
    const isContinued = revision === '' && this.last?.startsWith(`${reference}\n`);
    if (!isContinued) this.last = `${reference}\n${revision === '' ? '' : Number(revision)}`;
    return this.last;
  }
}

function topRow({ is, cells }: RawCells): WrittenRow {
  return { cells: [...cells.map(safe), ...(is === 'headings' ? [whatIsWrong] : [])], style: 'heading' };
}

/** Cells beyond the headings are what is wrong with a row that is too wide: they are told behind it. */
function refusedRow({ cells }: RawCells, width: number, problems: readonly RefusedProblem[]): WrittenRow {
  const own = Array.from({ length: width }, (_, i) => safe(cells[i] ?? ''));
  const beyond = cells.slice(width).join(' | ');
  return { cells: [...own, safe([told(problems), beyond].filter(Boolean).join('\n'))], style: 'text' };
}

function told(problems: readonly RefusedProblem[]): string {
  return problems
    .map((problem) => {
      const { message, advice } = problemWords(problem);
      const at = problem.field === '' ? '' : `[${problem.field}] `;
      return `${at}${message.ko} ${advice.ko} / ${message.en} ${advice.en}`;
    })
    .join('\n');
}

/** See OWASP, "CSV Injection": saved as CSV and opened again, a text that begins so would be a formula. */
function safe(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}
