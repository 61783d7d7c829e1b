import { isDay } from './import.types.js';

describe('isDay', () => {
  it('agrees with the calendar on every day of a century', () => {
    for (let day = Date.UTC(1990, 0, 1); day < Date.UTC(2101, 0, 1); day += 86_400_000) {
      expect(isDay(new Date(day).toISOString().slice(0, 10))).toBe(true);
    }
    for (const no of [
      '2026-02-29',
      '2100-02-29',
      '2026-04-31',
      '2026-00-10',
      '2026-01-00',
      '2026-1-1',
      '1989-12-31',
    ]) {
      expect(isDay(no)).toBe(false);
    }
  });
});
