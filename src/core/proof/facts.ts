import { snakeOf } from '../../platform/database/database.js';
import { createHash } from 'node:crypto';
import type { SealedPlace } from '../../platform/sealing/sealer.js';
import { commit } from './leaf.js';

/**
 * A FactTable says which columns of a table people read as facts, and which leaves say the same. Each fact is an SQL expression
 * over the row `r`, under the name that it has in the leaves: what is written into a leaf and what is compared with it later are
 * one and the same. A name keeps its expression for good, because the leaves of earlier versions have what that gave; and a column
 * that earlier versions changed without a leaf gets a name that no leaf of theirs has.
 */
export interface FactTable {
  /** The kinds of its leaves. One that is called like the table says all facts of the row. */
  kinds: readonly string[];
  /** The facts that leaves of a kind say, where these are not all. Those of `changesOf` say what was changed alone. */
  parts?: Readonly<Record<string, readonly string[]>>;
  /** The subject of changes that say in their `after` what the row shows from then on, where these are its leaves. */
  changesOf?: string;
  from: string;
  /** Pages of rows are read in the order of this, which is the subject of their leaves unless `leaf` says otherwise. */
  key: string;
  keyType: 'uuid' | 'text';
  facts: Readonly<Record<string, string>>;
  /** Facts of which the row has several: a leaf names one of them. Each is an SQL array. */
  among?: Readonly<Record<string, string>>;
  /** True of the rows that have leaves of their own, where not all have. */
  where?: string;
  /** True of the leaves `l` of a row, where these have another subject. */
  leaf?: string;
  /** What names the row in a leaf `l`, where that is not the subject. */
  keyOfLeaf?: string;
  /** True of a row of which nothing personal is left, with the salt of its commitments; a leaf `erased` has to say so as well. */
  erased?: string;
  /**
   * Selects the contracts that the row with the key $1 is about, where neither a column nor a fact of its leaves names them as
   * `contract_id`. The row itself may be gone.
   */
  contracts?: string;
  /** When the row was written; by its id where this is left out. */
  at?: string;
  /** True of a leaf `l` whose row is gone because its time was over. */
  forgotten?: string;
  /** The number that is sealed in the row, and the salt of its commitment, which leaves have as `phone`. */
  number?: { sealed: string; salt: string; place: (key: string) => SealedPlace };
  /** The column of the name that is sealed in the row, and that of its blind index, of which a fact speaks. */
  name?: { sealed: string; index: string; place: (key: string) => SealedPlace };
}

/** Lists the facts that each leaf of a kind says. Where one leaves a fact out, a version has written it that did not know the fact. */
export function factsSaidBy(name: string, { facts, number, parts }: FactTable, kind: string): string[] {
  if (kind !== name) return [...(parts?.[kind] ?? [])];
  return [...Object.keys(facts), ...(number ? ['phone'] : [])];
}

type DefinedFacts = Pick<FactTable, 'facts'> & Partial<FactTable>;

const tables = new Map<string, FactTable>();

/** Says of a table that its facts stand in the changes of it, each under the name of its column in the code. */
export function defineChangedFacts(
  table: string,
  {
    subject,
    columns,
    ...facts
  }: Omit<DefinedFacts, 'kinds' | 'facts'> & {
    subject: string;
    columns: readonly string[];
    facts?: FactTable['facts'];
  },
): void {
  const named = columns.map((column) => [column, `r.${snakeOf(column)}`]);
  const all = { ...(Object.fromEntries(named) as FactTable['facts']), ...facts.facts };
  defineFacts(table, {
    ...facts,
    kinds: ['change'],
    changesOf: subject,
    facts: all,
  });
}

/**
 * Says which facts a table shows; `npm run verify` compares them. Unless said otherwise, a row is named by its id, and its leaves are
 * called like the table.
 */
export function defineFacts(table: string, facts: DefinedFacts): void {
  tables.set(table, { kinds: [table], from: `${table} r`, key: 'r.id', keyType: 'uuid', ...facts });
}

export function factTables(): ReadonlyMap<string, FactTable> {
  return tables;
}

export function factTableOf(table: string): FactTable {
  const facts = tables.get(table);
  if (!facts) throw new Error(`no facts of ${table} are defined`);
  return facts;
}

/** Writes SQL that makes one JSON object of facts. */
export function factsObject(facts: Readonly<Record<string, string>>): string {
  return `jsonb_build_object(${Object.entries(facts)
    .map(([name, sql]) => `'${name}', ${sql}`)
    .join(', ')})`;
}

/** Writes a moment in SQL as `Date.toISOString` does. */
export const isoTime = (moment: string) =>
  `to_char(${moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Writes the digest of a text in SQL. */
export const hexDigest = (text: string) => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;

const joined = `coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), '')`;
/** Writes in SQL what a query lists as `line`, in the order of these. */
export const textOfLines = (lines: string) => `(SELECT ${joined} FROM (${lines}) AS lines)`;

/** Writes in SQL the digest of what a query lists as `line`, in the order of these. */
export const digestOfLines = (lines: string) => `(SELECT ${hexDigest(joined)} FROM (${lines}) AS lines)`;

/** A PlanLine is a milestone or an alert of a plan, in the order of the columns that its digest has. */
type PlanLine = (string | number | boolean | Date | null)[];

/** Returns the digest of a plan's lines as the SQL of `plan` does. */
export function digestOfPlan(lines: PlanLine[]): string {
  const written = lines.map((line) => line.map(writtenInLine).join('|')).sort();
  return createHash('sha256').update(written.join('\n')).digest('hex');
}

function writtenInLine(value: PlanLine[number]): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return String(value ?? '');
}

/**
 * Returns the digest by which changes speak of a name or a number that no salt stands beside: of the row's id and the blind index of
 * what is sealed, which nobody can reckon without the index key.
 */
export function digestOfBlindIndex(id: string, index: Buffer): string {
  return createHash('sha256').update(id).update(index.toString('hex')).digest('hex');
}

/** Writes in SQL what `digestOfBlindIndex` gives. */
export const digestOfIndex = (row: string, column: string) =>
  `CASE WHEN ${row}.${column} IS NOT NULL THEN ${hexDigest(`${row}.id::text || encode(${row}.${column}, 'hex')`)} END`;

/** Returns the salt of a message's number: whoever is given the salt of its text cannot try all numbers with it. */
export function saltOfNumber(salt: Buffer, numberIndex: Buffer): Buffer {
  return createHash('sha256').update(salt).update(numberIndex).digest().subarray(0, 16);
}

/** Commits to a message's number in E.164. */
export function commitToNumber(salt: Buffer, numberIndex: Buffer, e164: string): string {
  return commit(saltOfNumber(salt, numberIndex), e164);
}
