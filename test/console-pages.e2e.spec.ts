import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { Browser, describeInBrowser, violationsOn } from './support/browser.js';
import { aCityToLookAt } from './support/city-to-look-at.js';
import { koreanHolidays } from '../src/core/calendar/korean-holidays.js';
import { dayText } from '../src/office/console/formats.js';
import { type PageToLookAt, pagesToLookAt, type Seen } from './support/pages-to-look-at.js';
import { startService, type TestService } from './support/service.js';

/** `SCREENSHOTS=<folder>`, as `npm run screenshots` sets it: the pages are drawn there. */
const shots = process.env['SCREENSHOTS'];
/** `DOCS=axe`, as `npm run docs:axe` sets it: writes docs/accessibility.md. */
const writesReport = process.env['DOCS'] === 'axe' && process.env['PAGE'] === undefined;

/** Each language and each theme once; the report and the screenshots see all four. */
const usual = [
  { locale: 'ko', theme: 'light' },
  { locale: 'en', theme: 'dark' },
] as const;
const others = [
  { locale: 'ko', theme: 'dark' },
  { locale: 'en', theme: 'light' },
] as const;

/** `PAGE=<name>,<name>` looks at these pages alone, and draws them at 360 px too. */
const chosen = process.env['PAGE']?.split(',');
const lookedAt = pagesToLookAt.filter(({ name }) => chosen === undefined || chosen.includes(name));

describeInBrowser('every page', () => {
  let service: TestService;
  let browser: Browser;
  let seen: Seen;
  const report: string[][] = [];
  const began = new Date();
  let daysOfCity: Set<string>;

  beforeAll(async () => {
    service = await startService();
    seen = await aCityToLookAt(service);
    daysOfCity = await daysOf(service);
    browser = await Browser.of(service);
  });
  afterAll(async () => {
    if (writesReport) writeFileSync(join(process.cwd(), 'docs/accessibility.md'), reportOf(report));
    await browser.close();
    await service.close();
  });

  for (const { locale, theme } of shots || writesReport ? [...usual, ...others] : usual) {
    it(`is clean by axe, and fits 360 px and 200 %, in ${locale} and ${theme}`, async () => {
      const wrong: string[] = [];
      for (const one of lookedAt) {
        const page = await open(one, locale, theme);
        // Before axe opens what is folded.
        if (shots && theme === 'light') await shoot(page, join(shots, locale, `${one.name}.png`));
        if (shots && theme === 'dark' && one.name === 'contract')
          await shoot(page, join(shots, locale, `${one.name}-dark.png`));
        const violations = await violationsOn(page);
        report.push([one.name, locale, theme, String(violations.length)]);
        const html = await page.content();
        for (const day of daysSince(began).filter((other) => !daysOfCity.has(other)))
          if (html.includes(day) || html.includes(dayText(day, locale)))
            wrong.push(`${one.name}: shows ${day}, which is no day of the sandbox’s clock`);
        const [key] = /\b(ko|en)\/[a-z-]+\/[a-z.-]+/.exec(await page.innerText('body')) ?? [];
        if (key) wrong.push(`${one.name}: names a text by its key ${key}`);
        for (const { id, help, nodes } of violations) {
          wrong.push(
            `${one.name}: ${id} (${help}) ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`,
          );
        }
        await page.setViewportSize({ width: 360, height: 740 });
        if ((await widthOf(page)) > 360) wrong.push(`${one.name}: wider than 360 px`);
        if (await hasHiddenColumns(page)) wrong.push(`${one.name}: a chart’s columns are out of sight`);
        if (shots && theme === 'light' && (chosen || one.name === 'contract'))
          await shoot(page, join(shots, locale, `${one.name}-360.png`));
        // 200 % of a window of 1280 px leaves 640 for the page.
        await page.setViewportSize({ width: 640, height: 450 });
        if ((await widthOf(page)) > 640) wrong.push(`${one.name}: does not fit at 200 %`);
        await page.context().close();
      }
      expect(wrong).toEqual([]);
      // Addresses of nothing, forms that are asked about, and one that came after its session’s end are answered so.
      const expected = /401 \(Unauthorized\)|404 \(Not Found\)|422 \(Unprocessable Entity\)/;
      expect(browser.complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
    });
  }

  it('weighs under 100 KB at the first visit, everything with it', async () => {
    const page = await browser.page({
      as: await service.person('officer', await service.departmentId('ROADS')),
    });
    const bodies: Promise<Buffer>[] = [];
    page.on('response', (response) => void bodies.push(response.body()));
    await page.goto('/console', { waitUntil: 'networkidle' });
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + body.length, 0);
    process.stdout.write(`the first page weighs ${Math.round(bytes / 1024)} KB\n`);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(100 * 1024);
  });

  it('folds its filters on a phone, without script, and breaks no reference on a desk', async () => {
    const as = await service.person('officer', await service.departmentId('CITY'));
    const page = await browser.page({ as, javaScriptEnabled: false, viewport: { width: 375, height: 667 } });
    for (const path of ['contracts', 'messages', 'work', 'coverage', 'coverage/milestones']) {
      await page.goto(`/console/${path}`);
      const filters = page.locator('form.filters[role=search]');
      const heights = [(await filters.boundingBox())?.height ?? 0];
      await filters.locator('label.fold').click();
      heights.push((await filters.boundingBox())?.height ?? 0);
      expect([path, heights.map((height) => height > 100)]).toEqual([path, [false, true]]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto('/console/contracts');
    expect(await page.locator('label.fold').isVisible()).toBe(false);
    const [reference] = await page.locator('.reference').all();
    await service.sql(`UPDATE contract SET reference = $1 WHERE reference = $2`, [
      '2026-ROADS-CIVIL-WORKS-OF-BRIDGES-0000143-00',
      await reference?.innerText(),
    ]);
    await page.reload();
    const lines = await page.locator('.reference').all();
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect((await line.boundingBox())?.height).toBeLessThan(30);
    await page.context().close();
  });

  async function open(
    { role, department, path, act }: PageToLookAt,
    locale: string,
    theme: 'light' | 'dark',
  ): Promise<Page> {
    const departmentId = department ? await service.departmentId(department) : null;
    const as = role ? await service.person(role, departmentId) : null;
    const page = await browser.page({ ...(as ? { as } : {}), colorScheme: theme });
    await page.context().addCookies([{ name: 'chorong-locale', value: locale, url: browser.origin }]);
    await page.goto(path(seen));
    await act?.(page);
    return page;
  }
});

/** Returns the days of which the city's pages speak, whatever day it is: those of its contracts, and holidays. */
async function daysOf(service: TestService): Promise<Set<string>> {
  const days = await service.sql<{ day: string }>(
    `SELECT unnest(ARRAY[signed_on, starts_on, ends_on])::text AS day FROM contract
     UNION SELECT unnest(ARRAY[date, expected_by])::text FROM milestone
     UNION SELECT to_char(due_at AT TIME ZONE 'Asia/Seoul', 'YYYY-MM-DD') FROM alert`,
  );
  const holidays = [2026, 2027].flatMap((year) => koreanHolidays(year));
  return new Set([...days.map(({ day }) => day), ...holidays.map(({ date }) => date)]);
}

/** Returns the days on which the system's clock stood in the agency's zone and in UTC since a moment. */
function daysSince(began: Date): string[] {
  const zones = ['Asia/Seoul', 'UTC'];
  const days = [began, new Date()].flatMap((moment) =>
    zones.map((timeZone) => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(moment)),
  );
  return [...new Set(days)];
}

async function widthOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth');
}

/** Tells whether a column of a chart is drawn beyond the edge of the window. */
async function hasHiddenColumns(page: Page): Promise<boolean> {
  return page.evaluate(
    `[...document.querySelectorAll('.chart rect')].some((one) => one.getBoundingClientRect().right > innerWidth)`,
  );
}

async function shoot(page: Page, path: string): Promise<void> {
  mkdirSync(join(path, '..'), { recursive: true });
  await page.screenshot({ path, fullPage: true });
}

function reportOf(rows: string[][]): string {
  const names = [...new Set(rows.map(([name]) => name))];
  const modes = [...new Set(rows.map(([, locale, theme]) => `${locale} ${theme}`))];
  const cell = (name: string | undefined, mode: string) =>
    rows.find(([n, locale, theme]) => n === name && `${locale} ${theme}` === mode)?.[3] ?? '';
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    '# Accessibility, as axe sees it',
    '',
    'Written by `npm run docs:axe`: violations of WCAG 2.0 to 2.2 (A, AA) and of good practice on each page, by language and theme,',
    'everything that folds opened. Do not edit: run it again.',
    '',
    line(['page', ...modes]),
    line(['---', ...modes.map(() => '---')]),
    ...names.map((name) => line([name ?? '', ...modes.map((mode) => cell(name, mode))])),
    '',
  ].join('\n');
}
