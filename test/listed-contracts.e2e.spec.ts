import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { CoveredMilestone } from '../src/office/coverage/coverage.schema.js';
import { Matching } from '../src/office/reference-lists/matching.js';
import type { ListView, RecordRow } from '../src/office/reference-lists/reference-list.schema.js';
import type { WorkListPage } from '../src/office/work/work.schema.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aNumber } from './support/builders.js';
import { bringIn, bringToList } from './support/imports.js';
import { startService, type TestService } from './support/service.js';

/**
 * What another system knows and nobody registered, where the agency has lists register it. It is Friday 20 March 2026, and officers have
 * five days: what was signed on Monday the 2nd is registered, what was signed on Wednesday the 18th not before Monday the 23rd.
 */
let service: TestService;
let auditor: ApiClient;
let roads: string;
let parks: string;

const headings = '계약번호,구분,계약명,계약일,착공일,준공일,담당부서,업체명,사업자번호';
const row = (reference: string, department: string, signedOn = '2026-03-02') =>
  `${reference},공사,중앙로 보도정비공사,${signedOn},2026-04-06,2026-11-27,${department},(주)새솔건설,123-45-67891`;

async function aList(name: string, departmentId: string | null, ...rows: string[]): Promise<string> {
  const list = { name, since: '2026-01-01', graceDays: 5, departmentId };
  const { id } = ok(await auditor.post<ListView>('/reference-lists', list));
  await bringToList(service, auditor, id, { name: 'list.csv', content: [headings, ...rows].join('\n') });
  return id;
}
const registered = async () =>
  (
    await service.sql<{ line: string }>(
      `SELECT concat_ws(' ', reference, state, department_id) AS line FROM contract ORDER BY reference`,
    )
  ).map(({ line }) => line);
const compare = () => service.app.get(Matching).lookAtAll();
const found = async (reference: string) => {
  const { items } = ok(
    await service.admin.get<{ items: ContractView[] }>(`/contracts?reference=${reference}`),
  );
  if (items.length !== 1) throw new Error(`${items.length} contracts ${reference}`);
  return items[0] as ContractView;
};
async function letListsRegister(listsRegister: boolean): Promise<number> {
  const [agency] = ok(await service.admin.get<{ items: { value: object }[] }>('/agency')).items;
  const { status } = await service.admin.post('/agency', {
    ...agency?.value,
    listsRegister,
    reason: '누락 방지',
  });
  return status;
}

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-20T09:00:00+09:00');
  await service.signedIn('auditor');
  auditor = await service.as('auditor');
  roads = await service.departmentId('ROADS');
  parks = await service.departmentId('PARKS');
  await aList(
    '나라장터',
    null,
    row('L-001', '도로과'),
    row('L-002', '없는과'),
    row('L-003', '도로과', '2026-03-18'),
  );
  await aList('재무 시스템', parks, row('L-004', '없는과'), row('L-005', 'ROADS'));
});
afterAll(() => service.close());

it('registers nothing unless the agency says so, which waits for a second person like taking it back', async () => {
  await compare();
  expect(await registered()).toEqual([]);
  service.approvesAtOnce = false;
  expect(await letListsRegister(true)).toBe(202);
  service.approvesAtOnce = true;
  await compare();
  expect(await registered()).toEqual([]);
});

it('registers what nobody did in the department that is named, or else in that of the list, once', async () => {
  await letListsRegister(true);
  await compare();
  await compare();
  expect(await registered()).toEqual([
    `L-001 signed ${roads}`,
    `L-004 signed ${parks}`,
    `L-005 signed ${roads}`,
  ]);
  await service.advanceTo('2026-03-23T09:30:00+09:00');
  await compare();
  expect((await found('L-003')).counterparties).toMatchObject([
    { registrationNumber: '123-45-67891', contacts: [] },
  ]);
  const { items } = ok(await auditor.get<{ items: ListView[] }>('/reference-lists'));
  expect(items.map(({ name, matched, missing }) => [name, matched, missing])).toEqual([
    ['나라장터', 2, 1],
    ['재무 시스템', 2, 0],
  ]);
});

it('shows them to officers as waiting for a contact, and in coverage', async () => {
  const officer = await service.as('officer', roads);
  const work = ok(await officer.get<WorkListPage>('/work/no-contact')).items.map(
    ({ contract }) => contract?.reference,
  );
  expect(work.sort()).toEqual(['L-001', 'L-003', 'L-005']);
  const missed = ok(
    await auditor.get<{ items: CoveredMilestone[] }>('/statistics/milestones?outcome=missed&limit=200'),
  ).items.map(({ contract, milestone, reason }) => `${contract.reference} ${milestone.code} ${reason}`);
  expect(missed).toContain('L-001 signing no-contact');
});

it('cannot be ended by an officer before there is a contact, nor hidden by a draft or a second contract', async () => {
  const officer = await service.as('officer', roads);
  const { id, counterparties } = await found('L-001');
  for (const move of ['terminate', 'complete'])
    expect(
      problem(await officer.post(`/contracts/${id}/${move}`, { on: '2026-03-23', reason: '취소' })).code,
    ).toBe('contact-first');
  const again = { reference: 'L-001', kind: 'works', title: '도로', departmentId: roads, signedOn: null };
  expect(problem(await officer.post('/contracts', { ...again, counterparties: [] })).code).toBe(
    'reference-taken',
  );
  const phone = aNumber();
  const path = `/contracts/${id}/counterparties/${counterparties[0]?.id}/contacts`;
  ok(await officer.post(path, aContact({ phone })));
  // Now somebody would lose texts by it: it waits for a second person.
  service.approvesAtOnce = false;
  const ended = await officer.post(`/contracts/${id}/terminate`, { on: '2026-03-23', reason: '취소' });
  service.approvesAtOnce = true;
  expect(ended.status).toBe(202);
});

it('is one contract with what an officer’s sheet states of the same reference, which brings the contact', async () => {
  const phone = aNumber();
  const content = `${headings},연락처\n${row('L-005', '도로과')},${phone}`;
  const { counts } = await bringIn(service, { name: 'mine.csv', content });
  expect(counts).toMatchObject({ created: 0, updated: 1 });
  const { counterparties } = await found('L-005');
  expect(counterparties.map(({ contacts }) => contacts.length)).toEqual([1]);
  const [alert] = await service.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM alert a JOIN contract c ON c.id = a.contract_id WHERE c.reference = 'L-005' AND a.status = 'planned'`,
  );
  expect(alert?.n).toBeGreaterThan(0);
});

it('leaves alone what stands here as a draft, under however written a reference', async () => {
  ok(
    await service.admin.post('/contracts', {
      reference: 'l.006',
      kind: 'works',
      title: '도로',
      departmentId: roads,
      counterparties: [],
    }),
  );
  const listId = await aList('셋째', roads, row('L-006', '도로과'));
  await compare();
  const { items } = ok(await auditor.get<{ items: RecordRow[] }>(`/reference-lists/${listId}/records`));
  expect(items).toMatchObject([{ isMissing: true, contract: null }]);
});

it('refuses a department that does not exist', async () => {
  const departmentId = '00000000-0000-7000-8000-000000000000';
  const answer = await auditor.post('/reference-lists', { name: '넷째', since: '2026-01-01', departmentId });
  expect(problem(answer).code).toBe('not-found');
});
