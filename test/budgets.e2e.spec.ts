import type { ContractView } from '../src/core/contracts/contract.view.js';
import { defaultPlans } from '../src/core/planning/plans.default.js';
import type { Plan } from '../src/core/settings/plan.schema.js';
import { ok, problem } from './support/api-client.js';
import { aContact, aContract, aCounterparty, type ContractInput } from './support/builders.js';
import { longestStretch } from './support/event-loop.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let roads: string;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
});
afterAll(() => service.close());

/** A number of the range of London that is reserved for fiction; a hundred numbers are enough for a limit. */
const numberOf = (n: number) => `+44 7700 900${String(n % 100).padStart(3, '0')}`;

function parties(count: number, contactsOfEach: number): ContractInput['counterparties'] {
  return Array.from({ length: count }, (_, party) =>
    aCounterparty({
      name: `업체 ${party}`,
      registrationNumber: null,
      contacts: Array.from({ length: contactsOfEach }, (_, n) => aContact({ phone: numberOf(n) })),
    }),
  );
}

describe('a century of a consignment for 250 contacts', () => {
  const century = () =>
    aContract({
      departmentId: roads,
      kind: 'consignment',
      signedOn: '1990-01-02',
      startsOn: '1990-01-03',
      endsOn: '2100-12-31',
      counterparties: parties(5, 50),
    });

  it.each(['/contracts?dryRun=true', '/contracts'])(
    'is refused in words by %s, stores nothing and keeps nobody waiting',
    async (path) => {
      const before = await service.contents();
      let answered = false;
      const { value, ms, allowed } = await longestStretch(async () => {
        const refused = service.admin.post(path, century()).finally(() => (answered = true));
        expect((await service.admin.get('/health/live')).status).toBe(200);
        expect(answered).toBe(false);
        return refused;
      });
      expect(ms).toBeLessThan(allowed);
      expect(problem(value)).toMatchObject({
        status: 422,
        code: 'plan-too-large',
        detail:
          'This contract would have more than 15000 alerts, one for each milestone and contact: ' +
          'shorten its period, or divide its contacts among several contracts.',
      });
      expect(await service.contents()).toEqual(before);
    },
  );

  it('may be registered while it has one contact', async () => {
    const { milestones } = ok(
      await service.admin.post<ContractView>('/contracts', { ...century(), counterparties: parties(1, 1) }),
    );
    // By hand: a check every quarter from 3 April 1990 on; the last before the end is that of 3 October 2100.
    const checks = milestones.filter(({ code }) => code === 'interim');
    expect(checks).toHaveLength(443);
    expect(checks.at(-1)?.date).toBe('2100-10-05');
  });
});

describe('a plan whose offsets add up to centuries', () => {
  const [first, ...others] = defaultPlans.service.milestones;
  const far: Plan = {
    ...defaultPlans.service,
    milestones: first ? [{ ...first, shift: { amount: 3660, unit: 'months' } }, ...others] : [],
  };

  it('is not put in force, and is told where it leads', async () => {
    const answer = problem(await service.admin.post('/plans', { plan: far }));
    expect(answer).toMatchObject({
      status: 422,
      code: 'plan-too-far',
      fields: [{ path: 'plan.milestones[0]', code: 'plan-too-far' }],
    });
    expect(answer.detail).toContain('The milestone signing lies more than 20 years from');
    expect((await service.register({ kind: 'service' })).planVersion).toBe(1);
  });

  it('was put in force before there was a limit: contracts are refused in words, and those it has are planned on', async () => {
    const stored = await service.register({ kind: 'service' });
    await service.sql(
      `INSERT INTO setting (name, version, value, actor) VALUES ('plan:service', 2, $1, 'test')`,
      [far],
    );
    const contract = aContract({ departmentId: roads, kind: 'service' });
    for (const path of ['/contracts?dryRun=true', '/contracts'])
      expect(problem(await service.admin.post(path, contract))).toMatchObject({
        status: 422,
        code: 'plan-too-far',
      });
    await service.sql(`UPDATE contract SET plan_version = 2 WHERE id = $1`, [stored.id]);
    const amended = ok(
      await service.admin.patch<ContractView>(`/contracts/${stored.id}`, {
        endsOn: '2026-12-11',
        reason: 'by its other plan',
      }),
    );
    // 305 years after 3 March 2026, a Sunday's next business day.
    expect(amended.milestones.find(({ code }) => code === 'signing')?.date).toMatch(/^2331-03-0/);
    expect(await service.contract(stored.id)).toMatchObject({ planVersion: 2, endsOn: '2026-12-11' });
  });
});
