import type { Page } from 'playwright-core';
import { aContact, aCounterparty } from '../support/builders.js';
import { type TaskGround, tasksOf } from './ground.js';

/** Chooses an officer by name, beside which their department stands. */
async function chooseOfficer(page: Page, field: string, name: string): Promise<void> {
  const option = page.locator(`[name=${field}] option`, { hasText: name });
  await page.selectOption(`[name=${field}]`, await option.getAttribute('value'));
}

/** What managers do: their department's work, its people, and what is reported of it. */
export function managerTasks(ground: () => TaskGround): void {
  const task = tasksOf('manager', ground);

  task('hand an officer’s contracts over, counted before', async (page) => {
    await ground().contractOf({ staffNumber: 'H-1043' });
    await page.click('nav a[href="/console/settings"]');
    await page.click('a[href="/console/settings/hand-over"]');
    await chooseOfficer(page, 'from', '박노을');
    await chooseOfficer(page, 'to', '김하늘');
    await page.fill('[name=reason]', '인사 이동');
    await page.click('button[value=preview]');
    await page.waitForSelector('.notice.wait');
    await page.click('button[value=save]');
    await page.waitForURL(/done=handed-over/);
  });

  task('see what waits of one officer’s work', async (page) => {
    await page.click('nav a[href="/console/work"]');
    await chooseOfficer(page, 'officerId', '김하늘');
    await page.click('form.filters button >> nth=0');
    await page.waitForURL(/officerId=/);
    await page.locator('main tbody strong a').first().click();
    await page.waitForURL(/\/console\/work\/[\w-]+\?officerId=/);
    expect(await page.locator('main tbody tr').count()).toBeGreaterThan(0);
  });

  task('give a person without a number theirs, from the home', async (page, { script }) => {
    const quiet = { signedOn: '2026-01-05', startsOn: '2026-06-01', endsOn: '2026-12-01' };
    const counterparties = [aCounterparty({ contacts: [aContact({ phone: null })] })];
    const { id } = await ground().contractOf({ ...quiet, counterparties });
    await page.click('main a[href="/console/work/no-number"]');
    await page.fill(`[name^="phone.${id}"]`, `010-0000-172${script ? '0' : '1'}`);
    await page.click('main form[method=post] .actions button');
    await page.waitForURL(/done=mended/);
  });

  task('read a month’s report of the department, to print it', async (page) => {
    await page.click('nav a[href="/console/figures/reports"]');
    await page.locator('main a[href^="/console/figures/report?"]').first().click();
    await page.waitForSelector('article.report #departments');
    expect(await page.innerText('article.report .lead')).toMatch(/도로과|Roads/);
  });

  task('see what the department sends in a month, and open the contract of a text', async (page) => {
    await page.click('nav a[href="/console/outgoing"]');
    await page.locator('.month td:has(.tag.plan) a').first().click();
    await page.waitForURL(/day=/);
    await page.locator('main .stack tbody a.reference').first().click();
    await page.waitForURL(/\/console\/contracts\/[0-9a-f-]{36}$/);
  });

  task('read the department’s coverage, down to the contracts that were missed', async (page) => {
    await page.click('nav a[href="/console/coverage"]');
    await page.locator('section[aria-labelledby=because] tbody a').first().click();
    await page.waitForURL(/\/console\/coverage\/milestones\?/);
    expect(await page.locator('main tbody tr').count()).toBeGreaterThan(0);
  });

  task('read what became of a text of the department', async (page) => {
    await page.click('nav a[href="/console/messages"]');
    await page.selectOption('[name=status]', 'delivered');
    await page.click('form.filters button >> nth=0');
    await page.waitForURL(/status=/);
    await page.locator('tbody a[href^="/console/messages/"]').first().click();
    await page.waitForSelector('.steps li');
  });

  task('download the department’s message log for Excel', async (page) => {
    await page.click('nav a[href="/console/messages"]');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('a[download][href*="xlsx"]').first().click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/\.xlsx$/);
  });

  task('find a contract of any officer by its company’s name', async (page, { script }) => {
    const name = script ? '참나무토건(주)' : '소나무토건(주)';
    await ground().contractOf({ counterparties: [aCounterparty({ name })], staffNumber: 'H-1043' });
    await page.click('nav a[href="/console/contracts"]');
    await page.fill('[name=q]', name.slice(0, 4));
    await page.click('form.filters button >> nth=0');
    await page.waitForURL(/q=/);
    await page.click('main tbody a');
    await page.waitForURL(/\/console\/contracts\/[0-9a-f-]{36}$/);
  });
}
