import { Proxy } from '../support/proxy.js';
import type { Bench, Row, Scenario } from './bench.js';
import { installedRedis } from '../support/redis.js';
import { RedisServer } from './queue.js';
import { freePort, must, secondsSince } from './waiting.js';

const alerts = 12;

interface Variant {
  how: string;
  /** Null: it does not stand still. */
  stallsForSeconds: number | null;
  figure: string;
}

const variants: Variant[] = [
  { how: 'control: it does not', stallsForSeconds: null, figure: 'all sent' },
  {
    how: 'for 3 s, between the two questions of a start',
    stallsForSeconds: 3,
    figure: 'the queue is made anew',
  },
  { how: 'from there on', stallsForSeconds: Infinity, figure: 'the ticks drain by themselves' },
];

/** Redis stands still while a process makes its queue, at the moment in which BullMQ keeps the failure for ever. */
export const redisStallScenarios: Scenario[] = variants.map((variant) => ({
  name: `redis-stall: ${variant.how}`,
  run: async (bench) => {
    const program = installedRedis();
    if (program) return [await stalled(bench, program, variant)];
    process.stderr.write('SKIPPED, as redis-server is not installed: Redis stalls\n');
    return [];
  },
}));

async function stalled(
  bench: Bench,
  program: string,
  { how, stallsForSeconds, figure }: Variant,
): Promise<Row> {
  const redis = new RedisServer(program, await freePort());
  bench.workplace.atTheEnd(() => redis.stop());
  await redis.start();
  let since: number | null = null;
  let armedFrom = Infinity;
  const infos = new Map<number, number>();
  const proxy = await Proxy.to(redis.url, (chunk, connection) => {
    if (connection <= armedFrom || !chunk.toString('latin1').includes('\r\ninfo\r\n')) return;
    infos.set(connection, (infos.get(connection) ?? 0) + 1);
    // The driver asks first; BullMQ asks once more when the driver is ready.
    if (infos.get(connection) !== 2 || since !== null) return;
    since = performance.now();
    if (stallsForSeconds === null) return;
    proxy.stall();
    if (stallsForSeconds < Infinity) setTimeout(() => proxy.resume(), stallsForSeconds * 1000);
  });
  const world = await bench.world({ extra: { REDIS_URL: proxy.at(redis.url) } });
  try {
    await world.start();
    armedFrom = proxy.connections;
    await world.register('I', alerts);
    await must('the queue is made', () => since !== null, 20_000);
    const { tally } = await world.settle('I', 45);
    const seconds = secondsSince(since ?? 0);
    return { fault: 'Redis stands still at a start', how, tally, seconds, figure, problems: [] };
  } finally {
    proxy.resume();
    await world.end();
    await proxy.stop();
    await redis.stop();
  }
}
