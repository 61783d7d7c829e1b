import type { Finding } from '../../../platform/findings.js';
import { defineWords } from '../../../platform/words/words.js';
import { importFinding } from '../import-problems.words.js';
import {
  type ImportedContract,
  type ImportedCounterparty,
  type ImportOutcome,
  type RowProblem,
  rowProblem,
} from '../import.types.js';
import { fieldNames, type RowFacts, type SheetField, specOf } from './fields.js';
import type { SheetRow } from './row.js';

/** Contracts that stay open for rows that stand apart from their first one. */
const openContracts = 200;
/** Far more people than any contract has; its rows are compared with each other. */
const linesOfContract = 1000;

/**
 * Gathers the rows of one contract: same reference and same revision (a row without a revision belongs to the
 * contract of the row above when the reference is the same).
 *
 * Rows of a contract belong together. A row that stands apart is still taken while at most 200 contracts have
 * begun since, and a warning says so; further away it is refused, because by then the contract has been handed
 * on, and importing it again would look like a correction.
 */
export class ContractGroups {
  private readonly open = new Map<string, SheetRow[]>();
  private readonly closed = new Set<string>();
  private lastKey: string | null = null;

  /** Takes a row, and gives the outcomes that are now complete. */
  add(row: SheetRow): ImportOutcome[] {
    if (row.reference === null) return [{ contract: null, problems: row.problems }];
    const key = this.keyOf(row.reference, row.revision);
    const rows = this.open.get(key);
    if (rows) {
      if (this.lastKey !== key)
        row.problems.push(warning(row, importFinding('lines-apart', { line: rows[0]?.line ?? 0 })));
      if (rows.length === linesOfContract)
        row.problems.push(fatal(row, importFinding('too-many-lines', { rows: linesOfContract })));
      if (rows.length <= linesOfContract) rows.push(row);
    } else if (this.closed.has(key)) {
      row.problems.push(fatal(row, importFinding('lines-too-far-apart')));
      return [{ contract: null, problems: row.problems }];
    } else {
      this.open.set(key, [row]);
    }
    this.lastKey = key;
    return this.open.size > openContracts ? this.closeOldest() : [];
  }

  flush(): ImportOutcome[] {
    const outcomes = [...this.open.values()].map(joinRows);
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
    for (const [key, rows] of this.open) {
      this.open.delete(key);
      this.closed.add(key);
      return [joinRows(rows)];
    }
    return [];
  }
}

function joinRows(rows: SheetRow[]): ImportOutcome {
  const [first] = rows;
  const problems = rows.flatMap((row) => row.problems);
  if (!first || first.reference === null) return { contract: null, problems };
  const facts = joinFacts(rows, problems);
  const counterparties = joinCounterparties(rows, problems);
  const { kind, title } = facts;
  const isReported = (field: SheetField, prefix: string) =>
    rows.some((row) => row.unbelieved.has(field)) || reportedFor(problems, prefix);
  if (kind === null && !isReported('kind', 'kind'))
    problems.push(fatal(first, importFinding('kind-missing')));
  if (title === null && !isReported('title', 'text'))
    problems.push(fatal(first, importFinding('title-missing')));
  problems.push(...datesOutOfOrder(first, facts));
  if (kind === null || title === null || problems.some((p) => p.fatal)) return { contract: null, problems };
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

/** The first row that says something is believed; a later one that says otherwise is reported. */
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

function joinCounterparties(rows: SheetRow[], problems: RowProblem[]): ImportedCounterparty[] {
  const parties: ImportedCounterparty[] = [];
  let current: ImportedCounterparty | undefined;
  for (const row of rows) {
    const named = row.counterparty;
    if (named) {
      current = parties.find((party) => isSameParty(party, named));
      if (!current) parties.push((current = { ...named, contacts: [] }));
    }
    if (current) addContact(current, row);
    else if (!row.unbelieved.has('counterparty'))
      problems.push(fatal(row, importFinding('counterparty-missing')));
  }
  return parties;
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
