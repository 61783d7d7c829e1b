import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startWatched, type WatchedProcess } from '../../src/platform/embedded-postgres/programs.js';
import type { Bench, Row, Scenario } from '../faults/bench.js';
import { emptyRedis, installedRedis } from '../support/redis.js';
import { freePort, must, secondsSince, until } from '../faults/waiting.js';
import { startWorkers } from './machines.js';

const alerts = 300;

/** A Redis of several servers, of which one is killed while texts are sent: the queue only wakes workers, and has to come back. */
const kinds: { name: string; how: string; start: (bench: Bench, program: string) => Promise<Servers> }[] = [
  { name: 'Redis Sentinel', how: 'three sentinels, the master killed by kill -9', start: startSentinels },
  {
    name: 'Redis Cluster',
    how: 'three masters with a replica each, one master killed by kill -9',
    start: startCluster,
  },
];

interface Servers {
  url: string;
  /** Kills a master, and resolves when another has taken its place. */
  killMaster: () => Promise<void>;
}

export const redisScenarios: Scenario[] = kinds.map(({ name, how, start }) => ({
  name,
  run: async (bench) => {
    const program = installedRedis();
    if (!program) {
      process.stderr.write(`SKIPPED, as redis-server is not installed: ${name}\n`);
      return [];
    }
    const servers = await start(bench, program);
    const world = await bench.world({ extra: { REDIS_URL: servers.url }, receiptsTo: 'api' });
    try {
      const workers = await startWorkers(world, 2);
      await world.play({ latencyMs: 30 });
      const registering = world.register('R', alerts);
      await until(async () => (await world.count('attempt')) > alerts / 4, 30_000);
      const killed = performance.now();
      await servers.killMaster();
      const taken = secondsSince(killed);
      await registering;
      const { seconds, tally } = await world.settle('R', 90, killed);
      // What is registered after the fail-over is woken by the new master.
      const since = performance.now();
      await world.register('N', 20);
      const after = await world.settle('N', 60, since);
      const problems = workers.every(({ running }) => running) ? [] : ['a worker has ended'];
      const figure = `another master after ${taken.toFixed(1)} s; 20 texts after it in ${after.seconds.toFixed(1)} s`;
      const sum = (of: keyof typeof tally) => tally[of] + after.tally[of];
      const all = {
        alerts: sum('alerts'),
        texts: sum('texts'),
        lost: sum('lost'),
        doubled: sum('doubled'),
        unfinished: sum('unfinished'),
        strays: sum('strays'),
      };
      return [{ fault: name, how, tally: all, seconds, figure, problems }] satisfies Row[];
    } finally {
      await world.end();
    }
  },
}));

async function startSentinels(bench: Bench, program: string): Promise<Servers> {
  const [master, replica] = [await freePort(), await freePort()];
  const sentinels = [await freePort(), await freePort(), await freePort()];
  const first = await startServer(bench, program, master, []);
  await startServer(bench, program, replica, ['--replicaof', '127.0.0.1', String(master)]);
  for (const port of sentinels) {
    const file = join(folderOf(bench, port), 'sentinel.conf');
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folderOf(bench, port)}`,
      `sentinel monitor mymaster 127.0.0.1 ${master} 2`,
      ...['down-after-milliseconds mymaster 2000', 'failover-timeout mymaster 10000'].map(
        (line) => `sentinel ${line}`,
      ),
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    keep(bench, startWatched(program, [file, '--sentinel']));
    await answers(port);
  }
  const known = async () => {
    const said = await ask(sentinels[0] ?? 0, (client) => client.call('SENTINEL', 'MASTER', 'mymaster'));
    return (
      JSON.stringify(said).includes('"num-slaves","1"') &&
      JSON.stringify(said).includes('"num-other-sentinels","2"')
    );
  };
  await must('the sentinels know each other and the replica', known, 30_000);
  return {
    url: `redis+sentinel://${sentinels.map((port) => `127.0.0.1:${port}`).join(',')}/mymaster`,
    killMaster: async () => {
      await killServer(first);
      await must('the replica is master', () => isMaster(replica), 30_000);
    },
  };
}

async function startCluster(bench: Bench, program: string): Promise<Servers> {
  const ports = await Promise.all(Array.from({ length: 6 }, () => freePort()));
  const servers = await Promise.all(
    ports.map((port) =>
      startServer(bench, program, port, [
        '--cluster-enabled',
        'yes',
        '--cluster-node-timeout',
        '2000',
        '--cluster-port',
        String(port + 20_000),
        '--cluster-config-file',
        'nodes.conf',
      ]),
    ),
  );
  const nodes = await Promise.all(ports.map((port) => ask(port, (client) => client.cluster('MYID'))));
  const thirds = [0, 5461, 10923, 16384];
  for (const [n, port] of ports.entries()) {
    if (n < 3)
      await ask(port, (client) =>
        client.cluster('ADDSLOTSRANGE' as 'ADDSLOTS', thirds[n] ?? 0, (thirds[n + 1] ?? 0) - 1),
      );
    await ask(port, (client) =>
      client.call('CLUSTER', 'MEET', '127.0.0.1', ports[0] ?? 0, (ports[0] ?? 0) + 20_000),
    );
  }
  const isWhole = (port: number) =>
    ask(port, async (client) => {
      const info = String(await client.cluster('INFO'));
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:6');
    });
  const areWhole = async () => (await Promise.all(ports.map(isWhole))).every(Boolean);
  await must('the cluster is whole', areWhole, 60_000);
  for (const n of [3, 4, 5])
    await ask(ports[n] ?? 0, (client) => client.cluster('REPLICATE', nodes[n - 3] as string));
  // The queue lives in the slot of one word, and so on one of the masters: that one is killed.
  const slot = await ask(ports[0] ?? 0, (client) => client.cluster('KEYSLOT', 'chorong'));
  const holder = thirds.findIndex((_, n) => slot < (thirds[n + 1] ?? 0));
  const linked = () =>
    ask(ports[holder + 3] ?? 0, async (client) =>
      JSON.stringify(await client.role()).includes('"connected"'),
    );
  await must('the replica follows its master', linked, 60_000);
  return {
    url: `redis+cluster://${ports.map((port) => `127.0.0.1:${port}`).join(',')}`,
    killMaster: async () => {
      await killServer(servers[holder]);
      await must('the replica is master', () => isMaster(ports[holder + 3] ?? 0), 60_000);
    },
  };
}

interface Server {
  port: number;
  process: WatchedProcess;
}

async function startServer(bench: Bench, program: string, port: number, args: string[]): Promise<Server> {
  const process = startWatched(program, [...emptyRedis(port), '--dir', folderOf(bench, port), ...args]);
  keep(bench, process);
  await answers(port);
  return { port, process };
}

async function killServer(server: Server | undefined): Promise<void> {
  if (!server) throw new Error('there is no such server');
  const info = String(await ask(server.port, (client) => client.info('server')));
  process.kill(Number(/process_id:(\d+)/.exec(info)?.[1]), 'SIGKILL');
  await server.process.exited;
}

function folderOf(bench: Bench, port: number): string {
  const folder = join(bench.workplace.folder, `redis-${port}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function keep(bench: Bench, process: WatchedProcess): void {
  bench.workplace.atTheEnd(() => process.stop());
}

async function answers(port: number): Promise<void> {
  const pings = () =>
    ask(port, (client) => client.ping()).then(
      () => true,
      () => false,
    );
  await must(`Redis answers at ${port}`, pings, 20_000);
}

/** One that is being promoted closes the connections of its clients: it is asked again. */
async function isMaster(port: number): Promise<boolean> {
  const role = await ask(port, (client) => client.role()).catch(() => null);
  return JSON.stringify(role).includes('"master"');
}

async function ask<T>(port: number, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await question(client);
  } finally {
    client.disconnect();
  }
}
