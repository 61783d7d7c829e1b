import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startWatched, type WatchedProcess } from '../../src/platform/embedded-postgres/programs.js';
import { emptyRedis, installedRedis } from '../support/redis.js';
import type { Bench, Row, Scenario } from './bench.js';
import { faulty } from './kills.js';
import { freePort, must, secondsSince } from './waiting.js';
import type { World } from './world.js';

/** The queue in Redis is wiped, and goes away: it only wakes workers, and losing it loses nothing. */
export const queueScenario: Scenario = {
  name: 'redis',
  run: async (bench) => {
    const program = installedRedis();
    if (!program) {
      process.stderr.write('SKIPPED, as redis-server is not installed: the queue wiped, Redis down\n');
      return [];
    }
    const redis = new RedisServer(program, await freePort());
    bench.workplace.atTheEnd(() => redis.stop());
    await redis.start();
    const world = await bench.world({ extra: { REDIS_URL: redis.url } });
    try {
      return [await wiped(world, redis, bench), await down(world, redis, bench)];
    } finally {
      await world.end();
      await redis.stop();
    }
  },
};

async function wiped(world: World, redis: RedisServer, bench: Bench): Promise<Row> {
  const wipes = 6;
  await world.start();
  await world.play({ rules: faulty, seed: bench.seed, latencyMs: 30 });
  let since = performance.now();
  for (let wipe = 0; wipe < wipes; wipe += 1) {
    await world.register('W', 12);
    since = performance.now();
    await redis.wipe();
  }
  await world.play({});
  const { seconds, tally } = await world.settle('W', 60, since);
  return {
    fault: 'queue wiped',
    how: `FLUSHALL, ${wipes} times mid-run`,
    tally,
    seconds,
    figure: 'all sent',
    problems: [],
  };
}

async function down(world: World, redis: RedisServer, bench: Bench): Promise<Row> {
  const seconds = bench.quick ? 5 : 15;
  await redis.stop();
  const gone = performance.now();
  await world.register('Q', 30);
  const accepted = secondsSince(gone);
  const unsent = await world.count(`alert WHERE status = 'planned'`);
  await sleep(Math.max(0, seconds - secondsSince(gone)) * 1000);
  await redis.start();
  const back = performance.now();
  const settled = await world.settle('Q', 60, back);
  return {
    fault: 'Redis down',
    how: `stopped for ${seconds} s`,
    tally: settled.tally,
    seconds: settled.seconds,
    figure: `API accepted 30 contracts in ${accepted.toFixed(1)} s of it, ${unsent} alerts waited`,
    problems: accepted < seconds ? [] : ['the API waited for Redis'],
  };
}

/** Keeps nothing, and may be started again on the same port. */
export class RedisServer {
  readonly url: string;
  private process: WatchedProcess | null = null;

  constructor(
    private readonly program: string,
    private readonly port: number,
  ) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    this.process = startWatched(this.program, emptyRedis(this.port));
    await must(
      'Redis answers',
      () =>
        this.ask((client) => client.ping()).then(
          () => true,
          () => false,
        ),
      20_000,
    );
  }

  async wipe(): Promise<void> {
    await this.ask((client) => client.flushall());
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    this.process = null;
  }

  private async ask(question: (client: Redis) => Promise<unknown>): Promise<void> {
    const client = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await question(client);
    } finally {
      client.disconnect();
    }
  }
}
