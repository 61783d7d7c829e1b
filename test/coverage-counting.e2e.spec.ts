import { setTimeout as sleep } from 'node:timers/promises';
import { TallyService } from '../src/core/tally/tally.service.js';
import { CoverageTally, PausedSending } from '../src/office/coverage/coverage-tally.js';
import { ServiceClock } from '../src/platform/clock/service-clock.js';
import { Database } from '../src/platform/database/database.js';
import { ok } from './support/api-client.js';
import { aContract } from './support/builders.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

interface Explained {
  'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number } }];
}

let service: TestService;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

async function register(count: number): Promise<string[]> {
  const departmentId = await service.departmentId('ROADS');
  const ids: string[] = [];
  while (ids.length < count)
    ids.push(ok(await service.admin.post<{ id: string }>('/contracts', aContract({ departmentId }))).id);
  return ids;
}

/** Returns the blocks that are touched when contracts are counted again, by the plan that PostgreSQL chooses for them. */
async function blocksOf(contracts: string[]): Promise<number> {
  const database = service.app.get(Database);
  let blocks = NaN;
  const explaining = {
    run: async (sql: string, parameters: unknown[] = []) => {
      if (!sql.startsWith('WITH')) return database.run(sql, parameters);
      const explain = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`;
      const [row] = await service.sql<Explained & Record<string, unknown>>(explain, parameters);
      blocks = row?.['QUERY PLAN'][0].Plan['Shared Hit Blocks'] ?? NaN;
      return 0;
    },
  } as unknown as Database;
  const kept = { keep: () => undefined } as unknown as TallyService;
  const [clock, paused] = [service.app.get(ServiceClock), service.app.get(PausedSending)];
  const moment = await service.app.get(TallyService).countMarked();
  await new CoverageTally(explaining, kept, clock, paused).countAgain(contracts, moment);
  return blocks;
}

it('counts four times as many contracts by four times as many blocks, whatever PostgreSQL takes them for', async () => {
  const contracts = await register(100);
  const [few, many] = [await blocksOf(contracts.slice(0, 25)), await blocksOf(contracts)];
  expect(few).toBeGreaterThan(1000);
  // A join that is reckoned again for each milestone takes sixteen times as many.
  expect(many / few).toBeLessThan(6);
}, 120_000);

it('rests between the turns that nobody waits for, and takes one after another for whoever asks for a figure', async () => {
  const tally = service.app.get(TallyService);
  await tally.countMarked();
  const turns = jest.spyOn(tally as unknown as { countSome: () => Promise<number | null> }, 'countSome');
  // As if each had taken a minute.
  turns.mockImplementation(async () => {
    const taken = await service.sql(
      `DELETE FROM tally_mark WHERE ctid IN (SELECT ctid FROM tally_mark LIMIT 100) RETURNING id`,
    );
    return taken.length < 100 ? null : 60_000;
  });
  await service.sql(`INSERT INTO tally_mark SELECT gen_random_uuid() FROM generate_series(1, 350)`);
  void tally['countAll']({ end: Infinity, isWaitedFor: false });
  await until('a turn was taken', () => turns.mock.results.length > 0);
  await sleep(300);
  expect(turns).toHaveBeenCalledTimes(1);
  await tally.requireCounted();
  expect(turns).toHaveBeenCalledTimes(4);
  turns.mockRestore();
});
