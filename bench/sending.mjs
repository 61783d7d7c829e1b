// `npm run bench -- sending`: full sends of the built service against bare undici, contenders in turn in one run.
//
// A database is filled with contracts whose alert is due, all in one transaction, and the worker processes that stand by
// find them by their own tick. So a figure covers what sending a text takes: decrypting, rendering, counting, claim, attempt,
// call, outcome and proof. The provider's ledger says at the end that every text came once.
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Pool } from 'undici';
import { Api } from './api.mjs';
import { Prototype } from './fill.mjs';
import {
  account,
  cpuUs,
  makeSecrets,
  median,
  must,
  onGround,
  startPostgres,
  startProvider,
  startRedis,
  startService,
  walBytes,
} from './ground.mjs';

export const sendingOptions = {
  messages: { type: 'string', default: '12000' },
  warmup: { type: 'string', default: '4000' },
  rounds: { type: 'string', default: '3' },
  latency: { type: 'string', default: '0' },
  workers: { type: 'string', default: '1' },
  planned: { type: 'string', default: '0' },
  concurrency: { type: 'string', default: '200' },
  /** `redis` or `postgres`. */
  queue: { type: 'string', default: 'redis' },
  /** Statistics are made after each fill; without it the service has to do by itself. */
  analyze: { type: 'boolean', default: false },
  /** Shows the statements of one more round. */
  statements: { type: 'boolean', default: true },
  json: { type: 'boolean', default: false },
};

export async function main(args) {
  const { values } = parseArgs({ args, options: sendingOptions, allowNegative: true });
  const wish = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, /^\d+$/.test(value) ? Number(value) : value]),
  );
  const result = await onGround((folder) => measureSending(folder, wish));
  if (wish.json) process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
}

/** A migrated database with one department and prototypes of contracts, and what opens it. */
export async function makeCity(folder, postgres, { departments = 1 } = {}) {
  const secrets = makeSecrets();
  const urls = postgres.urls('chorong');
  const provider = await startProvider();
  const environment = {
    ...secrets.environment,
    ...{ DATABASE_URL: urls.app, BOOTSTRAP_API_KEY: secrets.apiKey, ALLOW_FICTIONAL_NUMBERS: 'true' },
    ...{ SMS_PROVIDER: 'twilio', TWILIO_BASE_URL: provider.url, TWILIO_ACCOUNT_SID: account.sid },
    ...{ TWILIO_AUTH_TOKEN: account.token, TWILIO_FROM: account.from },
  };
  const service = await startService({
    folder,
    name: 'api',
    environment: { ...environment, CHORONG_ROLE: 'api', DATABASE_OWNER_URL: urls.owner },
  });
  const api = new Api(service.url, secrets.apiKey);
  const departmentIds = await api.setUp(departments);
  const due = await api.registerDue(departmentIds[0], 'P-DUE');
  const planned = await api.registerPlanned(departmentIds[0], 'P-PLANNED');
  const pool = new pg.Pool({ connectionString: urls.superuser, max: 2 });
  pool.on('error', () => undefined);
  const client = new pg.Client({ connectionString: urls.superuser });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  return {
    ...{ secrets, urls, provider, environment, service, api, departmentIds, pool, client },
    due: await Prototype.of(client, secrets.sealer, due.id),
    planned: await Prototype.of(client, secrets.sealer, planned.id),
  };
}

/** Contracts whose alerts fall due months from now, in transactions of at most 50,000. Returns how many alerts there are. */
export async function fillPlanned(city, alerts) {
  const contracts = Math.ceil(alerts / city.planned.alerts);
  for (let from = 0; from < contracts; from += 50_000) {
    await city.planned.copy(Math.min(50_000, contracts - from), { prefix: 'L', from });
    if (contracts > 50_000) console.error(`  ${from + 50_000} of ${contracts} planned contracts`);
  }
  return contracts * city.planned.alerts;
}

export async function measureSending(folder, wish) {
  const postgres = await startPostgres(folder);
  const redis = wish.queue === 'redis' ? await startRedis(folder) : null;
  const city = await makeCity(folder, postgres);
  await city.service.stop();
  await city.provider.answerAfter(wish.latency);
  const planned = wish.planned > 0 ? await fillPlanned(city, wish.planned) : 0;
  if (wish.planned > 100_000) await city.pool.query('CHECKPOINT');
  const workers = [];
  for (let n = 1; n <= wish.workers; n += 1) {
    workers.push(
      await startService({
        folder,
        name: `worker-${n}`,
        environment: {
          ...city.environment,
          ...{ CHORONG_ROLE: 'worker', SMS_RATE: '10000', SMS_CONCURRENCY: String(wish.concurrency) },
          ...(redis ? { REDIS_URL: redis.url } : {}),
          ...(process.env.BENCH_WORKER_ENV ? JSON.parse(process.env.BENCH_WORKER_ENV) : {}),
        },
      }),
    );
  }
  // The prototype is due too, and goes first.
  await must(
    'the first text is sent',
    async () => (await city.provider.count()) === 1 && (await isSettled(city.pool)),
  );
  const bench = { city, postgres, workers, wish, sent: 1 };
  const rounds = [];
  await undiciRound(city.provider, Math.min(wish.warmup, 4000), wish.concurrency);
  await serviceRound(bench, wish.warmup);
  for (let n = 0; n < wish.rounds; n += 1) {
    const bare = await undiciRound(city.provider, wish.messages, wish.concurrency);
    const full = await serviceRound(bench, wish.messages);
    rounds.push({ bare, full });
    print(n + 1, bare, full);
  }
  const result = { wish, planned, rounds, ...summary(rounds) };
  console.error(
    `median: service ${result.full.perSecond}/s, ${result.full.cpuUs} µs a message (Node ${result.full.nodeUs}, PostgreSQL ${result.full.postgresUs}); ` +
      `undici ${result.bare.perSecond}/s, ${result.bare.cpuUs} µs; ratio ${result.ratio.toFixed(3)}, CPU × ${result.cpuRatio.toFixed(1)}; last round ÷ first in CPU ${result.growth.toFixed(2)}`,
  );
  if (wish.statements) result.statements = await statementsOf(bench);
  await mustBeWhole(bench);
  await city.client.end();
  await city.pool.end();
  return result;
}

/** Bare calls as fast as they go, with what the service posts and what it reads of the answer. */
export async function undiciRound(provider, count, concurrency) {
  await provider.forget();
  const pool = new Pool(provider.url, { connections: concurrency, pipelining: 1 });
  const headers = {
    authorization: `Basic ${Buffer.from(`${account.sid}:${account.token}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const path = `/2010-04-01/Accounts/${account.sid}/Messages.json`;
  let next = 0;
  const before = { at: performance.now(), cpu: process.cpuUsage() };
  const caller = async () => {
    while (next < count) {
      const n = next++;
      const body = new URLSearchParams({
        ...{ To: `+82100000${String(n % 10_000).padStart(4, '0')}`, From: account.from },
        Body: `[한빛시] 중앙로 보도정비공사(U-${n}) 계약 체결을 축하드립니다. 부당한 요구를 받으시면 청렴포털로 알려 주십시오.`,
        StatusCallback: `http://127.0.0.1:3000/api/v1/webhooks/twilio/status?attempt=0199a000-0000-7000-8000-${String(n).padStart(12, '0')}`,
        ...{ ValidityPeriod: '14400', SmartEncoded: 'false' },
      });
      const answer = await pool.request({ path, method: 'POST', headers, body: body.toString() });
      const { sid } = await answer.body.json();
      if (answer.statusCode !== 201 || !sid) throw new Error(`the provider answered ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const seconds = (performance.now() - before.at) / 1000;
  const { user, system } = process.cpuUsage(before.cpu);
  await pool.close();
  if ((await provider.count()) !== count) throw new Error('the provider has not received each call once');
  return { perSecond: Math.round(count / seconds), cpuUs: (user + system) / count };
}

/** Makes `count` alerts due at once, and waits until each is sent and settled. */
export async function serviceRound(bench, count) {
  const { city, postgres, workers, wish } = bench;
  await city.provider.forget();
  const { made } = await city.due.copy(count, { prefix: `S${bench.sent}`, from: bench.sent });
  const at = performance.now();
  bench.sent += count;
  const before = metersOf(bench);
  const wal = await walBytes(city.pool);
  if (wish.analyze) await city.pool.query('ANALYZE');
  await must('all are sent', async () => (await city.provider.count()) >= count, 300_000, 20);
  await must('all are settled', () => isSettled(city.pool), 60_000, 10);
  const settledAt = performance.now();
  const after = metersOf(bench);
  const written = (await walBytes(city.pool)) - wal;
  const ledger = await city.provider.ledger();
  mustBeOnce(ledger, made);
  const first = ledger[0].at - performance.timeOrigin;
  const perMessage = (value) => value / count;
  const nodeUs = perMessage(after.node - before.node);
  const postgresUs = perMessage(after.postgres - before.postgres);
  return {
    perSecond: Math.round((count / (settledAt - first)) * 1000),
    ...{ nodeUs, postgresUs, cpuUs: nodeUs + postgresUs },
    walBytes: perMessage(written),
    firstAfterMs: first - at,
    workers: workers.length,
  };

  function metersOf() {
    return {
      node: cpuUs({ processes: workers.map(({ pid }) => pid) }),
      postgres: cpuUs({ servers: [postgres.pid] }),
    };
  }
}

async function isSettled(pool) {
  const { rows } = await pool.query(
    `SELECT EXISTS (SELECT 1 FROM message WHERE status NOT IN ('accepted', 'sent', 'delivered')) AS open`,
  );
  return !rows[0].open;
}

/** Throws unless the provider holds one text for each alert, to its number and of its contract, and none beside. */
export function mustBeOnce(ledger, expected) {
  const held = new Map();
  for (const { to, body } of ledger) {
    const reference = /[A-Z]\d*-\d{7}/.exec(body)?.[0];
    const key = `${reference} ${to}`;
    held.set(key, (held.get(key) ?? 0) + 1);
  }
  const lost = expected.filter(({ reference, number }) => !held.has(`${reference} ${number}`)).length;
  const doubled = [...held.values()].filter((times) => times > 1).length;
  if (lost > 0 || doubled > 0 || ledger.length !== expected.length) {
    throw new Error(
      `the ledger is wrong: ${ledger.length} texts for ${expected.length} alerts, ${lost} lost, ${doubled} doubled; for example ${JSON.stringify(ledger[0])} and ${JSON.stringify(expected[0])}`,
    );
  }
}

/** The database's own account: as many messages and accepted attempts as were sent. */
async function mustBeWhole({ city, sent }) {
  const { rows } = await city.pool.query(
    `SELECT (SELECT count(*)::int FROM message WHERE status IN ('accepted', 'sent', 'delivered')) AS messages,
            (SELECT count(*)::int FROM attempt) AS attempts`,
  );
  if (rows[0].messages !== sent || rows[0].attempts !== sent) {
    throw new Error(`of ${sent} messages the database has ${JSON.stringify(rows[0])}`);
  }
}

/** One more round, in which PostgreSQL counts its statements. The figures of the rounds before are free of that. */
async function statementsOf(bench) {
  const { city, postgres, wish } = bench;
  const track = (what) =>
    postgres.run(`ALTER SYSTEM SET "pg_stat_statements.track" = '${what}'`, 'SELECT pg_reload_conf()');
  await track('top');
  await city.pool.query('SELECT pg_stat_statements_reset()');
  const count = Math.min(wish.messages, 6000);
  const round = await serviceRound(bench, count);
  const { rows } = await city.pool.query(
    `SELECT regexp_replace(query, '\\s+', ' ', 'g') AS query, calls::int, rows::int, plans::int,
            total_exec_time AS ms, (shared_blks_hit + shared_blks_read)::int AS blocks, wal_bytes::float8 AS wal
     FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND userid = 'chorong_app'::regrole
     ORDER BY total_exec_time DESC`,
  );
  await track('none');
  const perMessage = (column) => rows.reduce((sum, row) => sum + row[column], 0) / count;
  const total = {
    ...{ usPerMessage: perMessage('ms') * 1000, callsPerMessage: perMessage('calls') },
    ...{ blocksPerMessage: perMessage('blocks'), walPerMessage: perMessage('wal') },
  };
  console.error(
    `\nall statements of a message: ${total.usPerMessage.toFixed(0)} µs by the clock, ${total.callsPerMessage.toFixed(3)} calls, ` +
      `${total.blocksPerMessage.toFixed(0)} blocks touched, ${total.walPerMessage.toFixed(0)} bytes of WAL`,
  );
  const shown = rows.slice(0, 25).map((row) => ({
    ...{
      usPerMessage: (row.ms * 1000) / count,
      calls: row.calls,
      rows: row.rows,
      usPerCall: (row.ms * 1000) / row.calls,
    },
    ...{ blocksPerMessage: row.blocks / count, walPerMessage: row.wal / count, query: row.query },
  }));
  console.error('  µs/msg   calls    rows  µs/call  blks/msg  WAL/msg  statement');
  for (const row of shown) {
    const cells = [
      row.usPerMessage.toFixed(1).padStart(8),
      String(row.calls).padStart(7),
      String(row.rows).padStart(7),
      row.usPerCall.toFixed(0).padStart(8),
      row.blocksPerMessage.toFixed(1).padStart(9),
      row.walPerMessage.toFixed(0).padStart(8),
    ];
    console.error(`${cells.join(' ')}  ${row.query.slice(0, 150)}`);
  }
  return { round, total, shown };
}

function summary(rounds) {
  const of = (contender) =>
    Object.fromEntries(
      Object.keys(rounds[0][contender]).map((name) => [
        name,
        rounded(median(rounds.map((round) => round[contender][name]))),
      ]),
    );
  const bare = of('bare');
  const full = of('full');
  return {
    ...{ bare, full, ratio: full.perSecond / bare.perSecond, cpuRatio: full.cpuUs / bare.cpuUs },
    growth: rounds.at(-1).full.cpuUs / rounds[0].full.cpuUs,
  };
}

function rounded(value) {
  return Math.round(value * 10) / 10;
}

function print(n, bare, full) {
  console.error(
    `round ${n}: service ${full.perSecond}/s, CPU ${full.cpuUs.toFixed(0)} µs (Node ${full.nodeUs.toFixed(0)}, PostgreSQL ${full.postgresUs.toFixed(0)}), ` +
      `WAL ${full.walBytes.toFixed(0)} B, first after ${full.firstAfterMs.toFixed(0)} ms; ` +
      `undici ${bare.perSecond}/s, ${bare.cpuUs.toFixed(0)} µs; ratio ${(full.perSecond / bare.perSecond).toFixed(3)}`,
  );
}
