import { z } from 'zod';

/** A calendar day as `YYYY-MM-DD`; it has no time and no zone, and is never shifted by one. */
export const localDateSchema = z.iso.date();
export type LocalDate = string;

const hourSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'an hour such as 09:00');

/** The agency's calendar is a versioned setting. `closed` and `open` always win over public holidays and weekends. */
export const calendarSchema = z.strictObject({
  timeZone: z.string().refine(isTimeZone, 'an IANA time zone such as Asia/Seoul'),
  /** The country whose public holidays count, as ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, 'a country code such as KR'),
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
