import { Inject, Injectable } from '@nestjs/common';
import { addAbortSignal, pipeline, type Readable } from 'node:stream';
import pg from 'pg';
import QueryStream from 'pg-query-stream';
import type { Caller } from '../access/roles.js';
import { DATABASE_URL } from '../../platform/platform.tokens.js';
import { ExportJournal } from './export-journal.js';
import { ExportLines } from './export-lines.js';
import { ExportRows } from './export-rows.js';
import { LogScope } from './log-scope.js';
import type { MessageExportQuery } from './message.schema.js';

/** Rows that the database hands over at a time. */
const batchSize = 500;

/** An export holds a snapshot of the database while it runs: one that nobody reads ends; milliseconds. */
const longestExport = 3_600_000;

/** The message log as a file, read from the database as fast as the caller takes it, and no faster. */
@Injectable()
export class ExportsService {
  constructor(
    @Inject(DATABASE_URL) private readonly databaseUrl: string,
    private readonly scope: LogScope,
    private readonly journal: ExportJournal,
    private readonly rows: ExportRows,
  ) {}

  /** Said in the journal before the first line leaves. */
  async start(caller: Caller, query: MessageExportQuery): Promise<Readable> {
    const filters = await this.scope.filters(caller, query);
    const seen = query.departmentId === undefined ? filters.departments : await this.scope.seen(caller);
    const { sql, parameters } = this.rows.statement(filters, seen);
    const lineOf = await this.rows.reader();
    await this.journal.say(caller, 'messages', query);
    const client = await this.connect();
    const rows = client.query(new QueryStream(sql, parameters, { batchSize }));
    const lines = new ExportLines(query.format, lineOf);
    pipeline(rows, lines, () => undefined);
    // Also when the caller went away: an open statement is cut off with its connection.
    lines.once('close', () => void client.end().catch(() => undefined));
    return addAbortSignal(AbortSignal.timeout(longestExport), lines);
  }

  /** Not of the pool: an export may last, and nobody else should wait for it. */
  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'chorong-export',
      connectionTimeoutMillis: 5000,
    });
    client.on('error', () => undefined);
    await client.connect();
    // PostgreSQL 14 and newer then notice within a statement that nobody waits for it any more.
    await client.query(`SET client_connection_check_interval = '2s'`).catch(() => undefined);
    return client;
  }
}
