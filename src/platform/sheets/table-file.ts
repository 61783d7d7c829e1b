import { PassThrough, pipeline, Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { type CsvCell, csvText } from '../csv.js';
import type { Page } from '../paging.js';
import { type CellStyle, type WrittenCell, writeWorkbook, type WrittenRow } from './workbook-writer.js';

/** One value of a row; null leaves its cell empty. A moment, `2026-03-04T10:00:00+09:00`, is written as its offset's clock. */
export type Cell = CsvCell | { moment: string };

/** The columns of a file, in their order: each heading with the cell that a row has below it. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

const types = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** TableFile tells how a list is written as a file: for programs by names that stay, or for people by words. */
export interface TableFile<Row> {
  /** Names of the file without its ending: in the reader's letters, and for what takes ASCII alone. */
  name: string;
  asciiName?: string;
  format: keyof typeof types;
  headings: readonly string[];
  cellsOf: (rows: readonly Row[]) => readonly Cell[][] | Promise<readonly Cell[][]>;
  /** What the last row of a workbook says when there are more rows than one can hold. */
  tooLong?: string;
}

/** Describes a file for programs: its headings are the names of its columns. */
export function plainTable<Row>(
  name: string,
  columns: Columns<Row>,
  format: TableFile<Row>['format'] = 'csv',
): TableFile<Row> {
  const cells = Object.values(columns);
  return {
    name,
    format,
    headings: Object.keys(columns),
    cellsOf: (rows) => rows.map((row) => cells.map((cellOf) => cellOf(row))),
  };
}

/** Reads a list page after page, so that no statement ever holds the whole of it. */
export async function* pagesOf<Row>(
  readPage: (cursor: string | undefined) => Promise<Page<Row>>,
): AsyncGenerator<readonly Row[]> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await readPage(cursor);
    yield items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** Rows that an .xlsx has room for. */
const excelRows = 1_048_576;

/** Answers a file that browsers keep instead of showing it; `pages` are read no faster than it is taken. */
export function tableFile<Row>(
  file: TableFile<Row>,
  pages: AsyncIterable<readonly Row[]>,
  mostRows = excelRows,
): StreamableFile {
  const source = pages instanceof Readable ? pages : Readable.from(pages);
  const written = file.format === 'xlsx' ? workbook(file, source, mostRows) : text(file, source);
  // Whoever goes away stops the reading at once.
  written.once('close', () => source.destroy());
  return keptFile(written, file, file.format);
}

function keptFile(
  content: Readable,
  { name, asciiName = name }: { name: string; asciiName?: string },
  ending: keyof typeof types,
): StreamableFile {
  const named = `filename="${asciiName}.${ending}"`;
  const inFull = asciiName === name ? '' : `; filename*=UTF-8''${inHeader(`${name}.${ending}`)}`;
  return new StreamableFile(content, { type: types[ending], disposition: `attachment; ${named}${inFull}` });
}

/** Writes a name as RFC 8187 wants it; `encodeURIComponent` leaves five characters that no header's value may have. */
function inHeader(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function text<Row>({ format, headings, cellsOf }: TableFile<Row>, source: Readable): Readable {
  const written =
    format === 'csv' ? (rows: Cell[][]) => csvText(rows.map((row) => row.map(inText))) : linesOf(headings);
  const chunks = async function* (pages: AsyncIterable<readonly Row[]>) {
    if (format === 'csv') yield csvText([headings], { bom: true });
    for await (const rows of pages) yield written([...(await cellsOf(rows))]);
  };
  return pipeline(source, chunks, new PassThrough(), () => undefined);
}

const linesOf = (headings: readonly string[]) => (rows: Cell[][]) =>
  rows
    .map((cells) => `${JSON.stringify(Object.fromEntries(headings.map((name, i) => [name, cells[i]])))}\n`)
    .join('');

function inText(cell: Cell): CsvCell {
  return isMoment(cell) ? cell.moment.slice(0, 16).replace('T', ' ') : cell;
}

function workbook<Row>(file: TableFile<Row>, source: Readable, mostRows: number): Readable {
  const { name, headings, cellsOf, tooLong = '…' } = file;
  const rows = async function* (): AsyncGenerator<WrittenRow> {
    yield { style: 'heading', cells: headings };
    let line = 1;
    for await (const page of source as AsyncIterable<readonly Row[]>)
      for (const cells of await cellsOf(page)) {
        line += 1;
        yield line < mostRows
          ? { style: 'text', ...inWorkbook(cells) }
          : { style: 'heading', cells: [tooLong] };
        if (line === mostRows) return;
      }
  };
  const columns = headings.map((heading) => ({ width: widthFor(heading), style: 'plain' as const }));
  return writeWorkbook([{ name: name.split('_')[0] ?? name, columns, frozen: true, rows: rows() }]);
}

/** Characters; what a heading asks for is never so narrow that a moment shows as `####`. */
const widthFor = (heading: string) => Math.min(40, Math.max(17, heading.length * 2));

function inWorkbook(cells: readonly Cell[]): Pick<WrittenRow, 'cells' | 'styles'> {
  const written = cells.map((cell): WrittenCell => (isMoment(cell) ? serialOf(cell.moment) : (cell ?? '')));
  return { cells: written, styles: cells.map(styleOf) };
}

function styleOf(cell: Cell): CellStyle {
  if (isMoment(cell)) return 'moment';
  return typeof cell === 'number' ? 'plain' : 'text';
}

/** Returns the days that a workbook counts from the end of 1899 on, whole minutes as their part of a day. */
function serialOf(moment: string): number {
  return Date.parse(`${moment.slice(0, 16)}Z`) / 86_400_000 + 25_569;
}

function isMoment(cell: Cell): cell is { moment: string } {
  return typeof cell === 'object' && cell !== null;
}
