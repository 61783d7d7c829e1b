import { aStandingAlert } from '../../../test/support/standing-alert.js';
import { calendarOf } from '../calendar/calendar.js';
import { alertsOf, isTold, StandingAlerts, withdrawn } from './alerts.js';
import {
  type AlertReason,
  type AlertStatus,
  alertStatuses,
  type ExistingAlert,
  type PlannedAlert,
  type PlannedMilestone,
  type PlanningContact,
  type PlanningInput,
} from './planning.types.js';
import { defaultPlans } from './plans.default.js';

// One milestone at a time, and each rule at both sides of its boundary. planning.spec.ts tells the stories of whole contracts.

const calendar = calendarOf({
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: [],
  open: [],
});
/** A moment of Seoul. */
const at = (local: string) => new Date(`${local.replace(' ', 'T')}+09:00`);
const hour = 3_600_000;
const now = at('2026-03-18 12:00');
const ago = (ms: number) => new Date(now.getTime() - ms);

type Milestone = PlannedMilestone & { dueAt: Date };
interface Given {
  dueAt?: Date;
  wording?: Milestone['wording'];
  ended?: AlertReason | null;
  contacts?: PlanningContact[];
  rows?: ExistingAlert[];
  state?: PlanningInput['contract']['state'];
  goLiveOn?: string | null;
  graceHours?: number;
  at?: Date;
}

const aContact = (id: string, rest: Partial<PlanningContact> = {}): PlanningContact => ({
  id,
  number: `0${id}`,
  removed: false,
  suppressed: false,
  ...rest,
});
const aRow = (contactId: string, rest: Partial<ExistingAlert> = {}) =>
  aStandingAlert(contactId, { dueAt: ago(hour), ...rest });

function decide(given: Given = {}): PlannedAlert[] {
  const milestone: Milestone = {
    code: 'signing',
    occurrence: 1,
    date: '2026-03-17',
    recorded: false,
    expectedBy: null,
    overdue: false,
    wording: given.wording ?? 'milestone',
    dueAt: given.dueAt ?? ago(hour),
  };
  const input: PlanningInput = {
    contract: {
      kind: 'goods',
      state: given.state ?? 'signed',
      signedOn: '2026-03-09',
      startsOn: null,
      endsOn: null,
      completedOn: null,
      terminatedOn: null,
      liabilityEndsOn: null,
    },
    plan: defaultPlans.goods,
    occurrences: [],
    existing: given.rows ?? [],
    contacts: given.contacts ?? [aContact('a')],
    goLiveOn: given.goLiveOn ?? null,
    now: given.at ?? now,
    graceHours: given.graceHours ?? 24,
  };
  return alertsOf({
    milestone,
    ended: given.ended ?? null,
    rows: new StandingAlerts(given.rows ?? []),
    input,
    calendar,
  });
}

const said = ({ contactId, status, reason }: PlannedAlert) =>
  `${contactId} ${status}${reason ? ` ${reason}` : ''}`;
const says = (given: Given) => decide(given).map(said);

describe('the grace', () => {
  it('lets what fell due so many hours ago go out at once, and misses it a millisecond later', () => {
    expect(decide({ dueAt: ago(24 * hour) })).toMatchObject([
      { status: 'planned', reason: null, dueAt: now },
    ]);
    const dueAt = ago(24 * hour + 1);
    expect(decide({ dueAt })).toMatchObject([{ status: 'missed', reason: 'registered-late', dueAt }]);
  });

  it('is counted in hours of the setting', () => {
    expect(says({ dueAt: ago(2 * hour), graceHours: 2 })).toEqual(['a planned']);
    expect(says({ dueAt: ago(2 * hour), graceHours: 1 })).toEqual(['a missed registered-late']);
    expect(says({ dueAt: ago(1), graceHours: 0 })).toEqual(['a missed registered-late']);
    expect(says({ dueAt: now, graceHours: 0 })).toEqual(['a planned']);
  });

  it('puts what is late to the next opening: now within the window, else the morning after', () => {
    const lateAt = (local: string) =>
      decide({ at: at(local), dueAt: at('2026-03-18 08:30'), graceHours: 48 })[0]?.dueAt;
    expect(lateAt('2026-03-18 08:59:59.999')).toEqual(at('2026-03-18 09:00'));
    expect(lateAt('2026-03-18 09:00')).toEqual(at('2026-03-18 09:00'));
    expect(lateAt('2026-03-18 17:59:59.999')).toEqual(at('2026-03-18 17:59:59.999'));
    expect(lateAt('2026-03-18 18:00')).toEqual(at('2026-03-19 09:00'));
  });

  it('leaves what is to come at its own time', () => {
    for (const dueAt of [now, new Date(now.getTime() + 1), at('2026-12-01 10:00')])
      expect(decide({ dueAt, graceHours: 0 })).toMatchObject([{ status: 'planned', dueAt }]);
  });
});

describe('what stands', () => {
  it('keeps its late due time, and its grace is not counted again', () => {
    const dueAt = ago(200 * hour);
    const opening = ago(100 * hour);
    expect(decide({ dueAt, rows: [aRow('a', { dueAt: opening })] })).toEqual([aRow('a', { dueAt: opening })]);
  });

  it('keeps the opening that it was put to, until another opening comes first', () => {
    const night = at('2026-03-18 20:00');
    const morning = at('2026-03-19 09:00');
    const row = aRow('a', { dueAt: morning });
    expect(decide({ at: night, dueAt: at('2026-03-10 10:00'), rows: [row] })).toEqual([row]);
    const beyond = aRow('a', { dueAt: new Date(morning.getTime() + 1) });
    expect(says({ at: night, dueAt: at('2026-03-10 10:00'), rows: [beyond] })).toEqual([
      'a missed registered-late',
    ]);
  });

  it('goes back to the milestone’s time when that is moved ahead', () => {
    const dueAt = new Date(now.getTime() + hour);
    expect(decide({ dueAt, rows: [aRow('a', { dueAt: ago(5 * hour) })] })).toMatchObject([
      { id: 'row-a', status: 'planned', dueAt },
    ]);
  });

  it('that was held is given the grace of its due time, and no more', () => {
    const held = (hoursAgo: number) =>
      says({
        dueAt: ago(hoursAgo * hour),
        rows: [aRow('a', { status: 'held', reason: 'suspended', dueAt: ago(hoursAgo * hour) })],
      });
    expect(held(24)).toEqual(['a planned']);
    expect(held(24.001)).toEqual(['a missed suspended-too-long']);
  });

  it('moves to where a later milestone moves, when it is due already', () => {
    const dueAt = ago(2 * hour);
    expect(decide({ dueAt, rows: [aRow('a', { dueAt: ago(5 * hour) })] })).toMatchObject([
      { status: 'planned', dueAt },
    ]);
  });
});

describe('what is settled', () => {
  const missed = (rest: Partial<ExistingAlert> = {}) =>
    aRow('a', { status: 'missed', reason: 'contact-added-late', dueAt: ago(90 * hour), ...rest });

  it('stays while its milestone stays', () => {
    expect(decide({ dueAt: ago(90 * hour), rows: [missed()] })).toEqual([missed()]);
    const history = aRow('a', { status: 'history', reason: 'before-go-live', dueAt: ago(90 * hour) });
    expect(decide({ dueAt: ago(90 * hour), rows: [history] })).toEqual([history]);
  });

  it('stays missed when it was to be sent late: its due time is after the milestone’s', () => {
    const dueAt = ago(100 * hour);
    expect(decide({ dueAt, graceHours: 1000, rows: [missed()] })).toEqual([missed()]);
    expect(says({ dueAt: ago(1), graceHours: 1000, rows: [missed({ dueAt: now })] })).toEqual([
      'a missed contact-added-late',
    ]);
  });

  it('comes back when its milestone moves ahead of it, or into the future', () => {
    expect(says({ dueAt: ago(80 * hour), graceHours: 1000, rows: [missed()] })).toEqual(['a planned']);
    const future = missed({ dueAt: new Date(now.getTime() + 2 * hour) });
    expect(says({ dueAt: new Date(now.getTime() + hour), rows: [future] })).toEqual(['a planned']);
  });

  it('comes back with another wording', () => {
    expect(says({ dueAt: ago(90 * hour), graceHours: 1000, wording: 'neutral', rows: [missed()] })).toEqual([
      'a planned',
    ]);
  });

  it('that is history comes back when its milestone moves, either way', () => {
    const history = aRow('a', { status: 'history', reason: 'before-go-live', dueAt: ago(90 * hour) });
    for (const dueAt of [ago(91 * hour), ago(89 * hour)])
      expect(says({ dueAt, graceHours: 1000, rows: [history] })).toEqual(['a planned']);
  });
});

describe('before go-live', () => {
  const dueAt = at('2026-03-17 23:59:59.999');
  const goLive = (goLiveOn: string, rest: Given = {}) => says({ dueAt, goLiveOn, graceHours: 1000, ...rest });

  it('is what falls due on a local day before the first', () => {
    expect(goLive('2026-03-17')).toEqual(['a planned']);
    expect(goLive('2026-03-18')).toEqual(['a history before-go-live']);
    expect(goLive('2026-03-18', { dueAt: at('2026-03-18 00:00') })).toEqual(['a planned']);
  });

  it.each<[AlertStatus, AlertReason | null, string]>([
    ['planned', null, 'a planned'],
    ['held', 'suspended', 'a planned'],
    ['missed', 'registered-late', 'a missed registered-late'],
    ['covered', 'same-number', 'a planned'],
    ['cancelled', 'milestone-gone', 'a planned'],
    ['cancelled', 'contact-removed', 'a planned'],
    ['cancelled', 'terminated', 'a history before-go-live'],
    ['history', 'before-go-live', 'a history before-go-live'],
  ])('is no excuse for what was %s (%s) when its date is moved there', (status, reason, becomes) => {
    const rows = [aRow('a', { status, reason, dueAt: at('2026-04-17 10:00') })];
    expect(goLive('2026-03-18', { rows })).toEqual([becomes]);
  });
});

describe('what ended', () => {
  it.each(alertStatuses)('is cancelled where it is unsent, and stays a fact where it is %s', (status) => {
    const row = aRow('a', { status, reason: status === 'planned' ? null : 'suspended' });
    const isUnsent = ['planned', 'held', 'covered'].includes(status);
    const becomes = isUnsent ? { ...row, status: 'cancelled', reason: 'terminated' } : row;
    expect(withdrawn(row, 'terminated')).toEqual(becomes);
    expect(isTold(row)).toBe(status === 'messaged');
  });

  it('is cancelled from the first for a contact that had no alert of it', () => {
    expect(says({ ended: 'terminated' })).toEqual(['a cancelled terminated']);
    expect(says({ ended: 'milestone-gone', rows: [aRow('a')] })).toEqual(['a cancelled milestone-gone']);
  });

  it('is not told to somebody who was removed, of whom there may be no row', () => {
    const contacts = [aContact('a', { removed: true })];
    expect(says({ contacts })).toEqual([]);
    expect(says({ contacts, rows: [aRow('a')] })).toEqual(['a cancelled contact-removed']);
    expect(says({ contacts, rows: [aRow('a', { status: 'messaged' })] })).toEqual(['a messaged']);
  });
});

describe('what stands in the way', () => {
  it.each<[Partial<PlanningContact>, PlanningInput['contract']['state'], string]>([
    [{}, 'signed', 'a planned'],
    [{}, 'underway', 'a planned'],
    [{}, 'completed', 'a planned'],
    [{}, 'suspended', 'a held suspended'],
    [{ suppressed: true }, 'signed', 'a held suppressed'],
    [{ suppressed: true }, 'suspended', 'a held suppressed'],
    [{ number: null }, 'signed', 'a held no-number'],
    [{ number: null, suppressed: true }, 'suspended', 'a held no-number'],
  ])('of a contact with %j of a %s contract', (contact, state, becomes) => {
    expect(says({ contacts: [aContact('a', contact)], state })).toEqual([becomes]);
  });

  it('keeps the due time that stands, so that the grace runs on', () => {
    const dueAt = ago(100 * hour);
    const row = aRow('a', { dueAt: ago(50 * hour) });
    expect(decide({ dueAt, rows: [row], state: 'suspended' })).toMatchObject([
      { status: 'held', reason: 'suspended', dueAt: ago(50 * hour) },
    ]);
  });
});

describe('one number of several contacts', () => {
  const pair = [aContact('a', { number: '77' }), aContact('b', { number: '77' })];
  const row = (id: string, status: AlertStatus, rest: Partial<ExistingAlert> = {}) =>
    aRow(id, { number: '77', status, reason: status === 'planned' ? null : 'suspended', ...rest });

  it('is told once: by whom it is planned, else by whom it is held, else by the first', () => {
    expect(says({ contacts: pair })).toEqual(['a planned', 'b covered same-number']);
    expect(says({ contacts: pair.toReversed() })).toEqual(['a planned', 'b covered same-number']);
    expect(says({ contacts: pair, rows: [row('a', 'held'), row('b', 'planned')] })).toEqual([
      'b planned',
      'a covered same-number',
    ]);
    expect(says({ contacts: pair, rows: [row('a', 'cancelled'), row('b', 'held')] })).toEqual([
      'b planned',
      'a covered same-number',
    ]);
  });

  it('is carried by what is suspended, which speaks when that ends, and not by what may not be texted', () => {
    expect(says({ contacts: pair, state: 'suspended' })).toEqual([
      'a held suspended',
      'b covered same-number',
    ]);
    const [first, second] = [
      aContact('a', { number: '77', suppressed: true }),
      aContact('b', { number: '77' }),
    ];
    expect(says({ contacts: [first, second] })).toEqual(['a held suppressed', 'b planned']);
  });

  it('is not told again once it is in a message', () => {
    expect(says({ contacts: pair, rows: [row('a', 'messaged', { reason: null })] })).toEqual([
      'a messaged',
      'b covered same-number',
    ]);
  });

  it('hands its due time on with it', () => {
    const dueAt = ago(200 * hour);
    const rows = [
      row('a', 'planned', { dueAt: ago(90 * hour) }),
      row('b', 'covered', { reason: 'same-number', dueAt }),
    ];
    const contacts = [aContact('a', { number: '77', removed: true }), aContact('b', { number: '77' })];
    expect(decide({ dueAt, contacts, rows })).toMatchObject([
      { contactId: 'a', status: 'cancelled' },
      { contactId: 'b', status: 'planned', dueAt: ago(90 * hour) },
    ]);
    const held = [
      row('a', 'held', { dueAt: ago(20 * hour) }),
      row('b', 'covered', { reason: 'same-number', dueAt }),
    ];
    expect(decide({ dueAt, contacts, rows: held })[1]).toMatchObject({ status: 'planned', dueAt: now });
  });
});

describe('what stands of a milestone', () => {
  const row = (id: string, status: AlertStatus, rest: Partial<ExistingAlert> = {}) =>
    aRow('a', { id, status, number: '77', ...rest });

  it('is of a contact what was told, else the first', () => {
    const of = (...rows: ExistingAlert[]) => new StandingAlerts(rows).of(aContact('a'))?.id;
    expect(of(row('1', 'cancelled'), row('2', 'messaged'), row('3', 'messaged'))).toBe('2');
    expect(of(row('1', 'messaged'), row('2', 'messaged'))).toBe('1');
    expect(of(row('1', 'cancelled'), row('2', 'planned'))).toBe('1');
    expect(of(row('1', 'planned', { contactId: 'b' }))).toBeUndefined();
  });

  it('carries a number by what is planned, else by what is held first', () => {
    const carrier = (...rows: ExistingAlert[]) => new StandingAlerts(rows).carrierOf('77')?.id;
    expect(carrier(row('1', 'held'), row('2', 'planned'), row('3', 'planned'))).toBe('2');
    expect(carrier(row('1', 'planned'), row('2', 'held'))).toBe('1');
    expect(carrier(row('1', 'held'), row('2', 'held'))).toBe('1');
    expect(carrier(row('1', 'covered'), row('2', 'missed'), row('3', 'messaged'))).toBeUndefined();
    expect(carrier(row('1', 'planned', { number: '88' }))).toBeUndefined();
    expect(new StandingAlerts([row('1', 'held', { number: null })]).carrierOf(null)).toBeUndefined();
  });
});

describe('why it came too late', () => {
  const dueAt = ago(100 * hour);
  const why = (given: Given) =>
    decide({ dueAt, ...given }).find(({ contactId }) => contactId === 'a')?.reason;
  const row = (status: AlertStatus, reason: AlertReason | null, rest: Partial<ExistingAlert> = {}) => [
    aRow('a', { status, reason, dueAt, ...rest }),
  ];

  it.each<[string, Given, AlertReason]>([
    ['a contract', {}, 'registered-late'],
    [
      'a contact beside others',
      { contacts: [aContact('a')], rows: [aRow('b', { status: 'messaged' })] },
      'contact-added-late',
    ],
    ['a number', { rows: row('held', 'no-number', { number: null }) }, 'number-added-late'],
    ['the end of a suspension', { rows: row('held', 'suspended') }, 'suspended-too-long'],
    ['the end of a suppression', { rows: row('held', 'suppressed') }, 'registered-late'],
    ['a number of its own', { rows: row('covered', 'same-number', { number: '77' }) }, 'number-added-late'],
    [
      'what its number’s carrier no longer covers',
      { rows: row('covered', 'same-number') },
      'registered-late',
    ],
    [
      'what was missed before',
      { rows: row('missed', 'rehearsal', { dueAt: ago(90 * hour), wording: 'neutral' }) },
      'rehearsal',
    ],
    [
      'a contact that comes back',
      { rows: [...row('cancelled', 'contact-removed'), aRow('b')] },
      'contact-added-late',
    ],
    ['a contact that comes back alone', { rows: row('cancelled', 'contact-removed') }, 'registered-late'],
    [
      'a milestone that comes back',
      { rows: [...row('cancelled', 'milestone-gone'), aRow('b')] },
      'registered-late',
    ],
  ])('%s', (_, given, reason) => {
    expect(why(given)).toBe(reason);
  });
});
