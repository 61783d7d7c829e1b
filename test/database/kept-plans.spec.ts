import { Database } from '../../src/platform/database/database.js';
import { SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
let database: Database;
beforeAll(async () => {
  bench = await SendingBench.start();
  database = bench.get(Database);
});
afterAll(() => bench.stop());
afterEach(() => jest.restoreAllMocks());

const sql = 'SELECT id FROM grown WHERE id = $1';
const find = (plan?: 'kept') => database.rows<{ id: number }>(sql, [1], plan);
const prepared = () =>
  database.rows<{ name: string }>('SELECT name FROM pg_prepared_statements WHERE statement = $1', [sql]);

/** Shows the plan that the connection keeps of the statement. */
async function planKept(): Promise<string> {
  const [statement] = await prepared();
  const lines = await database.rows<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE "${statement?.name}" (1)`);
  return lines.map((line) => line['QUERY PLAN']).join('\n');
}

const plansOfTheConnection = async () => {
  const [statement] = await database.rows<{ general: number; apart: number }>(
    `SELECT generic_plans::int AS general, custom_plans::int AS apart FROM pg_prepared_statements WHERE statement = $1`,
    [sql],
  );
  return statement;
};

/** A table of one row whose statistics say so, and will not say anything else. */
beforeEach(async () => {
  await bench.sql('CREATE TABLE grown (id int PRIMARY KEY) WITH (autovacuum_enabled = off)');
  await bench.sql('GRANT SELECT ON grown TO PUBLIC');
  await bench.sql('INSERT INTO grown VALUES (1)');
  await bench.sql('ANALYZE grown');
});
afterEach(() => bench.sql('DROP TABLE grown'));

it('prepares a statement whose plan is kept once a connection, and no other', () =>
  database.inTransaction(async () => {
    await find();
    expect(await prepared()).toEqual([]);
    for (let n = 0; n < 3; n += 1) expect(await find('kept')).toEqual([{ id: 1 }]);
    expect(await prepared()).toHaveLength(1);
  }));

it('plans anew for a table that has grown since, though nobody has made statistics of it', () =>
  database.inTransaction(async () => {
    const began = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(began);
    // PostgreSQL keeps a plan from the sixth time on.
    for (let n = 0; n < 7; n += 1) await find('kept');
    await bench.sql('INSERT INTO grown SELECT generate_series(2, 50000)');
    await find('kept');
    expect(await planKept()).toContain('Seq Scan');
    clock.mockReturnValue(began + 60_000);
    await find('kept');
    expect(await planKept()).toContain('Index');
  }));

it('fails a kept statement as any other, and the connection goes on', async () => {
  const broken = () => database.rows('SELECT id FROM brake WHERE id = $1', ['no id'], 'kept');
  await expect(broken()).rejects.toMatchObject({ name: 'QueryFailedError', driverError: { code: '22P02' } });
  await expect(broken()).rejects.toMatchObject({ driverError: { code: '22P02' } });
});

it('plans once what runs in a transaction of kept statements, and the first five times elsewhere', async () => {
  const inside = await database.inTransaction(async () => {
    const before = await plansOfTheConnection();
    for (let n = 0; n < 3; n += 1) await find('kept');
    const after = await plansOfTheConnection();
    return [(after?.general ?? 0) - (before?.general ?? 0), (after?.apart ?? 0) - (before?.apart ?? 0)];
  }, 'kept');
  expect(inside).toEqual([3, 0]);
  expect(await database.rows(`SELECT current_setting('plan_cache_mode') AS mode`)).toEqual([
    { mode: 'auto' },
  ]);
});
