import { parse } from 'csv-parse/sync';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import type { Work, WorkListPage, WorkRow } from '../src/office/work/work.schema.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aContract, aCounterparty, aNumber, type ContractInput } from './support/builders.js';
import { startService, type TestService } from './support/service.js';

const everyday = [
  'no-contact',
  'no-number',
  'no-dates',
  'dead-numbers',
  'unrecorded',
  'rows-to-mend',
  'drafts',
];
const ofTheAuditor = ['long-suspended', 'old-drafts'];

const ofAdmins = ['held-messages'];
/** The sandbox refuses it with a code that nobody knows. */
const unknownCode = '010-0000-0008';

let service: TestService;
let officer: ApiClient;
let manager: ApiClient;
let auditor: ApiClient;
let roads: string;
let parks: string;
const made = new Map<string, ContractView>();

const company = (name: string, ...phones: (string | null)[]) =>
  aCounterparty({
    name,
    registrationNumber: null,
    contacts: phones.map((phone) => aContact({ phone })),
  });

async function register(name: string, of: Partial<ContractInput> = {}): Promise<ContractView> {
  const input = aContract({ departmentId: roads, endsOn: '2027-11-30', ...of, reference: `W-${name}` });
  const contract = ok(await service.admin.post<ContractView>('/contracts', input));
  made.set(name, contract);
  return contract;
}

const idOf = (name: string) => made.get(name)?.id ?? '';
const contactOf = (name: string) => made.get(name)?.counterparties[0]?.contacts[0]?.id ?? '';
const patch = async (name: string, body: object) =>
  ok(await service.admin.patch(`/contracts/${idOf(name)}`, body));
const move = async (name: string, how: string, on: string) =>
  ok(await service.admin.post(`/contracts/${idOf(name)}/${how}`, { on, reason: '시험' }));

const headings =
  '계약번호,차수,구분,계약명,계약일,착공(착수)일,준공(완료)일,계약금액,담당부서,업체명,사업자번호,담당자,휴대전화,언어';
const sheetRow = (
  reference: string,
  signedOn: string,
  { department = '도로과', phone = aNumber(), revision = 0 } = {},
) =>
  `${reference},${revision},공사,보도 정비,${signedOn},2026-05-18,2026-11-27,110000000,${department},(주)새솔건설,000-00-00000,이가람,${phone},한국어`;

/** Brings a file in and applies it. */
async function brought(client: ApiClient, file: string, ...rows: string[]): Promise<string> {
  const body = [
    '--the-boundary',
    `content-disposition: form-data; name="file"; filename="${file}"`,
    '',
    [headings, ...rows].join('\n'),
    '--the-boundary--',
    '',
  ].join('\r\n');
  const headers = { 'content-type': 'multipart/form-data; boundary=the-boundary' };
  const { id } = ok(await client.post<{ id: string }>('/imports', body, headers));
  await service.app.get(ImportJobs).runImport(id);
  return id;
}

/** Refused rows that say which contract they are of (its department is refused), and that do not (it has no number). */
async function rowsMendedAndNot(department: string): Promise<void> {
  const [phone, day] = [aNumber(), '2026-03-02'];
  const counterparties = [aCounterparty({ contacts: [aContact({ phone })] })];
  const dates = { signedOn: day, startsOn: '2026-05-18', endsOn: '2026-11-27' };
  for (const name of ['mended', 'foreign']) await register(name, { ...dates, counterparties });
  await brought(officer, 'mended.csv', sheetRow('W-mended', day, { department, phone, revision: 1 }));
  await brought(officer, 'foreign.csv', sheetRow('W-foreign', day, { department, phone, revision: 1 }));
  await brought(officer, 'again.csv', sheetRow('W-mended', day, { phone, revision: 1 }));
  await patch('foreign', { departmentId: parks });
  const there = { department: '공원녹지과', phone, revision: 1 };
  await brought(await service.as('officer', parks), 'foreign.csv', sheetRow('W-foreign', day, there));

  const whole = sheetRow('W-nobodys', day, { phone });
  const nobodys = await brought(officer, 'nobodys.csv', sheetRow('', day));
  await brought(officer, 'nobodys.csv', whole);
  await brought(officer, 'refused.csv', whole);
  await brought(officer, `refused-${nobodys}.csv`);
  await brought(manager, `refused-${nobodys}.csv`, whole);
  const known = await brought(officer, 'known.csv', sheetRow('', day));
  await brought(officer, `refused-${known} (1).csv`, sheetRow('W-known', day));
}

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  parks = await service.departmentId('PARKS');
  officer = await service.as('officer', roads);
  manager = await service.as('manager', roads);
  auditor = await service.as('auditor');
  await register('plain');
  await register('no-contact', { counterparties: [company('(주)한길'), company('(주)두길', aNumber())] });
  await register('no-number', { counterparties: [company('(주)세길', null)] });
  await register('dead', { counterparties: [company('(주)네길', '010-0000-0001')] });
  await register('unrecorded', {
    kind: 'goods',
    signedOn: '2026-02-24',
    startsOn: null,
    endsOn: '2026-02-25',
  });
  // Three at once to one number are one message.
  for (const [name, departmentId] of [
    ['held', roads],
    ['held-too', roads],
    ['held-in-parks', parks],
  ] as const) {
    const counterparties = [company('(주)다섯길', unknownCode)];
    await register(name, { departmentId, counterparties, signedOn: '2026-04-13', startsOn: '2026-04-20' });
  }
  await register('no-end', { endsOn: null });
  await register('draft', { signedOn: null });
  await register('of-parks', { departmentId: parks, counterparties: [company('(주)공원', null)] });
  await register('suspended');
  await register('again-and-again');
  await register('little');
  await brought(officer, 'contracts.csv', sheetRow('W-good', '2026-03-02'), sheetRow('W-bad', '2026-13-01'));
  await brought(manager, 'other.csv', sheetRow('W-bad-too', '2026-14-01'));
  const live = { code: 'LIVE', name: '새시행과', goLiveOn: '2026-03-02', parentId: roads };
  ok(await service.admin.post('/departments', live));
  await rowsMendedAndNot(live.name);
  const id = await brought(officer, 'mistaken.csv', sheetRow('W-mistaken', '2026-03-02'));
  ok(await officer.post(`/imports/${id}/undo`, { reason: '잘못 올림' }));
  await service.advanceTo('2026-03-03T12:00:00+09:00');
  await move('suspended', 'suspend', '2026-03-03');
  await move('again-and-again', 'suspend', '2026-03-03');
  await move('little', 'suspend', '2026-03-03');
  await service.advanceTo('2026-04-20T12:00:00+09:00');
  await move('again-and-again', 'resume', '2026-04-20');
  await move('little', 'resume', '2026-04-20');
  await service.advanceTo('2026-04-25T12:00:00+09:00');
  await move('again-and-again', 'suspend', '2026-04-25');
  await service.advanceTo('2026-06-30T12:00:00+09:00');
});
afterAll(() => service.close());

async function rowsFor(client: ApiClient, list: string, query = ''): Promise<WorkRow[]> {
  const rows: WorkRow[] = [];
  let cursor: string | null = null;
  do {
    const page: WorkListPage = ok(
      await client.get<WorkListPage>(`/work/${list}?limit=2${query}${cursor ? `&cursor=${cursor}` : ''}`),
    );
    rows.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}

const referencesFor = async (client: ApiClient, list: string) =>
  (await rowsFor(client, list)).map((row) => row.contract?.reference ?? row.facts['file']);
const rowOf = async (client: ApiClient, list: string, name: string) =>
  (await rowsFor(client, list)).find((row) => row.contract?.reference === `W-${name}`);

describe('an officer’s work lists', () => {
  it.each([
    ['no-contact', ['W-no-contact']],
    ['no-number', ['W-no-number']],
    ['no-dates', ['W-no-end']],
    ['dead-numbers', ['W-dead']],
    ['unrecorded', ['W-unrecorded', 'W-unrecorded']],
    ['rows-to-mend', ['contracts.csv', 'foreign.csv', 'nobodys.csv']],
    ['drafts', ['W-draft', 'W-mistaken']],
  ])('%s hold what they can put right', async (list, references) => {
    expect(await referencesFor(officer, list)).toEqual(references);
  });

  it('say what it is, what to do, since when and for how many days, in both languages', async () => {
    expect(await rowOf(officer, 'no-number', 'no-number')).toMatchObject({
      contract: { id: idOf('no-number'), title: '중앙로 보도정비공사', state: 'signed' },
      department: { code: 'ROADS', name: { ko: '도로과', en: 'Roads' } },
      officer: null,
      contact: { id: contactOf('no-number'), name: '이*람', number: null },
      since: '2026-03-02T09:00:00+09:00',
      days: 120,
      what: { en: 'This contact has no number that can be texted.' },
    });
    const { todo, name } = ok(await officer.get<WorkListPage>('/work/no-number'));
    expect([name.ko, todo.ko]).toEqual(['번호가 없는 연락처', '휴대전화 번호를 확인해 등록하세요.']);
    expect((await rowOf(officer, 'no-contact', 'no-contact'))?.what).toEqual({
      ko: '업체 2곳 가운데 1곳에 연락처가 없습니다.',
      en: '1 of 2 counterparties have no contact.',
    });
  });

  it('tell the carrier’s reason in plain words', async () => {
    expect((await rowOf(officer, 'dead-numbers', 'dead'))?.what).toEqual({
      ko: '마지막 문자가 전달되지 않았습니다: 유선전화 번호입니다.',
      en: 'The last text was not delivered: A landline.',
    });
  });

  it('say which date a contract is without, and how many of its milestones have no day for it', async () => {
    expect(await rowOf(officer, 'no-dates', 'no-end')).toMatchObject({
      what: { en: 'It has no end, so that 4 milestones have no day.' },
      since: '2026-03-02T09:00:00+09:00',
    });
  });

  it('name the milestone that nobody recorded, and by when it was expected', async () => {
    const rows = await rowsFor(officer, 'unrecorded');
    expect(rows.map((row) => [row.what.en, row.since, row.days])).toEqual([
      [
        'inspection and acceptance: expected by 2026-03-11, and not recorded.',
        '2026-03-12T00:00:00+09:00',
        110,
      ],
      ['payment: expected by 2026-03-16, and not recorded.', '2026-03-17T00:00:00+09:00', 105],
    ]);
  });

  it('drop a row that was mended since, and hold those of others only for a manager', async () => {
    const [row] = await rowsFor(officer, 'rows-to-mend');
    expect(row).toMatchObject({ department: { code: 'ROADS' } });
    expect(row?.facts).toEqual({
      importId: expect.any(String) as string,
      file: 'contracts.csv',
      line: 3,
      field: '계약일',
      code: 'date-impossible',
      message: 'There is no such day between 1990 and 2100.',
      advice: 'Write a day such as 2026-03-02.',
      reference: null,
    });
    expect(row?.what.ko).toMatch(/^contracts.csv 3행 계약일: .*[가-힣]/);
    expect(await referencesFor(manager, 'rows-to-mend')).toEqual([
      'contracts.csv',
      'other.csv',
      'foreign.csv',
      'nobodys.csv',
    ]);
    expect(await rowsFor(await service.as('manager', parks), 'rows-to-mend')).toEqual([]);
  });
});

describe('an auditor’s work lists', () => {
  it.each([
    ['long-suspended', ['W-suspended', 'W-again-and-again']],
    ['old-drafts', ['W-draft', 'W-mistaken']],
  ])('%s hold what lasts', async (list, references) => {
    expect(await referencesFor(auditor, list)).toEqual(references);
  });

  it('span the agency, what has waited longest first', async () => {
    const rows = await rowsFor(auditor, 'no-number');
    expect(new Set(rows.map((row) => row.department?.code))).toEqual(new Set(['ROADS', 'PARKS']));
    const since = rows.map((row) => row.since);
    expect(since).toEqual([...since].sort());
  });

  it('count the days of every suspension, also of one that was broken off', async () => {
    // By hand: 3 March to 20 April is 48 days, 25 April to 30 June 66.
    expect(await rowOf(auditor, 'long-suspended', 'again-and-again')).toMatchObject({
      facts: { days: 114, times: 2, running: true },
      what: { en: 'Suspended for 114 days in all, 2 times: its alerts are held.' },
    });
    expect((await rowOf(auditor, 'long-suspended', 'suspended'))?.facts).toMatchObject({
      days: 119,
      times: 1,
    });
  });

  it.each(ofTheAuditor)('%s are not there for anybody else', async (list) => {
    for (const client of [officer, manager, service.admin]) {
      const answer = await client.get(`/work/${list}`);
      expect(problem(answer)).toEqual({
        ...problem(await client.get('/work/no-such-list')),
        requestId: problem(answer).requestId,
        instance: (answer.body as { instance?: string }).instance,
      });
      expect((await client.get(`/work/${list}?format=csv`)).status).toBe(404);
      expect((await client.get('/work')).text).not.toContain(list);
    }
    expect(ok(await auditor.get<Work>('/work')).items.map((item) => item.list)).toContain(list);
  });
});

describe('messages held for a person', () => {
  /** The links of a page to messages. */
  const linksIn = (html: string) =>
    [...html.matchAll(/href="(\/console\/messages\/[^"]*)"/g)].map(([, href]) => href);

  it('are listed for admins and auditors, with the reason', async () => {
    const [message] = await service.sql<{ id: string }>(
      `SELECT DISTINCT m.id FROM message m JOIN alert a ON a.message_id = m.id
       WHERE m.status = 'held' AND a.contract_id = $1`,
      [idOf('held')],
    );
    for (const client of [service.admin, auditor]) {
      expect(await rowOf(client, 'held-messages', 'held')).toMatchObject({
        id: message?.id,
        contract: { id: idOf('held') },
        department: { code: 'ROADS' },
        contact: { id: contactOf('held') },
        since: '2026-04-14T10:00:00+09:00',
        days: 77,
        facts: { carrierCode: 'sandbox-mystery', provider: 'sandbox' },
        what: {
          ko: '발송이 멈춰 있습니다: 알 수 없는 코드입니다.',
          en: 'Its message is held: A code that nobody knows.',
        },
      });
    }
  });

  it('stand there once, and are found by each department that they are about', async () => {
    const all = await rowsFor(service.admin, 'held-messages');
    for (const [departmentId, code] of [
      [roads, 'ROADS'],
      [parks, 'PARKS'],
    ]) {
      const rows = await rowsFor(service.admin, 'held-messages', `&departmentId=${departmentId}`);
      expect(rows.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
      expect(new Set(rows.map(({ department }) => department?.code))).toEqual(new Set([code]));
    }
  });

  it.each(ofAdmins)('(%s) are not there for anybody else', async (list) => {
    for (const client of [officer, manager]) {
      expect((await client.get(`/work/${list}`)).status).toBe(404);
      expect((await client.get('/work')).text).not.toContain(list);
    }
  });

  it('lead to their page, where an admin releases them, and leave the list and the home then', async () => {
    const admin = await service.person('admin');
    const readers = [admin, await service.person('auditor')];
    const rows = await rowsFor(service.admin, 'held-messages');
    for (const reader of readers) {
      const page = await reader.get('/console/work/held-messages');
      expect(linksIn(page.text)).toEqual(rows.map(({ id }) => `/console/messages/${id}`));
      expect((await reader.get('/console')).text).toContain('/console/work/held-messages');
    }
    for (const { id } of rows) {
      const released = await admin.post(`/console/messages/${id}/release`, { reason: '업체에 없음' });
      expect(released.status).toBe(303);
    }
    expect(await rowsFor(service.admin, 'held-messages')).toEqual([]);
    for (const reader of readers)
      expect((await reader.get('/console')).text).not.toContain('/console/work/held-messages');
  });
});

describe('work', () => {
  it('of another department is not seen', async () => {
    for (const list of everyday) {
      const departments = (await rowsFor(officer, list)).map((row) => row.department?.code);
      expect(new Set(departments)).toEqual(new Set(['ROADS']));
    }
    expect((await officer.get(`/work?departmentId=${parks}`)).status).toBe(404);
    expect(await referencesFor(await service.as('officer', parks), 'no-number')).toEqual(['W-of-parks']);
  });

  it('is counted as it is listed', async () => {
    for (const client of [officer, manager, auditor]) {
      const { items } = ok(await client.get<Work>('/work'));
      for (const { list, count, oldest } of items) {
        const rows = await rowsFor(client, list);
        expect([list, count, oldest]).toEqual([
          list,
          rows.length,
          rows[0] ? { since: rows[0].since, days: rows[0].days } : null,
        ]);
      }
    }
    expect(ok(await officer.get<Work>('/work')).items.map((item) => item.list)).toEqual(everyday);
  });

  it('is a file too, and each is said in the journal', async () => {
    const answer = await auditor.get('/work/no-number?format=csv');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="no-number.csv"',
    });
    const lines: Record<string, string>[] = parse(answer.text, { bom: true, columns: true });
    expect(lines.map((line) => line['contract'])).toEqual(await referencesFor(auditor, 'no-number'));
    const [said] = await service.sql<{ what: string; after: unknown }>(
      `SELECT what, after FROM change WHERE subject = 'export' ORDER BY id DESC LIMIT 1`,
    );
    expect(said).toMatchObject({ what: 'work-list-exported', after: { filters: { list: 'no-number' } } });
  });

  it('is no business of monitors', async () => {
    expect((await (await service.as('monitor', roads)).get('/work')).status).toBe(403);
  });
});
