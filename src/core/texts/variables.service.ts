import { Injectable } from '@nestjs/common';
import type { Kind } from '../settings/plan.schema.js';
import type { Agency, ReportingChannels } from '../settings/settings.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import { channelsLine, kindWord, type Locale, type TextVariables } from './text-variables.js';

/** What a text may tell of one milestone; nothing in it tells one recipient from another. */
export interface TextSubject {
  locale: Locale;
  kind: Kind;
  reference: string;
  title: string;
  department: { name: string; nameEn: string | null };
  milestone: { name: { ko: string; en: string }; date: string | null };
}

/** A milestone of a contract as it stands in the database: what a text's subject is made from. */
export interface SubjectFacts {
  locale: Locale;
  kind: Kind;
  reference: string;
  title: string;
  planName: string;
  planVersion: number;
  departmentName: string;
  departmentNameEn: string | null;
  /** The milestone's code. */
  code: string;
  date: string | null;
}

export interface Variables {
  milestone(subject: TextSubject): TextVariables;
  digest(locale: Locale, digest: { count: number; day: string; reference: string }): TextVariables;
}

/** At most this many channels stand in a text: it has to stay short. */
const channelsInAText = 2;

@Injectable()
export class VariablesService {
  constructor(private readonly settings: SettingsService) {}

  /** Throws when the contract's plan has no such milestone. */
  async subjectOf(facts: SubjectFacts): Promise<TextSubject> {
    const { value: plan } = await this.settings.plan(facts.planName, facts.planVersion);
    const name = plan.milestones.find((m) => m.code === facts.code)?.name;
    if (!name) throw new Error(`the plan has no milestone ${facts.code}`);
    return {
      locale: facts.locale,
      kind: facts.kind,
      reference: facts.reference,
      title: facts.title,
      department: { name: facts.departmentName, nameEn: facts.departmentNameEn },
      milestone: { name, date: facts.date },
    };
  }

  /** Reads the settings once, for as many texts as are to be made. */
  async from(sender: string): Promise<Variables> {
    const { value: agency } = await this.settings.agency();
    const { value: channels } = await this.settings.reportingChannels();
    return {
      milestone: ({ locale, ...subject }) => ({
        ...everywhere(agency, channels, locale, sender),
        contract: {
          reference: subject.reference,
          title: subject.title,
          kind: kindWord(subject.kind, locale),
        },
        department: {
          name:
            locale === 'en'
              ? (subject.department.nameEn ?? subject.department.name)
              : subject.department.name,
        },
        milestone:
          subject.milestone.date === null
            ? { name: subject.milestone.name[locale] }
            : { name: subject.milestone.name[locale], date: subject.milestone.date },
      }),
      digest: (locale, digest) => ({ ...everywhere(agency, channels, locale, sender), digest }),
    };
  }
}

function everywhere(agency: Agency, { channels }: ReportingChannels, locale: Locale, sender: string) {
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
