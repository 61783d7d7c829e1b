import { CsvError, Parser } from 'csv-parse';
import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { FileProblem, type RawRow, type RowSource } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { decodeText } from './text-decoding.js';

const longestRow = sheetLimits.csvRowLength;

/** A CSV file, to be read once. */
export function csvSource(bytes: AsyncIterable<Buffer>): RowSource {
  return { sheet: null, rows: () => csvRows(bytes), notes: () => [] };
}

/** The rows of a CSV file, empty ones included. Throws FileProblem, after all rows before the fault. */
async function* csvRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<RawRow> {
  const splitter = new RowSplitter();
  try {
    for await (const text of decodeText(bytes)) {
      await splitter.write(text);
      yield* splitter.take();
    }
    await splitter.end();
  } catch (error) {
    yield* splitter.take();
    throw asFileProblem(error, splitter.line);
  }
  yield* splitter.take();
}

class RowSplitter {
  private parser: Parser | null = null;
  /** The beginning of the file, until its first row shows the separator. */
  private head = '';
  private rows: RawRow[] = [];
  private linesRead = 0;
  private afterReturn = false;

  /** Of the row that comes next. */
  get line(): number {
    return this.linesRead + 1;
  }

  async write(chunk: string): Promise<void> {
    const text = this.withPlainLineEnds(chunk);
    if (this.parser) return writeTo(this.parser, text);
    this.head += text;
    const first = firstRow(this.head);
    if (first === null && this.head.length <= longestRow) return;
    await this.start(first ?? this.head);
  }

  async end(): Promise<void> {
    await this.start(this.head);
    await new Promise<void>((resolve, reject) => {
      this.parser?.end((error?: Error | null) => (error ? reject(error) : resolve()));
    });
  }

  take(): RawRow[] {
    const rows = this.rows;
    this.rows = [];
    return rows;
  }

  /** The parser counts a line twice that ends in two characters inside quotes. */
  private withPlainLineEnds(chunk: string): string {
    const text = this.afterReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    this.afterReturn = chunk.endsWith('\r');
    return text.replace(/\r\n?/g, '\n');
  }

  private async start(firstRow: string): Promise<void> {
    if (this.parser) return;
    this.parser = this.parserFor(separatorOf(firstRow));
    await writeTo(this.parser, this.head);
    this.head = '';
  }

  private parserFor(delimiter: string): Parser {
    const parser = new Parser({
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: longestRow,
      // Rows are taken here and not from the stream, which drops those before a fault.
      on_record: (cells: string[], { lines }) => {
        this.rows.push({ line: this.line, cells });
        this.linesRead = lines;
        return null;
      },
    });
    // The fault reaches the caller of write() or end().
    return parser.on('error', () => undefined);
  }
}

function writeTo(parser: Parser, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** The first row that is not empty, quoted line breaks included; null while it is not complete. */
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

function separatorOf(row: string): string {
  const bare = row.replace(/"[^"]*"/g, '');
  const count = (separator: string) => bare.split(separator).length;
  return [';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best), ',');
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
