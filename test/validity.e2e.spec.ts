import type { ContractView } from '../src/core/contracts/contract.view.js';
import { defaultPlans } from '../src/core/planning/plans.default.js';
import type { ApiClient } from './support/api-client.js';
import { ok, problem } from './support/api-client.js';
import { aContact, aContract, aCounterparty, aNumber, type ContractInput } from './support/builders.js';
import { applied, aSheet, bring } from './support/brought-sheets.js';
import { startService, type TestService } from './support/service.js';

/** What is refused, or taken and named, without a second person: it is Monday 2 March 2026, 09:00 in Seoul. */
let service: TestService;
let roads: string;
let officer: ApiClient;
let officerId: string;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  const added = { departmentId: roads, name: '한서준' };
  officerId = ok(await service.admin.post<{ id: string }>('/officers', added)).id;
  const key = { name: 'officer', role: 'officer', departmentId: roads, officerId };
  officer = service.client(ok(await service.admin.post<{ key: string }>('/api-keys', key)).key);
});
afterAll(() => service.close());

const draft = (overrides: Partial<ContractInput> = {}) => aContract({ departmentId: roads, ...overrides });
const partyOf = (overrides: Parameters<typeof aCounterparty>[0]) => ({
  counterparties: [aCounterparty(overrides)],
});
const register = (overrides: Partial<ContractInput> = {}, by = officer) =>
  by.post<ContractView>('/contracts', draft(overrides));

describe('a contract is refused', () => {
  it.each<[string, Partial<ContractInput>, string]>([
    ['whose reference is a telephone number', { reference: 'C-010-0000-7777' }, 'reference-unfit'],
    ['whose reference is a sentence', { reference: '신고는-담당자에게' }, 'reference-unfit'],
    ['whose reference is long', { reference: `C-${'2'.repeat(29)}` }, 'reference-unfit'],
    ['whose title turns words round', { title: 'abc\u202edef' }, 'validation-failed'],
    ['whose company holds what nobody sees', partyOf({ name: '가\u200b나' }), 'validation-failed'],
    [
      'whose person holds what nobody sees',
      partyOf({ contacts: [aContact({ name: '이\u3164가람' })] }),
      'validation-failed',
    ],
    [
      'whose business number is none',
      partyOf({ registrationNumber: '123-45-67890' }),
      'registration-number-wrong',
    ],
    ['that is signed 61 days ahead', { signedOn: '2026-05-02', startsOn: '2026-05-04' }, 'day-too-far'],
    ['to which an officer gives a source', { source: 'elsewhere' }, 'identity-not-yours'],
    ['to which an officer gives a revision', { revision: 1 }, 'identity-not-yours'],
  ])('%s', async (_what, overrides, code) => {
    const answer = await register(overrides);
    expect([answer.status, problem(answer).code]).toEqual([code === 'validation-failed' ? 400 : 422, code]);
  });

  it('named for an officer who has left, by whomever', async () => {
    const gone = ok(
      await service.admin.post<{ id: string }>('/officers', { departmentId: roads, name: '윤도현' }),
    ).id;
    const contract = ok(await register({ officerId: gone }));
    ok(await service.admin.patch(`/officers/${gone}`, { active: false }));
    for (const by of [officer, service.admin]) {
      expect(problem(await register({ officerId: gone }, by)).code).toBe('officer-left');
      const amended = await by.patch(`/contracts/${ok(await register()).id}`, { officerId: gone });
      expect(problem(amended).code).toBe('officer-left');
    }
    // Whose it is already it stays.
    ok(await officer.patch(`/contracts/${contract.id}`, { officerId: gone, title: '다른 이름' }));
  });
});

it('takes a signing 60 days ahead, zeros for no business number, and what a system gives', async () => {
  const contract = ok(await register({ signedOn: '2026-05-01', startsOn: '2026-05-04' }));
  expect(contract.counterparties[0]?.registrationNumber).toBeNull();
  const real = ok(await register(partyOf({ registrationNumber: '123-45-67891' })));
  expect(real.counterparties[0]?.registrationNumber).toBe('123-45-67891');
  const system = ok(await register({ source: 'ledger', revision: 3 }, service.admin));
  expect(system).toMatchObject({ source: 'ledger', revision: 3 });
});

it('lets a revision rise, by a system alone', async () => {
  const { id } = ok(await register({ revision: 3 }, service.admin));
  const put = (revision: number, by: ApiClient) => by.patch<ContractView>(`/contracts/${id}`, { revision });
  expect(problem(await put(4, officer)).code).toBe('identity-not-yours');
  expect(problem(await put(2, service.admin)).code).toBe('revision-only-rises');
  expect(ok(await put(4, service.admin)).revision).toBe(4);
  expect(ok(await put(4, officer)).revision).toBe(4);
});

it('chooses the plan again when the value passes the threshold, either way, and once', async () => {
  const milestones = defaultPlans.service.milestones.slice(0, 1);
  const plan = { ...defaultPlans.service, fromAmount: '50000000', milestones };
  expect((await service.admin.post('/plans', { plan })).status).toBe(201);
  const contract = ok(await register({ kind: 'service', value: { amount: '49999999', currency: 'KRW' } }));
  const value = async (amount: string, reason?: string) =>
    ok(
      await officer.patch<ContractView>(`/contracts/${contract.id}`, {
        value: { amount, currency: 'KRW' },
        ...(reason === undefined ? {} : { reason }),
      }),
    );
  const plansOf = ({ plan: name, planVersion, milestones: all }: ContractView) => {
    const alerts = all.flatMap((one) => one.alerts).filter(({ status }) => status === 'planned');
    return [name, planVersion, alerts.length];
  };
  expect(plansOf(contract)).toEqual(['plan:service', 1, 6]);
  // It has fewer milestones than the other, so that somebody loses texts.
  expect(plansOf(await value('50000000', 'a contract of more parts'))).toEqual(['plan:service:dense', 1, 1]);
  expect(plansOf(await value('50000001'))).toEqual(['plan:service:dense', 1, 1]);
  expect(plansOf(await value('49999999'))).toEqual(['plan:service', 1, 6]);
});

it('names a contract of a file by its kind and day where its reference could speak for the agency', async () => {
  const [speaking, plain] = [aNumber(), aNumber()];
  const person = await service.person('officer', roads);
  const content = aSheet([
    { reference: 'W-010-0000-7777', signedOn: '2026-03-02', phone: speaking },
    { reference: 'W-2026-7', signedOn: '2026-03-02', phone: plain },
  ]);
  const done = await applied(service, person, await bring(service, person, { name: 'march.csv', content }));
  const { items } = ok(
    await service.admin.get<{ items: { code: string; line: number }[] }>(`/imports/${done}/errors`),
  );
  expect(items.map(({ code, line }) => `${line} ${code}`)).toEqual(['2 reference-not-in-texts']);
  await service.advanceTo('2026-03-04T12:00:00+09:00');
  const texts = await service.texts();
  const textTo = (number: string) => texts.find(({ to }) => to.slice(-4) === number.slice(-4))?.text;
  expect(textTo(speaking)).toContain('2026-03-02 공사');
  expect(textTo(speaking)).not.toContain('7777');
  expect(textTo(plain)).toContain('W-2026-7');
});
