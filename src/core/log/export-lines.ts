import { Transform, type TransformCallback } from 'node:stream';
import { csvText } from '../../platform/csv.js';

export const exportFormats = ['csv', 'ndjson'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The headings of the file, in their order: published, so that what reads it goes on reading it. */
export const exportHeadings = [
  'message_id',
  'frozen_at',
  'due_at',
  'status',
  'status_text',
  'reason',
  'reason_detail',
  'provider',
  'sender',
  'number',
  'country',
  'locale',
  'template',
  'template_version',
  'encoding',
  'parts',
  'attempts',
  'departments',
  'contracts',
  'milestones',
  'text',
] as const;
export type ExportLine = Record<(typeof exportHeadings)[number], string | number | null>;

/** A write for each line would cost more than the line. */
const linesOfAChunk = 100;

/** Turns rows into the bytes of a file, some hundred lines at a time; reads no faster than they are taken. */
export class ExportLines<Row> extends Transform {
  private waiting: ExportLine[] = [];
  private begun = false;

  constructor(
    private readonly format: ExportFormat,
    private readonly lineOf: (row: Row) => ExportLine,
  ) {
    super({ writableObjectMode: true, writableHighWaterMark: linesOfAChunk });
  }

  override _transform(row: Row, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.waiting.push(this.lineOf(row));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (this.waiting.length < linesOfAChunk) done();
    else done(null, this.written());
  }

  override _flush(done: TransformCallback): void {
    done(null, this.written());
  }

  private written(): string {
    const lines = this.waiting;
    this.waiting = [];
    if (this.format === 'ndjson') return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const rows = lines.map((line) => exportHeadings.map((heading) => line[heading]));
    const bom = !this.begun;
    this.begun = true;
    return csvText(bom ? [exportHeadings, ...rows] : rows, { bom });
  }
}
