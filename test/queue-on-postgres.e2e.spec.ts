import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { poolOptions } from '../src/platform/database/connections.js';
import { Queues } from '../src/platform/queue/queues.js';
import { createTestDatabase, rowsAt, type TestDatabase } from './support/database.js';
import { DatabaseLine } from './support/database-line.js';
import { until } from './support/until.js';

describe('a queue in PostgreSQL', () => {
  let database: TestDatabase;
  let line: DatabaseLine;
  let queues: Queues;
  const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  const done: unknown[] = [];

  beforeEach(async () => {
    done.length = 0;
    database = await createTestDatabase();
    line = await DatabaseLine.to(database.appUrl);
    queues = new Queues({
      redisUrl: null,
      pool: { ...poolOptions(line.url, { silentDatabaseMs: 2000 }), connectionTimeoutMillis: 700 },
    });
  });
  afterEach(async () => {
    await queues.beforeApplicationShutdown();
    await line.end();
    await database.drop();
  });
  afterAll(() => jest.restoreAllMocks());

  const work = () => queues.work('drain', 1, (data) => Promise.resolve(void done.push(data)));

  /** What a second without an answer costs: the turns that others get, and the complaints. */
  async function aSecondOfIt(): Promise<{ turns: number; complaints: number }> {
    warned.mockClear();
    let turns = 0;
    for (const end = Date.now() + 1000; Date.now() < end; turns++) await pause(10);
    return { turns, complaints: warned.mock.calls.length };
  }

  async function takesJobsAgain(): Promise<void> {
    await until('it takes a job', () =>
      queues.add('drain', { n: 1 }).then(
        () => true,
        () => false,
      ),
    );
    await until('it is run', () => done.length > 0);
  }

  it.each(['cut', 'goDead'] as const)(
    'lets others have their turn when the line is %s at its start',
    async (fault) => {
      line[fault]();
      work();
      const { turns, complaints } = await aSecondOfIt();
      expect(turns).toBeGreaterThan(20);
      expect(complaints).toBeLessThan(10);
      line.mend();
      await takesJobsAgain();
    },
  );

  it('lets others have their turn when its database goes while it works', async () => {
    work();
    await takesJobsAgain();
    line.cut();
    const { turns, complaints } = await aSecondOfIt();
    expect(turns).toBeGreaterThan(20);
    expect(complaints).toBeLessThan(10);
    line.mend();
    done.length = 0;
    await takesJobsAgain();
  });

  it('makes nothing that the owner of the schema cannot back up', async () => {
    work();
    await takesJobsAgain();
    const foreign = `SELECT relname FROM pg_class WHERE relnamespace = 'bullmq'::regnamespace
      AND NOT pg_has_role('chorong_owner', relowner, 'USAGE')`;
    expect(await rowsAt(database.ownerUrl, foreign)).toEqual([]);
  });
});
