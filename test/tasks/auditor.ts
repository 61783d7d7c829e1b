import { type TaskGround, hows, tasksOf } from './ground.js';

/** What auditors do: what climbs to them, what looks odd, and who was told. */
export function auditorTasks(ground: () => TaskGround): void {
  const task = tasksOf('auditor', ground);

  task('from the home by a cell of the heat map to a contract', async (page) => {
    await page.click('nav a[href="/console/coverage"]');
    const cell = page.locator('td.heat-0').first();
    const called = Number(await cell.locator('.small').innerText());
    await cell.locator('a').click();
    await page.waitForURL(/\/console\/coverage\/milestones\?/);
    expect(await page.locator('tbody tr').count()).toBe(called);
    expect(await page.inputValue('[name=departmentId]')).toMatch(/^[0-9a-f-]{36}$/);
    const missed = page.locator('tbody tr', { has: page.locator('.tag.bad') });
    await missed.first().locator('a').first().click();
    await page.waitForURL(/\/console\/contracts\/[0-9a-f-]{36}$/);
  });

  task('from the home by a filter of the log to a message and its receipts', async (page) => {
    await page.click('nav a[href="/console/messages"]');
    await page.selectOption('[name=status]', 'delivered');
    await page.click('form.filters button >> nth=0');
    await page.waitForURL(/status=delivered/);
    await page.locator('tbody a[href^="/console/messages/"]').first().click();
    await page.waitForSelector('.steps li.good');
    expect(await page.locator('main').innerText()).toContain('010-****-');
  });

  task('find what was sent to a number', async (page) => {
    await page.click('nav a[href="/console/messages"]');
    await page.click('details:has(form[action$="/search"]) > summary');
    await page.fill('[name=number]', '010-0000-1201');
    await page.click('form[action$="/search"] button');
    await page.waitForSelector('tbody a[href^="/console/messages/"]');
    expect(page.url()).not.toContain('1201');
  });

  task('take note of what climbed the ladder, with what is done about it', async (page) => {
    await page.click('nav a[href="/console/ladder"]');
    const open = page.locator('tbody tr', { has: page.locator('form[action$="/acknowledge"]') }).first();
    await open.locator('summary').click();
    await open.locator('[name=note]').fill('부서에 전화함: 금요일까지 번호를 받기로 함');
    await open.locator('form button').click();
    await page.waitForURL(/done=ladder-acknowledged/);
  });

  task('take a flag to look into, from the home', async (page) => {
    await page.click('main a[href="/console/flags"]');
    await page.locator('tbody form[action$="/flags/assign"] button').first().click();
    await page.waitForURL(/done=/);
  });

  task('compare officers by what was changed before texts', async (page) => {
    await page.click('main a[href="/console/flags"]');
    await page.click('main a[href="/console/flags/officers"]');
    await page.waitForSelector('main table');
  });

  task('foresee the calls to the hotline, and open a day', async (page) => {
    await page.click('nav a[href="/console/outgoing"]');
    expect(await page.innerText('main .notice')).toMatch(/\d/);
    await page.locator('.month td:has(.tag.plan) a').first().click();
    await page.waitForURL(/day=/);
    expect(await page.locator('main .stack tbody tr').count()).toBeGreaterThan(0);
  });

  task('read a month’s report of the agency, to print it', async (page) => {
    await page.click('nav a[href="/console/figures"]');
    await page.click('main a[href="/console/figures/reports"]');
    await page.locator('main a[href^="/console/figures/report?"]').first().click();
    await page.waitForSelector('article.report #departments');
  });

  task('see what admins did to the agency’s texts', async (page) => {
    await page.click('nav a[href="/console/settings"]');
    await page.click('main a[href="/console/settings/history"]');
    await page.selectOption('[name=subject]', 'setting');
    await page.click('form.filters button >> nth=0');
    await page.waitForURL(/subject=setting/);
    expect(await page.locator('main tbody tr').count()).toBeGreaterThan(0);
  });

  it.each(hows)(
    'officer, manager and auditor: a number is asked for, decided and looked into ($name)',
    async (how) => {
      const { service } = ground();
      const { id } = await ground().contractOf();
      const officer = await ground().signedIn('officer', how);
      await officer.goto(`/console/contracts/${id}`);
      await officer.locator('main a[href*="/contacts/"]').first().click();
      await officer.fill('[name=phone]', `010-0000-16${how.locale === 'ko' ? '01' : '02'}`);
      await officer.click('main form .actions button');
      await officer.waitForSelector('.notice.bad');
      await officer.fill('[name=reason]', '현장 대리인 변경');
      await officer.click('button[value=save]');
      await officer.waitForURL(/done=proposed/);
      ground().tell(officer, how, 'officer', 'change a number, which waits for a second person');
      await officer.context().close();

      const [proposal] = await service.sql<{ id: string }>(
        `UPDATE proposal SET drawn_account_id = $2
       WHERE contract_id = $1 AND state = 'waiting' RETURNING id`,
        [id, ground().ids.get('decider')],
      );
      const manager = await ground().signedIn('decider', how);
      await manager.click('main a[href="/console/proposals"]');
      await manager.locator(`main a[href="/console/proposals/${proposal?.id}"]`).first().click();
      expect(await manager.locator('.notice.bad').innerText()).toMatch(/\d/);
      await manager.click('form[action$="/approve"] button');
      await manager.waitForURL(/done=proposal-approved/);
      ground().tell(manager, how, 'manager', 'decide what somebody asks for, from the home');
      await manager.context().close();

      const auditor = await ground().signedIn('auditor', how);
      await auditor.click('main a[href="/console/flags"]');
      await auditor.locator(`main a[href="/console/contracts/${id}/flags"]`).first().click();
      await auditor.selectOption('[name=finding]', 'explained');
      await auditor.fill('[name=note]', '회사에 확인함');
      await auditor.click('form[action$="/flags"] .actions button');
      await auditor.waitForURL(/done=/);
      ground().tell(auditor, how, 'auditor', 'close a flag with a finding, from the home');
      await auditor.context().close();
    },
  );
}
