import fc from 'fast-check';
import type { Figures, StatisticsRow } from '../../coverage/coverage.schema.js';
import { daysOf, headlineOf, heatMapOf, heatOf, percentOf, reasonsOf, shareText } from './coverage-shown.js';

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

const row = (code: string, month: string, delivered: number, missed = 0): StatisticsRow => ({
  department: { id: code, code, name: { ko: code, en: code } },
  month,
  figures: {
    called: delivered + missed,
    delivered,
    alerted: 0,
    partly: 0,
    missed,
    neutral: 0,
    toCome: 0,
    share: null,
    partlyBecause: {},
    missedBecause: {},
  },
});

it('has a place for every department in every month, also for months in which nothing was called for', () => {
  const rows = [row('ROADS', '2025-12', 1), row('ROADS', '2026-02', 1, 1), row('PARKS', '2026-02', 0)];
  const map = heatMapOf(rows, 'en', (id, month) => `${id}/${month}`);
  expect(map.months.map(({ month }) => month)).toEqual(['2025-12', '2026-01', '2026-02']);
  expect(
    map.rows.map(({ department, cells }) => [department, ...cells.map((cell) => cell?.share ?? null)]),
  ).toEqual([['ROADS', '100%', null, '50%']]);
  expect(map.rows[0]?.cells[2]).toMatchObject({ heat: 'heat-0', called: 2, href: 'ROADS/2026-02' });
});

it('is green for all of them alone', () => {
  expect([100, 99.9, 95, 94.9, 80, 79.9, 0].map(heatOf)).toEqual([3, 2, 2, 1, 1, 0, 0]);
});

it('leads to the days of a month that are within the period', () => {
  const period = { from: '2026-02-10', to: '2026-04-05' };
  expect(daysOf('2026-02', period)).toEqual({ from: '2026-02-10', to: '2026-02-28' });
  expect(daysOf('2026-03', period)).toEqual({ from: '2026-03-01', to: '2026-03-31' });
  expect(daysOf('2026-04', period)).toEqual({ from: '2026-04-01', to: '2026-04-05' });
});
