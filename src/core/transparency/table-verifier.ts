import { breathe } from '../../platform/breathe.js';
import { AppError } from '../../platform/app-error.js';
import type { Database } from '../../platform/database/database.js';
import { timeOfId } from '../../platform/ids.js';
import type { Sealer } from '../../platform/sealing/sealer.js';
import { canonicalJson } from '../proof/canonical-json.js';
import { factsObject, factsSaidBy, type FactTable, factTables } from '../proof/facts.js';
import { leafValue } from '../proof/journal.service.js';
import { commit } from '../proof/leaf.js';
import type { Misfits } from './misfits.js';

/** What was compared when the tables were held against their leaves. */
export interface TablesCompared {
  rows: number;
  /** Rows that have no leaf, because they were written before their table had leaves. */
  rowsBefore: number;
  /** Commitments that nothing opens any more: their salt was destroyed with what they commit to. */
  erased: number;
  /** What could not be compared without the sealing keys, as `table.fact`. */
  unopened: string[];
}

/** A NotedLeaf is a leaf of the log as it is read in order; leaves without a salt are older than what is compared here. */
interface NotedLeaf {
  kind: string;
  subjectId: string;
  body: unknown;
  salt: Buffer | null;
  recordedAt: Date;
}

type Words = Record<string, unknown>;

interface ShownRow {
  key: string;
  at: Date | null;
  shown: Words;
  /** Whether it has leaves of its own; a row that has not is read for its name alone. */
  isOwn: boolean;
  isErased: boolean;
  /** Whether a leaf says that it was erased. */
  isToldErased: boolean;
  sealed: Buffer | null;
  salt: Buffer | null;
  name: Buffer | null;
  nameIndex: Buffer | null;
  leaves: { kind: string; says: Words | null }[];
}

const rowsOfOneStep = 1000;

/** While an upgrade goes on, the version before writes rows for so long that it knows no leaves of. */
const bothVersionsMs = 86_400_000;

/** A leaf is written in the transaction that its id is made in, by a clock that may differ so much from the database's. */
export const longestWriteMs = 3_600_000;

/**
 * TableVerifier compares what the tables show with what the leaves say: each row with the newest word of its leaves on each fact, and
 * each leaf with whether its row is still there. Without a sealer, what is sealed stays closed.
 */
export class TableVerifier {
  private readonly found: TablesCompared = { rows: 0, rowsBefore: 0, erased: 0, unopened: [] };
  /** When the first leaf of each kind was written. */
  private readonly begun = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer | null,
    private readonly misfits: Misfits,
  ) {}

  /** Looks whether the rows of these leaves are still there. */
  async note(leaves: NotedLeaf[]): Promise<void> {
    const salted = leaves.filter(({ salt }) => salt !== null);
    for (const { kind, recordedAt } of salted)
      if (!this.begun.has(kind)) this.begun.set(kind, recordedAt.getTime());
    for (const [name, table] of factTables()) {
      const own = salted.filter(({ kind, body }) => table.kinds.includes(kind) && isOf(table, body));
      if (own.length === 0) continue;
      const keys = new Set(own.map((leaf) => (table.keyOfLeaf ? String(idOf(leaf.body)) : leaf.subjectId)));
      const missing = await this.database.rows<{ key: string }>(
        `SELECT w.key::text FROM unnest($1::${table.keyType}[]) AS w (key)
         WHERE NOT EXISTS (SELECT FROM ${table.from} WHERE ${table.key} = w.key)
           AND NOT EXISTS (SELECT FROM leaf l WHERE l.subject_id = w.key::text AND ${table.forgotten ?? 'false'}) ORDER BY w.key`,
        [[...keys]],
      );
      for (const { key } of missing) this.misfits.add('row-missing', { table: name, row: key });
    }
  }

  /** Compares every row with its leaves, a page at a time; a page and its leaves are of one moment. */
  async compare(): Promise<TablesCompared> {
    for (const [name, table] of factTables()) {
      const first = table.keyType === 'uuid' ? '00000000-0000-0000-0000-000000000000' : '';
      for (let after: string | null = first; after !== null;) {
        const rows: ShownRow[] = await this.page(table, after);
        for (const row of rows) {
          this.compareRow(name, table, row);
          await breathe();
        }
        this.found.rows += rows.filter(({ isOwn }) => isOwn).length;
        after = rows.length < rowsOfOneStep ? null : (rows.at(-1)?.key ?? null);
      }
    }
    return this.found;
  }

  private page(table: FactTable, after: string): Promise<ShownRow[]> {
    const { from, key, keyType, facts, among = {}, where = 'true', erased, at, number, name, kinds } = table;
    const { leaf = `l.subject_id = ${key}::text`, changesOf } = table;
    const [says, isOwn] = changesOf
      ? [`l.body -> 'after'`, `${leaf} AND l.body ->> 'subject' = '${changesOf}'`]
      : ['l.body', leaf];
    return this.database.rows<ShownRow>(
      `SELECT ${key}::text AS key, ${at ?? 'NULL'} AS at, ${factsObject({ ...facts, ...among })} AS shown, ${where} AS is_own,
              ${name?.sealed ?? 'NULL'} AS name, ${name?.index ?? 'NULL'} AS name_index,
              ${erased ?? 'false'} AS is_erased, ${erased ? tellsErased(key) : 'false'} AS is_told_erased, ${number?.sealed ?? 'NULL'} AS sealed, ${number?.salt ?? 'NULL'} AS salt,
              ARRAY(SELECT jsonb_build_object('kind', l.kind, 'says', ${says}) FROM leaf l LEFT JOIN log_entry e ON e.leaf_id = l.id
                WHERE ${isOwn} AND l.kind = ANY($2) AND l.salt IS NOT NULL
                ORDER BY e.index NULLS LAST, l.id) AS leaves
       FROM ${from} WHERE ${key} > $1::${keyType} AND ${name ? 'true' : where} ORDER BY ${key} LIMIT ${rowsOfOneStep}`,
      [after, kinds],
    );
  }

  private compareRow(name: string, table: FactTable, row: ShownRow): void {
    const { key, shown, isOwn, isToldErased, leaves } = row;
    const isErased = row.isErased && isToldErased;
    const altered = (column: string) => this.misfits.add('row-altered', { table: name, row: key, column });
    if (table.name && !this.isNamedAs(name, table.name, row)) altered('name');
    if (!isOwn) return;
    if (leaves.length === 0) return this.checkBefore(name, table, row);
    const said = newestWords(name, table, leaves);
    // What only looks like an erasing is none, and neither is one that has left what it was to destroy.
    if (table.erased && row.isErased !== isToldErased) altered('salt');
    for (const fact of Object.keys(table.facts)) {
      if (!(fact in said) || isSame(said[fact], shown[fact])) continue;
      if (isErased && shown[fact] === null) this.found.erased += 1;
      else altered(fact);
    }
    for (const fact of Object.keys(table.among ?? {})) {
      const several = shown[fact];
      const isOne = Array.isArray(several) && several.includes(said[fact]);
      if (said[fact] !== undefined && said[fact] !== null && !isOne) altered(fact);
    }
    if (table.number && 'phone' in said && !isErased && !this.opens(name, table.number, row, said['phone']))
      altered('phone');
    if (isOfVersion7(key) && row.at && Math.abs(row.at.getTime() - timeOfId(key)) > longestWriteMs)
      altered(String(table.at).replace('r.', ''));
  }

  /** Tells whether the sealed number is the one that a leaf commits to; true where it cannot be told. */
  private opens(
    name: string,
    { place }: NonNullable<FactTable['number']>,
    { key, sealed, salt }: ShownRow,
    said: unknown,
  ): boolean {
    if (sealed === null || said === null) return sealed === null && said === null;
    if (!this.sealer || !salt) return this.leaveClosed(`${name}.phone`);
    try {
      return commit(salt, this.sealer.open(sealed, place(key))) === said;
    } catch (error) {
      if (error instanceof AppError && error.code === 'unknown-key') return this.leaveClosed(`${name}.phone`);
      return false;
    }
  }

  /** Tells whether the sealed name is the one of its blind index, which the leaves speak of; true where it cannot be told. */
  private isNamedAs(
    table: string,
    { place }: NonNullable<FactTable['name']>,
    { key, name, nameIndex }: ShownRow,
  ): boolean {
    if (name === null || nameIndex === null) return name === nameIndex;
    if (!this.sealer) return this.leaveClosed(`${table}.name`);
    try {
      return this.sealer.blindIndex(this.sealer.open(name, place(key))).equals(nameIndex);
    } catch (error) {
      if (error instanceof AppError && error.code === 'unknown-key') return this.leaveClosed(`${table}.name`);
      return false;
    }
  }

  private leaveClosed(what: string): true {
    if (!this.found.unopened.includes(what)) this.found.unopened.push(what);
    return true;
  }

  /** Looks whether a row without leaves is older than the leaves of its table, or of the time in which both versions may have run. */
  private checkBefore(name: string, { kinds }: FactTable, { key, at }: ShownRow): void {
    const begun = this.begun.get(kinds[0] ?? '') ?? Infinity;
    const written = at?.getTime() ?? timeOfId(key);
    if (written > begun + bothVersionsMs) this.misfits.add('row-outside', { table: name, row: key });
    else this.found.rowsBefore += 1;
  }
}

/**
 * Returns the newest word of a row's leaves on each fact. What a leaf leaves out that its kind says is not known from then on, until
 * another leaf says it: a version that does not know the fact wrote the leaf, and may have changed the column.
 */
function newestWords(name: string, table: FactTable, leaves: ShownRow['leaves']): Words {
  const words: Words = {};
  for (const { kind, says } of leaves) {
    for (const fact of factsSaidBy(name, table, kind)) if (says && !(fact in says)) delete words[fact];
    Object.assign(words, says);
  }
  return words;
}

/** Writes SQL that is true of a key of which a leaf says that its row was erased. */
const tellsErased = (key: string) =>
  `EXISTS (SELECT FROM leaf l WHERE l.subject_id = ${key}::text AND l.kind = 'erased')`;

/** Tells whether a key says when it was made. Others are made of a text, or are none of ours. */
function isOfVersion7(key: string): boolean {
  return /^.{8}-.{4}-7/.test(key);
}

function isOf({ changesOf }: FactTable, body: unknown): boolean {
  return changesOf === undefined || (body as { subject?: unknown }).subject === changesOf;
}

function idOf(body: unknown): unknown {
  return (body as { id?: unknown }).id;
}

function isSame(said: unknown, shown: unknown): boolean {
  // Most facts are words and days, which need not be written down to be compared.
  return said === shown || canonicalJson(leafValue(said)) === canonicalJson(leafValue(shown));
}
