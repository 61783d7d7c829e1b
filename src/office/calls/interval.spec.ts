import fc from 'fast-check';
import { rateOf } from './interval.js';

const calls = (wrong: number, all: number, weight = 1) =>
  Array.from({ length: all }, (_, n) => ({ weight, isWrong: n < wrong }));

describe('the rate of wrong numbers', () => {
  // Reckoned apart, from sums of binomial probabilities.
  it.each([
    [0, 5, 0, 0.5218],
    [1, 5, 0.0051, 0.7164],
    [5, 5, 0.4782, 1],
    [2, 10, 0.0252, 0.5561],
    [3, 60, 0.0104, 0.1392],
  ])('of %d wrong among %d calls lies between %d and %d', (wrong, all, low, high) => {
    const rate = rateOf(calls(wrong, all));
    expect([rate.share, rate.calls, rate.wrong]).toEqual([wrong / all, all, wrong]);
    expect(rate.low).toBeCloseTo(low, 4);
    expect(rate.high).toBeCloseTo(high, 4);
  });

  it('of no calls may be anything', () => {
    expect(rateOf([])).toEqual({ calls: 0, wrong: 0, share: null, low: 0, high: 1 });
  });

  it('is the same whatever weight all numbers have', () => {
    expect(rateOf(calls(2, 10, 6)).low).toBeCloseTo(rateOf(calls(2, 10)).low, 9);
  });

  it('counts a number less that was likelier to be drawn: one over three of 1 + 1 + 1/3', () => {
    const rate = rateOf([...calls(0, 2), ...calls(1, 1, 3)]);
    expect(rate.share).toBeCloseTo(1 / 7, 9);
    // They tell as much as (7/3)² / (2 + 1/9) = 2.58 equal calls; the end was reckoned apart, by adding up the density.
    expect(rate.high).toBeCloseTo(0.8476, 4);
  });

  it('lies in its interval, and the interval in 0 to 1', () => {
    const call = fc.record({ weight: fc.constantFrom(1, 2, 3, 6), isWrong: fc.boolean() });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 300 }), (some) => {
        const { share, low, high } = rateOf(some);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual((share ?? 0) + 1e-9);
        expect(high).toBeGreaterThanOrEqual((share ?? 1) - 1e-9);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });
});
