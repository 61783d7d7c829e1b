import type { StatisticsRow } from '../../coverage/coverage.schema.js';
import { daysOf, heatMapOf, heatOf } from './heat-map.js';

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
