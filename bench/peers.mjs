// The peers of the service, each a process with a database of its own, filled and measured as the service is.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { newId } from '../dist/src/platform/ids.js';
import { fictionalNumber } from './fill.mjs';
import { atTheEnd, must, root } from './ground.mjs';
import { peerSchema, plainNumber } from './peer-work.mjs';

const chunk = 50;

/** How the ids of alerts get into each peer's queue, all at once. The work of planning them is not measured. */
const queues = {
  floor: () => ({ add: async () => undefined }),

  graphile: ({ pool }) => ({
    add: (ids) =>
      pool.query(
        `SELECT graphile_worker.add_job('send', json_build_object('ids', array_agg(id))) FROM unnest($1::uuid[]) WITH ORDINALITY u (id, n)
         GROUP BY n / ${chunk}`,
        [ids],
      ),
  }),

  async 'pg-boss'({ url }) {
    const boss = new PgBoss({
      connectionString: url,
      max: 2,
      supervise: false,
      schedule: false,
      migrate: false,
    });
    boss.on('error', (error) => console.error(error));
    await boss.start();
    atTheEnd(() => boss.stop({ graceful: false }));
    return {
      add: (ids) =>
        boss.insert(
          'send',
          chunks(ids).map((part) => ({ data: { ids: part } })),
        ),
    };
  },

  async first({ redis }) {
    const queue = new Queue('first', { connection: { url: redis.url } });
    atTheEnd(() => queue.close());
    return {
      left: () => leftIn(queue),
      add: async (ids) => {
        await queue.pause();
        const options = { removeOnComplete: true };
        await queue.addBulk(ids.map((id) => ({ name: 'send', data: { id }, opts: options })));
        await queue.resume();
      },
    };
  },
};

/** Those that send the whole way; the others only call. */
export const peerKinds = Object.keys(queues);

const onlyCalling = { limiter: bullJobs, delayed: bullJobs };

async function leftIn(queue) {
  const counts = await queue.getJobCounts('active', 'wait', 'delayed', 'prioritized');
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function bullJobs({ redis, name }) {
  const queue = new Queue(name, { connection: { url: redis.url } });
  atTheEnd(() => queue.close());
  return {
    left: () => leftIn(queue),
    add: (_, alerts, dueOf) =>
      queue.addBulk(
        alerts.map(({ id, reference, number }, i) => ({
          name: 'send',
          data: { id, reference, number },
          opts: { removeOnComplete: true, ...(dueOf ? { delay: Math.max(0, dueOf(i) - Date.now()) } : {}) },
        })),
      ),
  };
}

/** Starts a peer, which stands still until its first round. */
export async function startPeer(kind, { postgres, redis, provider, secrets, concurrency, rate }) {
  const name = `${kind}${rate ?? ''}`;
  const database = `peer_${name.replace('-', '_')}`;
  await postgres.run(`CREATE DATABASE ${database}`);
  const url = postgres.urls(database).superuser;
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  await pool.query(peerSchema);
  const settings = {
    databaseUrl: url,
    redisUrl: redis?.url,
    providerUrl: provider.url,
    concurrency,
    rate,
    queue: name,
    sealing: secrets.sealing,
    index: secrets.index,
  };
  const child = spawn(process.execPath, [join(root, 'bench/peer.mjs'), kind, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', NO_LOG_SUCCESS: '1' },
  });
  for await (const line of createInterface(child.stdout)) if (line === 'ready') break;
  child.stdout.resume();
  atTheEnd(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    await pool.end();
  });
  const queue = await { ...queues, ...onlyCalling }[kind]({ pool, url, redis, name });
  child.kill('SIGSTOP');
  let from = 0;
  return {
    name: kind,
    pids: [child.pid],
    pool,
    async fill(count, dueOf) {
      const alerts = Array.from({ length: count }, (_, i) => alertOf(from + i, kind, secrets.sealer));
      from += count;
      await pool.query(
        `INSERT INTO alert (id, number_sealed, number_index, reference, title, due_at, status)
         SELECT id, sealed, index, reference, '중앙로 보도정비공사', now(), 'planned'
         FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::text[]) AS n (id, sealed, index, reference)`,
        ['id', 'sealed', 'index', 'reference'].map((name) => alerts.map((alert) => alert[name])),
      );
      await queue.add(
        alerts.map(({ id }) => id),
        alerts,
        dueOf,
      );
      child.kill('SIGCONT');
      return alerts;
    },
    isSettled: async () => {
      const { rows } = await pool.query(
        `SELECT NOT EXISTS (SELECT 1 FROM attempt WHERE status = 'open') AND NOT EXISTS (SELECT 1 FROM message WHERE status = 'sending')
            AND NOT EXISTS (SELECT 1 FROM alert WHERE status = 'planned') AS settled`,
      );
      return rows[0].settled;
    },
    /** Stops it once its queue has heard of the last job: what BullMQ misses for half a minute it does again. */
    async rest() {
      await must('the queue is empty', async () => ((await queue.left?.()) ?? 0) === 0);
      await sleep(100);
      child.kill('SIGSTOP');
    },
  };
}

function alertOf(n, kind, sealer) {
  const id = newId();
  const reference = `P-${String(n).padStart(7, '0')}`;
  const number = kind === 'floor' ? plainNumber(reference) : fictionalNumber(n).number;
  return {
    id,
    reference,
    number,
    index: sealer.blindIndex(number),
    sealed: sealer.seal(number, { table: 'alert', column: 'number_sealed', rowId: id }),
  };
}

function chunks(ids) {
  return Array.from({ length: Math.ceil(ids.length / chunk) }, (_, i) =>
    ids.slice(i * chunk, (i + 1) * chunk),
  );
}
