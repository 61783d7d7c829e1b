import { CsvError, Parser } from 'csv-parse';
import { breathe } from '../breathe.js';
import { FileProblem, type RawRow, type RowSource } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { sheetFinding } from './sheet.words.js';
import { decodeText } from './text-decoding.js';

const longestRow = sheetLimits.csvRowLength;

/** Bytes that are parsed before it is others' turn. */
const bytesAtOnce = 16 * 1024;

/** Opens a CSV file, whose rows can be read once. */
export function csvSource(bytes: AsyncIterable<Buffer>): RowSource {
  return { sheet: null, isHidden: false, rows: () => csvRows(bytes), notes: () => [] };
}

async function* csvRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<RawRow> {
  const rows: RawRow[] = [];
  let linesRead = 0;
  let parser: Parser | null = null;
  // Rows are collected here and not from the stream, which drops those before a fault.
  const collectRow = (cells: string[], { lines }: { lines: number }) => {
    rows.push({ line: linesRead + 1, cells });
    linesRead = lines;
    return null;
  };
  try {
    for await (const text of fromFirstRow(withPlainLineEnds(decodeText(bytes)))) {
      parser ??= parserFor(separatorOf(text), collectRow);
      await writeTo(parser, text);
      yield* rows.splice(0);
    }
    if (parser) await endOf(parser);
  } catch (error) {
    yield* rows;
    throw asFileProblem(error, linesRead + 1);
  }
  yield* rows;
}

/** Passes text on with single line feeds: the parser counts a line twice that ends in two characters inside quotes. */
async function* withPlainLineEnds(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let afterReturn = false;
  for await (const chunk of texts) {
    const text = afterReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    afterReturn = chunk.endsWith('\r');
    yield text.replace(/\r\n?/g, '\n');
  }
}

/** Passes text on so that the first piece holds the whole first row, if that has an end. */
async function* fromFirstRow(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let head: string | null = '';
  for await (const text of texts) {
    if (head === null) {
      yield text;
      continue;
    }
    head += text;
    if (firstRow(head) === null && head.length <= longestRow) continue;
    yield head;
    head = null;
  }
  if (head !== null) yield head;
}

/** Returns the first row that is not empty, quoted line breaks included; null while it is not complete. */
function firstRow(text: string): string | null {
  const start = text.search(/[^\n]/);
  if (start < 0) return null;
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (!quoted && text[i] === '\n') return text.slice(start, i);
  }
  return null;
}

/** Returns what parts the cells of the first row: a comma, unless semicolons or tabs are more. */
function separatorOf(text: string): string {
  const bare = (firstRow(text) ?? text).replace(/"[^"]*"/g, '');
  const count = (separator: string) => bare.split(separator).length;
  return [';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best), ',');
}

function parserFor(
  delimiter: string,
  onRecord: (cells: string[], context: { lines: number }) => null,
): Parser {
  const parser = new Parser({
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: longestRow,
    on_record: onRecord,
  });
  // The fault reaches the caller of writeTo() or endOf().
  return parser.on('error', () => undefined);
}

async function writeTo(parser: Parser, text: string): Promise<void> {
  // Bytes and not characters: the parser reads on where a piece ends inside a character.
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += bytesAtOnce) {
    await new Promise<void>((resolve, reject) => {
      parser.write(bytes.subarray(from, from + bytesAtOnce), (error) => (error ? reject(error) : resolve()));
    });
    await breathe();
  }
}

function endOf(parser: Parser): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.end((error?: Error | null) => (error ? reject(error) : resolve()));
  });
}

function asFileProblem(error: unknown, line: number): unknown {
  if (error instanceof FileProblem) return new FileProblem(line, error.finding);
  if (!(error instanceof CsvError)) return error;
  const isTooLong = error.code === 'CSV_MAX_RECORD_SIZE' || error.code === 'CSV_QUOTE_NOT_CLOSED';
  const finding = isTooLong
    ? sheetFinding('row-too-long')
    : sheetFinding('row-malformed', { error: error.code });
  return new FileProblem(line, finding);
}
