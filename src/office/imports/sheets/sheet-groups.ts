import type { SheetField } from './sheet-fields.js';
import type { SheetRow, RowFacts } from './sheet-row.js';
import {
  rowProblem,
  type Finding,
  type ImportedContract,
  type ImportedCounterparty,
  type ImportOutcome,
  type RowProblem,
} from '../import.types.js';

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
      if (this.lastKey !== key) row.problems.push(apart(row, rows[0]?.line ?? 0));
      if (rows.length === linesOfContract) row.problems.push(tooMany(row));
      if (rows.length <= linesOfContract) rows.push(row);
    } else if (this.closed.has(key)) {
      row.problems.push(tooFar(row));
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
  if (kind === null && !isReported('kind', 'kind')) problems.push(missing(first, 'kind-missing', 'kind'));
  if (title === null && !isReported('title', 'text')) problems.push(missing(first, 'title-missing', 'title'));
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
      problems.push(missing(row, 'counterparty-missing', 'counterparty'));
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
  const message = `The contract ends (${endsOn}) before it ${startsOn === null ? 'is signed' : 'starts'} (${begins}).`;
  const finding = { code: 'dates-out-of-order', message, advice: 'Correct the dates.' };
  return [rowProblem({ line: first.line }, finding, 'fatal')];
}

function reportedFor(problems: RowProblem[], prefix: string): boolean {
  return problems.some((p) => p.fatal && p.code.startsWith(prefix));
}

function missing(row: SheetRow, code: string, what: string): RowProblem {
  const finding: Finding = { code, message: `The ${what} is missing.`, advice: `Fill in the ${what}.` };
  return rowProblem({ line: row.line }, finding, 'fatal');
}

function apart(row: SheetRow, firstLine: number): RowProblem {
  const message = `It belongs to the contract of line ${firstLine}, with other contracts in between.`;
  return rowProblem(
    { line: row.line },
    {
      code: 'lines-apart',
      message,
      advice: 'It was added to that contract; check that the number is right.',
    },
    'warning',
  );
}

function tooFar(row: SheetRow): RowProblem {
  const finding: Finding = {
    code: 'lines-too-far-apart',
    message: 'Its contract stands far above and has been read already.',
    advice: 'Sort the sheet by contract number, so that the rows of a contract follow each other.',
  };
  return rowProblem({ line: row.line }, finding, 'fatal');
}

function tooMany(row: SheetRow): RowProblem {
  const finding: Finding = {
    code: 'too-many-lines',
    message: `The contract has more than ${linesOfContract} rows.`,
    advice: 'Check the contract number, which each contract has for itself.',
  };
  return rowProblem({ line: row.line }, finding, 'fatal');
}

function contradiction(row: SheetRow, names: string[], firstLine: number): RowProblem {
  const message = `It differs from line ${firstLine} of the same contract in: ${names.join(', ')}. Line ${firstLine} was taken.`;
  return rowProblem(
    { line: row.line },
    { code: 'lines-differ', message, advice: 'Make the rows of a contract agree.' },
    'warning',
  );
}
