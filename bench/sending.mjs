// `npm run bench -- sending`: full sends of the built service beside its peers, contenders in turn in one run.
//
// A database is filled with contracts whose alert is due, all in one transaction, and the worker processes that stand by
// find them by their own tick. So a figure covers what sending a text takes: decrypting, rendering, counting, claim, attempt,
// call, outcome and proof. The provider's ledger says after each round that every text came once.
import { Pool } from 'undici';
import { makeCity } from './city.mjs';
import {
  account,
  cpuUs,
  machineUs,
  median,
  must,
  startPostgres,
  startRedis,
  startService,
  walBytes,
} from './ground.mjs';
import { peerKinds, startPeer } from './peers.mjs';

export const options = {
  messages: 12_000,
  /** Fewer measure the compiler. */
  warmup: 4000,
  rounds: 3,
  latency: 0,
  workers: 1,
  /** Alerts that fall due in months. */
  planned: 0,
  concurrency: 200,
  /** `redis` or `postgres`. */
  queue: 'redis',
  /** `all`, or some of floor, graphile, pg-boss and first, with commas. */
  peers: 'none',
  /** Statistics are made after each fill; without it the service has to do by itself. */
  analyze: false,
  /** Shows the statements of one more round. */
  statements: true,
};

/** The first version is so slow that it sends this part of the others' number. */
const share = { first: 1 / 8 };

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  const redis = wish.queue === 'redis' || wish.peers !== 'none' ? await startRedis(folder) : null;
  const city = await makeCity(folder, postgres);
  await city.service.stop();
  await city.provider.answerAfter(wish.latency);
  const planned = wish.planned > 0 ? await city.fillPlanned(wish.planned) : 0;
  if (planned > 100_000) await city.pool.query('CHECKPOINT');
  const service = await startWorkers(folder, city, wish, redis);
  const kinds = wish.peers === 'all' ? peerKinds : wish.peers === 'none' ? [] : wish.peers.split(',');
  const peers = [];
  for (const kind of kinds) {
    const { provider, secrets } = city;
    peers.push(await startPeer(kind, { postgres, redis, provider, secrets, concurrency: wish.concurrency }));
  }
  const bench = { postgres, redis: wish.queue === 'redis' ? redis : null, provider: city.provider, wish };
  const contenders = [service, ...peers];

  await undiciRound(bench, Math.min(wish.warmup, 4000));
  for (const contender of contenders)
    await round(bench, contender, (share[contender.name] ?? 1) * wish.warmup);
  const rounds = [];
  for (let n = 1; n <= wish.rounds; n += 1) {
    const figures = { undici: await undiciRound(bench, wish.messages) };
    print(n, 'undici', figures.undici);
    for (const contender of contenders) {
      figures[contender.name] = await round(bench, contender, (share[contender.name] ?? 1) * wish.messages);
      print(n, contender.name, figures[contender.name], figures.undici);
    }
    rounds.push(figures);
  }
  const result = { ...summary(rounds), planned, rounds };
  for (const [name, figures] of Object.entries(result.medians))
    print('median', name, figures, result.medians.undici);
  console.error(`CPU of the service in the last round ÷ the first: ${result.growth.toFixed(2)}`);
  if (wish.statements) result.statements = await statementsOf(bench, service);
  const { rows: indexes } = await city.pool.query(
    `SELECT relname AS table, count(indexrelid)::int AS indexes FROM pg_class JOIN pg_index ON indrelid = pg_class.oid
     WHERE relname IN ('alert', 'message', 'attempt') GROUP BY relname ORDER BY relname`,
  );
  result.indexes = Object.fromEntries(indexes.map((row) => [row.table, row.indexes]));
  await mustBeWhole(city, service.sent);
  return result;
}

export async function startWorkers(folder, city, wish, redis) {
  const workers = [];
  for (let n = 1; n <= wish.workers; n += 1) {
    // A further worker says so, since its data folder is new: else it would be another life of the database.
    const { rows } = n > 1 ? await city.pool.query('SELECT id FROM instance') : { rows: [] };
    const environment = {
      ...city.environment,
      ...(rows[0] ? { CHORONG_INSTANCE: rows[0].id } : {}),
      CHORONG_ROLE: 'worker',
      SMS_RATE: '10000',
      SMS_CONCURRENCY: String(wish.concurrency),
      ...(wish.queue === 'redis' ? { REDIS_URL: redis.url } : {}),
      ...JSON.parse(process.env.BENCH_WORKER_ENV ?? '{}'),
    };
    workers.push(await startService({ folder, name: `worker-${wish.workers}-${n}`, environment }));
  }
  // The prototype is due too, and goes first.
  await must(
    'the first text is sent',
    async () => (await city.provider.count()) === 1 && (await isSettled(city.pool)),
  );
  return {
    name: 'service',
    pids: workers.map(({ pid }) => pid),
    pool: city.pool,
    sent: 1,
    async fill(count) {
      const made = await city.due.copy(count, { prefix: 'S', from: this.sent });
      this.sent += count;
      // What counting the new contracts costs is no text's; those of their milestones that are sent are counted for that.
      await city.pool.query('DELETE FROM tally_mark WHERE id IN (SELECT id FROM contract)');
      if (wish.analyze) await city.pool.query('ANALYZE');
      return made;
    },
    isSettled: () => isSettled(city.pool),
    rest: () => undefined,
    stop: () => Promise.all(workers.map((worker) => worker.stop())),
  };
}

async function isSettled(pool) {
  const { rows } = await pool.query(
    `SELECT EXISTS (SELECT 1 FROM message WHERE status NOT IN ('accepted', 'sent', 'delivered')) AS open`,
  );
  return !rows[0].open;
}

/** Makes `count` alerts due at once, and waits until each is sent and settled. */
export async function round({ provider, postgres, redis }, contender, count) {
  await provider.forget();
  const meters = () => ({
    node: cpuUs({ processes: contender.pids }),
    postgres: cpuUs({ servers: [postgres.pid] }),
    redis: redis ? cpuUs({ processes: [redis.pid] }) : 0,
    rest: cpuUs({ processes: [process.pid, provider.pid] }),
    machine: machineUs(),
  });
  const made = await contender.fill(count);
  const at = performance.now();
  const before = meters();
  const wal = await walBytes(contender.pool);
  await must('all are sent', async () => (await provider.count()) >= count, 300_000, 20);
  await must('all are settled', () => contender.isSettled(), 60_000, 10);
  const settledAt = performance.now();
  const after = meters();
  const written = (await walBytes(contender.pool)) - wal;
  const ledger = await provider.ledger();
  mustBeOnce(ledger, made);
  await contender.rest();
  const first = ledger[0].at - performance.timeOrigin;
  const [nodeUs, postgresUs, redisUs] = ['node', 'postgres', 'redis'].map(
    (name) => (after[name] - before[name]) / count,
  );
  return {
    perSecond: (count / (settledAt - first)) * 1000,
    cpuUs: nodeUs + postgresUs + redisUs,
    nodeUs,
    postgresUs,
    redisUs,
    walBytes: written / count,
    firstAfterMs: first - at,
    // Cores that processes of others had: where it is not near 0, the machine was not the bench's own.
    othersCores: othersCores(before, after, (settledAt - at) * 1000),
  };
}

function othersCores(before, after, us) {
  const used = (name) => after[name] - before[name];
  return Math.max(0, used('machine') - used('node') - used('postgres') - used('redis') - used('rest')) / us;
}

/** Bare calls as fast as they go, with what the service posts and what it reads of the answer. */
async function undiciRound({ provider, wish: { concurrency } }, count) {
  await provider.forget();
  const pool = new Pool(provider.url, { connections: concurrency, pipelining: 1 });
  const headers = {
    authorization: `Basic ${Buffer.from(`${account.sid}:${account.token}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const path = `/2010-04-01/Accounts/${account.sid}/Messages.json`;
  let next = 0;
  const began = performance.now();
  const cpu = process.cpuUsage();
  const caller = async () => {
    while (next < count) {
      const n = next++;
      const form = new URLSearchParams({
        To: `+82100000${String(n % 10_000).padStart(4, '0')}`,
        From: account.from,
        Body: `[한빛시] 중앙로 보도정비공사(U-${n}) 계약 체결을 축하드립니다. 부당한 요구를 받으시면 청렴포털로 알려 주십시오.`,
        StatusCallback: `http://127.0.0.1:3000/api/v1/webhooks/twilio/status?attempt=0199a000-0000-7000-8000-${String(n).padStart(12, '0')}`,
        ValidityPeriod: '14400',
        SmartEncoded: 'false',
      });
      const answer = await pool.request({ path, method: 'POST', headers, body: form.toString() });
      const { sid } = await answer.body.json();
      if (answer.statusCode !== 201 || !sid) throw new Error(`the provider answered ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await pool.close();
  if ((await provider.count()) !== count) throw new Error('the provider has not received each call once');
  return { perSecond: count / seconds, cpuUs: (user + system) / count };
}

/** Throws unless the provider holds one text for each alert, to its number and of its contract, and none beside. */
export function mustBeOnce(ledger, expected) {
  const held = new Map();
  for (const { to, body } of ledger) {
    const key = `${/[A-Z]+-\d{7}/.exec(body)?.[0]} ${to}`;
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

/** The database's own account: as many messages and attempts as were sent. */
async function mustBeWhole({ pool }, sent) {
  const { rows } = await pool.query(
    `SELECT (SELECT count(*)::int FROM message WHERE status IN ('accepted', 'sent', 'delivered')) AS messages,
            (SELECT count(*)::int FROM attempt) AS attempts`,
  );
  if (rows[0].messages !== sent || rows[0].attempts !== sent) {
    throw new Error(`of ${sent} messages the database has ${JSON.stringify(rows[0])}`);
  }
}

/** One more round, in which PostgreSQL counts its statements. The figures of the rounds before are free of that. */
async function statementsOf(bench, service) {
  const { postgres, wish } = bench;
  const track = (what) =>
    postgres.run(`ALTER SYSTEM SET "pg_stat_statements.track" = '${what}'`, 'SELECT pg_reload_conf()');
  await track('top');
  await service.pool.query('SELECT pg_stat_statements_reset()');
  const count = Math.min(wish.messages, 6000);
  await round(bench, service, count);
  const { rows } = await service.pool.query(
    `SELECT regexp_replace(query, '\\s+', ' ', 'g') AS query, calls::int, rows::int,
            total_exec_time AS ms, (shared_blks_hit + shared_blks_read)::int AS blocks, wal_bytes::float8 AS wal
     FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND userid = 'chorong_app'::regrole
     ORDER BY total_exec_time DESC`,
  );
  await track('none');
  const sum = (column) => rows.reduce((total, row) => total + row[column], 0) / count;
  const total = {
    usPerMessage: sum('ms') * 1000,
    callsPerMessage: sum('calls'),
    blocksPerMessage: sum('blocks'),
    walPerMessage: sum('wal'),
  };
  console.error(
    `\nall statements of a message: ${total.usPerMessage.toFixed(0)} µs by the clock, ${total.callsPerMessage.toFixed(3)} calls, ` +
      `${total.blocksPerMessage.toFixed(0)} blocks touched, ${total.walPerMessage.toFixed(0)} bytes of WAL`,
  );
  const shown = rows.slice(0, 25).map((row) => ({
    usPerMessage: (row.ms * 1000) / count,
    calls: row.calls,
    rows: row.rows,
    usPerCall: (row.ms * 1000) / row.calls,
    blocksPerMessage: row.blocks / count,
    walPerMessage: row.wal / count,
    query: row.query,
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
  return { total, shown };
}

function summary(rounds) {
  const medians = Object.fromEntries(
    Object.entries(rounds[0]).map(([name, figures]) => [
      name,
      Object.fromEntries(
        Object.keys(figures).map((key) => [key, median(rounds.map((one) => one[name][key]))]),
      ),
    ]),
  );
  return { medians, growth: rounds.at(-1).service.cpuUs / rounds[0].service.cpuUs };
}

function print(n, name, figures, undici) {
  const { perSecond, nodeUs, postgresUs, redisUs, walBytes: wal } = figures;
  const parts =
    nodeUs === undefined
      ? ''
      : ` (Node ${nodeUs.toFixed(0)}, PostgreSQL ${postgresUs.toFixed(0)}, Redis ${redisUs.toFixed(0)}), WAL ${wal.toFixed(0)} B, others ${figures.othersCores.toFixed(1)} cores`;
  const ratio = undici
    ? `; ÷ undici ${(perSecond / undici.perSecond).toFixed(3)}, CPU × ${(figures.cpuUs / undici.cpuUs).toFixed(1)}`
    : '';
  console.error(
    `${n === 'median' ? n : `round ${n}`} ${name.padEnd(8)} ${perSecond.toFixed(0).padStart(6)}/s, CPU ${figures.cpuUs.toFixed(0).padStart(5)} µs${parts}${ratio}`,
  );
}
