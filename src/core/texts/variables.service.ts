import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Locale, Words } from '../../platform/words/words.js';
import { type LocalDate, localDateSchema } from '../calendar/calendar.schema.js';
import type { Kind } from '../settings/plan.schema.js';
import { flawOfReference } from '../settings/reference.js';
import type { Agency, ReportingChannels } from '../settings/settings.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import { kindWord } from './texts.words.js';

export const locales = ['ko', 'en'] as const satisfies Locale[];
export const localeSchema = z.enum(locales);

/** A template's place decides what it is for, and so which variables it has. */
export const purposes = ['milestone', 'neutral', 'digest'] as const;
export type Purpose = (typeof purposes)[number];

const filled = z.string().min(1);

/**
 * Every text may hold these. There is no name and no number of a person among them, so that a text which is read over a
 * shoulder, or on the wrong phone, tells nothing of its recipient.
 */
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

/** AllowedNames is what a template may use at its place. */
export interface AllowedNames {
  variables: readonly string[];
  /** Written `{{date path}}` only, so that no text shows a date as 2026-10-14. */
  dates: readonly string[];
}

export const allowedIn: Readonly<Record<Purpose, AllowedNames>> = {
  milestone: { variables: [...contractPaths, ...everywherePaths], dates: ['milestone.date'] },
  neutral: { variables: [...contractPaths, ...everywherePaths], dates: [] },
  digest: { variables: ['digest.count', 'digest.reference', ...everywherePaths], dates: ['digest.day'] },
};

export const allowedPartials: readonly string[] = ['agency', 'channels'];

/** Officers and imports set these, who are not responsible for the texts: they are shown as plain words, never as a link. */
export const officersVariables: readonly string[] = [
  'contract.reference',
  'contract.title',
  'department.name',
  'digest.reference',
];

/** Writes what `{{> channels}}` stands for, from numbers: `☎1398, ☎110`, `Call 1398 or 110`. At least one. */
export function channelsLine(numbers: readonly string[], locale: Locale): string {
  return locale === 'ko' ? `☎${numbers.join(', ☎')}` : `Call ${numbers.join(' or ')}`;
}

/** TextSubject is the milestone that a text is about. Nothing in it tells one recipient from another. */
export interface TextSubject {
  locale: Locale;
  kind: Kind;
  reference: string;
  /** Names the contract, with its kind, where its reference may not stand in a text. */
  signedOn: LocalDate | null;
  title: string;
  departmentName: string;
  departmentNameEn: string | null;
  milestoneName: Words;
  /** Null when nobody recorded the milestone. */
  date: LocalDate | null;
}

/** SubjectFacts are what the database has of a milestone; its name stands in the contract's version of the plan. */
export type SubjectFacts = Omit<TextSubject, 'milestoneName'> & {
  planName: string;
  planVersion: number;
  /** The milestone's code. */
  code: string;
};

/** Variables makes the variables of many texts from settings that were read once. */
export interface Variables {
  milestone(subject: TextSubject): TextVariables;
  /** `first` is the contract that fell due first. */
  digest(locale: Locale, digest: { count: number; day: LocalDate; first: Named }): TextVariables;
}

/** At most this many channels stand in a text: it has to stay short. */
const channelsInAText = 2;

/** VariablesService takes what a template may fill in from the settings and from the milestone that a text is about. */
@Injectable()
export class VariablesService {
  constructor(private readonly settings: SettingsService) {}

  /** Adds the milestone's name to its facts. Throws when the contract's plan has no such milestone. */
  async subjectOf(facts: SubjectFacts): Promise<TextSubject> {
    const milestoneName = await this.settings.milestoneName(facts);
    if (!milestoneName) throw new Error(`the plan has no milestone ${facts.code}`);
    return { ...facts, milestoneName };
  }

  /** Reads the settings once, for as many texts as are to be made. `sender` is the number that they are sent from. */
  async from(sender: string): Promise<Variables> {
    const { value: agency } = await this.settings.agency();
    const { value: channels } = await this.settings.reportingChannels();
    const known = new Map<Locale, ReturnType<typeof everywhereFor>>();
    const inLocale = (locale: Locale) => {
      const found = known.get(locale) ?? everywhereFor(agency, channels, locale, sender);
      known.set(locale, found);
      return found;
    };
    return {
      milestone: (subject) => ({ ...inLocale(subject.locale), ...variablesOf(subject, agency) }),
      digest: (locale, { count, day, first }) => ({
        ...inLocale(locale),
        digest: { count, day, reference: namedInTexts(first, locale, agency) },
      }),
    };
  }
}

type Named = Pick<TextSubject, 'reference' | 'kind' | 'signedOn'>;

/** Names a contract by its kind and the day of signing, as texts do whose contract has a reference that may not stand in them. */
export function namedByKind({ kind, signedOn }: Pick<Named, 'kind' | 'signedOn'>, locale: Locale): string {
  return signedOn === null ? kindWord(kind, locale) : `${signedOn} ${kindWord(kind, locale)}`;
}

function namedInTexts(contract: Named, locale: Locale, { referenceLetters }: Agency): string {
  const { reference } = contract;
  return flawOfReference(reference, referenceLetters) === null ? reference : namedByKind(contract, locale);
}

function variablesOf(subject: TextSubject, agency: Agency) {
  const { locale, kind, title, departmentName, departmentNameEn, milestoneName, date } = subject;
  const name = milestoneName[locale];
  return {
    contract: { reference: namedInTexts(subject, locale, agency), title, kind: kindWord(kind, locale) },
    department: { name: locale === 'en' ? (departmentNameEn ?? departmentName) : departmentName },
    milestone: date === null ? { name } : { name, date },
  };
}

function everywhereFor(agency: Agency, { channels }: ReportingChannels, locale: Locale, sender: string) {
  const telephones = channels.filter((channel) => channel.kind === 'telephone');
  const spoken = telephones.filter((channel) => channel.languages.includes(locale));
  const served = spoken.length > 0 ? spoken : telephones;
  const first = served[0];
  if (!first) throw new Error('the agency has no reporting channel by telephone');
  return {
    locale,
    agency: { name: agency.name[locale] },
    channel: { name: first.name[locale], number: first.address, hours: first.hours?.[locale] ?? '' },
    sender: { number: sender },
    partials: {
      agency: agency.name[locale],
      channels: channelsLine(
        served.slice(0, channelsInAText).map((channel) => channel.address),
        locale,
      ),
    },
  };
}
