import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { TallyService } from '../src/core/tally/tally.service.js';
import { outcomes, reasons } from '../src/office/coverage/coverage.words.js';
import type {
  CoveredMilestone,
  Statistics,
  StatisticsInput,
} from '../src/office/coverage/coverage.schema.js';
import { Database } from '../src/platform/database/database.js';
import { ok, problem, type ApiClient } from './support/api-client.js';
import { aMonthOfTheCity, type City } from './support/city-month.js';
import { startService, type TestService } from './support/service.js';

const script = readFileSync('test/coverage.sql', 'utf8');

let service: TestService;
let city: City;
/** What the service and the script did not agree about while the month went on, and how often they were compared. */
const disagreed: string[][] = [];
const looked = { compared: 0, counted: 0, killed: 0 };

beforeAll(async () => {
  service = await startService();
  lookAllAlong(9);
  city = await aMonthOfTheCity(service);
});
afterAll(() => service.close());

/**
 * Looks at the figures all along the month, as the seed decides, so that they are counted bit by bit; some of the counting is
 * killed, its connection and all, when everything has been counted and nothing is committed.
 */
function lookAllAlong(seed: number): void {
  const tallies = service.app.get(TallyService);
  const database = service.app.get(Database);
  let isToDie = false;
  tallies.keep({
    countAgain: async () => {
      if (isToDie) await database.run('SELECT pg_terminate_backend(pg_backend_pid())');
    },
  });
  let state = seed;
  const chance = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const auditor = service.client(service.ground.adminKey);
  const look = async () => {
    if (chance() < 0.2) {
      isToDie = true;
      await tallies.countMarked().catch(() => (looked.killed += 1));
      isToDie = false;
    }
    if (chance() < 0.4) looked.counted += Number(Boolean(await tallies.countMarked()));
    if (chance() > 0.25) return;
    looked.compared += 1;
    const [kept, counted] = [await byTheService(auditor), await byTheScript()];
    if (kept.join() !== counted.join()) disagreed.push([...kept, '≠', ...counted]);
  };
  const post = service.admin.post.bind(service.admin);
  service.admin.post = (async (...args: Parameters<typeof post>) => {
    const answer = await post(...args);
    await look();
    return answer;
  }) as typeof post;
}

const ask = async (client: ApiClient, body: StatisticsInput) =>
  ok(await client.post<Statistics>('/statistics', body));

interface Cell {
  department: string;
  kind: string;
  officer: string | null;
  month: string;
  outcome: string;
  reason: string | null;
  milestones: number;
  neutral: number;
}

/** `ROADS works - 2026-03 missed no-contact: 2`, and the neutral ones of a cell under its own line. */
async function byTheScript(sql = script): Promise<string[]> {
  const cells = await service.sql<Cell>(sql);
  const neutral = new Map<string, number>();
  const lines = cells.map(({ department, kind, officer, month, outcome, reason, milestones, ...cell }) => {
    const key = `${department} ${kind} ${officer ?? '-'} ${month}`;
    neutral.set(key, (neutral.get(key) ?? 0) + cell.neutral);
    return `${key} ${outcome} ${reason ?? '-'}: ${milestones}`;
  });
  return [...lines, ...[...neutral].map(([key, count]) => `${key} neutral: ${count}`)].sort();
}

async function byTheService(client: ApiClient): Promise<string[]> {
  const { rows } = await ask(client, { groupBy: ['department', 'kind', 'officer', 'month'] });
  return rows
    .flatMap(({ department, kind, officer, month, figures }) => {
      const key = `${department?.code} ${kind} ${officer?.id ?? '-'} ${month}`;
      const because = (outcome: string, why: Partial<Record<string, number>>) =>
        Object.entries(why).map(([reason, count]) => `${key} ${outcome} ${reason}: ${count}`);
      const plain = (outcome: string, count: number) => (count ? [`${key} ${outcome} -: ${count}`] : []);
      return [
        ...plain('delivered', figures.delivered),
        ...plain('alerted', figures.alerted),
        ...plain('to-come', figures.toCome),
        ...because('partly', figures.partlyBecause),
        ...because('missed', figures.missedBecause),
        `${key} neutral: ${figures.neutral}`,
      ];
    })
    .sort();
}

async function behind(client: ApiClient, query = '', limit = 200): Promise<CoveredMilestone[]> {
  const all: CoveredMilestone[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: CoveredMilestone[]; nextCursor: string | null } = ok(
      await client.get(
        `/statistics/milestones?limit=${limit}${query}${cursor === null ? '' : `&cursor=${cursor}`}`,
      ),
    );
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

describe('coverage of a month of the fictional city', () => {
  it('equals the independent script, cell by cell', async () => {
    const cells = await byTheService(service.admin);
    expect(cells).toEqual(await byTheScript());
    expect(cells.length).toBeGreaterThan(30);
  });

  it('equaled it all along the month, though some of the counting was killed', () => {
    expect(disagreed).toEqual([]);
    expect(looked.compared).toBeGreaterThan(10);
    expect(looked.killed).toBeGreaterThan(5);
  });

  it('keeps as many alerts and messages of each status as there are, in a few rows', async () => {
    await service.sql(`INSERT INTO status_count SELECT 'alert', 'planned', 0 FROM generate_series(0, 1000)`);
    await service.app.get(TallyService).countMarked();
    const [rows] = await service.sql<{ count: number }>(`SELECT count(*)::int AS count FROM status_count`);
    expect(rows?.count).toBeLessThan(100);
    const kept = await service.sql(
      `SELECT subject, status, sum(count)::int AS count FROM status_count GROUP BY 1, 2 HAVING sum(count) <> 0 ORDER BY 1, 2`,
    );
    const counted = await service.sql(
      `SELECT 'alert' AS subject, status, count(*)::int FROM alert GROUP BY 2
       UNION ALL SELECT 'message', status, count(*)::int FROM message GROUP BY 2 ORDER BY 1, 2`,
    );
    expect(kept).toEqual(counted);
  });

  it('keeps for the work lists whatever stands in one of them', async () => {
    const auditor = await service.as('auditor');
    const counts = async () =>
      ok(await auditor.get<{ items: { list: string; count: number }[] }>('/work')).items.map(
        ({ list, count }) => `${list} ${count}`,
      );
    const kept = await counts();
    await service.sql(
      `INSERT INTO work_candidate SELECT list, c.id FROM contract c,
         unnest(ARRAY['no-contact']) list ON CONFLICT DO NOTHING`,
    );
    await service.sql(
      `INSERT INTO work_dead_number SELECT DISTINCT number_index FROM message WHERE status = 'failed' ON CONFLICT DO NOTHING`,
    );
    expect(await counts()).toEqual(kept);
    for (const list of ['no-contact', 'dead-numbers']) expect(kept).not.toContain(`${list} 0`);
  });

  it('has a milestone of every outcome and every reason', async () => {
    const { total } = await ask(service.admin, {});
    expect(Object.keys(total.missedBecause).sort()).toEqual([...reasons].sort());
    for (const outcome of outcomes) expect([outcome, total[outcome] > 0]).toEqual([outcome, true]);
    expect(total.toCome).toBeGreaterThan(0);
    expect(total.neutral).toBeGreaterThan(0);
  });

  it.each([
    ['optional milestones count', `&& !(@.optional == true)`, ''],
    ['drafts and the rest count alike', `'signed', 'underway', 'suspended'`, `'signed', 'underway'`],
    ['history counts', 'dated.day < d.go_live_on', 'false'],
    [
      'all that falls due before go-live is history',
      'dated.due <= (SELECT min(at)',
      `dated.due <= (SELECT 'infinity'::timestamptz`,
    ],
    [
      'what comes after go-live is history',
      'd.go_live_on > (SELECT min(date',
      `'infinity'::date > (SELECT min(date`,
    ],
    ['terminations take nothing away', `c.state = 'terminated' AND`, 'false AND'],
    ['facts do not keep a milestone', `WHERE status = ANY`, `WHERE false AND status = ANY`],
    [
      'any counterparty speaks for all',
      'IN (SELECT milestone_id FROM untold)',
      'IN (SELECT milestone_id FROM untold WHERE false)',
    ],
    ['a shared number reaches one only', `c.status = 'covered'\n`, `false\n`],
    [
      'a failed text counts as told',
      `('sending', 'waiting', 'failed', 'held')`,
      `('sending', 'waiting', 'held')`,
    ],
    ['nobody needs a number', 'AND t.phone_index IS NOT NULL', ''],
    ['the zone is Greenwich', 'clock.zone, due', `'UTC', due - interval '5 hours'`],
    ['a contact is as old as its contract', `AND what = 'contact-added'`, `AND what = 'contact-dreamt-of'`],
    ['unrecorded is no reason', `THEN 'unrecorded'`, `THEN 'registered-late'`],
    ['what has no day is no gap', 'num_nulls(c.starts_on, c.ends_on) > 0', 'false'],
    ['brakes are not looked at', 'b.released_at IS NULL AND CASE', 'false AND CASE'],
  ])('would differ if %s', async (_what, rule, changed) => {
    expect(script).toContain(rule);
    expect(await byTheScript(script.replaceAll(rule, changed))).not.toEqual(await byTheScript());
  });

  it('adds up: what was called for is delivered, alerted, partly or missed, and each has its reason', async () => {
    const { total, rows } = await ask(service.admin, { groupBy: ['department', 'kind', 'officer', 'month'] });
    const sum = (counts: Partial<Record<string, number>>) =>
      Object.values(counts).reduce<number>((all, count) => all + (count ?? 0), 0);
    for (const figures of [total, ...rows.map((row) => row.figures)]) {
      const { called, delivered, alerted, partly, missed } = figures;
      expect(delivered + alerted + partly + missed).toBe(called);
      expect(sum(figures.partlyBecause)).toBe(partly);
      expect(sum(figures.missedBecause)).toBe(missed);
      expect(figures.share).toBe(called ? Math.round(((delivered + alerted) / called) * 1e4) / 1e4 : null);
    }
    expect(rows.reduce((all, row) => all + row.figures.called, 0)).toBe(total.called);
  });

  it('tells of contracts as docs/coverage.md works them by hand', async () => {
    const all = await behind(service.admin);
    const told = (reference: string) =>
      all
        .filter((one) => one.contract.reference === reference && one.outcome !== 'to-come')
        .map((one) => `${one.milestone.code} ${one.outcome}${one.reason ? ` ${one.reason}` : ''}`);
    const { byHand } = city;
    const found = Object.fromEntries(Object.keys(byHand).map((reference) => [reference, told(reference)]));
    expect(found).toEqual(byHand);
  });

  it('gives the milestones behind a cell, as many as it counts, by pages', async () => {
    const { rows } = await ask(service.admin, { groupBy: ['department', 'month'] });
    const row = rows.find((one) => one.department?.code === 'ROADS' && one.month === '2026-03');
    if (!row?.department) throw new Error('the roads have no March');
    const cell = `&departmentId=${row.department.id}&from=2026-03-01&to=2026-03-31`;
    const missed = await behind(service.admin, `${cell}&outcome=missed`, 3);
    expect(missed).toHaveLength(row.figures.missed);
    expect(new Set(missed.map((one) => one.id)).size).toBe(row.figures.missed);
    expect(missed.map((one) => one.at)).toEqual(missed.map((one) => one.at).sort());
    const noContact = await behind(service.admin, `${cell}&outcome=missed&reason=no-contact`);
    expect(noContact).toHaveLength(row.figures.missedBecause['no-contact'] ?? 0);
    expect(noContact[0]).toMatchObject({
      outcomeText: { ko: '미발송' },
      reasonText: { ko: '연락처가 없는 업체가 있음', en: 'a counterparty has no contact' },
      counterparties: 1,
      untold: 1,
    });
  });

  it('counts a month by the day on which it should have been told', async () => {
    const whole = await ask(service.admin, {});
    const march = await ask(service.admin, { from: '2026-03-01', to: '2026-03-31' });
    const { rows } = await ask(service.admin, { groupBy: ['month'] });
    expect(rows.find((row) => row.month === '2026-03')?.figures).toEqual(march.total);
    expect(march.total.called).toBeLessThan(whole.total.called);
  });

  it('rolls departments up the tree', async () => {
    const { rows, total } = await ask(service.admin, { groupBy: ['department'], rollUp: true });
    const figures = (code: string) => rows.find((row) => row.department?.code === code)?.figures;
    expect(figures('CITY')).toEqual(total);
    const plain = await ask(service.admin, { groupBy: ['department'] });
    expect(figures('ROADS')).toEqual(plain.rows.find((row) => row.department?.code === 'ROADS')?.figures);
  });

  it('gives a department without those below it, when it is asked to', async () => {
    const departmentId = await service.departmentId('CITY');
    const { rows, total } = await ask(service.admin, { groupBy: ['department'] });
    const own = rows.find((row) => row.department?.code === 'CITY')?.figures.called ?? 0;
    expect((await ask(service.admin, { departmentId, below: 'no' })).total.called).toBe(own);
    expect(await behind(service.admin, `&departmentId=${departmentId}&below=no`)).toHaveLength(own);
    expect((await ask(service.admin, { departmentId })).total).toEqual(total);
    expect(own).toBeLessThan(total.called);
  });
});

describe('who reads coverage', () => {
  it('sees the departments that are theirs, and no other', async () => {
    const manager = await service.as('manager', city.departments.PARKS);
    const { rows, total } = await ask(manager, { groupBy: ['department'] });
    expect(rows.map((row) => row.department?.code)).toEqual(['PARKS']);
    const all = await ask(service.admin, { groupBy: ['department'] });
    expect(rows[0]?.figures).toEqual(all.rows.find((row) => row.department?.code === 'PARKS')?.figures);
    expect((await behind(manager)).every((one) => one.department.code === 'PARKS')).toBe(true);
    expect(total.called).toBeGreaterThan(0);
    const other = await manager.post('/statistics', { departmentId: city.departments.ROADS });
    expect(problem(other)).toMatchObject({ status: 404 });
  });

  it('as a monitor reads figures: not by officer, and nothing of contracts', async () => {
    const monitor = await service.as('monitor', city.departments.ROADS);
    expect((await ask(monitor, { groupBy: ['kind', 'month'] })).total.called).toBeGreaterThan(0);
    const byOfficer = await monitor.post('/statistics', { groupBy: ['officer'] });
    expect(problem(byOfficer)).toMatchObject({ status: 403, code: 'figures-by-officer' });
    expect((await monitor.post('/statistics', { officerId: 'none' })).status).toBe(403);
    expect((await monitor.get('/statistics/milestones')).status).toBe(403);
  });

  it('sees names of officers masked', async () => {
    const { rows } = await ask(service.admin, { groupBy: ['officer'] });
    const names = rows.flatMap((row) => (row.officer ? [row.officer.name] : []));
    expect(names).toEqual(['김*늘']);
    expect(rows.some((row) => row.officer === null)).toBe(true);
  });
});

describe('coverage as a file', () => {
  it('holds the same figures, and the total in its last line', async () => {
    const asked = { groupBy: ['department', 'kind'] } as const;
    const answer = await service.admin.post('/statistics', { ...asked, format: 'csv' });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="coverage.csv"',
    });
    const lines: Record<string, string>[] = parse(answer.text, { bom: true, columns: true });
    const { rows, total } = await ask(service.admin, { groupBy: ['department', 'kind'] });
    expect(
      lines.map((line) => [line['department'], line['kind'], line['called'], line['missed_no_contact']]),
    ).toEqual([
      ...rows.map((row) => [
        row.department?.code,
        row.kind,
        String(row.figures.called),
        String(row.figures.missedBecause['no-contact'] ?? 0),
      ]),
      ['total', '', String(total.called), String(total.missedBecause['no-contact'])],
    ]);
  });

  it('lists the milestones, with no cell that a spreadsheet would run', async () => {
    const answer = await service.admin.get('/statistics/milestones?outcome=missed&format=csv');
    const lines: Record<string, string>[] = parse(answer.text, { bom: true, columns: true });
    expect(lines).toHaveLength((await behind(service.admin, '&outcome=missed')).length);
    expect(lines.map((line) => line['title'])).toContain(`'=1+1`);
  });

  it('is said in the journal', async () => {
    const auditor = await service.as('auditor');
    await auditor.post('/statistics', { kind: 'works', format: 'csv' });
    await auditor.get('/statistics/milestones?kind=works&format=csv');
    const said = await service.sql<{ what: string; after: unknown }>(
      `SELECT what, after FROM change WHERE subject = 'export' AND actor LIKE 'auditor:%' ORDER BY id`,
    );
    expect(said).toMatchObject([
      { what: 'statistics-exported', after: { format: 'csv', filters: { kind: 'works' } } },
      { what: 'coverage-exported', after: { format: 'csv', filters: { kind: 'works' } } },
    ]);
  });
});

describe('a figure after a change of', () => {
  const ofTheMonth = `FROM contract c WHERE c.id = t.contract_id AND c.reference LIKE 'M-%'`;

  // One after the other: each finds what those before it have left.
  it.each([
    [
      'a brake',
      `UPDATE brake SET released_at = now(), released_by = 'x', release_reason = 'x' WHERE scope = 'department'`,
    ],
    ['a message', `UPDATE message SET status = 'unconfirmed' WHERE status = 'delivered'`],
    ['an alert', `UPDATE alert SET status = 'missed', reason = 'rehearsal' WHERE status = 'held'`],
    [
      'a contract’s state',
      `UPDATE contract SET state = 'draft' WHERE id IN (SELECT id FROM contract WHERE state = 'signed' LIMIT 9)`,
    ],
    [
      'a contract’s department',
      `UPDATE contract SET department_id = (SELECT id FROM department WHERE code = 'CITY')
       WHERE department_id = (SELECT id FROM department WHERE code = 'ROADS')`,
    ],
    ['a milestone’s day', `UPDATE milestone SET due_at = due_at - interval '40 days'`],
    ['a contact’s number', `UPDATE contact t SET phone_index = NULL, phone_sealed = NULL ${ofTheMonth}`],
    ['a contact', `UPDATE contact t SET removed_at = now() ${ofTheMonth}`],
    [
      'the counterparties',
      `INSERT INTO counterparty (id, contract_id, name_sealed, name_index)
       SELECT gen_random_uuid(), id, '\\x00', '\\x00' FROM contract`,
    ],
    ['the day of going live', `UPDATE department SET go_live_on = '2026-03-20' WHERE go_live_on IS NULL`],
  ])('%s is that of the script', async (_what, change) => {
    const before = await byTheService(service.admin);
    await service.sql(change);
    const after = await byTheService(service.admin);
    expect(after).toEqual(await byTheScript());
    expect(after).not.toEqual(before);
  });
});
