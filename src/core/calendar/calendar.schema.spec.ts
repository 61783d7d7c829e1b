import { calendarSchema, daySchema, momentSchema } from './calendar.schema.js';

describe('a day that somebody gives', () => {
  it.each(['1990-01-01', '2028-02-29', '2100-12-31'])('may be %s', (day) => {
    expect([daySchema.parse(day), momentSchema.parse(day)]).toEqual([day, day]);
  });

  it.each(['1989-12-31', '2101-01-01', '9999-12-31', '0001-01-01', '2026-02-29', '2026-2-3', '', 20260304])(
    'may not be %p',
    (day) => {
      expect([daySchema.safeParse(day).success, momentSchema.safeParse(day).success]).toEqual([false, false]);
    },
  );
});

describe('a moment that somebody gives', () => {
  it.each(['2026-03-04T09:00:00+09:00', '2100-12-31T23:59:59Z'])('may be %s', (moment) => {
    expect(momentSchema.parse(moment)).toBe(moment);
  });

  it.each(['9999-12-31T23:59:59Z', '1989-12-31T23:59:59Z', '2026-03-04T09:00:00', '2026-03-04T25:00:00Z'])(
    'may not be %s',
    (moment) => {
      expect(momentSchema.safeParse(moment).success).toBe(false);
    },
  );
});

describe('statutory terms', () => {
  const term = { inspectionDays: 7, paymentDays: 3, source: '고시' };
  const taken = (...terms: object[]) => {
    const window = { from: '09:00', to: '18:00' };
    const all = { timeZone: 'Asia/Seoul', country: 'KR', window, closed: [], open: [], terms };
    return calendarSchema.safeParse(all).success;
  };

  it('are in force on one day or more, each from a day of its own', () => {
    expect(taken()).toBe(true);
    expect(taken(term, { ...term, from: '2020-07-01', until: '2020-07-01' })).toBe(true);
    expect(taken({ ...term, from: '2020-07-02', until: '2020-07-01' })).toBe(false);
    expect(taken(term, { ...term, until: '2024-12-31' })).toBe(false);
  });

  it('say how many days, and by which law', () => {
    expect(taken({ ...term, source: ' ' })).toBe(false);
    expect(taken({ ...term, paymentDays: 0 })).toBe(false);
    expect(taken({ ...term, inspectionDays: 91 })).toBe(false);
  });
});
