import { execFile } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Journal } from '../src/core/proof/journal.service.js';
import { SettingsService } from '../src/core/settings/settings.service.js';
import { LogTree } from '../src/core/transparency/log-tree.js';
import { Database } from '../src/platform/database/database.js';
import { CallCandidates } from '../src/office/calls/call-candidates.js';
import { KnownElsewhere } from '../src/core/contracts/known-elsewhere.js';
import { Sequencer } from '../src/core/transparency/sequencer.service.js';
import { NoteSigner } from '../src/platform/sealing/signed-note.js';
import { CallSamples } from '../src/office/calls/call-samples.service.js';
import type { CallFigures, PublishedSample } from '../src/office/calls/calls.schema.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';
import { checkpointOf } from './support/stranger.js';
import { foundAfter } from './support/verifying.js';

/** Twelve contracts of two officers are told of their signing in March 2026; half of the numbers are to be called. */
let service: TestService;
let auditor: PageClient;
let key: string;
let roads: string;
const officers = new Map<string, string>();
const phoneOf = (n: number) => `010-0000-41${String(n).padStart(2, '0')}`;

async function register(n: number, officer: string) {
  return service.register({
    reference: `C-${n}`,
    departmentId: roads,
    officerId: officers.get(officer) ?? null,
    signedOn: '2026-03-03',
    startsOn: '2026-08-03',
    endsOn: '2026-12-01',
    counterparties: [aCounterparty({ contacts: [aContact({ phone: phoneOf(n) })] })],
  });
}

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  key = service.app.get(NoteSigner).verifierKey;
  auditor = (await service.signedIn('auditor')).page;
  roads = await service.departmentId('ROADS');
  const [agency] = ok(await service.admin.get<{ items: { value: object }[] }>('/agency')).items;
  ok(await service.admin.post('/agency', { ...agency?.value, callShare: 50 }));
  for (const name of ['가나다', '하늘'])
    officers.set(
      name,
      ok(await service.admin.post<{ id: string }>('/officers', { departmentId: roads, name })).id,
    );
  const contracts = [];
  for (let n = 0; n < 12; n += 1) contracts.push(await register(n, n < 8 ? '가나다' : '하늘'));
  // Three of them stand in a reference list.
  const known = new Set(contracts.slice(0, 3).map(({ id }) => id));
  service.app.get(KnownElsewhere).knowBy(() => Promise.resolve(known));
  await service.advanceTo('2026-03-31T18:00:00+09:00');
  // Given to somebody else afterwards, which moves nothing.
  const [{ id = '' } = {}] = contracts;
  ok(await service.admin.patch(`/contracts/${id}`, { officerId: officers.get('하늘'), reason: '인계' }));
});
afterAll(() => service.close());

const samples = () => service.app.get(CallSamples);
const published = async () => ok(await service.client(null).get<PublishedSample>('/calls/2026-03'));
const list = async () => (await service.app.inject({ url: '/api/v1/calls/2026-03/list' })).payload;
const sign = async () => {
  await service.app.get(Sequencer).sequence();
  await service.app.get(Sequencer).sign(0);
};

it('lays a month’s rules and candidates down on the first business morning after it, once', async () => {
  expect((await service.client(null).get('/calls/2026-03')).status).toBe(404);
  await service.advanceTo('2026-04-01T09:30:00+09:00');
  await samples().prepare();
  const { commitment, drawn } = await published();
  expect(drawn).toBeNull();
  expect(commitment.body).toEqual({
    month: '2026-03',
    share: 50,
    weights: { new: 3, unmatched: 2 },
    candidates: 12,
    count: 6,
    list: createHash('sha256')
      .update(await list())
      .digest('hex'),
  });
  const weights = (await list()).split('\n').map((line) => line.split(' ')[1]);
  // All numbers are new; nine contracts stand in no list.
  expect(weights.filter((weight) => weight === '3')).toHaveLength(3);
  expect(weights.filter((weight) => weight === '6')).toHaveLength(9);
  expect(await service.sql(`SELECT 1 FROM leaf WHERE kind = 'calls-committed'`)).toHaveLength(1);
});

it('draws no number that was told of its contact’s new number alone', async () => {
  const count = async () => (await service.app.get(CallCandidates).candidatesOf('2026-03')).length;
  expect(await count()).toBe(12);
  const reissued = (to: number) =>
    service.sql(
      `UPDATE alert SET reissue = $1 WHERE id = (SELECT min(id::text)::uuid FROM alert WHERE status = 'messaged')`,
      [to],
    );
  await reissued(1);
  expect(await count()).toBe(11);
  await reissued(0);
});

it('draws from the first checkpoint that holds that, and from no other', async () => {
  await samples().drawDue();
  expect((await published()).drawn).toBeNull();
  await sign();
  // Where the log has witnesses, one of them has to have signed it.
  const waiting = new CallSamples(
    { log: { witnesses: [key] } },
    service.app.get(Database),
    service.app.get(SettingsService),
    service.app.get(Journal),
    service.app.get(LogTree),
    service.app.get(CallCandidates),
  );
  await waiting.drawDue();
  expect((await published()).drawn).toBeNull();
  await samples().drawDue();
  const before = await published();
  expect(before.drawn?.sample).toHaveLength(6);
  await register(90, '하늘');
  await sign();
  await samples().drawDue();
  expect(await published()).toEqual(before);
  expect(await service.sql(`SELECT 1 FROM leaf WHERE kind = 'calls-drawn'`)).toHaveLength(1);
});

/** Written from docs/calls.md alone. */
it('is drawn again by a stranger who has nothing of ours', async () => {
  const { drawn } = await published();
  const { root } = checkpointOf(drawn?.checkpoint ?? '', key);
  const lines = (await list()).trim().split('\n');
  const lowest = (line: string) => {
    const [entry = '', weight = ''] = line.split(' ');
    const tickets = Array.from({ length: Number(weight) }, (_, k) =>
      createHmac('sha256', root).update(`${entry} ${k}`).digest('hex'),
    );
    return `${tickets.sort()[0]} ${entry}`;
  };
  const sample = lines
    .map(lowest)
    .sort()
    .slice(0, Math.ceil(lines.length / 2));
  expect(sample.map((line) => line.split(' ')[1])).toEqual(drawn?.sample);
});

it('tells strangers nothing of anybody: no id of a contract, a person or a text', async () => {
  const rows = await service.sql<{ id: string }>(
    `SELECT id FROM contract UNION SELECT id FROM contact UNION SELECT id FROM message UNION SELECT id FROM officer`,
  );
  const shown = `${JSON.stringify(await published())}${await list()}`;
  expect(rows.filter(({ id }) => shown.includes(id))).toEqual([]);
  expect(shown).not.toMatch(/C-\d|0000-?41/);
});

describe('npm run redraw', () => {
  const run = promisify(execFile);
  async function redraw(json: PublishedSample, text: string, keys = ['--key', key]) {
    const folder = mkdtempSync(join(tmpdir(), 'redraw-'));
    writeFileSync(join(folder, '2026-03.json'), JSON.stringify(json));
    writeFileSync(join(folder, '2026-03.list'), text);
    const command = ['dist/src/office/calls/redraw.cli.js', folder, '2026-03', ...keys];
    const { stdout } = await run(process.execPath, command).catch((error: { stdout: string }) => error);
    return stdout;
  }
  it('draws the same sample from the published files', async () => {
    const json = await published();
    const out = await redraw(json, await list());
    expect(out.split('\n').slice(0, 6)).toEqual(json.drawn?.sample);
    expect(out).toContain('6 numbers of list');
  });

  it('refuses another list with the reason', async () => {
    const text = await list();
    expect(await redraw(await published(), text.slice(text.indexOf('\n') + 1))).toMatch(/^list-altered: /);
  });

  it('refuses a checkpoint that a trusted witness has not signed', async () => {
    const other = new NoteSigner('witness.example/w', createHash('sha256').update('w').digest());
    const keys = ['--key', key, '--witness', other.verifierKey];
    expect(await redraw(await published(), await list(), keys)).toMatch(/^checkpoint-unwitnessed: /);
  });
});

describe('the sheet of calls', () => {
  const sheet = async () => (await auditor.get('/console/calls')).text;
  const idOn = (text: string) => /\/console\/calls\/([0-9a-f-]{36})\/number/.exec(text)?.[1] ?? '';
  const callsInHistory = () =>
    service.sql<{ what: string; reason: string | null; subject_id: string }>(
      `SELECT what, reason, subject_id FROM change WHERE subject = 'call' ORDER BY id`,
    );

  it('shows one number at a time, masked, and opens it for a reason that is kept', async () => {
    const text = await sheet();
    expect(text.match(/010-\*\*\*\*-41\d\d/g)).toHaveLength(1);
    expect(text).not.toMatch(/010-0000-41/);
    const id = idOn(text);
    expect((await auditor.post(`/console/calls/${id}/number`, { reason: '' })).status).toBe(400);
    expect(await callsInHistory()).toEqual([]);
    const opened = await auditor.post(`/console/calls/${id}/number`, { reason: '3월 표본' });
    expect(opened.text).toMatch(/010-0000-41\d\d/);
    expect(opened.text).toContain('어느 업체의 어느 분이신지');
    expect(await callsInHistory()).toEqual([{ what: 'number-revealed', reason: '3월 표본', subject_id: id }]);
    const shown = await service.sql(
      `SELECT reason, subject_ids = ARRAY[(SELECT contact_id FROM call_candidate WHERE id = $1)] AS is_theirs
       FROM access_entry WHERE act = 'number-shown'`,
      [id],
    );
    expect(shown).toEqual([{ reason: '3월 표본', is_theirs: true }]);
  });

  it('calls the number that was texted, also when it was put right since', async () => {
    const id = idOn(await sheet());
    const [row] = await service.sql<{ contract: string; contact: string }>(
      `SELECT contract_id AS contract, contact_id AS contact FROM call_candidate WHERE id = $1`,
      [id],
    );
    const path = `/contracts/${row?.contract}/contacts/${row?.contact}`;
    ok(await service.admin.patch(path, { phone: '010-0000-4999', reason: '정정' }));
    expect((await auditor.post(`/console/calls/${id}/number`, { reason: 'x' })).text).not.toContain('4999');
  });

  it('takes the result by one more click, flags a number that is not the company’s once, and goes on', async () => {
    const id = idOn(await sheet());
    const record = (outcome: string) => auditor.post(`/console/calls/${id}/outcome`, { outcome });
    expect((await record('maybe')).status).toBe(400);
    expect((await record('another-person')).headers.location).toBe('/console/calls?done=call-recorded');
    expect((await record('no-such-number')).status).toBe(303);
    const flags = await service.sql<{ kind: string; lost: object[] }>(
      `SELECT kind, lost FROM flag WHERE kind = 'number-not-theirs'`,
    );
    expect(flags).toMatchObject([{ lost: [{ code: 'signing', how: 'sent' }] }]);
    const inbox = ok(
      await (await service.as('auditor')).get<{ items: object[] }>('/flags?kind=number-not-theirs'),
    );
    expect(inbox.items).toHaveLength(1);
    const next = idOn(await sheet());
    expect(next).not.toBe(id);
    expect(idOn((await auditor.get('/console/calls?skip=1')).text)).not.toBe(next);
    expect((await auditor.get(`/console/calls/${id}`)).status).toBe(200);
  });

  it('opens no number that was not drawn', async () => {
    const [row] = await service.sql<{ id: string }>(
      `SELECT id FROM call_candidate WHERE place IS NULL LIMIT 1`,
    );
    expect((await auditor.post(`/console/calls/${row?.id}/number`, { reason: 'x' })).status).toBe(404);
    expect((await auditor.post(`/console/calls/${row?.id}/outcome`, { outcome: 'reached' })).status).toBe(
      404,
    );
  });

  it('gives rates by department and by the officer of the time, each with its interval', async () => {
    for (let id = idOn(await sheet()); id !== ''; id = idOn(await sheet()))
      await auditor.post(`/console/calls/${id}/outcome`, { outcome: 'reached' });
    const figures = ok(await (await service.as('auditor')).get<CallFigures>('/calls/figures'));
    expect(figures.all).toMatchObject({ calls: 6, wrong: 1 });
    expect(figures.departments.map(({ department, calls }) => [department.code, calls])).toEqual([
      ['ROADS', 6],
    ]);
    expect(figures.officers.reduce((sum, { calls }) => sum + calls, 0)).toBe(6);
    const owners = await service.sql<{ officer: string; contract: string }>(
      `SELECT c.officer_id AS officer, t.reference AS contract FROM call_candidate c JOIN contract t ON t.id = c.contract_id
       WHERE t.reference = 'C-0'`,
    );
    expect(owners).toEqual([{ officer: officers.get('가나다'), contract: 'C-0' }]);
    const shown = (await auditor.get('/console/calls/figures')).text;
    expect(shown).toMatch(/가\*다/);
    expect(shown).toMatch(/\d% – [\d.]+%/);
  });
});

it('tells officers that numbers are called, and never which', async () => {
  const officer = await service.person('officer', roads);
  expect((await officer.get('/console')).text).toContain('50%를 추첨해');
  expect((await officer.get('/console/calls')).status).toBe(403);
  const [call] = await service.sql<{ id: string; contract: string }>(
    `SELECT id, contract_id AS contract FROM call_candidate WHERE place = 1`,
  );
  expect((await officer.post(`/console/calls/${call?.id}/number`, { reason: 'x' })).status).toBe(403);
  const contract = (await officer.get(`/console/contracts/${call?.contract}`)).text;
  expect(contract).not.toMatch(/확인 전화|number-revealed|표본/);
});

describe('whoever owns the tables', () => {
  it('fits as it was written', async () => {
    expect(await foundAfter(service)).toEqual([]);
  });

  const drawn = `id = (SELECT id FROM call_candidate WHERE place = 1)`;
  const another = (column: string, table: string) =>
    `UPDATE call_candidate SET ${column} = (SELECT id FROM ${table} t WHERE t.id <> ${column} LIMIT 1) WHERE ${drawn}`;
  it.each<[what: string, sql: string, table: string, column: string]>([
    ['the share', `UPDATE call_sample SET share = share - 1`, 'call_sample', 'share'],
    ['the checkpoint', `UPDATE call_sample SET size = size + 1`, 'call_sample', 'size'],
    ['a weight', `UPDATE call_candidate SET weight = weight + 1 WHERE ${drawn}`, 'call_sample', 'list'],
    ['whose officer a number counts for', another('officer_id', 'officer'), 'call_sample', 'people'],
    ['which text a number is of', another('message_id', 'message'), 'call_sample', 'people'],
    [
      'who is called',
      `UPDATE call_candidate SET place = CASE place WHEN 2 THEN NULL ELSE place END WHERE place = 2`,
      'call_sample',
      'sample',
    ],
    [
      'what a call came to',
      `UPDATE call_result SET outcome = 'reached' WHERE outcome = 'no-such-number'`,
      'call',
      'outcome',
    ],
    [
      'that a call was ever made',
      `DELETE FROM call_result WHERE id = (SELECT id FROM call_result ORDER BY id DESC LIMIT 1)`,
      'call',
      'outcome',
    ],
  ])('is found to have altered %s', async (_what, sql, table, column) => {
    expect(await foundAfter(service, sql)).toContainEqual({
      code: 'row-altered',
      params: { table, row: expect.any(String) as string, column },
    });
  });

  it('is found to have made up a call', async () => {
    // Its id is of a time at which changes had leaves for more than an hour.
    const later = `'ffffffff-ffff-7000-8000-000000000000'::uuid`;
    const candidate = `json_populate_record(c, json_build_object('id', ${later}, 'entry', repeat('0', 64), 'place', NULL))`;
    const found = await foundAfter(
      service,
      `INSERT INTO call_candidate SELECT (${candidate}).* FROM call_candidate c LIMIT 1`,
      `INSERT INTO call_result VALUES (gen_random_uuid(), ${later}, 'reached', 'auditor', now())`,
    );
    const row = { table: 'call', row: later.slice(1, 37) };
    expect(found).toContainEqual({ code: 'row-outside', params: row });
  });
});
