import pg from 'pg';
import { AccessLog } from '../src/core/accesses/access-log.service.js';
import type { Role } from '../src/core/access/roles.js';
import { AccessReviews } from '../src/office/accesses/access-reviews.service.js';
import { AccessReminder } from '../src/office/accesses/access-reminder.js';
import type { Addressee } from '../src/office/accounts/account-records.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { startService, type TestService } from './support/service.js';
import type { PageClient } from './support/page-client.js';

let service: TestService;
let auditor: PageClient;
let auditorId: string;
let contactId: string;
let contractId: string;

beforeAll(async () => {
  service = await startService();
  ({ page: auditor, id: auditorId } = await service.signedIn('auditor'));
  const made = await service.register({
    counterparties: [aCounterparty({ contacts: [aContact({ name: '이가람', phone: '010-0000-7001' })] })],
  });
  contractId = made.id;
  contactId = made.counterparties[0]?.contacts[0]?.id ?? '';
});
afterAll(() => service.close());
beforeEach(async () => {
  await service.sql(`DELETE FROM access_entry`);
  await service.sql(`DELETE FROM access_review`);
});

interface Entry {
  actor: string;
  address: string | null;
  act: string;
  subject: string | null;
  subject_ids: string[];
}
const entries = () =>
  service.sql<Entry>(`SELECT actor, address, act, subject, subject_ids FROM access_entry ORDER BY id`);

/** An access of a month that is over: 2026-05, of the calendar of whoever runs this test. */
const wasAt = (at: string, actor = 'officer:tester', address = '198.51.100.7') =>
  service.sql(
    `INSERT INTO access_entry (id, at, actor, address, act, subject, subject_ids)
     VALUES (gen_random_uuid(), $1, $2, $3, 'number-searched', 'contact', ARRAY[$4::uuid])`,
    [at, actor, address, contactId],
  );

describe('what is recorded', () => {
  it('is a search by a number, by page and by program, with whose it is and from where', async () => {
    ok(await service.admin.post('/messages/search', { number: '010-0000-7001' }));
    await auditor.post('/console/messages/search', { number: '010-0000-7001' });
    const found = {
      act: 'number-searched',
      subject: 'contact',
      subject_ids: [contactId],
      address: '127.0.0.1',
    };
    expect(await entries()).toEqual([
      { actor: 'admin:bootstrap', ...found },
      { actor: `auditor:@${auditorId}`, ...found },
    ]);
    const leaves = await service.sql<{ body: object }>(
      `SELECT body FROM leaf WHERE kind = 'access' AND body ->> 'actor' = $1`,
      [`auditor:@${auditorId}`],
    );
    expect(leaves).toHaveLength(1);
    expect(JSON.stringify(leaves)).not.toContain('127.0.0.1');
  });

  it('is a file of the message log, and the list of accounts', async () => {
    await auditor.get('/console/messages/export?format=csv');
    ok(await service.admin.get('/accounts'));
    expect((await entries()).map(({ act }) => act)).toEqual(['messages-exported', 'accounts-read']);
  });

  it('is no page that shows masked names and numbers', async () => {
    for (const path of [
      '/console/contracts',
      `/console/contracts/${contractId}`,
      '/console/messages',
      '/console/work',
    ])
      expect((await auditor.get(path)).status).toBe(200);
    ok(await service.admin.get(`/contracts/${contractId}`));
    expect(await entries()).toEqual([]);
  });

  it('is kept from the service’s own role, which may add and nothing else', async () => {
    await wasAt('2020-01-01T00:00:00Z');
    const app = new pg.Client({ connectionString: service.ground.database.appUrl });
    await app.connect();
    await expect(app.query(`DELETE FROM access_entry`)).rejects.toThrow('permission denied');
    await expect(app.query(`UPDATE access_entry SET actor = 'x'`)).rejects.toThrow('permission denied');
    await expect(app.query(`DELETE FROM access_review`)).rejects.toThrow('permission denied');
    await app.end();
  });
});

describe('what is older than its period', () => {
  const ago = (months: number) =>
    service.sql(`UPDATE access_entry SET at = now() - $1 * interval '1 month' WHERE address = $2`, [
      months,
      String(months),
    ]);
  const left = async () => (await entries()).map(({ address }) => address);

  it('is forgotten after two years, or after one where the agency says so with a second person', async () => {
    for (const months of [11, 13, 23, 25]) {
      await wasAt('2026-05-04T01:00:00Z', 'officer:tester', String(months));
      await ago(months);
    }
    const log = service.app.get(AccessLog);
    expect(await log.forgetOld()).toBe(1);
    expect(await left()).toEqual(expect.arrayContaining(['11', '13', '23']));
    const admin = await service.person('admin');
    service.approvesAtOnce = false;
    await admin.post('/console/settings/retention', {
      accessLogYears: '1',
      contactYears: '5',
      messageYears: '5',
      reason: 'fewer than 50,000 people',
    });
    expect(await log.forgetOld()).toBe(0);
    await service.approveWaiting();
    service.approvesAtOnce = true;
    expect(await log.forgetOld()).toBe(2);
    expect(await left()).toEqual(['11']);
    const told = await service.sql<{ count: string }>(
      `SELECT body ->> 'count' AS count FROM leaf WHERE kind = 'accesses-forgotten' ORDER BY id`,
    );
    expect(told).toEqual([{ count: '1' }, { count: '2' }]);
  });

  it('is nothing of the last year, whatever the service asks for', async () => {
    await wasAt('2026-05-04T01:00:00Z', 'officer:tester', '11');
    await ago(11);
    await service.sql(`SELECT forget_accesses(now() + interval '1 day')`);
    expect(await left()).toEqual(['11']);
  });
});

describe('a month', () => {
  const page = async (client = auditor) => (await client.get('/console/accesses?month=2025-05')).body;

  it('is shown by person: how often, whose, from where, at which hours', async () => {
    // A Monday, 10:00 in Seoul; a Saturday, and 23:00 of the last day.
    await wasAt('2025-05-05T01:00:00Z');
    await wasAt('2025-05-10T01:00:00Z', 'officer:tester', '198.51.100.8');
    await wasAt('2025-05-31T14:00:00Z', 'manager:other');
    // Already June in Seoul.
    await wasAt('2025-05-31T15:00:00Z', 'manager:next-month');
    const shown = await page();
    const rows = [...shown.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
      row
        .replace(/<[^>]+>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    );
    expect(rows).toContain('tester (담당 공무원) 2 1 2 1');
    expect(rows).toContain('other (부서장) 1 1 1 1');
    expect(shown).not.toContain('next-month');
    expect(shown).toContain('이*람 010-****-7001');
    expect(shown).toContain('198.51.100.8');
  });

  it('is downloaded as a file, which is itself noted', async () => {
    await wasAt('2025-05-05T01:00:00Z');
    const { body } = await auditor.get('/console/accesses/export?month=2025-05&format=csv');
    expect(body).toContain('tester (담당 공무원)');
    expect(body).toContain('198.51.100.7');
    const [change] = await service.sql<{ what: string }>(
      `SELECT what FROM change WHERE subject = 'export' ORDER BY id DESC LIMIT 1`,
    );
    expect(change?.what).toBe('accesses-exported');
  });

  it('is reviewed by somebody who is not in it, or by two', async () => {
    await wasAt('2025-05-05T01:00:00Z', `auditor:@${auditorId}`);
    const sign = (client: PageClient, month = '2025-05') =>
      client.post('/console/accesses/review', { month, note: '이상 없음' });
    expect(await page()).toContain('점검 전');
    expect((await sign(auditor)).status).toBe(303);
    expect(await page()).toContain('점검 전');
    expect(await page()).toContain('본인 기록 있음');
    expect((await sign(auditor)).body).toContain('이미 이 달을 점검했습니다.');
    expect((await sign(await service.person('admin'))).status).toBe(303);
    expect(await page()).toContain('점검 완료');
    const now = new Date().toISOString().slice(0, 7);
    expect((await sign(auditor, now)).body).toContain('아직 끝나지 않은 달');
    const leaves = await service.sql(`SELECT 1 FROM leaf WHERE kind = 'accesses-reviewed'`);
    expect(leaves).toHaveLength(2);
  });

  it('that nobody reviewed is told to auditors on their home and by mail, from a week after its end on', async () => {
    const seoul = (days: number, from: string) =>
      service.sql<{ at: Date; month: string }>(
        `SELECT at AT TIME ZONE 'Asia/Seoul' AS at, to_char(at, 'YYYY-MM') AS month
         FROM (SELECT date_trunc('month', (clock_timestamp() AT TIME ZONE 'Asia/Seoul') - make_interval(days => $1)) ${from} AS at) x`,
        [days],
      );
    const [open] = await seoul(7, `- interval '1 second'`);
    const [early] = await seoul(7, `+ interval '1 second'`);
    const [old] = await seoul(7, `- interval '14 months'`);
    for (const one of [open, early, old]) await wasAt(one?.at.toISOString() ?? '');
    const reminder = service.app.get(AccessReminder);
    const mail = async (role: Role) =>
      reminder.paragraphsFor({ caller: { role }, locale: 'en' } as unknown as Addressee);
    const told = `Months of the access log that nobody has looked through: ${open?.month}\n`;
    expect(await mail('auditor')).toEqual([expect.stringContaining(told)]);
    expect(await mail('admin')).toEqual([]);
    const home = async (client: PageClient) => (await client.get('/console')).body;
    const link = `href="/console/accesses?month=${open?.month}"`;
    expect(await home(auditor)).toContain(link);
    expect(await home(await service.person('admin'))).not.toContain(link);
    await auditor.post('/console/accesses/review', { month: open?.month ?? '', note: '이상 없음' });
    expect(await home(auditor)).not.toContain(link);
    expect(await mail('auditor')).toEqual([]);
  });

  it('is nobody’s fault in the first week after its end', async () => {
    await wasAt('2025-05-05T01:00:00Z');
    const reviews = service.app.get(AccessReviews);
    expect(await reviews.unreviewed(new Date('2025-06-07T23:59:59+09:00'))).toEqual([]);
    expect(await reviews.unreviewed(new Date('2025-06-08T00:00:01+09:00'))).toEqual(['2025-05']);
  });

  it('is for admins and auditors alone', async () => {
    for (const role of ['officer', 'manager', 'monitor'] as const) {
      const client = await service.person(role, await service.departmentId('ROADS'));
      expect((await client.get('/console/accesses')).status).toBe(403);
    }
  });
});
