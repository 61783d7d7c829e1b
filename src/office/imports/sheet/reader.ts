import { breathe } from '../../../platform/breathe.js';
import type { Finding } from '../../../platform/findings.js';
import { FileProblem, isBlank, type RawRow } from '../../../platform/sheets/raw-row.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { defineWords } from '../../../platform/words/words.js';
import type { ColumnMapping } from '../import.schema.js';
import { importFinding } from '../import-problems.words.js';
import type { ImportedContract, ImportedCounterparty, ImportOutcome, RowProblem } from '../import.types.js';
import { rowProblem } from '../import.types.js';
import { fieldNames, type RowFacts, type SheetField, specOf } from './fields.js';
import type { Headings, OpenSheet, SheetFormat } from './open-sheet.js';
import { type FieldColumns, fieldOf, inSheet, requireReadable } from './open-sheet.js';
import { cellText, partyOf, readRow, type SheetRow, type SheetRules } from './row.js';
import { type AmountUnit, columnUnit, plainWord } from './values.js';

/**
 * Reads an officers' sheet: CSV (UTF-8 or CP949, separated by commas, semicolons or tabs) or an Excel workbook, with
 * headings that fields.ts or the mapping knows in one of its first rows. Contracts come as soon as their rows are complete
 * (see ContractGroups), roughly in the order of the file; only a few hundred are in memory. What is wrong with the file as
 * a whole comes as a fatal problem without a contract, and is the last outcome but for the notes on how it was read.
 */
export async function* readSheet(
  format: SheetFormat,
  bytes: AsyncIterable<Buffer>,
  rules: SheetRules,
  mapping: ColumnMapping = {},
): AsyncGenerator<ImportOutcome> {
  try {
    yield* inSheet(format, bytes, mapping, (sheet) => outcomesOf(sheet, rules));
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    yield withoutContract(rowProblem({ line: error.line }, error.finding, 'fatal'));
  }
}

async function* outcomesOf(sheet: OpenSheet, rules: SheetRules): AsyncGenerator<ImportOutcome> {
  const { headings } = sheet;
  requireReadable(headings, rules.unneeded);
  const unit = unitOfAmounts(sheet);
  const groups = new ContractGroups(rules);
  yield* notes(headingNotes(headings, unit));
  let failure: FileProblem | null = null;
  let isEmpty = true;
  try {
    for await (const row of dataRows(sheet)) {
      isEmpty = false;
      const isShifted = sheet.name === null && !isBlank(row.cells.slice(headings.cells.length));
      if (isShifted) yield withoutContract(tooWide(row, headings));
      else yield* groups.add(readRow(row, headings.columns, rules, unit));
    }
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    failure = error;
  }
  yield* groups.flush();
  yield* notes(sheet.notes());
  if (failure) throw failure;
  // No row is refused by that: a sheet of refused rows that comes back empty puts none of them right.
  if (isEmpty)
    yield withoutContract(rowProblem({ line: headings.line }, importFinding('rows-missing'), 'warning'));
}

/** Gives the rows that may hold a contract. Throws FileProblem beyond the limit of rows. */
export async function* dataRows(sheet: OpenSheet): AsyncGenerator<RawRow> {
  let count = 1;
  for await (const row of sheet.rows()) {
    if (isBlank(row.cells)) continue;
    if (++count > sheetLimits.rows)
      throw new FileProblem(row.line, sheetFinding('too-many-rows', { rows: sheetLimits.rows }));
    if (areHeadings(row, sheet.headings.columns)) continue;
    yield row;
    // A piece of a file gives hundreds of rows without a turn of the event loop.
    await breathe();
  }
}

/**
 * Tells the headings once more: in another language below the first, or at the top of every printed page. A row that holds
 * anything else besides is somebody's.
 */
function areHeadings(row: RawRow, columns: FieldColumns): boolean {
  const cells = [...columns].map(([field, { heading }]) => ({
    field,
    heading,
    text: cellText(row, columns, field),
  }));
  const written = cells.filter(({ text }) => text !== '');
  return written.every(
    ({ field, heading, text }) => fieldOf(text) === field || plainWord(text) === plainWord(heading),
  );
}

/** Throws FileProblem when the heading and a title name different units. */
function unitOfAmounts({ headings, above }: OpenSheet): AmountUnit | null {
  const column = headings.columns.get('amount');
  if (!column) return null;
  const titles = above.flatMap(({ cells }) => cells);
  const unit = columnUnit(headings.cells[column.index] ?? '', titles);
  if (unit && 'code' in unit) throw new FileProblem(headings.line, unit);
  return unit;
}

function notes(problems: RowProblem[]): ImportOutcome[] {
  return problems.length === 0 ? [] : [withoutContract(...problems)];
}

function withoutContract(...problems: RowProblem[]): ImportOutcome {
  return { contract: null, problems };
}

function headingNotes({ line, unknown }: Headings, unit: AmountUnit | null): RowProblem[] {
  const found = [];
  if (unknown.length > 0) found.push(importFinding('columns-ignored', { columns: unknown }));
  if (unit) found.push(importFinding('amounts-in-unit', { unit: unit.word }));
  return found.map((finding) => rowProblem({ line }, finding, 'information'));
}

function tooWide({ line, cells }: RawRow, headings: Headings): RowProblem {
  const widths = { cells: cells.length, headings: headings.cells.length };
  return rowProblem({ line }, importFinding('row-too-wide', widths), 'fatal');
}

/** How many contracts stay open for rows that stand apart from their first one. */
const openContracts = 200;
/** Rows of one contract: far more people than any has. The rows of a contract are compared with each other. */
const linesOfContract = 1000;

/**
 * ContractGroups gathers the rows of one contract: same reference and same revision (a row without a revision belongs to
 * the contract of the row above when the reference is the same).
 *
 * Rows of a contract belong together. A row that stands apart is still taken while at most 200 contracts have begun since,
 * and a warning says so; further away it is refused, because by then the contract has been handed on, and importing it
 * again would look like a correction.
 */
class ContractGroups {
  private readonly open = new Map<string, SheetRow[]>();
  private readonly closed = new Set<string>();
  private lastKey: string | null = null;

  constructor(private readonly rules: SheetRules) {}

  /** Takes a row, and returns the outcomes that are now complete. */
  add(row: SheetRow): ImportOutcome[] {
    if (row.reference === null) return [withoutContract(...row.problems)];
    const key = this.keyOf(row.reference, row.revision);
    const rows = this.open.get(key);
    if (rows) {
      if (this.lastKey !== key)
        row.problems.push(warning(row, importFinding('lines-apart', { line: rows[0]?.line ?? 0 })));
      if (rows.length === linesOfContract)
        row.problems.push(fatal(row, importFinding('too-many-lines', { rows: linesOfContract })));
      if (rows.length <= linesOfContract) rows.push(row);
    } else if (this.closed.has(key)) {
      return [withoutContract(...row.problems, fatal(row, importFinding('lines-too-far-apart')))];
    } else {
      this.open.set(key, [row]);
    }
    this.lastKey = key;
    return this.open.size > openContracts ? this.closeOldest() : [];
  }

  flush(): ImportOutcome[] {
    const outcomes = [...this.open.values()].map((rows) => joinRows(rows, this.rules));
    this.open.clear();
    return outcomes;
  }

  private keyOf(reference: string, revision: number | null): string {
    const prefix = `${reference}\n`;
    return revision === null && this.lastKey?.startsWith(prefix)
      ? this.lastKey
      : prefix + String(revision ?? '');
  }

  private closeOldest(): ImportOutcome[] {
    const [oldest] = this.open;
    if (!oldest) return [];
    const [key, rows] = oldest;
    this.open.delete(key);
    this.closed.add(key);
    return [joinRows(rows, this.rules)];
  }
}

function joinRows(rows: SheetRow[], rules: SheetRules): ImportOutcome {
  const [first] = rows;
  const problems = rows.flatMap((row) => row.problems);
  if (!first || first.reference === null) return { contract: null, problems };
  const facts = joinFacts(rows, problems);
  const counterparties = joinCounterparties(rows, problems, rules);
  const { kind, title } = facts;
  const isReported = (field: SheetField, prefix: string) =>
    rows.some((row) => row.unbelieved.has(field)) || reportedFor(problems, prefix);
  if (kind === null && !isReported('kind', 'kind'))
    problems.push(fatal(first, importFinding('kind-missing')));
  if (title === null && !isReported('title', 'text'))
    problems.push(fatal(first, importFinding('title-missing')));
  if (facts.signedOn === null && !isReported('signedOn', 'date'))
    problems.push(warning(first, importFinding('signing-day-missing')));
  problems.push(...datesOutOfOrder(first, facts));
  if (kind === null || title === null || problems.some((p) => p.fatal)) {
    const { department, officer } = facts;
    return { contract: null, problems, names: { source: 'sheet', line: first.line, department, officer } };
  }
  const contract: ImportedContract = {
    source: 'sheet',
    reference: first.reference,
    revision: rows.find((row) => row.revision !== null)?.revision ?? null,
    ...facts,
    kind,
    title,
    status: null,
    counterparties,
    amendments: [],
    occurrences: [],
    line: first.line,
  };
  return { contract, problems };
}

/** Believes the first row that says something, and reports a later one that says otherwise. */
function joinFacts(rows: SheetRow[], problems: RowProblem[]): RowFacts {
  const facts: RowFacts = { ...(rows[0] as SheetRow).facts };
  const names = Object.keys(facts) as (keyof RowFacts)[];
  for (const row of rows.slice(1)) {
    const differing = names.filter((name) => {
      const said = row.facts[name];
      if (said === null) return false;
      if (facts[name] === null) Object.assign(facts, { [name]: said });
      return JSON.stringify(facts[name]) !== JSON.stringify(said);
    });
    if (differing.length > 0) problems.push(contradiction(row, differing, rows[0]?.line ?? 0));
  }
  return facts;
}

function joinCounterparties(
  rows: SheetRow[],
  problems: RowProblem[],
  rules: SheetRules,
): ImportedCounterparty[] {
  const parties: ImportedCounterparty[] = [];
  let current: ImportedCounterparty | undefined;
  for (const row of rows) {
    const named = row.counterparty;
    if (named) {
      current = parties.find((party) => isSameParty(party, named));
      if (!current) parties.push((current = { ...named, contacts: [] }));
    }
    if (current) addContact(current, row);
    else if (!row.unbelieved.has('counterparty') && !reportedFor(row.problems, 'companies'))
      problems.push(fatal(row, importFinding('counterparty-missing')));
  }
  for (const row of rows) for (const company of row.listed) addListed(parties, company, row, problems, rules);
  return parties;
}

/** Adds a company of a list that no row is about; who answers for it has no number there, and somebody is to find it out. */
function addListed(
  parties: ImportedCounterparty[],
  { person, ...company }: SheetRow['listed'][number],
  row: SheetRow,
  problems: RowProblem[],
  rules: SheetRules,
): void {
  const listed = partyOf({ person, ...company }, rules);
  const known = parties.find((party) => isSameParty(party, listed));
  if (known) {
    known.registrationNumber ??= listed.registrationNumber;
    known.role ??= listed.role;
    known.share ??= listed.share;
    return;
  }
  const finding = importFinding('company-without-number', { company: listed.name });
  problems.push(warning(row, finding));
  const phoneProblem = { code: finding.code, masked: '' };
  const contact = {
    name: person,
    role: person === null ? null : 'contact',
    phone: null,
    phoneCountry: null,
    phoneProblem,
  };
  parties.push({ ...listed, contacts: [{ ...contact, locale: null, legalBasis: null, legalBasisOn: null }] });
}

function isSameParty(
  a: Omit<ImportedCounterparty, 'contacts'>,
  b: Omit<ImportedCounterparty, 'contacts'>,
): boolean {
  const number = (party: typeof a) => party.registrationNumber?.replace(/\D/g, '') ?? '';
  if (number(a) !== '' && number(b) !== '') return number(a) === number(b);
  return a.name.replace(/\s/g, '') === b.name.replace(/\s/g, '');
}

function addContact(party: ImportedCounterparty, { contact }: SheetRow): void {
  const repeated = party.contacts.some((c) => c.phone === contact.phone && c.name === contact.name);
  // A row for the second company of a joint venture may name nobody; a company without any contact keeps an
  // empty one, so that coverage shows the gap.
  const empty = contact.name === null && contact.phone === null && party.contacts.length > 0;
  if (!repeated && !empty) party.contacts.push(contact);
}

function datesOutOfOrder(first: SheetRow, { signedOn, startsOn, endsOn }: RowFacts): RowProblem[] {
  const begins = startsOn ?? signedOn;
  if (begins === null || endsOn === null || begins <= endsOn) return [];
  const code = startsOn === null ? 'dates-out-of-order.signed' : 'dates-out-of-order.started';
  return [fatal(first, importFinding(code, { begin: begins, end: endsOn }))];
}

function reportedFor(problems: RowProblem[], prefix: string): boolean {
  return problems.some((p) => p.fatal && p.code.startsWith(prefix));
}

function contradiction(row: SheetRow, names: (keyof RowFacts)[], firstLine: number): RowProblem {
  const fields = names.map((name) => ({ word: `sheetFacts.${name}` }));
  return warning(row, importFinding('lines-differ', { line: firstLine, fields }));
}

// What a contradiction calls the facts of a row: by their headings, and by their names in the API.
defineWords('sheetFacts', {
  ...Object.fromEntries(
    fieldNames
      .filter((field) => specOf(field).isFact)
      .map((field) => [field, [specOf(field).heading[0], field] as const]),
  ),
  value: [specOf('amount').heading[0], 'value'],
});

const fatal = ({ line }: SheetRow, finding: Finding) => rowProblem({ line }, finding, 'fatal');
const warning = ({ line }: SheetRow, finding: Finding) => rowProblem({ line }, finding, 'warning');
