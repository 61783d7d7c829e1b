import { Inject, Injectable } from '@nestjs/common';
import type { FieldProblem } from '../../platform/app-error.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import type { Caller } from '../access/roles.js';
import { DepartmentsService } from '../departments/departments.service.js';
import { parsePhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import {
  numberField,
  type PhoneProblemCode,
  unusableNumber,
} from '../../platform/phone-numbers/phone-numbers.words.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import type { Agency } from '../settings/settings.schema.js';
import { SettingsService } from '../settings/settings.service.js';
import type { Contact, ContractTerms, Counterparty } from './contract.entity.js';
import { type NewContact, type NewContract, type NewCounterparty, termsOf } from './contract.schema.js';
import { contractProblems } from './contracts.words.js';
import { requireRoomForParties } from './party-limits.js';
import { findingField } from '../../platform/findings.js';
import {
  oddPeriods,
  type Period,
  readBusinessNumber,
  requireFitReference,
  requireNearDay,
} from './validity.js';

/** ContractFacts are a contract as somebody gives it, with its numbers read and checked, whatever way it came. */
export interface ContractFacts extends ContractTerms {
  counterparties: CounterpartyFacts[];
}

export interface CounterpartyFacts extends Pick<
  Counterparty,
  'externalId' | 'registrationNumber' | 'role' | 'country'
> {
  name: string;
  /** The party's part of a joint venture; percent. */
  share: number | null;
  contacts: ContactFacts[];
}

export interface ContactFacts extends Pick<Contact, 'role' | 'locale' | 'legalBasis' | 'legalBasisOn'> {
  name: string | null;
  /** Null when the contact has no usable number. */
  phone: { e164: string; country: string } | null;
}

/** ReadingRules say how a number or a language that is not given in full is read. */
export interface ReadingRules {
  /** The agency's country, for a party without one. */
  country: string;
  locale: 'ko' | 'en';
  allowFiction: boolean;
  referenceLetters: Agency['referenceLetters'];
  /** The service clock's day. */
  today: LocalDate;
}

/**
 * Reads what somebody gives by these rules. Throws `number-unusable`, with every number that cannot be used, so that
 * whoever sent them learns of all of them at once.
 */
export function readFacts<T>(rules: ReadingRules, read: (reading: Reading) => T): T {
  const reading = new Reading(rules);
  const facts = read(reading);
  const [problem, another] = reading.unusable;
  if (!problem) return facts;
  if (!another) throw unusableNumber(problem.code, problem.path);
  const fields = reading.unusable.map(({ code, path }) => numberField(code, path));
  throw contractProblems.error('number-unusable.several', { count: fields.length }, { fields });
}

/** Reading turns what is given into facts, and collects the numbers that cannot be used by their path in the request. */
class Reading {
  readonly unusable: { code: PhoneProblemCode; path: string }[] = [];

  constructor(private readonly rules: ReadingRules) {}

  contract(input: NewContract): ContractFacts {
    requireFitReference(input.reference, this.rules.referenceLetters);
    requireRoomForParties(input.counterparties);
    const counterparties = input.counterparties.map((party, i) =>
      this.counterparty(party, `counterparties[${i}].`),
    );
    return { ...termsOf(input), counterparties };
  }

  counterparty(party: NewCounterparty, path = ''): CounterpartyFacts {
    const country = party.country ?? null;
    return {
      externalId: null,
      name: party.name,
      registrationNumber: this.businessNumber(party.registrationNumber ?? null, country, path),
      role: party.role ?? null,
      share: party.share ?? null,
      country,
      contacts: party.contacts.map((contact, i) => this.contact(contact, country, `${path}contacts[${i}].`)),
    };
  }

  /** `country` is that of the party's address, if it is known. */
  contact(contact: NewContact, country: string | null, path = ''): ContactFacts {
    return {
      name: contact.name ?? null,
      role: contact.role ?? null,
      phone: contact.phone ? this.phone(contact.phone, country, `${path}phone`) : null,
      locale: contact.locale ?? this.rules.locale,
      legalBasis: contact.legalBasis,
      legalBasisOn: contact.legalBasisOn ?? null,
    };
  }

  private businessNumber(given: string | null, country: string | null, path: string): string | null {
    const read = readBusinessNumber(given, country ?? this.rules.country);
    if (read !== 'wrong') return read.number;
    const code = 'registration-number-wrong';
    throw contractProblems.error(
      code,
      {},
      { fields: [contractProblems.field(`${path}registrationNumber`, code)] },
    );
  }

  phone(raw: string, country: string | null, path = 'phone'): ContactFacts['phone'] {
    const { allowFiction } = this.rules;
    const parsed = parsePhoneNumber(raw, country ?? this.rules.country, { allowFiction });
    if (parsed.ok) return { e164: parsed.e164, country: parsed.country };
    this.unusable.push({ code: parsed.code, path });
    return null;
  }
}

/** FactsRules judge what somebody gives of a contract: how it is read, whom they may name, and how far ahead it may lie. */
@Injectable()
export class FactsRules {
  constructor(
    @Inject(CONFIG) private readonly config: { allowFictionalNumbers: boolean },
    private readonly settings: SettingsService,
    private readonly departments: DepartmentsService,
  ) {}

  async readingRules(): Promise<ReadingRules> {
    const { setting } = await this.settings.calendar();
    const { value: agency } = await this.settings.agency();
    return {
      country: setting.country,
      locale: agency.locale,
      allowFiction: this.config.allowFictionalNumbers,
      referenceLetters: agency.referenceLetters,
      today: await this.settings.today(),
    };
  }

  /** Reads what somebody gives by the rules in force; see `readFacts`. */
  async read<T>(read: (reading: Reading) => T): Promise<T> {
    return readFacts(await this.readingRules(), read);
  }

  /** Throws when the caller does not see the department or the officer, or the department takes nothing new. */
  async requireNameable(
    caller: Caller,
    named: { departmentId?: string | undefined; officerId?: string | null | undefined },
  ): Promise<void> {
    if (named.departmentId) {
      await this.departments.mustSee(caller, named.departmentId);
      await this.departments.mustBeOpen(named.departmentId);
    }
    if (named.officerId) await this.departments.mustBeNameable(caller, named.officerId);
  }

  async requireNearDay(day: string, path: string): Promise<void> {
    requireNearDay(day, path, await this.settings.today());
  }

  /**
   * Returns what is asked about the days of a contract, as marks of the request's fields. Throws `dates-odd` with them where
   * a person has yet to confirm them.
   */
  async askOddPeriods(
    { unasked = false, dayField }: { unasked?: boolean; dayField?: string },
    ...[contract, was]: [Period, Period?]
  ): Promise<FieldProblem[]> {
    const odd = oddPeriods(contract, await this.settings.today(), was);
    const fields = odd.map(({ path, finding }) => findingField(dayField ?? path, finding));
    if (unasked && fields.length > 0) throw contractProblems.error('dates-odd', {}, { fields });
    return fields;
  }
}
