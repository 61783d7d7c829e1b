import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { AccessLog } from '../../src/core/accesses/access-log.service.js';
import type { ContractView } from '../../src/core/contracts/contract.view.js';
import { Flag, ofAgency } from '../../src/core/planning/flag.entity.js';
import { Flags } from '../../src/core/planning/flags.js';
import { Leaf } from '../../src/core/proof/change.entity.js';
import { factsSaidBy, factTables } from '../../src/core/proof/facts.js';
import { Journal } from '../../src/core/proof/journal.service.js';
import { Misfits } from '../../src/core/transparency/misfits.js';
import { MisfitFlags } from '../../src/core/transparency/misfit-flags.js';
import { ServiceClock } from '../../src/platform/clock/service-clock.js';
import { LogChecks } from '../../src/core/transparency/log-checks.service.js';
import { findingWords } from '../../src/core/transparency/log-findings.words.js';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import { TableVerifier } from '../../src/core/transparency/table-verifier.js';
import { Database, SnakeNames } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/ids.js';
import { Sealer } from '../../src/platform/sealing/sealer.js';
import { AccessReviews } from '../../src/office/accesses/access-reviews.service.js';
import { ok } from '../support/api-client.js';
import { aCounterparty } from '../support/builders.js';
import { contactIds } from '../support/contract-reading.js';
import { startService, type TestService } from '../support/service.js';
import { verifierOn } from '../support/verifying.js';
import { uncompared } from './uncompared.js';

/**
 * A small world in which everything that shows a fact has happened once: texts sent and reported on, a number changed after that, a
 * contract suspended and its flag closed, a proposal refused, a brake pulled and released, keys, accounts, texts and settings.
 */
let service: TestService;
let owner: Database;
let source: DataSource;

beforeAll(async () => {
  service = await startService();
  source = await new DataSource({
    type: 'postgres',
    url: service.ground.database.ownerUrl,
    entities: [Flag, Leaf],
    namingStrategy: new SnakeNames(),
  }).initialize();
  owner = new Database(source);
  await service.startAt('2026-03-02T09:00:00+09:00');
  const officer = await service.as('officer', await service.departmentId('ROADS'));
  const auditor = await service.as('auditor');
  await service.person('manager', await service.departmentId('ROADS'));
  const told = await service.register();
  await service.register();
  await service.advanceTo('2026-03-05T09:00:00+09:00');
  const contact = `/contracts/${told.id}/contacts/${contactIds(told)[0]}`;
  ok(await officer.patch<ContractView>(contact, { phone: '010-0000-7101', reason: 'another manager' }));
  ok(await officer.post(`/contracts/${told.id}/suspend`, { on: '2026-03-05', reason: 'rain' }));
  ok(
    await auditor.post('/flags/close', {
      contractId: told.id,
      kind: 'not-told',
      finding: 'explained',
      note: 'it did rain',
    }),
  );
  ok(await auditor.post(`/contracts/${told.id}/hold`, { reason: 'an inquiry' }));
  ok(await officer.post(`/contracts/${told.id}/counterparties`, aCounterparty({ contacts: [] })));
  const departmentId = await service.departmentId('ROADS');
  ok(await service.admin.post('/officers', { departmentId, name: '김바다' }));
  service.approvesAtOnce = false;
  const waiting = await service.register();
  const swap = `/contracts/${waiting.id}/contacts/${contactIds(waiting)[0]}`;
  const answer = await officer.patch<ContractView>(swap, { phone: '010-0000-7102', reason: 'a new one' });
  ok(await auditor.post(`/proposals/${answer.body.proposal?.id}/refuse`, { reason: 'nobody knows it' }));
  const brake = ok(
    await service.admin.post<{ id: string }>('/brakes', { scope: 'agency', target: 'all', reason: 'a test' }),
  );
  ok(await service.admin.post(`/brakes/${brake.id}/release`, { reason: 'it is over' }));
  const endpoint = { url: 'https://projects.example.go.kr/chorong', kinds: ['contract'] };
  ok(await service.admin.post('/feed/endpoints', endpoint));
  const reader = { keyId: null, accountId: null, name: 'a reader', role: 'auditor' as const };
  const caller = { ...reader, departmentId: null, officerId: null };
  const seen = { subject: 'account' as const, subjectIds: [newId()] };
  await service.app.get(AccessLog).record(caller, { act: 'accounts-read', ...seen });
  await service.app.get(AccessReviews).review(caller, { month: '2020-01', note: 'nothing odd' });
  const [report] = await service.sql<{ id: string }>(
    `INSERT INTO report (id, month, figures, made_at) VALUES (gen_random_uuid(), '2026-02', '{}', now()) RETURNING id`,
  );
  await service.app.get(Journal).state('report', [report?.id ?? '']);
  await service.app.get(Sequencer).sequence();
  await service.app.get(Sequencer).sign(0);
});
afterAll(async () => {
  await source.destroy();
  await service.close();
});

/** Verifies as the owner of the tables, who has altered something, and returns what was found first. */
const firstFound = async () => {
  const [first] = (await verifierOn(service, owner).verify(null)).misfits.named;
  if (!first) throw new Error('nothing was found');
  return first;
};

it('fits as it was written, with every row compared', async () => {
  const found = await verifierOn(service, service.app.get(Database)).verify(null);
  expect(found.misfits.named).toEqual([]);
  expect(found).toMatchObject({ tables: { rowsBefore: 0, erased: 0, unopened: [] } });
  const kinds = await service.sql<{ kind: string }>(`SELECT DISTINCT kind FROM leaf ORDER BY kind`);
  expect(kinds.map(({ kind }) => kind)).toEqual([
    'access',
    'accesses-reviewed',
    'account',
    'alert',
    'api_key',
    'brake',
    'change',
    'contact',
    'flag',
    'message-delivered',
    'message-frozen',
    'message-sent',
    'plan',
    'proposal',
    'receipt',
    'report',
    'retention_hold',
    'setting',
    'template_version',
  ]);
});

it('says what it could not compare without the keys', async () => {
  const found = await verifierOn(service, service.app.get(Database), null).verify(null);
  const unopened = ['message.phone', 'contact.name', 'contact.phone', 'counterparty.name', 'officer.name'];
  expect(found).toMatchObject({ tables: { unopened } });
});

const one = (table: string, where = 'true') =>
  `id = (SELECT id FROM ${table} WHERE ${where} ORDER BY id LIMIT 1)`;
const later = `(lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint + 172800000), 12, '0') || '70008000000000000000')::uuid`;

/** What whoever owns the tables may do to what people read, beside altering one column. Each is undone afterwards. */
const tamperings: [what: string, sql: string[], code: string, table: string, column?: string][] = [
  [
    'the reference of an attempt',
    [`UPDATE attempt SET reference = 'another' WHERE ${one('attempt')}`],
    'row-altered',
    'message',
    'reference',
  ],
  [
    'a message that was never sent',
    [
      `INSERT INTO message SELECT (json_populate_record(m, json_build_object('id', ${later},
         'text_hash', '\\x00', 'frozen_at', now() + interval '2 days'))).* FROM message m LIMIT 1`,
    ],
    'row-outside',
    'message',
  ],
  ['a receipt taken away', [`DELETE FROM receipt WHERE ${one('receipt')}`], 'row-missing', 'receipt'],
  [
    'the number of a contact, with its index',
    [
      `UPDATE contact SET phone_index = other.phone_index, phone_sealed = other.phone_sealed FROM contact other
       WHERE other.id > contact.id`,
    ],
    'row-altered',
    'contact',
    'number',
  ],
  [
    'an alert taken out of a plan',
    [`DELETE FROM alert WHERE ${one('alert', `message_id IS NULL AND reissue = 0`)}`],
    'row-altered',
    'plan',
    'alerts',
  ],
  [
    'an alert that is missed without having been due',
    [
      `UPDATE alert SET status = 'missed', reason = 'rehearsal' WHERE ${one('alert', `status = 'planned' AND reissue = 0`)}`,
    ],
    'row-altered',
    'plan',
    'alerts',
  ],
  [
    'an alert that was told taken from its message',
    [
      `UPDATE alert SET status = 'missed', message_id = NULL, reason = 'late'
       WHERE ${one('alert', `status = 'messaged' AND reissue = 0`)}`,
    ],
    'row-altered',
    'message',
    'alerts',
  ],
  [
    'what tells a former number, cancelled',
    [`UPDATE alert SET status = 'cancelled', message_id = NULL, reason = 'number-back' WHERE reissue = 1`],
    'row-altered',
    'alert',
    'reason',
  ],
  [
    'a flag closed',
    [
      `UPDATE flag SET closed_at = now(), closed_by = 'auditor', finding = 'explained', note = 'fine'
       WHERE ${one('flag', 'closed_at IS NULL')}`,
    ],
    'row-altered',
    'flag',
    'closed_by',
  ],
  ['a flag deleted', [`DELETE FROM flag WHERE ${one('flag')}`], 'row-missing', 'flag'],
  [
    'whom a proposal kept from being told',
    [`UPDATE proposal SET lost = '[]' WHERE lost <> '[]'`],
    'row-altered',
    'proposal',
    'shown',
  ],
  ['a brake deleted', [`DELETE FROM brake`], 'row-missing', 'brake'],
  [
    'a released brake shown as on',
    [`UPDATE brake SET released_at = NULL, released_by = NULL, release_reason = NULL`],
    'row-altered',
    'brake',
    'released_by',
  ],
  [
    'the title of a contract',
    [`UPDATE contract SET title = title || '!' WHERE ${one('contract')}`],
    'row-altered',
    'contract',
    'title',
  ],
  ['the value of a contract', [`UPDATE contract SET amount = 1`], 'row-altered', 'contract', 'amount'],
  [
    'whose contract it is',
    [`UPDATE contract SET department_id = (SELECT id FROM department d WHERE d.id <> department_id LIMIT 1)`],
    'row-altered',
    'contract',
    'departmentId',
  ],
  [
    'which company has a contract',
    [`UPDATE counterparty SET registration_number = '000-00-00000' WHERE ${one('counterparty')}`],
    'row-altered',
    'contract',
    'companies',
  ],
  [
    'a company that was never named',
    [
      `INSERT INTO counterparty SELECT (json_populate_record(p, json_build_object('id', ${later}))).* FROM counterparty p LIMIT 1`,
    ],
    'row-altered',
    'contract',
    'companies',
  ],
  [
    'a company that was added later',
    [
      `UPDATE counterparty SET registration_number = '000-00-00000' WHERE ${one('counterparty', 'EXISTS (SELECT FROM leaf l WHERE l.subject_id = counterparty.id::text)')}`,
    ],
    'row-altered',
    'counterparty',
    'registrationNumber',
  ],
  [
    'the name of a department',
    [`UPDATE department SET name = '감사과' WHERE code = 'ROADS'`],
    'row-altered',
    'department',
    'name',
  ],
  ['whether somebody has left', [`UPDATE officer SET active = false`], 'row-altered', 'officer', 'active'],
  [
    'a passkey that its person did not add',
    [
      `INSERT INTO passkey (id, account_id, name_sealed, credential_id, public_key, counter)
       SELECT gen_random_uuid(), id, '', 'k', 'k', 0 FROM account WHERE ${one('account')}`,
    ],
    'row-altered',
    'account',
    'passkeys',
  ],
  [
    'a change taken out of the history',
    [`DELETE FROM change WHERE ${one('change')}`],
    'row-missing',
    'change',
  ],
];

it.each(tamperings.map(([what, sql, code, table, column]) => ({ what, sql, code, table, column })))(
  'finds $what',
  async ({ sql, code, table, column }) => {
    const found = await owner.rehearse(async () => {
      let changed = 0;
      for (const statement of sql) changed += await owner.run(statement);
      expect(changed).toBeGreaterThan(0);
      return firstFound();
    });
    expect(found).toMatchObject({ code, params: { table, ...(column && { column }) } });
  },
);

/** By the type of a column, what makes its value another. */
const another: Record<string, (column: string) => string> = {
  text: (column) => `coalesce(${column}, '') || 'x'`,
  boolean: (column) => `NOT coalesce(${column}, false)`,
  integer: (column) => `coalesce(${column}, 0) + 1`,
  smallint: (column) => `coalesce(${column}, 0) + 1`,
  bigint: (column) => `coalesce(${column}, 0) + 1`,
  numeric: (column) => `coalesce(${column}, 0) + 1`,
  date: (column) => `coalesce(${column}, '2026-01-01') + 1`,
  'timestamp with time zone': (column) => `coalesce(${column}, now()) + interval '1 day'`,
  uuid: () => `gen_random_uuid()`,
  bytea: (column) => `sha256(coalesce(${column}, ''))`,
  jsonb: () => `'{"another": 1}'`,
  ARRAY: (column) => `coalesce(${column}, '{}') || ${column}`,
};

/** The tests of calls and of reference lists alter what is theirs: this world has none of it. */
const alteredElsewhere = ['call_candidate', 'call_sample', 'reference_list', 'reference_record'];

const altered = Object.entries(uncompared).flatMap(([of, columns]) =>
  typeof columns === 'string'
    ? []
    : [{ of, table: of.replace(/ WHERE .*/, ''), unseen: new Set(Object.keys(columns)) }],
);

it('knows of each table whether it is compared, or why not', async () => {
  const tables = await owner.rows<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
  );
  const known = Object.keys(uncompared).map((of) => of.replace(/ WHERE .*/, ''));
  expect([...new Set([...known, ...alteredElsewhere])].sort()).toEqual(tables.map(({ name }) => name));
  const shown = new Set([...factTables().values()].map(({ from }) => from.replace(/ r$/, '')));
  const compared = new Set([...altered.map(({ table }) => table), ...alteredElsewhere]);
  expect([...compared].sort()).toEqual([...shown, 'milestone'].sort());
});

it.each(altered)('finds whatever else is altered of a row of $of', async ({ table, of, unseen }) => {
  const columns = await owner.rows<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND column_name <> 'id' ORDER BY 1`,
    [table],
  );
  const seen: string[] = [];
  for (const { name, type } of columns) {
    const found = await owner.rehearse(async () => {
      // Whoever owns the tables can do that, too.
      await owner.run(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
      for (const { constraint } of await owner.rows<{ constraint: string }>(
        `SELECT conname AS constraint FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('c', 'f')`,
        [table],
      ))
        await owner.run(`ALTER TABLE ${table} DROP CONSTRAINT ${constraint}`);
      const changed = await owner.run(
        `UPDATE ${table} SET ${name} = ${another[type]?.(name)} WHERE ctid = (SELECT ctid FROM ${of} ORDER BY ctid LIMIT 1)`,
      );
      expect(changed).toBe(1);
      const misfits = new Misfits();
      await new TableVerifier(owner, service.app.get(Sealer), misfits).compare();
      return misfits.total;
    });
    if (found > 0) seen.push(name);
  }
  const all = columns.map(({ name }) => name);
  const expected = all.filter((name) => !unseen.has(name));
  expect(seen).toEqual(expected);
});

/** Facts by their names, with what tells whether their expressions are still the same. */
const expressions = () =>
  Object.fromEntries(
    [...factTables()].flatMap(([table, { facts, among }]) =>
      Object.entries({ ...facts, ...among }).map(([fact, sql]) => {
        const digest = createHash('sha256').update(sql.replace(/\s+/g, ' ')).digest('hex');
        return [`${table}.${fact}`, digest.slice(0, 12)];
      }),
    ),
  );
const expressionsFile = 'test/fixtures/facts.json';

it('has the expressions that facts have had: with another one, rows of earlier versions do not fit their leaves', () => {
  if (process.env['FACTS'] === 'write')
    writeFileSync(expressionsFile, `${JSON.stringify(expressions(), null, 2)}\n`);
  expect(expressions()).toEqual(JSON.parse(readFileSync(expressionsFile, 'utf8')));
});

describe('beside a version that knows fewer facts', () => {
  it('every leaf says all that leaves of its kind say, so that one of that version can be told by what it leaves out', async () => {
    const leaves = await service.sql<{ kind: string; body: Record<string, unknown> }>(
      `SELECT kind, body FROM leaf WHERE salt IS NOT NULL`,
    );
    const lacking = [...factTables()].flatMap(([name, table]) =>
      leaves
        .filter(({ kind }) => kind !== 'change' && table.kinds.includes(kind))
        .flatMap(({ kind, body }) => factsSaidBy(name, table, kind).filter((fact) => !(fact in body))),
    );
    expect(lacking).toEqual([]);
  });

  it.each([
    ['contact', 'contact', 'role', `role = 'another'`],
    ['message', 'message-waiting', 'reason_origin', `reason_origin = 'provider'`],
  ])('a fact of a %s that the newest leaf leaves out is not compared', async (table, kind, fact, set) => {
    const found = (says: boolean) =>
      owner.rehearse(async () => {
        const journal = new Journal(owner, service.app.get(ServiceClock));
        const [row] = await owner.rows<{ id: string; said: Record<string, unknown> }>(
          `SELECT r.id, (SELECT l.body FROM leaf l WHERE l.subject_id = r.id::text AND l.kind LIKE $1 || '%' ORDER BY l.id DESC LIMIT 1) AS said
           FROM ${table} r ORDER BY r.id LIMIT 1`,
          [table],
        );
        await owner.run(`UPDATE ${table} SET ${set} WHERE id = $1`, [row?.id]);
        const { [fact]: known, ...others } = row?.said ?? {};
        const body = says ? { ...others, [fact]: known } : others;
        await journal.leaves([{ kind, subjectId: row?.id ?? '', body }]);
        return (await verifierOn(service, owner).verify(null)).misfits.named;
      });
    expect(await found(false)).toEqual([]);
    expect(await found(true)).toMatchObject([{ code: 'row-altered', params: { table, column: fact } }]);
  });
});

it('does not miss accesses whose time was over', async () => {
  const found = (...leaves: Parameters<Journal['leaves']>[0]) =>
    owner.rehearse(async () => {
      await owner.run(`DELETE FROM access_entry`);
      await new Journal(owner, service.app.get(ServiceClock)).leaves(leaves);
      return (await verifierOn(service, owner).verify(null)).misfits.total;
    });
  const forgotten = { kind: 'accesses-forgotten', subjectId: 'access-log' };
  expect(await found()).toBeGreaterThan(0);
  expect(await found({ ...forgotten, body: { count: 1, years: 1 } })).toBeGreaterThan(0);
  expect(await found({ ...forgotten, body: { count: 1, years: 0 } })).toBe(0);
});

it('finds a name that is not the one of its index', async () => {
  const found = await owner.rehearse(async () => {
    const [one, other] = await owner.rows<{ id: string; nameSealed: Buffer }>(
      `SELECT id, name_sealed FROM counterparty ORDER BY id LIMIT 2`,
    );
    const sealer = service.app.get(Sealer);
    const sealed = sealer.seal('(주)다른회사', {
      table: 'counterparty',
      column: 'name_sealed',
      rowId: one?.id ?? '',
    });
    await owner.run(`UPDATE counterparty SET name_sealed = $2 WHERE id = $1`, [one?.id, sealed]);
    await owner.run(`UPDATE counterparty SET name_sealed = $2 WHERE id = $1`, [other?.id, one?.nameSealed]);
    return (await verifierOn(service, owner).verify(null)).misfits.named;
  });
  expect(found.map(({ params: { table, column } }) => [table, column])).toEqual([
    ['counterparty', 'name'],
    ['counterparty', 'name'],
  ]);
});

it('goes on behind what does not fit, and names each', async () => {
  const { misfits } = await owner.rehearse(async () => {
    await owner.run(`UPDATE flag SET actor = 'key:another' WHERE ${one('flag')}`);
    await owner.run(`UPDATE message SET text = text || '!', locale = 'en' WHERE ${one('message')}`);
    await owner.run(`DELETE FROM brake`);
    return verifierOn(service, owner).verify(null);
  });
  expect(misfits.named.map(({ code, params: { table, column } }) => [code, table, column])).toEqual([
    ['row-missing', 'brake', undefined],
    ['row-altered', 'message', 'locale'],
    ['row-altered', 'message', 'text'],
    ['row-altered', 'flag', 'actor'],
  ]);
  expect(misfits.total).toBe(4);
});

it('names what it found in both languages', async () => {
  const found = await owner.rehearse(async () => {
    await owner.run(`UPDATE message SET text = text || '!'`);
    return firstFound();
  });
  const { row } = found.params;
  expect(findingWords(found)).toEqual({
    ko: `문자 ${row}: 화면에 보이는 ‘문자 내용’이 로그에 남은 기록과 다릅니다.`,
    en: `Message ${row}: what the table shows as “text” is not what its leaf says.`,
  });
});

it('takes a row for altered that was emptied without a leaf that tells of its erasing', async () => {
  const found = await owner.rehearse(async () => {
    await owner.run(
      `UPDATE message SET salt = NULL, number_sealed = NULL, number_index = NULL, text = NULL WHERE ${one('message')}`,
    );
    return firstFound();
  });
  expect(found).toMatchObject({ code: 'row-altered', params: { table: 'message' } });
});

describe('at night', () => {
  it('the service looks once, by one worker, and auditors see what came of it', async () => {
    const checks = service.app.get(LogChecks);
    const done = await Promise.all([checks.checkIfDue(), checks.checkIfDue()]);
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await checks.checkIfDue()).toBe(false);
    const home = (await (await service.person('auditor')).get('/console')).body;
    expect(home).toMatch(/로그를 .* 확인했습니다/);
    expect(home).not.toContain('로그와 맞지 않는 기록');
  });

  it('what does not fit is shown to auditors', async () => {
    const [flag] = await owner.rows<{ id: string; actor: string }>(
      `SELECT id, actor FROM flag ORDER BY id LIMIT 1`,
    );
    await owner.run(`UPDATE flag SET actor = 'nobody' WHERE id = $1`, [flag?.id]);
    const found = await service.app.get(LogChecks).check();
    expect(found).toMatchObject({ code: 'row-altered', params: { table: 'flag', row: flag?.id } });
    const home = (await (await service.person('auditor')).get('/console')).body;
    expect(home).toContain(`표시 ${flag?.id}: 화면에 보이는 ‘행위자’가 로그에 남은 기록과 다릅니다.`);
    await owner.run(`UPDATE flag SET actor = $2 WHERE id = $1`, [flag?.id, flag?.actor]);
  });

  it('what does not fit is flagged, once while that is open, and again when it was closed and is still there', async () => {
    const check = () => service.app.get(LogChecks).check();
    const flagged = () =>
      service.sql<{ contractId: string; count: number }>(
        `SELECT contract_id AS "contractId", count(*)::int AS count FROM flag
         WHERE kind = 'log-misfit' AND changed @> '[{"to": "brake"}]' GROUP BY 1`,
      );
    const [brake] = await owner.rows<{ id: string; reason: string }>(`SELECT id, reason FROM brake LIMIT 1`);
    await owner.run(`UPDATE brake SET reason = 'nothing' WHERE id = $1`, [brake?.id]);
    for (let night = 0; night < 2; night += 1) await check();
    expect(await flagged()).toEqual([{ contractId: ofAgency, count: 1 }]);

    const auditor = await service.person('auditor');
    const inbox = (await auditor.get('/console/flags?kind=log-misfit')).body;
    expect(inbox).toContain('href="/console/flags/agency"');
    expect(inbox).toContain(`발송 중지 ${brake?.id}: 화면에 보이는 ‘사유’가 로그에 남은 기록과 다릅니다.`);
    const closing = { finding: 'referred', note: 'asked the operators' };
    await auditor.post('/console/flags/agency', closing);
    const closed = (await auditor.get('/console/flags/agency')).body;
    expect(closed).toContain('asked the operators');
    expect(closed).toContain('<h2>로그와 맞지 않는 기록</h2>');
    await check();
    expect(await flagged()).toEqual([{ contractId: ofAgency, count: 2 }]);
    await owner.run(`UPDATE brake SET reason = $2 WHERE id = $1`, [brake?.id, brake?.reason]);
    await auditor.post('/console/flags/agency', closing);
    expect(await check()).toMatchObject({ code: null });
    expect(await flagged()).toEqual([{ contractId: ofAgency, count: 2 }]);
  });

  it('all is compared with what was last found to fit, whatever was found since', async () => {
    await owner.run(
      `INSERT INTO log_check (id, began_at, ended_at, code, params) VALUES ($1, now(), now(), 'row-missing', '{}')`,
      [newId()],
    );
    expect(
      await owner.run(`UPDATE log_check SET root = sha256(root) WHERE root IS NOT NULL`),
    ).toBeGreaterThan(0);
    expect(await service.app.get(LogChecks).check()).toMatchObject({ code: 'log-rewritten' });
    await owner.run(`DELETE FROM log_check`);
  });

  const ofMessage = `SELECT contract_id FROM alert WHERE message_id = (SELECT id FROM message ORDER BY id LIMIT 1)`;
  const ofReceipt = `SELECT a.contract_id FROM receipt r JOIN attempt t ON t.reference = r.reference JOIN alert a USING (message_id)
    WHERE r.${one('receipt')}`;
  it.each<[what: string, sql: string, contracts: string]>([
    ['of a text', `UPDATE message SET text = text || '!' WHERE ${one('message')}`, ofMessage],
    ['of a receipt', `UPDATE receipt SET status = 'failed' WHERE ${one('receipt')}`, ofReceipt],
    ['of a receipt taken away', `DELETE FROM receipt WHERE ${one('receipt')}`, ofReceipt],
    [
      'of a contact',
      `UPDATE contact SET role = 'other' WHERE ${one('contact')}`,
      `SELECT contract_id FROM contact WHERE ${one('contact')}`,
    ],
    [
      'of a plan',
      `UPDATE contract SET ends_on = ends_on + 1 WHERE ${one('contract')}`,
      `SELECT id FROM contract WHERE ${one('contract')}`,
    ],
    [
      'of a flag taken away',
      `DELETE FROM flag WHERE ${one('flag')}`,
      `SELECT contract_id FROM flag WHERE ${one('flag')}`,
    ],
    [
      'of a proposal given to another contract',
      `UPDATE proposal SET contract_id = (SELECT id FROM contract c WHERE c.id <> contract_id ORDER BY id LIMIT 1)`,
      `SELECT contract_id FROM proposal WHERE ${one('proposal')} UNION (SELECT c.id FROM contract c, proposal p WHERE c.id <> p.contract_id AND p.${one('proposal')} ORDER BY c.id LIMIT 1)`,
    ],
  ])('it is flagged with the contract %s', async (_what, sql, contracts) => {
    const expected = (
      await owner.rows<{ id: string }>(`SELECT DISTINCT id::text FROM (${contracts}) AS x (id) ORDER BY id`)
    ).map(({ id }) => id);
    expect(expected.length).toBeGreaterThan(0);
    const flagged = await owner.rehearse(async () => {
      await owner.run(sql);
      const clock = service.app.get(ServiceClock);
      const found = await firstFound();
      await new MisfitFlags(owner, new Flags(owner, new Journal(owner, clock), clock)).raise(found);
      return owner.rows<{ id: string; inDepartment: boolean }>(
        `SELECT f.contract_id AS id, f.department_id = c.department_id AS in_department
         FROM flag f JOIN contract c ON c.id = f.contract_id WHERE f.kind = 'log-misfit' AND f.changed @> $1::jsonb ORDER BY 1`,
        [JSON.stringify([{ to: found.code }, { to: found.params['row'] }])],
      );
    });
    expect(flagged).toEqual(expected.map((id) => ({ id, inDepartment: true })));
  });

  it('what cannot be signed any more is shown within a minute, once', async () => {
    const [last] = await owner.rows<{ size: number; root: Buffer }>(
      `SELECT size::int, root FROM log_checkpoint ORDER BY log_checkpoint.size DESC LIMIT 1`,
    );
    await owner.run(`UPDATE log_checkpoint SET root = sha256(root) WHERE size = $1`, [last?.size]);
    const checks = service.app.get(LogChecks);
    for (let n = 0; n < 2; n += 1) await checks.checkSigned();
    expect(await service.sql(`SELECT code, params FROM log_check WHERE code = 'not-signed'`)).toEqual([
      { code: 'not-signed', params: { size: last?.size } },
    ]);
    await owner.run(`UPDATE log_checkpoint SET root = $2 WHERE size = $1`, [last?.size, last?.root]);
  });
});
