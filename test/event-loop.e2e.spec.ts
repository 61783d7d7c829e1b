import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { ImportView } from '../src/office/imports/import.schema.js';
import { SessionsService } from '../src/office/accounts/sessions.service.js';
import { Replanning } from '../src/core/replanning/replanning.service.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import { ok } from './support/api-client.js';
import { aContact, aContract, aCounterparty, type ContractInput } from './support/builders.js';
import { longestStretch } from './support/event-loop.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let roads: string;
const figures: string[] = [];

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  // What is loaded and compiled when it is first used is no work of a request.
  await service.register({ counterparties: parties(1, 40) });
  await previewed(consignments(1));
  await (await service.person('admin')).get('/console/contracts');
});
afterAll(async () => {
  if (process.env['FIGURES']) console.log(figures.join('\n'));
  await service.close();
});

/** Runs an act that is allowed; nobody else may wait for a stretch of it. */
async function inShortStretches<T>(act: string, work: () => Promise<T>): Promise<T> {
  const { value, ms, allowed } = await longestStretch(work);
  figures.push(`${ms.toFixed(0).padStart(5)} ms  ${act}`);
  if (ms > allowed) throw new Error(`${act}: ${ms.toFixed(0)} ms of CPU at a stretch`);
  return value;
}

/** Calls the API without reading the answer, which would take the same event loop. */
async function call(method: 'GET' | 'POST' | 'PATCH', path: string, payload?: object, expected = 200) {
  const headers = { authorization: `Bearer ${service.admin.key}` };
  const response = await service.app.inject({
    method,
    url: `/api/v1${path}`,
    headers,
    ...(payload && { payload }),
  });
  if (response.statusCode !== expected)
    throw new Error(`${response.statusCode} ${response.body.slice(0, 500)}`);
  return response.body;
}

function parties(count: number, contactsOfEach: number): ContractInput['counterparties'] {
  return Array.from({ length: count }, (_, party) =>
    aCounterparty({
      name: `업체 ${party}`,
      registrationNumber: null,
      contacts: Array.from({ length: contactsOfEach }, (_, n) =>
        aContact({ name: `사람 ${n}`, phone: `+44 7700 900${String(n % 100).padStart(3, '0')}` }),
      ),
    }),
  );
}

/** A consignment of 136 milestones for 110 contacts, whose alerts are nearly as many as a contract may have. */
const full = () =>
  aContract({
    departmentId: roads,
    kind: 'consignment',
    startsOn: '2026-03-04',
    endsOn: '2058-12-31',
    counterparties: parties(5, 22),
  });

/** Consignments with ten contacts each, as rows of a sheet. */
const consignments = (count: number) =>
  Array.from({ length: count * 10 }, (_, n) => {
    const contract = `S-${Math.floor(n / 10)},위탁,운영 위탁,2026-03-02,2026-03-04,2029-03-03`;
    return `${contract},업체 ${n % 10},사람 ${n},010-0000-${1000 + (n % 8000)}`;
  });

/** Previews a sheet, and returns the id of the import. */
async function previewed(rows: string[]): Promise<string> {
  const headings = '계약번호,구분,계약명,계약일,착공(착수)일,준공(완료)일,업체명,담당자,휴대전화';
  const content = [headings, ...rows].join('\n');
  const head = '--b\r\ncontent-disposition: form-data; name="preview"\r\n\r\ntrue\r\n';
  const file = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const { id } = ok(
    await service.admin.post<ImportView>('/imports', `${head}${file}${content}\r\n--b--\r\n`, headers),
  );
  await service.app.get(ImportJobs).runImport(id);
  return id;
}

describe('no act keeps others waiting:', () => {
  it('a contract with as many alerts as it may have', async () => {
    const contract = full();
    await inShortStretches('dry run of 15,000 alerts', () =>
      call('POST', '/contracts?dryRun=true', contract),
    );
    const made = await inShortStretches('registration', () => call('POST', '/contracts', contract, 201));
    const { id, difference } = JSON.parse(made) as ContractView;
    expect(difference?.added).toHaveLength(136 * 110);
    await inShortStretches('reading it', () => call('GET', `/contracts/${id}`));
    const list = await inShortStretches('a page of contracts', () => call('GET', '/contracts?limit=200'));
    // The two contracts have more alerts than one may have, and so a page each.
    const page = JSON.parse(list) as { items: ContractView[]; nextCursor: string };
    expect(page.items.map((one) => one.id)).toEqual([id]);
    const next = ok(await service.admin.get<typeof page>(`/contracts?limit=200&cursor=${page.nextCursor}`));
    expect([next.items.length, next.nextCursor]).toEqual([1, null]);
    const dates = { signedOn: '2026-03-04', endsOn: '2058-06-30', reason: 'a shorter term' };
    await inShortStretches('other dates, proposed', () => call('PATCH', `/contracts/${id}`, dates, 202));
    await inShortStretches('suspending, proposed', () =>
      call('POST', `/contracts/${id}/suspend`, { on: '2026-03-04', reason: 'rain' }, 202),
    );
    await inShortStretches('approving both', () => service.approveWaiting());
    await inShortStretches('its time line', () => call('GET', `/contracts/${id}/timeline`));
    const admin = await service.person('admin');
    const shown = await inShortStretches('its page', () => admin.get(`/console/contracts/${id}`));
    expect(shown.status).toBe(200);
    // Four milestones with the alerts of 110 contacts are on the first page, and the link leads to the fifth.
    expect(shown.text).toMatch(/\?cursor(=|&#x3D;)4"/);
    const form = { step: 'preview', title: '가', departmentId: roads, endsOn: '2058-12-31' };
    const changed = await inShortStretches('the preview of a change', () =>
      admin.post(`/console/contracts/${id}/change`, form),
    );
    expect(changed.status).toBe(200);
  });

  it('a thousand contacts', async () => {
    const goods = aContract({ departmentId: roads, kind: 'goods', counterparties: parties(20, 50) });
    await inShortStretches('registration of 1,000 contacts', () => call('POST', '/contracts', goods, 201));
  });

  it('decades of a calendar that takes long', async () => {
    ok(
      await service.admin.post('/calendar', {
        timeZone: 'Asia/Tokyo',
        country: 'JP',
        window: { from: '09:00', to: '18:00' },
        closed: [],
        open: [],
      }),
    );
    // The library compiles what it needs for a country with the first year.
    await service.register();
    const generation = { kind: 'consignment' as const, signedOn: '1990-01-02', endsOn: '2024-12-31' };
    const contract = aContract({ departmentId: roads, startsOn: '1990-01-03', ...generation });
    await inShortStretches('registration of 35 years', () => call('POST', '/contracts', contract, 201));
  });

  it('a large file', async () => {
    const jobs = service.app.get(ImportJobs);
    const id = await inShortStretches('rehearsal of 400 contracts, 4,000 contacts', () =>
      previewed(consignments(400)),
    );
    const view = ok(await service.admin.get<ImportView>(`/imports/${id}`));
    expect(view).toMatchObject({ status: 'ready', counts: { created: 400 } });
    await call('POST', `/imports/${id}/apply`, { confirmTexts: view.peopleTextedToday }, 202);
    await inShortStretches('import of them', () => jobs.runImport(id));
    await inShortStretches('what it did', () => call('GET', `/imports/${id}/effects?limit=1000`));
  });

  it('a calendar by which all contracts are planned again', async () => {
    const [{ value }] = ok(await service.admin.get<{ items: [{ value: object }] }>('/calendar')).items;
    const closed = ['2026-03-03', '2026-06-04', '2026-09-04', '2029-02-23'];
    await inShortStretches('a new calendar', async () => {
      await call('POST', '/calendar', { ...value, closed }, 201);
      await service.app.get(Replanning).catchUp(600_000);
    });
    const [moved] = await service.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM change WHERE what = 'calendar-applied'`,
    );
    expect(moved?.count).toBeGreaterThanOrEqual(400);
  });

  it('figures, files and texts', async () => {
    const period = { from: '2026-01-01', to: '2026-12-31', groupBy: ['department', 'month'] };
    await inShortStretches('coverage of a year', () => call('POST', '/statistics', period));
    await inShortStretches('milestones behind it', () =>
      call('GET', '/statistics/milestones?from=2026-01-01&to=2026-12-31&limit=200'),
    );
    await inShortStretches('an export of the log', () => call('GET', '/messages/export?format=csv'));
    const template = { locale: 'ko', kind: 'works', milestone: 'signing' };
    const body = '{{#if contract.title}}'.repeat(45);
    await inShortStretches('a template of 990 characters', () =>
      call('POST', '/templates', { ...template, body }, 422),
    );
    const longest = { ...template, body: '{'.repeat(20_000) };
    await inShortStretches('a template of 20,000', () => call('POST', '/templates', longest, 422));
    // The longest cell that a spreadsheet can hold, in a row that is as long as a row of CSV may be.
    const cells = [
      'S-9',
      '물품',
      '가'.repeat(32_767),
      '2026-03-02',
      '',
      '',
      '업체',
      '사람',
      '가'.repeat(32_000),
    ];
    await inShortStretches('a file of the largest cells', () => previewed([cells.join(',')]));
    const guess = {
      email: 'somebody@hanbit.example',
      password: 'river mirror eleven plate',
      from: '192.0.2.1',
    };
    const sessions = service.app.get(SessionsService);
    await inShortStretches('a wrong password', () => expect(sessions.signIn(guess)).rejects.toThrow());
  });
});
