import { aStandingAlert } from '../../../test/support/standing-alert.js';
import { calendarOf } from '../calendar/calendar.js';
import { neutralOwedAt, recordedAs } from './late-records.js';
import { planContract } from './planning.js';
import type { ExistingAlert, PlanningInput } from './planning.types.js';
import { defaultPlans } from './plans.default.js';

const calendar = calendarOf({
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: [],
  open: [],
});
const at = (local: string) => new Date(`${local.replace(' ', 'T')}:00+09:00`);

/** Works signed on Tuesday 3 March 2026 that end on 30 June: the neutral text of the payment is due on 21 July at 10:00. */
function anInput(rest: Partial<PlanningInput> = {}): PlanningInput {
  return {
    contract: {
      kind: 'works',
      state: 'signed',
      signedOn: '2026-03-03',
      startsOn: '2026-03-16',
      endsOn: '2026-06-30',
      completedOn: null,
      terminatedOn: null,
      liabilityEndsOn: null,
    },
    plan: defaultPlans.works,
    occurrences: [],
    contacts: [],
    existing: [],
    goLiveOn: null,
    now: at('2026-07-15 09:00'),
    graceHours: 168,
    ...rest,
  };
}

const aTold = (dueAt: Date, rest: Partial<ExistingAlert> = {}) =>
  aStandingAlert('a', {
    id: 'row',
    code: 'final-payment',
    wording: 'neutral',
    dueAt,
    status: 'messaged',
    ...rest,
  });

const recorded = (
  occurredOn: string,
  rest: Partial<PlanningInput> = {},
  code = 'final-payment',
  since?: Date,
) => recordedAs({ code, occurredOn }, anInput(rest), calendar, since);

describe('a record', () => {
  it('in time, to the minute, owes no neutral text', () => {
    // Its own text was due on 1 July at 10:00.
    expect(recorded('2026-06-30', { now: at('2026-07-08 10:00') })).toEqual({ occurrence: 1, owedAt: null });
    expect(recorded('2026-07-15')).toEqual({ occurrence: 1, owedAt: null });
  });

  it('that comes too late keeps the neutral text that is planned', () => {
    const owed = { occurrence: 1, owedAt: at('2026-07-21 10:00') };
    expect(recorded('2026-06-30', { now: at('2026-07-08 10:01') })).toEqual(owed);
    expect(recorded('2026-06-30', { now: at('2026-07-28 10:00') })).toEqual(owed);
  });

  it('is told neutrally at the next opening when nothing neutral is planned', () => {
    const friday = at('2026-05-08 18:30');
    // The half of the period is Friday 8 May, and its text is no neutral one.
    expect(recorded('2026-04-20', { now: friday }, 'progress-inspection').owedAt).toEqual(
      at('2026-05-11 09:00'),
    );
    expect(recorded('2026-04-20', { now: friday }, 'advance-payment').owedAt).toEqual(at('2026-05-11 09:00'));
    expect(recorded('2026-06-30', { now: at('2026-07-28 10:01') }).owedAt).toEqual(at('2026-07-28 10:01'));
  });

  it('before go-live is history, unless a neutral text is still planned', () => {
    const now = at('2026-07-09 18:00');
    const goLive = { goLiveOn: '2026-07-10', now };
    expect(recorded('2026-06-30', goLive).owedAt).toEqual(at('2026-07-21 10:00'));
    expect(recorded('2026-06-25', goLive, 'advance-payment').owedAt).toBeNull();
    // Once the department is live, a day before that is only what somebody says.
    const live = { goLiveOn: '2026-07-10', now: at('2026-07-10 11:00') };
    expect(recorded('2026-06-25', live, 'advance-payment').owedAt).toEqual(live.now);
  });

  it('of a file leaves missed what was missed when the contract came', () => {
    const since = (local: string) => recorded('2026-06-24', {}, 'advance-payment', at(local)).owedAt;
    expect(since('2026-07-01 10:00')).toEqual(at('2026-07-15 09:00'));
    expect(since('2026-07-01 10:01')).toBeNull();
    expect(recorded('2026-06-30', {}, 'final-payment', at('2026-07-15 09:00')).owedAt).toEqual(
      at('2026-07-21 10:00'),
    );
  });

  it('is what the neutral text was about, if that told after its day', () => {
    const told = { now: at('2026-08-05 09:00'), existing: [aTold(at('2026-07-21 10:00'))] };
    expect(recorded('2026-07-21', told)).toEqual({ occurrence: 1, owedAt: at('2026-07-21 10:00') });
    expect(recorded('2026-07-22', told)).toEqual({ occurrence: 2, owedAt: at('2026-08-05 09:00') });
    expect(recorded('2026-08-03', told)).toEqual({ occurrence: 2, owedAt: null });
    const itself = { ...told, existing: [aTold(at('2026-07-21 10:00'), { wording: 'milestone' })] };
    expect(recorded('2026-07-10', itself).occurrence).toBe(2);
  });
});

it('owes a neutral text when a record is taken back after its time', () => {
  const one = { code: 'final-payment', occurrence: 1 };
  expect(neutralOwedAt(one, anInput({ now: at('2026-07-21 10:00') }), calendar)).toBeNull();
  expect(neutralOwedAt(one, anInput({ now: at('2026-08-20 08:00') }), calendar)).toEqual(
    at('2026-08-20 09:00'),
  );
  expect(neutralOwedAt({ ...one, occurrence: 2 }, anInput(), calendar)).toBeNull();
});

it('plans what is owed in neutral words, also where a day is recorded', () => {
  const input = anInput({
    occurrences: [{ code: 'final-payment', occurrence: 1, occurredOn: '2026-06-30' }],
    owed: [{ code: 'final-payment', occurrence: 1, at: at('2026-07-18 10:00') }],
  });
  const { milestones } = planContract(input, calendar);
  expect(milestones.find(({ code }) => code === 'final-payment')).toMatchObject({
    date: '2026-06-30',
    recorded: true,
    overdue: false,
    wording: 'neutral',
    // 18 July is a Saturday.
    dueAt: at('2026-07-20 09:00'),
  });
});
