import { standingOf } from './beginnings.js';

const day = '2026-07-01';
const versions = (...fromOn: (string | null)[]) => fromOn.map((one, i) => ({ version: i + 1, fromOn: one }));
const numbers = (...fromOn: (string | null)[]) => {
  const { inForce, toCome } = standingOf(versions(...fromOn), day);
  return [inForce?.version ?? null, toCome.map(({ version }) => version)];
};

describe('the version in force', () => {
  it('is the newest that has begun', () => {
    expect(numbers(null, null)).toEqual([2, []]);
    expect(numbers(null, day)).toEqual([2, []]);
    expect(numbers('2026-06-30')).toEqual([1, []]);
    expect(numbers()).toEqual([null, []]);
  });

  it('stays until the day of the next, which are in the order of their days', () => {
    expect(numbers(null, '2026-07-02', '2026-08-03')).toEqual([1, [2, 3]]);
    expect(numbers('2026-07-02')).toEqual([null, [1]]);
  });

  it('takes the place of an older one that was to come', () => {
    expect(numbers(null, '2026-08-03', null)).toEqual([3, []]);
    expect(numbers(null, '2026-08-03', '2026-07-02')).toEqual([1, [3]]);
    expect(numbers(null, '2026-08-03', '2026-08-03')).toEqual([1, [3]]);
  });
});
