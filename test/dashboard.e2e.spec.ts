import { aContact, aCounterparty } from './support/builders.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let auditor: PageClient;

/** Contracts of three departments: told, without a number, and with a number that fails. A month later they were to be started. */
beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  const numbers = { ROADS: '010-0000-4105', PARKS: '010-0000-0001', CITY: '010-0000-0006' };
  for (const [code, phone] of Object.entries(numbers)) {
    const departmentId = await service.departmentId(code);
    const of = { departmentId, signedOn: '2026-03-03', startsOn: '2026-04-02', endsOn: '2026-06-30' };
    await service.register({ ...of, counterparties: [aCounterparty({ contacts: [aContact({ phone })] })] });
    if (code === 'ROADS')
      await service.register({
        ...of,
        counterparties: [aCounterparty({ contacts: [aContact({ phone: null })] })],
      });
  }
  await service.advanceTo('2026-04-02T18:00:00+09:00');
  auditor = await service.person('auditor');
  await service.sql(`UPDATE account SET locale = 'en'`);
});
afterAll(() => service.close());

async function shown(client = auditor): Promise<string> {
  const { status, text } = await client.get('/console/figures');
  expect(status).toBe(200);
  return text.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
}

/** Returns the cells of the rows of a section's table, the first without its link. */
function tableOf(text: string, section: string): string[][] {
  const [, part = ''] = text.split(`id="${section}"`);
  const table = part.split('</table>')[0] ?? '';
  return [...table.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].slice(1).map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) =>
      cell
        .replaceAll(/<svg[\s\S]*/g, '')
        .replaceAll(/<[^>]+>/g, '')
        .trim(),
    ),
  );
}

const dayIn = (column: string) => `to_char(${column} AT TIME ZONE 'Asia/Seoul', 'FMDy, FMDD Mon YYYY')`;

describe('the dashboard', () => {
  it('counts what was sent, delivered and failed on each day, as the rows say', async () => {
    const rows = await service.sql<Record<'day' | 'sent' | 'delivered' | 'failed', string>>(
      `SELECT ${dayIn('m.service_time')} AS day, count(*) FILTER (WHERE m.status NOT IN ('failed', 'held'))::text AS sent,
         count(*) FILTER (WHERE m.status = 'delivered')::text AS delivered,
         count(*) FILTER (WHERE m.status = 'failed')::text AS failed
       FROM alert a JOIN message m ON m.id = a.message_id GROUP BY 1, m.service_time::date ORDER BY m.service_time::date`,
    );
    const table = tableOf(await shown(), 'by-day');
    expect(table.slice(0, -1)).toEqual(
      rows.map(({ day, sent, delivered, failed }) => [day, sent, delivered, failed]),
    );
    expect(rows.length).toBeGreaterThan(1);
    const sum = (of: (typeof rows)[number][keyof (typeof rows)[number]][]) =>
      String(of.reduce((total, one) => total + Number(one), 0));
    expect(table.at(-1)).toEqual([
      'Total',
      sum(rows.map(({ sent }) => sent)),
      sum(rows.map(({ delivered }) => delivered)),
      sum(rows.map(({ failed }) => failed)),
    ]);
  });

  it('draws what its table says, without a script', async () => {
    const text = await shown();
    const [chart = ''] = /<svg width="100%"[\s\S]*?<\/svg>/.exec(text) ?? [];
    expect(chart.match(/<g>/g)).toHaveLength(30);
    const days = tableOf(text, 'by-day').slice(0, -1);
    for (const kind of ['delivered', 'failed'])
      expect(chart.match(new RegExp(`class="${kind}"`, 'g'))).toHaveLength(
        days.filter((cells) => Number(cells[kind === 'failed' ? 3 : 2]) > 0).length,
      );
    expect(text).not.toMatch(/style="/);
  });

  it('counts coverage by month and by department, and why somebody was not told, as the kept milestones say', async () => {
    const text = await shown();
    const told = `count(*) FILTER (WHERE outcome IN ('delivered', 'alerted'))::text AS told`;
    const by = (key: string, order: string) =>
      service.sql<{ key: string; called: string; told: string }>(
        `SELECT ${key} AS key, count(*)::text AS called, ${told} FROM coverage_milestone k
         JOIN department d ON d.id = k.department_id WHERE outcome <> 'to-come' GROUP BY 1 ORDER BY ${order}`,
      );
    const months = await by(`to_char(day, 'Mon YYYY')`, 'min(day)');
    expect(tableOf(text, 'by-month').map((cells) => cells.slice(0, 3))).toEqual(
      months.map(({ key, called, told: those }) => [key, called, those]),
    );
    expect(months).toHaveLength(2);
    const share = `count(*) FILTER (WHERE outcome IN ('delivered', 'alerted'))::real / count(*)`;
    const departments = await by('d.name_en', `${share}, count(*) DESC`);
    expect(tableOf(text, 'ranked').map((cells) => cells.slice(0, 3))).toEqual(
      departments.map(({ key, called, told: those }) => [key, called, those]),
    );
    expect(departments).toHaveLength(3);
    const reasons = await service.sql<{ count: string }>(
      `SELECT count(*)::text FROM coverage_milestone WHERE reason IS NOT NULL GROUP BY reason ORDER BY count(*) DESC`,
    );
    expect(tableOf(text, 'because').map(([, count]) => count)).toEqual(reasons.map(({ count }) => count));
    expect(reasons.length).toBeGreaterThan(1);
  });

  it('puts what stands still on top, and leads to it', async () => {
    await service.admin.post('/brakes', {
      scope: 'department',
      target: await service.departmentId('PARKS'),
      reason: '번호 점검 중',
    });
    await service.sql(
      `UPDATE message SET status = 'held', reason = '29999', next_attempt_at = NULL WHERE id = (SELECT max(id::text)::uuid FROM message)`,
    );
    const text = await shown();
    const [alerts] = await service.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM alert WHERE status = 'held'`,
    );
    const on = (href: string) => new RegExp(`<a href="${href}"><span class="big">(\\d+)<`).exec(text)?.[1];
    expect(on('/console/settings/brakes')).toBe('1');
    expect(on('/console/work/held-messages')).toBe('1');
    expect(on('/console/contracts\\?needs=held')).toBe(String(alerts?.count));
    expect(alerts?.count).toBeGreaterThan(0);
    for (const [, href = ''] of text.matchAll(/<a href="(\/console\/[^"]*)"/g))
      expect([href, (await auditor.get(href)).status]).toEqual([href, 200]);
  });

  it('is for admins and auditors alone', async () => {
    const roads = await service.departmentId('ROADS');
    expect((await (await service.person('admin')).get('/console/figures')).status).toBe(200);
    for (const role of ['officer', 'manager', 'monitor'] as const) {
      const person = await service.person(role, roads);
      expect([role, (await person.get('/console/figures')).status]).toEqual([role, 403]);
      expect((await person.get('/console')).text).not.toContain('href="/console/figures"');
    }
  });
});
