import { LivingCity } from '../src/office/sandbox/living-city.service.js';
import { cityActs } from '../src/office/sandbox/living-city.js';
import { sandboxPeople, SandboxPeople } from '../src/office/accounts/sandbox-people.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
const password = 'a long password of the sandbox';

/** Plays the city as a first start does that is interrupted in the middle, and the next start. */
beforeAll(async () => {
  service = await startService();
  service.approvesAtOnce = false;
  const [officer, manager, auditor] = ['officer', 'manager', 'auditor'] as const;
  const passwords = { [officer]: password, [manager]: password, [auditor]: password };
  expect(sandboxPeople(passwords)).toHaveLength(3);
  await service.app.get(SandboxPeople).ensure(passwords);
  const city = service.app.get(LivingCity);
  const interrupted = city.play((share) => {
    if (share > 0.5) throw new Error('Ctrl-C');
  });
  await expect(interrupted).rejects.toThrow('Ctrl-C');
  await city.play(() => undefined);
}, 240_000);
afterAll(() => service.close());

const countsBy = async (sql: string) =>
  Object.fromEntries(
    (await service.sql<{ name: string; count: number }>(sql)).map(({ name, count }) => [name, count]),
  );

it('ends on a Monday morning, with every contract once', async () => {
  const { now } = (await service.admin.get<{ now: string }>('/sandbox/clock')).body;
  expect([now, new Date(now).getUTCDay()]).toEqual(['2026-06-08T09:00:00+09:00', 1]);
  const registered = cityActs().filter(({ act }) => act === 'register');
  expect(registered.length).toBeGreaterThan(50);
  expect(await countsBy(`SELECT 'contracts' AS name, count(*)::int FROM contract`)).toEqual({
    contracts: registered.length,
  });
  // A record that was made twice would be a second occurrence.
  const twice = await service.sql(
    `SELECT FROM milestone WHERE occurred_on IS NOT NULL AND occurrence > 1 AND code IN ('acceptance', 'payment', 'final-payment')`,
  );
  expect(twice).toEqual([]);
});

it('has texts that arrived, failed, were held and are to come', async () => {
  const messages = await countsBy(`SELECT status AS name, count(*)::int FROM message GROUP BY 1`);
  expect(messages['delivered']).toBeGreaterThan(120);
  for (const status of ['failed', 'held', 'sent']) expect(messages[status]).toBeGreaterThan(0);
  const alerts = await countsBy(`SELECT status AS name, count(*)::int FROM alert GROUP BY 1`);
  for (const status of ['planned', 'held', 'missed']) expect(alerts[status]).toBeGreaterThan(0);
});

it('has somebody who keeps companies from being told: their flags stand out, and one act waits for a second person', async () => {
  const flags = await countsBy(
    `SELECT f.kind AS name, count(*)::int FROM flag f JOIN contract c ON c.id = f.contract_id
     JOIN officer o ON o.id = c.officer_id WHERE o.staff_number = 'H-2001' GROUP BY 1`,
  );
  for (const kind of ['put-off', 'shared-number', 'staff-number']) expect(flags[kind]).toBeGreaterThan(0);
  const byOfficer = await countsBy(
    `SELECT o.staff_number AS name, count(*)::int FROM flag f JOIN contract c ON c.id = f.contract_id
     JOIN officer o ON o.id = c.officer_id GROUP BY 1`,
  );
  expect(Object.entries(byOfficer).sort(([, a], [, b]) => b - a)[0]?.[0]).toBe('H-2001');
  const waiting = await service.sql<{ act: string }>(`SELECT act FROM proposal WHERE state = 'waiting'`);
  expect(waiting).toEqual([{ act: 'changeContact' }]);
});

it('is not played where somebody has begun', async () => {
  await service.app.get(LivingCity).play(() => {
    throw new Error('it plays');
  });
});
