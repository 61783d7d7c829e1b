import type { Page } from 'playwright-core';
import { OwnAccountService } from '../src/office/accounts/own-account.service.js';
import { ok } from './support/api-client.js';
import { Browser, describeInBrowser } from './support/browser.js';
import { signedIn } from './support/entered.js';
import { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

const password = 'nine lanterns at the gate';

describeInBrowser('a session that is about to end', () => {
  let service: TestService;
  let browser: Browser;
  let roads: string;
  let people = 0;

  beforeAll(async () => {
    service = await startService();
    await service.startAt('2026-03-02T09:00:00+09:00');
    roads = await service.departmentId('ROADS');
    browser = await Browser.of(service);
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  async function officer() {
    const email = `tired-${(people += 1)}@hanbit.example`;
    const account = { email, name: '서온누리', role: 'officer', departmentId: roads };
    const { link } = ok(await service.admin.post<{ link: string }>('/accounts', account));
    const own = service.app.get(OwnAccountService);
    const { token } = await signedIn(own.acceptLink(link.split('/').at(-1) ?? '', password));
    return { email, as: new PageClient(service.app, token) };
  }

  /** Somebody who has typed into a form, and then nothing for so long. */
  async function typing(as: PageClient) {
    const context = await browser.context({ as, locale: 'ko' });
    const page = await context.newPage();
    await page.clock.install();
    await page.goto('/console/contracts/new');
    await page.fill('[name=title]', '은하로 보도정비공사');
    return { context, page };
  }
  const alertOf = (page: Page) => page.locator('#session[role=alert]');
  const focused = (page: Page) => page.evaluate<string>(`document.activeElement.getAttribute('name')`);
  const title = (page: Page) => page.inputValue('[name=title]');
  const csrfOf = (page: Page) => page.inputValue('form[action$="/new"] [name=_csrf]');

  it('is announced without taking the focus, and goes on at a press', async () => {
    const { as } = await officer();
    const { context, page } = await typing(as);
    await page.clock.runFor('23:00');
    expect(await alertOf(page).innerText()).toBe('');
    await service.sql(`UPDATE session SET last_seen_at = last_seen_at - interval '25 minutes'`);
    await page.clock.runFor('02:00');
    expect(await alertOf(page).innerText()).toContain('5분 안에 접속이 끝납니다');
    expect(await focused(page)).toBe('title');
    await page.click('[data-stay]');
    await alertOf(page).getByText('접속이 이어집니다').waitFor();
    expect([await focused(page), await title(page)]).toEqual(['title', '은하로 보도정비공사']);
    const fresh = `SELECT 1 FROM session WHERE last_seen_at > clock_timestamp() - interval '1 minute'`;
    expect((await service.sql(fresh)).length).toBeGreaterThan(0);
    await context.close();
  });

  it('that has ended is begun again in a new window, and what was typed stays and can be sent', async () => {
    const { email, as } = await officer();
    const { context, page } = await typing(as);
    await service.sql(`UPDATE session SET created_at = created_at - interval '13 hours'`);
    const before = await csrfOf(page);
    await page.clock.runFor('30:00');
    expect(await alertOf(page).innerText()).toContain('새 창에서 다시 로그인');
    const [window] = await Promise.all([context.waitForEvent('page'), page.click('#session a')]);
    await window.fill('[name=email]', email);
    await window.fill('[name=password]', password);
    await window.click('main form button');
    await window.getByText('이 창을 닫고 하던 일을 계속하세요').waitFor();
    await alertOf(page).getByText('접속이 이어집니다').waitFor();
    expect(await title(page)).toBe('은하로 보도정비공사');
    expect(await csrfOf(page)).not.toBe(before);
    await page.click('form[action$="/new"] button:not([formaction])');
    await page.locator('[data-focus]').waitFor();
    // What is wrong is what is missing, and not that the form is stale.
    expect([await title(page), await page.content()]).toEqual([
      '은하로 보도정비공사',
      expect.stringContaining('action="/console/contracts/new"'),
    ]);
    await context.close();
  });

  it('is not gone on with by somebody else who signs in here', async () => {
    const [one, other] = [await officer(), await officer()];
    const { context, page } = await typing(one.as);
    const before = await csrfOf(page);
    const window = await context.newPage();
    await window.goto('/console/sign-in?again=on');
    await window.fill('[name=email]', other.email);
    await window.fill('[name=password]', password);
    await window.click('main form button');
    await alertOf(page).getByText('새 창에서 다시 로그인하면').waitFor();
    expect([await csrfOf(page), await title(page)]).toEqual([before, '은하로 보도정비공사']);
    await context.close();
  });

  it('asks to sign in again before its twelfth hour is over, which nothing puts off', async () => {
    const { as } = await officer();
    await service.sql(`UPDATE session SET created_at = created_at - interval '11 hours 56 minutes'`);
    const { context, page } = await typing(as);
    await page.clock.runFor('00:06');
    expect(await alertOf(page).innerText()).toContain('새 창에서 다시 로그인하면');
    await context.close();
  });
});
