import { createTestDatabase, rowsAt } from './database.js';

describe('a test database', () => {
  it('is migrated, separate from others, and gone when dropped', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const migrations = 'SELECT count(*)::int > 0 AS some FROM migrations';
    expect(await rowsAt(one.appUrl, migrations)).toEqual([{ some: true }]);

    await rowsAt(one.ownerUrl, 'CREATE TABLE only_here (n int)');
    const there = `SELECT to_regclass('only_here') IS NOT NULL AS there`;
    expect(await rowsAt(one.ownerUrl, there)).toEqual([{ there: true }]);
    expect(await rowsAt(two.ownerUrl, there)).toEqual([{ there: false }]);

    await Promise.all([one.drop(), two.drop()]);
    await expect(rowsAt(one.ownerUrl, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });

  it('gives the service no right to change the schema', async () => {
    const database = await createTestDatabase();
    await expect(rowsAt(database.appUrl, 'CREATE TABLE t (n int)')).rejects.toThrow(/permission denied/);
    await database.drop();
  });
});
