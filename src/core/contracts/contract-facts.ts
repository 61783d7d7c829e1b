import { numberField } from '../../platform/phone-numbers/phone-numbers.words.js';
import type { LocalDate } from '../calendar/calendar.schema.js';
import { AppError, type FieldProblem } from '../../platform/app-error.js';
import { parsePhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import type { Kind } from '../settings/plan.schema.js';
import type { NewContact, NewContract, NewCounterparty } from './contract.schema.js';

/** A contract as somebody states it, numbers read and checked; whence it came no longer matters. */
export interface ContractFacts {
  source: string;
  reference: string;
  revision: number;
  kind: Kind;
  title: string;
  departmentId: string;
  officerId: string | null;
  signedOn: LocalDate | null;
  startsOn: LocalDate | null;
  endsOn: LocalDate | null;
  liabilityEndsOn: LocalDate | null;
  amount: string | null;
  currency: string | null;
  method: string | null;
  counterparties: CounterpartyFacts[];
}

export interface CounterpartyFacts {
  externalId: string | null;
  name: string;
  registrationNumber: string | null;
  role: string | null;
  share: number | null;
  country: string | null;
  contacts: ContactFacts[];
}

export interface ContactFacts {
  name: string | null;
  role: string | null;
  /** Null: known, but without a usable number. */
  phone: { e164: string; country: string } | null;
  locale: 'ko' | 'en';
  legalBasis: 'statutory-task' | 'contract' | 'consent';
  legalBasisOn: LocalDate | null;
}

export interface ReadingRules {
  /** Of the agency: for a party whose country is not given. */
  country: string;
  locale: 'ko' | 'en';
  allowFiction: boolean;
}

export function factsOf(input: NewContract, rules: ReadingRules): ContractFacts {
  const problems: FieldProblem[] = [];
  const counterparties = input.counterparties.map((party, i) =>
    counterpartyFactsOf(party, rules, `counterparties[${i}]`, problems),
  );
  throwIfAny(problems);
  return {
    source: input.source,
    reference: input.reference,
    revision: input.revision,
    kind: input.kind,
    title: input.title,
    departmentId: input.departmentId,
    officerId: input.officerId ?? null,
    signedOn: input.signedOn ?? null,
    startsOn: input.startsOn ?? null,
    endsOn: input.endsOn ?? null,
    liabilityEndsOn: input.liabilityEndsOn ?? null,
    amount: input.value?.amount ?? null,
    currency: input.value?.currency ?? null,
    method: input.method ?? null,
    counterparties,
  };
}

export function counterpartyFactsOf(
  party: NewCounterparty,
  rules: ReadingRules,
  path: string,
  problems: FieldProblem[],
): CounterpartyFacts {
  const country = party.country ?? rules.country;
  return {
    externalId: null,
    name: party.name,
    registrationNumber: party.registrationNumber ?? null,
    role: party.role ?? null,
    share: party.share ?? null,
    country: party.country ?? null,
    contacts: party.contacts.map((contact, i) =>
      contactFactsOf(contact, country, rules, `${path ? `${path}.` : ''}contacts[${i}]`, problems),
    ),
  };
}

/** `country` is that of the party's address. */
export function contactFactsOf(
  contact: NewContact,
  country: string,
  rules: ReadingRules,
  path: string,
  problems: FieldProblem[],
): ContactFacts {
  return {
    name: contact.name ?? null,
    role: contact.role ?? null,
    phone: contact.phone
      ? phoneOf(contact.phone, country, rules, `${path ? `${path}.` : ''}phone`, problems)
      : null,
    locale: contact.locale ?? rules.locale,
    legalBasis: contact.legalBasis,
    legalBasisOn: contact.legalBasisOn ?? null,
  };
}

export function phoneOf(
  raw: string,
  country: string,
  rules: ReadingRules,
  path: string,
  problems: FieldProblem[],
): ContactFacts['phone'] {
  const parsed = parsePhoneNumber(raw, country, { allowFiction: rules.allowFiction });
  if (parsed.ok) return { e164: parsed.e164, country: parsed.country };
  problems.push(numberField(parsed.code, path));
  return null;
}

export function throwIfAny(problems: FieldProblem[]): void {
  if (problems.length === 0) return;
  throw new AppError(
    'invalid',
    'number-unusable',
    problems.length === 1
      ? (problems[0]?.message ?? '')
      : `${problems.length} numbers cannot be used: see fields.`,
    problems,
  );
}
