import { daySchema, type LocalDate } from '../../core/calendar/calendar.schema.js';
import type { ContractTerms } from '../../core/contracts/contract.entity.js';
import type { ContactFacts, CounterpartyFacts } from '../../core/contracts/contract-facts.js';
import type { Finding } from '../../platform/findings.js';

export type LegalBasis = ContactFacts['legalBasis'];

export interface ImportedContact extends Pick<ContactFacts, 'name' | 'role' | 'legalBasisOn'> {
  /** E.164; null when there is none that can be used, and `phoneProblem` says why. */
  phone: string | null;
  /** The country that the number belongs to, as ISO 3166-1 alpha-2. */
  phoneCountry: string | null;
  /** Why there is no usable number; `masked` is the value as it may be shown. */
  phoneProblem: { code: string; masked: string } | null;
  locale: ContactFacts['locale'] | null;
  legalBasis: LegalBasis | null;
}

/** `externalId` is the party's id in the source, `country` that of its address. */
export interface ImportedCounterparty extends Omit<CounterpartyFacts, 'contacts'> {
  contacts: ImportedContact[];
}

/** Every file states these terms. */
type Stated = 'reference' | 'kind' | 'title' | 'signedOn' | 'startsOn' | 'endsOn' | 'method';
/** The terms that are found out by what a file states. */
type FoundOut = 'source' | 'revision' | 'departmentId' | 'officerId' | 'amount' | 'currency';

/**
 * ImportedContract is a contract as a file states it, before the departments and officers that it names are found. Terms
 * that only some files state may be left out.
 */
export interface ImportedContract
  extends Pick<ContractTerms, Stated>, Partial<Omit<ContractTerms, Stated | FoundOut>> {
  source: 'sheet' | 'ocds';
  /** The ocid of the contracting process that it belongs to; a sheet has none. */
  process?: string;
  revision: number | null;
  /** The name or code that is written there. */
  department: string | null;
  officer: string | null;
  value: { amount: string; currency: string } | null;
  /** As the source gives it: whether `terminated` was a normal end is judged elsewhere, by the end date. */
  status: 'active' | 'pending' | 'cancelled' | 'terminated' | null;
  counterparties: ImportedCounterparty[];
  amendments: { id: string; date: LocalDate }[];
  occurrences: { code: string; occurredOn: LocalDate; externalId: string }[];
  /** The line on which it begins, 1 being the first of the file. */
  line: number;
}

/** A RowProblem is a finding about a place of the file. */
export interface RowProblem extends Finding {
  /** The physical line of the file; 1 is the first. */
  line: number;
  /** The heading as it stands in the file, or the path in a release; empty when the whole line or file is meant. */
  field: string;
  /** It is masked, and safe to show and to log. */
  value: string;
  /** The contract (or, without one, the rest of the file) is refused. */
  fatal: boolean;
  /** There is nothing to fix: the problem reports what the import assumed or left out. */
  informative: boolean;
}

/** What came of one contract: with a fatal problem there is no contract. */
export interface ImportOutcome {
  contract: ImportedContract | null;
  problems: RowProblem[];
  /** What a refused contract names: what is wrong with that is told together with the rest. */
  names?: StatedNames;
}

/** StatedNames are the names of a contract that are looked up among departments and officers. */
export type StatedNames = Pick<ImportedContract, 'source' | 'line' | 'department' | 'officer'>;

/** What a contract's reference may look like: it stands in every text. */
export const referencePattern = /^[\p{L}\p{N}][\p{L}\p{N}._/()-]{0,59}$/u;

/** Whether YYYY-MM-DD is a day of the calendar, between 1990 and 2100. */
export function isDay(written: string): boolean {
  return daySchema.safeParse(written).success;
}

export type Weight = 'fatal' | 'warning' | 'information';

export function rowProblem(
  { line, field = '', value = '' }: { line: number; field?: string; value?: string },
  { code, phrase }: Finding,
  weight: Weight,
): RowProblem {
  return {
    line,
    field,
    value,
    code,
    phrase,
    fatal: weight === 'fatal',
    informative: weight === 'information',
  };
}
