import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Bench } from '../faults/bench.js';
import type { Tally } from '../faults/ledger.js';
import { RedisServer } from '../faults/queue.js';
import { installedRedis } from '../support/redis.js';
import { freePort, must, secondsSince } from '../faults/waiting.js';
import type { World } from '../faults/world.js';
import { countsText, startFlood } from './flood.js';
import { Probe, signIn, watch } from './watch.js';

/** Seconds that each outage lasts. */
const outageSeconds = 8;

export interface OutageRow {
  outage: string;
  /** By probe: what was answered while it lasted. */
  seen: Record<string, string>;
  flood: string;
  /** Seconds from its end until everything answered 200 again. */
  back: number | null;
  tally: Tally | null;
  problems: string[];
}

export interface Outage {
  name: string;
  run(bench: Bench): Promise<OutageRow | null>;
}

/** Each begins in a world where texts are under way, and returns what ends it. */
type Begin = (world: World) => Promise<() => Promise<void>>;

const database: Outage = {
  name: 'database away',
  run: async (bench) => {
    const world = await bench.worldWithServer('away', { receiptsTo: 'api' });
    return inOutage('database away', world, async () => {
      await world.server.crash('SIGQUIT');
      return () => world.server.restart();
    });
  },
};

const pool: Outage = {
  name: 'pool taken',
  run: async (bench) =>
    inOutage('pool taken: tables locked', await bench.world({ receiptsTo: 'api' }), async (world) => {
      const client = new pg.Client(world.urls.superuser);
      await client.connect();
      await client.query(
        'BEGIN; LOCK TABLE setting, session, api_key, contract, alert, message IN ACCESS EXCLUSIVE MODE',
      );
      return () => client.end();
    }),
};

const redis: Outage = {
  name: 'Redis away',
  run: async (bench) => {
    const program = installedRedis();
    if (!program) return skipped('Redis away', 'redis-server is not installed');
    const server = new RedisServer(program, await freePort());
    bench.workplace.atTheEnd(() => server.stop());
    await server.start();
    const world = await bench.world({ extra: { REDIS_URL: server.url }, receiptsTo: 'api' });
    return inOutage('Redis away', world, async () => {
      await server.stop();
      return () => server.start();
    });
  },
};

const disk: Outage = {
  name: 'disk full',
  run: async (bench) => {
    const folder = join(bench.workplace.folder, 'postgres-small');
    mkdirSync(folder);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600m,mode=0711', 'tmpfs', folder]);
    if (mounted.status !== 0) return skipped('disk full', 'only root may mount a small disk');
    bench.workplace.atTheEnd(() => void spawnSync('umount', ['-l', folder]));
    const world = await bench.worldWithServer('small/disk', { receiptsTo: 'api' });
    return inOutage('disk full under the database', world, () => {
      const filler = join(folder, 'filler');
      fill(filler);
      return Promise.resolve(async () => {
        rmSync(filler);
        // PostgreSQL may have ended for want of room for its log; whoever runs it starts it again.
        if (!(await world.server.answers())) await world.server.restart();
      });
    });
  },
};

const provider: Outage = {
  name: 'provider mute',
  run: async (bench) =>
    inOutage(
      'provider mute: no call is answered',
      await bench.world({ receiptsTo: 'api' }),
      async (world) => {
        await world.play({ rules: [{ behaviour: { kind: 'hang', accept: true } }], list: { hang: true } });
        return () => world.play({});
      },
    ),
};

export const outages: Outage[] = [database, pool, redis, disk, provider];

function skipped(name: string, why: string): null {
  process.stderr.write(`SKIPPED, as ${why}: ${name}\n`);
  return null;
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  for (const size of [1_048_576, 4096]) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size));
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOSPC') throw error;
    }
  }
  closeSync(file);
}

/** Texts are under way, strangers flood the pages, people and programs go on asking: the outage begins, lasts, and ends. */
async function inOutage(outage: string, world: World, begin: Begin): Promise<OutageRow> {
  const worker = await world.start({ role: 'worker' });
  const url = world.api.url;
  const cookie = await signIn(world, url);
  const key = { authorization: `Bearer ${world.api.key}` };
  const department = () => ({ code: randomBytes(4).toString('hex').toUpperCase(), name: '도로과' });
  const probes = [
    new Probe('API', `${url}/api/v1/departments`, key),
    new Probe(
      'API, writing',
      `${url}/api/v1/departments`,
      { ...key, 'content-type': 'application/json' },
      department,
    ),
    new Probe('pages', `${url}/console`, { cookie }),
    new Probe('public pages', `${url}/genuine`),
    new Probe('API ready', `${url}/health/ready`),
    new Probe('worker ready', `${worker.url}/health/ready`),
  ];
  const live = [
    new Probe('API live', `${url}/health/live`),
    new Probe('worker live', `${worker.url}/health/live`),
  ];
  const endFlood = startFlood(url, { parallel: 24 });
  try {
    await world.register('O', 20);
    const end = await begin(world);
    const began = performance.now();
    const registering = world.register('O', 20);
    const endWatch = watch([...probes, ...live]);
    await sleep(outageSeconds * 1000);
    const seen = Object.fromEntries([...probes, ...live].map((probe) => [probe.name, probe.text]));
    await end();
    const since = performance.now();
    // What waited for somebody's lock is answered now.
    await endWatch();
    await must(
      'everything answers again',
      async () => (await Promise.all(probes.map((probe) => probe.ask()))).every(Boolean),
      60_000,
    );
    const back = secondsSince(since);
    await registering;
    const flood = countsText(await endFlood());
    const { tally } = await world.settle('O', 90, began);
    const problems = [...new Set([...probes, ...live].flatMap((probe) => probe.problems))];
    if (!worker.running) problems.push('the worker ended');
    if (live.some(({ statuses }) => statuses.size !== 1 || !statuses.has('200')))
      problems.push('not always alive');
    return { outage, seen, flood, back, tally, problems };
  } finally {
    await world.end();
  }
}
