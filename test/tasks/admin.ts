import { type TaskGround, hows, tasksOf } from './ground.js';

/** What admins do: settings, texts and plans, people, and what stops the sending. */
export function adminTasks(ground: () => TaskGround): void {
  const task = tasksOf('admin', ground);

  task('invite a person', async (page, { locale }) => {
    await page.click('nav a[href="/console/settings"]');
    await page.click('a[href="/console/settings/people"]');
    await page.fill('[name=name]', '서온누리');
    await page.fill('[name=email]', `newcomer-${locale}@hanbit.example`);
    await page.selectOption('[name=role]', 'admin');
    await page.click('form[action$="/people"] button');
    await page.waitForSelector('code.secret');
    expect(await page.innerText('code.secret')).toMatch(/\/console\/welcome\/[\w-]{43}$/);
  });

  task('enter a new officer, with their staff number', async (page, { script }) => {
    await page.click('nav a[href="/console/settings"]');
    await page.click('a[href="/console/settings/departments"]');
    await page
      .locator('tbody a', { hasText: /도로과|Roads/ })
      .first()
      .click();
    await page.fill('form[action$="/officers"] [name=name]', '남가온');
    await page.fill('[name=staffNumber]', `H-105${script ? '1' : '2'}`);
    await page.click('form[action$="/officers"] .actions button');
    await page.waitForURL(/done=/);
    expect(await page.innerText('main')).toContain(`H-105${script ? '1' : '2'}`);
  });

  task('pause sending, and resume it', async (page) => {
    await page.goto('/console/settings/brakes');
    await page.selectOption('[name=what]', 'agency:all');
    await page.fill('form[action$="/brakes"] [name=reason]', '공휴일 목록을 고치는 중');
    await page.click('form[action$="/brakes"] button');
    await page.click('button[name=step][value=save]');
    await page.waitForURL(/done=brake-for-a-day/);
    await page.goto('/console');
    expect(await page.locator('.notice.wait').first().innerText()).toContain('공휴일 목록을 고치는 중');
    await page.goto('/console/settings/brakes');
    await page.fill('form[action$="/release"] [name=reason]', '고쳤음');
    await page.click('form[action$="/release"] button');
    await page.waitForURL(/done=settings-saved/);
    expect(await page.locator('form[action$="/release"]').count()).toBe(0);
  });

  task(
    'edit a text with its phone beside it, and put it in force from a day',
    async (page, { locale, script }) => {
      const key = `${locale}/works/commencement`;
      await page.click('nav a[href="/console/settings"]');
      await page.click('a[href="/console/settings/templates"]');
      await page
        .locator(`main ul a[href*="${encodeURIComponent(key)}"]`)
        .first()
        .click();
      await page.waitForSelector('#preview .bubble');
      const body = await page.inputValue('[name=body]');
      await page.fill('[name=body]', `${body.trim()} ★`);
      if (script) await page.locator('#preview', { hasText: '★' }).waitFor();
      else {
        await page.click('button[value=show]');
        expect(await page.innerText('#preview')).toContain('★');
      }
      await page.fill('[name=fromOn]', '2026-04-01');
      await page.click('button[value=save]');
      await page.waitForURL(/done=/);
      await ground().service.approveWaiting();
      await page.goto(`/console/settings/templates/text?key=${key}`);
      expect(await page.innerText('main .panel')).toMatch(/2026년 4월 1일|1 Apr 2026/);
    },
  );

  task('change a field of a plan, with a contract’s dates beside it', async (page, { script }) => {
    await page.click('nav a[href="/console/settings"]');
    await page.click('a[href="/console/settings/plans"]');
    await page.locator('main a[href*="plan%3Aservice"]').first().click();
    const row = page.locator('form details.panel').first();
    await row.locator('summary').first().click();
    await row.locator('[name^=offset-]').fill(script ? '2' : '3');
    if (script) await page.locator('#timeline').first().waitFor();
    else await page.click('button[value=show]');
    await page.fill('[name=reason]', '하루 더 빨리 알림');
    await page.click('button[value=save]');
    await page.waitForURL(/done=/);
    await ground().service.approveWaiting();
  });

  task('add a day on which nothing is sent, the moved alerts seen before', async (page, { script }) => {
    const day = script ? '2026-04-08' : '2026-04-09';
    await page.click('nav a[href="/console/settings"]');
    await page.click('a[href="/console/settings/calendar"]');
    const closed = await page.inputValue('[name=closed]');
    await page.fill('[name=closed]', `${closed}\n${day}`.trim());
    await page.fill('[name=reason]', '임시 휴무');
    await page.click('button[value=preview]');
    await page.waitForSelector('main .notice');
    await page.click('button[value=save]');
    await page.waitForURL(/done=/);
    await ground().service.approveWaiting();
  });

  task('from the dashboard to those who were not told, and why', async (page) => {
    await page.click('nav a[href="/console/figures"]');
    await page.locator('section:has(#because) tbody a').first().click();
    await page.waitForURL(/\/console\/coverage\/milestones\?/);
    expect(await page.locator('main tbody tr').count()).toBeGreaterThan(0);
  });

  task('reset a person’s password', async (page) => {
    await page.click('nav a[href="/console/settings"]');
    await page.click('a[href="/console/settings/people"]');
    await page.locator('tbody tr', { hasText: 'decider.tasks@' }).locator('a').click();
    await page.click('form[action$="/reset"] button');
    await page.waitForSelector('code.secret');
  });

  task('make a key for another system', async (page, { script }) => {
    await page.click('nav a[href="/console/settings"]');
    await page.click('a[href="/console/settings/keys"]');
    await page.fill('[name=name]', `재무 시스템 ${script ? 1 : 2}`);
    await page.selectOption('[name=role]', 'admin');
    await page.click('form[action$="/keys"] button');
    await page.waitForSelector('code.secret');
  });

  it.each(hows)('admin and auditor: a setting is changed and approved ($name)', async (how) => {
    const admin = await ground().signedIn('admin', how);
    await admin.click('nav a[href="/console/settings"]');
    await admin.click('main a[href="/console/settings/agency"]');
    await admin.fill('[name=graceHours]', how.locale === 'ko' ? '102' : '101');
    await admin.click('form[action$="/agency"] .actions button');
    await admin.waitForURL(/done=proposed/);
    const path = new URL(admin.url()).pathname;
    ground().tell(admin, how, 'admin', 'change a setting, which waits for a second person');
    await admin.context().close();
    const auditor = await ground().signedIn('auditor', how);
    await auditor.click('main a[href="/console/proposals"]');
    await auditor.locator(`main a[href="${path}"]`).first().click();
    await auditor.click('form[action$="/approve"] button');
    await auditor.waitForURL(/done=proposal-approved/);
    ground().tell(auditor, how, 'auditor', 'decide what an admin asks for, from the home');
    await auditor.context().close();
  });
}
