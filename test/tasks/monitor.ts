import { type TaskGround, hows, password, tasksOf } from './ground.js';

/** What monitors do: they read figures, and nothing else. */
export function monitorTasks(ground: () => TaskGround): void {
  const task = tasksOf('monitor', ground);

  task('read the share told of the last year, on the home', async (page) => {
    expect(await page.innerText('main .big')).toMatch(/%$|%/);
  });

  task('read why milestones were missed', async (page) => {
    await page.click('nav a[href="/console/coverage"]');
    expect(await page.locator('section[aria-labelledby=because] tbody tr').count()).toBeGreaterThan(0);
  });

  for (const [by, words] of [
    ['kind', 'compare kinds of contract'],
    ['month', 'compare months'],
  ] as const)
    task(words, async (page) => {
      await page.click('nav a[href="/console/coverage"]');
      await page.selectOption('[name=groupBy]', by);
      await page.click('form.filters button >> nth=0');
      await page.waitForURL(new RegExp(`groupBy=${by}`));
      expect(await page.locator('#table').count()).toBe(1);
    });

  task('read the figures of a period', async (page) => {
    await page.click('nav a[href="/console/coverage"]');
    await page.fill('[name=from]', '2026-03-01');
    await page.fill('[name=to]', '2026-03-15');
    await page.click('form.filters button >> nth=0');
    await page.waitForURL(/to=2026-03-15/);
  });

  task('read the figures of one kind of contract', async (page) => {
    await page.click('nav a[href="/console/coverage"]');
    await page.selectOption('[name=kind]', 'works');
    await page.click('form.filters button >> nth=0');
    await page.waitForURL(/kind=works/);
  });

  for (const [format, words] of [
    ['xlsx', 'download the table for Excel'],
    ['csv', 'download the table as CSV'],
  ] as const)
    task(words, async (page) => {
      await page.click('nav a[href="/console/coverage"]');
      const link = page.locator(`section:has(#table) a[download][href*="${format}"]`);
      const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
      expect(file.suggestedFilename()).toMatch(new RegExp(`\\.${format}$`));
    });

  task('read what the agency tells the public', async (page) => {
    await page.click('footer a[href="/performance"]');
    await page.waitForURL(/\/performance$/);
  });

  task('choose another password', async (page) => {
    await page.click('.masthead .drop:last-of-type summary');
    await page.click('a[href="/console/account"]');
    await page.fill('[name=old]', password);
    await page.fill('[name=password]', password);
    await page.click('form[action$="/password"] button');
    await page.waitForURL(/done=/);
  });

  it.each(hows)('a monitor sees figures, and is led to nothing else ($name)', async (how) => {
    const page = await ground().signedIn('monitor', how);
    expect(await page.locator('nav a').allInnerTexts()).toHaveLength(2);
    const answer = await page.goto(`/console/contracts/${ground().seen.contract}`);
    expect(answer?.status()).toBe(403);
    ground().browser.complaints.splice(0);
    await page.context().close();
  });
}
