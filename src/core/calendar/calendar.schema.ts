import { z } from 'zod';
import { lineOf } from '../../platform/http/text.schema.js';
import { countrySchema } from '../../platform/phone-numbers/country.schema.js';
import { calendarProblems } from './calendar.words.js';

/** A calendar day as `YYYY-MM-DD`; it has no time and no zone, and is never shifted by one. */
export const localDateSchema = z.iso.date();
export type LocalDate = string;

const isWithinReach = (moment: string) => moment >= '1990' && moment < '2101';

/** This reads a month of this century, such as 2026-05. */
export const monthSchema = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/);

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

const termDays = z.int().min(1).max(90);

/**
 * Statutory terms say within how many days of the notice of completion the agency has to inspect, and within how many of the
 * claim it has to pay. Each is in force on the days from `from` to `until`, both included; null is open.
 */
const statutoryTermsSchema = z
  .strictObject({
    from: daySchema.nullable().default(null),
    until: daySchema.nullable().default(null),
    inspectionDays: termDays,
    paymentDays: termDays,
    /** The law that says so. */
    source: lineOf(200),
  })
  .refine(({ from, until }) => from === null || until === null || from <= until, {
    path: ['until'],
    ...calendarProblems.rule('terms-end-early'),
  });
export type StatutoryTerms = z.infer<typeof statutoryTermsSchema>;

/** The agency's calendar is a versioned setting. `closed` and `open` always win over public holidays and weekends. */
export const calendarSchema = z.strictObject({
  timeZone: z.string().refine(isTimeZone, calendarProblems.rule('time-zone-unknown')),
  /** The country whose public holidays count, as ISO 3166-1 alpha-2. */
  country: countrySchema,
  /** The part of the country whose holidays differ, by the code of `date-holidays`: `ENG`, or `BY-A` for a part of it. */
  region: z.string().max(20).optional(),
  /** When texts may be sent, on business days, in the agency's zone: from (included) to (excluded). */
  window: z
    .strictObject({ from: hourSchema, to: hourSchema })
    .refine((w) => w.from < w.to, 'the window opens before it closes'),
  closed: z.array(localDateSchema).max(2000),
  open: z.array(localDateSchema).max(2000),
  /** Left out until an admin was asked for them; of several in force on a day, those that began last count. */
  terms: z
    .array(statutoryTermsSchema)
    .max(20)
    .refine(beginApart, calendarProblems.rule('terms-begin-together'))
    .optional(),
});
export type CalendarSetting = z.infer<typeof calendarSchema>;

function beginApart(terms: { from: LocalDate | null }[]): boolean {
  return new Set(terms.map(({ from }) => from)).size === terms.length;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
