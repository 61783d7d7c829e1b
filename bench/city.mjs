// A migrated database with departments and prototypes of contracts, a fake provider, and what opens both.
import { createHmac } from 'node:crypto';
import pg from 'pg';
import { request } from 'undici';
import { Api } from './api.mjs';
import { Prototype } from './fill.mjs';
import { account, atTheEnd, makeSecrets, must, startProvider, startService } from './ground.mjs';

export async function makeCity(folder, postgres, { departments = 1, database = 'chorong' } = {}) {
  const secrets = makeSecrets();
  const urls = postgres.urls(database);
  const provider = await startProvider();
  const environment = {
    ...secrets.environment,
    DATABASE_URL: urls.app,
    BOOTSTRAP_API_KEY: secrets.apiKey,
    ALLOW_FICTIONAL_NUMBERS: 'true',
    SMS_PROVIDER: 'twilio',
    TWILIO_BASE_URL: provider.url,
    TWILIO_ACCOUNT_SID: account.sid,
    TWILIO_AUTH_TOKEN: account.token,
    TWILIO_FROM: account.from,
  };
  const service = await startService({
    folder,
    name: `api-${database}`,
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
  const disconnect = async () => {
    if (pool.ended) return;
    await client.end();
    await pool.end();
  };
  atTheEnd(disconnect);
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  // The night's check of the log is no text's: it would come a minute after the first worker.
  await client.query(
    `INSERT INTO log_check (id, began_at, size, root, tables) VALUES (gen_random_uuid(), now(), 0, sha256(''), '{}')`,
  );
  const city = {
    secrets,
    urls,
    provider,
    environment,
    service,
    api,
    departmentIds,
    pool,
    client,
    disconnect,
    due: await Prototype.of(client, secrets.sealer, due.id),
    planned: await Prototype.of(client, secrets.sealer, planned.id),
    /** Contracts whose alerts fall due months from now, in transactions of at most 50,000. Returns how many alerts there are. */
    async fillPlanned(alerts, already = 0) {
      const first = Math.ceil(already / city.planned.alerts);
      const last = first + Math.ceil(alerts / city.planned.alerts);
      for (let from = first; from < last; from += 50_000) {
        await city.planned.copy(Math.min(50_000, last - from), { prefix: 'L', from });
        if (last - first > 50_000)
          console.error(`  ${Math.min(last, from + 50_000)} of ${last} planned contracts`);
      }
      return (last - first) * city.planned.alerts;
    },
    /**
     * A message log of a year: texts that were sent, nearly all of them delivered, of all departments, kinds and milestones.
     * `prefix` keeps the references of several fills apart.
     */
    async fillLog(prototype, count, already = 0) {
      const year = 365 * 86_400_000;
      const now = Date.now();
      const every = (list) =>
        `(ARRAY[${list.map((one) => `'${one}'`).join(', ')}])[1 + s.n % ${list.length}]`;
      const department = `${every(departmentIds)}::uuid`;
      const milestone = every(['signing', 'start', 'completion', 'final-payment', 'inspection']);
      const replacing = {
        'contract.department_id': department,
        'alert.department_id': department,
        // Registered before what was due: else every contract would stand in the list of those that came late.
        'contract.created_at': `s.at - interval '3 days'`,
        'contract.kind': every(['works', 'service', 'goods', 'consignment', 'works', 'service', 'goods']),
        // The text is of the signing; a contract has each milestone once.
        'milestone.code': `CASE p.code WHEN 'signing' THEN ${milestone} WHEN ${milestone} THEN 'signing' ELSE p.code END`,
        'message.status': `CASE WHEN s.n % 500 = 7 THEN 'failed' WHEN s.n % 2000 = 11 THEN 'unconfirmed' ELSE p.status END`,
        'message.service_time': 's.at',
        'message.due_at': 's.at',
        'message.frozen_at': 's.at',
        'message.final_at': `s.at + interval '1 minute'`,
        'alert.due_at': 's.at',
        'milestone.due_at': 's.at',
      };
      for (let from = already; from < count; from += 20_000) {
        const momentOf = (n) => now - year + ((n * 7919) % count) * (year / count);
        await prototype.copy(Math.min(20_000, count - from), { prefix: 'M', from, replacing, momentOf });
      }
    },
    /** The contract that is due, sent and delivered: copies of it fill the message log. */
    async sent() {
      const worker = await startService({
        folder,
        name: `sender-${database}`,
        environment: { ...environment, CHORONG_ROLE: 'all', SMS_RATE: '1000' },
      });
      const is = async (status) =>
        (await pool.query(`SELECT 1 FROM message WHERE status = $1`, [status])).rows.length === 1;
      await must('the prototype is sent', () => is('accepted'));
      const [text] = await provider.ledger();
      if ((await postReceipt(text, 'delivered')) !== 204) throw new Error('the receipt was refused');
      await must('the prototype is delivered', () => is('delivered'));
      await worker.stop();
      return Prototype.of(client, secrets.sealer, due.id);
    },
  };
  return city;
}

/** Posts a receipt for a text of the ledger, signed as Twilio signs it ("Webhooks Security"). Returns the status of the answer. */
export async function postReceipt(text, status, agent) {
  const { url, headers, body } = receiptOf(text, status);
  const answer = await request(url, {
    method: 'POST',
    headers,
    body,
    ...(agent ? { dispatcher: agent } : {}),
  });
  await answer.body.dump();
  return answer.statusCode;
}

export function receiptOf({ sid, to, callback }, status) {
  const form = {
    AccountSid: account.sid,
    ApiVersion: '2010-04-01',
    From: account.from,
    MessageSid: sid,
    MessageStatus: status,
    SmsSid: sid,
    SmsStatus: status,
    To: to,
  };
  const signed = Object.keys(form)
    .sort()
    .reduce((all, name) => all + name + form[name], callback);
  return {
    url: callback,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': createHmac('sha1', account.token).update(signed, 'utf8').digest('base64'),
    },
    body: new URLSearchParams(form).toString(),
  };
}
