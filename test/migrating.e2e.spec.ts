import pg from 'pg';
import { migrate } from '../src/platform/database/migrate.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function asRole(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

describe('a second start', () => {
  it('migrates again after the queue has made a sequence of its own', async () => {
    await asRole(database.appUrl, 'CREATE SEQUENCE bullmq.bullmq_jid_made_at_run_time');
    const { username: appRole } = new URL(database.appUrl);
    await migrate({ ownerUrl: database.ownerUrl, appRole });
    const { rows } = await asRole(
      database.appUrl,
      `SELECT nextval('bullmq.bullmq_jid_made_at_run_time') AS id`,
    );
    expect(rows).toEqual([{ id: '1' }]);
  });
});
