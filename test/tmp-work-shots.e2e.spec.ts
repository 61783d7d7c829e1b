import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Browser, describeInBrowser } from './support/browser.js';
import { aCityToLookAt } from './support/city-to-look-at.js';
import { pagesToLookAt } from './support/pages-to-look-at.js';
import { startService } from './support/service.js';
const axePath = createRequire(__filename).resolve('axe-core/axe.min.js');
describeInBrowser('mine', () => {
  it('shots', async () => {
    const service = await startService();
    const seen = await aCityToLookAt(service);
    let n = 0;
    for (const month of ['2025-04','2025-05','2025-06','2025-07','2025-09','2025-10','2025-11','2025-12','2026-01']) for (const code of ['ROADS','PARKS','WELFARE'].slice(0, 1 + n % 3)) await service.register({ reference: `Z-2025-${String(1000 + (n += 1))}`, departmentId: await service.departmentId(code), signedOn: `${month}-10`, startsOn: `${month}-20`, endsOn: '2026-12-18' });
    const browser = await Browser.of(service);
    const wrong: string[] = [];
    for (const one of pagesToLookAt.filter(({ name }) => /^(work$|work-dates|coverage$|coverage-monitor)/.test(name))) {
      for (const [locale, theme, width] of [['ko', 'light', 1200], ['en', 'dark', 360]] as const) {
        const departmentId = one.department ? await service.departmentId(one.department) : null;
        const page = await browser.page({ as: await service.person(one.role!, departmentId), colorScheme: theme, viewport: { width, height: 800 } });
        await page.context().addCookies([{ name: 'chorong-locale', value: locale, url: browser.origin }]);
        const answer = await page.goto(one.path(seen));
        if (answer?.status() !== 200) wrong.push(`${one.name}: ${answer?.status()}`);
        await page.screenshot({ path: `/tmp/shots-work/${one.name}-${locale}.png`, fullPage: true });
        await page.evaluate(readFileSync(axePath, 'utf8'));
        const found = await page.evaluate(`(async () => {
          for (const f of document.querySelectorAll('main details')) f.setAttribute('open', '');
          const v = (await axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'] } })).violations;
          return v.map(({id, nodes}) => id + ' ' + nodes.slice(0,3).map(n => n.html + n.failureSummary).join('|'));
        })()`);
        for (const v of found as string[]) wrong.push(`${one.name} ${locale}: ${v}`);
        if (width === 360 && one.name === 'work-unrecorded') await page.screenshot({ path: `/tmp/shots-work/${one.name}-open-${locale}.png`, fullPage: true });
        const w = Number(await page.evaluate('document.documentElement.scrollWidth'));
        if (w > width) wrong.push(`${one.name} ${locale}: ${w} wide`);
        await page.context().close();
      }
    }
    process.stdout.write(`${wrong.join('\n')}\n${browser.complaints.join('\n')}\n`);
    await browser.close();
    await service.close();
  }, 300_000);
});
