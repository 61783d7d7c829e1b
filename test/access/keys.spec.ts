import { ApiKeysService, makeKey, type NewApiKey } from '../../src/core/access/api-keys.service.js';
import { AppError } from '../../src/platform/app-error.js';
import { newId } from '../../src/platform/ids.js';
import { admin, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
let keys: ApiKeysService;
beforeAll(async () => {
  bench = await SendingBench.start();
  keys = bench.get(ApiKeysService);
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  await bench.sql(`DELETE FROM api_key`);
});

const inMinutes = (count: number) => new Date(Date.now() + count * 60_000);
let made = 0;
const create = (rest: Partial<NewApiKey> = {}) =>
  keys.create(admin, {
    name: `ledger ${(made += 1)}`,
    role: 'admin',
    departmentId: null,
    officerId: null,
    expiresAt: null,
    ...rest,
  });
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : error);

it('lets in who has the whole key, as what it was made for', async () => {
  const departmentId = await bench.department();
  const one = await create({ name: 'roads', role: 'manager', departmentId });
  const other = await create({ name: 'other' });
  expect(await keys.authenticate(one.key)).toEqual({
    keyId: one.id,
    accountId: null,
    name: 'roads',
    role: 'manager',
    departmentId,
    officerId: null,
  });
  const withOtherSecret = one.key.slice(0, 13) + other.key.slice(13);
  for (const wrong of [withOtherSecret, one.key.slice(0, -1), `${one.key}x`, makeKey(), '', 'chr_'])
    expect([wrong, await keys.authenticate(wrong)]).toEqual([wrong, null]);
});

it('lets in until the key expires, and not once it is revoked', async () => {
  const [past, soon] = [
    await create({ expiresAt: inMinutes(-1) }),
    await create({ expiresAt: inMinutes(1) }),
  ];
  const revoked = await create();
  await keys.revoke(admin, revoked.id);
  const opens = async (key: string) => (await keys.authenticate(key)) !== null;
  expect([await opens(past.key), await opens(soon.key), await opens(revoked.key)]).toEqual([
    false,
    true,
    false,
  ]);
});

it('notes of the key that is used, and of no other, when that was: once a minute', async () => {
  const [used, unused] = [await create(), await create()];
  const lastUsed = async (id: string) => (await bench.row('api_key', id))['last_used_at'] as Date | null;
  await keys.authenticate(used.key);
  expect((await lastUsed(used.id))?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  expect(await lastUsed(unused.id)).toBeNull();
  for (const [seconds, isNoted] of [
    [30, false],
    [61, true],
  ] as const) {
    await bench.sql(`UPDATE api_key SET last_used_at = clock_timestamp() - $1 * interval '1 second'`, [
      seconds,
    ]);
    const [before, others] = [await lastUsed(used.id), await lastUsed(unused.id)];
    await keys.authenticate(used.key);
    expect([seconds, (await lastUsed(used.id))?.getTime() !== before?.getTime()]).toEqual([seconds, isNoted]);
    expect(await lastUsed(unused.id)).toEqual(others);
  }
});

it('is made and revoked once, with an entry of the log, and never by itself', async () => {
  const [one, other] = [await create({ name: 'one' }), await create({ name: 'other' })];
  await keys.revoke(admin, one.id);
  for (const id of [one.id, newId()]) expect(await keys.revoke(admin, id).catch(codeOf)).toBe('not-found');
  expect(await keys.revoke({ ...admin, keyId: other.id }, other.id).catch(codeOf)).toBe('own-key');
  expect((await keys.list()).map(({ id, revokedAt }) => [id, revokedAt !== null])).toEqual([
    [one.id, true],
    [other.id, false],
  ]);
  const entries = await bench.sql(
    `SELECT subject, subject_id AS id, what, before, after, actor FROM change ORDER BY change.id`,
  );
  expect(entries).toMatchObject([
    {
      subject: 'api-key',
      id: one.id,
      what: 'created',
      before: null,
      after: { name: 'one', role: 'admin' },
    },
    { subject: 'api-key', id: other.id, what: 'created', after: { name: 'other' }, actor: 'admin:test' },
    {
      subject: 'api-key',
      id: one.id,
      what: 'revoked',
      before: { name: 'one', role: 'admin' },
      after: null,
      actor: 'admin:test',
    },
  ]);
});

it('has a name that no other key ever had, and that reads as no account', async () => {
  const one = await create({ name: 'ledger' });
  await keys.revoke(admin, one.id);
  for (const name of ['ledger', 'Ledger', `@${newId()}`])
    expect(await create({ name }).catch(codeOf)).toBe('key-name-taken');
  const outcomes = await Promise.all([1, 2, 3].map(() => create({ name: 'at once' }).catch(codeOf)));
  expect(outcomes.filter((outcome) => outcome === 'key-name-taken')).toHaveLength(2);
});

it('of the environment is made once, and another with its prefix is refused', async () => {
  const key = makeKey();
  const wanted = {
    name: 'bootstrap',
    role: 'admin',
    departmentId: null,
    officerId: null,
    expiresAt: null,
  } as const;
  await keys.ensure(key, wanted);
  await keys.ensure(key, wanted);
  expect(await keys.list()).toHaveLength(1);
  expect(await keys.authenticate(key)).toMatchObject({ name: 'bootstrap', role: 'admin' });
  const twin = key.slice(0, 13) + makeKey().slice(13);
  await expect(keys.ensure(twin, wanted)).rejects.toThrow('another key has the prefix');
  await expect(keys.ensure('chr_short', wanted)).rejects.toThrow('malformed');
});

it('stands in the log as it is after each change: made, opened, revoked, or made of the environment', async () => {
  const leaves = async (id: string) =>
    (await bench.sql(`SELECT 1 FROM leaf WHERE subject_id = $1 AND NOT body ? 'what'`, [id])).length;
  const { id, key } = await create({ role: 'auditor' });
  expect([await leaves(id), await keys.authenticate(key)]).toEqual([1, null]);
  await keys.open(id);
  expect([await leaves(id), (await keys.authenticate(key))?.keyId]).toEqual([2, id]);
  await keys.revoke(admin, id);
  expect([await leaves(id), await keys.authenticate(key)]).toEqual([3, null]);
  for (const gone of [id, newId()]) expect(await keys.open(gone).catch(codeOf)).toBe('not-found');
  const wanted = { name: 'b', role: 'admin', departmentId: null, officerId: null, expiresAt: null } as const;
  const own = makeKey();
  await keys.ensure(own, wanted);
  expect(await leaves((await keys.authenticate(own))?.keyId ?? '')).toBe(1);
});
