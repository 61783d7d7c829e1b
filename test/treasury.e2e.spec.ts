import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { InboxPage } from '../src/core/flags/flags.schema.js';
import type { ListFileView, ListView } from '../src/office/reference-lists/reference-list.schema.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { bringToList, formOf, takeListed } from './support/imports.js';
import { startService, type TestService } from './support/service.js';
import { aWorkbook } from './support/workbooks.js';

/**
 * What the treasury paid and nobody recorded. All contracts are works signed on Tuesday 3 March 2026 that start on the 16th, unless they say
 * otherwise; the sheets come on Thursday 9 April at 10:30. Texts are missed when they are more than 168 hours late: what happened on or
 * after Friday 3 April is told of by its own text, and what came before (Thursday the 2nd at 10:00 is 168.5 hours ago) by the neutral one.
 */
let service: TestService;
let auditor: ApiClient;
let listId: string;

const numbers = new Map<string, string>();
const contracts = new Map<string, ContractView>();

async function register(reference: string, rest: object = {}): Promise<ContractView> {
  const phone = aNumber();
  const party = aCounterparty({ contacts: [aContact({ phone })] });
  const view = await service.register({
    reference,
    signedOn: '2026-03-03',
    startsOn: '2026-03-16',
    endsOn: '2026-11-27',
    counterparties: [party],
    ...rest,
  });
  numbers.set(reference, phone);
  contracts.set(reference, view);
  return view;
}

const sheet = (headings: string, ...rows: string[]) => [headings, ...rows].join('\n');
const paid = (...rows: string[]) => sheet('계약번호,지급구분,지급일', ...rows);

const bring = (content: string | Buffer, name = 'payments.csv', client = auditor): Promise<ListFileView> =>
  bringToList(service, client, listId, { name, content, fields: { holds: 'payments' } });
const codes = ({ problems }: ListFileView) => problems.map(({ line, code }) => `${line} ${code}`);

/** What is recorded of a contract, with the wording of its text. */
const recorded = async (reference: string) =>
  (
    await service.sql<{ code: string; day: string; wording: string; status: string }>(
      `SELECT m.code, m.occurred_on::text AS day, a.wording, a.status FROM milestone m LEFT JOIN alert a ON a.milestone_id = m.id
       WHERE m.contract_id = $1 AND m.occurred_on IS NOT NULL ORDER BY m.occurred_on, m.code`,
      [contracts.get(reference)?.id],
    )
  ).map(({ code, day, wording }) => `${code} ${day} ${wording}`);
const daysOf = async (reference: string) =>
  (await recorded(reference)).map((line) => line.replace(/ \w+$/, ''));
const textsTo = async (reference: string, words: string) =>
  (await service.texts()).filter(
    ({ to, text }) => to.slice(-4) === numbers.get(reference)?.slice(-4) && text.includes(words),
  ).length;
const flags = async () =>
  ok(await auditor.get<InboxPage>('/flags?limit=200')).items.filter(({ kind }) => kind === 'not-recorded');
const officerRecords = async (reference: string, code: string, occurredOn: string) =>
  ok(
    await service.admin.post(`/contracts/${contracts.get(reference)?.id}/milestones/${code}/occurrences`, {
      occurredOn,
    }),
  );

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-03T09:00:00+09:00');
  auditor = await service.as('auditor');
  const list = { name: '재무 시스템 지급 내역', since: '2026-01-01', graceDays: 5 };
  listId = ok(await auditor.post<ListView>('/reference-lists', list)).id;
  for (const reference of ['T-001', 'T-002', 'T-003', 'T-004', 'T-005', 'T-006']) await register(reference);
  await register('T-007', { signedOn: null });
  await register('T-008', { kind: 'service' });
  // Its payment is expected by Wednesday 15 April, 19 days after its end: the neutral text goes out on the 16th.
  await register('T-009', { endsOn: '2026-03-27' });
  await register('T-010', { endsOn: '2026-03-27' });
  await service.advanceTo('2026-04-09T10:30:00+09:00');
});
afterAll(() => service.close());

it('records what was paid as an officer would have, and what is too late for its own text keeps the neutral one', async () => {
  const first = paid('T-001,선금,2026-04-06', 't001-x,선금,2026-04-06', 'T-002,선금,2026-04-01');
  expect(await bring(first)).toMatchObject({ records: 3, changed: 2, refused: 1, flags: 1 });
  expect(await recorded('T-001')).toEqual(['advance-payment 2026-04-06 milestone']);
  expect(await recorded('T-002')).toEqual(['advance-payment 2026-04-01 neutral']);
  await service.advanceTo('2026-04-09T10:40:00+09:00');
  expect([await textsTo('T-001', '선금'), await textsTo('T-002', '선금')]).toEqual([1, 1]);
});

it('flags what was not recorded in the days of the list, and names the list as who recorded it', async () => {
  // 3 days are within the five that officers have; 8 are not.
  expect(
    (await flags()).map(({ contract, changed, reason }) => [contract.reference, changed, reason]),
  ).toEqual([
    [
      'T-002',
      [
        { field: 'milestone', from: null, to: 'advance-payment' },
        { field: 'occurredOn', from: null, to: '2026-04-01' },
        { field: 'daysUnrecorded', from: null, to: '8' },
      ],
      '재무 시스템 지급 내역',
    ],
  ]);
  const [change] = await service.sql<{ actor: string; reason: string | null }>(
    `SELECT actor, reason FROM change WHERE contract_id = $1 AND what = 'occurred'`,
    [contracts.get('T-001')?.id],
  );
  // Officers learn that it was no colleague, and not which list it was.
  expect(change).toEqual({ actor: 'reference-list', reason: null });
});

it('tells of what was paid before the contract was registered too, as of an officer’s record', async () => {
  await register('T-011');
  expect(await bring(paid('T-011,선금,2026-03-20'))).toMatchObject({ changed: 1, flags: 1 });
  expect(await recorded('T-011')).toEqual(['advance-payment 2026-03-20 neutral']);
});

it('doubles nothing when the sheet comes again, or a row of it was revised', async () => {
  const again = paid('T-001,선금,2026-04-06', 'T-002,선금,2026-04-01');
  expect(await bring(again)).toMatchObject({ records: 2, changed: 0, refused: 0, flags: 0, problems: [] });
  // Ten days later, and its old day stands nowhere in the sheet, which goes from 1 to 16 April: it is the same payment.
  const revised = await bring(paid('T-001,선금,2026-04-16', 'T-002,선금,2026-04-01'));
  expect(revised).toMatchObject({ changed: 0, refused: 0 });
  expect(codes(revised)).toEqual(['2 payment-moved']);
  expect(revised.problems[0]?.message.ko).toContain('2026-04-06');
  expect(await recorded('T-001')).toEqual(['advance-payment 2026-04-06 milestone']);
  // A sheet that says both states two payments.
  expect(await bring(paid('T-001,선금,2026-04-06', 'T-001,선금,2026-04-16'))).toMatchObject({ changed: 1 });
});

it('knows a payment by its number, whatever its day becomes', async () => {
  const numbered = (...rows: string[]) => sheet('계약번호,지급구분,지급일,지급번호', ...rows);
  expect(await bring(numbered('T-003,선금,2026-04-03,2026-17'))).toMatchObject({ changed: 1 });
  const moved = await bring(numbered('T-003,선금,2026-03-10,2026-17'));
  expect([moved.changed, ...codes(moved)]).toEqual([0, '2 payment-moved']);
  expect(await bring(numbered('T-003,선금,2026-03-20,2026-18'))).toMatchObject({ changed: 1 });
});

it('takes what an officer recorded within a week of it for the same, and what is further apart for another', async () => {
  await officerRecords('T-004', 'progress-inspection', '2026-04-02');
  await officerRecords('T-005', 'progress-inspection', '2026-04-01');
  const inspected = sheet(
    '계약번호,지급구분,지급일,검사일',
    'T-004,기성,2026-04-09,2026-04-09',
    'T-005,기성,,2026-04-09',
  );
  expect(await bring(inspected)).toMatchObject({ records: 2, changed: 1, refused: 0, problems: [] });
  expect(await daysOf('T-004')).toEqual(['progress-inspection 2026-04-02']);
  expect(await daysOf('T-005')).toEqual(['progress-inspection 2026-04-01', 'progress-inspection 2026-04-09']);
});

it('tells an officer who records within a week of it that it is recorded, and takes what is further apart', async () => {
  await bring(paid('T-006,선금,2026-03-30'));
  const path = `/contracts/${contracts.get('T-006')?.id}/milestones/advance-payment/occurrences`;
  const refused = problem(await service.admin.post(path, { occurredOn: '2026-04-06' }));
  expect(refused).toMatchObject({ status: 409, code: 'occurrence-listed' });
  expect(refused.detail).toContain('2026-03-30');
  await officerRecords('T-006', 'advance-payment', '2026-04-07');
  expect(await daysOf('T-006')).toEqual(['advance-payment 2026-03-30', 'advance-payment 2026-04-07']);
});

it('names with words the rows that fit nothing here', async () => {
  const taken = await bring(
    paid(
      'T-999,선금,2026-04-08',
      'T-007,선금,2026-04-08',
      'T-001,수시,2026-04-08',
      'T-008,기성금,2026-04-08',
      'T-001,준공금,2026-03-02',
      'T-001,준공금,2026-06-09',
      'T-001,준공금,',
      'T-001,준공금,8월',
    ),
  );
  expect(codes(taken).sort()).toEqual([
    '2 payment-contract-unknown',
    '3 payment-contract-unknown',
    '4 payment-kind-unknown',
    '5 payment-kind-unknown',
    '6 date-before-signing',
    '7 day-too-far',
    '8 payment-undated',
    '9 date-unreadable',
  ]);
  expect(taken).toMatchObject({ changed: 0, refused: 8 });
  expect(taken.problems.map(({ message }) => message.ko).join(' ')).toContain('"수시"에 해당하는 단계가');
  const headless = await bring(sheet('계약번호,금액,비고', 'T-001,1,2'));
  expect(codes(headless)).toEqual(['1 headings-missing']);
});

it('never puts a text off: what is to be paid later than the neutral text goes out is not recorded', async () => {
  const ahead = await bring(paid('T-009,준공금,2026-05-20'));
  expect([ahead.changed, ...codes(ahead)]).toEqual([0, '2 payment-puts-off']);
  expect(await recorded('T-009')).toEqual([]);
});

it('ends a silence that lasts without telling twice: the neutral text has told of the payment before it', async () => {
  await service.advanceTo('2026-04-17T09:30:00+09:00');
  expect([await textsTo('T-009', '준공대금'), await textsTo('T-010', '준공대금')]).toEqual([1, 1]);
  // Paid on the 7th, too long ago for a text of its own: the neutral one of the 16th was about it.
  expect(await bring(paid('T-009,준공대금 지급,2026-04-07', 'T-010,final payment,2026-04-17'))).toMatchObject(
    {
      changed: 2,
      refused: 0,
    },
  );
  await service.advanceTo('2026-04-20T18:00:00+09:00');
  // Paid after it: another one, on the next business day, Monday 20 April.
  expect([await textsTo('T-009', '준공대금'), await textsTo('T-010', '준공대금')]).toEqual([1, 2]);
});

it('reads workbooks and published files, and both days of a final payment', async () => {
  await register('T-020', { reference: 'T-020' });
  await register('T-021');
  const rows = [
    ['계약번호', '계약명', '지급구분', '지급일', '검사일', '업체명'],
    ['T-020', '중앙로 보도정비공사', '준공금', '2026-04-20', '2026-04-17', '(주)새솔건설'],
  ];
  expect(await bring(await aWorkbook({ sheets: [{ rows }] }), 'a.xlsx')).toMatchObject({
    changed: 2,
    problems: [],
  });
  expect(await daysOf('T-020')).toEqual(['completion-inspection 2026-04-17', 'final-payment 2026-04-20']);
  const contract = {
    id: 'T-021',
    awardID: 'a',
    status: 'active',
    title: '교량 보수',
    dateSigned: '2026-03-03T00:00:00Z',
    implementation: {
      milestones: [{ id: 'm1', code: 'advance-payment', status: 'met', dateMet: '2026-04-20T00:00:00Z' }],
    },
  };
  const release = {
    ocid: 'ocds-x-1',
    id: '1',
    date: '2026-04-20T00:00:00Z',
    tag: ['implementation'],
    initiationType: 'tender',
    tender: { id: 't', mainProcurementCategory: 'works' },
    contracts: [contract],
  };
  expect(await bring(JSON.stringify({ releases: [release] }), 'a.json')).toMatchObject({ changed: 1 });
  expect(await recorded('T-021')).toEqual(['advance-payment 2026-04-20 milestone']);
});

it('is brought on the page of the list as well, which says what came of it, as the flags do', async () => {
  const auditing = await service.person('auditor');
  const content = paid('T-001,선금,2026-04-06', 'T-999,선금,2026-04-08');
  const path = `/console/reference-lists/${listId}`;
  await auditing.call('POST', {
    path: `${path}/files`,
    form: { holds: 'payments' },
    upload: { field: 'file', name: 'a.csv', type: 'text/csv', content },
  });
  expect((await auditing.get(path)).text).toContain('읽는 중입니다(0%).');
  await takeListed(service);
  const shown = await auditing.get(path);
  expect(shown.text).toContain(
    '2행을 읽었습니다. 새로 기록한 것 0건, 읽지 못했거나 맞는 계약·단계가 없는 것 1건',
  );
  expect(shown.text).toContain('T-999: 그 번호의 계약이 하나로 정해지지 않습니다.');
  expect((await auditing.get('/console/flags')).text).toContain(
    '단계 선금 지급, 일어난 날 2026년 4월 1일 (수), 기록되지 않은 날 수 8',
  );
  const officer = await service.person('officer', await service.departmentId('ROADS'));
  const page = (await officer.get(`/console/contracts/${contracts.get('T-001')?.id}`)).text;
  expect(page).toContain('대조 목록');
  expect(page).not.toContain('재무 시스템');
});

it('takes sheets from a system’s key, and from nobody below audit', async () => {
  const roads = await service.departmentId('ROADS');
  const { body, headers } = formOf({
    name: 'a.csv',
    content: paid('T-001,선금,2026-04-06'),
    fields: { holds: 'payments' },
  });
  for (const client of [
    service.admin,
    await service.as('manager', roads),
    await service.as('officer', roads),
  ])
    expect((await client.post(`/reference-lists/${listId}/files`, body, headers)).status).toBe(403);
});
