import { daySchema, momentSchema } from './calendar.schema.js';

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
