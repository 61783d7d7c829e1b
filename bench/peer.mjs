// One contender as a process: `node bench/peer.mjs KIND SETTINGS`. It stands by until there is work, and ends with the bench.
import http from 'node:http';
import { Worker } from 'bullmq';
import { makeWorkerUtils, run } from 'graphile-worker';
import Handlebars from 'handlebars';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import createClient from 'twilio';
import RequestClient from 'twilio/lib/base/RequestClient.js';
import { DataSource, EntitySchema } from 'typeorm';
import { smsLength } from '../dist/src/core/texts/lengths.js';
import { newId } from '../dist/src/platform/ids.js';
import { Sealer } from '../dist/src/platform/sealing/sealer.js';
import { account } from './ground.mjs';
import { body, Caller, Floor, FullWork } from './peer-work.mjs';

const [kind, json] = process.argv.slice(2);
const settings = JSON.parse(json);
const sealer = new Sealer({
  sealing: [{ id: 'bench', key: Buffer.from(settings.sealing, 'base64') }],
  index: Buffer.from(settings.index, 'base64'),
});

/** Jobs that carry ids, each of as many texts as fit well in a statement. Enough of them run at once to keep all calls under way. */
const jobsAtOnce = 8;

const kinds = {
  async floor() {
    void new Floor(parts()).run();
  },

  async graphile() {
    const work = new FullWork(parts());
    await run({
      preset: {
        worker: {
          connectionString: settings.databaseUrl,
          concurrentJobs: jobsAtOnce,
          maxPoolSize: 10,
          pollInterval: 200,
          localQueue: { size: jobsAtOnce * 2 },
          completeJobBatchDelay: 5,
          failJobBatchDelay: 5,
        },
      },
      noHandleSignals: true,
      taskList: { send: ({ ids }) => work.sendAlerts(ids) },
    });
  },

  async 'pg-boss'() {
    const work = new FullWork(parts());
    const boss = new PgBoss({
      connectionString: settings.databaseUrl,
      max: 10,
      supervise: false,
      schedule: false,
    });
    boss.on('error', (error) => console.error(error));
    await boss.start();
    await boss.createQueue('send');
    const loop = async () => {
      for (;;) {
        const jobs = await boss.fetch('send', { batchSize: jobsAtOnce / 2 });
        if (jobs.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        else {
          await work.sendAlerts(jobs.flatMap(({ data }) => data.ids));
          await boss.complete(
            'send',
            jobs.map(({ id }) => id),
          );
        }
      }
    };
    for (let n = 0; n < 2; n += 1) void loop();
  },

  /** As a service is written first: a job an alert, an entity saved at each step, the SDK as it comes, the template compiled when it is needed. */
  async first() {
    const source = await new DataSource({
      type: 'postgres',
      url: settings.databaseUrl,
      entities,
      extra: { max: 20 },
    }).initialize();
    const [alerts, messages, attempts, leaves] = entities.map((entity) => source.getRepository(entity));
    const client = createClient(account.sid, account.token, {
      httpClient: new SdkAsItComes(settings.providerUrl),
    });
    const send = async ({ data: { id } }) => {
      const alert = await alerts.findOneByOrFail({ id });
      const to = sealer.open(alert.number_sealed, { table: 'alert', column: 'number_sealed', rowId: id });
      const text = Handlebars.compile(body, { noEscape: true })(alert);
      const message = messages.create({
        id: newId(),
        alert_id: id,
        number_sealed: alert.number_sealed,
        number_index: alert.number_index,
        text,
        text_hash: alert.number_index,
        ...smsLength(text),
        status: 'sending',
      });
      await messages.save(message);
      const attempt = attempts.create({
        id: newId(),
        message_id: message.id,
        status: 'open',
        lease_until: new Date(Date.now() + 60_000),
      });
      await attempts.save(attempt);
      const { sid } = await client.messages.create({
        to,
        from: account.from,
        body: text,
        statusCallback: 'http://127.0.0.1:3000/status',
      });
      await attempts.save(
        Object.assign(attempt, { status: 'accepted', reference: sid, settled_at: new Date() }),
      );
      await messages.save(Object.assign(message, { status: 'accepted', settled_at: new Date() }));
      await alerts.save(Object.assign(alert, { status: 'messaged', message_id: message.id }));
      await leaves.save(
        leaves.create({ id: newId(), subject_id: message.id, body: text, hash: alert.number_index }),
      );
    };
    const worker = new Worker('first', send, {
      connection: { url: settings.redisUrl, maxRetriesPerRequest: null },
      concurrency: settings.concurrency,
    });
    worker.on('failed', (_, error) => console.error(String(error)));
    worker.on('error', (error) => console.error(String(error)));
    await worker.waitUntilReady();
  },

  /** BullMQ's own limiter, and its delayed jobs: they call and do nothing else. */
  limiter: () => callOnly({ limiter: { max: settings.rate, duration: 1000 } }),
  delayed: () => callOnly({}),
};

async function callOnly(options) {
  const { caller } = parts();
  const send = ({ data: { id, reference, number } }) =>
    caller.send({ attemptId: id, to: number, text: `[한빛시] ${reference}` });
  const connection = { url: settings.redisUrl, maxRetriesPerRequest: null };
  const worker = new Worker(settings.queue, send, {
    connection,
    concurrency: settings.concurrency,
    ...options,
  });
  worker.on('error', (error) => console.error(String(error)));
  await worker.waitUntilReady();
}

function parts() {
  const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 10 });
  return { pool, sealer, caller: new Caller(settings.providerUrl, settings.concurrency) };
}

const columns = {
  alert: [
    'number_sealed:bytea',
    'number_index:bytea',
    'reference:text',
    'title:text',
    'due_at:timestamptz',
    'status:text',
    'message_id:uuid',
  ],
  message: [
    'alert_id:uuid',
    'number_sealed:bytea',
    'number_index:bytea',
    'text:text',
    'text_hash:bytea',
    'encoding:text',
    'parts:smallint',
    'status:text',
    'settled_at:timestamptz',
  ],
  attempt: [
    'message_id:uuid',
    'status:text',
    'reference:text',
    'lease_until:timestamptz',
    'settled_at:timestamptz',
  ],
  leaf: ['subject_id:uuid', 'body:text', 'hash:bytea'],
};

const entities = Object.entries(columns).map(
  ([name, list]) =>
    new EntitySchema({
      name,
      columns: Object.fromEntries([
        ['id', { type: 'uuid', primary: true }],
        ...list
          .map((column) => column.split(':'))
          .map(([column, type]) => [column, { type, nullable: true }]),
      ]),
    }),
);

/** The SDK's own client, with the agent that it makes by default, but for the address. */
class SdkAsItComes extends RequestClient {
  constructor(url) {
    super();
    this.url = url;
    const { options, maxSockets, maxFreeSockets, keepAlive } = this.axios.defaults.httpsAgent;
    this.axios.defaults.httpAgent = new http.Agent({
      timeout: options.timeout,
      maxSockets,
      maxFreeSockets,
      keepAlive,
    });
  }

  request(options) {
    return super.request({ ...options, uri: options.uri.replace('https://api.twilio.com', this.url) });
  }
}

if (process.argv.length === 4) {
  if (kind === 'graphile') {
    const utils = await makeWorkerUtils({ connectionString: settings.databaseUrl });
    await utils.migrate();
    await utils.release();
  }
  await kinds[kind]();
  process.stdout.write('ready\n');
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
}
