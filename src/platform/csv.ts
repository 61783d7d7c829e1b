import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import type { Page } from './paging.js';

/** One value of a row; null leaves its cell empty. */
export type CsvCell = string | number | null;

/**
 * Writes rows as CSV by RFC 4180, each with its line break. A text that a spreadsheet would run as a formula gets a
 * leading apostrophe (OWASP, "CSV Injection"). `bom` belongs to the first rows of a file, because Excel takes UTF-8
 * without it for the machine's own encoding.
 */
export function csvText(rows: readonly (readonly CsvCell[])[], { bom = false } = {}): string {
  return stringify([...rows], {
    bom,
    record_delimiter: '\r\n',
    quote_record_delimiter: true,
    escape_formulas: true,
    // The library guards a cell that begins with a carriage return, and leaves one that begins with a line feed.
    cast: { string: (value) => (value.startsWith('\n') ? `'${value}` : value) },
  });
}

/** The columns of a file, in their order: each heading with the value that a row has below it. */
export type CsvColumns<Row> = Readonly<Record<string, (row: Row) => CsvCell>>;

/** Writes a list as a file. It is read page after page, so that no statement ever holds the whole of it. */
export async function* csvPages<Row>(
  columns: CsvColumns<Row>,
  readPage: (cursor: string | undefined) => Promise<Page<Row>>,
): AsyncGenerator<string> {
  yield csvText([Object.keys(columns)], { bom: true });
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await readPage(cursor);
    yield csvText(items.map((row) => Object.values(columns).map((cellOf) => cellOf(row))));
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** Answers a file that browsers keep instead of showing it. */
export function csvFile(name: string, content: string | AsyncIterable<string> | Readable): StreamableFile {
  const options = { type: 'text/csv; charset=utf-8', disposition: `attachment; filename="${name}.csv"` };
  if (typeof content === 'string') return new StreamableFile(Buffer.from(content), options);
  return new StreamableFile(content instanceof Readable ? content : Readable.from(content), options);
}
