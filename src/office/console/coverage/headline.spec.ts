import fc from 'fast-check';
import type { Figures } from '../../coverage/coverage-figures.js';
import { headlineOf, percentOf, reasonsOf, shareText } from './headline.js';

const figures = (of: Partial<Figures>): Figures => ({
  called: 0,
  delivered: 0,
  alerted: 0,
  partly: 0,
  missed: 0,
  neutral: 0,
  toCome: 0,
  share: null,
  partlyBecause: {},
  missedBecause: {},
  ...of,
});

it('says a hundred per cent of all of them alone', () => {
  const counts = fc.record({ told: fc.nat(1_000_000), untold: fc.nat(50) });
  fc.assert(
    fc.property(counts, ({ told, untold }) => {
      fc.pre(told + untold > 0);
      const percent = percentOf(figures({ called: told + untold, delivered: told, missed: untold }));
      expect(percent === 100).toBe(untold === 0);
    }),
  );
  expect(shareText(figures({ called: 10_000, delivered: 9_999, missed: 1 }), 'en')).toBe('99.9%');
});

it('says in a sentence what was told and what was not', () => {
  const some = figures({ called: 120, delivered: 100, alerted: 13, missed: 7 });
  expect(headlineOf(some, 'en').text).toBe(
    'Of 120 milestones that called for an alert, 113 were told, and 7 were not.',
  );
  expect(headlineOf({ ...some, missed: 5, partly: 2 }, 'en').text).toMatch(/7 were not; 2 of those/);
  expect(headlineOf(figures({ called: 3, delivered: 3 }), 'ko').text).toMatch(/모두 알렸습니다/);
  const none = headlineOf(figures({}), 'en');
  expect([none.share, none.text]).toEqual([null, 'No milestone called for an alert in this period.']);
});

it('adds the reasons of the missed and of the partly told, the most frequent first', () => {
  const missed = figures({ missedBecause: { 'no-contact': 1, failed: 2 }, partlyBecause: { failed: 1 } });
  expect(reasonsOf(missed, 'en').map(({ reason, count }) => [reason, count])).toEqual([
    ['failed', 3],
    ['no-contact', 1],
  ]);
});
