import type { CalendarSetting } from '../src/core/calendar/calendar.schema.js';
import type { ChangeView } from '../src/core/contracts/contract.view.js';
import type { CalendarPreviewView } from '../src/core/replanning/replanning.schema.js';
import { SettingsService } from '../src/core/settings/settings.service.js';
import { ok, problem } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { alertLines } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let standard: CalendarSetting;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  const { items } = ok(await service.admin.get<{ items: { value: CalendarSetting }[] }>('/calendar'));
  standard = items[0]?.value ?? standard;
});
afterAll(() => service.close());

const put = async (change: Partial<CalendarSetting> = {}) =>
  ok(await service.admin.post<{ version: number }>('/calendar', { ...standard, ...change }));

async function preview(change: Partial<CalendarSetting> = {}, query = ''): Promise<CalendarPreviewView> {
  const path = `/calendar?dryRun=true${query}`;
  const answer = await service.admin.post<{ preview: CalendarPreviewView }>(path, { ...standard, ...change });
  expect(answer.status).toBe(200);
  expect(answer.text).not.toMatch(/010-0000-\d{4}|01000000/);
  return ok(answer).preview;
}

const linesOf = ({ items }: CalendarPreviewView) =>
  items.map(
    ({ how, contract, milestone, contact, from, to }) =>
      `${how} ${contract.reference} ${milestone.name?.en} ${contact.name}: ${from?.dueAt} → ${to.dueAt}`,
  );

const signingOf = async (id: string) => alertLines(await service.contract(id))[0];

// Signed on Tuesday 3 March: told on Wednesday the 4th, or on Thursday the 5th when that is closed.
describe('a calendar that is changed and put back', () => {
  const closed = ['2026-03-04'];

  it('moves its alerts there and back, each time with the difference shown before', async () => {
    const { id, reference } = await service.register();
    const [wednesday, thursday] = ['2026-03-04T10:00:00+09:00', '2026-03-05T10:00:00+09:00'];

    const before = await service.contents();
    const there = await preview({ closed });
    expect(linesOf(there)).toEqual([`moved ${reference} contract signed 이*람: ${wednesday} → ${thursday}`]);
    expect(there.counts).toEqual({ contracts: 1, moved: 1, added: 0, cancelled: 0, complete: true });
    expect(there.items[0]?.contact.number).toMatch(/^010-\*{4}-\d{4}$/);
    expect(await service.contents()).toEqual(before);

    const { version } = await put({ closed });
    expect(await signingOf(id)).toBe(`signing 1: planned ${thursday}`);
    const { items } = ok(await service.admin.get<{ items: ChangeView[] }>(`/contracts/${id}/changes`));
    expect(items.at(-1)).toMatchObject({
      what: 'calendar applied',
      after: { moved: 1, added: 0, cancelled: 0 },
    });
    const kept = await service.sql(`SELECT params FROM change WHERE what = 'calendar-applied'`);
    expect(kept).toEqual([{ params: { version } }]);

    expect(linesOf(await preview())).toEqual([
      `moved ${reference} contract signed 이*람: ${thursday} → ${wednesday}`,
    ]);
    await put();
    expect(await signingOf(id)).toBe(`signing 1: planned ${wednesday}`);
    expect((await preview()).counts.moved).toBe(0);
    expect((await preview()).items).toEqual([]);
  });

  it('leaves what was sent, and what has nothing left to send', async () => {
    const sent = await service.register();
    const over = await service.register();
    ok(
      await service.admin.post(`/contracts/${over.id}/terminate`, { on: '2026-03-03', reason: 'withdrawn' }),
    );
    const { contracts } = (await preview({ closed })).counts;
    await service.advanceTo('2026-03-04T12:00:00+09:00');
    const after = await preview({ closed });
    expect(after.counts).toMatchObject({ contracts: contracts - 1, moved: 0 });
    await put({ closed });
    expect(await signingOf(sent.id)).toBe('signing 1: messaged 2026-03-04T10:00:00+09:00');
    await put();
  });
});

describe('a preview', () => {
  const closed = ['2026-06-19', '2026-06-22'];

  it('comes page by page, and counts beyond its page', async () => {
    const two = [aCounterparty({ contacts: [aContact(), aContact({ name: '박샛별' })] })];
    const dates = { signedOn: '2026-03-05', startsOn: '2026-03-09', endsOn: '2026-06-26' };
    for (let n = 0; n < 3; n += 1) await service.register({ ...dates, counterparties: two });
    const whole = await preview({ closed });
    expect(whole.counts).toMatchObject({ moved: 6, complete: true });
    const pages: CalendarPreviewView[] = [];
    for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.nextCursor ?? null)
      pages.push(await preview({ closed }, `&limit=2${cursor && `&cursor=${cursor}`}`));
    expect(pages.map(({ counts }) => counts.moved)).toEqual([6, 4, 2]);
    expect(pages.flatMap(linesOf)).toEqual(linesOf(whole));
    expect((await preview({ closed }, '&limit=1')).items).toHaveLength(1);
  });

  it('refuses what could not be put', async () => {
    const post = (change: object, query = '') =>
      service.admin.post(`/calendar?dryRun=true${query}`, { ...standard, ...change });
    expect(problem(await post({ region: 'ENG' }))).toMatchObject({
      status: 400,
      fields: [{ path: 'region' }],
    });
    expect(problem(await post({}, '&cursor=last'))).toMatchObject({ code: 'cursor-malformed' });
  });
});

describe('a contract that another process planned by the calendar of before', () => {
  const closed = ['2026-06-19'];
  const day = async (id: string) => alertLines(await service.contract(id)).at(-1);
  const goods = { signedOn: '2026-03-05', startsOn: null, endsOn: '2026-06-24', kind: 'goods' as const };
  const putAlone = (value: CalendarSetting) =>
    service.app.get(SettingsService).put('set-up', 'calendar', value);
  const dueOf = async (id: string) => {
    const { milestones } = await service.contract(id);
    return milestones.find(({ code }) => code === 'delivery-due')?.dueAt;
  };

  // 24 June is a Wednesday: three business days before is Friday the 19th, or Thursday the 18th when that is closed.
  it('is planned again by the next sweep, once', async () => {
    const { id } = await service.register(goods);
    await putAlone({ ...standard, closed });
    expect(await dueOf(id)).toBe('2026-06-19T10:00:00+09:00');
    await service.sweep();
    expect(await dueOf(id)).toBe('2026-06-18T10:00:00+09:00');
    const behind = `SELECT id FROM contract WHERE calendar_version < (SELECT max(version) FROM setting WHERE name = 'calendar')`;
    expect(await service.sql(behind)).toEqual([]);
    const before = await service.contents();
    await service.sweep();
    expect(await service.contents()).toEqual(before);
    await put();
  });

  it('holds up no other when it cannot be planned', async () => {
    const [broken, whole] = [await service.register(goods), await service.register(goods)];
    await service.sql(
      `INSERT INTO setting (name, version, value, actor) VALUES ('plan:permit:dense', 1, '{}', 'admin:bootstrap')`,
    );
    const planned = (name: string) =>
      service.sql(`UPDATE contract SET plan_name = $2, plan_version = 1 WHERE id = $1`, [broken.id, name]);
    await planned('plan:permit:dense');
    await putAlone({ ...standard, closed });
    await service.sweep();
    expect(await dueOf(whole.id)).toBe('2026-06-18T10:00:00+09:00');
    await planned('plan:goods');
    expect(await dueOf(broken.id)).toBe('2026-06-19T10:00:00+09:00');
    await service.sweep();
    expect(await dueOf(broken.id)).toBe('2026-06-18T10:00:00+09:00');
    await put();
    expect(await day(broken.id)).toBe(await day(whole.id));
  });
});

describe('the page of the calendar', () => {
  const form = { timeZone: 'Asia/Seoul', country: 'KR', from: '09:00', to: '18:00', open: '' };
  const path = '/console/settings/calendar';

  it('shows the holidays of a year with their law, in both languages', async () => {
    const admin = await service.person('admin');
    const korean = await admin.get(`${path}?year=2027`);
    expect(korean.text).toContain('노동절');
    expect(korean.text).toContain('관공서의 공휴일에 관한 규정(대통령령 제36290호, 2026-04-30)');
    const english = await admin.get(`${path}?year=2027`, { 'accept-language': 'en' });
    expect([korean.status, english.status]).toEqual([200, 200]);
  });

  it('asks which terms the agency has until it is answered', async () => {
    const admin = await service.person('admin');
    const asks = async () => (await admin.get('/console')).text.includes('href="/console/settings/calendar"');
    expect(await asks()).toBe(true);
    const row = { 'from-0': '2026-01-01', 'until-0': '', 'inspectionDays-0': '7', 'source-0': '고시' };
    const refused = await admin.post(path, { ...form, ...row, 'paymentDays-0': 'x', step: 'save' });
    expect([refused.status, refused.text.includes('error-paymentDays-0')]).toEqual([400, true]);
    expect((await admin.post(path, { ...form, termsOf: 'local', step: 'save' })).status).toBe(303);
    const { terms } = (await service.app.get(SettingsService).calendar()).setting;
    expect(terms?.map(({ inspectionDays, paymentDays }) => [inspectionDays, paymentDays])).toEqual([
      [14, 5],
      [7, 3],
    ]);
    expect((await admin.get(path)).text).toContain('value="2024-12-31"');
    expect(await asks()).toBe(false);
    expect((await admin.post(path, { ...form, ...row, 'paymentDays-0': '3', step: 'save' })).status).toBe(
      303,
    );
    expect((await service.app.get(SettingsService).calendar()).setting.terms).toHaveLength(1);
  });

  it('shows which alerts move before it saves', async () => {
    const admin = await service.person('admin');
    const { id, reference } = await service.register({ signedOn: '2026-03-05', startsOn: '2026-03-20' });
    const closed = '2026-03-06';
    const shown = await admin.post(path, { ...form, closed, step: 'preview' });
    expect(shown.status).toBe(200);
    expect(shown.text).toContain(reference);
    expect(shown.text).toContain(`>${closed}</textarea>`);
    expect(await signingOf(id)).toBe('signing 1: planned 2026-03-06T10:00:00+09:00');
    expect((await admin.post(path, { ...form, closed, step: 'save' })).status).toBe(303);
    expect(await signingOf(id)).toBe('signing 1: planned 2026-03-09T10:00:00+09:00');
    expect((await admin.post(path, { ...form, closed: '', step: 'save' })).status).toBe(303);
  });
});

describe('new statutory terms', () => {
  // Ends on Friday 18 December 2026: 14 days later is Friday 1 January, and so Monday the 4th; 7 days later is Christmas.
  it('show by how much inspection and payment are expected earlier', async () => {
    const { id, reference } = await service.register({ endsOn: '2026-12-18' });
    await put({ terms: [] });
    const source = '지방계약법 시행령의 한시적 특례';
    const terms = [{ from: '2026-07-01', until: null, inspectionDays: 7, paymentDays: 3, source }];
    const found = linesOf(await preview({ terms }, '&limit=200')).filter((line) => line.includes(reference));
    expect(found).toEqual([
      `moved ${reference} completion inspection 이*람: 2027-01-05T10:00:00+09:00 → 2026-12-29T10:00:00+09:00`,
      `moved ${reference} final payment 이*람: 2027-01-07T10:00:00+09:00 → 2026-12-29T10:00:00+09:00`,
    ]);
    await put({ terms });
    expect(alertLines(await service.contract(id)).slice(-2)).toEqual([
      'completion-inspection 1: planned 2026-12-29T10:00:00+09:00',
      'final-payment 1: planned 2026-12-29T10:00:00+09:00',
    ]);
    await put({ terms: [] });
  });

  it('stay when a calendar says nothing of them, and are taken away by an empty list', async () => {
    const terms = [{ from: null, until: null, inspectionDays: 7, paymentDays: 3, source: '고시' }];
    const inForce = async () => (await service.app.get(SettingsService).calendar()).setting.terms;
    await put({ terms });
    expect((await preview()).counts).toMatchObject({ moved: 0 });
    await put();
    expect(await inForce()).toEqual(terms);
    await put({ terms: [] });
    expect(await inForce()).toEqual([]);
  });
});
