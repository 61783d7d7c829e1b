import { z } from 'zod';
import { lineOf, reasonSchema } from '../../platform/http/text.schema.js';
import { wordsView } from '../../platform/http/query.schema.js';
import { calendarSchema, localDateSchema } from '../calendar/calendar.schema.js';
import { ladderSchema } from './ladder.schema.js';
import { retentionSchema, storedRetention } from './retention.schema.js';
import { kinds, planSchema, storedPlanSchema } from './plan.schema.js';
import { settingProblems } from './settings.words.js';
import { linkedWords, nameSchema, storedWordsSchema, textWordsSchema } from './words.schema.js';

const currencies = new Set(Intl.supportedValuesOf('currency'));

const priceSchema = z.number().min(0).max(100_000).nullable();

/** The setting `agency` says what the agency is called, and how it sends. */
const agencyFields = z.strictObject({
  /** The short name, as it stands at the head of a text. */
  name: nameSchema,
  /** The language for contacts whose own is not served. */
  locale: z.enum(['ko', 'en']),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .refine((code) => currencies.has(code), settingProblems.rule('currency-unknown')),
  /** Hours that an alert may be late when it is planned, and still go out at once. */
  graceHours: z
    .int()
    .min(0)
    .max(24 * 60)
    .default(168),
  /** Business days by which a text that was about to go out may be put off before somebody counts as not told in time. */
  lateDays: z.int().min(1).max(60).default(5),
  /** The number of alerts, of one number and day, from which they become one digest. */
  digestFrom: z.int().min(2).max(50).default(3),
  /** The number of people that an import may text on its day before it asks again. */
  importAskAbove: z.int().min(0).max(1_000_000).default(100),
  /** Which defaults in Korean are offered: those of one SMS, or long ones that say more and cost more. */
  koreanTexts: z.enum(['short', 'long']).default('short'),
  /** The letters of which references are made that stand in texts (see `flawOfReference`). */
  referenceLetters: z.enum(['latin', 'any']).default('latin'),
  /** Whether anybody may ask by its reference alone which notices a contract calls for (`/register`). */
  publishesContracts: z.boolean().default(true),
  /** Whether admins and auditors have to sign in with a second factor. */
  requiresSecondFactor: z.boolean().default(false),
  /** Whether what stands in a reference list and nobody registered in its days is registered, to wait for a contact. */
  listsRegister: z.boolean().default(false),
  /** Percent of the numbers texted in a month that auditors call, drawn by lot; 0: they call none. */
  callShare: z.int().min(0).max(100).default(5),
  /** Percent of the numbers texted within an hour that may be out of reach before a sender or a department is paused; 0: none is. */
  failureShare: z.int().min(0).max(100).default(30),
  /** What the agency pays for a text, in its currency: of each class in Korea, and for each part elsewhere. Null where nobody said. */
  prices: z
    .strictObject({ sms: priceSchema, lms: priceSchema, part: priceSchema })
    .default({ sms: null, lms: null, part: null }),
  /** The domains that texts may link to. */
  linkDomains: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9.-]+\.[a-z]{2,}$/)
        .refine((domain) => domain.length <= 253, 'a domain has at most 253 characters'),
    )
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
export const agencySchema = agencyFields.superRefine(nameLeadsNowhereElse);
export type Agency = z.infer<typeof agencySchema>;

function nameLeadsNowhereElse(
  { name, linkDomains }: Pick<z.infer<typeof agencyFields>, 'name' | 'linkDomains'>,
  context: z.RefinementCtx,
): void {
  for (const issue of linkedWords(name, linkDomains)) context.addIssue(issue);
}

/** The agency as programs send it, with the numbers of a rehearsal in plain form. */
export const agencyInputSchema = agencyFields
  .extend({
    /** Put off by more, nobody would be told in time. What was stored before there was this limit is still read. */
    lateDays: agencyFields.shape.lateDays.unwrap().max(20).default(5),
    rehearsal: z
      .strictObject({ on: z.boolean(), numbers: z.array(lineOf(40)).max(100) })
      .default({ on: false, numbers: [] }),
  })
  .superRefine(nameLeadsNowhereElse);
export type AgencyInput = z.infer<typeof agencyInputSchema>;

const channelSchema = z.strictObject({
  name: textWordsSchema,
  /** The telephone number or address as it is advertised. */
  address: lineOf(60).min(2),
  kind: z.enum(['telephone', 'website', 'office']),
  hours: textWordsSchema.nullable().default(null),
  languages: z.array(z.enum(['ko', 'en'])).min(1),
  anonymous: z.boolean(),
});

/** Reporting channels are where corruption is reported, which is never this service. */
export const reportingChannelsSchema = z.strictObject({
  channels: z
    .array(channelSchema)
    .min(1)
    .max(20)
    .refine(
      (channels) => channels.some((c) => c.kind === 'telephone'),
      'at least one channel is a telephone number',
    ),
});
export type ReportingChannels = z.infer<typeof reportingChannelsSchema>;

/** What is put, by the API and by pages, with why: a new version of the whole setting. */
const why = { reason: reasonSchema.nullish() };
/** The day is checked by `SettingsService.requireBeginning`. */
export const fromOnSchema = localDateSchema
  .nullish()
  .meta({ description: 'The business day from which the version holds; left out, it holds at once.' });
export const planBody = z.strictObject({ plan: planSchema, fromOn: fromOnSchema, ...why });
export const channelsBody = reportingChannelsSchema.extend(why);
export const calendarBody = calendarSchema.extend({
  ...why,
  terms: calendarSchema.shape.terms.meta({
    description: 'Left out, the statutory terms in force stay; an empty list takes them away.',
  }),
});
export const beginningView = {
  fromOn: localDateSchema.nullable().meta({
    description: 'From which day it holds, taking the place of every older version; null: since it was made.',
  }),
  approvedBy: z
    .string()
    .nullable()
    .meta({ description: 'Who approved it, where it waited for a second person.' }),
};
export const ladderBody = ladderSchema.extend(why);
export const retentionBody = retentionSchema.extend(why);
export const specialDaysQuery = z.strictObject({ year: z.coerce.number().int().min(1990).max(2100) });
export const specialDayView = z.object({
  date: localDateSchema,
  kind: z.enum(['holiday', 'substitute', 'closed', 'open']),
  name: wordsView
    .nullable()
    .meta({ description: 'Of a substitute, that of the holiday. Null: of the agency’s list.' }),
  law: z
    .object({ source: wordsView, from: localDateSchema })
    .nullable()
    .meta({ description: 'Of Korean holidays: which law makes it one, and from when that is in force.' }),
  isBusinessDay: z.boolean(),
});
export const agencyBody = agencyInputSchema.safeExtend(why);

const denseSuffix = ':dense';

export type SettingName =
  | 'agency'
  | 'calendar'
  | 'ladder'
  | 'retention'
  | 'reporting-channels'
  | `plan:${(typeof kinds)[number]}`
  | `plan:${(typeof kinds)[number]}:dense`;

/** The schemas by which a setting is put, and those by which it is read: what was stored is sent, whatever is allowed now. */
const schemas = {
  agency: {
    put: agencySchema,
    stored: agencyFields.extend({
      name: storedWordsSchema,
      currency: z.string(),
      linkDomains: z.array(z.string()).default([]),
    }),
  },
  calendar: { put: calendarSchema, stored: calendarSchema.extend({ country: z.string() }) },
  'reporting-channels': {
    put: reportingChannelsSchema,
    stored: z.strictObject({
      channels: z.array(
        channelSchema.extend({
          name: storedWordsSchema,
          address: z.string(),
          hours: storedWordsSchema.nullable().default(null),
        }),
      ),
    }),
  },
  ladder: { put: ladderSchema, stored: ladderSchema },
  retention: { put: retentionSchema, stored: storedRetention },
  plan: { put: planSchema, stored: storedPlanSchema },
};

/** Reads a value that was stored of a setting; one that cannot be read is returned as it was stored. */
export function readStored(name: string, value: unknown): unknown {
  return schemasOf(name)?.stored.safeParse(value).data ?? value;
}

/** Returns the schemas of a setting's value; null for an unknown name. */
export function schemasOf(name: string): { put: z.ZodType; stored: z.ZodType } | null {
  const kind = name.startsWith('plan:') ? name.slice('plan:'.length).replace(denseSuffix, '') : '';
  if ((kinds as readonly string[]).includes(kind)) return schemas.plan;
  return name !== 'plan' && Object.hasOwn(schemas, name) ? schemas[name as keyof typeof schemas] : null;
}
