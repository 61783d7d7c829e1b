import { calendarOf } from '../calendar/calendar.js';
import { judgementOf, type TextFacts } from './judgement.js';

const calendar = calendarOf({
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: [],
  open: [],
});
const at = (local: string) => new Date(`${local.replace(' ', 'T')}:00+09:00`);

/** A second text, in time; it was due on Tuesday 10 March 2026, from which the fifth business day is the 17th. */
const plain: TextFacts = {
  isFirst: false,
  textedSince: null,
  numberSince: null,
  isStaffs: false,
  isShared: false,
  phoneCountry: 'KR',
  country: 'KR',
  dueAt: at('2026-03-10 10:00'),
  brakedUntil: null,
  milestoneDueAt: at('2026-03-10 10:00'),
  occurredOn: null,
  isOwed: false,
};
const judged = (facts: Partial<TextFacts>) => judgementOf({ ...plain, ...facts }, { calendar, lateDays: 5 });

it('finds nothing odd about a number’s first text of a contract that has had none', () => {
  expect(judged({ isFirst: true, numberSince: at('2026-03-09 10:00') })).toEqual([]);
});

it.each<[string, Partial<TextFacts>, string[]]>([
  [
    'a number that came after the first text',
    { textedSince: at('2026-03-04 10:00'), numberSince: at('2026-03-04 10:01') },
    ['new-number'],
  ],
  [
    'a number that came before it',
    { textedSince: at('2026-03-04 10:00'), numberSince: at('2026-03-04 10:00') },
    [],
  ],
  ['a number that was registered with the contract', { textedSince: at('2026-03-04 10:00') }, []],
  ['a number of staff', { isStaffs: true }, ['staff-number']],
  ['a number that another company has', { isShared: true }, ['shared-number']],
  ['a number of another country', { phoneCountry: 'GB' }, ['other-country']],
  ['a number of the country of a foreign party', { phoneCountry: 'GB', country: 'GB' }, []],
  [
    'a foreign number of a party whose country nobody knows',
    { phoneCountry: 'GB', country: null },
    ['other-country'],
  ],
  ['a number whose country nobody knows', { phoneCountry: null }, []],
  ['all at once', { isStaffs: true, isShared: true }, ['staff-number', 'shared-number']],
])('judges %s, at its first text only', (_what, facts, kinds) => {
  expect(judged({ ...facts, isFirst: true })).toEqual(kinds);
  expect(judged(facts)).toEqual([]);
});

it.each<[string, Partial<TextFacts>, string[]]>([
  ['on the fifth business day', { dueAt: at('2026-03-17 18:00') }, []],
  ['on the sixth', { dueAt: at('2026-03-18 09:00') }, ['late']],
  ['before its milestone is due', { dueAt: at('2026-03-09 09:00') }, []],
  ['of a milestone that has no time', { milestoneDueAt: null, dueAt: at('2026-03-30 09:00') }, []],
  // The neutral text is in time by when it is owed, and late by what was recorded.
  ['owed for what was recorded late', { isOwed: true, occurredOn: '2026-03-02' }, ['late']],
  ['owed for what was recorded in time', { isOwed: true, occurredOn: '2026-03-03' }, []],
  ['owed for what was taken back', { isOwed: true }, []],
  [
    'owed for a day to come',
    { isOwed: true, occurredOn: '2026-03-20', dueAt: at('2026-03-18 09:00') },
    ['late'],
  ],
  ['of what was recorded and is not owed', { occurredOn: '2026-03-02' }, []],
  ['in time, and a brake held until the fifth business day', { brakedUntil: at('2026-03-17 18:00') }, []],
  ['in time, and a brake held until the sixth', { brakedUntil: at('2026-03-18 09:00') }, ['late']],
])('judges a text that planning put %s', (_what, facts, kinds) => {
  expect(judged(facts)).toEqual(kinds);
});
