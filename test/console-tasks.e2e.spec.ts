import type { Page } from 'playwright-core';
import type { Role } from '../src/access/roles.js';
import { ok } from './support/api-client.js';
import { Browser, describeInBrowser } from './support/browser.js';
import { aCityToLookAt } from './support/city-to-look-at.js';
import type { Seen } from './support/pages-to-look-at.js';
import { startService, type TestService } from './support/service.js';

const password = 'nine lanterns at the gate';

describeInBrowser('people at their tasks', () => {
  let service: TestService;
  let browser: Browser;
  let seen: Seen;
  const emails = new Map<Role, string>();
  const links = new Map<Role, string>();
  /** Clicks, and keys that go to another field or page, of each task: what docs/roles tell. */
  const steps: string[] = [];

  beforeAll(async () => {
    service = await startService();
    seen = await aCityToLookAt(service);
    for (const role of ['officer', 'manager', 'admin', 'auditor', 'monitor'] as const) {
      emails.set(role, await account(role));
    }
    browser = await Browser.of(service);
    for (const link of links.values()) await acceptInvitation(link);
  }, 120_000);
  afterAll(async () => {
    process.stdout.write(`${steps.join('\n')}\n`);
    expect(browser.complaints).toEqual([]);
    await browser.close();
    await service.close();
  });

  async function account(role: Role): Promise<string> {
    const email = `${role}.tasks@hanbit.example`;
    const departmentId = role === 'admin' || role === 'auditor' ? null : await service.departmentId('ROADS');
    const invited = await service.admin.post<{ link: string }>('/accounts', {
      email,
      name: '한여울',
      role,
      departmentId,
    });
    links.set(role, new URL(ok(invited).link).pathname);
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
  async function signedIn(role: Role, locale: 'ko' | 'en', javaScriptEnabled: boolean): Promise<Page> {
    const page = await browser.page({ javaScriptEnabled });
    await page.context().addCookies([{ name: 'chorong-locale', value: locale, url: browser.origin }]);
    await page.goto('/console');
    await page.fill('[name=email]', emails.get(role) ?? '');
    await page.fill('[name=password]', password);
    await page.click('main button');
    await page.waitForURL(/\/console$/);
    return page;
  }

  for (const { locale, script } of [
    { locale: 'ko', script: true },
    { locale: 'en', script: false },
  ] as const) {
    const how = `${locale}, ${script ? 'with' : 'without'} script`;

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
      steps.push(`officer, register a contract: 11 fields, 2 clicks (${how})`);
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
      steps.push(`officer, change a date: 2 fields, 2 clicks (${how})`);
      await page.context().close();
    });

    it(`an officer records an occurrence in two clicks (${how})`, async () => {
      const page = await signedIn('officer', locale, script);
      await page.goto(`/console/contracts/${seen.contract}`);
      const code = script ? 'progress-inspection' : 'final-payment';
      const folded = page.locator(`.steps details:has(> form input[value="${code}"])`).first();
      await folded.locator('summary').click();
      await folded.locator('button').click();
      await page.waitForURL(/done=recorded/);
      const { milestones } = await service.contract(seen.contract);
      expect(milestones.find((milestone) => milestone.code === code)?.occurredOn).toBe('2026-03-25');
      steps.push(`officer, record an occurrence: 2 clicks (${how})`);
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
      steps.push(`auditor, from the log to a message's receipts: 1 field, 3 clicks (${how})`);
      await page.context().close();
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
    await page.click('button[value=save]');
    await page.waitForURL(/\/console\/sign-in/);
    expect((await service.contract(seen.contract)).state).toBe('underway');
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
