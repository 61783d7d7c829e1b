import type { AppError } from '../../platform/app-error.js';
import { defaultPlans } from '../planning/plans.default.js';
import { requireNearPlan } from './plan-reach.js';
import { type Offset, type Plan, type PlanMilestone, planSchema } from './plan.schema.js';

const offsetOf = (amount: number, unit: Offset['unit'] = 'days'): Offset => ({ amount, unit });
const starts = { type: 'starts' } as const;
const after = (code: string) => ({ type: 'milestone', code }) as const;

function aPlan(milestones: (Pick<PlanMilestone, 'anchor'> & Partial<PlanMilestone>)[]): Plan {
  return planSchema.parse({
    kind: 'works',
    milestones: milestones.map((one, n) => ({
      code: `step-${n}`,
      name: { ko: '단계', en: 'step' },
      offset: offsetOf(0),
      ...one,
    })),
  });
}

function refused(plan: Plan): string[] {
  try {
    requireNearPlan(plan);
    return [];
  } catch (error) {
    const { code, fields } = error as AppError;
    return [code, ...fields.map(({ path }) => path)];
  }
}

it('takes the default plans', () => {
  expect(Object.values(defaultPlans).flatMap(refused)).toEqual([]);
});

// Twenty years of 366 days are 7320.
it.each<[string, Parameters<typeof aPlan>[0], Parameters<typeof aPlan>[0]]>([
  [
    'a shift and an offset',
    [{ anchor: starts, shift: offsetOf(3660), offset: offsetOf(3660) }],
    [{ anchor: starts, shift: offsetOf(3660), offset: offsetOf(119, 'months') }],
  ],
  [
    'business days, of which ten years hold fewer',
    [{ anchor: starts, offset: offsetOf(3660, 'business-days') }],
    [{ anchor: starts, shift: offsetOf(1), offset: offsetOf(3660, 'business-days') }],
  ],
  [
    'days before and days behind',
    [{ anchor: starts, shift: offsetOf(-3660), offset: offsetOf(3660) }],
    [{ anchor: starts, shift: offsetOf(-3660), offset: offsetOf(-236, 'months') }],
  ],
  [
    'a day by which an occurrence is expected',
    [{ anchor: { type: 'occurrence' }, expectedBy: { anchor: starts, offset: offsetOf(236, 'months') } }],
    [{ anchor: { type: 'occurrence' }, expectedBy: { anchor: starts, offset: offsetOf(237, 'months') } }],
  ],
])('adds up %s', (_case, near, far) => {
  expect(refused(aPlan(near))).toEqual([]);
  expect(refused(aPlan(far))).toEqual(['plan-too-far', 'plan.milestones[0]']);
});

it('adds up milestones that follow each other, and names each that lies too far', () => {
  const years = (count: number) => offsetOf(count * 12, 'months');
  const chain = aPlan([
    { anchor: after('step-1'), shift: years(8) },
    { anchor: { type: 'occurrence', else: after('step-2') }, shift: years(8) },
    { anchor: starts, shift: years(8) },
    { anchor: { type: 'occurrence' }, expectedBy: { anchor: after('step-1'), offset: years(4) } },
  ]);
  expect(refused(chain)).toEqual(['plan-too-far', 'plan.milestones[0]', 'plan.milestones[3]']);
});

it('takes a circle, whose milestones have no date', () => {
  const circle = aPlan([
    { anchor: after('step-1'), shift: offsetOf(3000) },
    { anchor: after('step-0'), shift: offsetOf(3000) },
  ]);
  expect(refused(circle)).toEqual([]);
});

it('says in both languages which milestone lies too far, and what to do', () => {
  const far = aPlan([{ anchor: starts, offset: offsetOf(300, 'months') }]);
  expect(() => requireNearPlan(far)).toThrow(
    "The milestone step-0 lies more than 20 years from a contract's own dates: shorten its offsets",
  );
});
