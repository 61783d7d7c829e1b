import type { Page } from 'playwright-core';
import { Browser, describeInBrowser } from './support/browser.js';
import { aContact, aCounterparty } from './support/builders.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

// Pages that are open look by themselves for what is new. It is Tuesday 3 March 2026, 11:00 in Seoul.
let service: TestService;
let officer: PageClient;
let auditor: PageClient;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-03T11:00:00+09:00');
  officer = await service.person('officer', await service.departmentId('ROADS'));
  auditor = await service.person('auditor');
});
afterAll(() => service.close());

const markOn = ({ body }: { body: string }) => /"chorong-look":"([\w-]+)"/.exec(body)?.[1] ?? '';

/** Registers a contract whose only person has no number, and waits until pages would be made anew for it. */
async function withoutNumber(reference: string) {
  const mark = async () => markOn(await officer.get('/console/work'));
  const before = await mark();
  const contract = await service.register({
    reference,
    signedOn: '2026-01-05',
    startsOn: '2026-06-01',
    endsOn: '2026-12-01',
    counterparties: [aCounterparty({ contacts: [aContact({ phone: null })] })],
  });
  await until('the mark of pages is another', async () => (await mark()) !== before);
  return contract;
}

it.each([
  '/console',
  '/console/work',
  '/console/work/no-number',
  '/console/outgoing',
  '/console/outgoing?day=2026-03-09&whose=all',
  '/console/messages',
  '/console/imports',
  '/console/flags',
  '/console/figures',
])('%s is made again when something was written, and not before', async (path) => {
  const reader = /flags|figures/.test(path) ? auditor : officer;
  const mark = markOn(await reader.get(path));
  const looks = (of = mark) => reader.get(path, { 'chorong-look': of, 'hx-request': 'true' });
  const unchanged = await looks();
  expect([unchanged.status, unchanged.body]).toEqual([204, '']);
  await withoutNumber(`L${path.replaceAll(/\W+/g, '-').slice(-20)}`);
  const changed = await looks();
  expect(changed.status).toBe(200);
  expect(markOn(changed)).not.toBe(mark);
  expect((await looks(markOn(changed))).status).toBe(204);
});

it('nobody is answered without a session, nor led away from what they have typed', async () => {
  const person = await service.newcomer('officer', await service.departmentId('ROADS'));
  const mark = markOn(await person.get('/console/work'));
  await service.sql(
    `UPDATE session SET created_at = created_at - interval '13 hours' WHERE account_id = (SELECT max(id::text)::uuid FROM account)`,
  );
  const { status, body, headers } = await person.get('/console/work', {
    'chorong-look': mark,
    'hx-request': 'true',
  });
  expect([status, body, headers['hx-redirect']]).toEqual([401, '', undefined]);
});

it('a page that looks keeps no session from ending', async () => {
  const seenFor = async (headers: Record<string, string>) => {
    await service.sql(`UPDATE session SET last_seen_at = clock_timestamp() - interval '10 minutes'`);
    await officer.get('/console/work', headers);
    const [row] = await service.sql<{ fresh: boolean }>(
      `SELECT bool_or(last_seen_at > clock_timestamp() - interval '1 minute') AS fresh FROM session`,
    );
    return row?.fresh;
  };
  expect(await seenFor({ 'chorong-look': 'old' })).toBe(false);
  expect(await seenFor({})).toBe(true);
});

it('a form that is shown again does not look: it would change under whoever puts it right', async () => {
  const { id } = await withoutNumber('L-again');
  const contact = (await service.contract(id)).counterparties[0]?.contacts[0]?.id ?? '';
  const shown = await officer.post('/console/work/no-number', { [`phone.${id}.${contact}`]: '12' });
  expect([shown.status, markOn(shown)]).toEqual([422, '']);
});

describeInBrowser('a page that is open', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await Browser.of(service);
  });
  afterAll(() => browser.close());

  async function opened(path: string, as = officer) {
    const page = await browser.page({ as, locale: 'ko' });
    await page.clock.install();
    await page.goto(path);
    await page.evaluate(`document.body.dataset.stays = 'yes'`);
    await page.mouse.move(0, 0);
    return page;
  }
  const news = (page: Page) => page.innerText('.live [role=status]');
  const row = (page: Page, reference: string) => page.getByRole('link', { name: reference, exact: true });
  const asked = (page: Page) => {
    const calls: string[] = [];
    page.on('request', (request) => {
      if (request.headers()['chorong-look'] !== undefined) calls.push(request.url());
    });
    return calls;
  };

  it('shows what came, says so politely, and keeps its place', async () => {
    const page = await opened('/console/work/no-number');
    const calls = asked(page);
    await page.clock.runFor('00:29');
    expect([calls.length, await news(page)]).toEqual([0, '']);
    await withoutNumber('L-came');
    await page.clock.runFor('00:02');
    await row(page, 'L-came').waitFor();
    expect(await news(page)).toMatch(/새로 고쳤습니다/);
    expect(await page.evaluate('document.body.dataset.stays')).toBe('yes');
    await page.context().close();
  });

  it.each<[string, (page: Page) => Promise<unknown>]>([
    ['something was typed', (page) => page.fill('#live input[name^=phone]', '010-0000-33')],
    ['something has the focus', (page) => page.focus('#live a.reference')],
    [
      'something is selected',
      (page) => page.evaluate(`getSelection().selectAllChildren(document.querySelector('#live tbody tr'))`),
    ],
    ['it is not seen', (page) => page.evaluate(`Object.defineProperty(document, 'hidden', { value: true })`)],
    ['it was told not to', (page) => page.uncheck('.live input')],
  ])('does not look while %s', async (_what, begin) => {
    const page = await opened('/console/work/no-number');
    const calls = asked(page);
    await begin(page);
    await page.evaluate('document.querySelector("[name^=phone]")?.value && document.activeElement.blur()');
    await withoutNumber(`L-${Math.random().toString(36).slice(2, 8)}`);
    await page.clock.runFor('01:05');
    expect(calls).toEqual([]);
    await page.context().close();
  });

  it('remembers that it was told not to, and looks at once when it may again', async () => {
    const page = await opened('/console/work');
    await page.uncheck('.live input');
    await page.goto('/console/outgoing');
    expect(await page.isChecked('.live input')).toBe(false);
    const looked = page.waitForRequest((request) => request.headers()['chorong-look'] !== undefined);
    await page.check('.live input');
    await looked;
    await page.context().close();
  });

  it('of a text shows what becomes of it', async () => {
    await service.register({ signedOn: '2026-03-02' });
    await service.advanceTo('2026-03-04T10:30:00+09:00');
    const [message] = await service.sql<{ id: string }>(`SELECT id FROM message ORDER BY id DESC LIMIT 1`);
    await service.sql(`UPDATE message SET status = 'sent', final_at = NULL WHERE id = $1`, [message?.id]);
    const page = await opened(`/console/messages/${message?.id}`, auditor);
    expect(await page.locator('#live .tag.good').count()).toBe(0);
    await service.sql(`UPDATE message SET status = 'delivered' WHERE id = $1`, [message?.id]);
    await withoutNumber('L-beside');
    await page.clock.runFor('00:06');
    await page.locator('#live .tag.good').first().waitFor();
    expect(await page.evaluate('document.body.dataset.stays')).toBe('yes');
    await page.context().close();
  });

  it('says nothing that a browser complains of', () => {
    expect(browser.complaints).toEqual([]);
  });
});
