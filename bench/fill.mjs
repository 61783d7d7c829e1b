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

/** What a copy does not take over; `s` is the row of the seed, `p` the prototype's. */
const replaced = {
  'contract.reference': `s.reference`,
  'contact.phone_sealed': `s.sealed`,
  'contact.phone_index': `s.index`,
  'contact.phone_country': `s.country`,
  'alert.number_index': `s.index`,
  'alert.shard': `(get_byte(s.index, 0) % 8)::smallint`,
};

const batch = 5000;

/** Rows of a registered contract with one contact, from which copies are made. */
export class Prototype {
  /** `client` is the superuser's, one connection. */
  static async of(client, sealer, contractId) {
    const tables = await tablesOf(client);
    const known = new Set([contractId]);
    const rows = new Map();
    for (let grew = true; grew;) {
      grew = false;
      for (const { name, columns, uuids } of tables) {
        const where = uuids.map((column) => `${column} = ANY($1)`).join(' OR ');
        const found = await client.query({
          text: `SELECT ctid::text, ${columns.some((c) => c.name === 'id') ? 'id::text' : 'NULL AS id'} FROM ${name} WHERE ${where} ORDER BY ctid`,
          values: [[...known]],
        });
        for (const row of found.rows) {
          const key = `${name} ${row.ctid}`;
          if (rows.has(key)) continue;
          rows.set(key, { table: name, ctid: row.ctid, id: row.id });
          if (/^[0-9a-f]{8}-/.test(row.id ?? '')) known.add(row.id);
          grew = true;
        }
      }
    }
    const inOrder = [...rows.values()].sort((a, b) => rank(tables, a.table) - rank(tables, b.table));
    const contacts = inOrder.filter(({ table }) => table === 'contact');
    if (contacts.length !== 1) throw new Error(`a prototype has one contact, not ${contacts.length}`);
    // The service goes on with the prototype itself: copies are made of the rows as they are now.
    const name = `prototype_${contractId.replaceAll('-', '')}`;
    await client.query(`CREATE SCHEMA ${name}`);
    for (const [k, row] of inOrder.entries()) {
      row.kept = `${name}.row_${k}`;
      await client.query(`CREATE TABLE ${row.kept} AS SELECT * FROM ${row.table} WHERE ctid = '${row.ctid}'`);
    }
    return new Prototype(client, sealer, tables, inOrder, [...known], contacts[0].id);
  }

  constructor(client, sealer, tables, rows, ids, contactId) {
    Object.assign(this, { client, sealer, tables, rows, ids, contactId });
  }

  get alerts() {
    return this.rows.filter(({ table }) => table === 'alert').length;
  }

  /**
   * Makes copies in one transaction. `replacing` maps `table.column` to SQL in place of the prototype's value, over `s`, the
   * seed, in which `s.n` counts from `from`. Returns references and numbers.
   */
  async copy(count, { prefix, from = 0, replacing = {}, numberOf = fictionalNumber }) {
    const own = this.ids.filter((id) => id !== this.contactId);
    const made = [];
    await this.client.query('BEGIN');
    await this.client.query(
      `CREATE TEMP TABLE seed (n integer, reference text, contact uuid, sealed bytea, index bytea, country text
       ${own.map((_, k) => `, id_${k} uuid DEFAULT uuidv7()`).join('')}) ON COMMIT DROP`,
    );
    for (let start = 0; start < count; start += batch) {
      const seeds = Array.from({ length: Math.min(batch, count - start) }, (_, i) =>
        this.#seed(from + start + i, prefix, numberOf),
      );
      for (const { reference, number } of seeds) made.push({ reference, number });
      await this.client.query(
        `INSERT INTO seed (n, reference, contact, sealed, index, country)
         SELECT * FROM unnest($1::int[], $2::text[], $3::uuid[], $4::bytea[], $5::bytea[], $6::text[])`,
        ['n', 'reference', 'contact', 'sealed', 'index', 'country'].map((name) =>
          seeds.map((seed) => seed[name]),
        ),
      );
    }
    for (const row of this.rows) await this.client.query(this.#insert(row, own, replacing));
    await this.client.query('COMMIT');
    return made;
  }

  #seed(n, prefix, numberOf) {
    const { number, country } = numberOf(n);
    const contact = newId();
    return {
      ...{ n, contact, number, country, reference: `${prefix}-${String(n).padStart(7, '0')}` },
      sealed: this.sealer.seal(number, { table: 'contact', column: 'phone_sealed', rowId: contact }),
      index: this.sealer.blindIndex(number),
    };
  }

  #insert({ table, kept }, own, replacing) {
    const { columns } = this.tables.find(({ name }) => name === table);
    const idCases = own.map((id, k) => `WHEN '${id}' THEN s.id_${k}`).join(' ');
    const values = columns.map(({ name, type }) => {
      const other = replacing[`${table}.${name}`] ?? replaced[`${table}.${name}`];
      if (other) return other;
      if (type !== 'uuid') return `p.${name}`;
      return `CASE p.${name} WHEN '${this.contactId}' THEN s.contact ${idCases} ELSE p.${name} END`;
    });
    return `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')})
            SELECT ${values.join(', ')} FROM seed s, ${kept} p`;
  }
}

/** The tables that the service fills, those before that others point to. The log of changes and its leaves are not copied. */
async function tablesOf(client) {
  const { rows } = await client.query(
    `SELECT c.relname AS name,
            json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL)) ORDER BY a.attnum) AS columns,
            (SELECT coalesce(json_agg(f.confrelid::regclass::text), '[]') FROM pg_constraint f
             WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS points_to
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       AND a.attgenerated = '' AND a.attidentity <> 'a'
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('leaf', 'change', 'migrations')
     GROUP BY c.oid`,
  );
  return rows
    .map((table) => ({ ...table, uuids: table.columns.filter((c) => c.type === 'uuid').map((c) => c.name) }))
    .filter(({ uuids }) => uuids.length > 0);
}

/** How many tables a row needs before its own. */
function rank(tables, name, seen = new Set()) {
  if (seen.has(name)) return 0;
  const table = tables.find((one) => one.name === name);
  const below = (table?.points_to ?? []).map((other) => rank(tables, other, new Set([...seen, name])) + 1);
  return Math.max(0, ...below);
}
