import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import pg from 'pg';
import QueryStream from 'pg-query-stream';
import { makeKey } from '../../src/core/access/api-keys.service.js';
import { connectApart, poolOptions } from '../../src/platform/database/connections.js';
import { Database } from '../../src/platform/database/database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Proxy } from '../support/proxy.js';
import { startService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

/** Far longer than an answer takes, and far shorter than a test. */
const silentDatabaseMs = 2000;

let ground: TestDatabase;
let proxy: Proxy;
beforeEach(async () => {
  ground = await createTestDatabase();
  proxy = await Proxy.to(ground.appUrl);
});

describe('a service whose connections to PostgreSQL go dark', () => {
  let service: TestService;
  beforeEach(async () => {
    const database = { ...ground, appUrl: proxy.at(ground.appUrl) };
    const keys = { sealing: [{ id: 'test', key: randomBytes(32) }], index: randomBytes(32) };
    service = await startService({
      role: 'all',
      existing: { database, keys, adminKey: makeKey() },
      limits: { silentDatabaseMs },
    });
    await service.openAtAllHours();
  });
  afterEach(async () => {
    // The queue would wait for the answer of its dark listener.
    await proxy.stop();
    await service.close();
  });
  const sent = async (reference: string) =>
    (await service.sql<{ text: string }>(`SELECT text FROM message WHERE status <> 'sending'`)).filter(
      ({ text }) => text.includes(reference),
    ).length;

  it('gives them up, in a transaction too, and works on with others', async () => {
    const database = service.app.get(Database);
    const inTransaction = database.inTransaction(async () => {
      await database.rows(`SELECT 1`);
      proxy.darken();
      await database.rows(`SELECT 1`);
    });
    const statements = Array.from({ length: 8 }, () => database.rows(`SELECT 1`));
    await expect(inTransaction).rejects.toThrow('the database has been silent for 2 s');
    await Promise.allSettled(statements);
    expect(await database.rows(`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  it('sends what is due while they are dark', async () => {
    const first = await service.registerDue();
    await until('it is sent', async () => (await sent(first.reference)) === 1);
    proxy.darken();
    const registered = () =>
      service.registerDue({ reference: 'C-DARK' }).then(
        () => true,
        () => false,
      );
    await until('it is registered', registered);
    await until('it is sent', async () => (await sent('C-DARK')) === 1);
  });
});

it('a connection apart from the pools is given up too, in the middle of what it reads', async () => {
  const client = await connectApart(
    poolOptions(proxy.at(ground.appUrl), { silentDatabaseMs }),
    'a test',
    silentDatabaseMs,
  );
  const rows = client.query(
    new QueryStream(`SELECT * FROM generate_series(1, 100000)`, [], { batchSize: 10 }),
  );
  rows.on('data', () => proxy.darken());
  rows.on('error', () => undefined);
  const ended = new Promise((resolve) => client.once('end', resolve));
  const [error] = (await once(client, 'error')) as [Error];
  expect(error.message).toBe('the database has been silent for 2 s');
  await ended;
  await proxy.stop();
  await ground.drop();
});

it('a statement of a pool has a limit, and what is read apart from the pools has none', async () => {
  const options = poolOptions(ground.appUrl, { silentDatabaseMs });
  const [pool, apart] = [new pg.Pool(options), await connectApart(options, 'a test')];
  const limitOf = async (of: pg.Pool | pg.Client) =>
    (await of.query<{ statement_timeout: string }>('SHOW statement_timeout')).rows[0]?.statement_timeout;
  expect([await limitOf(pool), await limitOf(apart)]).toEqual(['1min', '0']);
  await Promise.all([pool.end(), apart.end(), proxy.stop()]);
  await ground.drop();
});
