import { get, type IncomingMessage } from 'node:http';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { Caller } from '../src/core/access/roles.js';
import { ExportJournal } from '../src/core/log/export-journal.js';
import { exportQuota } from '../src/core/log/log.words.js';
import { exportHeadings } from '../src/core/log/exports.service.js';
import { Database } from '../src/platform/database/database.js';
import { newId } from '../src/platform/ids.js';
import { Sealer } from '../src/platform/sealing/sealer.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

let service: TestService;
let auditor: ApiClient;
let roads: string;
let parks: string;
let road: ContractView;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  parks = await service.departmentId('PARKS');
  road = await service.register();
  await service.register({ departmentId: parks });
  await service.advanceTo('2026-04-01T12:00:00+09:00');
  auditor = await service.as('auditor');
});
afterAll(() => service.close());

type Line = Record<(typeof exportHeadings)[number], string>;

async function csv(client: ApiClient, query = ''): Promise<Line[]> {
  const answer = await client.get(`/messages/export?format=csv${query}`);
  ok(answer);
  return parse(answer.text, { bom: true, columns: true });
}

const openExports = async () =>
  (await service.sql(`SELECT 1 FROM pg_stat_activity WHERE application_name = 'chorong-export'`)).length;

describe('an export of the log', () => {
  it('is a file of CSV with a BOM, stable headings and masked numbers', async () => {
    const answer = await auditor.get('/messages/export');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="messages.csv"',
      'cache-control': 'no-store',
    });
    expect(answer.text.startsWith(`\ufeff${exportHeadings.join(',')}\r\n`)).toBe(true);
    const lines = await csv(auditor);
    const [rows] = await service.sql<{ count: number }>(`SELECT count(*)::int AS count FROM message`);
    expect(lines).toHaveLength(rows?.count ?? 0);
    expect(lines.every((line) => line.number.startsWith('010-****-'))).toBe(true);
    expect(lines.find((line) => line.contracts === road.reference)).toMatchObject({
      status: 'delivered',
      departments: 'ROADS',
      template_version: '1',
      frozen_at: expect.stringMatching(/^2026-03-\d\dT10:00:00\+09:00$/) as string,
    });
    expect(lines.map((line) => line.message_id)).toEqual(
      lines
        .map((line) => line.message_id)
        .sort()
        .reverse(),
    );
  });

  it('is a JSON object a line, of the same fields, as NDJSON', async () => {
    const answer = await auditor.get('/messages/export?format=ndjson');
    expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    const lines = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toHaveLength((await csv(auditor)).length);
    expect(lines.map((line) => Object.keys(line))).toEqual(lines.map(() => [...exportHeadings]));
  });

  it('holds no cell that a spreadsheet would run', async () => {
    await service.sql(`UPDATE message SET text = '=HYPERLINK("http://x","' || id || '")', text_hash = sha256(id::text::bytea)
                       WHERE id = (SELECT max(id::text)::uuid FROM message)`);
    const [line] = await csv(auditor);
    expect(line?.text).toMatch(/^'=HYPERLINK\(/);
  });

  it('is filtered as the log is, and keeps to the department', async () => {
    const own = await csv(await service.as('manager', parks));
    expect(own.length).toBeGreaterThan(0);
    expect(new Set(own.map((line) => line.departments))).toEqual(new Set(['PARKS']));
    const filtered = await csv(auditor, `&contractId=${road.id}&milestone=signing&to=2026-03-31`);
    expect(filtered.map((line) => line.milestones)).toEqual(['signing']);
    expect(await csv(auditor, '&status=held')).toEqual([]);
  });

  it('is for managers, admins and auditors', async () => {
    expect((await (await service.as('officer', roads)).get('/messages/export')).status).toBe(403);
  });

  it('is said in the journal: by whom, and what of the log', async () => {
    await csv(auditor, '&kind=works');
    const [said] = await service.sql<{ actor: string; after: unknown; at: Date }>(
      `SELECT actor, after FROM change WHERE subject = 'export' ORDER BY id DESC LIMIT 1`,
    );
    expect(said).toEqual({
      actor: 'auditor:auditor null',
      after: { format: 'csv', filters: { kind: 'works' } },
    });
  });

  it('is made so many times an hour by a key, and no more by calling at once', async () => {
    const admin = await service.as('admin');
    // Two of a caller may be under way at once.
    const call = async () => {
      const answer = await admin.get('/messages/export?status=held');
      return answer.status === 503 ? null : answer;
    };
    const calls = await Promise.all(
      Array.from({ length: exportQuota + 3 }, () => until('it is not too busy', call)),
    );
    expect(calls.filter((call) => call.status === 200)).toHaveLength(exportQuota);
    const refused = calls.find((call) => call.status !== 200);
    expect(refused && problem(refused)).toMatchObject({ status: 429, code: 'export-quota' });
    expect((await auditor.get('/messages/export?status=held')).status).toBe(200);
    await until('no export is open', async () => (await openExports()) === 0);
  });
});

it('exports that wait for each other leave the pool of connections to everybody else', async () => {
  const caller: Caller = {
    keyId: '01996f3e-0000-7000-8000-000000000009',
    accountId: null,
    name: 'finance',
    role: 'admin',
    departmentId: null,
    officerId: null,
  };
  const journal = service.app.get(ExportJournal);
  const holder = new pg.Client({ connectionString: service.ground.database.ownerUrl });
  await holder.connect();
  try {
    await holder.query(`SELECT pg_advisory_lock(hashtextextended('export ' || $1, 0))`, [caller.keyId]);
    const exports = Array.from({ length: service.config.databasePool + 2 }, () =>
      journal.recordExport(caller, 'messages', { format: 'csv' }),
    );
    await until('an export waits for the lock', async () => {
      const waiting = await service.sql(`SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'`);
      return waiting.length > 0;
    });
    expect(await service.app.get(Database).rows(`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    await holder.query(`SELECT pg_advisory_unlock_all()`);
    await Promise.all(exports);
  } finally {
    await holder.end();
  }
});

describe('an export of a large log', () => {
  const rows = 20_000;

  beforeAll(async () => {
    const sealer = service.app.get(Sealer);
    const ids = Array.from({ length: rows }, () => newId());
    const place = (rowId: string) => ({ table: 'message', column: 'number_sealed', rowId });
    await service.sql(
      `INSERT INTO message (id, provider, sender, number_sealed, number_index, country, shard, locale,
         template_version_id, text, text_hash, salt, encoding, parts, status, due_at, service_time)
       SELECT n.id, m.provider, m.sender, n.sealed, m.number_index, m.country, m.shard, m.locale,
         m.template_version_id, repeat(m.text, 12), sha256(n.id::text::bytea), m.salt, m.encoding, m.parts, 'delivered',
         m.due_at, m.service_time
       FROM unnest($1::uuid[], $2::bytea[]) n (id, sealed), (SELECT * FROM message ORDER BY id LIMIT 1) m`,
      [ids, ids.map((id) => sealer.seal('+821000001234', place(id)))],
    );
    await service.app.listen(service.config.port, '127.0.0.1');
  });

  const opened: IncomingMessage[] = [];
  afterEach(() => opened.splice(0).forEach((response) => response.destroy()));

  async function open(otherKey?: string): Promise<IncomingMessage> {
    const key = otherKey ?? (await service.keyFor('auditor'));
    const address = `http://127.0.0.1:${service.config.port}/api/v1/messages/export?format=ndjson`;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(address, { headers: { authorization: `Bearer ${key}` } }, resolve).on('error', reject);
    });
    opened.push(response);
    return response;
  }

  async function linesOf(response: IncomingMessage): Promise<number> {
    let lines = 0;
    for await (const chunk of response) lines += (chunk as Buffer).toString('latin1').split('\n').length - 1;
    return lines;
  }

  it('is read from the database no faster than it is taken', async () => {
    const slow = await open();
    const all = await linesOf(await open());
    expect(all).toBeGreaterThan(rows);
    // The first had as long as the second needed for the whole, and nobody has read it.
    expect(await openExports()).toBe(1);
    expect(await linesOf(slow)).toBe(all);
    await until('it has ended', async () => (await openExports()) === 0);
  });

  it('is one of four at the most, and of two of a caller, and others are asked to come again', async () => {
    const other = { name: 'court of audit', role: 'auditor', departmentId: null };
    const otherKey = ok(await service.admin.post<{ key: string }>('/api-keys', other)).key;
    const ofOne = [await open(), await open()];
    const refused = await open();
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5']);
    refused.resume();
    const ofOther = [await open(otherKey), await open(otherKey)];
    const under = [...ofOne, ...ofOther];
    expect(under.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
    const manager = await service.as('manager', roads);
    expect(problem(await manager.get('/messages/export'))).toMatchObject({ status: 503, code: 'busy' });
    expect(await openExports()).toBe(4);
    for (const response of under) response.destroy();
    await until('a place is free', async () => (await manager.get('/messages/export')).status === 200);
    await until('all have ended', async () => (await openExports()) === 0);
  });

  it('is broken off where its connection to the database is, and harms nobody else', async () => {
    const response = await open();
    const read = linesOf(response);
    const owner = new pg.Client({ connectionString: service.ground.database.superuserUrl });
    await owner.connect();
    await owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chorong-export'`,
    );
    await owner.end();
    await expect(read).rejects.toThrow('aborted');
    expect(await linesOf(await open())).toBeGreaterThan(rows);
    await until('it has ended', async () => (await openExports()) === 0);
  });

  it('ends with a reader who goes away', async () => {
    const response = await open();
    expect(response.statusCode).toBe(200);
    expect(await openExports()).toBe(1);
    response.destroy();
    await until('it has ended', async () => (await openExports()) === 0);
  });
});
