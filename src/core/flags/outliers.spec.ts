import { medianOf, outliersAmong } from './outliers.js';

const of = (count: number, base: number) => ({ count, base });
const countsOf = (all: ReturnType<typeof of>[]) => [...outliersAmong(all)].map(({ count }) => count);

describe('an outlier among officers', () => {
  const usual = [of(1, 20), of(2, 20), of(0, 20)];

  it('has a share far above what is usual in the agency', () => {
    expect(countsOf([...usual, of(9, 20)])).toEqual([9]);
    expect(countsOf(usual)).toEqual([]);
  });

  it('has at least ten contracts and three cases', () => {
    expect(countsOf([...usual, of(9, 9)])).toEqual([]);
    expect(countsOf([...usual, of(9, 10)])).toEqual([9]);
    expect(countsOf([of(0, 10), of(0, 10), of(2, 10)])).toEqual([]);
    expect(countsOf([of(0, 10), of(0, 10), of(3, 10)])).toEqual([3]);
  });

  it('lies above twice the median, however few differ', () => {
    expect(countsOf([of(3, 10), of(3, 10), of(6, 10)])).toEqual([]);
    expect(countsOf([of(3, 10), of(3, 10), of(7, 10)])).toEqual([7]);
    expect(countsOf([of(0, 10), of(10, 10)])).toEqual([]);
  });

  it('is one of the highest twentieth', () => {
    const many = Array.from({ length: 20 }, () => of(0, 20));
    expect(countsOf([...many, of(3, 20), of(4, 20), of(5, 20), of(6, 20)])).toEqual([5, 6]);
  });
});

describe('the median of an agency', () => {
  it('is that of officers with enough contracts, and none when nobody has', () => {
    expect(medianOf([of(1, 10), of(4, 10), of(9, 9)])).toBe(0.25);
    expect(medianOf([of(1, 10), of(2, 10), of(9, 10)])).toBe(0.2);
    expect(medianOf([of(9, 9)])).toBeNull();
  });
});
