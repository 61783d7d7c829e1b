import { Client } from 'pg';
import { createTestDatabase } from './database.js';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a test database', () => {
  it('is migrated, separate from others, and gone when dropped', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const migrations = 'SELECT count(*)::int > 0 AS some FROM migrations';
    expect(await query(one.appUrl, migrations)).toEqual([{ some: true }]);

    await query(one.ownerUrl, 'CREATE TABLE only_here (n int)');
    const there = `SELECT to_regclass('only_here') IS NOT NULL AS there`;
    expect(await query(one.ownerUrl, there)).toEqual([{ there: true }]);
    expect(await query(two.ownerUrl, there)).toEqual([{ there: false }]);

    await Promise.all([one.drop(), two.drop()]);
    await expect(query(one.ownerUrl, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });

  it('gives the service no right to change the schema', async () => {
    const database = await createTestDatabase();
    await expect(query(database.appUrl, 'CREATE TABLE t (n int)')).rejects.toThrow(/permission denied/);
    await database.drop();
  });
});
