import { aStandingAlert } from '../../../test/support/standing-alert.js';
import { calendarOf } from '../calendar/calendar.js';
import { koreanTerms } from '../calendar/korean-terms.js';
import { type PlanMilestone, planMilestoneSchema } from '../settings/plan.schema.js';
import { milestonesOf } from './milestones.js';
import type { ExistingAlert, PlanningInput } from './planning.types.js';

// Each rule of a milestone's day at both sides of its boundary; planning.dates.spec.ts has whole contracts worked out by hand.

const calendar = calendarOf({
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: [],
  open: [],
});
/** A moment of Seoul. */
const at = (local: string) => new Date(`${local.replace(' ', 'T')}+09:00`);

type Rule = Record<string, unknown>;
const days = (amount: number) => ({ amount, unit: 'days' as const });
const months = (amount: number) => ({ amount, unit: 'months' as const });
const ruleOf = (rule: Rule): PlanMilestone =>
  planMilestoneSchema.parse({
    code: 'one',
    name: { ko: '하나', en: 'one' },
    anchor: { type: 'signed' },
    offset: days(0),
    ...rule,
  });

interface Given {
  contract?: Partial<PlanningInput['contract']>;
  occurrences?: PlanningInput['occurrences'];
  existing?: ExistingAlert[];
  now?: Date;
}

function milestones(
  rules: Rule[],
  { contract, occurrences = [], existing = [], now }: Given = {},
  days = calendar,
) {
  const input: PlanningInput = {
    contract: {
      kind: 'works',
      state: 'signed',
      signedOn: '2026-03-03',
      startsOn: '2026-03-16',
      endsOn: '2026-11-27',
      completedOn: null,
      terminatedOn: null,
      liabilityEndsOn: null,
      ...contract,
    },
    plan: { kind: 'works', fromAmount: null, milestones: rules.map(ruleOf) },
    occurrences,
    existing,
    contacts: [],
    goLiveOn: null,
    graceHours: 24,
    now: now ?? at('2026-03-03 12:00'),
  };
  return milestonesOf(input, days).map(({ milestone, ended }) => ({ ...milestone, ended }));
}
const datesOf = (rule: Rule, given: Given = {}) => milestones([rule], given).map(({ date }) => date);
/** By when inspection and payment are expected, by plans as they were stored before terms had a name. */
const statutory = (contract: Given['contract'], of: typeof calendar, term?: null) =>
  milestones(
    [14, 19].map((offset, n) => ({
      code: `one-${n}`,
      anchor: { type: 'occurrence' },
      expectedBy: { anchor: { type: 'ends' }, offset: days(offset), ...(term === null ? { term } : {}) },
    })),
    { contract: { signedOn: '2020-01-02', startsOn: '2020-01-03', ...contract } },
    of,
  ).map(({ expectedBy }) => expectedBy);
const recorded = (occurredOn: string, occurrence = 1, code = 'one') => ({ code, occurrence, occurredOn });
const told = (code = 'one') =>
  aStandingAlert('a', { id: 'row', code, dueAt: at('2026-03-03 10:00'), status: 'messaged' });

describe('a day', () => {
  it.each([
    ['signed', '2026-03-03'],
    ['starts', '2026-03-16'],
    ['ends', '2026-11-27'],
    ['completed', '2026-11-20'],
  ])('hangs on its anchor: %s', (type, date) => {
    const given = { contract: { completedOn: '2026-11-20' } };
    expect(datesOf({ anchor: { type } }, given)).toEqual([date]);
    const unknown = { signedOn: null, startsOn: null, endsOn: null };
    expect(datesOf({ anchor: { type } }, { contract: unknown })).toEqual([null]);
  });

  it('is shifted to a business day, from which its alert is reckoned', () => {
    const [one] = milestones([{ shift: days(4), offset: { amount: -1, unit: 'business-days' } }]);
    expect(one).toMatchObject({ date: '2026-03-09', dueAt: at('2026-03-06 10:00') });
  });

  it.each([
    ['07:00', '2026-03-03 09:00'],
    ['09:00', '2026-03-03 09:00'],
    ['17:59', '2026-03-03 17:59'],
    ['18:00', '2026-03-04 09:00'],
  ])('at %s is told at %s, when the window is open', (hour, dueAt) => {
    expect(milestones([{ hour }])[0]?.dueAt).toEqual(at(dueAt));
  });

  it('hangs on another milestone’s first day, however they are ordered, and on none in a circle', () => {
    const one = { anchor: { type: 'milestone', code: 'two' }, shift: days(1) };
    const two = { code: 'two', anchor: { type: 'starts' } };
    expect(milestones([one, two]).map(({ date }) => date)).toEqual(['2026-03-17', '2026-03-16']);
    const back = { code: 'two', anchor: { type: 'milestone', code: 'one' } };
    expect(milestones([one, back]).map(({ date }) => date)).toEqual([null, null]);
    const series = { ...two, repeat: { every: months(1), until: 'ends' } };
    expect(milestones([one, series])[0]?.date).toBe('2026-04-17');
  });

  it('is none while the contract is a draft', () => {
    expect(milestones([{}], { contract: { state: 'draft' } })).toEqual([]);
  });

  it('is left out where it is optional and unknown', () => {
    const optional = { anchor: { type: 'completed' }, optional: true };
    expect(datesOf(optional)).toEqual([]);
    expect(datesOf(optional, { contract: { completedOn: '2026-11-20' } })).toEqual(['2026-11-20']);
  });
});

describe('a share of the period', () => {
  const share = (of: number, startsOn: string | null, endsOn: string | null) =>
    datesOf({ anchor: { type: 'share', of } }, { contract: { startsOn, endsOn } })[0];

  it('is so many whole days after the start, moved to a business day', () => {
    // 100 days × 0.29 are 29, and not 28.999…
    expect(share(0.29, '2026-03-16', '2026-06-24')).toBe('2026-04-14');
    expect(share(0.5, '2026-03-16', '2026-03-19')).toBe('2026-03-17');
    expect(share(0.5, '2026-03-16', '2026-03-26')).toBe('2026-03-23');
    expect(share(0.5, '2026-03-16', '2026-03-16')).toBe('2026-03-16');
  });

  it('is none without a start and an end that follows it', () => {
    expect([
      share(0.5, null, '2026-03-26'),
      share(0.5, '2026-03-16', null),
      share(0.5, '2026-03-17', '2026-03-16'),
    ]).toEqual([null, null, null]);
  });
});

describe('a series', () => {
  const series = (
    until: 'ends' | 'liability-ends',
    contract: NonNullable<Given['contract']>,
    every: object = months(1),
  ) => datesOf({ anchor: { type: 'starts' }, repeat: { every, until } }, { contract });

  it('ends strictly before the end of the contract', () => {
    expect(series('ends', { endsOn: '2026-05-18' })).toEqual(['2026-04-16', '2026-05-18']);
    expect(series('ends', { endsOn: '2026-05-16' })).toEqual(['2026-04-16']);
    expect(series('ends', { endsOn: '2026-05-17' })).toEqual(['2026-04-16', '2026-05-18']);
    expect(series('ends', { endsOn: null })).toEqual([]);
    expect(series('ends', { startsOn: null })).toEqual([]);
  });

  it('ends with the end of liability, included', () => {
    const to = (liabilityEndsOn: string | null) => series('liability-ends', { liabilityEndsOn });
    expect(to('2026-05-16')).toEqual(['2026-04-16', '2026-05-18']);
    expect(to('2026-05-15')).toEqual(['2026-04-16']);
    expect(to(null)).toEqual([]);
  });

  it('is reckoned from its first day, so that a short month does not shorten the next', () => {
    const contract = { startsOn: '2026-01-30', endsOn: '2026-05-31' };
    expect(series('ends', contract)).toEqual(['2026-03-03', '2026-03-30', '2026-04-30', '2026-06-01']);
  });

  it('leads forward or is none', () => {
    expect(series('ends', { endsOn: '2026-03-20' }, days(1))).toHaveLength(3);
    expect(series('ends', { endsOn: '2026-03-20' }, days(0))).toEqual([]);
    expect(series('ends', { endsOn: '2026-03-20' }, days(-1))).toEqual([]);
  });

  it('is numbered, and gives way to what is recorded under a number', () => {
    const rule = { anchor: { type: 'starts' }, repeat: { every: months(1), until: 'ends' } };
    const given = {
      contract: { endsOn: '2026-06-01' },
      occurrences: [recorded('2026-04-20', 2), recorded('2026-04-01', 1001)],
    };
    expect(
      milestones([rule], given).map(({ occurrence, date, recorded: is }) => [occurrence, date, is]),
    ).toEqual([
      [1, '2026-04-16', false],
      [2, '2026-04-20', true],
      [1001, '2026-04-01', true],
    ]);
  });
});

describe('what is waited for', () => {
  const waited = {
    anchor: { type: 'occurrence' },
    offset: days(1),
    expectedBy: { anchor: { type: 'ends' }, offset: days(3) },
  };

  it('is told in neutral words on the business day after it was expected', () => {
    expect(milestones([waited])).toEqual([
      {
        code: 'one',
        occurrence: 1,
        date: null,
        recorded: false,
        expectedFrom: '2026-11-27',
        expectedBy: '2026-11-30',
        overdue: false,
        wording: 'neutral',
        dueAt: at('2026-12-01 10:00'),
        ended: null,
      },
    ]);
  });

  it('has its own words and day once it is recorded; later ones are expected by no day', () => {
    const occurrences = [recorded('2026-11-28'), recorded('2026-12-10', 2)];
    expect(milestones([waited], { occurrences })).toMatchObject([
      { occurrence: 1, date: '2026-11-28', recorded: true, wording: 'milestone', expectedBy: '2026-11-30' },
      { occurrence: 2, date: '2026-12-10', recorded: true, wording: 'milestone', expectedBy: null },
    ]);
  });

  // Worked out by hand: 20 December 2024 is a Friday, 30 June 2020 a Tuesday, 19 July 2020 a Sunday.
  it.each([
    ['2024-12-20', '2024-12-27', '2024-12-30', 'the special rule is in force'],
    ['2024-12-31', '2025-01-07', '2025-01-10', 'its last day'],
    ['2025-01-03', '2025-01-17', '2025-01-22', 'it has ended'],
    ['2020-07-01', '2020-07-08', '2020-07-13', 'its first day; the 11th is a Saturday'],
    ['2020-06-30', '2020-07-14', '2020-07-20', 'it has not begun'],
  ])('completed on %s is expected by the terms of that day, %s and %s: %s', (endsOn, inspected, paid) => {
    const local = calendarOf({ ...calendar.setting, terms: [...koreanTerms.local].reverse() });
    expect(statutory({ endsOn }, local)).toEqual([inspected, paid]);
  });

  it('keeps to the plan’s offset where no terms are in force, and where a plan says so', () => {
    expect(statutory({ endsOn: '2024-12-20' }, calendar)).toEqual(['2025-01-03', '2025-01-08']);
    const [general, special] = koreanTerms.local;
    const since = calendarOf({ ...calendar.setting, terms: [{ ...special, from: null }] });
    expect(statutory({ endsOn: '2025-01-03' }, since)).toEqual(['2025-01-17', '2025-01-22']);
    const state = calendarOf({ ...calendar.setting, terms: [{ ...general, paymentDays: 9 }] });
    expect(statutory({ endsOn: '2025-01-03' }, state)).toEqual(['2025-01-17', '2025-01-27']);
    expect(statutory({ endsOn: '2025-01-03' }, state, null)).toEqual(['2025-01-17', '2025-01-22']);
  });

  it('is shifted as a recorded day, and of two days of one number the earlier counts', () => {
    const shifted = { ...waited, shift: days(2) };
    const occurrences = [recorded('2026-11-28'), recorded('2026-11-25'), recorded('2026-11-26')];
    expect(datesOf(shifted, { occurrences })).toEqual(['2026-11-27']);
  });

  it.each([
    ['2026-11-30 23:59:59', false],
    ['2026-12-01 00:00:00', true],
  ])('is overdue when the day has passed: at %s, %s', (now, overdue) => {
    expect(milestones([waited], { now: at(now) })).toMatchObject([{ overdue }]);
  });

  it('is not overdue once anything of it is recorded', () => {
    const given = {
      now: at('2026-12-20 12:00'),
      occurrences: [recorded('2026-12-10', 2)],
      existing: [told()],
    };
    expect(milestones([waited], given).map(({ overdue }) => overdue)).toEqual([false, false]);
    const other = { now: at('2026-12-20 12:00'), occurrences: [recorded('2026-12-10', 1, 'two')] };
    expect(milestones([waited], other)).toMatchObject([{ overdue: true }]);
  });

  it('is expected by no day where it is optional, or dated by the contract', () => {
    const dated = { ...waited, anchor: { type: 'signed' } };
    expect(milestones([dated])).toMatchObject([
      { expectedBy: null, date: '2026-03-03', wording: 'milestone' },
    ]);
    expect(milestones([{ ...waited, optional: true }])).toEqual([]);
    const occurrences = [recorded('2026-11-28')];
    expect(milestones([{ ...waited, optional: true }], { occurrences })).toMatchObject([
      { expectedBy: null },
    ]);
  });

  describe('with a day that stands in for it', () => {
    const standIn = { ...waited, anchor: { type: 'occurrence', else: { type: 'starts' } } };

    it('has that day, until it is recorded', () => {
      expect(milestones([standIn])).toMatchObject([
        { date: '2026-03-16', recorded: false, wording: 'milestone' },
      ]);
      const occurrences = [recorded('2026-04-01')];
      expect(milestones([standIn], { occurrences })).toMatchObject([{ date: '2026-04-01', recorded: true }]);
    });

    it('keeps it as a fact beside what is recorded once it was told, and tells nobody else', () => {
      const occurrences = [recorded('2026-04-01', 2)];
      const both = milestones([standIn], { occurrences, existing: [told()] });
      expect(both).toMatchObject([
        { occurrence: 1, date: '2026-03-16', recorded: false, ended: 'milestone-gone' },
        { occurrence: 2, date: '2026-04-01', recorded: true, ended: null },
      ]);
      for (const existing of [
        [],
        [told('two')],
        [{ ...told(), occurrence: 2 }],
        [{ ...told(), status: 'planned' as const }],
      ])
        expect(datesOf(standIn, { occurrences, existing })).toEqual(['2026-04-01']);
    });
  });

  it('as an amendment is there when it is recorded, and only then', () => {
    const amendment = { anchor: { type: 'amendment' } };
    expect(datesOf(amendment)).toEqual([]);
    expect(
      datesOf(amendment, { occurrences: [recorded('2026-04-02', 2), recorded('2026-04-01', 1)] }),
    ).toEqual(['2026-04-01', '2026-04-02']);
  });
});

describe('a contract that was terminated', () => {
  const terminated = (terminatedOn: string, rest: Given = {}) => ({
    ...rest,
    contract: { state: 'terminated' as const, terminatedOn },
  });

  it.each([
    ['2026-03-15', 'terminated'],
    ['2026-03-16', null],
  ])('on %s: what was to come on 16 March is %s', (terminatedOn, ended) => {
    expect(milestones([{ anchor: { type: 'starts' } }], terminated(terminatedOn))).toMatchObject([{ ended }]);
  });

  it('tells what is recorded to have happened after its end', () => {
    const rule = { anchor: { type: 'occurrence' } };
    const given = terminated('2026-03-15', { occurrences: [recorded('2026-04-01')] });
    expect(milestones([rule], given)).toMatchObject([{ date: '2026-04-01', ended: null }]);
  });

  it.each([
    ['2026-11-29', { ended: 'terminated', overdue: false }],
    ['2026-11-30', { ended: null, overdue: true }],
  ])('on %s waits for what was expected by 30 November: %j', (terminatedOn, expected) => {
    const rule = {
      anchor: { type: 'occurrence' },
      expectedBy: { anchor: { type: 'ends' }, offset: days(3) },
    };
    expect(milestones([rule], terminated(terminatedOn, { now: at('2027-01-05 12:00') }))).toMatchObject([
      expected,
    ]);
  });

  it('goes by the state: a day of termination alone ends nothing', () => {
    const contract = { terminatedOn: '2026-03-15' };
    expect(milestones([{ anchor: { type: 'starts' } }], { contract })).toMatchObject([{ ended: null }]);
  });

  it('does not end what has no day at all', () => {
    expect(milestones([{ anchor: { type: 'occurrence' } }], terminated('2026-03-15'))).toMatchObject([
      { date: null, dueAt: null, ended: null },
    ]);
  });
});
