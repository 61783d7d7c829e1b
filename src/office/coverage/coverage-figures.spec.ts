import fc from 'fast-check';
import { cellsOf, type Counted, figureColumns, totalOf } from './coverage-figures.js';
import { outcomes, reasons } from './coverage.words.js';

const aCount = (of: Partial<Counted> = {}): Counted => ({
  key: { department: 'roads', month: '2026-03' },
  outcome: 'delivered',
  reason: null,
  count: 1,
  neutral: 0,
  ...of,
});

const counted = fc.array(
  fc
    .record({
      department: fc.constantFrom('roads', 'parks', 'city'),
      officer: fc.constantFrom('a', 'b', null),
      outcome: fc.constantFrom(...outcomes, 'to-come' as const),
      reason: fc.constantFrom(...reasons),
      count: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ department, officer, outcome, reason, count }): Counted => ({
      key: { department, officer },
      outcome,
      reason: outcome === 'partly' || outcome === 'missed' ? reason : null,
      count,
      neutral: 0,
    })),
);

const tree: Record<string, string[]> = { roads: ['roads', 'city'], parks: ['parks', 'city'], city: ['city'] };
const above = (id: string) => tree[id] ?? [];
const sum = (numbers: (number | undefined)[]) => numbers.reduce<number>((all, one) => all + (one ?? 0), 0);

it('adds up, in each cell and over all of them', () => {
  fc.assert(
    fc.property(counted, (all) => {
      const cells = cellsOf(all);
      const total = totalOf(all);
      for (const figures of [total, ...cells.map((cell) => cell.figures)]) {
        expect(sum(outcomes.map((outcome) => figures[outcome]))).toBe(figures.called);
        expect(sum(Object.values(figures.missedBecause))).toBe(figures.missed);
        expect(sum(Object.values(figures.partlyBecause))).toBe(figures.partly);
      }
      expect(sum(cells.map((cell) => cell.figures.called))).toBe(total.called);
      expect(sum(cells.map((cell) => cell.figures.toCome))).toBe(total.toCome);
    }),
  );
});

it('gives the top of the tree what all below it have, and the leaves their own', () => {
  fc.assert(
    fc.property(counted, (all) => {
      const withoutOfficer = all.map((one) => ({ ...one, key: { department: one.key.department ?? null } }));
      const rolled = cellsOf(withoutOfficer, above);
      const plain = cellsOf(withoutOfficer);
      const of = (cells: typeof plain, department: string) =>
        cells.find((cell) => cell.key.department === department)?.figures;
      if (all.length > 0) expect(of(rolled, 'city')).toEqual(totalOf(all));
      expect(of(rolled, 'parks')).toEqual(of(plain, 'parks'));
    }),
  );
});

it('keeps what is to come out of the share', () => {
  const all = [
    aCount({ count: 2 }),
    aCount({ outcome: 'missed', reason: 'failed' }),
    aCount({ outcome: 'to-come', count: 9 }),
  ];
  expect(totalOf(all)).toMatchObject({ called: 3, toCome: 9, share: 0.6667 });
  expect(totalOf([]).share).toBeNull();
});

it('tells milestones of nobody from those of an officer', () => {
  const all = [aCount({ key: { officer: null } }), aCount({ key: { officer: 'a' } })];
  expect(cellsOf(all).map((cell) => cell.key)).toEqual([{ officer: null }, { officer: 'a' }]);
});

it('has a column for each figure', () => {
  const columns = figureColumns(totalOf([aCount({ outcome: 'missed', reason: 'no-number', count: 4 })]));
  expect(Object.keys(columns)).toHaveLength(1 + outcomes.length + 3 + 2 * reasons.length);
  expect(columns['missed_no_number']).toBe(4);
});
