// What the measurements stand on: servers of the bench's own on free ports, processes of the built service, the fake
// provider, and the meters. Everything ends with the bench, in whatever way that ends.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startEmbeddedPostgres } from '../dist/src/platform/embedded-postgres/embedded-postgres.js';
import { startWatched } from '../dist/src/platform/embedded-postgres/programs.js';
import { Sealer } from '../dist/src/platform/sealing/sealer.js';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Made up; the shape is Twilio's. */
export const account = {
  sid: `AC${'0123456789abcdef'.repeat(2)}`,
  token: 'fedcba9876543210'.repeat(2),
  from: '+12125550100',
};

const cleanUps = [];

/** Takes something away when the work on the ground is over, in the reverse of the order in which it came. */
export function atTheEnd(cleanUp) {
  cleanUps.push(cleanUp);
}

/** Runs work in a folder of its own, and takes away all that it started. */
export async function onGround(work) {
  const folder = mkdtempSync(join(tmpdir(), 'chorong-bench-'));
  // As root, PostgreSQL runs as another user, who has to pass through.
  chmodSync(folder, 0o711);
  const leave = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse())
      await cleanUp().catch((error) => console.error(String(error)));
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void leave().finally(() => process.exit(130)));
  try {
    return await work(folder);
  } finally {
    await leave();
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Asks until the answer is true. Throws after `limitMs`. */
export async function must(what, condition, limitMs = 60_000, everyMs = 20) {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await sleep(everyMs);
  }
}

/** The embedded PostgreSQL with the settings of production, and with `pg_stat_statements` loaded, which counts when it is asked to. */
export async function startPostgres(folder) {
  const dataDir = join(folder, 'postgres');
  mkdirSync(dataDir);
  let server = await startEmbeddedPostgres({ dataDir, durability: 'safe' });
  const run = async (...statements) => {
    const client = new pg.Client({ connectionString: server.superuserUrl });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await run(
    `ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`,
    `ALTER SYSTEM SET "pg_stat_statements.track" = 'none'`,
  );
  await server.stop();
  server = await startEmbeddedPostgres({ dataDir, durability: 'safe' });
  cleanUps.push(async () => {
    await server.stop();
    if (!server.dataPath.startsWith(folder))
      rmSync(dirname(server.dataPath), { recursive: true, force: true });
  });
  const at = (url, database) => Object.assign(new URL(url), { pathname: `/${database}` }).href;
  return {
    run,
    urls: (database) => ({
      owner: at(server.ownerUrl, database),
      app: at(server.appUrl, database),
      superuser: at(server.superuserUrl, database),
    }),
    pid: Number(readFileSync(join(server.dataPath, 'postmaster.pid'), 'utf8').split('\n')[0]),
  };
}

export async function startRedis(folder) {
  const port = await freePort();
  const server = startWatched('/usr/bin/env', [
    'redis-server',
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxmemory-policy',
    'noeviction',
  ]);
  cleanUps.push(() => server.stop());
  await must('redis-server answers', async () => {
    if (server.exitCode !== null) throw new Error('redis-server does not start: is it installed?');
    const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: null });
    client.on('error', () => undefined);
    const answer = await client.ping().catch(() => null);
    client.disconnect();
    return answer === 'PONG';
  });
  const memory = async () => {
    const client = new Redis(port, '127.0.0.1');
    const info = await client.info('memory');
    client.disconnect();
    return Number(/used_memory:(\d+)/.exec(info)[1]);
  };
  const { stdout } = spawnSync('pgrep', ['-f', `redis-server.*:${port}`]);
  return { url: `redis://127.0.0.1:${port}`, port, pid: Number(stdout.toString().split('\n')[0]), memory };
}

/** The fake provider as a process of its own. */
export async function startProvider() {
  const child = spawn(process.execPath, [join(root, 'bench/provider.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface(child.stdout), 'line');
  cleanUps.push(async () => {
    child.stdin.end();
    await once(child, 'exit');
  });
  const post = async (path, body = '') =>
    void (await (await fetch(url + path, { method: 'POST', body })).text());
  return {
    url,
    pid: child.pid,
    count: async () => Number(await (await fetch(`${url}/count`)).text()),
    ledger: async () => (await fetch(`${url}/ledger`)).json(),
    forget: () => post('/forget'),
    answerAfter: (ms) => post('/latency', String(ms)),
  };
}

/** The secrets and the settings that all processes of the service on one database have in common. */
export function makeSecrets() {
  const sealing = randomBytes(32);
  const index = randomBytes(32);
  return {
    sealing: sealing.toString('base64'),
    index: index.toString('base64'),
    sealer: new Sealer({ sealing: [{ id: 'bench', key: sealing }], index }),
    apiKey: `chr_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`,
    environment: {
      CHORONG_SEALING_KEYS: `bench:${sealing.toString('base64')}`,
      CHORONG_INDEX_KEY: index.toString('base64'),
    },
  };
}

/** One process of the built service, as production starts it. Resolves when it is ready. */
export async function startService({ folder, name, environment }) {
  const port = await freePort();
  const dataDir = join(folder, name);
  mkdirSync(dataDir, { recursive: true });
  const logPath = join(folder, `${name}.log`);
  const child = spawn(
    process.execPath,
    [
      // As `npm start` has it.
      '--max-semi-space-size=64',
      ...(process.env.BENCH_NODE_ARGS?.split(' ') ?? []),
      '--import',
      join(root, 'test/faults/ends-with-runner.mjs'),
      join(root, 'dist/src/main.js'),
    ],
    {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: String(port),
        CHORONG_DATA_DIR: dataDir,
        PUBLIC_URL: `http://127.0.0.1:${port}`,
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const log = createWriteStream(logPath);
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  cleanUps.push(stop);
  await must(`the service is ready (${name})`, async () => {
    if (child.exitCode !== null)
      throw new Error(`the service ended:\n${readFileSync(logPath, 'utf8').slice(-3000)}`);
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    return answer?.ok;
  });
  return {
    url,
    pid: child.pid,
    stop,
    peakMb: () => peakMb(child.pid),
    log: () => readFileSync(logPath, 'utf8'),
  };
}

const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK']).stdout.toString());

/** Returns user and system time of a process, and of the children that it has waited for, in microseconds. */
function cpuOf(pid) {
  let fields;
  try {
    fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
  } catch {
    return { ppid: 0, own: 0, children: 0 };
  }
  const us = (field) => (Number(fields[field]) * 1e6) / ticksPerSecond;
  return { ppid: Number(fields[1]), own: us(11) + us(12), children: us(13) + us(14) };
}

/** The most memory that a process has had, in megabytes. */
export function peakMb(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Processor time in microseconds that processes have used: a server's is that of all its processes, those that ended too. */
export function cpuUs({ processes = [], servers = [] }) {
  let sum = 0;
  for (const pid of processes) sum += cpuOf(pid).own;
  if (servers.length === 0) return sum;
  for (const pid of servers) {
    const { own, children } = cpuOf(pid);
    sum += own + children;
  }
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const { ppid, own } = cpuOf(name);
    if (servers.includes(ppid)) sum += own;
  }
  return sum;
}

/** Processor time in microseconds that everything on the machine has used. */
export function machineUs() {
  const [, user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n')[0]
    .split(/\s+/)
    .map(Number);
  return ((user + nice + system + irq + softirq + steal) * 1e6) / ticksPerSecond;
}

/** Bytes of its log that PostgreSQL has written so far. */
export async function walBytes(pool) {
  const { rows } = await pool.query(`SELECT (pg_current_wal_lsn() - '0/0')::float8 AS bytes`);
  return rows[0].bytes;
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
