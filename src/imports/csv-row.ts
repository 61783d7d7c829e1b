import type { LocalDate } from '../calendar/calendar.schema.js';
import type { Kind } from '../planning/plan.schema.js';
import { maskRaw, parsePhoneNumber, showRaw } from '../platform/numbers/phone-number.js';
import { countryOf } from '../platform/numbers/country.js';
import type { CsvField, MatchedHeadings } from './csv-headings.js';
import * as read from './csv-values.js';
import {
  referencePattern,
  rowProblem,
  type Finding,
  type ImportedContact,
  type ImportedCounterparty,
  type RowProblem,
  type Weight,
} from './import.types.js';

export interface CsvRules {
  /** Of the agency, for counterparties whose row names no country. */
  country: string;
  /** Of amounts that name none. */
  currency: string;
  allowFiction: boolean;
}

/** What a row says of its contract; a row that continues a contract may leave out what the first one said. */
export interface RowFacts {
  kind: Kind | null;
  title: string | null;
  department: string | null;
  officer: string | null;
  signedOn: LocalDate | null;
  startsOn: LocalDate | null;
  endsOn: LocalDate | null;
  value: { amount: string; currency: string } | null;
  method: string | null;
}

export interface CsvRow {
  line: number;
  /** Null when it has none that can be used: the row stands alone, and is refused. */
  reference: string | null;
  revision: number | null;
  facts: RowFacts;
  /** Null when the row names none: the contact is of the counterparty of the row above. */
  counterparty: Omit<ImportedCounterparty, 'contacts'> | null;
  contact: ImportedContact;
  problems: RowProblem[];
}

/** Reads one row; `columns` tells where each field stands. */
export function readRow(
  cells: string[],
  columns: MatchedHeadings['columns'],
  line: number,
  rules: CsvRules,
): CsvRow {
  const row = new RowCells(cells, columns, line);
  const reference = readReference(row);
  const revision = row.value('revision', read.readRevision, 'fatal');
  const facts = readFacts(row, rules);
  const counterparty = readCounterparty(row, rules);
  const contact = readContact(row, counterparty ? counterparty.country : rules.country, rules);
  return { line, reference, revision, facts, counterparty, contact, problems: row.problems };
}

/** The cells of one row by field, and what was found wrong with them. */
class RowCells {
  readonly problems: RowProblem[] = [];

  constructor(
    private readonly cells: string[],
    private readonly columns: MatchedHeadings['columns'],
    private readonly line: number,
  ) {}

  text(field: CsvField): string | null {
    const column = this.columns.get(field);
    const cell = column === undefined ? '' : (this.cells[column.index] ?? '');
    // Spreadsheets keep digits as text by writing ="010…" or '010….
    const text = cell
      .trim()
      .replace(/^="(.*)"$/s, '$1')
      .replace(/^'/, '')
      .trim();
    return text === '' || text === '-' ? null : text;
  }

  value<T>(field: CsvField, reader: (text: string) => read.Read<T>, weight: Weight): T | null {
    const text = this.text(field);
    if (text === null) return null;
    const result = reader(text);
    if (result.ok) return result.value;
    this.report(field, result, weight, showRaw(text));
    return null;
  }

  report(field: CsvField, finding: Finding, weight: Weight, shown = ''): void {
    const heading = this.columns.get(field)?.heading ?? '';
    this.problems.push(rowProblem({ line: this.line, field: heading, value: shown }, finding, weight));
  }
}

const missingReference: Finding = {
  code: 'reference-missing',
  message: 'The row names no contract.',
  advice: 'Write the contract number on every row, also where the spreadsheet had merged cells.',
};
const unusableReference: Finding = {
  code: 'reference-unusable',
  message: 'It cannot stand in a text as a contract number.',
  advice: 'Use at most 60 letters, digits, and . _ / ( ) -, without spaces.',
};

function readReference(row: RowCells): string | null {
  const reference = row.text('reference')?.normalize('NFKC') ?? null;
  if (reference !== null && referencePattern.test(reference)) return reference;
  if (reference === null) row.report('reference', missingReference, 'fatal');
  else row.report('reference', unusableReference, 'fatal', showRaw(reference));
  return null;
}

function readFacts(row: RowCells, rules: CsvRules): RowFacts {
  const period = row.value('period', read.readPeriod, 'warning');
  const amount = row.value('amount', read.readAmount, 'fatal');
  const currency = row.value('currency', read.readCurrency, 'fatal');
  return {
    kind: row.value('kind', read.readKind, 'fatal'),
    title: row.value('title', read.textUpTo(500), 'fatal'),
    department: row.value('department', read.textUpTo(200), 'fatal'),
    officer: row.value('officer', read.textUpTo(100), 'fatal'),
    signedOn: row.value('signedOn', read.readDay, 'fatal'),
    startsOn: row.value('startsOn', read.readDay, 'fatal') ?? period?.startsOn ?? null,
    endsOn: row.value('endsOn', read.readDay, 'fatal') ?? period?.endsOn ?? null,
    value: amount && { amount: amount.amount, currency: amount.currency ?? currency ?? rules.currency },
    method: row.value('method', read.textUpTo(100), 'warning'),
  };
}

const unknownCountry: Finding = {
  code: 'country-unknown',
  message: 'It is no country that is known, so only a number with + and a country code is read.',
  advice: 'Write the name of the country, or a code such as KR.',
};

function readCounterparty(row: RowCells, rules: CsvRules): CsvRow['counterparty'] {
  const name = row.value('counterparty', read.textUpTo(200), 'fatal');
  if (name === null) return null;
  const named = row.text('country');
  const country = named === null ? rules.country : countryOf(named);
  if (named !== null && country === null) row.report('country', unknownCountry, 'warning', showRaw(named));
  return {
    externalId: null,
    name,
    registrationNumber: row.value('registrationNumber', read.textUpTo(40), 'warning'),
    role: row.value('role', read.textUpTo(60), 'warning'),
    share: row.value('share', read.readShare, 'warning'),
    country,
  };
}

function readContact(row: RowCells, country: string | null, rules: CsvRules): ImportedContact {
  const person = row.value('contact', read.textUpTo(100), 'warning');
  const name = person ?? row.value('representative', read.textUpTo(100), 'warning');
  const basis = row.value('legalBasis', read.readLegalBasis, 'warning');
  const consentedOn = row.value('legalBasisOn', read.readDay, 'warning') ?? basis?.on ?? null;
  const legalBasis = basis?.basis ?? (consentedOn === null ? null : 'consent');
  if (legalBasis === 'consent' && consentedOn === null) row.report('legalBasis', undatedConsent, 'warning');
  return {
    name,
    role: name === null ? null : person === null ? 'representative' : 'contact',
    ...readPhone(row, country, rules),
    locale: row.value('locale', read.readLocale, 'warning'),
    legalBasis,
    legalBasisOn: consentedOn,
  };
}

const undatedConsent: Finding = {
  code: 'consent-undated',
  message: 'Consent is kept with the day it was given, and there is none.',
  advice: 'Write the day behind it: 동의(2026-03-02).',
};

function readPhone(
  row: RowCells,
  country: string | null,
  { allowFiction }: CsvRules,
): Pick<ImportedContact, 'phone' | 'phoneCountry' | 'phoneProblem'> {
  const raw = row.text('phone') ?? '';
  const parsed = parsePhoneNumber(raw, country, { allowFiction });
  if (parsed.ok) {
    if (parsed.note !== null) row.report('phone', zeroRestored(parsed.note), 'information', maskRaw(raw));
    return { phone: parsed.e164, phoneCountry: parsed.country, phoneProblem: null };
  }
  const { code, message, advice } = parsed;
  const masked = maskRaw(raw);
  row.report('phone', { code, message, advice }, 'warning', masked);
  return { phone: null, phoneCountry: null, phoneProblem: { code, message, advice, masked } };
}

const zeroRestored = (message: string): Finding => ({
  code: 'number-zero-restored',
  message,
  advice: 'Format the column as text, so that the spreadsheet keeps the zero.',
});
