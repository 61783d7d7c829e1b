import { newId } from '../src/platform/ids.js';
import { defaultPlans } from '../src/core/planning/plans.default.js';
import type { Offer } from '../src/core/setup/defaults.schema.js';
import type { Agency } from '../src/core/settings/settings.schema.js';
import { ok } from './support/api-client.js';
import { alertLines } from './support/contract-reading.js';
import { newerRelease, offersTo } from './support/newer-release.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;

beforeEach(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
});
afterEach(() => service.close());

const works = {
  ...defaultPlans.works,
  milestones: defaultPlans.works.milestones.filter(({ code }) => code !== 'commencement'),
};
const [signing, commencement] = ['ko/any/signing', 'ko/works/commencement'];
const body = (words: string) => `[{{> agency}}] ${words}({{contract.reference}}) {{> channels}}`;

const accept = (offer: Offer | undefined) => service.admin.post(`/defaults/${offer?.id}/accept`, {});
const decline = (offer: Offer | undefined) =>
  service.admin.post(`/defaults/${offer?.id}/decline`, { reason: 'ours is shorter' });
const offersIn = async () =>
  Object.fromEntries((await offersTo(service)).map((offer) => [offer.name, offer]));

/** The agency's own wording of the text of a start of works. */
const write = async (words: string) =>
  ok(
    await service.admin.post('/templates', {
      locale: 'ko',
      kind: 'works',
      milestone: 'commencement',
      body: body(words),
    }),
  );
const bodyInForce = async () =>
  ok(
    await service.admin.get<{ items: { body: string }[] }>(
      `/templates?key=${encodeURIComponent(commencement)}`,
    ),
  ).items[0]?.body;

const changesOf = (subject: string, id: string) =>
  service.sql<{ what: string; actor: string; reason: string | null; leaves: number }>(
    `SELECT what, actor, reason, (SELECT count(*)::int FROM leaf l WHERE l.body ->> 'id' = c.id::text) AS leaves
     FROM change c WHERE subject = $1 AND (subject_id = $2 OR params ->> 'template' = $2) ORDER BY id`,
    [subject, id],
  );

describe('the defaults of a newer release', () => {
  it('are none for an agency that was given them', async () => {
    expect(await offersTo(service)).toEqual([]);
  });

  it('are offered beside what is in force, and change nothing by themselves', async () => {
    await service.register();
    await service.advanceTo('2026-03-05T18:00:00+09:00');
    const before = await service.contents();
    newerRelease(service, { 'plan:works': works, [commencement]: body('착공 안내') });
    const offers = await offersTo(service);
    expect(offers).toMatchObject([
      {
        kind: 'plan',
        name: 'plan:works',
        value: works,
        inForce: { version: 1, value: defaultPlans.works, actor: 'set-up' },
      },
      { kind: 'template', name: commencement, value: body('착공 안내'), inForce: { version: 1 } },
    ]);
    expect(await service.contents()).toEqual(before);
  });

  it('are long texts once the agency chooses these, and all are accepted at once', async () => {
    const [{ value }] = ok(await service.admin.get<{ items: [{ value: Agency }] }>('/agency')).items;
    ok(await service.admin.post('/agency', { ...value, rehearsal: undefined, koreanTexts: 'long' }));
    const offers = await offersTo(service);
    // Every text in Korean but the digest and that to a former number, which have no long form.
    expect(offers).toHaveLength(36);
    const admin = await service.person('admin');
    const stale = { offers: [...offers.map(({ id }) => id), newId()].join(',') };
    expect((await admin.post('/console/settings/defaults', stale)).status).toBe(404);
    expect(await offersTo(service)).toHaveLength(36);
    await admin.post('/console/settings/defaults', { offers: offers.map(({ id }) => id).join(',') });
    expect(await offersTo(service)).toEqual([]);
    await service.register({ reference: 'C-77' });
    await service.advanceTo('2026-03-04T12:00:00+09:00');
    expect((await service.texts()).map(({ text }) => text)).toEqual([
      '[한빛시] 계약체결 안내(C-77)\n일자: 3월 3일\n' +
        '금품·향응 제공은 금지되어 있습니다. 부당한 요구를 받으시면 신고해 주시기 바랍니다. ☎1398, ☎110\n' +
        '신고자는 법에 따라 보호받습니다. 저희 기관은 문자로 금전을 요구하지 않습니다.',
    ]);
    ok(await service.admin.post('/agency', { ...value, rehearsal: undefined, koreanTexts: 'short' }));
    expect(await offersTo(service)).toHaveLength(36);
  });

  it('are for what is not yet sent once they are accepted, and nothing is sent twice', async () => {
    const old = await service.register();
    await service.advanceTo('2026-03-05T18:00:00+09:00');
    const [sent] = await service.texts();
    const planned = alertLines(await service.contract(old.id));
    newerRelease(service, {
      'plan:works': works,
      [signing]: body('계약 안내'),
      [commencement]: body('착공 안내'),
    });
    for (const offer of await offersTo(service))
      expect(ok(await accept(offer))).toEqual({ name: offer.name, version: 2 });
    expect(await offersTo(service)).toEqual([]);
    expect(alertLines(await service.contract(old.id))).toEqual(planned);

    const young = await service.register({ signedOn: '2026-03-05' });
    await service.advanceTo('2026-03-20T18:00:00+09:00');
    expect((await service.texts()).map(({ text }) => text)).toEqual([
      sent?.text,
      expect.stringContaining(`계약 안내(${young.reference})`),
      expect.stringContaining(`착공 안내(${old.reference})`),
    ]);
    expect([old.planVersion, (await service.contract(old.id)).planVersion, young.planVersion]).toEqual([
      1, 1, 2,
    ]);
  });

  it('are journalled like an admin’s own changes', async () => {
    newerRelease(service, { 'plan:works': works, [commencement]: body('착공 안내') });
    const { 'plan:works': plan, [commencement]: text } = await offersIn();
    ok(await accept(plan));
    ok(await decline(text));
    const actor = expect.stringContaining('admin') as string;
    expect((await changesOf('setting', 'plan:works')).at(-1)).toEqual({
      what: 'setting-version-added',
      actor,
      reason: null,
      leaves: 1,
    });
    expect((await changesOf('template', commencement)).at(-1)).toEqual({
      what: 'default-declined',
      actor,
      reason: 'ours is shorter',
      leaves: 1,
    });
  });

  it('are gone once they are declined, until they change again', async () => {
    newerRelease(service, { [commencement]: body('착공 안내') });
    const before = await bodyInForce();
    ok(await decline((await offersTo(service))[0]));
    expect(await offersTo(service)).toEqual([]);
    expect(await bodyInForce()).toBe(before);
    newerRelease(service, { [commencement]: body('착공을 알립니다') });
    expect(await offersTo(service)).toMatchObject([{ name: commencement, value: body('착공을 알립니다') }]);
  });

  it('are offered, too, when they go back to what was given before', async () => {
    const before = await bodyInForce();
    newerRelease(service, { [commencement]: body('착공 안내') });
    ok(await accept((await offersTo(service))[0]));
    newerRelease(service, {});
    expect(await offersTo(service)).toMatchObject([{ name: commencement, value: before }]);
  });

  it('leave the agency’s own wording in force until they are accepted', async () => {
    await write('우리 안내');
    expect(await offersTo(service)).toEqual([]);
    newerRelease(service, { [commencement]: body('착공 안내') });
    const [offer] = await offersTo(service);
    expect(offer).toMatchObject({ inForce: { version: 2, value: body('우리 안내') } });
    expect(await bodyInForce()).toBe(body('우리 안내'));
    ok(await accept(offer));
    expect(await bodyInForce()).toBe(body('착공 안내'));
  });

  it('do not replace a wording that whoever accepts has not seen', async () => {
    newerRelease(service, { [commencement]: body('착공 안내') });
    const [offer] = await offersTo(service);
    await write('우리 안내');
    expect((await accept(offer)).status).toBe(404);
    expect(await bodyInForce()).toBe(body('우리 안내'));
    expect(await offersTo(service)).toHaveLength(1);
  });

  it('are accepted once, however often somebody presses', async () => {
    newerRelease(service, { [commencement]: body('착공 안내') });
    const [offer] = await offersTo(service);
    const answers = await Promise.all([accept(offer), accept(offer), accept(offer)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
  });

  it('are answered on a page, in both languages', async () => {
    const admin = await service.person('admin');
    newerRelease(service, { 'plan:works': works, [commencement]: body('착공 안내') });
    const path = '/console/settings/defaults';
    expect((await admin.get(path)).body).toContain('알림 계획: 공사');
    const english = (await admin.get(path, { cookie: `chorong-local=${admin.token}; chorong-locale=en` }))
      .body;
    expect(english).toContain('Text: Start of works (works, Korean)');
    const { 'plan:works': plan, [commencement]: text } = await offersIn();
    const accepted = await admin.post(`${path}/${plan?.id}`, { step: 'accept', reason: '' });
    expect(accepted.headers['location']).toBe(`${path}?done=default-accepted`);
    const declined = await admin.post(`${path}/${text?.id}`, { step: 'decline', reason: 'ours is shorter' });
    expect(declined.headers['location']).toBe(`${path}?done=default-declined`);
    expect((await admin.get(path)).body).toContain('정할 것이 없습니다.');
  });
});
