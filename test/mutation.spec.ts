interface Mutant {
  line: number;
  what: string;
  start: number;
  end: number;
  text: string;
  reach: number | null;
}
interface Mutants {
  mutantsOf(source: string, name?: string): Mutant[];
  mutated(source: string, mutant: Mutant): string;
  withProbes(source: string, name: string): string;
}

// A plain script has no types; a name that the compiler does not know keeps it from looking for them.
const script: string = './mutation/mutants.mjs';

describe('the changes that npm run test:mutation makes', () => {
  let mutants: Mutants;
  beforeAll(async () => (mutants = (await import(script)) as Mutants));

  /** The source as each change leaves it, spaces joined, by what the change is called. */
  function changesOf(source: string): Record<string, string> {
    const all = mutants.mutantsOf(source);
    return Object.fromEntries(
      all.map((one) => [one.what, mutants.mutated(source, one).replace(/\s+/g, ' ').trim()]),
    );
  }

  /** What changes of a statement make of it. */
  function statementsOf(sql: string): string[] {
    const changed = Object.values(changesOf(`const sql = \`${sql}\``));
    return changed.map((source) => source.slice('const sql = `'.length, -1).trim());
  }

  it('leaves out each condition of a statement, and keeps its parameters', () => {
    expect(statementsOf('SELECT id FROM a WHERE x = $1 AND (y IS NULL OR z > $2)')).toEqual([
      'SELECT id FROM a WHERE (true OR (x = $1)) AND (y IS NULL OR z > $2)',
      'SELECT id FROM a WHERE x = $1 AND (true OR ((y IS NULL OR z > $2)))',
      'SELECT id FROM a WHERE x = $1 AND ((false AND (y IS NULL)) OR z > $2)',
      'SELECT id FROM a WHERE x = $1 AND (y IS NULL OR (false AND (z > $2)))',
      'SELECT id FROM a WHERE x = $1 AND (y IS NOT NULL OR z > $2)',
      'SELECT id FROM a WHERE x = $1 AND (y IS NULL OR z >= $2)',
    ]);
  });

  it('takes what lies between two values for one condition', () => {
    expect(statementsOf('SELECT id FROM a WHERE x BETWEEN $1 AND $2 AND y = 1')).toEqual([
      'SELECT id FROM a WHERE (true OR (x BETWEEN $1 AND $2)) AND y = 1',
      'SELECT id FROM a WHERE x BETWEEN $1 AND $2 AND (true OR (y = 1))',
    ]);
  });

  it('leaves out locks, limits and orders', () => {
    expect(statementsOf('SELECT id FROM a ORDER BY b LIMIT $1 FOR UPDATE SKIP LOCKED')).toEqual([
      'SELECT id FROM a ORDER BY b DESC LIMIT $1 FOR UPDATE SKIP LOCKED',
      'SELECT id FROM a ORDER BY b LIMIT 1000000 + $1 FOR UPDATE SKIP LOCKED',
      'SELECT id FROM a ORDER BY b LIMIT $1',
      'SELECT id FROM a ORDER BY b LIMIT $1 FOR UPDATE',
    ]);
  });

  it('keeps each column that a statement sets as it was', () => {
    expect(statementsOf('UPDATE alert a SET x = $1, y = n.y FROM n WHERE a.id = n.id')).toEqual([
      'UPDATE alert a SET x = CASE WHEN true THEN a.x ELSE $1 END, y = n.y FROM n WHERE a.id = n.id',
      'UPDATE alert a SET x = $1, y = CASE WHEN true THEN a.y ELSE n.y END FROM n WHERE a.id = n.id',
      'UPDATE alert a SET x = $1, y = n.y FROM n WHERE (true OR (a.id = n.id))',
    ]);
  });

  it('leaves out what an insert does about a conflict, and its condition', () => {
    expect(statementsOf('INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO NOTHING')).toEqual([
      'INSERT INTO a (x) VALUES ($1)',
    ]);
    expect(
      statementsOf(
        'INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET x = excluded.x WHERE a.x <> 1',
      ),
    ).toEqual([
      'INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET x = CASE WHEN true THEN a.x ELSE excluded.x END WHERE a.x <> 1',
      'INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET x = excluded.x WHERE (true OR (a.x <> 1))',
      'INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET x = excluded.x WHERE a.x = 1',
    ]);
  });

  it('takes what is filled into a statement for one word, whatever stands in it', () => {
    const changes = changesOf('rows(`SELECT id FROM a WHERE ${open(") AND (")} AND x = 1`);');
    expect(Object.keys(changes).slice(0, 2)).toEqual([
      'without rows(`SELECT id FROM a WHERE ${open(") AND (")} AND x = 1`);',
      'without ${open(") AND (")}',
    ]);
    expect(changes['without x = 1']).toBe(
      'rows(`SELECT id FROM a WHERE ${open(") AND (")} AND (true OR (x = 1))`);',
    );
  });

  it('turns a comparison that stands alone, and leaves other texts as they are', () => {
    expect(changesOf(`const a = where('a.due_at <=', b);`)).toEqual({
      'a.due_at <= → <': `const a = where('a.due_at <', b);`,
    });
    expect(changesOf(`const a = text('Where it is, and how');`)).toEqual({});
  });

  it('leaves out guards, calls whose answer nobody reads, and sides of conditions', () => {
    const changes = changesOf(
      `async function f() { if (a && b) throw new Error(); await guard(); logger.warn('x'); }`,
    );
    expect(Object.keys(changes)).toEqual([
      'never: if (a && b)',
      'without && b',
      'without a &&',
      'without await guard();',
    ]);
    expect(changes['never: if (a && b)']).toContain('if (false && (a && b)) throw');
  });

  it('turns what is reckoned into its opposite', () => {
    expect(changesOf('const f = (a) => Math.min(...a) - 1 || a.some(g);')).toMatchObject({
      'Math.min(...a) → max': 'const f = (a) => Math.max(...a) - 1 || a.some(g);',
      'Math.min(...a) - 1 → +': 'const f = (a) => Math.min(...a) + 1 || a.some(g);',
      'a.some(g) → every': 'const f = (a) => Math.min(...a) - 1 || a.every(g);',
    });
  });

  it('knows which function has to run, and notes in a copy which functions do', () => {
    const source = `class A { m() { if (x) return; } }\nconst limit = 3;`;
    const [guard, limit] = mutants.mutantsOf(source);
    expect([guard?.reach, limit?.reach]).toEqual([source.indexOf('m()'), null]);
    expect(mutants.withProbes(source, 'a.ts')).toContain(
      `m() { globalThis.reached?.add('a.ts:${source.indexOf('m()')}');  if (x) return; }`,
    );
  });
});
