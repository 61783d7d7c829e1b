import { stringify } from 'csv-stringify/sync';

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
