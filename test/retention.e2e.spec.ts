import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { type Erased, Retention } from '../src/core/retention/retention.service.js';
import { Sequencer } from '../src/core/transparency/sequencer.service.js';
import { Misfits } from '../src/core/transparency/misfits.js';
import { TableVerifier } from '../src/core/transparency/table-verifier.js';
import { Database } from '../src/platform/database/database.js';
import { newId } from '../src/platform/ids.js';
import { Resealing } from '../src/platform/sealing/resealing.js';
import { Sealer } from '../src/platform/sealing/sealer.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { contactIds } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';
import { verifierOn } from './support/verifying.js';

/**
 * Contracts that were told of their signing and then terminated on 20 March 2026; no end and no liability is later than 2026-11-27. Their
 * five years are over from 28 November 2031 on.
 */
const number = '010-0000-4801';
const [lastDay, dayAfter] = ['2031-11-27T09:00:00+09:00', '2031-11-28T09:00:00+09:00'];

let service: TestService;
let source: DataSource;
let owner: Database;
let app: Database;
let over: ContractView;
let flagged: ContractView;
let held: ContractView;
let goesOn: ContractView;

beforeAll(async () => {
  service = await startService();
  source = await new DataSource({ type: 'postgres', url: service.ground.database.ownerUrl }).initialize();
  owner = new Database(source);
  app = service.app.get(Database);
  await service.startAt('2026-03-02T09:00:00+09:00');
  over = await registered(number);
  [flagged, held, goesOn] = [await registered(), await registered(), await registered()];
  await service.advanceTo('2026-03-20T09:00:00+09:00');
  const officer = await service.as('officer', await service.departmentId('ROADS'));
  for (const { id } of [over, flagged, held])
    ok(await officer.post(`/contracts/${id}/terminate`, { on: '2026-03-20', reason: '계약 해지' }));
  await service.advanceTo('2026-04-20T09:00:00+09:00');
  const auditor = await service.as('auditor');
  for (const { contractId, kind } of await openFlags())
    if (contractId !== flagged.id)
      ok(await auditor.post('/flags/close', { contractId, kind, finding: 'explained', note: '확인함' }));
  ok(await auditor.post(`/contracts/${held.id}/hold`, { reason: '조사 2026-118' }));
});
afterAll(async () => {
  await source.destroy();
  await service.close();
});

async function registered(phone?: string): Promise<ContractView> {
  const contacts = [aContact({ name: '이가람', ...(phone && { phone }) }), aContact({ name: '박나래' })];
  return service.register({ counterparties: [aCounterparty({ contacts })] });
}

const openFlags = () =>
  service.sql<{ contractId: string; kind: string }>(
    `SELECT DISTINCT contract_id AS "contractId", kind FROM flag WHERE closed_at IS NULL`,
  );

const clockAt = (moment: string) => service.sql(`UPDATE sandbox_clock SET now = $1`, [moment]);

/** What a whole run comes to, by class. */
async function run(how: { dryRun?: boolean; rows?: number } = {}): Promise<Record<string, Erased>> {
  const last: Record<string, Erased> = {};
  for await (const so of service.app.get(Retention).eraseOver(how)) last[so.class] = so;
  return last;
}

async function verified() {
  await service.app.get(Sequencer).sequence();
  await service.app.get(Sequencer).sign(0);
  return verifierOn(service, owner).verify(null);
}

const contactsOf = ({ id }: ContractView) =>
  service.sql(
    `SELECT name_sealed, name_index, phone_sealed, phone_index, phone_ending, salt FROM contact WHERE contract_id = $1`,
    [id],
  );
const messagesOf = ({ id }: ContractView) =>
  service.sql<{ id: string }>(
    `SELECT id, number_sealed, number_index, text, text_hash, salt FROM message
     WHERE id IN (SELECT message_id FROM alert WHERE contract_id = $1)`,
    [id],
  );

it('finds nothing over on the last day, and on the day after what nothing keeps', async () => {
  await clockAt(lastDay);
  expect(await run({ dryRun: true })).toMatchObject({
    contacts: { rows: 0, kept: {} },
    messages: { rows: 0, kept: {} },
  });
  await clockAt(dayAfter);
  const before = await service.contents();
  const found = await run({ dryRun: true });
  const sent = (await messagesOf(over)).length;
  expect(sent).toBeGreaterThan(2);
  expect(found).toMatchObject({
    contacts: { rows: 2, kept: { audit: 2 } },
    messages: {
      rows: sent,
      kept: { audit: (await messagesOf(flagged)).length + (await messagesOf(held)).length },
    },
  });
  expect(await service.contents()).toEqual(before);
});

it.each([
  ['goes on', () => goesOn],
  ['is looked into', () => flagged],
])('keeps a text that stands for a contract that %s as well', async (_what, contract) => {
  const alone = await run({ dryRun: true });
  const [[text], [other]] = [await messagesOf(over), await messagesOf(contract())];
  const bind = (to?: string, from?: string) =>
    service.sql(`UPDATE alert SET message_id = $2 WHERE contract_id = $1 AND message_id = $3`, [
      ...[contract().id, to, from],
    ]);
  await bind(text?.id, other?.id);
  const together = await run({ dryRun: true });
  await bind(other?.id, text?.id);
  // No alert is left of the other text, which nobody judges then.
  expect(together['messages']).toEqual({ ...alone['messages'], rows: (alone['messages']?.rows ?? 0) - 1 });
  expect(together['contacts']).toEqual(alone['contacts']);
});

/** Runs the command; `interrupt`: it is told to stop as soon as it has said something of a class. */
async function command(args: string[], { interrupt = false } = {}) {
  const { database, dataDir, keys } = service.ground;
  const child = spawn(process.execPath, [join(process.cwd(), 'dist/src/retention.cli.js'), ...args], {
    env: {
      PATH: process.env['PATH'],
      CHORONG_DATA_DIR: join(dataDir, 'retention'),
      DATABASE_URL: database.appUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
      CHORONG_SEALING_KEYS: keys.sealing.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
      CHORONG_INDEX_KEY: keys.index.toString('base64'),
    },
  });
  let output = '';
  const hear = (chunk: Buffer) => {
    output += chunk.toString();
    if (interrupt && /^contacts:/m.test(output)) child.kill('SIGINT');
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

it('the command counts the same, and says so by class', async () => {
  const { code, output } = await command(['--dry-run']);
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toContain('contacts: 2 to be erased; kept: 2 held by the audit\n');
});

describe('the service’s role', () => {
  const ids = () => [contactIds(over)[0] ?? ''];
  const refused = { driverError: { code: '42501' } };

  it('erases nothing of which the log does not tell in the same transaction', async () => {
    await expect(app.run(`SELECT erase_personal_data($1)`, [ids()])).rejects.toMatchObject(refused);
    const [id] = ids();
    await app.run(
      `INSERT INTO leaf (id, kind, subject_id, body, salt, hash) VALUES ($1, 'erased', $2, '{}', $3, sha256(''))`,
      [newId(), id, randomBytes(16)],
    );
    await expect(app.run(`SELECT erase_personal_data($1)`, [[id]])).rejects.toMatchObject(refused);
    await owner.run(`DELETE FROM leaf_waiting WHERE leaf_id IN (SELECT id FROM leaf WHERE kind = 'erased')`);
    await owner.run(`DELETE FROM leaf WHERE kind = 'erased'`);
  });

  it.each([
    ['that has an open flag', () => flagged],
    ['that an auditor holds', () => held],
    ['that goes on', () => goesOn],
  ])('erases nothing of a contract %s, whatever it writes into the log', async (_what, contract) => {
    const [id] = contactIds(contract());
    const erasing = app.rehearse(async () => {
      await app.run(
        `INSERT INTO leaf (id, kind, subject_id, body, salt, hash) VALUES ($1, 'erased', $2, '{}', $3, sha256(''))`,
        [newId(), id, randomBytes(16)],
      );
      await app.run(`SELECT erase_personal_data($1)`, [[id]]);
    });
    await expect(erasing).rejects.toMatchObject(refused);
  });
});

describe('once it is erased', () => {
  let messages: { id: string }[];

  beforeAll(async () => {
    messages = await messagesOf(over);
    const { code, output } = await command(['--rows', '1'], { interrupt: true });
    expect({ code, output }).toMatchObject({
      code: 2,
      output: expect.stringContaining('Broken off') as string,
    });
    expect(await service.sql(`SELECT 1 FROM message WHERE salt IS NULL`)).toEqual([]);
    const retention = service.app.get(Retention);
    await clockAt('2031-11-28T02:59:00+09:00');
    await retention.eraseIfDue();
    expect(await service.sql(`SELECT 1 FROM message WHERE salt IS NULL`)).toEqual([]);
    await clockAt('2031-11-28T03:01:00+09:00');
    await retention.eraseIfDue();
  });

  it('nothing of it is left in the tables', async () => {
    const gone = {
      name_sealed: null,
      name_index: null,
      phone_sealed: null,
      phone_index: null,
      phone_ending: null,
      salt: null,
    };
    expect(await contactsOf(over)).toEqual([gone, gone]);
    for (const row of await messagesOf(over))
      expect(row).toEqual({
        id: row.id,
        number_sealed: null,
        number_index: null,
        text: null,
        text_hash: null,
        salt: null,
      });
    const index = service.app.get(Sealer).blindIndex('+821000004801');
    const left = await service.sql(
      `SELECT 'alert' FROM alert WHERE number_index = $1 UNION ALL SELECT 'attempt' FROM attempt WHERE number_index = $1
       UNION ALL SELECT 'phone' FROM sandbox_text WHERE to_index = $1
       UNION ALL SELECT 'words' FROM message_words WHERE message_id = ANY($2)
       UNION ALL SELECT 'sealed' FROM alert WHERE contract_id = $3 AND number_sealed IS NOT NULL`,
      [index, messages.map(({ id }) => id), over.id],
    );
    expect(left).toEqual([]);
  });

  it('all else is there: the kept, and what goes on', async () => {
    for (const contract of [flagged, held, goesOn])
      for (const row of [...(await contactsOf(contract)), ...(await messagesOf(contract))])
        expect(Object.values(row)).not.toContain(null);
  });

  it('neither search nor pages nor exports give it, and the API says that it is erased', async () => {
    const auditor = await service.as('auditor');
    const search = ok(await auditor.post<{ items: unknown[] }>('/messages/search', { number }));
    expect(search.items).toEqual([]);
    const list = ok(await auditor.get<{ items: object[] }>(`/messages?contractId=${over.id}`));
    expect(list.items).toHaveLength(messages.length);
    for (const item of list.items) expect(item).toMatchObject({ number: '', text: '', erased: true });
    const file = (await auditor.get(`/messages/export?contractId=${over.id}`)).text;
    expect(file).not.toMatch(/4801|보도정비공사/);
    const page = await (await service.person('auditor')).get(`/console/messages/${messages[0]?.id}`);
    expect(page.body).toContain('파기됨');
    expect((await service.contract(over.id)).counterparties[0]?.contacts[0]).toMatchObject({
      name: null,
      phone: null,
    });
  });

  it('nobody gives an erased contact a number again', async () => {
    const contact = `/contracts/${over.id}/contacts/${contactIds(over)[0]}`;
    expect((await service.admin.patch(contact, { phone: number, reason: 'back' })).status).toBe(404);
  });

  it('the evidence pack says so, and opens nothing of it', async () => {
    const auditor = await service.as('auditor');
    const { items } = ok(
      await auditor.post<{
        items: { leaf: { kind: string; subject: string }; openings: unknown[]; erased?: boolean }[];
      }>(`/contracts/${over.id}/evidence`, { reason: '민원 2031-1' }),
    );
    const frozen = items.filter(({ leaf }) => leaf.kind === 'message-frozen');
    expect(frozen).toHaveLength(messages.length);
    for (const item of frozen) expect(item).toMatchObject({ erased: true, openings: [] });
    expect(items.filter(({ leaf }) => leaf.kind === 'erased')).toHaveLength(messages.length + 2);
    expect(items.find(({ leaf }) => leaf.kind === 'erased')).toMatchObject({
      leaf: { body: { why: 'period', class: 'contacts', years: 5 } },
    });
  });

  it('the log and the tables fit, and what was erased is counted', async () => {
    // The text and the number of each message; the number and the name of each contact.
    expect(await verified()).toMatchObject({ tables: { erased: 2 * messages.length + 4 } });
  });

  it.each([
    [
      'a message that was emptied without a word in the log',
      `UPDATE message SET number_sealed = NULL, number_index = NULL, text = NULL, text_hash = NULL, salt = NULL
       WHERE id = (SELECT min(id::text)::uuid FROM message WHERE salt IS NOT NULL)`,
      'message',
    ],
    [
      'a contact whose salt alone was taken',
      `UPDATE contact SET salt = NULL WHERE id = (SELECT min(id::text)::uuid FROM contact WHERE salt IS NOT NULL)`,
      'contact',
    ],
    [
      'an erased message with a text that was never sent',
      `UPDATE message SET text = 'x' WHERE id = (SELECT min(id::text)::uuid FROM message WHERE salt IS NULL)`,
      'message',
    ],
    [
      'an erased message of which something else is told than became of it',
      `UPDATE message SET status = 'failed' WHERE id = (SELECT min(id::text)::uuid FROM message WHERE salt IS NULL)`,
      'message',
    ],
  ])('%s is found', async (_what, sql, table) => {
    const found = await owner.rehearse(async () => {
      expect(await owner.run(sql)).toBe(1);
      return verifierOn(service, owner).verify(null);
    });
    expect(found.misfits.named[0]).toMatchObject({ code: 'row-altered', params: { table } });
  });

  it('a message that is whole although the log tells of its erasing is found', async () => {
    const { named } = await owner.rehearse(async () => {
      await owner.run(
        `INSERT INTO leaf (id, kind, subject_id, body, salt, hash)
         SELECT $1, 'erased', min(id::text), '{}', $2, sha256('') FROM message WHERE salt IS NOT NULL`,
        [newId(), randomBytes(16)],
      );
      const misfits = new Misfits();
      await new TableVerifier(owner, service.app.get(Sealer), misfits).compare();
      return misfits;
    });
    expect(named[0]).toMatchObject({
      code: 'row-altered',
      params: { table: 'message', column: 'salt' },
    });
  });

  it('sealing keys are rotated over it, with nothing unreadable', async () => {
    const { sealing, index } = service.ground.keys;
    const keys = { sealing: [{ id: 'next', key: randomBytes(32) }, ...sealing], index };
    const unreadable = await owner.rehearse(async () => {
      let count = 0;
      for await (const progress of new Resealing(owner, new Sealer(keys), 50).sealAgain())
        count += progress.unreadable;
      return count;
    });
    expect(unreadable).toBe(0);
  });

  it('is not done again', async () => {
    expect(await run()).toMatchObject({ contacts: { rows: 0 }, messages: { rows: 0 } });
  });
});

it('every sealed column has a class in docs/retention.md', async () => {
  const listed = [...readFileSync('docs/retention.md', 'utf8').matchAll(/^\| `([a-z_]+\.[a-z_]+)` \|/gm)].map(
    ([, name]) => name,
  );
  const columns = await service.sql<{ name: string }>(
    `SELECT table_name || '.' || column_name AS name FROM information_schema.columns JOIN pg_tables ON tablename = table_name
     WHERE table_schema = 'public' AND schemaname = 'public' AND (data_type = 'bytea' OR udt_name = '_bytea') ORDER BY 1`,
  );
  expect(columns.map(({ name }) => name)).toEqual([...listed].sort());
});
