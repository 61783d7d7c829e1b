import type { Page } from 'playwright-core';
import { ImportJobs } from '../../src/office/imports/jobs.js';
import { aContact, aCounterparty } from '../support/builders.js';
import { aSheet, unknownHeading } from '../support/brought-sheets.js';
import { type How, hows, type TaskGround, tasksOf } from './ground.js';

/** What officers do: their own contracts, from registering to the papers that they print. */
export function officerTasks(ground: () => TaskGround): void {
  const task = tasksOf('officer', ground);
  const contract = (id = ground().seen.contract) => ground().service.contract(id);

  task('register a contract, its plan read before', async (page, { locale, script }) => {
    await page.click('main a[href="/console/contracts/new"]');
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
  });

  task('find a contract by a part of its company’s name', async (page, { script }) => {
    const name = script ? '물푸레조경산업(주)' : '주식회사 느티나무조경';
    const { id } = await ground().contractOf({ counterparties: [aCounterparty({ name })] });
    await page.click('nav a[href="/console/contracts"]');
    await page.fill('[name=q]', script ? '푸레조경' : '느티나무');
    await page.click('form.filters button >> nth=0');
    await page.waitForURL(/q=/);
    expect(await page.locator('main tbody tr').count()).toBe(1);
    await page.click('main tbody a');
    await page.waitForURL(new RegExp(`${id}$`));
  });

  task('find a contract by the last four digits of a number', async (page, { script }) => {
    const digits = script ? '7341' : '7342';
    const contacts = [aContact({ phone: `010-0000-${digits}` })];
    const { id } = await ground().contractOf({ counterparties: [aCounterparty({ contacts })] });
    await page.click('nav a[href="/console/contracts"]');
    await page.fill('[name=q]', digits);
    await page.click('form.filters button >> nth=0');
    await page.waitForURL(/q=/);
    expect(await page.locator('main tbody tr').count()).toBe(1);
    await page.click('main tbody a');
    await page.waitForURL(new RegExp(`${id}$`));
  });

  task('see what goes out of one’s own in a month, and open the contract of a text', async (page) => {
    await page.click('nav a[href="/console/outgoing"]');
    await page.locator('.month td:has(.tag.plan) a').first().click();
    await page.waitForURL(/day=/);
    await page.locator('main .stack tbody a.reference').first().click();
    await page.waitForURL(/\/console\/contracts\/[0-9a-f-]{36}$/);
  });

  task('change a date, the difference seen before', async (page, { script }) => {
    await page.goto(`/console/contracts/${ground().seen.contract}`);
    await page.click('a[href$="/change"]');
    const before = await contract();
    await page.fill('[name=endsOn]', script ? '2027-01-29' : '2027-02-26');
    if (script) await page.locator('[name=endsOn]').blur();
    else await page.click('button[value=preview]');
    await page.waitForSelector('#difference table');
    expect((await contract()).endsOn).toBe(before.endsOn);
    await page.fill('[name=reason]', '공기 연장');
    await page.click('button[value=save]');
    await page.waitForURL(/done=amended/);
    expect((await contract()).endsOn).toBe(script ? '2027-01-29' : '2027-02-26');
  });

  task('record an occurrence, from the contract', async (page, { script }) => {
    await page.goto(`/console/contracts/${ground().seen.contract}`);
    const code = script ? 'progress-inspection' : 'final-payment';
    const folded = page.locator(`.steps details:has(> form input[value="${code}"])`).first();
    await folded.locator('summary').click();
    await folded.locator('button').first().click();
    await page.waitForURL(/done=recorded/);
    const { milestones } = await contract();
    expect(milestones.find((milestone) => milestone.code === code)?.occurredOn).toBe('2026-03-25');
  });

  task('record what was expected, by the work list', async (page) => {
    const { id, reference } = await aLateGrant(ground());
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
    expect((await contract(id)).milestones.find(({ code }) => code === 'disbursement')?.occurredOn).toBe(
      '2026-03-25',
    );
  });

  task('record what was expected of three contracts', async (page) => {
    const grants = [await aLateGrant(ground()), await aLateGrant(ground()), await aLateGrant(ground())];
    await page.click('main a[href="/console/work/unrecorded"]');
    for (const { reference } of grants)
      await page.locator('tbody tr', { hasText: reference }).locator('[type=checkbox]').click();
    await page.click('main form[method=post] .actions button');
    await page.waitForURL(/done=mended/);
    for (const { id } of grants)
      expect((await contract(id)).milestones.find(({ code }) => code === 'disbursement')?.occurredOn).toBe(
        '2026-03-25',
      );
  });

  task('give three people without a number their numbers', async (page, { script }) => {
    const quiet = { signedOn: '2026-01-05', startsOn: '2026-06-01', endsOn: '2026-12-01' };
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const counterparties = [aCounterparty({ contacts: [aContact({ phone: null })] })];
      ids.push((await ground().contractOf({ ...quiet, counterparties })).id);
    }
    await page.click('main a[href="/console/work/no-number"]');
    for (const [n, id] of ids.entries())
      await page.fill(`[name^="phone.${id}"]`, `010-0000-17${script ? '0' : '1'}${n}`);
    await page.click('main form[method=post] .actions button');
    await page.waitForURL(/done=mended/);
    for (const id of ids)
      expect((await contract(id)).counterparties[0]?.contacts[0]?.phone).toMatch(/^010-\*{4}-17/);
  });

  task('print the notice that goes with a contract’s papers', async (page) => {
    await page.goto(`/console/contracts/${ground().seen.contract}`);
    await page.click('main a[href$="/notice"]');
    await page.waitForSelector('svg.qr');
    expect(await page.innerText('main')).toContain('/register');
  });

  sheetTasks(ground);
}

/** A grant whose money should have been paid by now. */
async function aLateGrant(ground: TaskGround) {
  return ground.contractOf({ kind: 'grant', signedOn: '2026-02-02', startsOn: '2026-02-09' });
}

/** A worker comes by; with script the page sees it by itself, without it the person looks again. */
async function step(ground: TaskGround, page: Page, id: string, { script }: How, then: string) {
  await page.waitForSelector('#progress');
  await ground.service.app.get(ImportJobs).runImport(id);
  if (!script) await page.click('#progress a');
  await page.waitForSelector(then);
}

function sheetTasks(ground: () => TaskGround): void {
  it.each(hows)('officer: bring a sheet of an unknown heading in, and undo it ($name)', async (how) => {
    const { script } = how;
    const { service } = ground();
    const number = script ? '0171' : '0172';
    const row = {
      reference: `C-2026-${number}`,
      title: '소나무길 포장공사',
      phone: `010-0000-1${number.slice(1)}`,
    };
    const heading = `${unknownHeading} ${script ? '가' : '나'}`;
    const content = aSheet([row], { isOdd: true }).replace(unknownHeading, heading);
    const page = await ground().signedIn('officer', how);
    await page.click('nav a[href="/console/imports"]');
    const file = { name: 'contracts.csv', mimeType: 'text/csv', buffer: Buffer.from(content) };
    await page.setInputFiles('[name=file]', file);
    await page.click('form[enctype] button');
    await page.waitForURL(/\/console\/imports\/[0-9a-f-]{36}$/);
    const id = page.url().slice(-36);
    await step(ground(), page, id, how, 'table select');

    const unknown = page.locator('tbody tr', { hasText: heading });
    expect(await unknown.innerText()).not.toContain(row.phone);
    await unknown.locator('select').selectOption('');
    await page.click('form[action$="/columns"] button');
    await page.waitForSelector('.notice.bad');
    ground().browser.complaints.splice(0);
    await page.locator('tbody tr', { hasText: heading }).locator('select').selectOption('phone');
    await page.click('form[action$="/columns"] button');
    await step(ground(), page, id, how, 'form[action$="/apply"]');

    expect(await page.locator('main').innerText()).toContain(row.reference);
    expect(await service.sql(`SELECT 1 FROM contract WHERE reference = $1`, [row.reference])).toEqual([]);
    await page.click('form[action$="/apply"] button');
    await step(ground(), page, id, how, 'main a[href="/console/contracts"]');
    await page.locator('tbody a', { hasText: row.reference }).click();
    await page.waitForURL(/\/console\/contracts\/[0-9a-f-]{36}$/);
    expect((await service.contract(page.url().slice(-36))).state).toBe('signed');
    const brought = 'bring a sheet in: one heading said wrong and mended, previewed, applied, looked at';
    ground().tell(page, how, 'officer', brought);

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
    ground().tell(page, how, 'officer', 'undo an import');
    await page.context().close();
  });
}
