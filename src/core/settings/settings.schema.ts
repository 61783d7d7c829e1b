import { z } from 'zod';
import { calendarSchema } from '../calendar/calendar.schema.js';
import { kinds, planSchema } from './plan.schema.js';

const bothLanguages = z.strictObject({ ko: z.string().min(1).max(200), en: z.string().min(1).max(200) });

/** The setting `agency` says what the agency is called, and how it sends. */
export const agencySchema = z.strictObject({
  /** The short name, as it stands at the head of a text. */
  name: bothLanguages,
  /** The language for contacts whose own is not served. */
  locale: z.enum(['ko', 'en']),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Hours that an alert may be late when it is planned, and still go out at once. */
  graceHours: z
    .int()
    .min(0)
    .max(24 * 60)
    .default(168),
  /** The number of alerts, of one number and day, from which they become one digest. */
  digestFrom: z.int().min(2).max(50).default(3),
  /** The number of people that an import may text on its day before it asks again. */
  importAskAbove: z.int().min(0).max(1_000_000).default(100),
  /** The domains that texts may link to. */
  linkDomains: z
    .array(z.string().regex(/^[a-z0-9.-]+\.[a-z]{2,}$/))
    .max(20)
    .default([]),
  /** A rehearsal plans everything and texts only the listed numbers, which are kept as blind indexes. */
  rehearsal: z
    .strictObject({
      on: z.boolean(),
      numbers: z
        .array(z.strictObject({ index: z.string().regex(/^[0-9a-f]+$/), masked: z.string() }))
        .max(100),
    })
    .default({ on: false, numbers: [] }),
});
export type Agency = z.infer<typeof agencySchema>;

/** The agency as programs send it, with the numbers of a rehearsal in plain form. */
export const agencyInputSchema = agencySchema.extend({
  rehearsal: z
    .strictObject({ on: z.boolean(), numbers: z.array(z.string().min(1).max(40)).max(100) })
    .default({ on: false, numbers: [] }),
});
export type AgencyInput = z.infer<typeof agencyInputSchema>;

/** Reporting channels are where corruption is reported, which is never this service. */
export const reportingChannelsSchema = z.strictObject({
  channels: z
    .array(
      z.strictObject({
        name: bothLanguages,
        /** The telephone number or address as it is advertised. */
        address: z.string().min(2).max(60),
        kind: z.enum(['telephone', 'website', 'office']),
        hours: bothLanguages.nullable().default(null),
        languages: z.array(z.enum(['ko', 'en'])).min(1),
        anonymous: z.boolean(),
      }),
    )
    .min(1)
    .max(20)
    .refine(
      (channels) => channels.some((c) => c.kind === 'telephone'),
      'at least one channel is a telephone number',
    ),
});
export type ReportingChannels = z.infer<typeof reportingChannelsSchema>;

const denseSuffix = ':dense';

export type SettingName =
  | 'agency'
  | 'calendar'
  | 'reporting-channels'
  | `plan:${(typeof kinds)[number]}`
  | `plan:${(typeof kinds)[number]}:dense`;

/** Returns the schema of a setting's value; it is null for an unknown name. */
export function schemaOf(name: string): z.ZodType | null {
  if (name === 'agency') return agencySchema;
  if (name === 'calendar') return calendarSchema;
  if (name === 'reporting-channels') return reportingChannelsSchema;
  const kind = name.startsWith('plan:') ? name.slice('plan:'.length).replace(denseSuffix, '') : '';
  return (kinds as readonly string[]).includes(kind) ? planSchema : null;
}
