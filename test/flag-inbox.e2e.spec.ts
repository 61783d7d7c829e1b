import { parse } from 'csv-parse/sync';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { FlagInbox } from '../src/core/flags/flag-inbox.js';
import type { FlagList, InboxPage, InboxRow } from '../src/core/flags/flags.schema.js';
import { Database } from '../src/platform/database/database.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { contactIds } from './support/contract-reading.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

/**
 * The auditors' inbox. It is Monday 2 March 2026, 09:00 in Seoul; all contracts are works signed on the 3rd, whose parties are
 * told on Wednesday the 4th.
 */
let service: TestService;
let auditor: ApiClient;
let roads: string;
let parks: string;
/** By what was done to them, in this order. */
const made = new Map<string, ContractView>();

const idOf = (name: string) => made.get(name)?.id ?? '';
const suspend = { on: '2026-03-03', reason: 'rain' };

async function register(name: string, of: object = {}): Promise<string> {
  const counterparties = [
    aCounterparty({
      name: `(주)${name}`,
      registrationNumber: null,
      contacts: [aContact({ phone: aNumber() })],
    }),
  ];
  const contract = await service.register({
    reference: `F-${name}`,
    counterparties,
    departmentId: roads,
    ...of,
  });
  made.set(name, contract);
  return contract.id;
}

async function hold(name: string, times = 1): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    ok(await service.admin.post(`/contracts/${idOf(name)}/suspend`, suspend));
    ok(await service.admin.post(`/contracts/${idOf(name)}/resume`, { on: '2026-03-03' }));
  }
}

async function swap(name: string): Promise<void> {
  const contact = contactIds(made.get(name) as ContractView)[0];
  const change = { phone: aNumber(), reason: 'left' };
  ok(await service.admin.patch(`/contracts/${idOf(name)}/contacts/${contact}`, change));
}

const inbox = async (query = '') => ok(await auditor.get<InboxPage>(`/flags?limit=200${query}`)).items;
const shown = (rows: InboxRow[]) =>
  rows.map(({ contract, kind, count }) => `${contract.reference} ${kind} ${count}`);
const whole = [
  'F-swapped number-swapped 1',
  'F-given not-told 1',
  'F-both not-told 1',
  'F-held not-told 120',
  'F-given moved-department 1',
];

let first: string;
let second: string;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  auditor = await service.as('auditor');
  roads = await service.departmentId('ROADS');
  parks = await service.departmentId('PARKS');
  const officer = async (name: string) =>
    ok(await service.admin.post<{ id: string }>('/officers', { departmentId: roads, name })).id;
  [first, second] = [await officer('한여울'), await officer('이산')];
  await register('swapped');
  await swap('swapped');
  await register('held', { officerId: first });
  await hold('held', 120);
  await register('both');
  await hold('both');
  await register('given', { officerId: first });
  await hold('given');
  ok(await service.admin.patch(`/contracts/${idOf('given')}`, { officerId: second }));
  ok(await service.admin.patch(`/contracts/${idOf('given')}`, { departmentId: parks }));
});
afterAll(() => service.close());

describe('the inbox', () => {
  it('has one row for each contract and kind, the heaviest first and then the newest', async () => {
    expect(shown(await inbox())).toEqual(whole);
  });

  it('says of a row whom and what it is about, by whom and why, and where', async () => {
    const [row] = await inbox(`&contractId=${idOf('held')}`);
    expect(row).toMatchObject({
      kind: 'not-told',
      weight: 3,
      count: 120,
      people: 1,
      reason: 'rain',
      actor: 'admin:bootstrap',
      firstAt: '2026-03-02T09:00:00+09:00',
      assignee: null,
      closedAt: null,
      contract: { id: idOf('held'), reference: 'F-held', companies: ['(주)held'] },
      department: { code: 'ROADS' },
      officer: { id: first },
    });
    expect(row?.milestones.map(({ name }) => name?.en)).toContain('contract signed');
  });

  it('is filtered by the department and the officer of the time, by kind and by state', async () => {
    expect(shown(await inbox(`&departmentId=${parks}`))).toEqual([]);
    expect(shown(await inbox(`&departmentId=${roads}`))).toEqual(whole);
    expect(shown(await inbox(`&departmentId=${await service.departmentId('CITY')}`))).toEqual(whole);
    expect(shown(await inbox(`&officerId=${first}`))).toEqual(['F-given not-told 1', 'F-held not-told 120']);
    expect(shown(await inbox(`&officerId=${second}`))).toEqual(['F-given moved-department 1']);
    expect(shown(await inbox('&kind=number-swapped'))).toEqual(['F-swapped number-swapped 1']);
    expect(shown(await inbox('&state=closed'))).toEqual([]);
  });

  it('is paged without a row twice or not at all, whatever is flagged meanwhile', async () => {
    const rows: InboxRow[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: InboxPage = ok(
        await auditor.get<InboxPage>(`/flags?limit=1${cursor && `&cursor=${cursor}`}`),
      );
      rows.push(...page.items);
      cursor = page.nextCursor;
      // The last row of all would come first among its weight.
      if (rows.length === 2) await hold('held');
    }
    expect(shown(rows)).toEqual(whole);
    expect(shown(await inbox())[1]).toBe('F-held not-told 121');
    expect(problem(await auditor.get('/flags?cursor=9.9')).code).toBe('cursor-malformed');
  });

  it('comes as a file, which is journalled', async () => {
    const rows = parse<Record<string, string>>((await auditor.get('/flags?format=csv')).text, {
      bom: true,
      columns: true,
    });
    expect(rows.map(({ contract, count, companies }) => [contract, count, companies])).toContainEqual([
      'F-held',
      '121',
      '(주)held',
    ]);
    const [change] = await service.sql(`SELECT what, after FROM change WHERE subject = 'export'`);
    expect(change).toMatchObject({ what: 'flags-exported', after: { format: 'csv' } });
  });

  it('names five companies of a contract, the first that it names', async () => {
    const counterparties = [1, 2, 3, 4, 5, 6].map((n) =>
      aCounterparty({ name: `(주)동료${n}`, registrationNumber: null, contacts: [aContact()] }),
    );
    await register('partners', { counterparties });
    await hold('partners');
    const [row] = await inbox(`&contractId=${idOf('partners')}`);
    expect(row?.contract.companies).toEqual([1, 2, 3, 4, 5].map((n) => `(주)동료${n}`));
    expect(row?.people).toBe(6);
  });

  it('reads the latest two hundred flags of a row for whom and what it names, and counts them all', async () => {
    const contractId = '02000000-0000-7000-8000-000000000000';
    const flag = (from: number, to: number, code: string) =>
      service.sql(
        `INSERT INTO flag (id, contract_id, kind, at, actor, department_id, lost)
         SELECT ('02000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, $1, 'language', '2018-01-01', 'a', $2,
           jsonb_build_array(jsonb_build_object('contactId', $3::text, 'code', $3::text)) FROM generate_series($4::int, $5) n`,
        [contractId, parks, code, from, to],
      );
    const row = async () => (await inbox(`&contractId=${contractId}`))[0];
    await flag(1, 1, 'oldest');
    await flag(2, 200, 'later');
    expect(await row()).toMatchObject({
      count: 200,
      people: 2,
      milestones: [{ code: 'later' }, { code: 'oldest' }],
    });
    await flag(201, 201, 'later');
    expect(await row()).toMatchObject({ count: 201, people: 1, milestones: [{ code: 'later' }] });
    await service.sql(`DELETE FROM flag WHERE contract_id = $1`, [contractId]);
  });

  it('is counted by row, within days that are whole by the agency’s clock, and after a moment', async () => {
    const id = `('01000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid`;
    const flagged = [
      // Of one contract and kind, on both ends of the days: one row. A row of another kind, and one of another contract, too.
      [1, 1, 'late', '2019-06-01T00:00:00+09:00', null],
      [2, 1, 'late', '2019-06-02T23:59:59+09:00', null],
      [3, 1, 'language', '2019-06-02T12:00:00+09:00', '2019-06-03T00:00:00+09:00'],
      [4, 2, 'late', '2019-06-01T12:00:00+09:00', '2019-06-02T23:59:59+09:00'],
      [5, 3, 'late', '2019-05-31T23:59:59+09:00', '2019-06-01T00:00:00+09:00'],
      [6, 4, 'late', '2019-06-03T00:00:00+09:00', '2019-06-03T00:00:00+09:00'],
    ] as const;
    for (const [n, contract, kind, at, closedAt] of flagged)
      await service.sql(
        `INSERT INTO flag (id, contract_id, kind, at, actor, department_id, lost, closed_at, closed_by, finding, note)
         SELECT ${id}, (SELECT ${id} FROM (SELECT $2::int) c (n)), $3, $4, 'a', $5, '[]', $6::timestamptz,
           CASE WHEN $6::timestamptz IS NOT NULL THEN 'b' END, CASE WHEN $6::timestamptz IS NOT NULL THEN 'explained' END,
           CASE WHEN $6::timestamptz IS NOT NULL THEN 'c' END FROM (SELECT $1::int) one (n)`,
        [n, contract, kind, at, parks, closedAt],
      );
    const counts = service.app.get(FlagInbox);
    expect(await counts.countWithin('2019-06-01', '2019-06-02')).toEqual({ opened: 3, closed: 2 });
    expect(await counts.countWithin('2019-06-02', '2019-06-02')).toEqual({ opened: 2, closed: 1 });
    const since = (moment: string) => counts.countSince(new Date(moment));
    const after = await since('2019-06-03T00:00:00+09:00');
    expect((await since('2019-06-02T23:59:59+09:00')) - after).toBe(1);
    expect((await since('2019-06-01T23:59:59+09:00')) - after).toBe(3);
    expect(await counts.countOpen()).toBe((await inbox()).length);
    await service.sql(
      `UPDATE flag SET closed_at = at, closed_by = 'b', finding = 'explained', note = 'c' WHERE at < '2020-01-01' AND closed_at IS NULL`,
    );
  });

  it('is read by indexes, however many flags there are', async () => {
    const id = `('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid`;
    await service.sql(
      `INSERT INTO flag (id, contract_id, kind, at, actor, department_id, lost, closed_at, closed_by, finding, note)
       SELECT ${id}, ${id}, 'late', '2020-01-01', 'a', $1, '[]', '2020-01-02', 'b', 'explained', 'c'
       FROM generate_series(1, 80000) n`,
      [parks],
    );
    await service.sql(`ANALYZE flag`);
    const [table] = await service.sql<{ blocks: number }>(
      `SELECT relpages AS blocks FROM pg_class WHERE relname = 'flag'`,
    );
    const database = service.app.get(Database);
    const execute = database['execute'].bind(database);
    const blocks: number[] = [];
    const explaining = jest.spyOn(database as never, 'execute').mockImplementation((async (
      sql: string,
      ...rest: [unknown[]]
    ) => {
      if (/FROM flag/.test(sql)) {
        const { rows } = await execute(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`, ...rest);
        const [{ Plan: plan }] = rows[0]?.['QUERY PLAN'] as [{ Plan: Record<string, number> }];
        blocks.push((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
      }
      return execute(sql, ...rest);
    }) as never);
    await auditor.get('/flags?limit=3');
    await auditor.get('/flags?limit=3&state=closed');
    await service.app.get(FlagInbox).countOpen();
    explaining.mockRestore();
    expect(blocks).toHaveLength(5);
    // The row of 121 flags is read as a whole.
    expect(Math.max(...blocks)).toBeLessThan((table?.blocks ?? 0) / 3);
  });
});

describe('an auditor', () => {
  let person: PageClient;
  let account: string;

  beforeAll(async () => {
    ({ id: account, page: person } = await service.signedIn('auditor'));
  });

  const listOf = async (name: string) => ok(await auditor.get<FlagList>(`/contracts/${idOf(name)}/flags`));

  it('takes a row by one click, finds it among their own, and gives it to nobody', async () => {
    const page = await person.get('/console/flags');
    expect(page.text).toContain('F-held');
    expect(page.text).toContain('(주)held');
    const path = `/console/contracts/${idOf('held')}/flags/assign`;
    const taken = await person.post(path, { kind: 'not-told', assignee: account, next: '/console/flags' });
    expect([taken.status, taken.headers['location']]).toEqual([303, '/console/flags?done=flags-assigned']);
    expect(shown(await inbox(`&assignee=${account}`))).toEqual(['F-held not-told 121']);
    const ofGiven = { contractId: idOf('given'), kind: 'not-told', assignee: account };
    expect((await auditor.post('/flags/assign', ofGiven)).status).toBe(204);
    const assignees = (await inbox(`&contractId=${idOf('given')}`)).map(({ kind, assignee }) => [
      kind,
      assignee,
    ]);
    expect(assignees).toEqual([
      ['not-told', account],
      ['moved-department', null],
    ]);
    expect((await auditor.post('/flags/assign', { ...ofGiven, assignee: null })).status).toBe(204);
    expect((await person.post(path, { kind: 'not-told', assignee: '' })).status).toBe(303);
    expect(await inbox(`&assignee=${account}`)).toEqual([]);
  });

  it('gives rows to auditors alone, and only those that there are', async () => {
    const { id: officer } = await service.signedIn('officer', roads);
    const give = (assignee: string, kind = 'not-told') =>
      auditor.post('/flags/assign', { contractId: idOf('held'), kind, assignee });
    expect(problem(await give(officer)).code).toBe('reference-unknown');
    expect((await give(account, 'late')).status).toBe(404);
    expect(
      (await auditor.post('/flags/note', { contractId: idOf('held'), kind: 'late', note: 'x' })).status,
    ).toBe(404);
  });

  it('notes what they learn, and closes with a finding; each step stands in the history', async () => {
    const path = `/console/contracts/${idOf('both')}/flags`;
    expect((await person.post(path, { kind: 'not-told', note: '업체에 전화함' })).status).toBe(303);
    expect((await inbox(`&contractId=${idOf('both')}`))[0]?.closedAt).toBeNull();
    const others = shown(await inbox()).filter((row) => row !== 'F-both not-told 1');
    const form = { kind: 'not-told', finding: 'explained', note: '비가 왔음' };
    expect((await person.post(path, form)).status).toBe(303);
    const { history } = await listOf('both');
    expect(history).toMatchObject([
      { what: 'flag-closed', kind: 'not-told', finding: 'explained', note: '비가 왔음', count: 1 },
      { what: 'flag-noted', kind: 'not-told', note: '업체에 전화함' },
    ]);
    const { text } = await person.get(path);
    for (const step of ['업체에 전화함', '비가 왔음', '닫음: 설명됨']) expect(text).toContain(step);
    expect(shown(await inbox('&state=closed'))).toEqual(expect.arrayContaining(['F-both not-told 1']));
    expect(shown(await inbox())).toEqual(others);
  });

  it('closes the open flags of one kind and contract alone: what was found of others stays', async () => {
    const close = (finding: string, kind = 'not-told', name = 'given') =>
      auditor.post<{ closed: number }>('/flags/close', {
        contractId: idOf(name),
        kind,
        finding,
        note: finding,
      });
    const others = shown(await inbox()).filter((row) => row !== 'F-given not-told 1');
    expect(ok(await close('mistake')).closed).toBe(1);
    expect(shown(await inbox())).toEqual(others);
    expect((await close('explained')).status).toBe(404);
    await hold('given');
    expect(ok(await close('referred')).closed).toBe(1);
    const { items, history } = await listOf('given');
    const notTold = items.filter(({ kind }) => kind === 'not-told');
    expect(notTold.map(({ finding, note }) => [finding, note])).toEqual([
      ['referred', 'referred'],
      ['mistake', 'mistake'],
    ]);
    expect(items.find(({ kind }) => kind === 'moved-department')?.closedAt).toBeNull();
    const closings = history.filter(({ what }) => what === 'flag-closed');
    expect(closings.map(({ finding, count }) => [finding, count])).toEqual([
      ['referred', 1],
      ['mistake', 1],
    ]);
    await hold('given');
  });

  it('finds a row open again that is flagged after it was closed, and counts it afresh', async () => {
    await hold('both');
    expect(shown(await inbox(`&contractId=${idOf('both')}`))).toEqual(['F-both not-told 1']);
    expect(shown(await inbox(`&contractId=${idOf('both')}&state=closed`))).toEqual(['F-both not-told 1']);
  });

  it('is led to the inbox from home, by the number of open rows', async () => {
    const open = (await inbox()).length;
    expect((await person.get('/console')).text).toContain(`확인 전인 표시 ${open}건 보기`);
    expect((await (await service.person('manager', roads)).get('/console')).text).not.toContain(
      '/console/flags',
    );
  });
});

it('keeps what auditors do out of the history that officers read', async () => {
  const officer = await service.person('officer', roads);
  expect((await officer.get(`/console/contracts/${idOf('both')}`)).text).not.toContain('업체에 전화함');
});
