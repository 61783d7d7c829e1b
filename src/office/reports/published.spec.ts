import fc from 'fast-check';
import { joined, leastShown } from './published.js';

const cells = (...counts: number[]) => counts.map((count, n) => ({ key: `k${n}`, count }));

describe('small cells', () => {
  it.each([
    [
      cells(12, 7),
      [
        { key: 'k0', count: 12 },
        { key: 'k1', count: 7 },
      ],
    ],
    // Two that are small together are not.
    [
      cells(12, 3, 4),
      [
        { key: 'k0', count: 12 },
        { key: 'other', count: 7 },
      ],
    ],
    // A single small one takes the next with it: else it could be had by subtraction.
    [
      cells(12, 9, 2),
      [
        { key: 'k0', count: 12 },
        { key: 'other', count: 11 },
      ],
    ],
    [cells(2), [{ key: 'other', count: 2 }]],
    [cells(0, 0), []],
  ])('%j are joined', (given, expected) => expect(joined(given)).toEqual(expected));

  it('add up to the same, and none is small beside another', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 12 }), (counts) => {
        const shown = joined(cells(...counts));
        const sum = (all: number[]) => all.reduce((total, count) => total + count, 0);
        expect(sum(shown.map(({ count }) => count))).toBe(sum(counts));
        if (shown.length > 1)
          expect(Math.min(...shown.map(({ count }) => count))).toBeGreaterThanOrEqual(leastShown);
      }),
    );
  });
});
