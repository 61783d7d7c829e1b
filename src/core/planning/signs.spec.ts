import { aStandingAlert } from '../../../test/support/standing-alert.js';
import { defaultPlans } from './plans.default.js';
import type { ExistingAlert } from './planning.types.js';
import { flagOf, type Sign, type SignFacts } from './signs.js';
import type { Calendar } from '../calendar/calendar.js';

/** It is Monday 2 March 2026, 10:00 in Seoul. */
const now = new Date('2026-03-02T01:00:00Z');
const at = (day: string) => new Date(`2026-${day}T01:00:00Z`);
const calendar = { localDateOf: (moment: Date) => moment.toISOString().slice(0, 10) } as Calendar;

const alert = (code: string, status: ExistingAlert['status'], dueAt = at('03-17')) =>
  aStandingAlert('a', { id: code, code, status, dueAt });

const facts = (of: Partial<SignFacts> = {}): SignFacts => ({
  plan: defaultPlans.works,
  goLiveOn: null,
  isDraft: false,
  isLoss: false,
  now,
  graceHours: 168,
  before: { milestones: [], alerts: [] },
  planned: { milestones: [], alerts: [] },
  ...of,
});
const say = (sign: Sign, of: Partial<SignFacts> = {}) => {
  const found = flagOf(sign, facts(of), calendar);
  return found && [found.kind, ...found.lost.map(({ code, how }) => `${code} ${how}`)].join(', ');
};

describe('a date that is changed', () => {
  const start = (from: string, to: string | null): Sign => ({
    kind: 'dates-moved-back',
    changed: { field: 'startsOn', from, to },
    anchors: ['starts', 'share'],
  });
  const waiting = { before: { milestones: [], alerts: [alert('commencement', 'planned')] } };
  const told = {
    before: {
      milestones: [],
      alerts: defaultPlans.works.milestones.map(({ code }) => alert(code, 'messaged')),
    },
  };

  it.each<[string, Sign, Partial<SignFacts>, string | null]>([
    ['later', start('2026-03-16', '2026-03-17'), waiting, 'dates-moved-back, commencement later'],
    ['cleared', start('2026-03-16', null), waiting, 'dates-moved-back, commencement cancelled'],
    ['sooner', start('2026-03-16', '2026-03-15'), waiting, null],
    [
      'sooner, within what counts',
      start('2026-03-16', '2026-03-15'),
      { ...waiting, goLiveOn: '2026-03-01' },
      null,
    ],
    [
      'moved to where nothing counts',
      start('2026-03-16', '2026-02-27'),
      { ...waiting, goLiveOn: '2026-03-01' },
      'dates-moved-back, commencement history',
    ],
    ['later, after all was told', start('2026-03-16', '2026-03-17'), told, null],
    ['later, of a contract without contacts', start('2026-03-16', '2026-03-17'), {}, 'dates-moved-back'],
    ['later, of a draft', start('2026-03-16', '2026-03-17'), { ...waiting, isDraft: true }, null],
    [
      'later, so that somebody loses a text',
      start('2026-03-16', '2026-03-17'),
      { ...waiting, isLoss: true },
      null,
    ],
  ])('%s', (_what, sign, of, flag) => {
    expect(say(sign, of)).toBe(flag);
  });
});

it('sees a contact that is changed in the seven days before a required milestone', () => {
  const sign: Sign = { kind: 'changed-before-alert', contactId: 'a' };
  const near = (code: string, dueAt: Date | null) => ({
    before: { alerts: [], milestones: [{ code, occurrence: 1, dueAt }] },
  });
  expect(say(sign, near('commencement', at('03-09')))).toBe('changed-before-alert, commencement number');
  expect(say(sign, near('commencement', at('03-10')))).toBeNull();
  expect(say(sign, near('commencement', at('03-01')))).toBeNull();
  expect(say(sign, near('commencement', null))).toBeNull();
  expect(say(sign, near('advance-payment', at('03-09')))).toBeNull();
});

it('sees a contract that was signed after its end, unless it had ended before its department went live', () => {
  const sign: Sign = { kind: 'signed-after-end', signedOn: '2026-03-02', endsOn: '2026-02-27' };
  expect(say(sign)).toBe('signed-after-end');
  expect(say(sign, { goLiveOn: '2026-02-27' })).toBe('signed-after-end');
  expect(say(sign, { goLiveOn: '2026-02-28' })).toBeNull();
});

it('sees a contract that is registered when the grace of a required milestone is over, and it is no history', () => {
  const due = (day: string, code = 'signing') => ({
    planned: { milestones: [{ code, dueAt: at(day) }], alerts: [alert(code, 'missed', at(day))] },
  });
  const sign: Sign = { kind: 'registered-late' };
  expect(say(sign, due('02-22'))).toBe('registered-late, signing missed');
  expect(say(sign, due('02-23'))).toBeNull();
  expect(say(sign, due('02-22', 'advance-payment'))).toBeNull();
  expect(say(sign, { ...due('02-20'), goLiveOn: '2026-02-21' })).toBeNull();
});
