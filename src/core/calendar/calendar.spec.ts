import fc from 'fast-check';
import { calendarOf, regionsOf } from './calendar.js';
import type { CalendarSetting } from './calendar.schema.js';
import { addDays } from './local-date.js';

const seoul: CalendarSetting = {
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: [],
  open: [],
};
const aCalendar = (setting: Partial<CalendarSetting> = {}) => calendarOf({ ...seoul, ...setting });
const at = (local: string) => new Date(`${local}+09:00`);

describe('business days', () => {
  const calendar = aCalendar();

  it('counts strictly after and before, and 0 as the day or the next', () => {
    expect(calendar.addBusinessDays('2026-08-14', 1)).toBe('2026-08-18');
    expect(calendar.addBusinessDays('2026-08-15', 1)).toBe('2026-08-18');
    expect(calendar.addBusinessDays('2026-08-18', -1)).toBe('2026-08-14');
    expect(calendar.addBusinessDays('2026-08-16', -1)).toBe('2026-08-14');
    expect(calendar.addBusinessDays('2026-08-16', 0)).toBe('2026-08-18');
    expect(calendar.addBusinessDays('2026-08-14', 0)).toBe('2026-08-14');
  });

  it('moves days and months to the next business day', () => {
    expect(calendar.applyOffset('2026-12-31', { amount: 60, unit: 'days' })).toBe('2027-03-02');
    expect(calendar.applyOffset('2026-08-31', { amount: 6, unit: 'months' })).toBe('2027-03-02');
    expect(calendar.applyOffset('2026-03-02', { amount: -14, unit: 'days' })).toBe('2026-02-19');
    expect(calendar.applyOffset('2026-03-09', { amount: 0, unit: 'days' })).toBe('2026-03-09');
  });

  it('lets the agency’s list win, and its closed days over its open ones', () => {
    const own = aCalendar({
      closed: ['2026-06-04', '2026-06-07'],
      open: ['2026-06-06', '2026-06-07', '2026-10-09'],
    });
    expect(
      ['2026-06-04', '2026-06-06', '2026-06-07', '2026-10-09'].map((day) => own.isBusinessDay(day)),
    ).toEqual([false, true, false, true]);
  });

  it('takes other countries’ public holidays, and no other observances', () => {
    const london = aCalendar({ timeZone: 'Europe/London', country: 'GB' });
    expect(london.isBusinessDay('2026-12-28')).toBe(false);
    expect(london.isBusinessDay('2026-05-25')).toBe(false);
    expect(london.isBusinessDay('2026-02-17')).toBe(true);
    const berlin = aCalendar({ timeZone: 'Europe/Berlin', country: 'DE' });
    expect(berlin.isBusinessDay('2026-10-02')).toBe(true);
    expect(berlin.isBusinessDay('2026-12-24')).toBe(true);
  });

  // The bank holidays of England are at gov.uk/bank-holidays; Alderney and the country as a whole have others.
  it('takes those of a region, and those of a part of one', () => {
    const england = aCalendar({ timeZone: 'Europe/London', country: 'GB', region: 'ENG' });
    const scotland = aCalendar({ timeZone: 'Europe/London', country: 'GB', region: 'SCT' });
    const days = ['2026-08-31', '2027-08-30', '2026-08-03', '2026-11-30'];
    expect(days.map((day) => england.isBusinessDay(day))).toEqual([false, false, true, true]);
    expect(days.map((day) => scotland.isBusinessDay(day))).toEqual([true, true, false, false]);
    const augsburg = { timeZone: 'Europe/Berlin', country: 'DE', region: 'BY-A' };
    expect(aCalendar({ ...augsburg, region: 'BY' }).isBusinessDay('2028-08-08')).toBe(true);
    expect(aCalendar(augsburg).isBusinessDay('2028-08-08')).toBe(false);
  });

  it('knows which regions a country has', () => {
    expect(regionsOf('GB').map(({ code }) => code)).toEqual(['ALD', 'ENG', 'NIR', 'SCT', 'WLS']);
    expect(regionsOf('DE')).toContainEqual({ code: 'BY-A', name: 'Bayern, Stadt Augsburg' });
    expect(regionsOf('KR')).toEqual([]);
    expect(regionsOf('ZZ')).toEqual([]);
  });

  it('lists the days of a year by name, with what the agency’s list closes and opens', () => {
    const own = aCalendar({ closed: ['2026-07-16', '2027-07-16'], open: ['2026-07-17'] });
    const days = own.specialDays(2026).filter(({ date }) => date.startsWith('2026-07'));
    expect(days).toMatchObject([
      { date: '2026-07-16', kind: 'closed', name: null, law: null, isBusinessDay: false },
      {
        date: '2026-07-17',
        kind: 'holiday',
        name: { ko: '제헌절', en: 'Constitution Day' },
        isBusinessDay: true,
      },
      { date: '2026-07-17', kind: 'open', name: null, isBusinessDay: true },
    ]);
  });

  it('lists other countries’ holidays in the words of the library', () => {
    const england = aCalendar({ timeZone: 'Europe/London', country: 'GB', region: 'ENG' });
    const days = england.specialDays(2027).filter(({ date }) => date > '2027-08');
    expect(days).toMatchObject([
      {
        date: '2027-08-30',
        kind: 'holiday',
        name: { en: 'Summer bank holiday' },
        law: null,
        isBusinessDay: false,
      },
      { date: '2027-12-25', kind: 'holiday', name: { ko: '기독탄신일', en: 'Christmas Day' } },
      { date: '2027-12-26', kind: 'holiday', name: { en: 'Boxing Day' } },
      { date: '2027-12-27', kind: 'substitute', name: { ko: '기독탄신일', en: 'Christmas Day' } },
      { date: '2027-12-28', kind: 'substitute', name: { en: 'Boxing Day' } },
    ]);
  });

  it('closes every day of a feast of several days', () => {
    const riyadh = aCalendar({ timeZone: 'Asia/Riyadh', country: 'SA' });
    expect(riyadh.isBusinessDay('2026-03-19')).toBe(false);
    expect(riyadh.isBusinessDay('2026-03-20')).toBe(false);
  });

  it('knows no public holidays of a country it has no data of', () => {
    expect(aCalendar({ country: 'ZZ' }).isBusinessDay('2026-12-25')).toBe(true);
  });

  it('goes n business days there and back', () => {
    const day = fc
      .integer({ min: 0, max: 4000 })
      .map((n) => calendar.nextBusinessDay(addDays('2020-01-01', n)));
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 30 }), (start, n) => {
        expect(calendar.addBusinessDays(calendar.addBusinessDays(start, n), -n)).toBe(start);
      }),
    );
  });
});

describe('the sending window', () => {
  const calendar = aCalendar();

  it.each([
    ['2026-03-04T09:00:00', '2026-03-04T09:00:00', 'it opens at its first minute'],
    ['2026-03-04T17:59:59', '2026-03-04T17:59:59', 'a second before it closes'],
    ['2026-03-04T18:00:00', '2026-03-05T09:00:00', 'it is closed at its last'],
    ['2026-03-04T08:59:59', '2026-03-04T09:00:00', 'before it opens'],
    ['2026-03-06T18:30:00', '2026-03-09T09:00:00', 'Friday evening'],
    ['2026-02-28T12:00:00', '2026-03-03T09:00:00', 'a Saturday before a holiday and its substitute'],
    ['2026-03-04T00:00:00', '2026-03-04T09:00:00', 'midnight'],
  ])('at %s the next opening is %s: %s', (instant, opening) => {
    expect(calendar.nextOpening(at(instant))).toEqual(at(opening));
  });

  it('keeps to the zone’s clock when the clocks change', () => {
    const newYork = aCalendar({ timeZone: 'America/New_York', country: 'US' });
    expect(newYork.nextOpening(new Date('2026-03-07T12:00:00Z'))).toEqual(new Date('2026-03-09T13:00:00Z'));
    expect(newYork.nextOpening(new Date('2026-11-01T12:00:00Z'))).toEqual(new Date('2026-11-02T14:00:00Z'));
  });

  it('is open at what it calls the next opening', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2015-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        (instant) => {
          const opening = calendar.nextOpening(instant);
          expect(opening >= instant).toBe(true);
          expect(calendar.nextOpening(opening)).toEqual(opening);
        },
      ),
    );
  });
});
