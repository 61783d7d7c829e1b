import { type Kind, kinds, planSchema } from './plan.schema.js';
import { agencySchema, reportingChannelsSchema, schemasOf } from './settings.schema.js';
import { planFor, type PlansInForce, type Versioned } from './settings.service.js';
import type { Plan } from './plan.schema.js';

const milestone = { code: 'signing', name: { ko: '계약', en: 'Signing' }, anchor: { type: 'signed' } };
const offset = { amount: 0, unit: 'days' };
const plan = (...milestones: object[]) => ({
  kind: 'works',
  milestones: milestones.map((one) => ({ ...milestone, offset, ...one })),
});
const accepted = (value: unknown) => planSchema.safeParse(value).success;

describe('a plan', () => {
  it('needs a milestone, and has at most 40', () => {
    expect(accepted({ kind: 'works', milestones: [] })).toBe(false);
    const many = (count: number) => plan(...Array.from({ length: count }, (_, n) => ({ code: `m-${n}x` })));
    expect(accepted(many(40))).toBe(true);
    expect(accepted(many(41))).toBe(false);
  });

  it('names each milestone once', () => {
    expect(accepted(plan({}, { code: 'other' }))).toBe(true);
    expect(accepted(plan({}, {}))).toBe(false);
  });

  it('is anchored in itself: a milestone follows another of the same plan, and not itself', () => {
    const after = (code: string) => ({ code: 'later', anchor: { type: 'milestone', code } });
    expect(accepted(plan({}, after('signing')))).toBe(true);
    expect(accepted(plan({}, after('later')))).toBe(false);
    expect(accepted(plan({}, after('nowhere')))).toBe(false);
    const expected = {
      code: 'later',
      expectedBy: { anchor: { type: 'milestone', code: 'nowhere' }, offset },
    };
    expect(accepted(plan({}, expected))).toBe(false);
    const otherwise = {
      code: 'later',
      anchor: { type: 'occurrence', else: { type: 'milestone', code: 'nowhere' } },
    };
    expect(accepted(plan({}, otherwise))).toBe(false);
  });

  it.each([0, 1, -0.1, 1.1])('has no share of %s of a period', (of) => {
    expect(accepted(plan({ anchor: { type: 'share', of } }))).toBe(false);
  });

  it('has a share of a half, and an hour of the day', () => {
    expect(accepted(plan({ anchor: { type: 'share', of: 0.5 }, hour: '23:59' }))).toBe(true);
    expect(accepted(plan({ hour: '24:00' }))).toBe(false);
  });
});

describe('the plan of a new contract', () => {
  const version = (fromAmount: string | null, number: number) =>
    ({ name: 'plan:works', version: number, value: { fromAmount } }) as Versioned<Plan>;
  const plans: PlansInForce = { plain: version(null, 1), dense: version('50000000', 2) };

  it.each([
    [null, 1],
    ['49999999.99', 1],
    ['50000000', 2],
    ['50000000.01', 2],
  ])('of the value %s is version %s', (amount, number) => {
    expect(planFor(plans, amount).version).toBe(number);
  });

  it('goes by digits for which a number has no room', () => {
    const large = { plain: plans.plain, dense: version('9007199254740993', 2) };
    expect(planFor(large, '9007199254740992').version).toBe(1);
    expect(planFor(large, '9007199254740993').version).toBe(2);
  });

  it('is the plain one where there is no denser one', () => {
    expect(planFor({ plain: plans.plain, dense: null }, '99999999999').version).toBe(1);
    expect(planFor({ plain: plans.plain, dense: version(null, 2) }, '99999999999').version).toBe(1);
  });
});

describe('a setting', () => {
  it('has a schema by its name, for each kind a plan and a denser plan', () => {
    expect(schemasOf('agency')?.put).toBe(agencySchema);
    for (const kind of kinds) {
      expect(schemasOf(`plan:${kind}`)?.put).toBe(planSchema);
      expect(schemasOf(`plan:${kind}:dense`)?.put).toBe(planSchema);
    }
  });

  it.each(['plan', 'plan:', 'plan:roads', 'weather', 'Agency'])('has none as %s', (name) => {
    expect(schemasOf(name)).toBeNull();
  });

  it('of the agency fills in what was left out', () => {
    const agency = agencySchema.parse({
      name: { ko: '한빛시', en: 'Hanbit' },
      locale: 'ko',
      currency: 'KRW',
    });
    expect(agency).toMatchObject({ graceHours: 168, digestFrom: 3, importAskAbove: 100, linkDomains: [] });
    expect(agency.rehearsal).toEqual({ on: false, numbers: [] });
  });

  it.each([
    [{ graceHours: -1 }],
    [{ graceHours: 1441 }],
    [{ digestFrom: 1 }],
    [{ digestFrom: 51 }],
    [{ currency: 'won' }],
    [{ linkDomains: ['https://hanbit.example'] }],
    [{ linkDomains: [`${'a'.repeat(246)}.example`] }],
    [{ name: { ko: '한빛시' } }],
    [{ colour: 'blue' }],
  ])('of the agency is refused with %j', (wrong) => {
    const right = { name: { ko: '한빛시', en: 'Hanbit' }, locale: 'ko', currency: 'KRW' };
    expect(agencySchema.safeParse({ ...right, ...wrong }).success).toBe(false);
  });

  it('of reporting channels has a telephone number among them', () => {
    const channel = (kind: string) => ({
      name: { ko: '신고', en: 'Report' },
      address: '1398',
      kind,
      languages: ['ko'],
      anonymous: true,
    });
    expect(reportingChannelsSchema.safeParse({ channels: [channel('website')] }).success).toBe(false);
    const both = { channels: [channel('website'), channel('telephone')] };
    expect(reportingChannelsSchema.safeParse(both).success).toBe(true);
  });

  it('knows the kinds of contracts that the law and the sheets name', () => {
    expect([...kinds] satisfies Kind[]).toEqual([
      'works',
      'service',
      'goods',
      'consignment',
      'grant',
      'permit',
    ]);
  });
});
