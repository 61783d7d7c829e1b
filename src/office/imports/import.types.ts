import type { LocalDate } from '../../core/calendar/calendar.schema.js';
import type { Finding } from '../../platform/findings.js';
import type { Kind } from '../../core/settings/plan.schema.js';

export type LegalBasis = 'statutory-task' | 'contract' | 'consent';

/** Why a contact has no usable number. `masked` is the value as it may be shown. */
interface ImportedPhoneProblem {
  code: string;
  masked: string;
}

export interface ImportedContact {
  name: string | null;
  role: string | null;
  /** E.164; null when there is none that can be used, and `phoneProblem` says why. */
  phone: string | null;
  /** ISO 3166-1 alpha-2 of the number. */
  phoneCountry: string | null;
  phoneProblem: ImportedPhoneProblem | null;
  locale: 'ko' | 'en' | null;
  legalBasis: LegalBasis | null;
  /** The day of the consent. */
  legalBasisOn: LocalDate | null;
}

export interface ImportedCounterparty {
  /** Its id in the source (OCDS: the party's id). */
  externalId: string | null;
  name: string;
  registrationNumber: string | null;
  role: string | null;
  /** Of a joint venture; percent. */
  share: number | null;
  /** ISO 3166-1 alpha-2 of its address. */
  country: string | null;
  contacts: ImportedContact[];
}

export type SourceStatus = 'active' | 'pending' | 'cancelled' | 'terminated';

export interface ImportedContract {
  source: 'sheet' | 'ocds';
  /** The contract's number, as the texts will name it. */
  reference: string;
  revision: number | null;
  kind: Kind;
  title: string;
  /** A name or code, as written. */
  department: string | null;
  officer: string | null;
  signedOn: LocalDate | null;
  startsOn: LocalDate | null;
  endsOn: LocalDate | null;
  value: { amount: string; currency: string } | null;
  method: string | null;
  /** As the source says it: whether `terminated` was a normal end is judged elsewhere, by the end date. */
  status: SourceStatus | null;
  counterparties: ImportedCounterparty[];
  amendments: { id: string; date: LocalDate }[];
  occurrences: { code: string; occurredOn: LocalDate; externalId: string }[];
  /** Where it begins in the file, 1 being the first line. */
  line: number;
}

/** A RowProblem is a finding about a place of the file. */
export interface RowProblem extends Finding {
  /** The physical line of the file; 1 is the first. */
  line: number;
  /** The heading as it stands in the file, or the path in a release; empty when the whole line or file is meant. */
  field: string;
  /** Masked, and safe to show and to log. */
  value: string;
  /** The contract (or, without one, the rest of the file) is refused. */
  fatal: boolean;
  /** Nothing to mend: it says what the import assumed or left out. */
  informative: boolean;
}

/** What came of one contract: with a fatal problem there is no contract. */
export interface ImportOutcome {
  contract: ImportedContract | null;
  problems: RowProblem[];
}

/** What a contract's reference may look like: it stands in every text. */
export const referencePattern = /^[\p{L}\p{N}][\p{L}\p{N}._/()-]{0,59}$/u;

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
