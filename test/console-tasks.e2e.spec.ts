import { cookieName } from './support/page-client.js';
import { describeInBrowser } from './support/browser.js';
import { adminTasks } from './tasks/admin.js';
import { auditorTasks } from './tasks/auditor.js';
import { emailOf, type How, hows, password, TaskGround } from './tasks/ground.js';
import { managerTasks } from './tasks/manager.js';
import { monitorTasks } from './tasks/monitor.js';
import { officerTasks } from './tasks/officer.js';

/** `DOCS=tasks`, as `npm run docs:tasks` sets it: writes docs/tasks.md. */
const writesTable = process.env['DOCS'] === 'tasks';

const withScript: How = { locale: 'ko', script: true, name: 'ko, with script' };

describeInBrowser('people at their tasks', () => {
  let ground: TaskGround;

  beforeAll(async () => {
    ground = await TaskGround.start();
  });
  afterAll(async () => {
    if (writesTable) ground.writeTable();
    await ground.close();
  });

  officerTasks(() => ground);
  managerTasks(() => ground);
  auditorTasks(() => ground);
  adminTasks(() => ground);
  monitorTasks(() => ground);

  it.each(hows)('an officer is told what is wrong, and loses nothing ($name)', async (how) => {
    const page = await ground.signedIn('officer', how);
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
      how.locale === 'ko' ? /이미 등록/ : /registered already/,
    );
    await page.context().close();
  });

  it.each(hows)('an officer is told why a file is not taken, and what to do ($name)', async (how) => {
    const page = await ground.signedIn('officer', how);
    const heard = async (name: string, buffer: Buffer) => {
      await page.goto('/console/imports');
      if (buffer.length > 0 || name) await page.setInputFiles('[name=file]', { name, mimeType: '', buffer });
      await page.click('form[enctype] button');
      await page.waitForSelector('#error-file');
      return page.innerText('#error-file');
    };
    const old = Buffer.concat([
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
      Buffer.alloc(3_000_000),
    ]);
    expect(await heard('old.xls', old)).toContain('.xlsx');
    expect(await heard('', Buffer.alloc(0))).toMatch(how.locale === 'ko' ? /파일을 골라/ : /Choose a file/);
    expect(await heard('empty.csv', Buffer.alloc(0))).toMatch(how.locale === 'ko' ? /내용이 없/ : /empty/);
    ground.browser.complaints.splice(0);
    await page.context().close();
  });

  it('a form from elsewhere, and one whose session is over, change nothing', async () => {
    const page = await ground.signedIn('officer', withScript);
    await page.goto(`/console/contracts/${ground.seen.contract}/move/terminate`);
    const forged = await page.request.post(`/console/contracts/${ground.seen.contract}/move/terminate`, {
      headers: { origin: 'https://elsewhere.example' },
      form: {
        step: 'save',
        on: '2026-03-25',
        _csrf: await page.inputValue('form[action$=terminate] [name=_csrf]'),
      },
    });
    expect(forged.status()).toBe(403);
    await ground.service.sql(`DELETE FROM session`);
    await page.fill('[name=reason]', '공사를 그만둠');
    await page.click('button[value=save]');
    expect((await ground.service.contract(ground.seen.contract)).state).toBe('underway');
    // Behind the door the form stands as it was typed, and waits to be sent by the person.
    await page.fill('[name=email]', emailOf('officer'));
    await page.fill('[name=password]', password);
    await page.click('main button');
    await page.waitForSelector('button[value=save]');
    expect(await page.inputValue('[name=reason]')).toBe('공사를 그만둠');
    expect((await ground.service.contract(ground.seen.contract)).state).toBe('underway');
    ground.browser.complaints.splice(0);
    await page.context().close();
  });

  it('an answer that is an error is not put into the page by the script, and the plan stays as it was', async () => {
    const page = await ground.signedIn('officer', withScript);
    await page.goto(`/console/contracts/${ground.seen.contract}/change`);
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
    ground.browser.complaints.splice(0);
    await page.context().close();
  });

  it('a form whose session is over shows no difference, puts no door into the page, and loses nothing', async () => {
    const page = await ground.signedIn('officer', withScript);
    await page.goto(`/console/contracts/${ground.seen.contract}/change`);
    await page.context().clearCookies({ name: cookieName });
    const refused = page.waitForResponse((response) => response.status() === 401);
    await page.fill('[name=endsOn]', '2027-03-31');
    await (await refused).finished();
    expect(await page.locator('[name=password]').count()).toBe(0);
    expect(await page.inputValue('[name=endsOn]')).toBe('2027-03-31');
    ground.browser.complaints.splice(0);
    await page.context().close();
  });

  it('everything is reached by the keyboard alone', async () => {
    const page = await ground.signedIn('officer', withScript);
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

  it('texts are found by words of their name and of themselves, which are marked, with and without script', async () => {
    const page = await ground.signedIn('admin', withScript);
    await page.goto('/console/settings/templates');
    await page.fill('[name=q]', '착공 영어');
    const found = page.locator('#found li');
    await found.first().waitFor();
    for (const text of await found.allInnerTexts()) expect(text).toMatch(/착공.*영어/s);
    await page.fill('[name=q]', 'GIFT');
    await page.locator('#found mark', { hasText: 'gift' }).first().waitFor();
    const texts = await found.allInnerTexts();
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(text).toMatch(/영어.*gift/is);
    await page.context().close();

    const plain = await ground.signedIn('admin', { ...withScript, script: false });
    await plain.goto('/console/settings/templates');
    await plain.fill('[name=q]', 'Gift');
    await plain.keyboard.press('Enter');
    await plain.locator('#found mark', { hasText: 'gift' }).first().waitFor();
    expect(await plain.locator('#found li').allInnerTexts()).toEqual(texts);
    await plain.fill('[name=q]', '(.*)');
    await plain.keyboard.press('Enter');
    await plain.waitForURL(/q=%28/);
    expect(await plain.locator('#found li').count()).toBe(0);
    await plain.context().close();
  });

  it('the list of people shows what has the words that are typed above it', async () => {
    const page = await ground.signedIn('admin', withScript);
    await page.goto('/console/settings/people');
    await page.fill('#narrow', 'decider.tasks');
    expect(await page.locator('[data-person]:visible').count()).toBe(1);
    expect(await page.innerText('[data-narrows] [role=status]')).toBe('1건');
    await page.context().close();
  });
});
