import type { Finding } from '../../../platform/findings.js';
import { maskRaw, showRaw } from '../../../platform/phone-numbers/phone-number.js';
import type { CellExtra, RawRow } from '../../../platform/sheets/raw-row.js';
import { importFinding } from '../import-problems.words.js';
import type { ImportedContact, ImportedCounterparty, RowProblem, Weight } from '../import.types.js';
import { rowProblem } from '../import.types.js';
import { inTenDigits, type ListedCompany } from './companies.js';
import { type RowFacts, type SheetField, sheetFields, specOf, type ValueOf } from './fields.js';
import type { FieldColumns } from './open-sheet.js';
import { type AmountUnit, type Read, readAmount, readPhone, readReference } from './values.js';

export interface SheetRules {
  /** The agency's country, for counterparties whose row names none. */
  country: string;
  /** The currency of amounts that name none. */
  currency: string;
  allowFiction: boolean;
  /** Required fields without which such a sheet is read all the same. */
  unneeded?: readonly SheetField[];
}

export interface SheetRow {
  line: number;
  /** Null when the row has none that can be used: it stands alone, and is refused. */
  reference: string | null;
  revision: number | null;
  facts: RowFacts;
  /** Companies that the row lists, beside the one that its contact is of. */
  listed: ListedCompany[];
  /** Null when the row names none: the contact is of the counterparty of the row above. */
  counterparty: Omit<ImportedCounterparty, 'contacts'> | null;
  contact: ImportedContact;
  /** Fields whose cells cannot be believed, and have been reported: they are not missing. */
  unbelieved: ReadonlyMap<SheetField, Finding>;
  problems: RowProblem[];
}

/** Reads one row; `columns` tells where each field stands, `amountUnit` what the column of amounts is counted in. */
export function readRow(
  raw: RawRow,
  columns: FieldColumns,
  rules: SheetRules,
  amountUnit: AmountUnit | null,
): SheetRow {
  const row = new RowCells(raw, columns);
  const confirmed = row.value('confirmedNumber');
  const reference = referenceOf(row, confirmed?.reference ?? null);
  const revision = row.value('revision') ?? confirmed?.revision ?? null;
  const facts = factsOf(row, rules, amountUnit);
  const listed = row.value('companies') ?? [];
  const counterparty = counterpartyOf(row, listed[0], rules);
  const contact = contactOf(row, counterparty ? counterparty.country : rules.country, rules);
  if (contact.name === null && listed[0]?.name === counterparty?.name)
    contact.name = listed[0]?.person ?? null;
  const { unbelieved, problems } = row;
  return { line: raw.line, reference, revision, facts, listed, counterparty, contact, unbelieved, problems };
}

/** `confirmed` is the number that another column gives, for a row without one of its own. */
function referenceOf(row: RowCells, confirmed: string | null): string | null {
  const text = row.text('reference');
  if (text === null) {
    if (row.unbelieved.has('reference') || row.hasFault('confirmedNumber')) return null;
    if (confirmed === null) row.report('reference', importFinding('reference-missing'), 'fatal');
    return confirmed;
  }
  const reference = readReference(text);
  if (reference.ok) return reference.value;
  row.report('reference', reference.finding, 'fatal', showRaw(text.normalize('NFKC')));
  return null;
}

function factsOf(row: RowCells, rules: SheetRules, amountUnit: AmountUnit | null): RowFacts {
  const period = row.value('period');
  const amount = row.value('amount', (text) => readAmount(text, amountUnit));
  const currency = row.value('currency');
  return {
    kind: row.value('kind'),
    title: row.value('title'),
    department: row.value('department'),
    officer: row.value('officer'),
    signedOn: row.value('signedOn'),
    startsOn: row.value('startsOn') ?? period?.startsOn ?? null,
    endsOn: row.value('endsOn') ?? period?.endsOn ?? null,
    value: amount && { amount: amount.amount, currency: amount.currency ?? currency ?? rules.currency },
    method: row.value('method'),
  };
}

/** `first` is the first company that the row lists: the row is about it where it names no other. */
function counterpartyOf(
  row: RowCells,
  first: ListedCompany | undefined,
  rules: SheetRules,
): SheetRow['counterparty'] {
  const name = row.value('counterparty');
  if (name === null) return first ? partyOf(first, rules) : null;
  const country = row.text('country') === null ? rules.country : row.value('country');
  return {
    externalId: null,
    name,
    registrationNumber: registrationNumberOf(row, country),
    role: row.value('role'),
    share: row.value('share'),
    country,
  };
}

/** Makes a listed company a party of a contract. Of a country that nobody knows only numbers with a plus are read. */
export function partyOf(
  { person: _, country, ...company }: ListedCompany,
  rules: Pick<SheetRules, 'country'>,
): NonNullable<SheetRow['counterparty']> {
  return { ...company, country: country === undefined ? null : (country ?? rules.country) };
}

/** Writes a Korean number with its ten digits, 000-00-00000; kept as a number it may have lost those in front. */
function registrationNumberOf(row: RowCells, country: string | null): string | null {
  const text = row.value('registrationNumber');
  if (text === null || country !== 'KR' || !/^[\d-]+$/.test(text)) return text;
  const digits = text.replace(/-/g, '');
  const isShort = row.isNumber('registrationNumber') && digits.length >= 7 && digits.length < 10;
  if (isShort)
    row.report('registrationNumber', importFinding('zeros-restored'), 'information', maskRaw(text));
  return inTenDigits(isShort ? digits.padStart(10, '0') : text);
}

function contactOf(row: RowCells, country: string | null, rules: SheetRules): ImportedContact {
  const person = row.value('contact');
  const name = person ?? row.value('representative');
  const basis = row.value('legalBasis');
  const consentedOn = row.value('legalBasisOn') ?? basis?.on ?? null;
  const legalBasis = basis?.basis ?? (consentedOn === null ? null : 'consent');
  if (legalBasis === 'consent' && consentedOn === null)
    row.report('legalBasis', importFinding('consent-undated'), 'warning');
  return {
    name,
    role: name === null ? null : person === null ? 'representative' : 'contact',
    ...phoneOf(row, country, rules),
    locale: row.value('locale'),
    legalBasis,
    legalBasisOn: consentedOn,
  };
}

/** Reads the number by the country of the company; a contact without one is reported, and keeps its contract. */
function phoneOf(
  row: RowCells,
  country: string | null,
  { allowFiction }: SheetRules,
): Pick<ImportedContact, 'phone' | 'phoneCountry' | 'phoneProblem'> {
  const raw = row.text('phone') ?? '';
  const distrust = row.unbelieved.get('phone');
  if (distrust) return { phone: null, phoneCountry: null, phoneProblem: { code: distrust.code, masked: '' } };
  const number = readPhone(raw, country, allowFiction);
  if (!number.ok) {
    const masked = maskRaw(raw);
    row.report('phone', number.finding, 'warning', masked);
    return { phone: null, phoneCountry: null, phoneProblem: { code: number.finding.code, masked } };
  }
  if (number.value.note !== null)
    row.report('phone', importFinding('number-zero-restored'), 'information', maskRaw(raw));
  return { phone: number.value.e164, phoneCountry: number.value.country, phoneProblem: null };
}

/** RowCells gives the cells of one row by field, and keeps what was found wrong with them. */
class RowCells {
  readonly problems: RowProblem[] = [];
  readonly unbelieved = new Map<SheetField, Finding>();

  constructor(
    private readonly row: RawRow,
    private readonly columns: FieldColumns,
  ) {}

  /** Returns null when there is nothing, or nothing that can be believed: then it has been reported. */
  text(field: SheetField): string | null {
    const cell = cellText(this.row, this.columns, field);
    const finding = findingOf(this.extra(field), field);
    if (!finding) return cell === '' || cell === '-' ? null : cell;
    if (!this.unbelieved.has(field)) {
      this.unbelieved.set(field, finding);
      this.report(field, finding, specOf(field).cell.weight, showRaw(cell));
    }
    return null;
  }

  /** Returns null when there is nothing, or nothing that can be read: then it has been reported. */
  value<F extends SheetField>(
    field: F,
    read = sheetFields[field].cell.read as (text: string) => Read<ValueOf<F>>,
  ): ValueOf<F> | null {
    const text = this.text(field);
    if (text === null) return null;
    const result = read(text);
    if (result.ok) return result.value;
    this.report(field, result.finding, specOf(field).cell.weight, showRaw(text));
    return null;
  }

  hasFault(field: SheetField): boolean {
    const heading = this.columns.get(field)?.heading;
    return this.problems.some((problem) => problem.field === heading && problem.fatal);
  }

  /** Says whether the cell is kept as a number, so that its leading zeros are lost. */
  isNumber(field: SheetField): boolean {
    return this.extra(field)?.isNumber ?? false;
  }

  report(field: SheetField, finding: Finding, weight: Weight, shown = ''): void {
    const heading = this.columns.get(field)?.heading ?? '';
    this.problems.push(rowProblem({ line: this.row.line, field: heading, value: shown }, finding, weight));
  }

  private extra(field: SheetField): CellExtra | undefined {
    const column = this.columns.get(field);
    return column && this.row.extras?.get(column.index);
  }
}

/** Returns the text of a field's cell; a number in a column of days is the day that the workbook counts it as. */
export function cellText(row: RawRow, columns: FieldColumns, field: SheetField): string {
  const column = columns.get(field);
  if (!column) return '';
  const { holds } = specOf(field).cell;
  const day = holds === 'day' ? row.extras?.get(column.index)?.day : null;
  // Spreadsheets keep digits as text by writing ="010…" or '010…, which word processors make ’010….
  return (day ?? row.cells[column.index] ?? '')
    .trim()
    .replace(/^="(.*)"$/s, '$1')
    .replace(holds === 'day' || holds === 'digits' ? /^['‘’]/ : /^'/, '')
    .trim();
}

function findingOf(extra: CellExtra | undefined, field: SheetField): Finding | null {
  if (!extra) return null;
  const becameDate = extra.isDate && specOf(field).cell.holds === 'digits';
  return extra.finding ?? (becameDate ? importFinding('value-became-date') : null);
}
