import type { ProposalNow, ProposalView } from '../src/core/proposals/proposal.schema.js';
import { defaultPlans } from '../src/core/planning/plans.default.js';
import { OwnAccountService } from '../src/office/accounts/own-account.service.js';
import { type Answer, ok, problem } from './support/api-client.js';
import { PageClient } from './support/page-client.js';
import { signedIn } from './support/entered.js';
import { startService, type TestService } from './support/service.js';

/**
 * What admins do to the whole agency waits for a second person where it could keep people from being told. The agency has two
 * admins and an auditor who sign in. It is Monday 2 March 2026, 09:00 in Seoul.
 */
let service: TestService;
let auditor: PageClient;
let first: PageClient;
let second: PageClient;

const ownNumber = '010-0000-6999';
const hotline = {
  name: { ko: '감사담당관', en: 'Audit office' },
  address: ownNumber,
  kind: 'telephone',
  hours: null,
  languages: ['ko', 'en'],
  anonymous: false,
};

beforeAll(async () => {
  service = await startService();
  service.approvesAtOnce = false;
  await service.startAt('2026-03-02T09:00:00+09:00');
  auditor = (await service.signedIn('auditor')).page;
  first = (await service.signedIn('admin')).page;
  second = (await service.signedIn('admin')).page;
});
afterAll(() => service.close());

interface Waiting {
  proposal?: { id: string };
}
const admin = <T = Waiting>(path: string, body: object) => service.admin.post<T>(path, body);

const inForce = async <T>(path: string) =>
  ok(await service.admin.get<{ items: { version: number; value: T }[] }>(path)).items[0];
const proposalOf = async (id: string) => ok(await service.admin.get<ProposalNow>(`/proposals/${id}`));

function idOf(answer: Answer<Waiting>): string {
  expect([answer.status, Object.keys(answer.body)]).toEqual([202, ['proposal']]);
  const id = answer.body.proposal?.id ?? '';
  expect(answer.headers['location']).toBe(`/api/v1/proposals/${id}`);
  return id;
}

const approvedBy = (page: PageClient, id: string) => page.post(`/console/proposals/${id}/approve`);
const approved = { status: 303, location: expect.stringContaining('done=proposal-approved') as string };
const outcome = ({ status, headers: { location } }: Answer<string>) => ({ status, location });

it('waits, and texts go on naming the hotline that is in force', async () => {
  const before = await inForce('/reporting-channels');
  const answer = await admin('/reporting-channels', { channels: [hotline], reason: 'a new line' });
  const id = idOf(answer);
  expect(await inForce('/reporting-channels')).toEqual(before);
  expect(await proposalOf(id)).toMatchObject({
    act: 'putSetting',
    state: 'waiting',
    contract: null,
    reason: 'a new line',
    isOwn: true,
    changes: [{ what: 'setting-version-added', after: { value: { channels: [{ address: ownNumber }] } } }],
  });
  // The same wish, said again, is the same proposal.
  const again = await admin('/reporting-channels', { channels: [hotline], reason: 'a new line' });
  expect(idOf(again)).toBe(id);

  await service.register({ signedOn: '2026-03-02' });
  await service.advanceTo('2026-03-03T10:30:00+09:00');
  const [text] = await service.texts();
  expect(text?.text).toContain('1398');
  expect(text?.text).not.toContain(ownNumber);

  expect(outcome(await approvedBy(auditor, id))).toMatchObject(approved);
  expect(await inForce('/reporting-channels')).toMatchObject({
    value: { channels: [{ address: ownNumber }] },
  });
  expect(await proposalOf(id)).toMatchObject({
    state: 'approved',
    decidedBy: expect.stringContaining('auditor:@') as string,
  });
});

describe('of settings', () => {
  const works = () => structuredClone(defaultPlans.works);
  const added = {
    ...works().milestones[0],
    code: 'a-second-look',
    name: { ko: '중간 점검', en: 'A second look' },
  };
  const dropped = { ...works(), milestones: works().milestones.slice(1) };
  const settings = async (path: string, change: object) => {
    const { value } = (await inForce<object>(path)) ?? { value: {} };
    return admin(path, { ...value, ...change });
  };

  it.each<[string, () => Promise<Answer<Waiting>>]>([
    ['a plan without its first milestone', () => admin('/plans', { plan: dropped })],
    ['a denser plan', () => admin('/plans', { plan: { ...works(), fromAmount: '500000000' } })],
    [
      'a template',
      () =>
        admin('/templates', {
          locale: 'ko',
          kind: 'any',
          milestone: 'signing',
          wording: 'milestone',
          body: '[{{> agency}}] {{contract.reference}} ☎{{channel.number}}',
        }),
    ],
    ['a day off', () => settings('/calendar', { closed: ['2026-03-04'] })],
    ['a window of an hour', () => settings('/calendar', { window: { from: '09:00', to: '10:00' } })],
    ['a rehearsal', () => settings('/agency', { rehearsal: { on: true, numbers: [] } })],
    ['no grace', () => settings('/agency', { graceHours: 0 })],
    ['fewer failures that pause sending', () => settings('/agency', { failureShare: 29 })],
    ['later texts that count as in time', () => settings('/agency', { lateDays: 9 })],
  ])('%s waits', async (_name, put) => {
    idOf(await put());
  });

  it.each<[string, () => Promise<Answer<Waiting>>]>([
    [
      'a milestone more',
      () => admin('/plans', { plan: { ...works(), milestones: [...works().milestones, added] } }),
    ],
    ['what an import asks again about', () => settings('/agency', { importAskAbove: 7 })],
    ['more failures before sending pauses', () => settings('/agency', { failureShare: 50 })],
    ['no pause however many texts fail', () => settings('/agency', { failureShare: 0 })],
    ['what is in force already', () => settings('/calendar', {})],
  ])('%s applies at once', async (_name, put) => {
    expect((await put()).status).toBe(201);
  });
});

it('is made on what it was asked of, or not at all', async () => {
  const { value } = (await inForce<{ graceHours: number }>('/agency')) ?? { value: {} };
  const wish = idOf(await admin('/agency', { ...value, graceHours: 12 }));
  const other = idOf(await admin('/agency', { ...value, graceHours: 24 }));
  expect(outcome(await approvedBy(auditor, other))).toMatchObject(approved);
  expect((await approvedBy(auditor, wish)).status).toBe(409);
  expect(await inForce('/agency')).toMatchObject({ value: { graceHours: 24 } });
  expect((await proposalOf(wish)).problem).toContain('ask again, from what is in force now');
});

describe('who decides', () => {
  /** An admin asks on the page of the calendar for a day off. */
  async function askedBy(page: PageClient, day: string): Promise<string> {
    const { value } =
      (await inForce<{ country: string; window: { from: string; to: string }; timeZone: string }>(
        '/calendar',
      )) ?? {};
    const answer = await page.post('/console/settings/calendar', {
      country: value?.country ?? '',
      from: value?.window.from ?? '',
      to: value?.window.to ?? '',
      closed: day,
      timeZone: value?.timeZone ?? '',
    });
    expect(answer.headers['location']).toMatch(/^\/console\/proposals\/[0-9a-f-]{36}\?done=proposed$/);
    return /proposals\/([0-9a-f-]+)/.exec(String(answer.headers['location']))?.[1] ?? '';
  }

  it('is another admin, or an auditor, who reads what it would change', async () => {
    const id = await askedBy(first, '2026-04-06');
    const shown = (await second.get(`/console/proposals/${id}`)).body;
    expect(shown).toContain('기관 휴무일: 2026-04-06');
    expect((await auditor.get('/console')).body).toContain('/console/proposals');
    expect(outcome(await approvedBy(second, id))).toMatchObject(approved);
    expect(await inForce('/calendar')).toMatchObject({ value: { closed: ['2026-04-06'] } });
  });

  it('is never who asks, and no program', async () => {
    const id = await askedBy(first, '2026-04-07');
    expect((await approvedBy(first, id)).status).toBe(403);
    for (const role of ['admin', 'auditor'] as const) {
      const answer = await (await service.as(role)).post(`/proposals/${id}/approve`, {});
      expect(problem(answer).code).toBe('proposal-not-yours');
    }
    expect(
      (
        await (
          await service.newcomer('manager', await service.departmentId('ROADS'))
        ).get(`/console/proposals/${id}`)
      ).status,
    ).toBe(404);
    expect(
      outcome(await second.post(`/console/proposals/${id}/refuse`, { reason: 'a working day' })),
    ).toMatchObject({ status: 303 });
  });

  it('is nobody whose account the asker made, or who made the asker’s', async () => {
    const host = await service.signedIn('admin');
    const invited = await host.page.post('/console/settings/people', {
      email: 'guest@hanbit.example',
      name: '한여울',
      role: 'admin',
      locale: 'ko',
    });
    const token = /\/welcome\/([\w-]+)/.exec(invited.body)?.[1] ?? '';
    const session = await signedIn(
      service.app.get(OwnAccountService).acceptLink(token, 'nine lanterns at the gate'),
    );
    const guest = new PageClient(service.app, session.token);
    const ofHost = await askedBy(host.page, '2026-04-08');
    expect((await approvedBy(guest, ofHost)).status).toBe(403);
    const ofGuest = await askedBy(guest, '2026-04-09');
    expect((await approvedBy(host.page, ofGuest)).status).toBe(403);
    expect(outcome(await approvedBy(second, ofGuest))).toMatchObject(approved);
  });
});

describe('the accounts and keys of auditors', () => {
  interface Made extends Waiting {
    account?: { id: string };
    link?: string;
    key?: string;
  }
  const newcomer = (role: string) => ({ email: `${role}@hanbit.example`, name: '강새벽', role });
  const accounts = async () =>
    ok(
      await service.admin.get<{
        items: { id: string; email: string; role: string; active: boolean; invited: boolean }[];
      }>('/accounts'),
    ).items;
  const auditorId = async () =>
    (await accounts()).find(({ role, invited }) => role === 'auditor' && !invited)?.id ?? '';

  it('are made when somebody else approves; a link is made then', async () => {
    const id = idOf(await admin<Made>('/accounts', newcomer('auditor')));
    expect((await accounts()).map(({ email }) => email)).not.toContain('auditor@hanbit.example');
    expect(await proposalOf(id)).toMatchObject({
      act: 'inviteAuditor',
      changes: [{ what: 'invited', after: { name: '강*벽', role: 'auditor' } }],
    });
    expect((await second.get(`/console/proposals/${id}`)).body).toContain('강*벽');
    expect(outcome(await approvedBy(second, id))).toMatchObject(approved);
    const made = (await accounts()).find(({ email }) => email === 'auditor@hanbit.example');
    const answer = await admin<Made>(`/accounts/${made?.id}/reset`, {});
    expect([answer.status, answer.body.link]).toEqual([200, expect.stringContaining('/welcome/')]);
  });

  it('are changed, and lose their password, when somebody else approves', async () => {
    const id = await auditorId();
    const reset = await admin<Made>(`/accounts/${id}/reset`, { reason: 'forgotten' });
    expect(reset.body).not.toHaveProperty('link');
    const disabled = await service.admin.patch<Waiting>(`/accounts/${id}`, { active: false });
    const [first, other] = [idOf(reset), idOf(disabled)];
    expect((await auditor.get('/console')).status).toBe(200);
    expect(
      outcome(await second.post(`/console/proposals/${first}/refuse`, { reason: 'they have not' })),
    ).toMatchObject({ status: 303 });
    expect(outcome(await approvedBy(second, other))).toMatchObject(approved);
    expect((await accounts()).find((one) => one.id === id)).toMatchObject({ active: false });
    expect(idOf(await service.admin.patch<Waiting>(`/accounts/${id}`, { active: true }))).toBeTruthy();
  });

  it('cannot be what is refused anyhow: nobody is asked for that', async () => {
    const { email = '' } = (await accounts())[0] ?? {};
    const answer = await admin<Made>('/accounts', { ...newcomer('auditor'), email });
    expect(problem(answer).code).toBe('email-taken');
  });

  it('of others wait for nobody', async () => {
    expect((await admin<Made>('/accounts', newcomer('admin'))).body.link).toContain('/welcome/');
  });

  it('keys open nothing before', async () => {
    const answer = await admin<Made>('/api-keys', { name: 'audit system', role: 'auditor' });
    const [id, key] = [idOfKey(answer), answer.body.key ?? ''];
    const client = service.client(key);
    expect((await client.get('/proposals')).status).toBe(401);
    expect(outcome(await approvedBy(second, id))).toMatchObject(approved);
    expect((await client.get('/proposals')).status).toBe(200);
  });

  function idOfKey({ status, body }: Answer<Made>): string {
    expect(status).toBe(202);
    return body.proposal?.id ?? '';
  }
});

describe('a brake', () => {
  const clock = async () => ok(await service.admin.get<{ now: string }>('/sandbox/clock')).now;
  const later = (moment: string, hours: number) => new Date(Date.parse(moment) + hours * 3_600_000);
  const brakesOn = async () =>
    ok(
      await service.admin.get<{
        items: { id: string; releasedAt: string | null; releaseReason: string | null }[];
      }>('/brakes'),
    ).items;
  const pull = (page: PageClient, what: string) =>
    page.post('/console/settings/brakes', { what, reason: 'an error was found' });
  const waitingFor = async (act: string) =>
    ok(await service.admin.get<{ items: ProposalView[] }>('/proposals?state=waiting&limit=100')).items.find(
      (one) => one.act === act,
    )?.id ?? '';

  it('holds at once, ends by itself within a day, and is not pulled again in that week without a second person', async () => {
    const roads = await service.departmentId('ROADS');
    const { page } = await service.signedIn('admin');
    const begins = await clock();
    expect((await pull(page, `department:${roads}`)).headers['location']).toContain('done=brake-for-a-day');
    const [pulled] = await brakesOn();
    expect(pulled).toMatchObject({ releasedAt: null, endsAt: later(begins, 24).toISOString() });
    await service.advanceTo(later(begins, 23).toISOString());
    expect((await brakesOn())[0]).toMatchObject({ id: pulled?.id, releasedAt: null });
    await service.advanceTo(later(begins, 24).toISOString());
    expect((await brakesOn()).find(({ id }) => id === pulled?.id)).toMatchObject({
      releasedAt: expect.any(String) as string,
      releasedBy: 'system',
      releaseReason: 'brake-not-approved',
    });
    expect((await page.get('/console/settings/brakes')).body).toContain('저절로 풀렸습니다');

    expect((await pull(page, 'template:ko/any/signing')).headers['location']).toContain('done=proposed');
    expect((await brakesOn()).filter(({ releasedAt }) => releasedAt === null)).toEqual([]);
    const id = await waitingFor('pullBrake');
    expect((await second.get(`/console/proposals/${id}`)).body).toContain('계약체결 (모든 종류, 한국어)');
    expect(outcome(await approvedBy(second, id))).toMatchObject(approved);
    const [on] = (await brakesOn()).filter(({ releasedAt }) => releasedAt === null);
    expect(on).toMatchObject({ endsAt: null });
    await service.admin.post(`/brakes/${on?.id}/release`, { reason: 'mended' });
  });

  it('is not for a day each time that it was released in between', async () => {
    const { page } = await service.signedIn('admin');
    await pull(page, 'sender:SANDBOX');
    const [first] = await brakesOn();
    await service.advanceTo(later(await clock(), 20).toISOString());
    await service.admin.post(`/brakes/${first?.id}/release`, { reason: 'mended' });
    const now = await clock();
    await pull(page, 'sender:SANDBOX');
    const [again] = await brakesOn();
    expect(again).toMatchObject({ releasedAt: null, endsAt: later(now, 4).toISOString() });
    await service.admin.post(`/brakes/${again?.id}/release`, { reason: 'mended' });
  });

  it('is for a whole day again a week later, and beside what somebody else has approved', async () => {
    const { page } = await service.signedIn('admin');
    const pulledFor24Hours = async () => {
      const now = await clock();
      await pull(page, 'sender:SANDBOX');
      const [on] = await brakesOn();
      expect(on).toMatchObject({ releasedAt: null, endsAt: later(now, 24).toISOString() });
      return { id: on?.id, now };
    };
    const release = async (id?: string) => {
      await service.admin.post(`/brakes/${id}/release`, { reason: 'mended' });
      const waiting = await waitingFor('keepBrake');
      if (waiting) await second.post(`/console/proposals/${waiting}/refuse`, { reason: 'mended' });
    };
    const { id: approvedOne } = await pulledFor24Hours();
    expect(outcome(await approvedBy(second, await waitingFor('keepBrake')))).toMatchObject(approved);
    await service.advanceTo(later(await clock(), 2).toISOString());
    await release(approvedOne);

    const { id: alone, now } = await pulledFor24Hours();
    await service.advanceTo(later(now, 2).toISOString());
    await release(alone);
    await service.sql(`UPDATE change SET at = at - interval '7 days' WHERE subject_id = $1`, [alone]);
    await release((await pulledFor24Hours()).id);
  });

  it('stays once somebody else has approved it', async () => {
    const { page } = await service.signedIn('admin');
    await pull(page, 'agency:all');
    expect(
      (await page.post('/console/settings/brakes', { what: 'agency:all', reason: 'an error', step: 'save' }))
        .status,
    ).toBe(303);
    const id = await waitingFor('keepBrake');
    expect((await approvedBy(page, id)).status).toBe(403);
    expect(outcome(await approvedBy(second, id))).toMatchObject(approved);
    await service.advanceTo(later(await clock(), 100).toISOString());
    const [on] = await brakesOn();
    expect(on).toMatchObject({ releasedAt: null, endsAt: null });
    const leaves = await service.sql<{ ends: string | null }>(
      `SELECT body ->> 'ends_at' AS ends FROM leaf WHERE kind = 'brake' AND subject_id = $1 ORDER BY id`,
      [on?.id],
    );
    expect(leaves).toEqual([{ ends: expect.any(String) as string }, { ends: null }]);
    await service.admin.post(`/brakes/${on?.id}/release`, { reason: 'mended' });
  });
});

it('lets a department go live later when somebody else approves, and earlier at once', async () => {
  const { id } = ok(
    await service.admin.post<{ id: string }>('/departments', {
      code: 'LATE',
      name: '늦은과',
      goLiveOn: '2026-05-01',
    }),
  );
  const goLive = (day: string) =>
    service.admin.patch<Waiting & { goLiveOn?: string }>(`/departments/${id}`, { goLiveOn: day });
  const later = idOf(await goLive('2028-03-02'));
  expect((await second.get(`/console/proposals/${later}`)).body).toContain('2028-03-02');
  expect((await goLive('2026-04-01')).body).toMatchObject({ goLiveOn: '2026-04-01' });
  expect(outcome(await approvedBy(second, later))).toMatchObject(approved);
});

it('applies at once in an agency that has nobody else', async () => {
  const small = await startService();
  small.approvesAtOnce = false;
  await small.startAt('2026-03-02T09:00:00+09:00');
  expect((await small.admin.post('/reporting-channels', { channels: [hotline] })).status).toBe(201);
  const { key } = ok(
    await small.admin.post<{ key: string }>('/api-keys', { name: 'audit', role: 'auditor' }),
  );
  expect((await small.client(key).get('/proposals')).status).toBe(200);
  const only = await small.signedIn('auditor');
  // Their password is lost: nobody but them could approve it.
  expect((await small.admin.post(`/accounts/${only.id}/reset`, {})).status).toBe(200);
  await small.close();
});

it('lists what waits for the agency to admins and auditors, and says what it is', async () => {
  const { items } = ok(
    await service.admin.get<{ items: ProposalView[] }>('/proposals?state=waiting&limit=100'),
  );
  expect(items.map(({ act }) => act)).toEqual(expect.arrayContaining(['putSetting', 'putTemplate']));
  for (const lang of ['ko', 'en'])
    expect((await second.get('/console/proposals', { 'accept-language': lang })).status).toBe(200);
});

it('shows auditors every act on the agency, in both languages, in pages', async () => {
  const third = (await service.signedIn('auditor')).page;
  const korean = (await third.get('/console/settings/history?limit=200')).body;
  for (const text of [
    '신고하는 곳',
    '감사 담당자 초대',
    '늦은과',
    '비밀번호 지움',
    '발송을 멈춤',
    '계약체결 (모든 종류, 한국어)',
  ])
    expect([text, korean.includes(text)]).toEqual([text, true]);
  expect(korean).toMatch(/<span class="soft small">버전 \d+<\/span>/);
  expect(korean).not.toMatch(/새 버전 \d/);
  expect((await third.get('/console')).body).toContain('감사 담당자의 계정과 키');
  const page = await third.get('/console/settings/history?subject=setting', { 'accept-language': 'en' });
  expect([page.status, page.body.includes('proposals/')]).toEqual([200, false]);
  const read = async (cursor = ''): Promise<string[]> => {
    const { items, nextCursor } = ok(
      await service.admin.get<{ items: { id: string }[]; nextCursor: string | null }>(
        `/agency/changes?limit=5${cursor}`,
      ),
    );
    const ids = items.map(({ id }) => id);
    return nextCursor ? [...ids, ...(await read(`&cursor=${nextCursor}`))] : ids;
  };
  const ids = await read();
  expect([new Set(ids).size, ids.toSorted().toReversed()]).toEqual([ids.length, ids]);
  const [{ count } = { count: 0 }] = await service.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM change WHERE contract_id IS NULL AND subject NOT IN ('import', 'export', 'flag', 'message')`,
  );
  expect(ids).toHaveLength(count);
});

describe('that a brake stays', () => {
  it.each([
    [
      'by whoever releases it',
      async (id: string) => service.admin.post(`/brakes/${id}/release`, { reason: 'mended' }),
    ],
    [
      'by itself',
      async () => service.advanceTo(new Date(Date.parse(await now()) + 25 * 3_600_000).toISOString()),
    ],
  ])('is asked of nobody any more once it is released: %s', async (_how, release) => {
    const { page } = await service.signedIn('admin');
    await page.post('/console/settings/brakes', { what: 'template:ko/any/payment', reason: 'an error' });
    const { id } = ok(await service.admin.get<{ items: { id: string }[] }>('/brakes')).items[0] ?? { id: '' };
    const { items } = ok(await service.admin.get<{ items: ProposalView[] }>('/proposals?state=waiting'));
    const asked = items.find(({ act }) => act === 'keepBrake')?.id ?? '';
    await release(id);
    expect(await proposalOf(asked)).toMatchObject({
      state: 'withdrawn',
      decidedBy: expect.any(String) as string,
    });
  });
  const now = async () => ok(await service.admin.get<{ now: string }>('/sandbox/clock')).now;
});

describe('the page of what is to be changed', () => {
  const agency = async () => (await inForce<object>('/agency'))?.value;
  const account = async () => (await service.signedIn('auditor')).id;
  const department = () => service.departmentId('PARKS');
  const cases: [string, string, () => Promise<unknown>][] = [
    ['agency', 'putSetting', async () => admin('/agency', { ...(await agency()), graceHours: 5 })],
    [
      'calendar',
      'putSetting',
      async () =>
        admin('/calendar', { ...(await inForce<object>('/calendar'))?.value, closed: ['2026-06-09'] }),
    ],
    [
      'channels',
      'putSetting',
      () => admin('/reporting-channels', { channels: [{ ...hotline, address: '010-0000-6998' }] }),
    ],
    [
      'plans',
      'putSetting',
      () =>
        admin('/plans', {
          plan: { ...defaultPlans.goods, milestones: defaultPlans.goods.milestones.slice(1) },
        }),
    ],
    [
      'brakes',
      'keepBrake',
      () => admin('/brakes', { scope: 'template', target: 'ko/any/signing', reason: 'an error' }),
    ],
    ['keys', 'openAuditorKey', () => admin('/api-keys', { name: 'audit-2', role: 'auditor' })],
    [
      'people',
      'inviteAuditor',
      () => admin('/accounts', { email: 'x@hanbit.example', name: '한가온', role: 'auditor' }),
    ],
  ];

  it.each(cases)('shows that a change of it waits: %s', async (place, act, ask) => {
    await ask();
    const { items } = ok(
      await service.admin.get<{ items: ProposalView[] }>('/proposals?state=waiting&limit=100'),
    );
    const own = items.find((one) => one.act === act)?.id ?? '';
    expect((await first.get(`/console/settings/${place}`)).body).toContain(
      `href="/console/proposals/${own}"`,
    );
    expect((await first.get('/console/settings/history')).body).not.toContain('여기에서 승인을');
  });

  it('shows that of one person, or of one department, alone', async () => {
    const person = await account();
    const answer = await admin(`/accounts/${person}/reset`, { reason: 'forgotten' });
    const later = await service.admin.patch<Waiting>(`/departments/${await department()}`, {
      goLiveOn: '2026-07-01',
      reason: 'later',
    });
    const pages = async (path: string) => (await first.get(`/console/settings/${path}`)).body;
    const link = (id?: string) => `href="/console/proposals/${id}"`;
    expect(await pages(`people/${person}`)).toContain(link(answer.body.proposal?.id));
    expect(await pages(`people/${await account()}`)).not.toContain(link(answer.body.proposal?.id));
    expect(await pages(`departments/${await department()}`)).toContain(link(later.body.proposal?.id));
    expect(await pages(`departments/${await service.departmentId('ROADS')}`)).not.toContain(
      link(later.body.proposal?.id),
    );
  });
});
