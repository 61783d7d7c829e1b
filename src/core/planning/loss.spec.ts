import { aStandingAlert } from '../../../test/support/standing-alert.js';
import { calendarOf } from '../calendar/calendar.js';
import { addDays } from '../calendar/local-date.js';
import { firstDueOf, lossOf } from './loss.js';
import type { ExistingAlert, PlannedAlert } from './planning.types.js';

/** It is Monday 9 March 2026, 09:00 in Seoul: five business days on is Monday the 16th. */
const calendar = calendarOf({
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: [],
  open: [],
});
const at = (local: string) => new Date(`${local.replace(' ', 'T')}:00+09:00`);
const now = at('2026-03-09 09:00');

const anAlert = (contactId: string, rest: Partial<ExistingAlert> = {}) =>
  aStandingAlert(contactId, { dueAt: at('2026-03-10 10:00'), ...rest });

const lossIn = (before: ExistingAlert[], after: PlannedAlert[]) =>
  lossOf(before, after, calendar, { now }).map(
    ({ contactId, number, how }) => `${contactId} ${number} ${how}`,
  );

describe('somebody is kept from being told', () => {
  it.each<[string, Partial<PlannedAlert>, string]>([
    ['whose text is cancelled', { status: 'cancelled', reason: 'terminated' }, 'a 0a cancelled'],
    ['whose text is held', { status: 'held', reason: 'suspended' }, 'a 0a held'],
    ['whose text is missed', { status: 'missed', reason: 'registered-late' }, 'a 0a missed'],
    ['whose text becomes history', { status: 'history', reason: 'before-go-live' }, 'a 0a history'],
    ['whose contact has another number', { number: '0z' }, 'a 0a number'],
    ['whose contact has no number', { number: null, status: 'held', reason: 'no-number' }, 'a 0a number'],
    // From Tuesday the 10th, the sixth business day is Wednesday the 18th.
    ['whose text goes out on the sixth business day', { dueAt: at('2026-03-18 09:00') }, 'a 0a later'],
  ])('%s', (_what, rest, lost) => {
    expect(lossIn([anAlert('a')], [{ ...anAlert('a'), ...rest }])).toEqual([lost]);
  });

  it('whose text comes in another language, of their own contact or of another with the number', () => {
    const locales = (...all: [string, string, string][]) =>
      all.map(([id, was, is]) => ({
        id,
        number: '0a',
        removed: false,
        suppressed: false,
        locale: { was, is },
      }));
    const lostBy = (after: ExistingAlert, ...all: [string, string, string][]) =>
      lossOf([anAlert('a')], [after], calendar, { now, contacts: locales(...all) }).map(({ how }) => how);
    expect(lostBy(anAlert('a'), ['a', 'ko', 'en'])).toEqual(['language']);
    expect(lostBy(anAlert('b', { number: '0a' }), ['a', 'ko', 'ko'], ['b', 'en', 'en'])).toEqual([
      'language',
    ]);
    expect(lostBy(anAlert('a'), ['a', 'ko', 'ko'])).toEqual([]);
  });

  it('whose alert is gone', () => {
    expect(lossIn([anAlert('a')], [])).toEqual(['a 0a cancelled']);
  });

  it('whose text a calendar without business days puts off, however late that calendar counts it', () => {
    const closed = Array.from({ length: 60 }, (_, n) => addDays('2026-03-10', n));
    const feasts = calendarOf({ ...calendar.setting, closed });
    const [before, after] = [anAlert('a'), anAlert('a', { dueAt: at('2026-05-11 10:00') })];
    expect(lossOf([before], [after], feasts, { now }).map(({ how }) => how)).toEqual(['later']);
  });

  it('whose neutral text makes way for a record of a day that is much later, also when it was not to come soon', () => {
    const neutral = anAlert('a', { wording: 'neutral', dueAt: at('2026-03-30 10:00') });
    const recorded = (day: string) => lossIn([neutral], [anAlert('a', { dueAt: at(`${day} 10:00`) })]);
    expect(recorded('2026-04-30')).toEqual(['a 0a later']);
    expect(recorded('2026-04-03')).toEqual([]);
    // An extension puts the neutral text itself off.
    expect(lossIn([neutral], [{ ...neutral, dueAt: at('2026-04-30 10:00') }])).toEqual([]);
  });

  it('whose text waits for the end of a suspension, and is cancelled', () => {
    const waiting = anAlert('a', { status: 'held', reason: 'suspended' });
    expect(lossIn([waiting], [anAlert('a', { status: 'cancelled' })])).toEqual(['a 0a cancelled']);
    expect(lossIn([waiting], [waiting])).toEqual([]);
  });

  it('of one milestone, though the number is told of another', () => {
    const other = anAlert('a', { code: 'payment', id: 'row-p' });
    expect(lossIn([anAlert('a'), other], [anAlert('a', { status: 'cancelled' }), other])).toEqual([
      'a 0a cancelled',
    ]);
  });
});

describe('nobody is kept from being told', () => {
  it.each<[string, ExistingAlert[], PlannedAlert[]]>([
    ['when nothing changes', [anAlert('a')], [anAlert('a')]],
    ['when more are told', [anAlert('a')], [anAlert('a'), anAlert('b', { id: null as never })]],
    ['when the text goes out earlier', [anAlert('a')], [anAlert('a', { dueAt: at('2026-03-09 10:00') })]],
    [
      'when it goes out by the fifth business day',
      [anAlert('a')],
      [anAlert('a', { dueAt: at('2026-03-17 18:00') })],
    ],
    ['when the wording is another', [anAlert('a')], [anAlert('a', { wording: 'neutral' })]],
    [
      'when what was far ahead is put off',
      [anAlert('a', { dueAt: at('2026-03-17 10:00') })],
      [anAlert('a', { dueAt: at('2026-12-01 10:00') })],
    ],
    [
      'when another contact gets the text at the same number',
      [anAlert('a'), anAlert('b', { number: '0a', status: 'covered', reason: 'same-number' })],
      [anAlert('a', { status: 'cancelled' }), anAlert('b', { number: '0a' })],
    ],
    [
      'when the text was sent',
      [anAlert('a', { status: 'messaged' })],
      [anAlert('a', { status: 'messaged' })],
    ],
    [
      'when a suspension ends that held it too long',
      [anAlert('a', { status: 'held', reason: 'suspended' })],
      [anAlert('a', { status: 'missed', reason: 'suspended-too-long' })],
    ],
    [
      'when it was missed before',
      [anAlert('a', { status: 'missed' })],
      [anAlert('a', { status: 'cancelled' })],
    ],
    [
      'when there was no number',
      [anAlert('a', { number: null, status: 'held', reason: 'no-number' })],
      [anAlert('a', { number: null, status: 'cancelled' })],
    ],
  ])('%s', (_what, before, after) => {
    expect(lossIn(before, after)).toEqual([]);
  });
});

describe('small put-offs of a text that is about to go out', () => {
  const moved = (
    due: string,
    { was, first = null, ...terms }: { was: string; first?: string | null; now?: Date },
  ) => {
    const standing = { code: 'signing', occurrence: 1, dueAt: at(was), firstDueAt: first ? at(first) : null };
    const lost = lossOf([anAlert('a', { dueAt: at(was) })], [anAlert('a', { dueAt: at(due) })], calendar, {
      now,
      standing: [standing],
      ...terms,
    }).map(({ how, dueAt }) => [how, dueAt]);
    return { first: firstDueOf(at(due), standing, { now, ...terms }, calendar), lost };
  };

  it('add up, and are a loss when they come to more business days than texts may be late', () => {
    const first = '2026-03-10 10:00';
    expect(moved('2026-03-12 10:00', { was: first })).toEqual({ first: at(first), lost: [] });
    const later = { was: '2026-03-12 10:00', first, now: at('2026-03-11 15:00') };
    expect(moved('2026-03-17 10:00', later)).toEqual({ first: at(first), lost: [] });
    expect(moved('2026-03-18 10:00', later)).toEqual({ first: null, lost: [['later', at(later.was)]] });
    // By its first time it was about to go out, if not by this one.
    const ahead = { was: '2026-03-17 10:00', first };
    expect(moved('2026-03-18 10:00', ahead)).toEqual({ first: null, lost: [['later', at(ahead.was)]] });
  });

  it('are forgotten where the text is put off in time, or comes to its first time or before it', () => {
    expect(moved('2026-03-19 10:00', { was: '2026-03-17 10:00' })).toEqual({ first: null, lost: [] });
    const first = '2026-03-12 10:00';
    for (const due of [first, '2026-03-11 10:00'])
      expect(moved(due, { was: '2026-03-16 10:00', first })).toEqual({ first: null, lost: [] });
  });

  it('stay while something else changes, and lose nothing by that', () => {
    const first = '2026-03-10 10:00';
    const was = '2026-03-17 10:00';
    expect(moved(was, { was, first })).toEqual({ first: at(first), lost: [] });
    const alert = anAlert('a', { dueAt: at('2026-03-19 10:00') });
    const standing = [{ ...alert, firstDueAt: at(first) }];
    expect(lossOf([alert], [alert], calendar, { now, standing })).toEqual([]);
  });
});
