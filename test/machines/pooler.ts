import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startWatched } from '../../src/platform/embedded-postgres/programs.js';
import type { Bench, Row, Scenario } from '../faults/bench.js';
import { RedisServer } from '../faults/queue.js';
import { installedRedis } from '../support/redis.js';
import { freePort, until } from '../faults/waiting.js';
import type { World } from '../faults/world.js';
import { startWorkers } from './machines.js';

const alerts = 400;

/**
 * Two workers and the API share few connections to PostgreSQL, each for the length of a transaction, by deploy/pgbouncer.ini. A queue
 * in PostgreSQL keeps a connection, and so goes past the pooler.
 */
export const poolerScenarios: Scenario[] = ['Redis', 'PostgreSQL'].map((queue) => ({
  name: `pooler, queue in ${queue}`,
  run: async (bench) => {
    const program = installedPooler();
    const redis = queue === 'Redis' ? await startRedis(bench) : null;
    if (!program || (queue === 'Redis' && !redis)) {
      process.stderr.write(
        `SKIPPED, as pgbouncer or redis-server is not installed: pooler, queue in ${queue}\n`,
      );
      return [];
    }
    const port = await freePort();
    const world = await bench.world({
      extra: redis ? { REDIS_URL: redis.url } : {},
      receiptsTo: 'api',
      through: (url) => startPooler(bench, program, port, url),
    });
    try {
      return [await killOne(world, `PgBouncer ${versionOf(program)}, queue in ${queue}`, redis === null)];
    } finally {
      await world.end();
    }
  },
}));

async function startRedis(bench: Bench): Promise<RedisServer | null> {
  const program = installedRedis();
  if (!program) return null;
  const redis = new RedisServer(program, await freePort());
  bench.workplace.atTheEnd(() => redis.stop());
  await redis.start();
  return redis;
}

async function killOne(world: World, what: string, isDirect: boolean): Promise<Row> {
  const workers = await startWorkers(world, 2, isDirect ? { DATABASE_DIRECT_URL: world.urls.app } : {});
  await world.play({ latencyMs: 30 });
  const since = performance.now();
  await world.register('P', alerts);
  await until(async () => (await world.count('attempt')) > alerts / 3, 30_000);
  const pooled = await world.count(
    `pg_stat_activity WHERE usename = 'chorong_app' AND datname = current_database() AND application_name = 'chorong'`,
  );
  await workers[0]?.kill();
  const { seconds, tally } = await world.settle('P', 90, since);
  const problems = workers.flatMap(({ log }) =>
    /the queue is not reachable|prepared statement/.test(log())
      ? ['something needs a connection of its own']
      : [],
  );
  const how = `${alerts} texts, 2 workers, one killed by kill -9`;
  return { fault: what, how, tally, seconds, figure: `${pooled} connections to PostgreSQL`, problems };
}

/** Starts PgBouncer by the file of the deployment, and returns the address at which the database is found behind it. */
function startPooler(bench: Bench, program: string, port: number, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const folder = join(bench.workplace.folder, `pooler-${port}`);
  mkdirSync(folder);
  const files = {
    'users.txt': `"${decodeURIComponent(url.username)}" "${decodeURIComponent(url.password)}"\n`,
    'pgbouncer.ini': `${readFileSync('deploy/pgbouncer.ini', 'utf8')
      .replace(
        'chorong = host=postgres port=5432',
        `${url.pathname.slice(1)} = host=${url.hostname} port=${url.port}`,
      )
      .replace('listen_addr = *', 'listen_addr = 127.0.0.1\nunix_socket_dir =')
      .replace('listen_port = 6432', `listen_port = ${port}`)
      .replace('/etc/pgbouncer/users.txt', join(folder, 'users.txt'))
      .replace('default_pool_size = 20', 'default_pool_size = 8')}logfile = ${folder}/pgbouncer.log\n`,
  };
  // It refuses to run as root.
  const nobody = process.geteuid?.() === 0 ? bench.server.user() : null;
  if (nobody) chownSync(folder, nobody.uid, nobody.gid);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    if (nobody) chownSync(join(folder, name), nobody.uid, nobody.gid);
  }
  const pooler = startWatched(program, [join(folder, 'pgbouncer.ini')], { user: nobody });
  bench.workplace.atTheEnd(() => pooler.stop());
  return Object.assign(url, { port: String(port) }).href;
}

function installedPooler(): string | null {
  const { stdout } = spawnSync('/bin/sh', ['-c', 'command -v pgbouncer'], { encoding: 'utf8' });
  return stdout.trim() || null;
}

function versionOf(program: string): string {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return /PgBouncer (\S+)/.exec(stdout)?.[1] ?? 'of unknown version';
}
