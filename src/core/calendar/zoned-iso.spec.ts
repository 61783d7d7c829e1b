import fc from 'fast-check';
import { zonedIso } from './zoned-iso.js';

it('writes a time as the zone reads it', () => {
  expect(zonedIso(new Date('2026-03-04T01:00:00.999Z'), 'Asia/Seoul')).toBe('2026-03-04T10:00:00+09:00');
  expect(zonedIso(new Date('2026-03-04T01:00:00.999Z'), 'Asia/Seoul', 'milliseconds')).toBe(
    '2026-03-04T10:00:00.999+09:00',
  );
  expect(zonedIso(new Date('2026-12-31T23:30:00Z'), 'UTC')).toBe('2026-12-31T23:30:00+00:00');
  expect(zonedIso(new Date('2026-01-01T03:00:00Z'), 'America/St_Johns')).toBe('2025-12-31T23:30:00-03:30');
});

it('changes the offset at the moment at which clocks are changed', () => {
  expect(zonedIso(new Date('2026-03-29T00:59:59Z'), 'Europe/London')).toBe('2026-03-29T00:59:59+00:00');
  expect(zonedIso(new Date('2026-03-29T01:00:00Z'), 'Europe/London')).toBe('2026-03-29T02:00:00+01:00');
  expect(zonedIso(new Date('2026-10-25T00:59:59Z'), 'Europe/London')).toBe('2026-10-25T01:59:59+01:00');
  expect(zonedIso(new Date('2026-10-25T01:00:00Z'), 'Europe/London')).toBe('2026-10-25T01:00:00+00:00');
});

it('names the instant itself, to the second', () => {
  const zone = fc.constantFrom('Asia/Seoul', 'Australia/Lord_Howe', 'America/New_York', 'Asia/Kathmandu');
  const moment = fc.date({ min: new Date('1990-01-01'), max: new Date('2100-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, zone, (instant, timeZone) => {
      const seconds = Math.floor(instant.getTime() / 1000) * 1000;
      expect(new Date(zonedIso(instant, timeZone)).getTime()).toBe(seconds);
    }),
  );
});
