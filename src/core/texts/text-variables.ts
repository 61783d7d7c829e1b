import { z } from 'zod';
import { localDateSchema } from '../calendar/calendar.schema.js';
import type { Kind } from '../settings/plan.schema.js';

export const locales = ['ko', 'en'] as const;
export const localeSchema = z.enum(locales);
export type Locale = z.infer<typeof localeSchema>;

/** What a template is for: its place decides which variables there are. */
export const purposes = ['milestone', 'neutral', 'digest'] as const;
export type Purpose = (typeof purposes)[number];

const filled = z.string().min(1);

/** No name and no number of a person: a text that is read over a shoulder, or by the wrong phone, tells nothing of its recipient. */
const everywhere = {
  locale: localeSchema,
  agency: z.strictObject({ name: filled }),
  /** The first reporting channel for the locale. */
  channel: z.strictObject({
    name: filled,
    number: filled,
    /** Empty when the channel names none, so that a channel's edit cannot stop a text. */
    hours: z.string(),
  }),
  sender: z.strictObject({ number: filled }),
  /** What `{{> agency}}` (the short name) and `{{> channels}}` (see `channelsLine`) stand for. */
  partials: z.strictObject({ agency: filled, channels: filled }),
};

const contract = z.strictObject({
  reference: filled,
  title: filled,
  /** In the locale's words: see `kindWord`. */
  kind: filled,
});
const department = z.strictObject({ name: filled });

const milestoneVariables = z.strictObject({
  ...everywhere,
  contract,
  department,
  milestone: z.strictObject({ name: filled, date: localDateSchema }),
});
/** Nobody recorded the milestone, so that it has no date. */
const neutralVariables = z.strictObject({
  ...everywhere,
  contract,
  department,
  milestone: z.strictObject({ name: filled }),
});
const digestVariables = z.strictObject({
  ...everywhere,
  digest: z.strictObject({
    /** Alerts, not contracts: what the text stands for. */
    count: z.int().min(2),
    day: localDateSchema,
    /** The reference of the first contract. */
    reference: filled,
  }),
});

export const textVariablesSchema = z.union([milestoneVariables, neutralVariables, digestVariables]);
export type TextVariables = z.infer<typeof textVariablesSchema>;

const everywherePaths = ['agency.name', 'channel.name', 'channel.number', 'channel.hours', 'sender.number'];
const contractPaths = [
  'contract.reference',
  'contract.title',
  'contract.kind',
  'department.name',
  'milestone.name',
];

interface Allowed {
  variables: readonly string[];
  /** Written `{{date path}}` only, so that no text shows a date as 2026-10-14. */
  dates: readonly string[];
}

export const allowedIn: Readonly<Record<Purpose, Allowed>> = {
  milestone: { variables: [...contractPaths, ...everywherePaths], dates: ['milestone.date'] },
  neutral: { variables: [...contractPaths, ...everywherePaths], dates: [] },
  digest: { variables: ['digest.count', 'digest.reference', ...everywherePaths], dates: ['digest.day'] },
};

export const allowedPartials: readonly string[] = ['agency', 'channels'];

/** Set by officers or imports, not by those who answer for the texts: shown as plain words, never as a link. */
export const officersVariables: readonly string[] = [
  'contract.reference',
  'contract.title',
  'department.name',
  'digest.reference',
];

const kindWords: Readonly<Record<Locale, Record<Kind, string>>> = {
  ko: {
    works: '공사',
    service: '용역',
    goods: '물품',
    consignment: '위탁',
    grant: '보조금',
    permit: '인허가',
  },
  en: {
    works: 'works',
    service: 'service',
    goods: 'goods',
    consignment: 'consignment',
    grant: 'grant',
    permit: 'permit',
  },
};

export function kindWord(kind: Kind, locale: Locale): string {
  return kindWords[locale][kind];
}

/** The words of `{{> channels}}` for numbers or addresses: `☎1398·110`, `Call 1398 or 110`. At least one. */
export function channelsLine(numbers: readonly string[], locale: Locale): string {
  return locale === 'ko' ? `☎${numbers.join('·')}` : `Call ${numbers.join(' or ')}`;
}
