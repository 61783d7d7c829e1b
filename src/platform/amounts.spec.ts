import { compareAmounts } from './amounts.js';

describe('compareAmounts', () => {
  it.each([
    ['2026.10', '2026.1'],
    ['1000', '01000.00'],
    ['0', '0.00'],
    ['999999999999999999.99', '999999999999999999.990'],
  ])('takes %s and %s for the same', (a, b) => {
    expect([compareAmounts(a, b), compareAmounts(b, a)]).toEqual([0, 0]);
  });

  it.each([
    ['2026.01', '2026.1'],
    ['999.99', '1000'],
    ['9007199254740992', '9007199254740993'],
    ['999999999999999999.98', '999999999999999999.99'],
    ['9', '10'],
  ])('takes %s for less than %s', (a, b) => {
    expect(compareAmounts(a, b)).toBeLessThan(0);
    expect(compareAmounts(b, a)).toBeGreaterThan(0);
  });
});
