import { defaultPlans } from '../src/core/planning/plans.default.js';
import type { Plan } from '../src/core/settings/plan.schema.js';
import type { TemplateVersionView } from '../src/core/texts/template.schema.js';
import { ok, problem } from './support/api-client.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

/** Versions of texts and plans hold from a day on. Two admins sign in; it is Monday 2 March 2026, 09:00 in Seoul. */
let service: TestService;
let second: PageClient;

beforeEach(async () => {
  service = await startService();
  service.approvesAtOnce = false;
  await service.startAt('2026-03-02T09:00:00+09:00');
  second = (await service.signedIn('admin')).page;
});
afterEach(() => service.close());

const place = { locale: 'ko', kind: 'works', milestone: 'signing' };
const key = 'ko/works/signing';
const bodyOf = (word: string) => `${word} {{contract.reference}} {{> channels}}`;

const asked = async (path: string, body: object): Promise<string> => {
  const answer = await service.admin.post<{ proposal?: { id: string } }>(path, body);
  expect(answer.status).toBe(202);
  return answer.body.proposal?.id ?? '';
};
const approve = (id: string) => second.post(`/console/proposals/${id}/approve`);
const put = async (path: string, body: object) =>
  expect((await approve(await asked(path, body))).status).toBe(303);

const texts = async () =>
  ok(await service.admin.get<{ items: TemplateVersionView[] }>(`/templates?key=${key}`)).items.map(
    ({ version, inForce, fromOn, body }) => [version, inForce, fromOn, body.split(' ')[0]],
  );

/** Registers a contract that is signed on a day, and returns the first words of what was sent until another. */
async function toldBy(until: string, signedOn: string): Promise<(string | undefined)[]> {
  await service.register({ signedOn, startsOn: '2026-04-01', endsOn: '2026-12-01' });
  await service.advanceTo(until);
  return (await service.texts()).map(({ text }) => text.split(' ')[0]).sort();
}

describe('a text from a day on', () => {
  it('is sent from that day, and the one in force until then', async () => {
    await put('/templates', { ...place, body: bodyOf('now') });
    await put('/templates', { ...place, body: bodyOf('later'), fromOn: '2026-03-09' });
    expect(await texts()).toEqual([
      [2, false, '2026-03-09', 'later'],
      [1, true, null, 'now'],
    ]);
    expect(await toldBy('2026-03-06', '2026-03-04')).toEqual(['now']);
    expect(await toldBy('2026-03-10', '2026-03-06')).toEqual(['later', 'now']);
    expect((await texts())[0]).toEqual([2, true, '2026-03-09', 'later']);
  });

  it('may hold from a business day that is to come within a year', async () => {
    const codeFor = async (fromOn: string) =>
      problem(await service.admin.post('/templates', { ...place, body: bodyOf('x'), fromOn })).fields?.[0];
    expect(await codeFor('2026-02-27')).toMatchObject({ path: 'fromOn', code: 'begins-past' });
    expect(await codeFor('2026-03-07')).toMatchObject({ path: 'fromOn', code: 'begins-closed' });
    expect(await codeFor('2027-03-04')).toMatchObject({ path: 'fromOn', code: 'begins-far' });
  });

  it('holds at once when it is approved after its day', async () => {
    const id = await asked('/templates', { ...place, body: bodyOf('late'), fromOn: '2026-03-04' });
    await service.advanceTo('2026-03-05T09:00:00+09:00');
    expect((await approve(id)).status).toBe(303);
    expect(await texts()).toEqual([[1, true, null, 'late']]);
  });

  it('is withdrawn by putting the one in force again, which waits as well', async () => {
    await put('/templates', { ...place, body: bodyOf('now') });
    await put('/templates', { ...place, body: bodyOf('later'), fromOn: '2026-03-09' });
    await put('/templates', { ...place, body: bodyOf('now') });
    await service.advanceTo('2026-03-10');
    expect((await texts()).map(([version, inForce]) => [version, inForce])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
  });

  it('is not put over one that came since it was asked for', async () => {
    await put('/templates', { ...place, body: bodyOf('first') });
    const one = await asked('/templates', { ...place, body: bodyOf('one'), fromOn: '2026-03-09' });
    await put('/templates', { ...place, body: bodyOf('other') });
    const refused = await second.post(`/console/proposals/${one}/approve`);
    expect([refused.status, refused.body.includes('요청한 뒤에 이 문안이 바뀌었습니다')]).toEqual([
      409,
      true,
    ]);
    expect((await texts()).map(([, , , word]) => word)).toEqual(['other', 'first']);
  });

  it('names who approved it', async () => {
    await put('/templates', { ...place, body: bodyOf('now') });
    const { items } = ok(await service.admin.get<{ items: TemplateVersionView[] }>(`/templates?key=${key}`));
    expect(items[0]?.approvedBy).toMatch(/^admin:@/);
  });
});

describe('a plan from a day on', () => {
  const { works } = defaultPlans;
  const hours = (hour: string): Plan => ({
    ...works,
    milestones: works.milestones.map((one) => ({ ...one, hour })),
  });
  const [first] = works.milestones;
  const more: Plan = {
    ...works,
    milestones: [...works.milestones, { ...(first as Plan['milestones'][number]), code: 'and-another' }],
  };
  const planned = async () => {
    const { id } = await service.register({ signedOn: '2026-03-02', startsOn: '2026-06-01' });
    const [row] = await service.sql<{ version: number }>(
      `SELECT plan_version AS version FROM contract WHERE id = $1`,
      [id],
    );
    return row?.version;
  };

  it('is for the contracts that are registered from that day on', async () => {
    await put('/plans', { plan: hours('11:00'), fromOn: '2026-03-09' });
    expect(await planned()).toBe(1);
    await service.advanceTo('2026-03-09T09:00:00+09:00');
    expect(await planned()).toBe(2);
  });

  it('that only adds holds from its day without anybody else, and is not taken away without', async () => {
    const added = await service.admin.post('/plans', { plan: more, fromOn: '2026-03-09' });
    expect(added.status).toBe(201);
    // The plan in force, put again, would take away what is to come.
    await asked('/plans', { plan: works });
  });
});
