import { aStandingAlert } from '../../../test/support/standing-alert.js';
import { calendarOf } from '../calendar/calendar.js';
import { planSchema } from '../settings/plan.schema.js';
import { nextOccurrence, planContract } from './planning.js';
import type {
  AlertStatus,
  ExistingAlert,
  PlannedAlert,
  PlanningContact,
  PlanningContract,
  PlanningInput,
} from './planning.types.js';
import { defaultPlans } from './plans.default.js';

const calendar = calendarOf({
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: [],
  open: [],
});
const at = (local: string) => new Date(`${local.replace(' ', 'T')}:00+09:00`);

function aContact(id: string, rest: Partial<PlanningContact> = {}): PlanningContact {
  return { id, number: `0${id}`, removed: false, suppressed: false, ...rest };
}

function anInput(rest: Partial<PlanningInput> = {}, contract: Partial<PlanningContract> = {}): PlanningInput {
  return {
    contract: {
      kind: 'goods',
      state: 'signed',
      signedOn: '2026-03-09',
      startsOn: null,
      endsOn: '2026-06-26',
      completedOn: null,
      terminatedOn: null,
      liabilityEndsOn: null,
      ...contract,
    },
    plan: defaultPlans.goods,
    occurrences: [],
    contacts: [aContact('a')],
    existing: [],
    goLiveOn: null,
    now: at('2026-03-09 09:00'),
    graceHours: 168,
    ...rest,
  };
}

const aRow = (contactId: string, rest: Partial<ExistingAlert> = {}) =>
  aStandingAlert(contactId, { dueAt: at('2026-03-10 10:00'), ...rest });

const signings = (input: PlanningInput) =>
  planContract(input, calendar)
    .alerts.filter((alert) => alert.code === 'signing')
    .map(brief);
const brief = (alert: PlannedAlert) =>
  `${alert.contactId} ${alert.number ?? '-'} ${alert.status}${alert.reason ? ` ${alert.reason}` : ''}`;

describe('contacts', () => {
  it('gives every contact its alert, and holds those without a usable number', () => {
    const contacts = [aContact('a'), aContact('b', { number: null }), aContact('c', { suppressed: true })];
    expect(signings(anInput({ contacts }))).toEqual([
      'a 0a planned',
      'b - held no-number',
      'c 0c held suppressed',
    ]);
  });

  it('gives a number that stands in two roles one alert', () => {
    const contacts = [aContact('a', { number: '77' }), aContact('b', { number: '77' })];
    expect(signings(anInput({ contacts }))).toEqual(['a 77 planned', 'b 77 covered same-number']);
  });

  it('leaves a number with the contact that carries it already', () => {
    const contacts = [aContact('a', { number: '77' }), aContact('b', { number: '77' })];
    const existing = [aRow('b', { number: '77' })];
    expect(signings(anInput({ contacts, existing }))).toEqual(['a 77 covered same-number', 'b 77 planned']);
  });

  it('does not tell a number twice, even when the contact that was told is removed', () => {
    const contacts = [aContact('a', { number: '77', removed: true }), aContact('b', { number: '77' })];
    const existing = [aRow('a', { number: '77', status: 'messaged' })];
    expect(signings(anInput({ contacts, existing }))).toEqual(['a 77 messaged', 'b 77 covered same-number']);
  });

  it('goes by the number that was told, not by what the contact has now', () => {
    const contacts = [
      aContact('a', { number: '88' }),
      aContact('b', { number: '77' }),
      aContact('c', { number: '88' }),
    ];
    const existing = [aRow('a', { number: '77', status: 'messaged' })];
    expect(signings(anInput({ contacts, existing }))).toEqual([
      'a 77 messaged',
      'b 77 covered same-number',
      'c 88 planned',
    ]);
  });

  it('gives a planned alert the contact’s new number, and says so', () => {
    const planned = planContract(
      anInput({ contacts: [aContact('a', { number: '88' })], existing: [aRow('a')] }),
      calendar,
    );
    expect(planned.alerts.filter((alert) => alert.code === 'signing').map(brief)).toEqual(['a 88 planned']);
    expect(planned.difference.restated.map((change) => change.id)).toEqual(['row-a']);
  });

  it('cancels what is unsent of a removed contact, and hands its number on with its due time', () => {
    const contacts = [aContact('a', { number: '77', removed: true }), aContact('b', { number: '77' })];
    const existing = [
      aRow('a', { number: '77' }),
      aRow('b', { number: '77', status: 'covered', reason: 'same-number' }),
    ];
    // A month later: had it been planned afresh, it would be missed.
    const now = at('2026-04-10 10:00');
    expect(signings(anInput({ contacts, existing, now }))).toEqual([
      'a 77 cancelled contact-removed',
      'b 77 planned',
    ]);
  });

  it('cancels the alerts of a contact that the contract no longer has', () => {
    expect(signings(anInput({ contacts: [], existing: [aRow('a')] }))).toEqual([
      'a 0a cancelled contact-removed',
    ]);
  });

  it('plans again for a contact that comes back, in the same row', () => {
    const existing = [aRow('a', { status: 'cancelled', reason: 'contact-removed' })];
    const { alerts, difference } = planContract(anInput({ existing }), calendar);
    expect(alerts.find((alert) => alert.code === 'signing')).toMatchObject({
      id: 'row-a',
      status: 'planned',
    });
    expect(difference.moved.map((change) => change.from?.status)).toEqual(['cancelled']);
  });

  it('says no number before it says suspended', () => {
    const contacts = [aContact('a'), aContact('b', { number: null })];
    expect(signings(anInput({ contacts }, { state: 'suspended' }))).toEqual([
      'a 0a held suspended',
      'b - held no-number',
    ]);
  });
});

describe('the difference', () => {
  it('names among what moved only what moved: a new number is stored, and moves nothing', () => {
    const existing = [aRow('a'), aRow('b')];
    const contacts = [aContact('a', { number: '77' }), aContact('b')];
    const { difference } = planContract(anInput({ existing, contacts }), calendar);
    const of = (list: keyof typeof difference) =>
      difference[list].filter(({ code }) => code === 'signing').map(({ contactId }) => contactId);
    expect([of('moved'), of('restated'), of('unchanged')]).toEqual([[], ['a'], ['b']]);
  });
});

describe('what came too late', () => {
  const now = at('2026-03-24 10:01');

  it.each([
    ['number-added-late', { status: 'held', reason: 'no-number', number: null }],
    ['suspended-too-long', { status: 'held', reason: 'suspended' }],
    ['registered-late', { status: 'cancelled', reason: 'milestone-gone' }],
    ['registered-late', { status: 'held', reason: 'suppressed' }],
  ] as const)('is missed as %s', (reason, row) => {
    expect(signings(anInput({ now, existing: [aRow('a', row)] }))).toEqual([`a 0a missed ${reason}`]);
  });

  it('is missed as contact-added-late when others have an alert of it', () => {
    const contacts = [aContact('a'), aContact('b')];
    const existing = [aRow('a', { status: 'messaged' })];
    expect(signings(anInput({ now, contacts, existing }))).toEqual([
      'a 0a messaged',
      'b 0b missed contact-added-late',
    ]);
  });

  it('stays missed when nothing moved, whatever happens around it', () => {
    const existing = [aRow('a', { status: 'missed', reason: 'rehearsal' })];
    for (const state of ['signed', 'suspended', 'terminated', 'completed'] as const) {
      const contract = { state, terminatedOn: '2026-03-01' };
      expect(signings(anInput({ now: at('2026-03-10 10:05'), existing }, contract))).toEqual([
        'a 0a missed rehearsal',
      ]);
    }
  });

  it('stays missed with its first reason when it moves to another day long past', () => {
    const existing = [
      aRow('a', { status: 'missed', reason: 'suspended-too-long', dueAt: at('2026-03-04 10:00') }),
    ];
    expect(signings(anInput({ now, existing }))).toEqual(['a 0a missed suspended-too-long']);
  });

  it('keeps what is due already, however far back its milestone is moved', () => {
    const existing = [aRow('a', { dueAt: at('2026-03-24 10:00') })];
    expect(signings(anInput({ now, existing }))).toEqual(['a 0a planned']);
  });

  it('misses what was planned ahead and is moved to a day long past', () => {
    const existing = [aRow('a', { dueAt: at('2026-04-24 10:00') })];
    expect(signings(anInput({ now, existing }))).toEqual(['a 0a missed registered-late']);
  });

  it('keeps a text that was put to the next opening, though its grace is over by then', () => {
    const saturday = at('2026-03-21 14:00');
    const existing = [aRow('a', { dueAt: at('2026-03-23 09:00') })];
    const short = { existing, graceHours: 1 };
    expect(signings(anInput({ ...short, now: saturday }))).toEqual(['a 0a planned']);
    expect(signings(anInput({ ...short, now: at('2026-03-23 12:00') }))).toEqual(['a 0a planned']);
  });
});

describe('before go-live', () => {
  const past = { goLiveOn: '2026-03-11', now: at('2026-03-12 09:00') };

  it('is history, whatever else stands in the way', () => {
    const contacts = [aContact('a'), aContact('b', { number: null })];
    expect(signings(anInput({ ...past, contacts }))).toEqual([
      'a 0a history before-go-live',
      'b - history before-go-live',
    ]);
  });

  it('is the local day that counts: what is due on the first day is sent', () => {
    expect(signings(anInput({ ...past, goLiveOn: '2026-03-10' }))).toEqual(['a 0a planned']);
  });

  it('stays history when only the first day moves, and is planned when its own date does', () => {
    const existing = [aRow('a', { status: 'history', reason: 'before-go-live' })];
    const earlier = { ...past, goLiveOn: '2026-03-01', existing };
    expect(signings(anInput(earlier))).toEqual(['a 0a history before-go-live']);
    expect(signings(anInput(earlier, { signedOn: '2026-03-12' }))).toEqual(['a 0a planned']);
  });

  // Signed on 9 March, so that signing was due on the 10th; the row says when it was due before the edit.
  const moved = { goLiveOn: '2026-03-11', existing: [aRow('a', { dueAt: at('2026-03-27 10:00') })] };

  it('is no history when its date was moved there: sent at once while the grace lasts, then missed', () => {
    expect(signings(anInput({ ...moved, now: at('2026-03-12 09:00') }))).toEqual(['a 0a planned']);
    expect(signings(anInput({ ...moved, now: at('2026-03-17 10:01') }))).toEqual([
      'a 0a missed registered-late',
    ]);
  });

  it('holds what was held when its date is moved there, and misses it when that is mended', () => {
    const held: Partial<ExistingAlert> = { status: 'held', reason: 'no-number', number: null };
    const input = {
      ...moved,
      now: at('2026-04-10 09:00'),
      existing: [aRow('a', { ...held, dueAt: at('2026-03-27 10:00') })],
    };
    const contacts = [aContact('a', { number: null })];
    expect(signings(anInput({ ...input, contacts }))).toEqual(['a - held no-number']);
    expect(signings(anInput(input))).toEqual(['a 0a missed number-added-late']);
  });

  it('is no history by way of a cleared date, and is of a contact that was not there before', () => {
    const now = at('2026-04-01 09:00');
    const cleared = [aRow('a', { status: 'cancelled', reason: 'milestone-gone' })];
    const contacts = [aContact('a'), aContact('b')];
    expect(signings(anInput({ ...moved, now, contacts, existing: cleared }))).toEqual([
      'a 0a missed registered-late',
      'b 0b history before-go-live',
    ]);
  });
});

describe('occurrences', () => {
  const told = (code: string, status: AlertStatus): ExistingAlert[] => [
    aRow('a', { code, status, wording: 'neutral' }),
  ];

  it('numbers the first 1 until what stands in for it was told', () => {
    const { goods } = defaultPlans;
    expect(nextOccurrence('payment', goods, [], [])).toBe(1);
    for (const status of ['planned', 'held', 'missed', 'history', 'covered', 'cancelled'] as const) {
      expect(nextOccurrence('payment', goods, told('payment', status), [])).toBe(1);
    }
    expect(nextOccurrence('payment', goods, told('payment', 'messaged'), [])).toBe(2);
    expect(nextOccurrence('payment', goods, told('inspection', 'messaged'), [])).toBe(1);
    expect(
      nextOccurrence('payment', goods, told('payment', 'messaged'), [{ code: 'payment', occurrence: 2 }]),
    ).toBe(3);
  });

  it('numbers by what is recorded and told of the milestone itself, whatever there is of others', () => {
    const { goods } = defaultPlans;
    const others = [1, 2, 7].map((occurrence) => ({ code: 'inspection', occurrence }));
    expect(nextOccurrence('payment', goods, [], others)).toBe(1);
    const own = [{ code: 'payment', occurrence: 1 }];
    expect(
      nextOccurrence(
        'payment',
        goods,
        [aRow('a', { code: 'inspection', occurrence: 9, status: 'messaged' })],
        [...others, ...own],
      ),
    ).toBe(2);
  });

  it('keeps numbers recorded by hand away from those of a series', () => {
    const { works } = defaultPlans;
    expect(nextOccurrence('defect-inspection', works, [], [])).toBe(1001);
    expect(
      nextOccurrence('defect-inspection', works, [], [{ code: 'defect-inspection', occurrence: 1001 }]),
    ).toBe(1002);
    expect(nextOccurrence('variation', works, [], [{ code: 'variation', occurrence: 1 }])).toBe(2);
  });

  it('takes back the neutral text from those who have not had it, once the payment is recorded', () => {
    const due = at('2026-07-16 10:00');
    const input = anInput({
      now: at('2026-07-21 15:00'),
      contacts: [aContact('a'), aContact('b', { number: null }), aContact('c')],
      occurrences: [{ code: 'payment', occurrence: 2, occurredOn: '2026-07-21' }],
      existing: [
        aRow('a', { code: 'payment', status: 'messaged', wording: 'neutral', dueAt: due }),
        aRow('b', {
          code: 'payment',
          status: 'held',
          reason: 'no-number',
          number: null,
          wording: 'neutral',
          dueAt: due,
        }),
      ],
    });
    const { alerts, milestones } = planContract(input, calendar);
    const payments = alerts.filter((alert) => alert.code === 'payment');
    expect(payments.map((alert) => `${alert.occurrence} ${alert.wording} ${brief(alert)}`)).toEqual([
      '1 neutral a 0a messaged',
      '1 neutral b - cancelled milestone-gone',
      '1 neutral c 0c cancelled milestone-gone',
      '2 milestone a 0a planned',
      '2 milestone b - held no-number',
      '2 milestone c 0c planned',
    ]);
    expect(milestones.filter((m) => m.code === 'payment').map((m) => [m.date, m.overdue])).toEqual([
      [null, false],
      ['2026-07-21', false],
    ]);
  });

  it('is overdue from the day after the expected one, until it is recorded', () => {
    const overdue = (
      now: string,
      rest: Partial<PlanningInput> = {},
      contract: Partial<PlanningContract> = {},
    ) =>
      planContract(anInput({ now: at(now), ...rest }, contract), calendar)
        .milestones.filter((m) => m.overdue)
        .map((m) => m.code);
    expect(overdue('2026-07-10 23:59')).toEqual([]);
    expect(overdue('2026-07-11 00:00')).toEqual(['inspection']);
    const occurrences = [{ code: 'inspection', occurrence: 1, occurredOn: '2026-07-01' }];
    expect(overdue('2026-07-11 00:00', { occurrences })).toEqual([]);
    expect(overdue('2026-08-01 00:00', {}, { state: 'terminated', terminatedOn: '2026-07-10' })).toEqual([
      'inspection',
    ]);
  });

  it('lists what cannot be dated yet without an alert', () => {
    const { milestones, alerts } = planContract(anInput({}, { endsOn: null }), calendar);
    expect(milestones.map((m) => `${m.code} ${m.dueAt ? 'dated' : 'undated'}`)).toEqual([
      'signing dated',
      'delivery-due undated',
      'inspection undated',
      'payment undated',
    ]);
    expect(alerts.map((alert) => alert.code)).toEqual(['signing']);
  });
});

describe('re-planning', () => {
  it('never changes what was told', () => {
    const existing = [aRow('a', { status: 'messaged' })];
    const planned = planContract(anInput({ existing }, { signedOn: '2026-03-30' }), calendar);
    expect(planned.alerts[0]).toEqual(existing[0]);
    expect(planned.milestones[0]?.date).toBe('2026-03-30');
  });

  it('tells a milestone again, under the next number, whose text went out four weeks before the date that it has now', () => {
    // It was told on 10 March. Four weeks on is 7 April; that of a signing on the 6th is due on the 7th, of one on the 7th on the 8th.
    const existing = [aRow('a', { status: 'messaged' })];
    const of = (signedOn: string, rows = existing, now?: Date) =>
      planContract(anInput({ existing: rows, ...(now ? { now } : {}) }, { signedOn }), calendar)
        .alerts.filter(({ code, contactId }) => code === 'signing' && contactId === 'a')
        .map(({ occurrence, status, dueAt }) => `${occurrence} ${status} ${dueAt.toISOString().slice(0, 10)}`)
        .sort();
    expect(of('2026-04-06')).toEqual(['1 messaged 2026-03-10']);
    expect(of('2026-04-07')).toEqual(['1 messaged 2026-03-10', '2 planned 2026-04-08']);
    const again = aRow('a', { occurrence: 2, id: 'row-2', dueAt: new Date('2026-04-08T01:00:00Z') });
    // It stays told again once that day is there, and is told once where the date comes back to its text.
    const then = new Date('2026-04-08T02:00:00Z');
    expect(of('2026-04-07', [...existing, again], then)).toEqual([
      '1 messaged 2026-03-10',
      '2 planned 2026-04-08',
    ]);
    expect(of('2026-03-09', [...existing, again])).toEqual([
      '1 messaged 2026-03-10',
      '2 cancelled 2026-04-08',
    ]);
    // What is over by the time that the date is put back was never planned for it.
    expect(of('2026-04-07', existing, then)).toEqual(['1 messaged 2026-03-10']);
  });

  it('cancels what lost its date, and revives it in its row when the date comes back', () => {
    const gone = planContract(anInput({ existing: [aRow('a')] }, { signedOn: null }), calendar);
    expect(gone.difference.cancelled.map((change) => change.to.reason)).toEqual(['milestone-gone']);
    const existing = [aRow('a', { status: 'cancelled', reason: 'milestone-gone' })];
    expect(signings(anInput({ existing }))).toEqual(['a 0a planned']);
  });

  it('keeps the fact that something was missed when its milestone goes', () => {
    const existing = [aRow('a', { status: 'missed', reason: 'registered-late' })];
    expect(signings(anInput({ existing }, { signedOn: null }))).toEqual(['a 0a missed registered-late']);
  });

  it('sorts changes into added, moved, cancelled and unchanged', () => {
    const existing = [
      aRow('a'),
      aRow('a', { id: 'moving', code: 'delivery-due', dueAt: at('2026-06-01 10:00') }),
      aRow('a', { id: 'odd', code: 'no-such-milestone' }),
    ];
    const { difference } = planContract(anInput({ existing }), calendar);
    expect(difference.unchanged.map((change) => change.id)).toEqual(['row-a']);
    expect(difference.moved.map((change) => [change.id, change.from?.dueAt, change.to.dueAt])).toEqual([
      ['moving', at('2026-06-01 10:00'), at('2026-06-23 10:00')],
    ]);
    expect(difference.cancelled.map((change) => change.id)).toEqual(['odd']);
    expect(difference.added.map((change) => change.code)).toEqual(['inspection', 'payment']);
  });
});

describe('plans', () => {
  it('has a default plan for every kind', () => {
    for (const [kind, plan] of Object.entries(defaultPlans)) {
      expect(plan.kind).toBe(kind);
      expect(planSchema.parse(plan)).toEqual(plan);
    }
  });

  it('expects everything that is recorded, and is neither optional nor dated otherwise, by some day', () => {
    const unguarded = Object.values(defaultPlans)
      .flatMap((plan) => plan.milestones)
      .filter((m) => m.anchor.type === 'occurrence' && !m.anchor.else && !m.optional && !m.expectedBy);
    expect(unguarded).toEqual([]);
  });

  it('gives no date to milestones that are anchored on each other', () => {
    const { milestones } = defaultPlans.goods;
    const circle = planSchema.parse({
      kind: 'goods',
      milestones: [
        { ...milestones[0], code: 'one', anchor: { type: 'milestone', code: 'two' } },
        { ...milestones[0], code: 'two', anchor: { type: 'milestone', code: 'one' } },
      ],
    });
    expect(planContract(anInput({ plan: circle }), calendar).alerts).toEqual([]);
  });

  it('plans no series whose step leads nowhere', () => {
    const plan = {
      ...defaultPlans.consignment,
      milestones: defaultPlans.consignment.milestones.map((m) =>
        m.repeat ? { ...m, repeat: { ...m.repeat, every: { amount: 0, unit: 'days' as const } } } : m,
      ),
    };
    const { milestones } = planContract(anInput({ plan }, { startsOn: '2026-03-16' }), calendar);
    expect(milestones.filter((m) => m.code === 'interim')).toEqual([]);
  });
});

describe('a terminated contract', () => {
  it('tells what is recorded to have happened after its end', () => {
    const occurrences = [{ code: 'payment', occurrence: 1, occurredOn: '2026-05-06' }];
    const ended = anInput({ occurrences }, { state: 'terminated', terminatedOn: '2026-05-04' });
    const { alerts } = planContract(ended, calendar);
    expect(alerts.filter((alert) => alert.code === 'payment')).toEqual([
      // 5 May is Children's Day; the 6th is a Wednesday, and the day after it a business day.
      expect.objectContaining({ status: 'planned', wording: 'milestone', dueAt: at('2026-05-07 10:00') }),
    ]);
    expect(alerts.find((alert) => alert.code === 'delivery-due')).toMatchObject({ reason: 'terminated' });
  });
});
