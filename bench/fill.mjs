// Fills a database in bulk with copies of contracts that the service itself has registered. A copy has all rows of its
// prototype, found by their foreign keys, with ids, numbers and sealed values of its own: so the rows are what the service
// writes, also after its tables have changed, and no statement here names a column that a copy takes over as it is.
import { newId } from '../dist/src/platform/ids.js';

/** The numbers of fiction: 010-0000-xxxx, then NANPA's 555-0100 to 555-0199 of each area code. All differ, up to 90,000. */
export function fictionalNumber(n) {
  if (n < 10_000) return { number: `+82100000${String(n).padStart(4, '0')}`, country: 'KR' };
  const k = (n - 10_000) % 80_000;
  return { number: `+1${200 + Math.floor(k / 100)}55501${String(k % 100).padStart(2, '0')}`, country: 'US' };
}

/**
 * What a copy does not take over, by `table.column` or by the column's name in whatever table; `s` is the row of the seed,
 * `p` the prototype's.
 */
const replaced = {
  'contract.reference': `s.reference`,
  'attempt.reference': `'SM' || md5(s.reference)`,
  'receipt.reference': `'SM' || md5(s.reference)`,
  phone_index: `s.index`,
  phone_country: `s.country`,
  country: `CASE WHEN p.country IS NULL THEN NULL ELSE s.country END`,
  // Of the number's country: else each text to a number abroad would be flagged, which hardly any is.
  'counterparty.country': `s.country`,
  number_index: `s.index`,
  shard: `(get_byte(s.index, 0) % 8)::smallint`,
  text: `replace(p.text, s.like, s.reference)`,
  text_hash: `sha256(convert_to(replace(p.text, s.like, s.reference), 'UTF8'))`,
};

/** The service counts these from the rows that are copied. */
const kept = ['tally_mark', 'coverage_milestone', 'coverage_count', 'work_candidate', 'log_span'];

const batch = 5000;

/** Rows of a registered contract with one contact, from which copies are made. */
export class Prototype {
  /** `client` is the superuser's, one connection. */
  static async of(client, sealer, contractId, { withLog = false } = {}) {
    const tables = await tablesOf(client, withLog ? [] : ['leaf', 'change']);
    const known = new Set([contractId]);
    const rows = new Map();
    for (let grew = true; grew;) {
      grew = false;
      for (const { name, columns, uuids } of tables) {
        const where = uuids.map((column) => `${column} = ANY($1)`).join(' OR ');
        const has = (column) => columns.some((one) => one.name === column);
        const found = await client.query({
          text: `SELECT ctid::text, ${has('id') ? 'id::text' : 'NULL AS id'}, ${has('message_id') ? 'message_id' : 'NULL AS message_id'}
                 FROM ${name} WHERE ${where} ORDER BY ctid`,
          values: [[...known]],
        });
        for (const row of found.rows) {
          const key = `${name} ${row.ctid}`;
          if (rows.has(key)) continue;
          rows.set(key, { table: name, ctid: row.ctid, id: row.id });
          if (/^[0-9a-f]{8}-/.test(row.id ?? '')) known.add(row.id);
          // An alert points to its message, where all else points back to what it is of.
          if (row.message_id) known.add(row.message_id);
          grew = true;
        }
      }
    }
    const inOrder = [...rows.values()].sort((a, b) => rank(tables, a.table) - rank(tables, b.table));
    const idsIn = (name) => inOrder.filter(({ table }) => table === name).map(({ id }) => id);
    if (idsIn('contact').length !== 1 || idsIn('message').length > 1) {
      throw new Error('a prototype has one contact, and at most one message');
    }
    const contract = await client.query(`SELECT reference FROM contract WHERE id = $1`, [contractId]);
    const { reference } = contract.rows[0];
    const seals = await sealsOf(client, sealer, tables, inOrder);
    // The service goes on with the prototype itself: copies are made of the rows as they are now.
    const name = `prototype_${newId().replaceAll('-', '')}`;
    await client.query(`CREATE SCHEMA ${name}`);
    for (const [k, row] of inOrder.entries()) {
      row.kept = `${name}.row_${k}`;
      await client.query(`CREATE TABLE ${row.kept} AS SELECT * FROM ${row.table} WHERE ctid = '${row.ctid}'`);
    }
    return new Prototype({ client, sealer, tables, rows: inOrder, ids: [...known], reference, seals });
  }

  constructor(parts) {
    Object.assign(this, parts);
  }

  get alerts() {
    return this.rows.filter(({ table }) => table === 'alert').length;
  }

  /**
   * Makes copies in one transaction. `replacing` maps `table.column` to SQL in place of the prototype's value, over `s`, the
   * seed, in which `s.n` counts from `from`. `momentOf` gives the time, in milliseconds, that the ids of messages tell.
   * Returns references and numbers.
   */
  async copy(count, { prefix, from = 0, replacing = {}, numberOf = fictionalNumber, momentOf = null }) {
    const own = this.ids.filter((id) => !this.seals.some((seal) => seal.rowId === id));
    const made = [];
    await this.client.query('BEGIN');
    const columns = { n: 'integer', reference: 'text', index: 'bytea', country: 'text', at: 'timestamptz' };
    for (const k of this.seals.keys())
      Object.assign(columns, { [`row_${k}`]: 'uuid', [`sealed_${k}`]: 'bytea' });
    const declared = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    const generated = own.map((_, k) => `id_${k} uuid DEFAULT uuidv7()`);
    await this.client.query(
      `CREATE TEMP TABLE seed (${[...declared, ...generated].join(', ')}, "like" text DEFAULT '${this.reference}') ON COMMIT DROP`,
    );
    for (let start = 0; start < count; start += batch) {
      const seeds = Array.from({ length: Math.min(batch, count - start) }, (_, i) =>
        this.#seed(from + start + i, { prefix, numberOf, momentOf }),
      );
      for (const { reference, number } of seeds) made.push({ reference, number });
      await this.client.query(
        `INSERT INTO seed (${Object.keys(columns).join(', ')})
         SELECT * FROM unnest(${Object.values(columns)
           .map((type, i) => `$${i + 1}::${type}[]`)
           .join(', ')})`,
        Object.keys(columns).map((name) => seeds.map((seed) => seed[name])),
      );
    }
    for (const row of this.rows) await this.client.query(this.#insert(row, own, replacing));
    await this.client.query('COMMIT');
    return made;
  }

  #seed(n, { prefix, numberOf, momentOf }) {
    const { number, country } = numberOf(n);
    const at = momentOf?.(n) ?? Date.now();
    const seed = { n, number, country, at: new Date(at), index: this.sealer.blindIndex(number) };
    seed.reference = `${prefix}-${String(n).padStart(7, '0')}`;
    const ids = new Map();
    for (const [k, { table, column, rowId, plain }] of this.seals.entries()) {
      const id = ids.get(rowId) ?? (table === 'message' ? idAt(at) : newId());
      ids.set(rowId, id);
      seed[`row_${k}`] = id;
      const isNumber = column === 'phone_sealed' || column === 'number_sealed';
      seed[`sealed_${k}`] = this.sealer.seal(isNumber ? number : plain, { table, column, rowId: id });
    }
    return seed;
  }

  #insert({ table, kept, id }, own, replacing) {
    const { columns } = this.tables.find(({ name }) => name === table);
    const cases = [
      ...this.seals.map(({ rowId }, k) => `WHEN '${rowId}' THEN s.row_${k}`),
      ...own.map((one, k) => `WHEN '${one}' THEN s.id_${k}`),
    ].join(' ');
    const values = columns.map(({ name, type }) => {
      const sealed = this.seals.findIndex(({ rowId, column }) => rowId === id && column === name);
      if (sealed >= 0) return `s.sealed_${sealed}`;
      const other = replacing[`${table}.${name}`] ?? replaced[`${table}.${name}`] ?? replaced[name];
      if (other) return other;
      return type === 'uuid' ? `CASE p.${name} ${cases} ELSE p.${name} END` : `p.${name}`;
    });
    return `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')})
            SELECT ${values.join(', ')} FROM seed s, ${kept} p`;
  }
}

/** The sealed values of the rows, opened: a copy's have to be sealed anew, since a seal holds for one row. */
async function sealsOf(client, sealer, tables, rows) {
  const seals = [];
  for (const { table, ctid, id } of rows) {
    const { columns } = tables.find(({ name }) => name === table);
    for (const { name: column } of columns.filter(({ name }) => name.endsWith('_sealed'))) {
      const { rows: found } = await client.query(
        `SELECT ${column} AS sealed FROM ${table} WHERE ctid = '${ctid}'`,
      );
      const { sealed } = found[0];
      if (sealed)
        seals.push({ table, column, rowId: id, plain: sealer.open(sealed, { table, column, rowId: id }) });
    }
  }
  return seals;
}

/** The tables that the service fills, but for some; a trigger fills the words of messages. */
async function tablesOf(client, without) {
  const { rows } = await client.query(
    `SELECT c.relname AS name,
            json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL)) ORDER BY a.attnum) AS columns,
            (SELECT coalesce(json_agg(f.confrelid::regclass::text), '[]') FROM pg_constraint f
             WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS points_to
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       AND a.attgenerated = '' AND a.attidentity <> 'a'
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL($1)
     GROUP BY c.oid`,
    [[...without, 'migrations', 'message_words', ...kept]],
  );
  return rows
    .map((table) => ({ ...table, uuids: table.columns.filter((c) => c.type === 'uuid').map((c) => c.name) }))
    .filter(({ uuids }) => uuids.length > 0);
}

/** A UUID of version 7 that tells this time. */
function idAt(ms) {
  const time = Math.floor(ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${newId().slice(13)}`;
}

/** How many tables a row needs before its own. */
function rank(tables, name, seen = new Set()) {
  if (seen.has(name)) return 0;
  const table = tables.find((one) => one.name === name);
  const below = (table?.points_to ?? []).map((other) => rank(tables, other, new Set([...seen, name])) + 1);
  return Math.max(0, ...below);
}
