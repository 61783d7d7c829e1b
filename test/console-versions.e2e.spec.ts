import { defaultPlans } from '../src/core/planning/plans.default.js';
import { kinds, type Plan, planSchema } from '../src/core/settings/plan.schema.js';
import type { TemplateVersionView } from '../src/core/texts/template.schema.js';
import { fieldsOfPlan } from '../src/office/console/settings/plan-form.js';
import { ok } from './support/api-client.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

/** Texts and plans on pages. It is Monday 2 March 2026, 09:00 in Seoul; what waits is approved at once. */
let service: TestService;
let admin: PageClient;

beforeEach(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  admin = await service.person('admin', null);
});
afterEach(() => service.close());

const texts = '/console/settings/templates/text';
const key = 'ko/works/signing';
const body = '{{contract.reference}} {{milestone.name}} {{> channels}}';
const versions = async () =>
  ok(await service.admin.get<{ items: TemplateVersionView[] }>(`/templates?key=${key}`)).items;
const inWords = (page: string) => page.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');

describe('the page of a text', () => {
  it('names it in words in both languages', async () => {
    const page = await admin.get(`${texts}?key=ko/any/acceptance.neutral`);
    expect(inWords(page.body)).toContain('검수, 기록이 없을 때 (모든 종류, 한국어)');
    expect((await admin.get('/console/settings/templates')).body).toContain(
      '검수, 기록이 없을 때 (모든 종류, 한국어)',
    );
    expect((await admin.get('/console/settings/history')).status).toBe(200);
  });

  it('shows what is typed on the phones of the contracts that get it next, and keeps nothing', async () => {
    const contract = await service.register({ signedOn: '2026-03-02' });
    const form = { key, body: `${body} 한번 더 알립니다`, step: 'show' };
    for (const headers of [{}, { 'hx-request': 'true' }]) {
      const shown = await admin.post(texts, form, headers);
      expect(shown.status).toBe(200);
      expect(shown.body).toMatch(new RegExp(`${contract.reference} 계약체결 ☎1398, ☎110 한번 더 알립니다`));
      expect(inWords(shown.body)).toMatch(/\d+바이트, SMS/);
    }
    // A text that serves every kind serves this contract no longer than there is none of its own.
    expect((await admin.get(`${texts}?key=ko/any/signing`)).body).toContain(contract.reference);
    expect(await versions()).toEqual([]);
    ok(await service.admin.post('/templates', { locale: 'ko', kind: 'works', milestone: 'signing', body }));
    expect((await admin.get(`${texts}?key=ko/any/signing`)).body).not.toContain(contract.reference);
  });

  it('shows a manager no contract of another department', async () => {
    const { reference } = await service.register({ departmentId: await service.departmentId('ROADS') });
    const manager = await service.person('manager', await service.departmentId('PARKS'));
    const { status, body: shown } = await manager.get(`${texts}?key=ko/any/signing`);
    expect([status, shown.includes(reference)]).toEqual([200, false]);
    expect((await admin.get(`${texts}?key=ko/any/signing`)).body).toContain(reference);
  });

  it('shows an invented contract where none is planned to get it', async () => {
    for (const place of [
      'ko/any/digest',
      'en/any/number-changed',
      'en/grant/settlement.neutral',
      'ko/any/default',
    ]) {
      const page = await admin.get(`${texts}?key=${place}`);
      expect([place, page.status, page.body.includes('C-2026-0143')]).toEqual([place, 200, true]);
    }
  });

  it('keeps what was typed, with what is wrong at its field', async () => {
    const typed = { key, body: '{{contract.name}} typed words', fromOn: '2026-03-07', step: 'save' };
    const refused = await admin.post(texts, typed);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatch(/id="error-body">[^<]*contract\.name/);
    expect(refused.body).toContain('typed words</textarea>');
    const closed = await admin.post(texts, { ...typed, body });
    expect(closed.status).toBe(400);
    expect(closed.body).toMatch(/id="error-fromOn">[^<]*2026-03-09/);
    expect((await admin.post(texts, typed, { 'hx-request': 'true' })).body).toContain('contract.name');
  });

  it('puts a text from a day on, and withdraws it', async () => {
    await admin.post(texts, { key, body, step: 'save' });
    await admin.post(texts, { key, body: `${body} later`, fromOn: '2026-03-09', step: 'save' });
    const page = inWords((await admin.get(`${texts}?key=${key}`)).body);
    expect(page).toContain('시행 중: 버전 1');
    expect(page).toMatch(/3월 9일[^:]*부터: 버전 2/);
    await admin.post(texts, { key, step: 'withdraw' });
    await service.advanceTo('2026-03-10');
    expect((await versions()).map((one) => [one.version, one.inForce, one.body === body])).toEqual([
      [3, true, true],
      [2, false, false],
      [1, false, true],
    ]);
  });

  it('is not put over a version that the form has not seen', async () => {
    await admin.post(texts, { key, body, newest: '0', step: 'save' });
    const stale = await admin.post(texts, { key, body: `${body} mine`, newest: '0', step: 'save' });
    expect([stale.status, stale.body.includes('mine</textarea>'), (await versions()).length]).toEqual([
      409,
      true,
      1,
    ]);
  });

  it('says what it costs, once an admin has said what texts cost', async () => {
    const shown = async () => inWords((await admin.post(texts, { key, body, step: 'show' })).body);
    expect(await shown()).not.toContain('원');
    const [{ value }] = ok(await service.admin.get<{ items: [{ value: object }] }>('/agency')).items;
    const prices = { sms: 18.5, lms: 45, part: 60 };
    ok(await service.admin.post('/agency', { ...value, rehearsal: undefined, prices }));
    expect(await shown()).toMatch(/바이트, SMS, 해외 발송 시 \d건\. 한 통 18\.5원, 해외 한 통 \d+원/);
  });

  it('names the characters that make it dearer elsewhere', async () => {
    const shown = async (dash: string) => {
      const typed = `${'a'.repeat(90)} ${dash} {{contract.reference}} {{> channels}}`;
      const page = await admin.post(texts, { key: 'en/works/signing', body: typed, step: 'show' });
      return /다음 글자 때문에 건수가 늘어납니다: ([^.]*)/.exec(inWords(page.body))?.[1] ?? '';
    };
    expect([(await shown('–')).includes('–'), (await shown('-')).includes('-')]).toEqual([true, false]);
  });

  it('says by how much it is longer than an SMS', async () => {
    await service.register({ reference: 'C-2026-0001', signedOn: '2026-03-02' });
    // The reference takes 11 bytes, ☎1398, ☎110 13, two spaces 2, 45 syllables 90; the carrier’s line takes 10 of the 90 of an SMS.
    const long = `{{contract.reference}} {{> channels}} ${'가'.repeat(45)}`;
    const shown = async (typed: string) =>
      inWords((await admin.post(texts, { key, body: typed, step: 'show' })).body);
    expect(await shown(long)).toMatch(/116바이트, LMS.*단문\(SMS\)보다 36바이트 길어/);
    expect(await shown(body)).not.toContain('길어');
  });

  it('is read by auditors, and changed by admins alone', async () => {
    const auditor = await service.person('auditor', null);
    const page = await auditor.get(`${texts}?key=ko/any/signing`);
    expect([page.status, page.body.includes('name="body"')]).toEqual([200, false]);
    expect((await auditor.post(texts, { key, body, step: 'save' })).status).toBe(403);
    expect((await admin.get(`${texts}?key=ko/any/../x`)).status).toBe(404);
  });
});

describe('two versions', () => {
  const compare = async (name: string) =>
    (await admin.get(`/console/settings/versions?name=${encodeURIComponent(name)}`)).body;

  it('of a text stand beside each other, their words marked, with who approved', async () => {
    await admin.post(texts, { key, body: `${body} before`, step: 'save' });
    await admin.post(texts, { key, body: `${body} after`, step: 'save' });
    const page = await compare(key);
    expect(page).toMatch(/<del><span class="hidden">\[삭제: <\/span>before/);
    expect(page).toMatch(/<ins><span\s+class="hidden">\[추가: <\/span>after/);
    expect(inWords(page)).toMatch(/승인한 사람/);
  });

  it('of a plan show milestones that came, went and changed', async () => {
    const { works } = defaultPlans;
    const [first, second, ...others] = works.milestones as [Plan['milestones'][0], ...Plan['milestones']];
    const milestones = [{ ...second, hour: '15:00' }, ...others, { ...first, code: 'once-more' }];
    ok(await service.admin.post('/plans', { plan: { ...works, milestones } }));
    const page = inWords(await compare('plan:works'));
    expect(page).toMatch(/추가 계약체결 이름[^삭]*코드: \[추가: once-more\]/);
    expect(page).toMatch(/삭제 계약체결 이름[^추]*코드: \[삭제: signing\]/);
    expect(page).toMatch(/변경 착공 시각: \[삭제: 10:00\] \[추가: 15:00\]/);
  });
});

describe('the page of a plan', () => {
  const plans = '/console/settings/plans/plan';
  const goods = planSchema.parse(defaultPlans.goods);
  const form = { name: 'plan:goods', ...fieldsOfPlan(goods) };

  it('dates a contract of the kind while it is typed', async () => {
    const contract = await service.register({
      kind: 'goods',
      signedOn: '2026-03-02',
      startsOn: '2026-03-16',
      endsOn: '2026-06-30',
    });
    const typed = { ...form, 'offset-0': '3', 'offsetWay-0': 'after-business-days', contract: contract.id };
    const shown = await admin.post(plans, typed, { 'hx-request': 'true' });
    expect(inWords(shown.body)).toMatch(/: 2026년 3월 5일/);
    const whole = await admin.post(plans, { ...typed, step: 'show' });
    expect(whole.body).toContain('value="3"');
    expect(whole.body).toContain(contract.reference);
  });

  it('puts the plan that was typed, from a day on', async () => {
    const typed = { ...form, 'hour-0': '14:00', 'out-1': 'on', fromOn: '2026-03-09', step: 'save' };
    expect((await admin.post(plans, typed)).status).toBe(303);
    const [first, , ...others] = goods.milestones;
    const { items } = ok(
      await service.admin.get<{ items: { name: string; value: Plan; fromOn: string | null }[] }>('/plans'),
    );
    expect(items.find(({ name }) => name === 'plan:goods')).toMatchObject({
      fromOn: '2026-03-09',
      value: { milestones: [{ ...first, hour: '14:00' }, ...others] },
    });
    await admin.post(plans, { name: 'plan:goods', step: 'withdraw' });
    await service.advanceTo('2026-03-10');
    const page = await admin.get(`${plans}?name=plan:goods`);
    expect(inWords(page.body)).toContain('시행 중: 버전 3');
    expect(page.body).toContain(`value="${goods.milestones[1]?.code}"`);
  });

  it('begins a plan for large contracts, from the plain one, with a milestone more', async () => {
    const name = 'plan:goods:dense';
    const list = '/console/settings/plans';
    const offered = async () => (await admin.get(list)).body.split('큰 계약의 계획 만들기').length - 1;
    expect(await offered()).toBe(kinds.length);
    const blank = await admin.get(`${plans}?name=${name}`);
    expect(blank.body).toContain(`value="${goods.milestones[1]?.code}"`);
    // Its dates are shown before it has an amount.
    expect(blank.body).toContain('class="strip"');
    const added = { code: 'halfway', nameKo: '중간 점검', nameEn: 'Halfway', anchor: 'share', percent: '50' };
    const row = { ...added, offset: '0', offsetWay: 'after-days', hour: '10:00' };
    const n = goods.milestones.length;
    const typed = Object.fromEntries(Object.entries(row).map(([field, value]) => [`${field}-${n}`, value]));
    const dense = { ...form, ...typed, name, newest: '0', step: 'save' };
    const unsized = await admin.post(plans, dense);
    expect([unsized.status, unsized.body.includes('id="error-fromAmount"')]).toEqual([400, true]);
    expect((await admin.post(plans, { ...dense, fromAmount: '500000000' })).status).toBe(303);
    const { items } = ok(await service.admin.get<{ items: { name: string; value: Plan }[] }>('/plans'));
    const { fromAmount, milestones = [] } = items.find((one) => one.name === name)?.value ?? {};
    expect([fromAmount, milestones.map(({ code }) => code)]).toEqual([
      '500000000',
      [...goods.milestones.map(({ code }) => code), 'halfway'],
    ]);
    expect(await offered()).toBe(kinds.length - 1);
    expect((await admin.post(plans, { ...dense, fromAmount: '1' })).status).toBe(409);
    const auditor = await service.person('auditor');
    expect((await auditor.get(`${plans}?name=plan:works:dense`)).status).toBe(404);
    expect((await auditor.get(list)).body).not.toContain('큰 계약의 계획 만들기');
  });

  it('is not put over a version that the form has not seen', async () => {
    const typed = { ...form, 'hour-0': '14:00', step: 'save' };
    expect((await admin.post(plans, { ...typed, newest: '1' })).status).toBe(303);
    expect((await admin.post(plans, { ...typed, 'hour-0': '15:00', newest: '1' })).status).toBe(409);
  });

  it('keeps what was typed, with what is wrong at the field of its row', async () => {
    const refused = await admin.post(plans, { ...form, 'offset-1': 'soon', 'hour-2': '25:00', step: 'save' });
    expect(refused.status).toBe(400);
    expect(refused.body).toMatch(/id="error-offset-1"/);
    expect(refused.body).toMatch(/id="error-hour-2"/);
    expect(refused.body).toContain('value="soon"');
  });
});
