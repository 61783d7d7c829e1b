import { Inject, Injectable, type StreamableFile } from '@nestjs/common';
import { addAbortSignal, pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import type pg from 'pg';
import QueryStream from 'pg-query-stream';
import { Conditions } from '../../platform/database/conditions.js';
import { connectApart } from '../../platform/database/connections.js';
import { camelRows, Database } from '../../platform/database/database.js';
import { httpProblems } from '../../platform/http/http.words.js';
import { POOL } from '../../platform/platform.tokens.js';
import { type Columns, plainTable, type TableFile, tableFile } from '../../platform/sheets/table-file.js';
import { type Caller, callerIdOf } from '../access/roles.js';
import { SettingsService } from '../settings/settings.service.js';
import { ExportJournal } from './export-journal.js';
import { addMessageConditions, LogFilters, type MessageFilters, type Statement } from './log-filters.js';
import type { MessageExportQuery } from './log.schema.js';
import { messageColumns, MessageReader, type MessageRow, messageTables } from './message-reader.js';

/** The database hands over so many rows at a time. */
const batchSize = 500;

/** A write for each message would cost more than the message. */
const messagesOfAPage = 100;

/**
 * An export ends after so many milliseconds. It holds a snapshot of the database while it runs, so one that nobody reads has to
 * end.
 */
const longestExport = 3_600_000;

/** So many exports may be under way at once, since each has a connection beside the pool. */
const mostAtOnce = 4;

/** Of one caller there may be fewer, so that nobody keeps others from theirs by reading slowly. */
const mostOfCaller = 2;

/** ExportRow is a message with what its alerts are of, as far as the caller sees them: each a text of several lines. */
interface ExportRow extends MessageRow {
  departments: string | null;
  contracts: string | null;
  milestones: string | null;
}

/** The departments and milestones are named by their codes. */
export type ExportedMessage = ReturnType<MessageReader['viewOfMessage']> &
  Record<'departments' | 'contracts' | 'milestones', string[]>;

/** The file has these columns, in this order. Their headings are published, so that what reads a file goes on reading it. */
const columns = {
  message_id: ({ id }) => id,
  frozen_at: ({ frozenAt }) => frozenAt,
  due_at: ({ dueAt }) => dueAt,
  status: ({ status }) => status,
  status_text: ({ statusText }) => statusText.en,
  reason: ({ reason }) => reason,
  reason_detail: ({ reasonDetail }) => reasonDetail,
  provider: ({ provider }) => provider,
  sender: ({ sender }) => sender,
  number: ({ number }) => number,
  country: ({ country }) => country,
  locale: ({ locale }) => locale,
  template: ({ template }) => template.key,
  template_version: ({ template }) => template.version,
  encoding: ({ encoding }) => encoding,
  parts: ({ parts }) => parts,
  attempts: ({ attempts }) => attempts,
  departments: ({ departments }) => listed(departments),
  contracts: ({ contracts }) => listed(contracts),
  milestones: ({ milestones }) => listed(milestones),
  text: ({ text }) => text,
} satisfies Columns<ExportedMessage>;

/** Describes the log as a file for programs. */
export const plainMessages = (format: MessageExportQuery['format']) =>
  plainTable<ExportedMessage>('messages', columns, format);

export const exportHeadings = Object.keys(columns) as (keyof typeof columns)[];

/** ExportsService hands out the message log as a file, read from the database as fast as the caller takes it. */
@Injectable()
export class ExportsService {
  /** The callers of the exports that are under way. */
  private readonly underWay: string[] = [];

  constructor(
    @Inject(POOL) private readonly pool: pg.PoolConfig,
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly filters: LogFilters,
    private readonly journal: ExportJournal,
    private readonly messages: MessageReader,
  ) {}

  /** Starts an export. The journal has it before the first line leaves. Throws `busy` when too many are under way. */
  async start(
    caller: Caller,
    asked: Omit<MessageExportQuery, 'format'>,
    file: TableFile<ExportedMessage>,
  ): Promise<StreamableFile> {
    const leave = this.takePlace(callerIdOf(caller));
    try {
      return tableFile(file, (await this.open(caller, asked, file.format)).once('close', leave));
    } catch (error) {
      leave();
      throw error;
    }
  }

  private takePlace(callerId: string): () => void {
    const ofCaller = this.underWay.filter((id) => id === callerId).length;
    if (this.underWay.length >= mostAtOnce || ofCaller >= mostOfCaller) throw httpProblems.error('busy');
    this.underWay.push(callerId);
    return () => void this.underWay.splice(this.underWay.indexOf(callerId), 1);
  }

  /** Reads the messages, a page of them at a time. */
  private async open(
    caller: Caller,
    asked: Omit<MessageExportQuery, 'format'>,
    format: string,
  ): Promise<Readable> {
    const { sql, parameters } = exportSql(await this.filters.filtersFor(caller, asked));
    const exported = await this.exporter();
    await this.journal.recordExport(caller, 'messages', { ...asked, format });
    const client = await this.connect();
    const rows = client.query(new QueryStream(sql, parameters, { batchSize }));
    const pages = new ExportedPages(exported);
    pipeline(rows, pages, () => undefined);
    // A cursor whose connection is cut off waits for it for ever.
    client.once('end', () => pages.destroy(new Error('the connection to the database was cut')));
    // Also when the caller went away: an open statement is cut off with its connection.
    pages.once('close', () => void client.end().catch(() => undefined));
    return addAbortSignal(AbortSignal.timeout(longestExport), pages);
  }

  private async exporter(): Promise<(row: ExportRow) => ExportedMessage> {
    const { timeZone } = (await this.settings.calendar()).setting;
    const rows = await this.database.rows<{ id: string; code: string }>(`SELECT id, code FROM department`);
    const codes = new Map(rows.map(({ id, code }) => [id, code]));
    return (row) => ({
      ...this.messages.viewOfMessage(row, timeZone),
      departments: eachOnce(row.departments, (id) => codes.get(id) ?? id),
      contracts: eachOnce(row.contracts),
      milestones: eachOnce(row.milestones),
    });
  }

  /** Connects apart from the pool: an export may last, and nobody else should wait for it. */
  private async connect(): Promise<pg.Client> {
    const client = await connectApart(this.pool, 'chorong-export');
    // PostgreSQL 14 and newer then notice within a statement that nobody waits for it any more.
    await client.query(`SET client_connection_check_interval = '2s'`).catch(() => undefined);
    return client;
  }
}

/** Writes the statement for the rows of an export, newest first. */
function exportSql(filters: MessageFilters): Statement {
  const where = new Conditions();
  const seen = where.place(filters.seen);
  addMessageConditions(where, filters);
  return {
    sql: `SELECT ${messageColumns}, told.departments, told.contracts, told.milestones
       FROM ${messageTables} CROSS JOIN LATERAL (
         SELECT string_agg(a.department_id::text, E'\\n') AS departments,
                string_agg(c.reference, E'\\n') AS contracts, string_agg(s.code, E'\\n') AS milestones
         FROM alert a JOIN contract c ON c.id = a.contract_id JOIN milestone s ON s.id = a.milestone_id
         WHERE a.message_id = m.id AND (${seen}::uuid[] IS NULL OR a.department_id = ANY(${seen}))) told
       WHERE ${where.sql} ORDER BY m.id DESC`,
    parameters: where.parameters,
  };
}

/** Tells the lines of one text apart; nearly every message stands for one alert. */
function eachOnce(lines: string | null, named: (line: string) => string = (line) => line): string[] {
  if (lines === null) return [];
  if (!lines.includes('\n')) return [named(lines)];
  return [...new Set(lines.split('\n').map(named))].sort();
}

const listed = (all: string[]) => all.join('; ') || null;

/** ExportedPages turns rows into messages, some hundred at a time, and reads no faster than they are taken. */
class ExportedPages extends Transform {
  private waiting: Record<string, unknown>[] = [];

  constructor(private readonly exported: (row: ExportRow) => ExportedMessage) {
    super({ objectMode: true, writableHighWaterMark: messagesOfAPage, readableHighWaterMark: 1 });
    // The streams on both sides, the place, the connection and the time limit all wait for its end.
    this.setMaxListeners(20);
  }

  override _transform(
    row: Record<string, unknown>,
    _encoding: BufferEncoding,
    done: TransformCallback,
  ): void {
    this.waiting.push(row);
    if (this.waiting.length < messagesOfAPage) done();
    else this._flush(done);
  }

  override _flush(done: TransformCallback): void {
    try {
      const rows = camelRows(this.waiting) as unknown as ExportRow[];
      this.waiting = [];
      done(null, rows.map(this.exported));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
