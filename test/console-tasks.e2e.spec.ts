import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Role } from '../src/core/access/roles.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import { ok } from './support/api-client.js';
import { aSheet, unknownHeading } from './support/brought-sheets.js';
import { Browser, describeInBrowser } from './support/browser.js';
import { aCityToLookAt } from './support/city-to-look-at.js';
import { counting, type Steps, stepsOf } from './support/counted-steps.js';
import { cookieName } from './support/page-client.js';
import type { Seen } from './support/pages-to-look-at.js';
import { startService, type TestService } from './support/service.js';

const password = 'nine lanterns at the gate';

/** `DOCS=tasks`, as `npm run docs:tasks` sets it: writes docs/tasks.md. */
const writesTable = process.env['DOCS'] === 'tasks';

interface Told extends Steps {
  role: Role;
  task: string;
  how: string;
}

describeInBrowser('people at their tasks', () => {
  let service: TestService;
  let browser: Browser;
  let seen: Seen;
  const emails = new Map<Role | 'decider', string>();
  const links = new Map<Role | 'decider', string>();
  const ids = new Map<Role | 'decider', string>();
  const told: Told[] = [];

  beforeAll(async () => {
    service = await startService();
    seen = await aCityToLookAt(service);
    for (const role of ['officer', 'manager', 'admin', 'auditor', 'monitor'] as const) {
      emails.set(role, await account(role));
    }
    emails.set('decider', await account('manager', 'decider', 'PARKS'));
    browser = await Browser.of(service);
    for (const link of links.values()) await acceptInvitation(link);
  });
  afterAll(async () => {
    if (writesTable) writeFileSync(join(process.cwd(), 'docs/tasks.md'), tableOf(told));
    expect(browser.complaints).toEqual([]);
    await browser.close();
    await service.close();
  });

  async function account(role: Role, as: Role | 'decider' = role, code = 'ROADS'): Promise<string> {
    const email = `${as}.tasks@hanbit.example`;
    const departmentId = role === 'admin' || role === 'auditor' ? null : await service.departmentId(code);
    const wanted = { email, name: '한여울', role, departmentId };
    ok(await service.admin.post('/accounts', wanted));
    const [{ id } = { id: '' }] = await service.sql<{ id: string }>(
      `SELECT max(id::text) AS id FROM account`,
    );
    // An auditor's invitation waits, and makes no link when it is approved: one is asked for.
    const made = await service.admin.post<{ link: string }>(`/accounts/${id}/reset`, {});
    links.set(as, new URL(ok(made).link).pathname);
    ids.set(as, id);
    return email;
  }

  /** The link that the admin was shown, opened by the person it is for. */
  async function acceptInvitation(link: string): Promise<void> {
    const page = await browser.page({ javaScriptEnabled: false });
    await page.goto(link);
    await page.fill('[name=password]', password);
    await page.click('main button');
    await page.waitForURL(/\/console\?done=/);
    expect((await page.goto(link))?.status()).toBe(404);
    browser.complaints.splice(0);
    await page.context().close();
  }

  /** Through the door, as a person goes. */
  async function signedIn(
    role: Role | 'decider',
    locale: 'ko' | 'en',
    javaScriptEnabled: boolean,
  ): Promise<Page> {
    const page = await browser.page({ javaScriptEnabled });
    await page.context().addCookies([{ name: 'chorong-locale', value: locale, url: browser.origin }]);
    await page.goto('/console');
    await page.fill('[name=email]', emails.get(role) ?? '');
    await page.fill('[name=password]', password);
    await page.click('main button');
    await page.waitForURL(/\/console$/);
    return counting(page);
  }

  /** A worker comes by; with script the page sees it by itself, without it the person looks again. */
  async function step(page: Page, id: string, script: boolean, then: string): Promise<void> {
    await page.waitForSelector('#progress');
    await service.app.get(ImportJobs).runImport(id);
    if (!script) await page.click('#progress a');
    await page.waitForSelector(then);
  }

  for (const { locale, script } of [
    { locale: 'ko', script: true },
    { locale: 'en', script: false },
  ] as const) {
    const how = `${locale}, ${script ? 'with' : 'without'} script`;
    const tell = (page: Page, role: Role, task: string) => told.push({ role, task, how, ...stepsOf(page) });

    it(`an officer registers a contract and reads its plan (${how})`, async () => {
      const page = await signedIn('officer', locale, script);
      await page.click('a[href="/console/contracts/new"]');
      await page.selectOption('[name=kind]', 'works');
      await page.fill('[name=reference]', `C-2026-07${locale === 'ko' ? '01' : '02'}`);
      await page.fill('[name=title]', '하천 산책로 정비공사');
      await page.fill('[name=signedOn]', '2026-03-24');
      await page.fill('[name=startsOn]', '2026-04-06');
      await page.fill('[name=endsOn]', '2026-10-30');
      await page.fill('[name=companyName]', '(주)새솔건설');
      await page.fill('[name=contactName]', '이가람');
      await page.fill('[name=phone]', `010-0000-15${locale === 'ko' ? '01' : '02'}`);
      if (script) await page.locator('[name=phone]').blur();
      else await page.click('button[formaction$="/plan"]');
      await page.waitForSelector('#plan table');
      expect(await page.locator('#plan tbody tr').count()).toBeGreaterThanOrEqual(6);
      await page.click('form[action$="/new"] button:not([formaction])');
      await page.waitForURL(/\/console\/contracts\/[0-9a-f-]{36}\?done=registered/);
      expect(await page.locator('.steps > li').count()).toBeGreaterThanOrEqual(6);
      tell(page, 'officer', 'register a contract, its plan read before');
      await page.context().close();
    });

    it(`an officer is told what is wrong, and loses nothing (${how})`, async () => {
      const page = await signedIn('officer', locale, script);
      await page.goto('/console/contracts/new');
      await page.selectOption('[name=kind]', 'works');
      await page.fill('[name=reference]', 'C-2026-0143');
      await page.fill('[name=title]', '중복된 계약');
      await page.fill('[name=phone]', '02-000-0000');
      await page.fill('[name=companyName]', '(주)새솔건설');
      await page.click('form[action$="/new"] button:not([formaction])');
      await page.waitForSelector('.notice.bad');
      expect(await page.inputValue('[name=title]')).toBe('중복된 계약');
      expect(await page.locator('#error-phone').count()).toBe(1);
      await page.fill('[name=phone]', '010-0000-1599');
      await page.click('form[action$="/new"] button:not([formaction])');
      await page.waitForSelector('.notice.bad');
      expect(await page.locator('.notice.bad').first().innerText()).toMatch(
        locale === 'ko' ? /이미 등록/ : /registered already/,
      );
      await page.context().close();
    });

    it(`an officer sees the difference of other dates before saving them (${how})`, async () => {
      const page = await signedIn('officer', locale, script);
      await page.goto(`/console/contracts/${seen.contract}`);
      await page.click('a[href$="/change"]');
      const before = await service.contract(seen.contract);
      await page.fill('[name=endsOn]', script ? '2027-01-29' : '2027-02-26');
      if (script) await page.locator('[name=endsOn]').blur();
      else await page.click('button[value=preview]');
      await page.waitForSelector('#difference table');
      expect((await service.contract(seen.contract)).endsOn).toBe(before.endsOn);
      await page.fill('[name=reason]', '공기 연장');
      await page.click('button[value=save]');
      await page.waitForURL(/done=amended/);
      expect((await service.contract(seen.contract)).endsOn).toBe(script ? '2027-01-29' : '2027-02-26');
      tell(page, 'officer', 'change a date, the difference seen before');
      await page.context().close();
    });

    it(`an officer records an occurrence in two clicks (${how})`, async () => {
      const page = await signedIn('officer', locale, script);
      await page.goto(`/console/contracts/${seen.contract}`);
      const code = script ? 'progress-inspection' : 'final-payment';
      const folded = page.locator(`.steps details:has(> form input[value="${code}"])`).first();
      await folded.locator('summary').click();
      await folded.locator('button').first().click();
      await page.waitForURL(/done=recorded/);
      const { milestones } = await service.contract(seen.contract);
      expect(milestones.find((milestone) => milestone.code === code)?.occurredOn).toBe('2026-03-25');
      tell(page, 'officer', 'record an occurrence, from the contract');
      await page.context().close();
    });

    it(`an officer records what was expected from the work list in two clicks (${how})`, async () => {
      const { id, reference } = await service.register({
        departmentId: await service.departmentId('ROADS'),
        kind: 'grant',
        signedOn: '2026-02-02',
        startsOn: '2026-02-09',
      });
      const page = await signedIn('officer', locale, script);
      await page.click('nav a[href="/console/work"]');
      expect(await page.locator('main').innerText()).not.toMatch(/징후|Signs|직원 번호|staff/);
      await page.click('main a[href="/console/work/unrecorded"]');
      // What is only the auditor's is no more there than what nobody has.
      for (const list of ['old-drafts', 'no-such-list'])
        expect((await page.request.get(`/console/work/${list}`)).status()).toBe(404);
      const row = page.locator('tbody tr', { hasText: reference });
      await row.locator('[type=checkbox]').click();
      await page.click('main form[method=post] .actions button');
      await page.waitForURL(/\/console\/work\/unrecorded\?done=mended/);
      expect(await page.locator('tbody tr', { hasText: reference }).count()).toBe(0);
      const { milestones } = await service.contract(id);
      expect(milestones.find(({ code }) => code === 'disbursement')?.occurredOn).toBe('2026-03-25');
      tell(page, 'officer', 'record what was expected, by the work list');
      await page.context().close();
    });

    it(`an auditor comes from a cell of the heat map to a contract (${how})`, async () => {
      const page = await signedIn('auditor', locale, script);
      await page.click('nav a[href="/console/coverage"]');
      const cell = page.locator('td.heat-0').first();
      const called = Number(await cell.locator('.small').innerText());
      await cell.locator('a').click();
      await page.waitForURL(/\/console\/coverage\/milestones\?/);
      expect(await page.locator('tbody tr').count()).toBe(called);
      expect(await page.inputValue('[name=departmentId]')).toMatch(/^[0-9a-f-]{36}$/);
      await page
        .locator('tbody tr', { has: page.locator('.tag.bad') })
        .first()
        .locator('a')
        .first()
        .click();
      await page.waitForURL(/\/console\/contracts\/[0-9a-f-]{36}$/);
      tell(page, 'auditor', 'from the home by a cell of the heat map to a contract');
      await page.context().close();
    });

    it(`an officer brings a sheet of an unknown heading in, looks, applies and undoes it (${how})`, async () => {
      const number = script ? '0171' : '0172';
      const row = {
        reference: `C-2026-${number}`,
        title: '소나무길 포장공사',
        phone: `010-0000-1${number.slice(1)}`,
      };
      const heading = `${unknownHeading} ${script ? '가' : '나'}`;
      const content = aSheet([row], { isOdd: true }).replace(unknownHeading, heading);
      const page = await signedIn('officer', locale, script);
      await page.click('nav a[href="/console/imports"]');
      const file = { name: 'contracts.csv', mimeType: 'text/csv', buffer: Buffer.from(content) };
      await page.setInputFiles('[name=file]', file);
      await page.click('form[enctype] button');
      await page.waitForURL(/\/console\/imports\/[0-9a-f-]{36}$/);
      const id = page.url().slice(-36);
      await step(page, id, script, 'table select');

      const unknown = page.locator('tbody tr', { hasText: heading });
      expect(await unknown.innerText()).not.toContain(row.phone);
      await unknown.locator('select').selectOption('');
      await page.click('form[action$="/columns"] button');
      await page.waitForSelector('.notice.bad');
      browser.complaints.splice(0);
      await page.locator('tbody tr', { hasText: heading }).locator('select').selectOption('phone');
      await page.click('form[action$="/columns"] button');
      await step(page, id, script, 'form[action$="/apply"]');

      expect(await page.locator('main').innerText()).toContain(row.reference);
      expect(await service.sql(`SELECT 1 FROM contract WHERE reference = $1`, [row.reference])).toEqual([]);
      await page.click('form[action$="/apply"] button');
      await step(page, id, script, 'main a[href="/console/contracts"]');
      await page.locator('tbody a', { hasText: row.reference }).click();
      await page.waitForURL(/\/console\/contracts\/[0-9a-f-]{36}$/);
      expect((await service.contract(page.url().slice(-36))).state).toBe('signed');

      tell(
        page,
        'officer',
        'bring a sheet in: one heading said wrong and mended, previewed, applied, looked at',
      );
      await page.goto(`/console/imports/${id}`);
      await page.click('a[href$="/undo"]');
      await page.fill('[name=reason]', '다른 파일이었음');
      await page.click('form[action$="/undo"] button');
      await page.waitForURL(/done=proposed/);
      await service.approveWaiting();
      const [contract] = await service.sql<{ state: string }>(
        `SELECT state FROM contract WHERE reference = $1`,
        [row.reference],
      );
      expect(contract?.state).toBe('draft');
      tell(page, 'officer', 'undo an import');
      await page.context().close();
    });

    it(`an officer is told why a file is not taken, and what to do (${how})`, async () => {
      const page = await signedIn('officer', locale, script);
      const heard = async (name: string, buffer: Buffer) => {
        await page.goto('/console/imports');
        if (buffer.length > 0 || name)
          await page.setInputFiles('[name=file]', { name, mimeType: '', buffer });
        await page.click('form[enctype] button');
        await page.waitForSelector('#error-file');
        return page.innerText('#error-file');
      };
      const old = Buffer.concat([
        Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
        Buffer.alloc(3_000_000),
      ]);
      expect(await heard('old.xls', old)).toContain('.xlsx');
      expect(await heard('', Buffer.alloc(0))).toMatch(locale === 'ko' ? /파일을 골라/ : /Choose a file/);
      expect(await heard('empty.csv', Buffer.alloc(0))).toMatch(locale === 'ko' ? /내용이 없/ : /empty/);
      browser.complaints.splice(0);
      await page.context().close();
    });

    it(`an auditor filters the log and reads a message with its receipts (${how})`, async () => {
      const page = await signedIn('auditor', locale, script);
      await page.click('nav a[href="/console/messages"]');
      await page.selectOption('[name=status]', 'delivered');
      await page.click('form.filters button >> nth=0');
      await page.waitForURL(/status=delivered/);
      await page.locator('tbody a[href^="/console/messages/"]').first().click();
      await page.waitForSelector('.steps li.good');
      expect(await page.locator('main').innerText()).toContain('010-****-');
      tell(page, 'auditor', 'from the home by a filter of the log to a message and its receipts');
      await page.context().close();
    });

    it(`a manager hands an officer's contracts over, having seen how many (${how})`, async () => {
      const page = await signedIn('manager', locale, script);
      await page.click('nav a[href="/console/settings"]');
      await page.click('a[href="/console/settings/hand-over"]');
      const [giver, taker] = ['김하늘', '박노을'];
      await page.selectOption('[name=from]', { label: script ? giver : taker });
      await page.selectOption('[name=to]', { label: script ? taker : giver });
      await page.fill('[name=reason]', '인사 이동');
      await page.click('button[value=preview]');
      await page.waitForSelector('.notice.wait');
      await page.click('button[value=save]');
      await page.waitForURL(/done=handed-over/);
      tell(page, 'manager', 'hand an officer’s contracts over, counted before');
      await page.context().close();
    });

    it(`an admin invites a person, and pauses and resumes sending (${how})`, async () => {
      const page = await signedIn('admin', locale, script);
      await page.click('nav a[href="/console/settings"]');
      await page.click('a[href="/console/settings/people"]');
      await page.fill('[name=name]', '서온누리');
      await page.fill('[name=email]', `newcomer-${locale}@hanbit.example`);
      await page.selectOption('[name=role]', 'admin');
      await page.click('form[action$="/people"] button');
      await page.waitForSelector('code.secret');
      expect(await page.innerText('code.secret')).toMatch(/\/console\/welcome\/[\w-]{43}$/);
      tell(page, 'admin', 'invite a person');
      await page.goto('/console/settings/brakes');
      await page.selectOption('[name=what]', 'agency:all');
      await page.fill('form[action$="/brakes"] [name=reason]', '공휴일 목록을 고치는 중');
      await page.click('form[action$="/brakes"] button');
      await page.click('button[name=step][value=save]');
      await page.waitForURL(/done=brake-for-a-day/);
      await page.goto('/console');
      expect(await page.locator('.notice.wait').innerText()).toContain('공휴일 목록을 고치는 중');
      await page.goto('/console/settings/brakes');
      await page.fill('form[action$="/release"] [name=reason]', '고쳤음');
      await page.click('form[action$="/release"] button');
      await page.waitForURL(/done=settings-saved/);
      expect(await page.locator('form[action$="/release"]').count()).toBe(0);
      tell(page, 'admin', 'pause sending, and resume it');
      await page.context().close();
    });

    it(`an officer asks for another number, a manager approves it, and an auditor closes the flag (${how})`, async () => {
      const { id } = await service.register({
        departmentId: await service.departmentId('ROADS'),
        signedOn: '2026-03-24',
        startsOn: '2026-04-06',
      });
      const officer = await signedIn('officer', locale, script);
      await officer.goto(`/console/contracts/${id}`);
      await officer.locator('main a[href*="/contacts/"]').first().click();
      await officer.fill('[name=phone]', `010-0000-16${locale === 'ko' ? '01' : '02'}`);
      await officer.click('main form .actions button');
      await officer.waitForSelector('.notice.bad');
      await officer.fill('[name=reason]', '현장 대리인 변경');
      await officer.click('button[value=save]');
      await officer.waitForURL(/done=proposed/);
      tell(officer, 'officer', 'change a number, which waits for a second person');
      await officer.context().close();

      const [proposal] = await service.sql<{ id: string }>(
        `UPDATE proposal SET drawn_account_id = $2
         WHERE contract_id = $1 AND state = 'waiting' RETURNING id`,
        [id, ids.get('decider')],
      );
      const manager = await signedIn('decider', locale, script);
      await manager.click('main a[href="/console/proposals"]');
      await manager.locator(`main a[href="/console/proposals/${proposal?.id}"]`).first().click();
      expect(await manager.locator('.notice.bad').innerText()).toMatch(/\d/);
      await manager.click('form[action$="/approve"] button');
      await manager.waitForURL(/done=proposal-approved/);
      tell(manager, 'manager', 'decide what somebody asks for, from the home');
      await manager.context().close();

      const auditor = await signedIn('auditor', locale, script);
      await auditor.click('main a[href="/console/flags"]');
      await auditor.locator(`main a[href="/console/contracts/${id}/flags"]`).first().click();
      await auditor.selectOption('[name=finding]', 'explained');
      await auditor.fill('[name=note]', '회사에 확인함');
      await auditor.click('form[action$="/flags"] .actions button');
      await auditor.waitForURL(/done=/);
      tell(auditor, 'auditor', 'close a flag with a finding, from the home');
      await auditor.context().close();
    });

    it(`an admin changes a setting, and an auditor approves it (${how})`, async () => {
      const admin = await signedIn('admin', locale, script);
      await admin.click('nav a[href="/console/settings"]');
      await admin.click('main a[href="/console/settings/agency"]');
      await admin.fill('[name=graceHours]', locale === 'ko' ? '102' : '101');
      await admin.click('form[action$="/agency"] .actions button');
      await admin.waitForURL(/done=proposed/);
      const path = new URL(admin.url()).pathname;
      tell(admin, 'admin', 'change a setting, which waits for a second person');
      await admin.context().close();
      const auditor = await signedIn('auditor', locale, script);
      await auditor.click('main a[href="/console/proposals"]');
      await auditor.locator(`main a[href="${path}"]`).first().click();
      await auditor.click('form[action$="/approve"] button');
      await auditor.waitForURL(/done=proposal-approved/);
      tell(auditor, 'auditor', 'decide what an admin asks for, from the home');
      await auditor.context().close();
    });

    it(`a monitor sees figures, and is led to nothing else (${how})`, async () => {
      const page = await signedIn('monitor', locale, script);
      expect(await page.locator('nav a').allInnerTexts()).toHaveLength(2);
      const answer = await page.goto(`/console/contracts/${seen.contract}`);
      expect(answer?.status()).toBe(403);
      browser.complaints.splice(0);
      await page.context().close();
    });
  }

  it('a form from elsewhere, and one whose session is over, change nothing', async () => {
    const page = await signedIn('officer', 'ko', true);
    await page.goto(`/console/contracts/${seen.contract}/move/terminate`);
    const forged = await page.request.post(`/console/contracts/${seen.contract}/move/terminate`, {
      headers: { origin: 'https://elsewhere.example' },
      form: {
        step: 'save',
        on: '2026-03-25',
        _csrf: await page.inputValue('form[action$=terminate] [name=_csrf]'),
      },
    });
    expect(forged.status()).toBe(403);
    await service.sql(`DELETE FROM session`);
    await page.fill('[name=reason]', '공사를 그만둠');
    await page.click('button[value=save]');
    expect((await service.contract(seen.contract)).state).toBe('underway');
    // Behind the door the form stands as it was typed, and waits to be sent by the person.
    await page.fill('[name=email]', emails.get('officer') ?? '');
    await page.fill('[name=password]', password);
    await page.click('main button');
    await page.waitForSelector('button[value=save]');
    expect(await page.inputValue('[name=reason]')).toBe('공사를 그만둠');
    expect((await service.contract(seen.contract)).state).toBe('underway');
    browser.complaints.splice(0);
    await page.context().close();
  });

  it('an answer that is an error is not put into the page by the script, and the plan stays as it was', async () => {
    const page = await signedIn('officer', 'ko', true);
    await page.goto(`/console/contracts/${seen.contract}/change`);
    await page.fill('[name=endsOn]', '2027-03-31');
    await page.waitForSelector('#difference table');
    const before = await page.innerHTML('#difference');
    for (const [day, status] of [404, 422, 503].entries()) {
      await page.route('**/change', (route) =>
        route.fulfill({ status, contentType: 'text/html', body: '<h1 id="strange">다른 페이지</h1>' }),
      );
      const answered = page.waitForResponse((response) => response.status() === status);
      await page.fill('[name=endsOn]', `2027-04-0${day + 1}`);
      await (await answered).finished();
      await page.unroute('**/change');
    }
    // A later answer that is none shows that those before it were passed over.
    await page.fill('[name=endsOn]', '2027-03-31');
    await page.waitForResponse((response) => response.status() === 200);
    expect(await page.locator('#strange').count()).toBe(0);
    expect(await page.innerHTML('#difference')).toBe(before);
    browser.complaints.splice(0);
    await page.context().close();
  });

  it('a form whose session is over shows no difference, puts no door into the page, and loses nothing', async () => {
    const page = await signedIn('officer', 'ko', true);
    await page.goto(`/console/contracts/${seen.contract}/change`);
    await page.context().clearCookies({ name: cookieName });
    const refused = page.waitForResponse((response) => response.status() === 401);
    await page.fill('[name=endsOn]', '2027-03-31');
    await (await refused).finished();
    expect(await page.locator('[name=password]').count()).toBe(0);
    expect(await page.inputValue('[name=endsOn]')).toBe('2027-03-31');
    browser.complaints.splice(0);
    await page.context().close();
  });

  it('everything is reached by the keyboard alone', async () => {
    const page = await signedIn('officer', 'ko', true);
    await page.goto('/console/contracts');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    const reached = new Set<string>();
    for (let i = 0; i < 60; i += 1) {
      reached.add(String(await page.evaluate('document.activeElement.outerHTML.slice(0, 200)')));
      await page.keyboard.press('Tab');
    }
    const all = [...reached].join('\n');
    for (const wanted of [
      '/console/messages',
      'name="q"',
      'name="state"',
      '/console/contracts/new',
      'summary',
    ]) {
      expect(all).toContain(wanted);
    }
    await page.focus('.drop summary');
    await page.keyboard.press('Enter');
    expect(await page.locator('details.drop[open]').count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(await page.locator('details.drop[open]').count()).toBe(0);
    await page.context().close();
  });
});

function tableOf(told: Told[]): string {
  const hows = [...new Set(told.map(({ how }) => how))];
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const tasks = [...new Map(told.map((one) => [`${one.role} ${one.task}`, one])).values()];
  const cell = ({ role, task }: Told, how: string) => {
    const one = told.find((other) => other.role === role && other.task === task && other.how === how);
    return one ? `${one.fields} fields, ${one.clicks} clicks` : '–';
  };
  return [
    '# What each role does, and in how many steps',
    '',
    'Written by `npm run docs:tasks`, which does each task in a browser and counts the fields that it fills in and what it clicks on, from the',
    'home page (or the page that the task names) on. Do not edit: run it again.',
    '',
    line(['role', 'task', ...hows]),
    line(['---', '---', ...hows.map(() => '---')]),
    ...tasks
      .sort((a, b) => (a.role < b.role ? -1 : a.role > b.role ? 1 : 0))
      .map((one) => line([one.role, one.task, ...hows.map((how) => cell(one, how))])),
    '',
  ].join('\n');
}
