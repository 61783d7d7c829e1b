import fc from 'fast-check';
import {
  addDays,
  addMonths,
  daysBetween,
  instantOf,
  localDateOf,
  localTimeOf,
  weekday,
} from './local-date.js';

describe('days', () => {
  it('crosses months, years and leap days', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
    expect(addDays('2100-02-28', 1)).toBe('2100-03-01');
    expect(daysBetween('2010-07-01', '2011-06-30')).toBe(364);
    expect(daysBetween('2026-03-02', '2026-03-01')).toBe(-1);
  });

  it('clamps a month’s end', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2028-01-31', 1)).toBe('2028-02-29');
    expect(addMonths('2026-08-31', 12)).toBe('2027-08-31');
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28');
    expect(addMonths('2026-11-30', 3)).toBe('2027-02-28');
    expect(addMonths('2026-12-15', 1)).toBe('2027-01-15');
  });

  it('knows the weekday', () => {
    expect(weekday('2026-03-01')).toBe(0);
    expect(weekday('2026-08-15')).toBe(6);
  });
});

describe('instants', () => {
  it.each([
    ['Asia/Seoul', '2026-03-04', '10:00', '2026-03-04T01:00:00Z'],
    ['Asia/Seoul', '2026-03-04', '00:00', '2026-03-03T15:00:00Z'],
    // Seoul had summer time in 1988: the night of 8 May skipped from 02:00 to 03:00.
    ['Asia/Seoul', '1988-07-01', '10:00', '1988-07-01T00:00:00Z'],
    ['America/New_York', '2026-03-08', '01:59', '2026-03-08T06:59:00Z'],
    ['America/New_York', '2026-03-08', '03:00', '2026-03-08T07:00:00Z'],
    ['America/New_York', '2026-11-01', '00:30', '2026-11-01T04:30:00Z'],
    ['America/New_York', '2026-11-01', '02:00', '2026-11-01T07:00:00Z'],
    ['Europe/London', '2026-07-01', '09:00', '2026-07-01T08:00:00Z'],
    ['Asia/Kathmandu', '2026-07-01', '09:00', '2026-07-01T03:15:00Z'],
    ['Pacific/Kiritimati', '2026-07-01', '09:00', '2026-06-30T19:00:00Z'],
  ])('%s %s %s', (zone, date, time, instant) => {
    expect(instantOf(date, time, zone)).toEqual(new Date(instant));
  });

  it('takes the first instant after a gap for a time that the gap skips', () => {
    expect(instantOf('2026-03-08', '02:30', 'America/New_York')).toEqual(new Date('2026-03-08T07:00:00Z'));
    expect(instantOf('2026-10-04', '02:15', 'Australia/Lord_Howe')).toEqual(new Date('2026-10-03T15:30:00Z'));
  });

  it('takes the first of a time that comes twice', () => {
    expect(instantOf('2026-11-01', '01:30', 'America/New_York')).toEqual(new Date('2026-11-01T05:30:00Z'));
    expect(instantOf('2026-10-25', '01:30', 'Europe/London')).toEqual(new Date('2026-10-25T00:30:00Z'));
  });

  it('reads day and time in the zone', () => {
    const instant = new Date('2010-12-31T23:59:59.999Z');
    expect(localDateOf(instant, 'Asia/Seoul')).toBe('2011-01-01');
    expect(localTimeOf(instant, 'Asia/Seoul')).toBe('08:59');
    expect(localDateOf(instant, 'America/New_York')).toBe('2010-12-31');
  });

  it('agrees with the platform’s own clock at any instant', () => {
    const zones = fc.constantFrom(
      'Asia/Seoul',
      'America/New_York',
      'Europe/Dublin',
      'Australia/Lord_Howe',
      'UTC',
    );
    const instants = fc.date({
      min: new Date('1990-01-01'),
      max: new Date('2040-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(zones, instants, (timeZone, instant) => {
        const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
        expect(`${localDateOf(instant, timeZone)} ${localTimeOf(instant, timeZone)}`).toBe(
          shown.format(instant),
        );
      }),
    );
  });

  it('comes back to the same clock, except inside a gap', () => {
    const day = fc.integer({ min: 0, max: 15_000 }).map((n) => addDays('1995-01-01', n));
    fc.assert(
      fc.property(day, fc.integer({ min: 4, max: 23 }), (date, hour) => {
        const time = `${String(hour).padStart(2, '0')}:45`;
        const instant = instantOf(date, time, 'America/New_York');
        expect([localDateOf(instant, 'America/New_York'), localTimeOf(instant, 'America/New_York')]).toEqual([
          date,
          time,
        ]);
      }),
    );
  });
});
