import { z } from 'zod';
import { countrySchema } from '../../platform/phone-numbers/country.schema.js';
import { calendarProblems } from './calendar.words.js';

/** A calendar day as `YYYY-MM-DD`; it has no time and no zone, and is never shifted by one. */
export const localDateSchema = z.iso.date();
export type LocalDate = string;

const isWithinReach = (moment: string) => moment >= '1990' && moment < '2101';

/** A day that somebody gives. Days are counted from it, and none of them may leave the calendar. */
export const daySchema = localDateSchema.refine(isWithinReach, calendarProblems.rule('day-out-of-reach'));

/** A moment that somebody gives: a bare day is whole. */
export const momentSchema = z.union(
  [
    z.iso.datetime({ offset: true }).refine(isWithinReach, calendarProblems.rule('day-out-of-reach')),
    daySchema,
  ],
  { error: 'a day such as 2026-03-04, or a moment with its offset such as 2026-03-04T09:00:00+09:00' },
);

const hourSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'an hour such as 09:00');

/** The agency's calendar is a versioned setting. `closed` and `open` always win over public holidays and weekends. */
export const calendarSchema = z.strictObject({
  timeZone: z.string().refine(isTimeZone, calendarProblems.rule('time-zone-unknown')),
  /** The country whose public holidays count, as ISO 3166-1 alpha-2. */
  country: countrySchema,
  /** When texts may be sent, on business days, in the agency's zone: from (included) to (excluded). */
  window: z
    .strictObject({ from: hourSchema, to: hourSchema })
    .refine((w) => w.from < w.to, 'the window opens before it closes'),
  closed: z.array(localDateSchema).max(2000),
  open: z.array(localDateSchema).max(2000),
});
export type CalendarSetting = z.infer<typeof calendarSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
