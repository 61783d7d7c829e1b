import { defaultPlans } from '../../../core/planning/plans.default.js';
import { planSchema } from '../../../core/settings/plan.schema.js';
import { atRows, fieldsOfPlan, planOf } from './plan-form.js';

const works = planSchema.parse(defaultPlans.works);
const fields = fieldsOfPlan(works);

describe('the form of a plan', () => {
  it.each(Object.values(defaultPlans))('gives the plan of $kind back as it was', (plan) => {
    const stored = planSchema.parse(plan);
    expect(planSchema.parse(planOf(fieldsOfPlan(stored), stored).plan)).toEqual(stored);
  });

  it('changes what was typed, and leaves out what is to go', () => {
    const [first, second, ...others] = works.milestones;
    const typed = { ...fields, 'out-0': 'on', 'offset-1': '4', 'offsetWay-1': 'before-business-days' };
    expect(planSchema.parse(planOf(typed, works).plan).milestones).toEqual([
      { ...second, offset: { amount: -4, unit: 'business-days' } },
      ...others,
    ]);
    expect(first).toBeDefined();
  });

  it('takes a further milestone in the row below', () => {
    const n = works.milestones.length;
    const further = {
      [`code-${n}`]: 'half-way',
      [`nameKo-${n}`]: '중간',
      [`nameEn-${n}`]: 'half way',
      [`anchor-${n}`]: 'share',
      [`percent-${n}`]: '30',
      [`offset-${n}`]: '0',
      [`offsetWay-${n}`]: 'after-days',
    };
    expect(planSchema.parse(planOf({ ...fields, ...further }, works).plan).milestones.at(-1)).toEqual({
      code: 'half-way',
      name: { ko: '중간', en: 'half way' },
      hour: '10:00',
      optional: false,
      anchor: { type: 'share', of: 0.3 },
      offset: { amount: 0, unit: 'days' },
    });
  });

  it('shows what is wrong at the field of its row, also below one that goes', () => {
    const { places } = planOf({ ...fields, 'out-0': 'on' }, works);
    const list = [{ path: 'plan.milestones[0].offset.amount', message: 'too much' }];
    const shown = atRows({ status: 400, code: 'x', message: '', fields: {}, list }, places);
    expect(shown.fields).toEqual({ 'offset-1': 'too much' });
  });
});
