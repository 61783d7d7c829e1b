import { Transform, type TransformCallback } from 'node:stream';
import { csvLine } from '../../platform/csv-cells.js';

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

/** UTF-16 code units: a write for each line would cost more than the line. */
const chunkLength = 32_768;

/** Excel takes UTF-8 for the machine's own encoding unless a BOM begins the file. */
const byteOrderMark = '\ufeff';

/** Turns rows into the bytes of a file, some hundred lines at a time; reads no faster than they are taken. */
export class ExportLines<Row> extends Transform {
  private waiting = '';

  constructor(
    private readonly format: ExportFormat,
    private readonly lineOf: (row: Row) => ExportLine,
  ) {
    super({ writableObjectMode: true, writableHighWaterMark: 100 });
    if (format === 'csv') this.waiting = byteOrderMark + csvLine(exportHeadings);
  }

  override _transform(row: Row, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      const line = this.lineOf(row);
      this.waiting +=
        this.format === 'csv'
          ? csvLine(exportHeadings.map((heading) => line[heading]))
          : `${JSON.stringify(line)}\n`;
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (this.waiting.length < chunkLength) return done();
    const chunk = this.waiting;
    this.waiting = '';
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(null, this.waiting);
  }
}
