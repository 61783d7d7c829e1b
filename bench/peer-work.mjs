// The same full work that the service does for a text, on tables of the peers' own: open the sealed number, render, count,
// freeze and commit message and attempt, call, and write outcome and proof. Every step is taken for many texts at once,
// with fewer columns, indexes and checks than the service needs; what a peer adds is its queue.
import { createHash } from 'node:crypto';
import Handlebars from 'handlebars';
import { Pool } from 'undici';
import { smsLength } from '../dist/src/core/texts/lengths.js';
import { newId } from '../dist/src/platform/ids.js';
import { account } from './ground.mjs';

export const peerSchema = `
  CREATE TABLE alert (
    id uuid PRIMARY KEY, number_sealed bytea NOT NULL, number_index bytea NOT NULL, reference text NOT NULL, title text NOT NULL,
    due_at timestamptz NOT NULL, status text NOT NULL, message_id uuid);
  CREATE INDEX alert_due ON alert (due_at, id) WHERE status = 'planned';
  CREATE TABLE message (
    id uuid PRIMARY KEY, alert_id uuid NOT NULL, number_sealed bytea NOT NULL, number_index bytea NOT NULL, text text NOT NULL,
    text_hash bytea NOT NULL, encoding text NOT NULL, parts smallint NOT NULL, status text NOT NULL,
    frozen_at timestamptz NOT NULL DEFAULT clock_timestamp(), settled_at timestamptz);
  CREATE TABLE attempt (
    id uuid PRIMARY KEY, message_id uuid NOT NULL, status text NOT NULL, reference text UNIQUE,
    lease_until timestamptz NOT NULL, settled_at timestamptz);
  CREATE UNIQUE INDEX attempt_open ON attempt (message_id) WHERE status = 'open';
  CREATE TABLE leaf (id uuid PRIMARY KEY, subject_id uuid NOT NULL, body text NOT NULL, hash bytea NOT NULL);`;

export const body =
  '[한빛시] {{title}}({{reference}}) 계약 체결을 축하드립니다. 부당한 요구를 받으시면 청렴포털(1398)로 알려 주십시오.';
const render = Handlebars.compile(body, { noEscape: true });

/** As many calls as `concurrency` are under way at once, over all jobs. */
export class Caller {
  #waiting = [];
  #free;

  constructor(url, concurrency) {
    this.pool = new Pool(url, { connections: concurrency, pipelining: 1 });
    this.#free = concurrency;
    this.headers = {
      authorization: `Basic ${Buffer.from(`${account.sid}:${account.token}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
  }

  async send({ attemptId, to, text }) {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise((resolve) => this.#waiting.push(resolve));
    try {
      const form = new URLSearchParams({
        To: to,
        From: account.from,
        Body: text,
        ValidityPeriod: '14400',
        SmartEncoded: 'false',
        StatusCallback: `http://127.0.0.1:3000/api/v1/webhooks/twilio/status?attempt=${attemptId}`,
      });
      const answer = await this.pool.request({
        path: `/2010-04-01/Accounts/${account.sid}/Messages.json`,
        method: 'POST',
        headers: this.headers,
        body: form.toString(),
      });
      const { sid } = await answer.body.json();
      if (answer.statusCode !== 201) throw new Error(`the provider answered ${answer.statusCode}`);
      return sid;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

/** Writes rows together with others that come within a few milliseconds. */
export class Flusher {
  #rows = [];
  #timer = null;

  constructor(write, { rows = 200, afterMs = 5 } = {}) {
    Object.assign(this, { write, most: rows, afterMs });
  }

  add(row) {
    return new Promise((resolve, reject) => {
      this.#rows.push({ row, resolve, reject });
      if (this.#rows.length >= this.most) this.#flush();
      else this.#timer ??= setTimeout(() => this.#flush(), this.afterMs);
    });
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#rows.splice(0);
    this.write(batch.map(({ row }) => row)).then(
      () => batch.forEach(({ resolve }) => resolve()),
      (error) => batch.forEach(({ reject }) => reject(error)),
    );
  }
}

export class FullWork {
  constructor({ pool, sealer, caller }) {
    Object.assign(this, { pool, sealer, caller });
    this.outcomes = new Flusher((rows) => this.#writeOutcomes(rows));
  }

  /** Sends the alerts of a job. Resolves when all outcomes are committed. */
  async sendAlerts(ids) {
    const { rows } = await this.pool.query({
      name: 'alerts',
      text: `SELECT id, number_sealed, number_index, reference, title FROM alert WHERE id = ANY($1) AND status = 'planned'`,
      values: [ids],
    });
    const texts = rows.map((row) => this.#compose(row));
    await this.#freeze(texts);
    await Promise.all(
      texts.map(async (text) => this.outcomes.add({ ...text, reference: await this.caller.send(text) })),
    );
  }

  #compose({ id, number_sealed, number_index, reference, title }) {
    const to = this.sealer.open(number_sealed, { table: 'alert', column: 'number_sealed', rowId: id });
    const text = render({ title, reference });
    const messageId = newId();
    return {
      alertId: id,
      messageId,
      attemptId: newId(),
      to,
      text,
      index: number_index,
      ...smsLength(text),
      hash: createHash('sha256').update(text).digest(),
      sealed: this.sealer.seal(to, { table: 'message', column: 'number_sealed', rowId: messageId }),
    };
  }

  /** One statement is one transaction: it is committed when it is answered, and only then is anything called. */
  async #freeze(texts) {
    const column = (name) => texts.map((text) => text[name]);
    await this.pool.query({
      name: 'freeze',
      text: `WITH n AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::bytea[], $6::text[], $7::bytea[], $8::text[], $9::smallint[])
               AS n (alert_id, message_id, attempt_id, sealed, index, text, hash, encoding, parts)),
             m AS (INSERT INTO message (id, alert_id, number_sealed, number_index, text, text_hash, encoding, parts, status)
               SELECT message_id, alert_id, sealed, index, text, hash, encoding, parts, 'sending' FROM n),
             a AS (INSERT INTO attempt (id, message_id, status, lease_until)
               SELECT attempt_id, message_id, 'open', clock_timestamp() + interval '60 seconds' FROM n)
             UPDATE alert SET status = 'messaged', message_id = n.message_id FROM n WHERE alert.id = n.alert_id`,
      values: [
        'alertId',
        'messageId',
        'attemptId',
        'sealed',
        'index',
        'text',
        'hash',
        'encoding',
        'parts',
      ].map(column),
    });
  }

  async #writeOutcomes(rows) {
    const leaves = rows.map(({ messageId, reference, hash }) =>
      JSON.stringify({ message: messageId, reference, status: 'accepted', text: hash.toString('hex') }),
    );
    await this.pool.query({
      name: 'outcomes',
      text: `WITH n AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::bytea[])
               AS n (attempt_id, message_id, reference, leaf_id, body, hash)),
             m AS (UPDATE message SET status = 'accepted', settled_at = clock_timestamp() FROM n WHERE message.id = n.message_id),
             l AS (INSERT INTO leaf (id, subject_id, body, hash) SELECT leaf_id, message_id, body, hash FROM n)
             UPDATE attempt SET status = 'accepted', reference = n.reference, settled_at = clock_timestamp()
             FROM n WHERE attempt.id = n.attempt_id`,
      values: [
        rows.map(({ attemptId }) => attemptId),
        rows.map(({ messageId }) => messageId),
        rows.map(({ reference }) => reference),
        rows.map(() => newId()),
        leaves,
        leaves.map((leaf) => createHash('sha256').update(leaf).digest()),
      ],
    });
  }
}

/** No queue and hardly any work: a claim of 500 with its attempts, the calls, and outcomes in batches. The next claim is made while the last is called. */
export class Floor {
  constructor({ pool, caller }) {
    Object.assign(this, { pool, caller });
    this.outcomes = new Flusher((rows) => this.#write(rows));
  }

  async run() {
    let before = Promise.resolve();
    for (;;) {
      const { rows } = await this.pool.query({
        name: 'claim',
        text: `WITH due AS (SELECT id FROM alert WHERE status = 'planned' AND due_at <= clock_timestamp() ORDER BY due_at, id
                 LIMIT 500 FOR UPDATE SKIP LOCKED),
               taken AS (UPDATE alert SET status = 'messaged' FROM due WHERE alert.id = due.id RETURNING alert.id, reference, title),
               a AS (INSERT INTO attempt (id, message_id, status, lease_until)
                 SELECT id, id, 'open', clock_timestamp() + interval '60 seconds' FROM taken)
               SELECT * FROM taken`,
      });
      if (rows.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      await before;
      before = Promise.all(
        rows.map(async ({ id, reference, title }) => {
          const to = plainNumber(reference);
          const sid = await this.caller.send({ attemptId: id, to, text: render({ title, reference }) });
          await this.outcomes.add({ id, sid });
        }),
      );
    }
  }

  async #write(rows) {
    await this.pool.query({
      name: 'outcomes',
      text: `UPDATE attempt SET status = 'accepted', reference = n.reference, settled_at = clock_timestamp()
             FROM unnest($1::uuid[], $2::text[]) AS n (id, reference) WHERE attempt.id = n.id`,
      values: [rows.map(({ id }) => id), rows.map(({ sid }) => sid)],
    });
  }
}

/** The floor opens no seal: its number follows from the reference. */
export function plainNumber(reference) {
  return `+82100000${reference.slice(-4)}`;
}
