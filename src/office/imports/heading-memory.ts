import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/app-error.js';
import { ImportFiles } from './import-files.js';
import type { ImportFormat } from './import-source.js';
import { readHead } from './sheets/sheet-head.js';
import type { SheetFormat } from './sheets/sheet-source.js';
import { Database } from '../../platform/database/database.js';

/** By heading without case, spaces and punctuation; null: the column is not read. */
export type Mapping = Record<string, string | null>;

/** What somebody said that a heading means, for the whole agency: the next file with it needs no correction. */
@Injectable()
export class HeadingMemory {
  constructor(
    private readonly database: Database,
    private readonly files: ImportFiles,
  ) {}

  /**
   * What is remembered of the headings of a stored file. A heading that is known by itself goes before: whoever says
   * that the remarks are the telephone numbers does not keep other departments' sheets from being read as they are.
   */
  async of(file: { id: string; format: ImportFormat | null }): Promise<Mapping> {
    if (file.format !== 'csv' && file.format !== 'xlsx') return {};
    const remembered = await this.all();
    if (Object.keys(remembered).length === 0) return {};
    const known = await knownFields(file.format, this.files.read(file.id));
    return Object.fromEntries(
      Object.entries(remembered).filter(([, field]) => field === null || !known.has(field)),
    );
  }

  async remember(headings: Mapping, actor: string): Promise<void> {
    for (const [heading, field] of Object.entries(headings)) {
      await this.database.run(
        `INSERT INTO import_heading (heading, field, actor) VALUES ($1, $2, $3)
         ON CONFLICT (heading) DO UPDATE SET field = $2, actor = $3, set_at = clock_timestamp()
         WHERE import_heading.field IS DISTINCT FROM $2`,
        [heading, field, actor],
      );
    }
  }

  private async all(): Promise<Mapping> {
    const rows = await this.database.rows<{ heading: string; field: string | null }>(
      `SELECT heading, field FROM import_heading`,
    );
    return Object.fromEntries(rows.map((row) => [row.heading, row.field]));
  }
}

async function knownFields(format: SheetFormat, bytes: AsyncIterable<Buffer>): Promise<Set<string>> {
  try {
    const { columns } = await readHead(format, bytes);
    return new Set(columns.flatMap(({ by, field }) => (by === 'known' && field !== null ? [field] : [])));
  } catch (error) {
    // What keeps a file from being read is told when it is read.
    if (error instanceof AppError) return new Set();
    throw error;
  }
}

/** A first row that holds data instead of headings is nothing to keep: it may name people and their numbers. */
export function mayBeRemembered(heading: string): boolean {
  return heading.length > 0 && heading.length <= 60 && !/\d{4}/.test(heading);
}
