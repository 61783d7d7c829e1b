import { ApiKeysService, makeKey } from '../src/core/access/api-keys.service.js';
import type { Caller, Role } from '../src/core/access/roles.js';
import { AccountRecords } from '../src/office/accounts/account-records.js';
import { AccountsService } from '../src/office/accounts/accounts.service.js';
import { OwnAccountService } from '../src/office/accounts/own-account.service.js';
import { Passwords } from '../src/office/accounts/passwords.js';
import { SessionsService } from '../src/office/accounts/sessions.service.js';
import { AppError } from '../src/platform/app-error.js';
import { ok, problem } from './support/api-client.js';
import { signedIn } from './support/entered.js';
import { startService, type TestService } from './support/service.js';

// Both sides of each boundary of keys, sessions and links. Time passes by moving rows, with half a minute to spare.

const password = 'river mirror eleven plate';
let service: TestService;
let roads: string;

beforeAll(async () => {
  service = await startService();
  roads = await service.departmentId('ROADS');
});
afterAll(() => service.close());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
const admin: Caller = {
  keyId: null,
  accountId: null,
  name: 'test',
  role: 'admin',
  departmentId: null,
  officerId: null,
};

describe('a key', () => {
  let keysMade = 0;
  const keys = () => service.app.get(ApiKeysService);
  const made = async (more: object = {}) =>
    ok(
      await service.admin.post<{ id: string; key: string }>('/api-keys', {
        name: `ledger ${(keysMade += 1)}`,
        role: 'officer',
        departmentId: roads,
        ...more,
      }),
    );
  const set = (id: string, column: string, when: string) =>
    service.sql(`UPDATE api_key SET ${column} = clock_timestamp() + $2::interval WHERE id = $1`, [id, when]);

  it('tells who calls', async () => {
    const { id, key } = await made();
    expect(await keys().authenticate(key)).toEqual({
      keyId: id,
      accountId: null,
      name: 'ledger 1',
      role: 'officer',
      departmentId: roads,
      officerId: null,
    });
  });

  it('works until it expires, and not from then on', async () => {
    const { id, key } = await made();
    await set(id, 'expires_at', '30 seconds');
    expect(await keys().authenticate(key)).not.toBeNull();
    await set(id, 'expires_at', '-1 second');
    expect(await keys().authenticate(key)).toBeNull();
  });

  it('works until it is revoked, by whom and when is written down, and it is revoked once', async () => {
    const [{ id, key }, other] = [await made(), await made()];
    expect((await service.admin.delete(`/api-keys/${id}`)).status).toBe(204);
    expect(await keys().authenticate(key)).toBeNull();
    expect(await keys().authenticate(other.key)).not.toBeNull();
    expect((await service.admin.delete(`/api-keys/${id}`)).status).toBe(404);
    expect(
      await service.sql(`SELECT what, actor FROM change WHERE subject_id = $1 ORDER BY id`, [id]),
    ).toEqual([
      { what: 'created', actor: 'admin:bootstrap' },
      { what: 'revoked', actor: 'admin:bootstrap' },
    ]);
  });

  it('that tries to revoke itself stays as it is', async () => {
    const { id, key } = await made({ role: 'admin', departmentId: null });
    expect(problem(await service.client(key).delete(`/api-keys/${id}`)).code).toBe('own-key');
    expect(await keys().authenticate(key)).not.toBeNull();
    expect(
      await service.sql(`SELECT 1 FROM change WHERE subject_id = $1 AND what = 'revoked'`, [id]),
    ).toEqual([]);
  });

  it('is its whole secret, and nothing around it', async () => {
    const { key } = await made();
    const prefix = key.slice(0, 'chr_12345678_'.length);
    const secret = key.slice(prefix.length);
    const another = makeKey().slice(prefix.length);
    const wrong = [
      '',
      prefix,
      secret,
      `${prefix}${another}`,
      `${prefix}${secret}x`,
      `${prefix}${secret.slice(0, -1)}`,
      `x${key}`,
      key.toUpperCase(),
      `chr_absent00_${secret}`,
    ];
    for (const presented of wrong)
      expect([presented, await keys().authenticate(presented)]).toEqual([presented, null]);
  });

  it('comes as a bearer and in no other way', async () => {
    const { key } = await made();
    const status = async (authorization: string) =>
      (await service.client(null).get('/contracts', { authorization })).status;
    expect(await status(`Bearer ${key}`)).toBe(200);
    for (const other of [key, `Token ${key}`, `Basic ${key}`, `bearer${key}`, `Bearer `])
      expect([other.slice(0, 7), await status(other)]).toEqual([other.slice(0, 7), 401]);
  });

  it('has its use noted once a minute', async () => {
    const { id, key } = await made();
    const used = async () =>
      (
        await service.sql<{ at: Date | null }>(`SELECT last_used_at AS at FROM api_key WHERE id = $1`, [id])
      )[0]?.at;
    expect(await used()).toBeNull();
    await keys().authenticate(key);
    expect(await used()).toBeInstanceOf(Date);
    await set(id, 'last_used_at', '-30 seconds');
    const before = await used();
    await keys().authenticate(key);
    expect(await used()).toEqual(before);
    await set(id, 'last_used_at', '-61 seconds');
    const stale = await used();
    await keys().authenticate(key);
    expect((await used())?.getTime()).toBeGreaterThan((stale?.getTime() ?? Infinity) + 60_000);
    await keys().authenticate(`${key.slice(0, 13)}${makeKey().slice(13)}`);
  });

  it('of the start is made once, and not in place of another with its prefix', async () => {
    const key = makeKey();
    const wanted = {
      name: 'first',
      role: 'admin' as const,
      departmentId: null,
      officerId: null,
      expiresAt: null,
    };
    for (const _start of [1, 2]) await keys().ensure(key, wanted);
    expect(await service.sql(`SELECT 1 FROM api_key WHERE name = 'first'`)).toHaveLength(1);
    const clash = key.slice(0, 13) + makeKey().slice(13);
    await expect(keys().ensure(clash, wanted)).rejects.toThrow(/another key has the prefix/);
    await expect(keys().ensure('chr_short', wanted)).rejects.toThrow(/malformed/);
    expect(await keys().authenticate(clash)).toBeNull();
  });
});

const sessions = () => service.app.get(SessionsService);
const somebody = async (role: Role = 'officer') => {
  const id = await service.makePerson(role, role === 'admin' || role === 'auditor' ? null : roads);
  return { id, token: await sessions().open(id) };
};
/** Somebody with a password, and the address by which they sign in. */
async function withPassword(role: Role = 'officer') {
  const { id, token } = await somebody(role);
  const records = service.app.get(AccountRecords);
  const account = await records.byId(id);
  if (!account) throw new Error('the account is gone');
  await service.app.get(Passwords).set(account, password);
  return { id, token, email: records.emailOf(account) };
}
const isOpen = async (token: string) => (await sessions().callerOf(token)) !== null;

describe('a session', () => {
  const age = (id: string, seen: string, created = '0 s') =>
    service.sql(
      `UPDATE session SET last_seen_at = clock_timestamp() - $2::interval, created_at = clock_timestamp() - $3::interval
       WHERE account_id = $1`,
      [id, seen, created],
    );
  const seenAgo = async (id: string) =>
    (
      await service.sql<{ s: number }>(
        `SELECT round(extract(epoch FROM clock_timestamp() - last_seen_at))::int AS s FROM session WHERE account_id = $1`,
        [id],
      )
    )[0]?.s ?? -1;

  it.each([
    ['idle for less than 30 minutes', '29 minutes 30 seconds', '1 hour', true],
    ['idle for 30 minutes', '30 minutes 1 second', '1 hour', false],
    ['in use for less than 12 hours', '10 seconds', '11 hours 59 minutes 30 seconds', true],
    ['in use for 12 hours', '10 seconds', '12 hours 1 second', false],
  ])('%s: open is what it is', async (_how, seen, created, open) => {
    const { id, token } = await somebody();
    await age(id, seen, created);
    expect(await isOpen(token)).toBe(open);
    // What is over is over: asking does not renew it.
    expect(await isOpen(token)).toBe(open);
  });

  it('is noted as used once a minute', async () => {
    const { id, token } = await somebody();
    await age(id, '40 seconds');
    await isOpen(token);
    expect(await seenAgo(id)).toBeGreaterThanOrEqual(40);
    await age(id, '20 minutes');
    await isOpen(token);
    expect(await seenAgo(id)).toBeLessThan(19 * 60);
  });

  it('that is opened clears away those that are over, and no other', async () => {
    const [idle, old, fresh] = [await somebody(), await somebody(), await somebody()];
    await age(idle.id, '31 minutes', '1 hour');
    await age(old.id, '1 minute', '13 hours');
    await age(fresh.id, '29 minutes', '11 hours');
    await somebody();
    const left = await service.sql<{ id: string }>(
      `SELECT account_id AS id FROM session WHERE account_id = ANY($1)`,
      [[idle.id, old.id, fresh.id]],
    );
    expect(left).toEqual([{ id: fresh.id }]);
  });

  it('ends alone when it is signed out, and with the others of its account when all are', async () => {
    const { id, token } = await somebody();
    const [second, third] = [await sessions().open(id), await sessions().open(id)];
    const other = await somebody();
    await sessions().signOut(token);
    expect(await Promise.all([token, second, third, other.token].map(isOpen))).toEqual([
      false,
      true,
      true,
      true,
    ]);
    await sessions().signOutEverywhere(id);
    expect(await Promise.all([second, third, other.token].map(isOpen))).toEqual([false, false, true]);
  });

  it('in the browser ends with a new sign-in, and not with one that failed', async () => {
    const { token, email } = await withPassword();
    const from = '192.0.2.40';
    const attempt = (given: string) => sessions().signIn({ email, password: given, from, replaces: token });
    expect(await codeOf(attempt('not the right one'))).toBe('sign-in-failed');
    expect(await isOpen(token)).toBe(true);
    const { token: next } = await signedIn(attempt(password));
    expect(await Promise.all([token, next].map(isOpen))).toEqual([false, true]);
  });

  it.each<[string, object, boolean]>([
    ['the name', { name: '김바다' }, true],
    ['nothing', { reason: 'looked at' }, true],
    ['the role', { role: 'manager' }, false],
    ['the department', { departmentId: 'PARKS' }, false],
    ['the officer', { officerId: 'new' }, false],
    ['that it is disabled', { active: false }, false],
  ])('of an account of which %s changes stays open: %p %s', async (_what, patch, stays) => {
    const { id, token } = await somebody();
    const wanted = { ...patch } as Record<string, unknown>;
    if (wanted['departmentId']) wanted['departmentId'] = await service.departmentId('PARKS');
    if (wanted['officerId'])
      wanted['officerId'] = ok(
        await service.admin.post<{ id: string }>('/officers', { departmentId: roads, name: '박노을' }),
      ).id;
    ok(await service.admin.patch(`/accounts/${id}`, wanted));
    expect(await isOpen(token)).toBe(stays);
    if (wanted['active'] === false) {
      ok(await service.admin.patch(`/accounts/${id}`, { active: true }));
      expect(await isOpen(token)).toBe(false);
    }
  });

  it('of a disabled account is none, and neither its password nor a link opens one', async () => {
    const { id, token, email } = await withPassword();
    const link = (await service.app.get(AccountRecords).makeLink(id, 'reset')) ?? '';
    await service.sql(`UPDATE account SET disabled_at = clock_timestamp() WHERE id = $1`, [id]);
    expect(await isOpen(token)).toBe(false);
    expect(await codeOf(sessions().signIn({ email, password, from: '192.0.2.41' }))).toBe('sign-in-failed');
    expect(await service.app.get(OwnAccountService).linkOf(link)).toBeNull();
    expect(await codeOf(service.app.get(OwnAccountService).acceptLink(link, `${password} 2`))).toBe(
      'link-over',
    );
    await service.sql(`UPDATE account SET disabled_at = NULL WHERE id = $1`, [id]);
    expect(await codeOf(sessions().signIn({ email, password, from: '192.0.2.41' }))).toBe('done');
  });
});

describe('a link', () => {
  const own = () => service.app.get(OwnAccountService);
  const linkFor = async (id: string) => (await service.app.get(AccountRecords).makeLink(id, 'reset')) ?? '';
  const expire = (id: string, when: string) =>
    service.sql(
      `UPDATE account_link SET expires_at = clock_timestamp() + $2::interval WHERE account_id = $1`,
      [id, when],
    );

  it('is made for 72 hours', async () => {
    const { id } = await somebody();
    await linkFor(id);
    const [row] = await service.sql<{ hours: number }>(
      `SELECT round(extract(epoch FROM expires_at - clock_timestamp()) / 3600)::int AS hours
       FROM account_link WHERE account_id = $1`,
      [id],
    );
    expect(row).toEqual({ hours: 72 });
  });

  it('works until its time is over, and not from then on', async () => {
    const { id } = await somebody();
    const token = await linkFor(id);
    await expire(id, '-1 second');
    expect(await own().linkOf(token)).toBeNull();
    expect(await codeOf(own().acceptLink(token, password))).toBe('link-over');
    await expire(id, '30 seconds');
    expect(await own().linkOf(token)).toMatchObject({ purpose: 'reset' });
    expect(await codeOf(own().acceptLink(token, password))).toBe('done');
    expect(await codeOf(own().acceptLink(token, `${password} again`))).toBe('link-over');
  });

  it('replaces the one before, and nobody else’s', async () => {
    const [one, two] = [await somebody(), await somebody()];
    const [first, other] = [await linkFor(one.id), await linkFor(two.id)];
    const second = await linkFor(one.id);
    expect(await Promise.all([first, second, other].map((token) => own().linkOf(token)))).toEqual([
      null,
      expect.anything(),
      expect.anything(),
    ]);
  });

  it('opens a session, and ends those that were open', async () => {
    const { id, token } = await somebody();
    const { token: next } = await signedIn(own().acceptLink(await linkFor(id), password));
    expect(await Promise.all([token, next].map(isOpen))).toEqual([false, true]);
  });
});

describe('the last admin', () => {
  const accounts = () => service.app.get(AccountsService);
  const disable = (id: string, caller = admin) => codeOf(accounts().amend(caller, id, { active: false }));
  beforeEach(() => service.sql(`UPDATE account SET disabled_at = clock_timestamp() WHERE role = 'admin'`));

  it.each<[string, () => Promise<unknown>]>([
    ['an auditor', () => withPassword('auditor')],
    ['an admin who has chosen no password', () => somebody('admin')],
    [
      'an admin who is disabled',
      async () => {
        const { id } = await withPassword('admin');
        await service.sql(`UPDATE account SET disabled_at = clock_timestamp() WHERE id = $1`, [id]);
      },
    ],
  ])('is not made dispensable by %s', async (_who, makeOther) => {
    const { id } = await withPassword('admin');
    await makeOther();
    expect(await disable(id)).toBe('last-admin');
    expect(await codeOf(accounts().amend(admin, id, { role: 'auditor' }))).toBe('last-admin');
    expect(await codeOf(accounts().reset(admin, id))).toBe('last-admin');
    expect(await codeOf(accounts().amend(admin, id, { name: '김바다' }))).toBe('done');
    await withPassword('admin');
    expect(await disable(id)).toBe('done');
  });

  it('is told apart from those who never could do an admin’s work', async () => {
    await withPassword('admin');
    const [invited, auditor] = [await somebody('admin'), await withPassword('auditor')];
    expect(await disable(invited.id)).toBe('done');
    expect(await disable(auditor.id)).toBe('done');
  });

  it('may be disabled by another admin and by nobody themselves', async () => {
    const [one] = [await withPassword('admin'), await withPassword('admin')];
    const self = { ...admin, accountId: one.id };
    expect(await disable(one.id, self)).toBe('own-account');
    expect(await codeOf(accounts().amend(self, one.id, { name: '김바다' }))).toBe('done');
    expect(await disable(one.id, { ...admin, accountId: 'another' })).toBe('done');
  });
});
