import { ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let auditor: PageClient;

interface Day {
  day: string;
  planned: number;
  held: number;
  missed: number;
  sent: number;
  delivered: number;
  failed: number;
}

const party = (phone: string | null) => [aCounterparty({ contacts: [aContact({ phone })] })];

/** Two contracts of roads, one of them without a number, and one of parks, whose number fails. They are told on the day after the signing and on the last business day before the start. */
beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  const roads = await service.departmentId('ROADS');
  const parks = await service.departmentId('PARKS');
  const dates = { signedOn: '2026-03-03', startsOn: '2026-03-16', endsOn: '2026-06-30' };
  const of = { kind: 'works' as const, ...dates };
  await service.register({
    ...of,
    reference: 'R-1',
    departmentId: roads,
    counterparties: party('010-0000-4105'),
  });
  await service.register({ ...of, reference: 'R-2', departmentId: roads, counterparties: party(null) });
  await service.register({
    ...of,
    reference: 'P-1',
    departmentId: parks,
    counterparties: party('010-0000-0001'),
  });
  await service.advanceTo('2026-03-10T09:00:00+09:00');
  auditor = await service.person('auditor');
});
afterAll(() => service.close());

async function daysOf(client = service.admin, query = ''): Promise<Day[]> {
  const path = `/alerts/days?from=2026-03-01&to=2026-03-31${query}`;
  return ok(await client.get<{ items: Day[] }>(path)).items;
}

describe('what goes out, by day', () => {
  it('counts what was sent, failed and is held on its day, and what is planned to come', async () => {
    const days = await daysOf();
    const [signing, starting] = [days.find(({ sent }) => sent > 0), days.find(({ planned }) => planned > 0)];
    expect(signing).toEqual({
      day: '2026-03-04',
      planned: 0,
      held: 1,
      missed: 0,
      sent: 1,
      delivered: 1,
      failed: 1,
    });
    expect(starting).toEqual({
      day: '2026-03-13',
      planned: 2,
      held: 1,
      missed: 0,
      sent: 0,
      delivered: 0,
      failed: 0,
    });
  });

  it('agrees with the alerts one by one, whatever became of them', async () => {
    const rows = await service.sql<{ day: string; standing: keyof Day; count: number }>(
      `SELECT to_char(coalesce(m.service_time, a.due_at) AT TIME ZONE 'Asia/Seoul', 'YYYY-MM-DD') AS day, count(*)::int,
         CASE WHEN a.status <> 'messaged' THEN a.status WHEN m.status IN ('failed', 'held') THEN m.status ELSE 'sent' END AS standing
       FROM alert a LEFT JOIN message m ON m.id = a.message_id
       WHERE a.status IN ('planned', 'held', 'missed', 'messaged') GROUP BY 1, 3`,
    );
    const days = await daysOf();
    const ofMarch = rows.filter(({ day }) => day.startsWith('2026-03'));
    expect(ofMarch.length).toBeGreaterThan(4);
    const counted = days.flatMap(({ day, delivered: _delivered, ...counts }) =>
      Object.entries(counts).flatMap(([standing, count]) => (count > 0 ? [{ day, standing, count }] : [])),
    );
    const ordered = (list: object[]) =>
      list.map((one) => JSON.stringify(one, ['day', 'standing', 'count'])).sort();
    expect(ordered(counted)).toEqual(ordered(ofMarch));
  });

  it('counts, of what was sent, what was delivered', async () => {
    const rows = await service.sql<{ day: string; delivered: number }>(
      `SELECT to_char(m.service_time AT TIME ZONE 'Asia/Seoul', 'YYYY-MM-DD') AS day,
         count(*) FILTER (WHERE m.status = 'delivered')::int AS delivered
       FROM alert a JOIN message m ON m.id = a.message_id GROUP BY 1 ORDER BY 1`,
    );
    const days = (await daysOf()).filter(({ sent, failed }) => sent + failed > 0);
    expect(days.map(({ day, delivered }) => ({ day, delivered }))).toEqual(rows);
    expect(rows.some(({ delivered }) => delivered > 0)).toBe(true);
  });

  it('shows a department its own alone', async () => {
    const parks = await service.departmentId('PARKS');
    const days = await daysOf(await service.as('officer', parks));
    expect(days).toContainEqual({
      day: '2026-03-04',
      planned: 0,
      held: 0,
      missed: 0,
      sent: 0,
      delivered: 0,
      failed: 1,
    });
    expect(await daysOf(service.admin, `&departmentId=${parks}`)).toEqual(days);
  });

  it.each(['from=2026-03-31&to=2026-03-01', 'from=2026-01-01&to=2026-12-31', 'from=2026-03-01'])(
    'refuses %s',
    async (query) => {
      expect((await service.admin.get(`/alerts/days?${query}`)).status).toBe(400);
    },
  );
});

describe('the page', () => {
  const shown = async (query: string, by = auditor) => (await by.get(`/console/outgoing?${query}`)).text;

  it('lists a day, each alert with its contract, and its text where there is one', async () => {
    const text = await shown('day=2026-03-04');
    for (const reference of ['R-1', 'R-2', 'P-1']) expect(text).toContain(`class="reference">${reference}<`);
    expect(text.match(/href="\/console\/messages\/[\w-]{36}"/g)).toHaveLength(2);
    expect(text).not.toContain('010-0000-4105');
  });

  it('draws the month with its holidays, and leads from a day to its list', async () => {
    const text = await shown('day=2026-03-13');
    expect(text).toMatch(/3·1절|삼일절/);
    expect(text).toMatch(
      /<td class="[^"]*closed[^"]*">\s*<a href="\/console\/outgoing\?day&#x3D;2026-03-01"/,
    );
    expect(text).toMatch(
      /day&#x3D;2026-03-13" aria-current="date"[^>]*>13<\/a>\s*<span class="tag plan">예정 2/,
    );
  });

  it('tells an auditor how many texts will name the hotline, and on which day the most', async () => {
    const text = await shown('');
    expect(text).toMatch(/14일 동안 2건/);
    expect(text).toMatch(/3월 13일[^<]*2건/);
  });

  it('is of an officer’s own contracts, until they ask for all', async () => {
    const roads = await service.departmentId('ROADS');
    const { id, page } = await service.signedIn('officer', roads);
    const [officer] = await service.sql<{ id: string }>(
      `UPDATE contract SET officer_id = (SELECT id FROM officer LIMIT 1) WHERE reference = 'R-2' RETURNING officer_id AS id`,
    );
    await service.sql(`UPDATE account SET officer_id = $1 WHERE id = $2`, [officer?.id, id]);
    const references = (text: string) =>
      [...text.matchAll(/class="reference">([^<]+)/g)].map(([, one]) => one).sort();
    expect(references(await shown('day=2026-03-04', page))).toEqual(['R-2']);
    expect(references(await shown('day=2026-03-04&whose=all', page))).toEqual(['R-1', 'R-2']);
  });
});
