import type { LocalDate } from '../../../core/calendar/calendar.schema.js';
import type { Kind } from '../../../core/settings/plan.schema.js';
import { maskRaw, parsePhoneNumber, showRaw } from '../../../platform/phone-numbers/phone-number.js';
import { phoneFinding } from '../../../platform/phone-numbers/phone-numbers.words.js';
import { countryOf } from '../../../platform/phone-numbers/country.js';
import { importFinding } from '../import-problems.words.js';
import type { AmountUnit } from './amount-units.js';
import type { RawRow } from '../../../platform/sheets/raw-row.js';
import { RowCells } from './row-cells.js';
import type { SheetField } from './sheet-fields.js';
import type { MatchedHeadings } from './sheet-headings.js';
import * as read from './sheet-values.js';
import {
  referencePattern,
  type ImportedContact,
  type ImportedCounterparty,
  type RowProblem,
} from '../import.types.js';

export interface SheetRules {
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

export interface SheetRow {
  line: number;
  /** Null when it has none that can be used: the row stands alone, and is refused. */
  reference: string | null;
  revision: number | null;
  facts: RowFacts;
  /** Null when the row names none: the contact is of the counterparty of the row above. */
  counterparty: Omit<ImportedCounterparty, 'contacts'> | null;
  contact: ImportedContact;
  /** Fields whose cells cannot be believed, and have been reported: they are not missing. */
  unbelieved: ReadonlySet<SheetField>;
  problems: RowProblem[];
}

/** Reads one row; `columns` tells where each field stands, `amountUnit` what the column of amounts is counted in. */
export function readRow(
  raw: RawRow,
  columns: MatchedHeadings['columns'],
  rules: SheetRules,
  amountUnit: AmountUnit | null = null,
): SheetRow {
  const row = new RowCells(raw, columns);
  const reference = readReference(row);
  const revision = row.value('revision', read.readRevision, 'fatal');
  const facts = readFacts(row, rules, amountUnit);
  const counterparty = readCounterparty(row, rules);
  const contact = readContact(row, counterparty ? counterparty.country : rules.country, rules);
  const { unbelieved, problems } = row;
  return { line: raw.line, reference, revision, facts, counterparty, contact, unbelieved, problems };
}

function readReference(row: RowCells): string | null {
  const reference = row.text('reference')?.normalize('NFKC') ?? null;
  if (reference !== null && referencePattern.test(reference)) return reference;
  if (reference === null && !row.unbelieved.has('reference'))
    row.report('reference', importFinding('reference-missing'), 'fatal');
  else if (reference !== null)
    row.report('reference', importFinding('reference-unusable'), 'fatal', showRaw(reference));
  return null;
}

function readFacts(row: RowCells, rules: SheetRules, amountUnit: AmountUnit | null): RowFacts {
  const period = row.value('period', read.readPeriod, 'warning');
  const amount = row.value('amount', (text) => read.readAmount(text, amountUnit), 'fatal');
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

function readCounterparty(row: RowCells, rules: SheetRules): SheetRow['counterparty'] {
  const name = row.value('counterparty', read.textUpTo(200), 'fatal');
  if (name === null) return null;
  const named = row.text('country');
  const country = named === null ? rules.country : countryOf(named);
  if (named !== null && country === null)
    row.report('country', importFinding('country-unknown'), 'warning', showRaw(named));
  return {
    externalId: null,
    name,
    registrationNumber: readRegistrationNumber(row, country),
    role: row.value('role', read.textUpTo(60), 'warning'),
    share: row.value('share', read.readShare, 'warning'),
    country,
  };
}

/** A Korean one has ten digits, 000-00-00000; kept as a number it may have lost those in front. */
function readRegistrationNumber(row: RowCells, country: string | null): string | null {
  const text = row.value('registrationNumber', read.readRegistrationNumber, 'warning');
  if (text === null || country !== 'KR' || !/^[\d-]+$/.test(text)) return text;
  const digits = text.replace(/-/g, '');
  const isShort = row.isNumber('registrationNumber') && digits.length >= 7 && digits.length < 10;
  if (isShort)
    row.report('registrationNumber', importFinding('zeros-restored'), 'information', maskRaw(text));
  const whole = isShort ? digits.padStart(10, '0') : digits;
  return whole.length === 10 ? whole.replace(/^(\d{3})(\d{2})/, '$1-$2-') : text;
}

function readContact(row: RowCells, country: string | null, rules: SheetRules): ImportedContact {
  const person = row.value('contact', read.textUpTo(100), 'warning');
  const name = person ?? row.value('representative', read.textUpTo(100), 'warning');
  const basis = row.value('legalBasis', read.readLegalBasis, 'warning');
  const consentedOn = row.value('legalBasisOn', read.readDay, 'warning') ?? basis?.on ?? null;
  const legalBasis = basis?.basis ?? (consentedOn === null ? null : 'consent');
  if (legalBasis === 'consent' && consentedOn === null)
    row.report('legalBasis', importFinding('consent-undated'), 'warning');
  return {
    name,
    role: name === null ? null : person === null ? 'representative' : 'contact',
    ...readPhone(row, country, rules),
    locale: row.value('locale', read.readLocale, 'warning'),
    legalBasis,
    legalBasisOn: consentedOn,
  };
}

function readPhone(
  row: RowCells,
  country: string | null,
  { allowFiction }: SheetRules,
): Pick<ImportedContact, 'phone' | 'phoneCountry' | 'phoneProblem'> {
  const raw = row.text('phone') ?? '';
  const distrust = row.distrustOf('phone');
  if (distrust) return { phone: null, phoneCountry: null, phoneProblem: { code: distrust.code, masked: '' } };
  const parsed = parsePhoneNumber(raw, country, { allowFiction });
  if (parsed.ok) {
    if (parsed.note !== null)
      row.report('phone', importFinding('number-zero-restored'), 'information', maskRaw(raw));
    return { phone: parsed.e164, phoneCountry: parsed.country, phoneProblem: null };
  }
  const { code } = parsed;
  const masked = maskRaw(raw);
  row.report('phone', phoneFinding(code), 'warning', masked);
  return { phone: null, phoneCountry: null, phoneProblem: { code, masked } };
}
