import { Mails } from '../src/office/mail/mails.service.js';
import { Reports } from '../src/office/reports/reports.service.js';
import { Database } from '../src/platform/database/database.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let auditor: PageClient;
let manager: PageClient;
let roads: string;

const company = '(주)새솔건설';
const party = (phone: string | null) => [aCounterparty({ name: company, contacts: [aContact({ phone })] })];
const signedInMarch = { signedOn: '2026-03-03', startsOn: '2026-03-16', endsOn: '2026-06-30' };

/** March, with contracts of three departments: told, without a number, and with a number that fails. */
beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  const numbers = { ROADS: '010-0000-4105', PARKS: '010-0000-0001', CITY: '010-0000-0006' };
  for (const [code, phone] of Object.entries(numbers))
    await service.register({
      ...signedInMarch,
      departmentId: await service.departmentId(code),
      counterparties: party(phone),
    });
  await service.register({ ...signedInMarch, departmentId: roads, counterparties: party(null) });
  await priced({ sms: 20, lms: 50, part: null });
  auditor = (await service.signedIn('auditor')).page;
  manager = (await service.signedIn('manager', roads)).page;
  await service.signedIn('officer', roads);
  await service.advanceTo('2026-03-31T18:00:00+09:00');
});
afterAll(() => service.close());

async function priced(prices: object): Promise<void> {
  const { items } = ok(await service.admin.get<{ items: { value: object }[] }>('/agency'));
  ok(await service.admin.post('/agency', { ...items[0]?.value, prices }));
}

const reportOf = (query: string, by = auditor) => by.get(`/console/figures/report?${query}`);

/** Returns the report itself: the frame of a page has the time in it. */
async function shown(query = 'month=2026-03', by = auditor): Promise<string> {
  const { status, text } = await reportOf(query, by);
  expect([query, status]).toEqual([query, 200]);
  return /<article[\s\S]*<\/article>/.exec(text)?.[0] ?? '';
}

const keptMonths = () =>
  service.sql<{ month: string; count: number }>(
    `SELECT month, count(*)::int AS count FROM report GROUP BY month ORDER BY month`,
  );

/** Returns the figures of each row of the departments' table: called, told, partly, missed, the share, sent, delivered, failed, cost. */
function rowsOf(text: string, table = 'departments'): string[][] {
  const [part = ''] = text.split(`id="${table}"`)[1]?.split('</table>') ?? [];
  return [...part.matchAll(/<tr>\s*<th scope="row">([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    row.split(/<td[^>]*>/).map((cell) => cell.replaceAll(/<[^>]+>/g, '').trim()),
  );
}

describe('the report of a month', () => {
  it('is of the present while the month runs, and marked as that', async () => {
    expect(await keptMonths()).toEqual([]);
    expect(await shown()).toMatch(/class="notice wait">\s*아직 끝나지 않은 달/);
    expect((await reportOf('month=2026-04')).status).toBe(404);
    expect((await reportOf('month=2026-13')).status).toBe(400);
  });

  it('is kept on the first business morning of the next month, and not before', async () => {
    await service.advanceTo('2026-04-01T08:30:00+09:00');
    expect(await keptMonths()).toEqual([]);
    expect(await shown()).toMatch(/보관된 보고가 없는 달/);
    await service.advanceTo('2026-04-01T18:00:00+09:00');
    const [departments] = await service.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM department WHERE merged_into IS NULL`,
    );
    expect(await keptMonths()).toEqual([{ month: '2026-03', count: 1 + (departments?.count ?? 0) }]);
    expect(await shown()).toMatch(/2026년 4월 1일 \(수\)[^<]*에 초롱이 집계하여 보관한/);
  });

  it('says what the rows say, by department', async () => {
    const rows = await service.sql<Record<string, string>>(
      `SELECT d.name, count(k.*)::text AS called,
         count(*) FILTER (WHERE k.outcome IN ('delivered', 'alerted'))::text AS told,
         count(*) FILTER (WHERE k.outcome = 'partly')::text AS partly,
         count(*) FILTER (WHERE k.outcome = 'missed')::text AS missed,
         (SELECT count(*) FILTER (WHERE m.status <> 'failed')::text FROM alert a JOIN message m ON m.id = a.message_id
          WHERE a.department_id = d.id AND m.service_time < '2026-04-01T00:00:00+09:00') AS sent,
         (SELECT count(*) FILTER (WHERE m.status = 'delivered')::text FROM alert a JOIN message m ON m.id = a.message_id
          WHERE a.department_id = d.id AND m.service_time < '2026-04-01T00:00:00+09:00') AS delivered,
         (SELECT count(*) FILTER (WHERE m.status = 'failed')::text FROM alert a JOIN message m ON m.id = a.message_id
          WHERE a.department_id = d.id AND m.service_time < '2026-04-01T00:00:00+09:00') AS failed
       FROM department d JOIN coverage_milestone k ON k.department_id = d.id AND k.outcome <> 'to-come'
         AND k.day BETWEEN '2026-03-01' AND '2026-03-31'
       GROUP BY d.id ORDER BY d.code`,
    );
    const table = rowsOf(await shown());
    const withoutShare = table.map((cells) => cells.toSpliced(5, 1).slice(0, 8));
    expect(withoutShare.slice(0, -1)).toEqual(rows.map((row) => Object.values(row)));
    const sum = (at: number) =>
      String(withoutShare.slice(0, -1).reduce((total, cells) => total + Number(cells[at]), 0));
    expect(withoutShare.at(-1)).toEqual(['합계', ...[1, 2, 3, 4, 5, 6, 7].map(sum)]);
    expect(rows).toHaveLength(3);
    expect(Number(sum(4)) * Number(sum(7))).toBeGreaterThan(0);
  });

  it('says what the texts cost, by department, provider and class, at the prices of then', async () => {
    const texts = await service.sql<{ name: string; count: number }>(
      `SELECT d.name, count(*)::int AS count FROM message m JOIN alert a ON a.message_id = m.id JOIN department d ON d.id = a.department_id
       WHERE m.status <> 'failed' AND m.service_time < '2026-04-01T00:00:00+09:00' GROUP BY d.name`,
    );
    const counts = new Map(texts.map(({ name, count }) => [name, count]));
    const all = texts.reduce((sum, { count }) => sum + count, 0);
    expect(all).toBeGreaterThan(2);
    const report = await shown();
    const costs = rowsOf(report).map((cells) => [cells[0], cells.at(-1)]);
    expect(costs.slice(0, -1)).toEqual(
      costs
        .slice(0, -1)
        .map(([name = '']) => [name, counts.has(name) ? `${(counts.get(name) ?? 0) * 20}원` : '–']),
    );
    expect([costs.length, costs.at(-1)]).toEqual([4, ['합계', `${all * 20}원`]]);
    expect(rowsOf(report, 'costs').slice(0, 1)).toEqual([
      ['sandbox', '국내 단문 (SMS)', String(all), '–', '20원', `${all * 20}원`],
    ]);
    await priced({ sms: 700, lms: null, part: null });
    expect(await shown()).toBe(report);
    const list = await auditor.get('/console/figures/reports');
    expect(list.text).toContain(`${all * 20}원`);
    const file = (await auditor.get('/console/figures/costs?format=csv')).text.split('\r\n');
    expect(file[0]).toBe('\uFEFF달,부서,발송 업체,종류,문자 수,분할 수,단가,비용,통화');
    expect(file.slice(1).filter(Boolean)).toEqual(
      [...counts].map(
        ([name, count]) =>
          expect.stringMatching(
            `^2026-03,${name},sandbox,국내 단문 \\(SMS\\),${count},\\d+,20,${count * 20},KRW$`,
          ) as string,
      ),
    );
    // A manager takes the department's own, and nobody else's.
    const own = (await manager.get('/console/figures/costs')).text;
    expect([own.includes('도로과'), own.includes('공원녹지과')]).toEqual([true, false]);
  });

  it('does not change when something is entered afterwards, and cannot be rewritten by the service', async () => {
    const [before, ofRoads] = [await shown(), await shown(`month=2026-03&departmentId=${roads}`)];
    const asked = { from: '2026-03-01', to: '2026-03-31', groupBy: [] };
    const called = async () =>
      ok(await service.admin.post<{ total: { called: number } }>('/statistics', asked)).total.called;
    const then = await called();
    await service.register({ ...signedInMarch, departmentId: roads, counterparties: party('010-0000-4107') });
    await service.sql(`UPDATE department SET name = '도로관리과' WHERE code = 'ROADS'`);
    await service.advanceTo('2026-04-03T18:00:00+09:00');
    expect(await called()).toBeGreaterThan(then);
    expect(await shown()).toBe(before);
    expect((await shown(`month=2026-03&departmentId=${roads}`)).split('<h2>').slice(1)).toEqual(
      ofRoads.split('<h2>').slice(1),
    );
    await expect(service.app.get(Database).run(`UPDATE report SET month = '2026-02'`)).rejects.toThrow(
      /permission denied/,
    );
    await expect(service.app.get(Database).run(`DELETE FROM report`)).rejects.toThrow(/permission denied/);
  });

  it('is made once, and of the months in which nothing ran as well', async () => {
    expect(await service.app.get(Reports).makeDue()).toBe(0);
    await service.sql(`UPDATE report SET month = '2026-01'`);
    expect(await Promise.all([1, 2].map(() => service.app.get(Reports).makeDue()))).toContain(2);
    const counts = (await keptMonths()).map(({ month }) => month);
    expect(counts).toEqual(['2026-01', '2026-02', '2026-03']);
    const [twice] = await service.sql(`SELECT FROM report GROUP BY month, department_id HAVING count(*) > 1`);
    expect(twice).toBeUndefined();
  });
});

describe('who reads a report', () => {
  it('managers read their department’s, without what auditors alone may know', async () => {
    const text = await shown('month=2026-03', manager);
    expect(text).toBe(await shown(`month=2026-03&departmentId=${roads}`, manager));
    expect(rowsOf(text)).toHaveLength(2);
    expect(text).not.toContain('확인할 표시');
    const kept = await service.sql<{ flags: unknown }>(
      `SELECT figures -> 'flags' AS flags FROM report WHERE department_id IS NOT NULL`,
    );
    expect(new Set(kept.map(({ flags }) => flags))).toEqual(new Set([null]));
    for (const path of ['report?month=2026-03&', 'reports?']) {
      const parks = `/console/figures/${path}departmentId=${await service.departmentId('PARKS')}`;
      expect((await manager.get(parks)).status).toBe(404);
    }
    expect((await manager.get('/console')).text).toContain('href="/console/figures/reports"');
  });

  it('flags are counted for auditors, and for admins once the month is over', async () => {
    const [flags] = await service.sql<{ opened: number }>(
      `SELECT count(DISTINCT (kind, contract_id))::int AS opened FROM flag WHERE at >= '2026-04-01T00:00:00+09:00'`,
    );
    expect(flags?.opened).toBeGreaterThan(0);
    const admin = await service.person('admin');
    const openedOn = (text: string) => /class="big">(\d+)<\/span> 새로 생김/.exec(text)?.[1];
    expect(openedOn(await shown('month=2026-04'))).toBe(String(flags?.opened));
    expect(openedOn(await shown('month=2026-04', admin))).toBeUndefined();
    expect(openedOn(await shown('month=2026-03', admin))).toMatch(/\d/);
    expect(openedOn(await shown(`month=2026-03&departmentId=${roads}`))).toBeUndefined();
  });

  it('nobody else does', async () => {
    for (const role of ['officer', 'monitor'] as const) {
      const person = await service.person(role, roads);
      for (const path of ['report?month=2026-03', 'reports'])
        expect([role, path, (await person.get(`/console/figures/${path}`)).status]).toEqual([
          role,
          path,
          403,
        ]);
    }
  });

  it('the list leads to what is kept, and to the running month', async () => {
    for (const [person, of] of [
      [auditor, ''],
      [manager, `&departmentId=${roads}`],
    ] as const) {
      const { text } = await person.get('/console/figures/reports');
      const links = [
        ...text
          .replaceAll('&#x3D;', '=')
          .replaceAll('&amp;', '&')
          .matchAll(/figures\/report\?([^"]*)"/g),
      ];
      expect(links.map(([, query]) => query)).toEqual(
        ['2026-04', '2026-03', '2026-02', '2026-01'].map((month) => `month=${month}${of}`),
      );
    }
  });
});

describe('the mail of the first business morning', () => {
  it('has the figures and the way to the report, for admins, auditors and managers, and no names', async () => {
    const mails = (await service.app.get(Mails).newest(100)).filter(({ kind }) => kind === 'morning');
    const told = mails.filter(({ text }) => text?.includes('/console/figures/report?month=2026-03'));
    expect(told.map(({ to }) => to.split('-')[0]).sort()).toEqual(['auditor', 'manager']);
    expect(
      new Set(told.map(({ subject }) => subject?.includes('4월 1일') ?? subject?.includes('2026-04-01')))
        .size,
    ).toBe(1);
    for (const { text } of told) {
      expect(text).toMatch(/2026-03 보고: 알려야 할 단계 \d+개 가운데 \d+개를 알렸고/);
      expect(text).not.toContain(company);
    }
    expect(told.find(({ to }) => to.startsWith('manager'))?.text).toContain(`&departmentId=${roads}`);
    expect(told.find(({ to }) => to.startsWith('auditor'))?.text).toMatch(/month=2026-03\n/);
  });
});
