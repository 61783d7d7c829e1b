import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Row, Scenario } from './bench.js';
import { faulty } from './kills.js';
import { installedRedis } from '../support/redis.js';
import { RedisServer } from './queue.js';
import type { Service } from './service.js';
import { freePort, randomBy, secondsSince } from './waiting.js';
import { timing, type World } from './world.js';

const workers = ['worker-1', 'worker-2'];

/** What a strike may touch. */
interface Ground {
  world: World;
  redis: RedisServer;
  running: Map<string, Service>;
  start: (name: string) => Promise<void>;
  random: () => number;
}

type Strike = (ground: Ground) => Promise<void>;

const somebody = ({ running, random }: Ground): [string, Service] => {
  const all = [...running];
  const [one] = all.splice(Math.floor(random() * all.length), 1);
  if (!one) throw new Error('no worker runs');
  return one;
};

/** Each leaves everything running again. */
const strikes: Record<string, Strike> = {
  'kill -9': async (ground) => {
    const [name, service] = somebody(ground);
    await service.kill();
    await ground.start(name);
  },
  deployed: async (ground) => {
    const [name, service] = somebody(ground);
    await service.stop();
    await ground.start(name);
  },
  'frozen past its lease': async (ground) => {
    const [, service] = somebody(ground);
    service.signal('SIGSTOP');
    await sleep((timing.leaseSeconds + 1 + ground.random() * 3) * 1000);
    service.signal('SIGCONT');
  },
  'queue wiped': ({ redis }) => redis.wipe(),
  'Redis down': async ({ redis, random }) => {
    await redis.stop();
    await sleep(random() * 5000);
    await redis.start();
  },
  'PostgreSQL crashed': async ({ world, random }) => {
    await world.server.crash(random() < 0.5 ? 'SIGKILL' : 'SIGQUIT');
    await sleep(random() * 2000);
    await world.server.restart();
  },
  braked: async ({ world, random }) => {
    const brake = { scope: 'agency', target: 'all', reason: 'A wrong text' };
    const { id } = await world.api.must<{ id: string }>('POST', '/brakes', brake);
    await sleep(random() * 3000);
    await world.api.must('POST', `/brakes/${id}/release`, { reason: 'The text was mended' });
  },
  'provider mute': async ({ world, random }) => {
    await world.play({ rules: [{ behaviour: { kind: 'hang', accept: true } }] });
    await sleep(random() * 4000);
    await world.play({ rules: faulty, latencyMs: 60, receipts: { delayMs: 30 } });
  },
};

/** Everything that the other scenarios do to a service, one after another at random, while contracts come in for so long. */
export function soakScenario(minutes: number): Scenario {
  return {
    name: 'soak',
    run: async (bench) => {
      const program = installedRedis();
      if (!program) throw new Error('a soak needs redis-server: apt-get install redis-server');
      const redis = new RedisServer(program, await freePort());
      bench.workplace.atTheEnd(() => redis.stop());
      await redis.start();
      const extra = { REDIS_URL: redis.url };
      const world = await bench.worldWithServer('soak', { receiptsTo: 'api', extra });
      try {
        return [await soak({ bench, world, redis, minutes })];
      } finally {
        await world.end();
        await redis.stop();
      }
    },
  };
}

async function soak(given: {
  bench: Bench;
  world: World;
  redis: RedisServer;
  minutes: number;
}): Promise<Row> {
  const { bench, world, redis, minutes } = given;
  const running = new Map<string, Service>();
  let instance = {};
  const start = async (name: string) => {
    running.set(name, await world.start({ role: 'worker', name, extra: instance }));
  };
  const ground: Ground = { world, redis, running, start, random: randomBy(bench.seed) };
  const [first, ...others] = workers;
  await start(first ?? '');
  // The others belong to the instance of the first.
  instance = { CHORONG_INSTANCE: (await world.api.must<{ id: string }>('GET', '/instance')).id };
  await Promise.all(others.map(start));
  await world.play({ rules: faulty, seed: bench.seed, latencyMs: 60, receipts: { delayMs: 30 } });
  const struck = new Map<string, number>();
  const began = performance.now();
  while (secondsSince(began) < minutes * 60 && !bench.workplace.isLeft) {
    const names = Object.keys(strikes);
    const name = names[Math.floor(ground.random() * names.length)] ?? '';
    const registering = world.register('S', 3 + Math.floor(ground.random() * 15));
    await Promise.all([registering, sleep(ground.random() * 1000).then(() => strikes[name]?.(ground))]);
    struck.set(name, (struck.get(name) ?? 0) + 1);
  }
  await world.play({});
  const { seconds, tally } = await world.settle('S', 180);
  const counted = [...struck].map(([name, times]) => `${name} ${times}`).join(', ');
  return {
    fault: 'everything mixed',
    how: `for ${minutes} minutes: ${counted}`,
    tally,
    seconds,
    figure: `${await world.count('attempt')} attempts`,
    problems: [],
  };
}
