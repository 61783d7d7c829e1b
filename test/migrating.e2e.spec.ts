import pg from 'pg';
import { DataSource } from 'typeorm';
import { SendingCodes1790000000020 } from '../migrations/1790000000020-sending-codes.js';
import { ChangeCodes1790000000030 } from '../migrations/1790000000030-change-codes.js';
import { migrate } from '../src/platform/database/migrate.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function asRole(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

describe('a second start', () => {
  it('drops what the queue of an earlier version made, which the owner cannot back up', async () => {
    const foreign = `SELECT relname FROM pg_class WHERE relnamespace = 'bullmq'::regnamespace
      AND NOT pg_has_role(relowner, 'USAGE')`;
    await asRole(database.appUrl, 'CREATE SEQUENCE bullmq.bullmq_jid_made_at_run_time');
    expect((await asRole(database.ownerUrl, foreign)).rows).toEqual([
      { relname: 'bullmq_jid_made_at_run_time' },
    ]);
    const { username: appRole } = new URL(database.appUrl);
    await migrate({ ownerUrl: database.ownerUrl, appRole });
    expect((await asRole(database.ownerUrl, foreign)).rows).toEqual([]);
  });
});

describe('the phrases of changes', () => {
  const phrases: [subject: string, phrase: string, after: object | null, what: string, params: object][] = [
    ['contract', 'registered', { title: 'a' }, 'registered', {}],
    ['contract', 'amended: endsOn', { endsOn: '2026-12-18' }, 'amended', { field: 'endsOn' }],
    ['contract', 'moved: start: state', { state: 'underway' }, 'moved', { move: 'start', field: 'state' }],
    ['contract', 'imported: amount', { amount: '1' }, 'imported', { field: 'amount' }],
    ['contract', 'import undone: state', { state: 'draft' }, 'restored', { field: 'state' }],
    ['contract', 'import undone', { state: 'draft' }, 'import-undone', {}],
    ['contract', 'handed over: officerId', { officerId: 'a' }, 'handed-over', { field: 'officerId' }],
    ['contract', 'department merged: departmentId', {}, 'department-merged', { field: 'departmentId' }],
    ['milestone', 'occurred: final-payment', {}, 'occurred', { milestone: 'final-payment' }],
    ['contact', 'contact removed', null, 'contact-removed', {}],
    ['counterparty', 'counterparty added', {}, 'counterparty-added', {}],
    ['setting', 'version 4', { version: 4, value: {} }, 'setting-version-added', { version: 4 }],
    [
      'template',
      'template ko/works/signing version 3',
      { key: 'ko/works/signing', version: 3 },
      'template-version-added',
      { template: 'ko/works/signing', version: 3 },
    ],
    ['import', 'file brought in', { fileName: 'a: b.csv' }, 'file-uploaded', {}],
    ['import', 'columns set', {}, 'columns-set', {}],
    ['import', 'import undone', {}, 'import-undone', {}],
    ['export', 'work list exported', {}, 'work-list-exported', {}],
    ['brake', 'brake pulled', {}, 'brake-pulled', {}],
    ['message', 'held message released', {}, 'held-message-released', {}],
    ['account', 'invitation accepted', {}, 'invitation-accepted', {}],
    ['department', 'amended', {}, 'amended', {}],
    ['officer', 'left', {}, 'left', {}],
  ];

  it('become codes with parameters, and could be phrases again', async () => {
    const owner = new DataSource({ type: 'postgres', url: database.ownerUrl });
    await owner.initialize();
    const runner = owner.createQueryRunner();
    const codes = new ChangeCodes1790000000030();
    try {
      await codes.down(runner);
      for (const [subject, phrase, after] of phrases) {
        await runner.query(
          `INSERT INTO change (id, subject, subject_id, what, after, actor, at)
           VALUES (gen_random_uuid(), $1, '', $2, $3, 'system', now())`,
          [subject, phrase, after],
        );
      }
      const before = (await runner.query(`SELECT * FROM change ORDER BY id`)) as Record<string, unknown>[];
      await codes.up(runner);
      const rows = (await runner.query(`SELECT subject, what, params, after FROM change`)) as unknown[];
      const wanted = phrases.map(([subject, , after, what, params]) => ({ subject, what, params, after }));
      expect(rows).toHaveLength(wanted.length);
      expect(rows).toEqual(expect.arrayContaining(wanted));
      await codes.down(runner);
      expect(await runner.query(`SELECT * FROM change ORDER BY id`)).toEqual(before);
    } finally {
      await codes.up(runner);
      await runner.release();
      await owner.destroy();
    }
  });
});

describe('the sentences of sending', () => {
  const details: [sentence: string, code: string | null, late: boolean][] = [
    ['its lease ran out', 'lease-ran-out', false],
    ['Twilio answered 503.; the provider does not hold it', 'http-503', false],
    ['the provider does not hold it', null, false],
    ['the provider holds another text of this contract: SM1', 'another-text-SM1', false],
    ['accepted late: possibly doubled', null, true],
    ['A landline.', 'A landline.', false],
  ];
  const reasons: [reason: string, origin: string][] = [
    ['30005', 'provider'],
    ['no receipt', 'chorong'],
    ['http-400', 'chorong'],
  ];

  it('become codes, and reasons are known for the provider’s or ours', async () => {
    const owner = new DataSource({ type: 'postgres', url: database.ownerUrl });
    await owner.initialize();
    const runner = owner.createQueryRunner();
    const codes = new SendingCodes1790000000020();
    try {
      await runner.startTransaction();
      await codes.down(runner);
      for (const [sentence] of details) {
        await runner.query(
          `INSERT INTO attempt (id, message_id, number_index, provider, status, detail, lease_until)
           VALUES (gen_random_uuid(), gen_random_uuid(), '', 'twilio', 'absent', $1, now())`,
          [sentence],
        );
      }
      for (const [reason] of reasons) {
        await runner.query(
          `INSERT INTO message (id, provider, sender, number_sealed, number_index, shard, locale, template_version_id, text,
             text_hash, salt, encoding, parts, status, reason, due_at, service_time)
           VALUES (gen_random_uuid(), 'twilio', '', '', '', 0, 'ko', gen_random_uuid(), '', $1::bytea, '', '', 1, 'held', $2, now(), now())`,
          [reason, reason],
        );
      }
      await codes.up(runner);
      const attempts = (await runner.query(`SELECT detail, late FROM attempt`)) as unknown[];
      expect(attempts).toHaveLength(details.length);
      expect(attempts).toEqual(expect.arrayContaining(details.map(([, detail, late]) => ({ detail, late }))));
      const messages = (await runner.query(`SELECT reason, reason_origin FROM message`)) as unknown[];
      expect(messages).toHaveLength(reasons.length);
      const wanted = reasons.map(([reason, origin]) => ({ reason, reason_origin: origin }));
      expect(messages).toEqual(expect.arrayContaining(wanted));
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
      await owner.destroy();
    }
  });
});
