import type { InboxPage, InboxRow } from '../src/core/flags/flags.schema.js';
import { KnownElsewhere } from '../src/core/contracts/known-elsewhere.js';
import { ImportStates } from '../src/office/imports/states.js';
import { Matching } from '../src/office/reference-lists/matching.js';
import { ReferencePasses } from '../src/office/reference-lists/reference-intake.js';
import type {
  ListFileView,
  ListView,
  RecordRow,
  RecordView,
} from '../src/office/reference-lists/reference-list.schema.js';
import { defaultPlans } from '../src/core/planning/plans.default.js';
import { type ApiClient, ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { bringToList, formOf, takeListed } from './support/imports.js';
import { startService, type TestService } from './support/service.js';
import { foundAfter } from './support/verifying.js';

/**
 * What another system knows of contracts. It is Friday 20 March 2026; the list asks for what was signed from 1 January on, five
 * days after the signing. All contracts are works of one officer, and their numbers are those that nobody has.
 */
let service: TestService;
let auditor: ApiClient;
let listId: string;
let roads: string;
let officerId: string;

const [saesol, hanbit, areum] = ['123-45-67891', '111-11-11119', '222-22-22227'];
const of = (registrationNumber: string) =>
  aCounterparty({ name: `업체 ${registrationNumber}`, registrationNumber, contacts: [aContact()] });

async function register(reference: string, rest: object = {}) {
  return service.register({
    reference,
    departmentId: roads,
    officerId,
    counterparties: [of(saesol)],
    value: { amount: '100000000', currency: 'KRW' },
    ...rest,
  });
}

interface Row {
  reference: string;
  revision?: number;
  kind?: string;
  signedOn?: string;
  endsOn?: string;
  amount?: string;
  companies?: string[];
}

/** A sheet of what the other system has: as the contracts here, unless a row says otherwise. */
function sheet(...rows: Row[]): string {
  const lines = rows.flatMap(({ reference, companies = [saesol], ...row }) =>
    companies.map((number) =>
      [
        reference,
        row.revision ?? 0,
        row.kind ?? '공사',
        '중앙로 보도정비공사',
        row.signedOn ?? '2026-03-03',
        '2026-03-16',
        row.endsOn ?? '2026-11-27',
        row.amount ?? '100000000',
        `업체 ${number}`,
        number,
      ].join(','),
    ),
  );
  const headings = '계약번호,차수,구분,계약명,계약일,착공일,준공일,계약금액,업체명,사업자번호';
  return [headings, ...lines].join('\n');
}

const bring = (content: string, name = 'list.csv'): Promise<ListFileView> =>
  bringToList(service, auditor, listId, { name, content });

const records = async (query = '') =>
  ok(await auditor.get<{ items: RecordRow[] }>(`/reference-lists/${listId}/records?limit=200${query}`)).items;
const record = async (reference: string) => {
  const found = (await records()).find((one) => one.reference === reference);
  return ok(await auditor.get<RecordView>(`/reference-records/${found?.id}`));
};
/** Open flags of a contract here, or of a record that nobody registered, by its reference: kind, and what is here and there. */
const flags = async () =>
  ok(await auditor.get<InboxPage>('/flags?limit=200'))
    .items.filter(isOfLists)
    .map(({ contract, kind, changed }) =>
      [
        `${contract.reference} ${kind}`,
        ...(changed ?? []).map(({ field, from, to }) => `${field} ${from} → ${to}`),
      ].join(', '),
    );
/** They are registered late as well, which is not this list’s to say. */
const isOfLists = ({ kind }: InboxRow) => kind !== 'registered-late';
const of1 = (all: string[], reference: string) => all.filter((flag) => flag.startsWith(`${reference} `));

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-20T09:00:00+09:00');
  auditor = await service.as('auditor');
  roads = await service.departmentId('ROADS');
  officerId = ok(
    await service.admin.post<{ id: string }>('/officers', { departmentId: roads, name: '김바다' }),
  ).id;
  const dense = { kind: 'works', fromAmount: '500000000', milestones: defaultPlans.works.milestones };
  ok(await service.admin.post('/plans', { plan: dense }));
  const list = { name: '나라장터 2026', since: '2026-01-01', graceDays: 5 };
  listId = ok(await auditor.post<ListView>('/reference-lists', list)).id;
});
afterAll(() => service.close());

it('says which contracts stand in no list, once there is something in one', async () => {
  const [listed, other] = [await register('K-001'), await register('K-002')];
  const unknown = () => service.app.get(KnownElsewhere).unknownAmong([listed.id, other.id]);
  expect(await unknown()).toEqual(new Set());
  await bring(sheet({ reference: 'K-001' }));
  expect(await unknown()).toEqual(new Set([other.id]));
});

it('finds a contract by its reference, however it is spaced and cut, and has nothing to say of what is the same', async () => {
  await register('R-001');
  await register('R2026/002', { signedOn: '2026-03-03' });
  expect(await bring(sheet({ reference: 'R-001' }, { reference: 'r2026-002' }))).toMatchObject({
    records: 2,
    changed: 2,
    refused: 0,
    flags: 0,
    problems: [],
  });
  expect((await record('R-001')).matchedBy).toBe('reference');
  expect((await record('r2026-002')).contract?.reference).toBe('R2026/002');
  expect(await flags()).toEqual([]);
});

it('flags each thing that the list has otherwise, with what is here and what is there', async () => {
  await register('R-003', { value: { amount: '90000000', currency: 'KRW' } });
  await register('R-004', { kind: 'goods', endsOn: '2026-11-20' });
  await register('R-005', { counterparties: [of(hanbit)] });
  await register('R-006');
  const taken = await bring(
    sheet(
      { reference: 'R-003' },
      { reference: 'R-004' },
      { reference: 'R-005' },
      { reference: 'R-006', companies: [saesol, areum] },
    ),
  );
  expect(taken.flags).toBe(5);
  const all = await flags();
  expect(of1(all, 'R-003')).toEqual(['R-003 other-value, amount 90000000 → 100000000']);
  expect(of1(all, 'R-004').sort()).toEqual([
    'R-004 other-dates, endsOn 2026-11-20 → 2026-11-27',
    'R-004 other-kind, kind goods → works',
  ]);
  expect(of1(all, 'R-005')).toEqual(['R-005 other-company, companies 1111111119 → 1234567891']);
  expect(of1(all, 'R-006')).toEqual(['R-006 partner-left-out, companies 1234567891 → 2222222227']);
});

it('says on pages what is here and what is listed', async () => {
  const shown = (await (await service.person('auditor')).get('/console/flags?limit=200')).text;
  expect(shown).toContain('계약금액(원): 여기 90000000, 목록 100000000');
  expect(shown).toContain('완료(준공)일: 여기 2026년 11월 20일 (금), 목록 2026년 11월 27일 (금)');
  expect(shown).not.toMatch(/→/);
});

it('does not flag the same difference twice, and flags a new one', async () => {
  expect(await bring(sheet({ reference: 'R-003' }))).toMatchObject({ changed: 0, flags: 0 });
  expect(await bring(sheet({ reference: 'R-003', revision: 1, amount: '120000000' }))).toMatchObject({
    changed: 1,
    flags: 1,
  });
  // An older revision is none of its news.
  expect(await bring(sheet({ reference: 'R-003', amount: '70000000' }))).toMatchObject({
    changed: 0,
    flags: 0,
  });
  expect((await record('R-003')).value?.amount).toBe('120000000');
});

it('finds a contract under another number by company, value and dates, unless two could be meant', async () => {
  await register('T-007', { value: { amount: '77000000', currency: 'KRW' } });
  await register('T-008', { value: { amount: '88000000', currency: 'KRW' } });
  await register('T-009', { value: { amount: '88000000', currency: 'KRW' } });
  await bring(sheet({ reference: 'R-007', amount: '77000000' }, { reference: 'R-008', amount: '88000000' }));
  expect(await record('R-007')).toMatchObject({ matchedBy: 'terms', contract: { reference: 'T-007' } });
  expect(await record('R-008')).toMatchObject({ matchedBy: null, contract: null });
});

it('flags what was never registered, with its days, once officers have had theirs', async () => {
  await register('R-011', { signedOn: null });
  await bring(
    sheet(
      { reference: 'R-010', signedOn: '2026-03-02' },
      { reference: 'R-011', signedOn: '2026-03-02' },
      { reference: 'R-012', signedOn: '2026-03-18' },
      { reference: 'R-013', signedOn: '2025-12-31' },
    ),
  );
  const all = await flags();
  expect(of1(all, 'R-010')).toEqual([
    'R-010 not-registered, reference null → R-010, title null → 중앙로 보도정비공사, signedOn null → 2026-03-02, daysWithout null → 18',
  ]);
  // A draft plans nothing.
  expect(of1(all, 'R-011')).toHaveLength(1);
  expect([...of1(all, 'R-012'), ...of1(all, 'R-013')]).toEqual([]);
  expect((await records('&state=missing')).map(({ reference }) => reference).sort()).toEqual([
    'R-008',
    'R-010',
    'R-011',
  ]);
  await service.advanceTo('2026-03-22T23:30:00+09:00');
  await service.app.get(Matching).lookAtAll();
  expect(of1(await flags(), 'R-012')).toEqual([]);
  await service.advanceTo('2026-03-23T00:30:00+09:00');
  await service.app.get(Matching).lookAtAll();
  expect(of1(await flags(), 'R-012')).toHaveLength(1);
});

it('says of what is not registered what the list has, and of nothing that it was none before', async () => {
  const shown = (await (await service.person('auditor')).get('/console/flags?limit=200')).text;
  expect(shown).toContain('계약일 2026년 3월 2일 (월), 체결 뒤 지난 날 18');
  expect(shown).not.toContain('없음 →');
});

it('flags a value that an officer split below the threshold, on the first part', async () => {
  const part = { value: { amount: '300000000', currency: 'KRW' }, counterparties: [of(areum)] };
  await register('R-020', part);
  await register('R-020-B', { ...part, signedOn: '2026-03-10' });
  await bring(sheet({ reference: 'R-020', amount: '600000000', companies: [areum] }));
  expect(of1(await flags(), 'R-020').sort()).toEqual([
    'R-020 other-value, amount 300000000 → 600000000',
    'R-020 value-split, amount 600000000 → 600000000',
  ]);
});

it('takes an auditor’s word for which contract a record is, and keeps it', async () => {
  const { id } = await record('R-008');
  const path = `/reference-records/${id}/match`;
  const reason = '업체에 확인함';
  expect((await auditor.post(path, { reference: 'nothing', reason })).status).toBe(422);
  const matched = ok(await auditor.post<RecordView>(path, { reference: 'T-009', reason }));
  expect(matched).toMatchObject({ matchedBy: 'auditor', contract: { reference: 'T-009' } });
  await service.app.get(Matching).lookAtAll();
  expect(await record('R-008')).toMatchObject({ matchedBy: 'auditor', contract: { reference: 'T-009' } });
  const none = await record('R-010');
  ok(await auditor.post(`/reference-records/${none.id}/match`, { reference: null, reason }));
  expect(await record('R-010')).toMatchObject({ matchedBy: 'auditor', contract: null, isMissing: false });
  const [change] = await service.sql<{ what: string; reason: string }>(
    `SELECT what, reason FROM change WHERE subject_id = $1 ORDER BY id DESC`,
    [none.id],
  );
  expect(change).toEqual({ what: 'reference-matched', reason });
});

it('is closed with a finding like any other flag, under the record', async () => {
  const { id, flags: open } = await record('R-010');
  expect(open.map(({ kind, closedAt }) => [kind, closedAt])).toEqual([['not-registered', null]]);
  const closing = { contractId: id, kind: 'not-registered', finding: 'explained', note: '다른 과의 계약' };
  ok(await auditor.post('/flags/close', closing));
  expect(of1(await flags(), 'R-010')).toEqual([]);
  expect((await record('R-010')).history.map(({ what }) => what)).toEqual(['flag-closed']);
});

it('reads published files as well, and tells what it could not read', async () => {
  const release = {
    ocid: 'ocds-x-1',
    id: '1',
    date: '2026-03-05T00:00:00Z',
    tag: ['contract'],
    initiationType: 'tender',
    tender: { id: 't', mainProcurementCategory: 'works' },
    contracts: [
      { id: 'R-030', awardID: 'a', status: 'active', title: '교량 보수', dateSigned: '2026-03-02T00:00:00Z' },
    ],
  };
  expect(await bring(JSON.stringify({ releases: [release] }), 'a.json')).toMatchObject({
    records: 1,
    flags: 1,
  });
  const wrong = await bring(sheet({ reference: 'R-031', kind: '무엇' }));
  expect(wrong).toMatchObject({ records: 0, refused: 1 });
  expect(wrong.problems[0]).toMatchObject({ line: 2, field: '구분', code: 'kind-unknown' });
});

it('is hidden from everybody below audit', async () => {
  const { id } = await record('R-001');
  for (const client of [
    service.admin,
    await service.as('manager', roads),
    await service.as('officer', roads),
  ]) {
    expect((await client.get('/reference-lists')).status).toBe(403);
    expect((await client.get(`/reference-records/${id}`)).status).toBe(403);
    expect((await client.post(`/reference-records/${id}/match`, {})).status).toBe(403);
    expect((await client.post('/reference-lists', {})).status).toBe(403);
  }
});

it('keeps no name of a company in the clear, and plans nothing', async () => {
  const rows = await service.sql<{ row: string }>(`SELECT r::text AS row FROM reference_record r`);
  expect(rows.filter(({ row }) => row.includes('업체'))).toEqual([]);
  expect((await record('R-006')).companies.map(({ name }) => name).sort()).toEqual([
    `업체 ${saesol}`,
    `업체 ${areum}`,
  ]);
  expect(await service.sql(`SELECT id FROM contract WHERE reference = 'R-012'`)).toEqual([]);
});

describe('whoever owns the tables', () => {
  it('fits as it was written', async () => {
    expect(await foundAfter(service)).toEqual([]);
  });

  const byAuditor = `id = (SELECT id FROM reference_record WHERE matched_by = 'auditor' ORDER BY id LIMIT 1)`;
  const first = `id = (SELECT id FROM reference_record ORDER BY id LIMIT 1)`;
  it.each<[what: string, sql: string, table: string, column: string]>([
    ['from when a list counts', `UPDATE reference_list SET since = '2030-01-01'`, 'reference_list', 'since'],
    ['how long a list waits', `UPDATE reference_list SET grace_days = 365`, 'reference_list', 'graceDays'],
    [
      'the value of a contract in a list',
      `UPDATE reference_record SET amount = 1 WHERE ${first}`,
      'reference_record',
      'amount',
    ],
    [
      'that a contract of a list was cancelled',
      `UPDATE reference_record SET cancelled = true WHERE id = (SELECT id FROM reference_record WHERE NOT cancelled LIMIT 1)`,
      'reference_record',
      'cancelled',
    ],
    [
      'that one was flagged which never was',
      `UPDATE reference_record SET flagged = '{not-registered}' WHERE id = (SELECT r.id FROM reference_record r
         WHERE NOT EXISTS (SELECT FROM flag f WHERE f.contract_id = r.id) LIMIT 1)`,
      'reference_record',
      'flagged',
    ],
    [
      'which contract an auditor took it for',
      `UPDATE reference_record SET contract_id = (SELECT id FROM contract c WHERE c.id IS DISTINCT FROM contract_id ORDER BY id LIMIT 1)
       WHERE ${byAuditor}`,
      'reference_match',
      'contractId',
    ],
    [
      'that an auditor decided it',
      `UPDATE reference_record SET matched_by = 'reference' WHERE ${byAuditor}`,
      'reference_match',
      'matchedBy',
    ],
  ])('is found to have altered %s', async (_what, sql, table, column) => {
    expect(await foundAfter(service, sql)).toContainEqual({
      code: 'row-altered',
      params: { table, row: expect.any(String) as string, column },
    });
  });

  it('is found to have taken a contract out of a list', async () => {
    expect(await foundAfter(service, `DELETE FROM reference_record WHERE ${first}`)).toContainEqual({
      code: 'row-missing',
      params: { table: 'reference_record', row: expect.any(String) as string },
    });
  });

  it('is found to have made up an auditor’s decision', async () => {
    const sql = `UPDATE reference_record SET matched_by = 'auditor', seen_on = '2100-01-01' WHERE id = (
      SELECT id FROM reference_record r WHERE matched_by IS NULL AND NOT EXISTS (
        SELECT FROM leaf l WHERE l.subject_id = r.id::text AND l.kind = 'change') LIMIT 1)`;
    expect(await foundAfter(service, sql)).toContainEqual({
      code: 'row-outside',
      params: { table: 'reference_match', row: expect.any(String) as string },
    });
  });
});

it('goes on with a file whose worker stopped, and counts nothing twice', async () => {
  const wanted = { name: '큰 목록', since: '2030-01-01' };
  const { id: largeId } = ok(await auditor.post<ListView>('/reference-lists', wanted));
  const rows = Array.from({ length: 1500 }, (_, n) => ({ reference: `L-${n}` }));
  const { body, headers } = formOf({ name: 'large.csv', content: sheet(...rows) });
  const { id } = ok(await auditor.post<ListFileView>(`/reference-lists/${largeId}/files`, body, headers));
  const states = service.app.get(ImportStates);
  expect(await states.unfinishedImports()).toEqual([id]);
  const row = await states.claimImport(id);
  if (!row) throw new Error('nobody else has it');
  await service.app.get(ReferencePasses).takeListed(row, () => true);
  const shown = async () =>
    ok(await auditor.get<{ items: ListFileView[] }>(`/reference-lists/${largeId}/files`)).items[0];
  expect(await shown()).toMatchObject({ id, status: 'reading', records: 1000, changed: 1000 });
  await states.releaseImport(row);
  await takeListed(service);
  expect(await shown()).toMatchObject({ id, status: 'taken', records: 1500, changed: 1500, refused: 0 });
  expect(await service.sql(`SELECT 1 FROM import_chunk WHERE import_id = $1`, [id])).toEqual([]);
  // Nobody who sees imports sees it there.
  expect((await service.admin.get(`/imports/${id}`)).status).toBe(404);
  expect(ok(await service.admin.get<{ items: unknown[] }>('/imports')).items).toEqual([]);
});
