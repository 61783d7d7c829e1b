import { maskName } from '../src/platform/phone-numbers/phone-number.js';
import { aContact, aCounterparty } from './support/builders.js';
import { cookieName, type PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let auditor: PageClient;
let officer: PageClient;

const grant = { kind: 'grant' as const, signedOn: '2026-02-02', startsOn: '2026-02-09' };

/** The pages of coverage and of work, as they lead from a figure to what stands behind it. */
beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  const silent = [aCounterparty({ contacts: [aContact({ phone: null })] })];
  const dead = [aCounterparty({ contacts: [aContact({ phone: '010-0000-0001' })] })];
  for (const code of ['CITY', 'ROADS', 'PARKS']) {
    const departmentId = await service.departmentId(code);
    for (const of of [
      {},
      { counterparties: silent },
      { counterparties: dead },
      { counterparties: [] },
      grant,
    ])
      await service.register({ departmentId, signedOn: '2026-03-03', startsOn: '2026-03-16', ...of });
  }
  await service.advanceTo('2026-03-25T18:00:00+09:00');
  auditor = await service.person('auditor');
  officer = await service.person('officer', await service.departmentId('ROADS'));
});
afterAll(() => service.close());

async function shown(client: PageClient, path: string): Promise<string> {
  const { status, text } = await client.get(path, { 'accept-language': 'en' });
  expect({ path, status }).toEqual({ path, status: 200 });
  return text.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
}

const rowsOn = (text: string) => text.match(/<td>\s*<a href="\/console\/contracts\//g)?.length ?? 0;
const linksOf = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, href = '', figure = '']) => ({ href, figure: Number(figure) }));

/** Figures of the table, of the reasons beside them, and of the map. */
function figuresOn(text: string): { href: string; figure: number }[] {
  const link = '<a href="(/console/coverage/milestones[^"]*)"[^>]*>';
  return [
    ...linksOf(text, new RegExp(`${link}(\\d+)</a>`, 'g')),
    ...linksOf(text, new RegExp(`${link}[^<]*</a>\\s+<strong>(\\d+)</strong>`, 'g')),
    ...linksOf(text, new RegExp(`${link}[^<]*</a>\\s*<br>\\s*<span class="small">(\\d+)</span>`, 'g')),
  ];
}

describe('coverage', () => {
  for (const asked of [
    'groupBy=department',
    'groupBy=department&rollUp=on',
    'groupBy=kind',
    'groupBy=officer',
    'groupBy=month',
  ]) {
    it(`has as many milestones behind a figure as it says (${asked})`, async () => {
      const figures = figuresOn(await shown(auditor, `/console/coverage?${asked}`));
      expect(figures.length).toBeGreaterThan(10);
      for (const { href, figure } of figures) {
        const found = rowsOn(await shown(auditor, `${href}&limit=200`));
        expect({ href, found }).toEqual({ href, found: figure });
      }
    });
  }

  it('leads a monitor to no milestone, and to no officer', async () => {
    const monitor = await service.person('monitor', await service.departmentId('CITY'));
    const text = await shown(monitor, '/console/coverage');
    expect(text).toContain('class="heat heat-');
    expect(text).not.toMatch(/coverage\/milestones|name="officerId"|console\/contracts/);
    expect((await monitor.get('/console/coverage?groupBy=officer')).status).toBe(403);
  });

  const takenIn = async (path: string, locale = 'ko') => {
    const answer = await auditor.get(path, {
      cookie: `${cookieName}=${auditor.token}; chorong-locale=${locale}`,
    });
    expect(answer.status).toBe(200);
    return answer;
  };
  const first = async (path: string, locale?: string) => (await takenIn(path, locale)).text.split('\r\n')[0];

  it('comes as files for people, in words of theirs, with the zone of every moment', async () => {
    const coverage = '/console/coverage?groupBy=kind&from=2026-01-01&to=2026-12-31';
    expect(await first(`${coverage}&file=table`)).toMatch(/^\ufeff?계약 종류,알려야 할 단계,수신/);
    expect(await first(`${coverage}&file=heat`)).toMatch(/^\ufeff?부서,달,알려야 할 단계/);
    expect(await first(`${coverage}&file=table`, 'en')).toMatch(/^\ufeff?Kind,Called for,Delivered/);
    const milestones = '/console/coverage/milestones?format=csv';
    expect(await first(milestones)).toMatch(/^\ufeff?알려야 할 때 \(Asia\/Seoul\),부서,계약번호/);
    expect(await first(milestones, 'en')).toMatch(/^\ufeff?To be told at \(Asia\/Seoul\),Department,/);
    const { text } = await takenIn(milestones);
    expect(text).toMatch(/\r\n2026-\d\d-\d\d \d\d:\d\d,도로과,/);
    expect(text).not.toMatch(/works|signing|ROADS/);
    expect(await first('/console/work/no-number?format=csv')).toMatch(
      /^\ufeff?발생 일시 \(Asia\/Seoul\),지난 일수,부서/,
    );
    expect(await first('/console/flags?format=csv')).toMatch(/^\ufeff?표시,횟수,처음 \(Asia\/Seoul\)/);
    const log = await takenIn('/console/messages/export?format=csv');
    expect(log.text).toMatch(/^\ufeff?예정 일시 \(Asia\/Seoul\),발송 일시 \(Asia\/Seoul\),상태/);
    expect(log.text).not.toMatch(/delivered|signing|ROADS/);
  });

  it('names a file by what it is, whose and of when, and has each as a workbook too', async () => {
    for (const path of [
      '/console/coverage?file=table&from=2026-01-01&to=2026-12-31&format=xlsx',
      '/console/coverage/milestones?format=xlsx',
      '/console/work/no-number?format=xlsx',
      '/console/flags?format=xlsx',
      '/console/messages/export?format=xlsx',
    ]) {
      const { headers } = await takenIn(path);
      expect(headers['content-type']).toContain('spreadsheetml.sheet');
      expect(headers['content-disposition']).toMatch(
        /^attachment; filename="[\w.-]+\.xlsx"; filename\*=UTF-8''[\w%.~-]+\.xlsx$/,
      );
    }
    const { headers } = await takenIn('/console/coverage?file=table&from=2026-01-01&to=2026-12-31');
    const [, name = ''] = /UTF-8''(.*)$/.exec(String(headers['content-disposition'])) ?? [];
    expect(decodeURIComponent(name)).toMatch(/^알림 현황_.+_2026-01-01~2026-12-31\.csv$/);
  });
});

it('names an officer alike on every page, in full, and masked to programs', async () => {
  const [{ id: officerId } = { id: '' }] = await service.sql<{ id: string }>(
    `SELECT id FROM officer WHERE department_id = $1 LIMIT 1`,
    [await service.departmentId('ROADS')],
  );
  await service.register({ officerId, signedOn: '2026-03-03', counterparties: [] });
  const [, name = ''] =
    new RegExp(`value="${officerId}"[^>]*>([^<(]+) \\([^<]+\\)<`).exec(
      await shown(officer, '/console/work'),
    ) ?? [];
  const masked = maskName(name);
  expect(name).not.toBe(masked);
  for (const path of [
    '/console/work/no-contact',
    '/console/coverage?groupBy=officer',
    `/console/coverage/milestones?officerId=${officerId}`,
  ]) {
    const text = (await shown(officer, path)).replace(/<select[^]*?<\/select>/g, '');
    expect([path, text.includes(name), text.includes(masked)]).toEqual([path, true, false]);
  }
  const answer = await service.admin.get('/work/no-contact');
  expect([answer.text.includes(name), answer.text.includes(masked)]).toEqual([false, true]);
});

describe('work lists', () => {
  it('lead from each row to the page on which it is mended', async () => {
    for (const list of ['no-contact', 'no-number', 'dead-numbers', 'unrecorded']) {
      const text = await shown(officer, `/console/work/${list}`);
      const [last = ''] = [...text.matchAll(/<a href="([^"]*)">[^<]*<span class="hidden">/g)].map(
        ([, href]) => href,
      );
      expect({ list, last }).toEqual({
        list,
        last: expect.stringMatching(/^\/console\/contracts\//) as string,
      });
      await shown(officer, last);
    }
  });

  it('come page by page, and each row once', async () => {
    const seen: string[] = [];
    let next: string | undefined = '/console/work/no-number?limit=1';
    while (next) {
      const text: string = await shown(auditor, next);
      seen.push(/<td>\s*<a href="(\/console\/contracts\/[^"]*)"/.exec(text)?.[1] ?? '');
      next = /<a class="button quiet" href="([^"]*)" rel="next">/.exec(text)?.[1];
      if (next) next += '&limit=1';
    }
    expect(new Set(seen).size).toBe(3);
    expect(seen).toHaveLength(3);
  });

  it('name who did something, and give the auditor nothing to change', async () => {
    const manager = await service.person('manager', await service.departmentId('ROADS'));
    const { id } = await service.register({
      departmentId: await service.departmentId('ROADS'),
      endsOn: '2026-11-27',
    });
    const { title, signedOn, startsOn, departmentId } = await service.contract(id);
    const form = {
      step: 'save',
      title,
      departmentId,
      signedOn: signedOn ?? '',
      startsOn: startsOn ?? '',
      endsOn: '2026-12-18',
    };
    expect((await manager.post(`/console/contracts/${id}/change`, form)).status).toBe(303);
    const text = await shown(auditor, '/console/flags?kind=dates-moved-back');
    expect(text).toMatch(/한여울 \(부서장\)/);
    expect(text).toMatch(/완료\(준공\)일 2026년 11월 27일.* → 2026년 12월 18일/);
    expect(text).not.toMatch(/manager:@/);
    expect(await shown(auditor, '/console/work/unrecorded')).not.toMatch(/\/occurrences|\/change"/);
    expect((await manager.get('/console/work/old-drafts')).status).toBe(404);
    expect((await manager.get('/console/flags')).status).toBe(403);
  });

  it('take their row off once it is recorded', async () => {
    const departmentId = await service.departmentId('ROADS');
    const { id } = await service.register({ ...grant, departmentId });
    const field = `name="day.${id}.disbursement"`;
    expect(await shown(officer, '/console/work/unrecorded')).toContain(field);
    const form = { code: 'disbursement', occurredOn: '2026-03-20' };
    const { headers } = await officer.post(`/console/contracts/${id}/occurrences`, form);
    expect(headers['location']).toBe(`/console/contracts/${id}?done=recorded`);
    expect(await shown(officer, '/console/work/unrecorded')).not.toContain(field);
  });
});
