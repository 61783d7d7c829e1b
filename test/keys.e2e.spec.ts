import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { type FakeTwilio, startFakeTwilio } from './support/fake-twilio.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';
import { Database } from '../src/platform/database/database.js';
import { KeyRegister } from '../src/platform/sealing/key-register.js';
import { Sealer } from '../src/platform/sealing/sealer.js';
import type { SealingKey } from '../src/platform/sealing/sealing-keys.js';

const command = join(process.cwd(), 'dist/src/keys.cli.js');
const [k1, k2] = ['k1', 'k2'].map((id) => ({ id, key: randomBytes(32) })) as [SealingKey, SealingKey];

let fake: FakeTwilio;
let service: TestService;

beforeAll(async () => {
  fake = await startFakeTwilio();
  service = await startService({ twilio: fake, role: 'all' });
  // The city was set up under a key of its own; from here on it is k1 alone that seals.
  await startAgain(k1, ...service.ground.keys.sealing);
  await service.openAtAllHours();
});
afterAll(async () => {
  await service.close();
  await fake.stop();
});

/** Starts the service again with these keys, the first of which seals. */
async function startAgain(...sealing: SealingKey[]): Promise<void> {
  const { ground } = service;
  await service.stop();
  const keys = { sealing, index: ground.keys.index };
  service = await startService({ twilio: fake, role: 'all', existing: { ...ground, keys } });
}

/** Starts the command; `killAfter`: it is killed as soon as it has printed so many lines. */
async function rotate(sealing: SealingKey[], { killAfter = Infinity, rows = 200 } = {}) {
  const { database, dataDir, keys } = service.ground;
  const child = spawn(process.execPath, [command, '--rows', String(rows)], {
    env: {
      PATH: process.env['PATH'],
      CHORONG_DATA_DIR: join(dataDir, 'keys'),
      DATABASE_URL: database.appUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
      CHORONG_SEALING_KEYS: sealing.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
      CHORONG_INDEX_KEY: keys.index.toString('base64'),
    },
  });
  let output = '';
  const hear = (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > killAfter) child.kill('SIGKILL');
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** Texts that are due at once, each to a number of its own. Returns the numbers. */
async function textSome(count: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, () => aNumber());
  for (const phone of numbers)
    await service.registerDue({ counterparties: [aCounterparty({ contacts: [aContact({ phone })] })] });
  return numbers;
}

interface Sealed {
  table: string;
  column: string;
  rowId: string;
  sealed: Buffer;
}

/** Everything that is sealed, found apart from the code that seals it again. */
async function allSealed(): Promise<Sealed[]> {
  const columns = await service.sql<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name LIKE '%sealed'`,
  );
  const found = await Promise.all(
    columns.map(({ table, column }) =>
      service.sql<Sealed>(
        `SELECT '${table}' AS table, '${column}' AS column, ${column} AS sealed,
                ${table === 'idempotency_key' ? 'row_id' : 'id'} AS "rowId" FROM ${table} WHERE ${column} IS NOT NULL`,
      ),
    ),
  );
  return found.flat();
}

const countOf = (values: Sealed[], { id }: SealingKey) =>
  values.filter(({ sealed }) => sealed.toString('latin1', 2, 2 + sealed.readUInt8(1)) === id).length;

const allSent = () =>
  until('all is sent', async () => {
    const [left] = await service.sql<{ count: number }>(
      `SELECT (SELECT count(*) FROM alert WHERE status = 'planned' AND due_at < now())::int
            + (SELECT count(*) FROM message WHERE status IN ('sending', 'waiting'))::int AS count`,
    );
    return left?.count === 0;
  });

it('is rotated while texts go out, killed half-way, and leaves nothing unreadable', async () => {
  const city = service.ground.keys.sealing.slice(1);
  const before = await textSome(15);
  await allSent();
  await startAgain(k2, k1, ...city);

  const sending = textSome(15);
  const killed = await rotate([k2, k1, ...city], { rows: 2, killAfter: 12 });
  expect(killed.code).toBeNull();
  // It joined last, and counts as running for three minutes after its last word: here they are over.
  await service.sql(
    `UPDATE sealing_process SET seen_at = seen_at - interval '181 seconds'
     WHERE id = (SELECT max(id::text)::uuid FROM sealing_process)`,
  );
  const halfWay = await allSealed();
  expect(countOf(halfWay, k1)).toBeGreaterThan(0);
  expect(countOf(halfWay, k2)).toBeGreaterThan(0);

  const finished = await until('nothing was in use', async () => {
    const run = await rotate([k2, k1, ...city], { rows: 5 });
    return run.code === 0 ? run : null;
  });
  expect(finished.output).toContain('Nothing is sealed with the key "k1" any more.');
  const numbers = [...before, ...(await sending)];
  await allSent();

  const values = await allSealed();
  const sealer = new Sealer({ sealing: [k2], index: service.ground.keys.index });
  const unreadable = values.filter(({ sealed, ...place }) => {
    try {
      return sealer.open(sealed, place) === null;
    } catch {
      return true;
    }
  });
  expect(unreadable).toEqual([]);
  expect(new Set(values.map(({ table }) => table))).toEqual(new Set(['contact', 'counterparty', 'message']));
  expect((await fake.received()).messages).toHaveLength(30);

  // The service alone with the new key: it starts, reads and finds everything.
  await startAgain(k2);
  for (const number of numbers) {
    const { items } = ok(await service.admin.post<{ items: unknown[] }>('/messages/search', { number }));
    expect(items).toHaveLength(1);
  }
  await textSome(1);
  await allSent();
});

it('is begun by nobody while a process lacks the new key, and ended by nobody while one seals with the old', async () => {
  const [a, b] = ['a', 'b'].map((id) => ({ id, key: randomBytes(32) })) as [SealingKey, SealingKey];
  await startAgain(a, k2);
  expect((await rotate([a, k2])).code).toBe(0);
  await startAgain(a);
  const early = await rotate([b, a]);
  expect(early).toMatchObject({ code: 2 });
  expect(early.output).toContain('A process that runs does not have the key "b".');
  expect(countOf(await allSealed(), b)).toBe(0);

  await startAgain(a, b);
  const late = await rotate([b, a]);
  expect(late).toMatchObject({ code: 2 });
  expect(late.output).toContain('Put "b" first');
  expect(countOf(await allSealed(), a)).toBe(0);
  await startAgain(b, a);
  expect((await rotate([b, a])).output).toContain('Nothing is sealed with the key "a" any more.');

  const { ground } = service;
  const start = (...sealing: SealingKey[]) =>
    startService({ twilio: fake, existing: { ...ground, keys: { sealing, index: ground.keys.index } } });
  await expect(start(a)).rejects.toThrow('CHORONG_SEALING_KEYS lacks the key "b"');
  await expect(start(a, b)).rejects.toThrow('begins with the key "a", which was let go');
  const leaves = await service.sql(
    `SELECT 1 FROM leaf WHERE kind = 'sealing-key-let-go' AND subject_id = 'a'`,
  );
  expect(leaves).toHaveLength(1);
});

it('keeps the key of what it cannot open, and says so', async () => {
  const [b, next] = [service.ground.keys.sealing[0]!, { id: 'next', key: randomBytes(32) }];
  await startAgain(next, b);
  await service.sql(
    `UPDATE contact SET phone_sealed = set_byte(phone_sealed, length(phone_sealed) - 1, get_byte(phone_sealed, length(phone_sealed) - 1) # 1)
     WHERE id = (SELECT min(id::text)::uuid FROM contact WHERE phone_sealed IS NOT NULL)`,
  );
  const { code, output } = await rotate([next, b]);
  expect(code).toBe(1);
  expect(output).toMatch(/^contact\.phone_sealed: \d+ of \d+, 1 unreadable$/m);
  expect(output).toContain(`1 values are still sealed with the key "${b.id}": keep it.`);
});

it('makes the next key where there is one alone', async () => {
  const { code, output } = await rotate([k1]);
  expect(code).toBe(2);
  expect(output).toMatch(/^A new key: 20\d\d-\d\d-\d\d-[0-9a-f]{4}:[A-Za-z0-9+/]{43}=$/m);
});

it('keeps every key of the first start until it is let go: nobody knows what was sealed with which', async () => {
  await service.sql(`DELETE FROM sealing_key`);
  const register = (...ids: string[]) => new KeyRegister(service.app.get(Database), ids);
  const first = register('new', 'old');
  await first.join();
  await first.beforeApplicationShutdown();
  await expect(register('new').join()).rejects.toThrow('CHORONG_SEALING_KEYS lacks the key "old"');
});
