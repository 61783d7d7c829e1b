import fc from 'fast-check';
import { AppError } from '../../platform/app-error.js';
import { Calendar, calendarOf } from '../calendar/calendar.js';
import { addDays } from '../calendar/local-date.js';
import { type Offset, type Plan, planSchema } from '../settings/plan.schema.js';
import { planLimits, requireRoomAtOnce } from './plan-limits.js';
import { planContract } from './planning.js';
import type { ExistingAlert, PlanningContract, PlanningInput } from './planning.types.js';
import { defaultPlans } from './plans.default.js';

const setting = {
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: [],
  open: [],
};
const calendar = calendarOf(setting);

/** The plan of consignments, whose checks of operation come back every so often. */
function repeating(every: Offset): Plan {
  const milestones = defaultPlans.consignment.milestones.map((one) =>
    one.repeat ? { ...one, repeat: { ...one.repeat, every } } : one,
  );
  return { ...defaultPlans.consignment, milestones };
}

function contacts(count: number): PlanningInput['contacts'] {
  return Array.from({ length: count }, (_, n) => ({
    id: `contact-${String(n).padStart(5, '0')}`,
    number: String(n).padStart(8, '0'),
    removed: false,
    suppressed: false,
  }));
}

function anInput(rest: Partial<PlanningInput>, contract: Partial<PlanningContract> = {}): PlanningInput {
  return {
    contract: {
      kind: 'consignment',
      state: 'signed',
      signedOn: '2026-01-02',
      startsOn: '2026-01-05',
      endsOn: '2036-01-04',
      completedOn: null,
      terminatedOn: null,
      liabilityEndsOn: null,
      ...contract,
    },
    plan: defaultPlans.consignment,
    occurrences: [],
    contacts: [],
    existing: [],
    goLiveOn: null,
    now: new Date('2026-01-02T03:00:00Z'),
    graceHours: 168,
    ...rest,
  };
}

function planned(input: PlanningInput): string {
  try {
    const { milestones, alerts } = planContract(input, calendar);
    return `${milestones.length} milestones, ${alerts.length} alerts`;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code;
  }
}

const everyDay = { amount: 1, unit: 'days' } as const;
const everyMonth = { amount: 1, unit: 'months' } as const;

describe('what a contract may cost', () => {
  // By hand: signing, kick-off, completion due, acceptance and payment, and a check on the 5th of each month from
  // February 2026 to December 2035, which are 119.
  it('takes ten years of monthly milestones for 50 contacts', () => {
    expect(planned(anInput({ plan: repeating(everyMonth), contacts: contacts(50) }))).toBe(
      '124 milestones, 6200 alerts',
    );
  });

  it('takes a quarterly consignment of ten years for hundreds of contacts', () => {
    expect(planned(anInput({ contacts: contacts(300) }))).toBe('44 milestones, 13200 alerts');
  });

  // 5 January 2026 and 996 days are 27 September 2028: a check on each of 995 days in between, and the other five.
  it.each([
    ['2028-09-27', '1000 milestones, 0 alerts'],
    ['2028-09-28', 'plan-too-large'],
  ])('takes milestones up to the limit: daily until %s', (endsOn, expected) => {
    expect(planned(anInput({ plan: repeating(everyDay) }, { endsOn }))).toBe(expected);
  });

  // A contract of goods has four milestones.
  it.each([
    [3750, '4 milestones, 15000 alerts'],
    [3751, 'plan-too-large'],
  ])('takes alerts up to the limit: %i contacts', (count, expected) => {
    const goods = anInput({ plan: defaultPlans.goods, contacts: contacts(count) });
    expect(planned(goods)).toBe(expected);
  });

  it('takes alerts of several contracts up to the limit', () => {
    requireRoomAtOnce(50_000);
    expect(() => requireRoomAtOnce(50_001)).toThrow('50000');
  });

  it('counts what is recorded by hand', () => {
    const plan = repeating(everyDay);
    const occurrences = [{ code: 'acceptance', occurrence: 2, occurredOn: '2026-02-02' }];
    const full = anInput({ plan, occurrences }, { endsOn: '2028-09-27' });
    // The first acceptance is no more awaited once a second was recorded, which takes its place.
    expect(planned(full)).toBe('1000 milestones, 0 alerts');
    const another = { code: 'payment', occurrence: 2, occurredOn: '2026-02-02' };
    const third = { code: 'payment', occurrence: 3, occurredOn: '2026-02-03' };
    expect(planned({ ...full, occurrences: [...occurrences, another, third] })).toBe('plan-too-large');
  });

  it('refuses a century of contacts at once', () => {
    const century = { signedOn: '1990-01-02', startsOn: '1990-01-03', endsOn: '2100-12-31' };
    const began = process.cpuUsage();
    expect(planned(anInput({ contacts: contacts(250) }, century))).toBe('plan-too-large');
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(2000);
  });
});

describe('a contract that was larger before there was a limit', () => {
  const goods = { plan: defaultPlans.goods, milestonesStored: 4 };
  const endsOn = '2036-01-04';
  const existing = contacts(3800).flatMap(({ id: contactId, number }): ExistingAlert[] =>
    defaultPlans.goods.milestones.map(({ code }) => ({
      id: `${code} ${contactId}`,
      code,
      occurrence: 1,
      contactId,
      number,
      wording: 'milestone',
      dueAt: new Date('2026-01-05T01:00:00Z'),
      status: 'planned',
      reason: null,
    })),
  );
  const stored = anInput({ ...goods, contacts: contacts(3800), existing }, { endsOn });

  it('is planned again, also with other dates and fewer contacts', () => {
    expect(planned(stored)).toBe('4 milestones, 15200 alerts');
    const shorter = { ...stored, contract: { ...stored.contract, endsOn: '2027-01-04' } };
    expect(planned({ ...shorter, contacts: contacts(3700) })).toBe('4 milestones, 15200 alerts');
  });

  it('does not grow', () => {
    expect(planned({ ...stored, contacts: contacts(3801) })).toBe('plan-too-large');
  });

  it('keeps as many milestones as it has', () => {
    const daily = anInput({ plan: repeating(everyDay), milestonesStored: 1001 }, { endsOn: '2028-09-28' });
    expect(planned(daily)).toBe('1001 milestones, 0 alerts');
    expect(planned({ ...daily, contract: { ...daily.contract, endsOn: '2028-09-29' } })).toBe(
      'plan-too-large',
    );
  });
});

describe('any plan that an admin may make', () => {
  /** Counts what is asked of the calendar, which is what planning does without contacts. */
  class CountedCalendar extends Calendar {
    asked = 0;

    override addBusinessDays(date: string, n: number): string {
      this.asked += 1;
      return super.addBusinessDays(date, n);
    }
  }

  const day = fc.integer({ min: 0, max: 40_540 }).map((n) => addDays('1990-01-01', n));
  const offset = fc.record({
    amount: fc.oneof(
      { arbitrary: fc.integer({ min: -3, max: 40 }), weight: 30 },
      { arbitrary: fc.integer({ min: -3660, max: 3660 }), weight: 1 },
    ),
    unit: fc.constantFrom('days', 'business-days', 'months' as const),
  });
  const code = fc.integer({ min: 0, max: 39 }).map((n) => `code-${n}`);
  const anchor = fc.oneof(
    fc.constantFrom('signed', 'starts', 'ends', 'completed' as const).map((type) => ({ type })),
    code.map((named) => ({ type: 'milestone' as const, code: named })),
  );
  const milestone = fc.record(
    {
      anchor: fc.oneof(anchor, fc.record({ type: fc.constant('occurrence' as const), else: anchor })),
      offset,
      shift: offset,
      repeat: fc.record({ every: offset, until: fc.constantFrom('ends', 'liability-ends' as const) }),
      expectedBy: fc.record({ anchor, offset }),
    },
    { requiredKeys: ['anchor', 'offset'] },
  );
  const plans = fc.array(milestone, { minLength: 1, maxLength: 40 }).map((all) =>
    planSchema.safeParse({
      kind: 'works',
      milestones: all.map((one, n) => ({ ...one, code: `code-${n}`, name: { ko: '가', en: 'a' } })),
    }),
  );

  it('is planned within the limits, or refused before it costs more', () => {
    fc.assert(
      fc.property(
        plans,
        fc.array(day, { minLength: 4, maxLength: 4 }),
        fc.nat(120),
        (parsed, days, people) => {
          fc.pre(parsed.success);
          const [signedOn = null, startsOn = null, endsOn = null, liabilityEndsOn = null] = days.sort();
          const dates = { signedOn, startsOn, endsOn, liabilityEndsOn, completedOn: endsOn };
          const counted = new CountedCalendar(setting);
          const input = anInput({ plan: parsed.data, contacts: contacts(people) }, dates);
          try {
            const { milestones, alerts } = planContract(input, counted);
            expect(milestones.length).toBeLessThanOrEqual(planLimits.milestones);
            expect(alerts.length).toBeLessThanOrEqual(planLimits.alerts);
            for (const { date, dueAt } of milestones)
              for (const one of [date, dueAt?.toISOString()])
                if (one) expect(one >= '1969' && one < '2122').toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            expect(['plan-too-large', 'plan-too-far']).toContain((error as AppError).code);
          }
          expect(counted.asked).toBeLessThan(100_000);
        },
      ),
      { numRuns: 150 },
    );
  });
});
