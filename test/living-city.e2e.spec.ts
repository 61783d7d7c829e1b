import { LivingCity } from '../src/office/sandbox/living-city.service.js';
import { cityActs } from '../src/office/sandbox/living-city.js';
import { sandboxPeople, SandboxPeople } from '../src/office/accounts/sandbox-people.js';
import { AccountsService } from '../src/office/accounts/accounts.service.js';
import { Mails, type MailShown } from '../src/office/mail/mails.service.js';
import { articleOf, type StepOfMonth, textOf, writeMonth } from './support/month-files.js';
import { nobodysPassword, startService, type TestService } from './support/service.js';

let service: TestService;
const password = 'a long password of the sandbox';

/** `DOCS=month`, as `npm run docs:month` sets it: writes a month of the city into docs/a-month/. */
const writesMonth = process.env['DOCS'] === 'month';

/** Plays the city as a first start does that is interrupted in the middle, and the next start. */
beforeAll(async () => {
  service = await startService();
  service.approvesAtOnce = false;
  const [officer, manager, auditor] = ['officer', 'manager', 'auditor'] as const;
  const passwords = { [officer]: password, [manager]: password, [auditor]: password };
  expect(sandboxPeople(passwords)).toHaveLength(3);
  await service.app.get(SandboxPeople).ensure(passwords);
  await addReadersOfEnglish();
  const city = service.app.get(LivingCity);
  const interrupted = city.play((share) => {
    if (share > 0.5) throw new Error('Ctrl-C');
  });
  await expect(interrupted).rejects.toThrow('Ctrl-C');
  await city.play(() => undefined);
});
afterAll(() => service.close());

/** Somebody of each role that mail goes to who reads English. */
async function addReadersOfEnglish(): Promise<void> {
  const departmentId = await service.departmentId('WELFARE');
  const [officer] = await service.sql<{ id: string }>(`SELECT id FROM officer WHERE staff_number = 'H-3001'`);
  const people = [
    { role: 'officer', name: '정다솜', departmentId, officerId: officer?.id ?? null },
    { role: 'manager', name: '한여울', departmentId },
    { role: 'auditor', name: '서온누리', departmentId: null },
  ] as const;
  for (const person of people) {
    const email = `${person.role}.en@hanbit.example`;
    await service.app.get(AccountsService).make({ ...person, email, locale: 'en' });
  }
  await service.sql(`UPDATE account SET password_hash = $1 WHERE locale = 'en'`, [nobodysPassword]);
}

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

it('leaves a month that can be read on paper: its report, its mails and the steps of its ladder', async () => {
  const month = '2026-05';
  const auditor = await service.person('auditor');
  const report = async () => {
    const { status, text } = await auditor.get(`/console/figures/report?month=${month}`);
    expect(status).toBe(200);
    return text;
  };
  const ko = await report();
  await service.sql(`UPDATE account SET locale = 'en' WHERE role = 'auditor'`);
  const pages = { ko, en: await report() };
  expect(textOf(articleOf(pages.ko))).toMatch(/^월간 보고[\s\S]*2026년 5월[\s\S]*도로과 \| \d+ \| \d+/);
  expect(textOf(articleOf(pages.en))).toMatch(/May 2026[\s\S]*Roads \| \d+ \| \d+/);

  const ofMonth = (await service.app.get(Mails).newest(5000))
    .filter(
      ({ at, kind }) => kind === 'morning' && at >= new Date('2026-05-01') && at < new Date('2026-06-02'),
    )
    .reverse();
  const isEnglish = ({ to }: MailShown) => to.includes('.en@');
  const mails = { ko: ofMonth.filter((mail) => !isEnglish(mail)), en: ofMonth.filter(isEnglish) };
  for (const [locale, told] of [
    ['ko', /청렴 알림을 보냈습니다/],
    ['en', /were sent integrity alerts/],
  ] as const) {
    expect(mails[locale].some(({ text }) => told.test(text ?? ''))).toBe(true);
    // Each mail leads to the service, and names no person and no number.
    for (const { text } of mails[locale]) {
      expect(text).toContain('/console/');
      expect(text).not.toMatch(/010-|welcome/);
    }
  }

  const steps = await service.sql<StepOfMonth>(
    `SELECT s.day::text, s.step, s.list, d.code AS department, c.reference,
            (s.resolved_at AT TIME ZONE 'Asia/Seoul')::date::text AS "resolvedOn"
     FROM ladder_step s LEFT JOIN department d ON d.id = s.department_id LEFT JOIN contract c ON c.id = s.contract_id
     WHERE s.day <= '2026-05-31' AND coalesce(s.resolved_at, 'infinity') >= '2026-05-01'
     ORDER BY s.day, array_position(ARRAY['responsible', 'audit', 'head'], s.step), c.reference, s.list`,
  );
  expect(new Set(steps.map(({ step }) => step))).toEqual(new Set(['responsible', 'audit', 'head']));
  if (writesMonth) writeMonth({ month, pages, mails, steps });
});

it('is not played where somebody has begun', async () => {
  await service.app.get(LivingCity).play(() => {
    throw new Error('it plays');
  });
});
