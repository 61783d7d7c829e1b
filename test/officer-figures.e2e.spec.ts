import type { Measure, OfficerFiguresPage } from '../src/core/flags/flags.schema.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aCounterparty, type ContractInput } from './support/builders.js';
import { contactIds } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

/**
 * Three officers have ten contracts or more each, which one of them keeps from being told by acts that are innocent each time. It is Monday
 * 2 March 2026, 09:00 in Seoul; works are signed on the 3rd, and their parties told on the 4th. Large works have a plan of their own.
 */
let service: TestService;
let auditor: ApiClient;
let roads: string;
const officers = new Map<string, string>();
const odds: string[] = [];

const landline = '010-0000-0001';
const figures = async (query = '') => ok(await auditor.get<OfficerFiguresPage>(`/flags/officers${query}`));

/** Writes what an officer's figures are, such as `late 4/10 !` where they stand out. */
function shown({ items }: OfficerFiguresPage, name: string): string[] {
  const row = items.find(({ officer }) => officer.id === officers.get(name));
  return (row?.measures ?? []).map(
    ({ measure, count, base, isOutlier }) => `${measure} ${count}/${base}${isOutlier ? ' !' : ''}`,
  );
}

async function register(name: string, of: Partial<ContractInput> = {}, locale: 'ko' | 'en' = 'ko') {
  return service.register({
    departmentId: roads,
    officerId: officers.get(name) ?? null,
    value: { amount: '510000000', currency: 'KRW' },
    counterparties: [aCounterparty({ contacts: [aContact({ locale })] })],
    ...of,
  });
}

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  auditor = await service.as('auditor');
  roads = await service.departmentId('ROADS');
  const [plan] = await service.sql<{ value: { milestones: unknown } }>(
    `SELECT value FROM setting WHERE name = 'plan:works' ORDER BY version DESC LIMIT 1`,
  );
  const { milestones } = plan?.value ?? {};
  ok(await service.admin.post('/plans', { plan: { kind: 'works', fromAmount: '500000000', milestones } }));
  for (const name of ['가나다', '하늘', '한바다']) {
    const made = await service.admin.post<{ id: string }>('/officers', { departmentId: roads, name });
    officers.set(name, ok(made).id);
  }
  for (let n = 0; n < 10; n += 1) await register('가나다');
  const worth = (amount: string) => ({ value: { amount, currency: 'KRW' } });
  const foreign = aCounterparty({
    country: 'US',
    contacts: [aContact({ locale: 'en', phone: '+82 10-0000-4321' })],
  });
  await register('하늘', { endsOn: null });
  await register('하늘', { counterparties: [foreign] });
  await register('하늘', worth('440000000'));
  await register('하늘', worth('560000000'));
  for (let n = 4; n < 12; n += 1) await register('하늘');
  const oddly = {
    signedOn: '2026-02-02',
    startsOn: null,
    endsOn: null,
    ...worth('490000000'),
  };
  for (let n = 0; n < 10; n += 1) {
    const contract = n < 4 ? await register('한바다', oddly, 'en') : await register('한바다');
    odds.push(contract.id);
    if (n < 4) continue;
    const change = { phone: landline, reason: 'left' };
    const path = `/contracts/${contract.id}/contacts/${contactIds(contract)[0]}`;
    if (n < 8) ok(await service.admin.patch(path, change));
  }
  await service.advanceTo('2026-03-05T12:00:00+09:00');
});
afterAll(() => service.close());

const ofTheOdd = [
  'contacts-before-alert 4/10 !',
  'late 4/10 !',
  'wrong-number 4/10 !',
  'undated 4/10 !',
  'english 4/10 !',
  'under-threshold 4/10 !',
];
const none = (base: number, ofPeriod = base) => [
  ...['contacts-before-alert', 'late', 'wrong-number'].map((measure) => `${measure} 0/${base}`),
  `undated 0/${ofPeriod}`,
  `english 0/${base}`,
  `under-threshold 0/${ofPeriod}`,
];

describe('figures by officer', () => {
  it('show the one whose acts are innocent each time, first, against the median of the agency', async () => {
    const all = await figures();
    expect([all.from, all.to, all.total]).toEqual(['2025-03-06', '2026-03-05', 3]);
    expect(all.items.map(({ officer, isOutlier }) => [officer.id, isOutlier])).toEqual([
      [officers.get('한바다'), true],
      [officers.get('가나다'), false],
      [officers.get('하늘'), false],
    ]);
    expect(shown(all, '한바다')).toEqual(ofTheOdd);
    expect(shown(all, '가나다')).toEqual(none(10));
    expect(shown(all, '하늘').slice(3)).toEqual(['undated 1/12', 'english 0/11', 'under-threshold 0/10']);
    const medians = Object.fromEntries(all.medians.map(({ measure, share }) => [measure, share]));
    expect(medians).toEqual({
      'contacts-before-alert': 0,
      late: 0,
      'wrong-number': 0,
      undated: 1 / 12,
      english: 0,
      'under-threshold': 0,
    } satisfies Record<Measure, number>);
    expect(all.items[0]?.officer.name).not.toBe('한바다');
  });

  it('are of a period of five years at most', async () => {
    expect(await figures('?to=2026-03-01')).toMatchObject({ from: '2025-03-02', total: 0, items: [] });
    expect((await figures('?from=2021-03-06')).total).toBe(3);
    for (const query of ['?from=2021-03-05', '?from=2026-03-05&to=2026-03-04'])
      expect(problem(await auditor.get(`/flags/officers${query}`)).code).toBe('period-unfit');
  });

  it('count what happened on the days of the period, from their first moment to their last', async () => {
    const measured = async (query: string) => shown(await figures(query), '한바다').slice(0, 5);
    const counts = async (query: string) => (await measured(query)).map((text) => /\d+/.exec(text)?.[0]);
    // Registered and changed on the 2nd; the texts failed on the 3rd or later.
    expect(await counts('?from=2026-03-02&to=2026-03-02')).toEqual(['4', '4', '0', '4', '4']);
    expect(await counts('?from=2026-03-03')).toEqual(['0', '0', '4', '0', '0']);
    const at = async (moment: string) => {
      const ids = `(SELECT id FROM contract WHERE officer_id = '${officers.get('한바다')}')`;
      await service.sql(`UPDATE flag SET at = $1 WHERE officer_id = $2`, [moment, officers.get('한바다')]);
      await service.sql(`UPDATE change SET at = $1 WHERE what = 'registered' AND contract_id IN ${ids}`, [
        moment,
      ]);
      await service.sql(
        `UPDATE message SET service_time = $1 WHERE status = 'failed' AND id IN (SELECT message_id FROM alert WHERE contract_id IN ${ids})`,
        [moment],
      );
    };
    const before = await service.sql<{ id: string; at: Date }>(
      `SELECT id, at FROM flag UNION ALL SELECT id, at FROM change UNION ALL SELECT id, service_time FROM message`,
    );
    await at('2026-03-03T00:00:00+09:00');
    expect(await counts('?from=2026-03-03&to=2026-03-03')).toEqual(['4', '4', '4', '4', '4']);
    expect(await measured('?to=2026-03-02')).toEqual([]);
    await at('2026-03-03T23:59:59+09:00');
    expect(await counts('?from=2026-03-03&to=2026-03-03')).toEqual(['4', '4', '4', '4', '4']);
    expect(await counts('?from=2026-03-04')).toEqual(['0', '0', '0', '0', '0']);
    for (const [table, column] of [
      ['flag', 'at'],
      ['change', 'at'],
      ['message', 'service_time'],
    ])
      await service.sql(
        `UPDATE ${table} SET ${column} = was.at FROM unnest($1::uuid[], $2::timestamptz[]) AS was (id, at) WHERE ${table}.id = was.id`,
        [before.map(({ id }) => id), before.map(({ at: then }) => then)],
      );
  });

  it('stand on a page, from which an auditor gets to the flags of the officer', async () => {
    const person = await service.person('auditor');
    expect((await person.get('/console/flags')).text).toContain('/console/flags/officers');
    const { text } = await person.get('/console/flags/officers');
    expect(text).toMatch(/한바다 <span class="soft">도로과/);
    expect(text.match(/두드러짐/g)).toHaveLength(6);
    expect(text.replaceAll('&#x3D;', '=')).toContain(`/console/flags?officerId=${officers.get('한바다')}`);
    expect(text).not.toContain('한*다');
    const answer = await person.get('/console/flags/officers?from=2026-03-05&to=2026-03-04');
    expect(answer.status).toBe(422);
  });

  it('stay with the officer of the time when the contracts are given to somebody else', async () => {
    for (const id of odds) {
      ok(await service.admin.patch(`/contracts/${id}`, { officerId: officers.get('가나다') }));
    }
    const all = await figures();
    expect(shown(all, '한바다')).toEqual(ofTheOdd);
    // Had since by the other as well, who registered none of them.
    expect(shown(all, '가나다')).toEqual(none(20, 10));
  });

  it('count what happens afterwards for the officer who has the contract then', async () => {
    const contract = await service.contract(odds[9] ?? '');
    const path = `/contracts/${contract.id}/contacts/${contactIds(contract)[0]}`;
    await service.advanceTo('2026-03-06T12:00:00+09:00');
    ok(await service.admin.patch(path, { locale: 'en', reason: 'asked' }));
    await service.advanceTo('2026-03-07T12:00:00+09:00');
    ok(await service.admin.patch(`/contracts/${contract.id}`, { officerId: officers.get('하늘') }));
    // A contact that has English already is not given it again.
    await service.advanceTo('2026-03-08T12:00:00+09:00');
    ok(await service.admin.patch(path, { role: 'director', reason: 'promoted' }));
    const all = await figures();
    expect(shown(all, '한바다')).toEqual(ofTheOdd);
    expect(shown(all, '가나다')).toContain('english 1/20');
    expect(shown(all, '하늘')).toContain('english 0/12');
  });

  it('leave out contracts that were over before the period', async () => {
    await service.advanceTo('2026-03-10T12:00:00+09:00');
    const over = { on: '2026-03-09', reason: 'over' };
    ok(await service.admin.post(`/contracts/${odds[8]}/terminate`, over));
    await service.advanceTo('2026-03-12T12:00:00+09:00');
    expect(shown(await figures('?from=2026-03-09'), '가나다')).toContain('wrong-number 0/19');
    expect(shown(await figures('?from=2026-03-10'), '가나다')).toContain('wrong-number 0/18');
    // Of others, the new ones of the period alone were registered.
    expect(shown(await figures('?from=2026-03-10'), '가나다')).toContain('undated 0/0');
  });

  it('count a value that is put just under the threshold after the registration', async () => {
    const one = await register('하늘', { value: { amount: '620000000', currency: 'KRW' } });
    const before = shown(await figures(), '하늘').find((text) => text.startsWith('under'));
    ok(
      await service.admin.patch(`/contracts/${one.id}`, { value: { amount: '490000000', currency: 'KRW' } }),
    );
    const after = shown(await figures(), '하늘').find((text) => text.startsWith('under'));
    expect([before, after]).toEqual(['under-threshold 0/10', 'under-threshold 1/11']);
  });
});
