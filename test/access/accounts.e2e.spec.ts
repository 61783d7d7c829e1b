import { createHmac, randomUUID } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import type { Caller } from '../../src/core/access/roles.js';
import { AccountRecords } from '../../src/office/accounts/account-records.js';
import type { NewAccount } from '../../src/office/accounts/account.schema.js';
import { AccountsService } from '../../src/office/accounts/accounts.service.js';
import { OwnAccountService } from '../../src/office/accounts/own-account.service.js';
import { SandboxPeople } from '../../src/office/accounts/sandbox-people.js';
import { SessionsService } from '../../src/office/accounts/sessions.service.js';
import { AppError } from '../../src/platform/app-error.js';
import { ok } from '../support/api-client.js';
import { signedIn } from '../support/entered.js';
import { startService, type TestService } from '../support/service.js';

// What is done with accounts: which of it the log has, what it ends, and what it refuses.

const password = '푸른 바다 위로 달이 뜬다 7';

let service: TestService;
let accounts: AccountsService;
let own: OwnAccountService;
let sessions: SessionsService;
let roads: string;
let caller: Caller;

beforeAll(async () => {
  service = await startService();
  accounts = service.app.get(AccountsService);
  own = service.app.get(OwnAccountService);
  sessions = service.app.get(SessionsService);
  roads = await service.departmentId('ROADS');
  const keyId = randomUUID();
  caller = { keyId, accountId: null, name: 'test', role: 'admin', departmentId: null, officerId: null };
});
afterAll(() => service.close());

let made = 0;
const email = () => `person-${(made += 1)}@hanbit.example`;
async function invite(rest: Partial<NewAccount> = {}) {
  const { account, token } = await accounts.invite(caller, {
    email: email(),
    name: '한여울',
    role: 'officer',
    departmentId: roads,
    locale: 'ko',
    ...rest,
  });
  return { account, token: token ?? '' };
}
/** Somebody who has accepted an invitation. */
async function somebody(rest: Partial<NewAccount> = {}) {
  const { account, token } = await invite(rest);
  const session = await signedIn(own.acceptLink(token, password));
  const person: Caller = { ...caller, keyId: null, accountId: account.id, role: account.role };
  return { ...account, session: session.token, person };
}
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : error);
const outcome = (work: Promise<unknown>) => work.then(() => 'done', codeOf);
const isOpen = async (token: string) => (await sessions.callerOf(token)) !== null;
const changesOf = (id: string) =>
  service.sql(
    `SELECT what, before, after, actor, reason FROM change WHERE subject = 'account' AND subject_id = $1 ORDER BY id`,
    [id],
  );

describe('the log', () => {
  it('has each change of an account: what it was, what it is, by whom and why, with the name masked', async () => {
    const { id } = await somebody({ name: '한여울' });
    const change = (patch: object) => accounts.amend(caller, id, patch);
    await change({ role: 'manager', reason: '승진' });
    await change({ name: '김하늘' });
    await change({ active: false });
    await change({ active: true });
    await change({ name: '김하늘', role: 'manager', active: true });
    await accounts.reset(caller, id, { reason: '분실' });
    const entry = { name: '한*울', role: 'officer', departmentId: roads, officerId: null, active: true };
    const [by, self] = [
      { actor: 'admin:test', reason: null },
      { actor: `officer:@${id}`, reason: null },
    ];
    const manager = { ...entry, role: 'manager' };
    const renamed = { ...manager, name: '김*늘' };
    expect(await changesOf(id)).toEqual([
      { what: 'invited', before: null, after: entry, ...by },
      { what: 'invitation-accepted', before: null, after: entry, ...self },
      { what: 'amended', before: entry, after: manager, ...by, reason: '승진' },
      { what: 'amended', before: manager, after: renamed, ...by },
      { what: 'disabled', before: renamed, after: { ...renamed, active: false }, ...by },
      { what: 'enabled', before: { ...renamed, active: false }, after: renamed, ...by },
      { what: 'reset', before: null, after: renamed, ...by, reason: '분실' },
    ]);
  });

  it('keeps what somebody did under whatever name they give themselves, and has the change by themselves', async () => {
    const { id, person } = await somebody({ name: '한여울' });
    await own.rename(person, '서온누리');
    await own.rename(person, '서온누리');
    const [, accepted, ...after] = (await changesOf(id)) as { actor: string }[];
    const entry = { role: 'officer', departmentId: roads, officerId: null, active: true };
    expect(after).toEqual([
      {
        what: 'renamed',
        before: { ...entry, name: '한*울' },
        after: { ...entry, name: '서**리' },
        actor: accepted?.actor,
        reason: null,
      },
    ]);
    const actor = `officer:@${id}`;
    const names = await service.app.get(AccountRecords).namesOfActors([actor]);
    expect([accepted?.actor, names.get(actor)]).toEqual([actor, '서온누리']);
  });

  it.each(['마루한', ' 마루 한', 'Ｍaru', 'maru'])(
    'keeps nobody from being told from another: %j is taken',
    async (wanted) => {
      for (const name of ['마루한', 'Maru']) await somebody({ name });
      const { id, person } = await somebody();
      expect(await outcome(own.rename(person, wanted))).toBe('name-taken');
      expect((await changesOf(id)).map((row) => (row as { what: string }).what)).not.toContain('renamed');
    },
  );

  it('lets people write their own name otherwise, and admins give two people one name', async () => {
    const { person } = await somebody({ name: '두리 한' });
    expect(await outcome(own.rename(person, '두리한'))).toBe('done');
    const other = await somebody();
    expect((await accounts.amend(caller, other.id, { name: '두리한' })).name).toBe('두리한');
  });

  it('tells a password that was changed from one that was chosen after a reset', async () => {
    const { id, person } = await somebody();
    await own.changePassword(person, password, `${password}!`);
    const { token } = await accounts.reset(caller, id);
    await own.acceptLink(token ?? '', password);
    const whats = (await changesOf(id)).map((row) => (row as { what: string }).what);
    expect(whats.slice(2)).toEqual(['password-changed', 'reset', 'reset-used']);
  });

  it('names people by their accounts, and everybody else by what is written', async () => {
    const [one, other] = [await somebody({ name: '한여울' }), await somebody({ name: '김하늘' })];
    const nobody = `officer:@${randomUUID()}`;
    const actors = ['set-up', 'admin:ledger', `officer:@${one.id}`, nobody, `officer:@${other.id}`];
    const names = await service.app.get(AccountRecords).namesOfActors(actors);
    expect(Object.fromEntries(names)).toEqual({
      'set-up': 'set-up',
      'admin:ledger': 'admin:ledger',
      [nobody]: nobody,
      [`officer:@${one.id}`]: '한여울',
      [`officer:@${other.id}`]: '김하늘',
    });
  });
});

it('the page of one’s own account keeps name and language, shows what was wrong beside what was typed, and auditors see it', async () => {
  const [person, auditor] = [await service.newcomer('officer', roads), await service.newcomer('auditor')];
  await somebody({ name: '온누리' });
  const taken = await person.post('/console/account', { name: '온 누리', locale: 'ko' });
  expect(taken.status).toBe(422);
  expect(taken.body).toContain('value="온 누리"');
  expect(taken.body).toContain('다른 사람의 계정이 쓰는 이름입니다');
  const saved = await person.post('/console/account', { name: '윤가람', locale: 'en' });
  expect([saved.status, saved.headers.location]).toEqual([303, '/console/account?done=account-saved']);
  const page = (await person.get('/console/account?done=account-saved')).body;
  for (const shown of ['lang="en"', 'value="윤가람"', 'Saved.']) expect(page).toContain(shown);
  const wrong = await person.post('/console/account/password', { old: 'not it', password: 'nor this' });
  expect(wrong.body).toContain('value="윤가람"');
  const history = (await auditor.get('/console/settings/history?subject=account')).body;
  expect(history).toContain('한*울 → 윤*람');
  expect(history).toContain('자기 이름을 바꿈');
});

describe('a change of an account', () => {
  it.each<[string, object, boolean]>([
    ['its role', { role: 'manager' }, false],
    ['whether it is active', { active: false }, false],
    ['its department', { departmentId: 'CITY' }, false],
    ['its name', { name: '김하늘' }, true],
    ['its language', { locale: 'en' }, true],
    ['nothing', {}, true],
  ])('of %s leaves its sessions open', async (_what, patch, stays) => {
    const [one, other] = [await somebody(), await somebody()];
    const city = await service.departmentId('CITY');
    await accounts.amend(caller, one.id, 'departmentId' in patch ? { departmentId: city } : patch);
    expect([await isOpen(one.session), await isOpen(other.session)]).toEqual([stays, true]);
  });

  it('that disables it ends its links, and no other’s', async () => {
    const [one, other] = [await invite(), await invite()];
    await accounts.amend(caller, one.account.id, { active: false });
    await accounts.amend(caller, one.account.id, { active: true });
    expect(await own.linkOf(one.token)).toBeNull();
    expect(await own.linkOf(other.token)).toMatchObject({
      purpose: 'invitation',
      email: other.account.email,
    });
    expect(await outcome(own.acceptLink(one.token, password))).toBe('link-over');
    expect(await outcome(own.acceptLink(other.token, password))).toBe('done');
    expect(await outcome(own.acceptLink(other.token, password))).toBe('link-over');
  });

  it('keeps an address, a department and an officer fitting', async () => {
    const taken = await somebody();
    const [officer] = await service.sql<{ id: string }>(`SELECT id FROM officer LIMIT 1`);
    const [, other] = await service.sql<{ id: string }>(`SELECT id FROM officer LIMIT 2`);
    const change = (patch: object) => outcome(accounts.amend(caller, taken.id, patch));
    expect(await outcome(invite({ email: taken.email.toUpperCase() }))).toBe('email-taken');
    for (const role of ['officer', 'manager', 'monitor'] as const)
      expect(await outcome(invite({ role, departmentId: null }))).toBe('department-needed');
    for (const role of ['admin', 'auditor'] as const)
      expect(await outcome(invite({ role, departmentId: null }))).toBe('done');
    expect(await outcome(invite({ departmentId: randomUUID() }))).toBe('not-found');
    expect(await change({ departmentId: null })).toBe('department-needed');
    expect(await change({ officerId: randomUUID() })).toBe('officer-unknown');
    expect(await change({ officerId: officer?.id })).toBe('done');
    expect(await change({ officerId: officer?.id, name: '김하늘' })).toBe('done');
    expect(await outcome(invite({ officerId: officer?.id ?? null }))).toBe('officer-taken');
    expect(await outcome(invite({ officerId: other?.id ?? null }))).toBe('done');
    expect(await outcome(accounts.amend(caller, randomUUID(), { name: '김하늘' }))).toBe('not-found');
    expect(await outcome(accounts.get(randomUUID()))).toBe('not-found');
  });

  it('leaves a working admin, and nobody disables their own account', async () => {
    await service.sql(`UPDATE account SET disabled_at = now() WHERE role = 'admin'`);
    const admin = { role: 'admin', departmentId: null } as const;
    const [one, officer] = [await somebody(admin), await somebody()];
    // Neither of them could sign in and mend anything.
    await invite(admin);
    const gone = await somebody(admin);
    await accounts.amend(caller, gone.id, { active: false });
    const act = (id: string, patch: object) => outcome(accounts.amend(caller, id, patch));
    expect(await act(one.id, { role: 'auditor' })).toBe('last-admin');
    expect(await act(one.id, { active: false })).toBe('last-admin');
    expect(await outcome(accounts.reset(caller, one.id))).toBe('last-admin');
    expect(await act(one.id, { name: '김하늘' })).toBe('done');
    expect(await act(officer.id, { active: false })).toBe('done');
    expect(await outcome(accounts.reset(caller, officer.id))).toBe('account-disabled');
    expect(await act(gone.id, { role: 'auditor', active: true })).toBe('done');
    const second = await somebody(admin);
    const disable = (person: Caller, id: string) => outcome(accounts.amend(person, id, { active: false }));
    expect(await disable(second.person, second.id)).toBe('own-account');
    expect(await act(one.id, { role: 'auditor' })).toBe('done');
    expect(await act(second.id, { role: 'auditor' })).toBe('last-admin');
  });
});

describe('a person', () => {
  it('chooses a language and a password of their own account; a key has neither', async () => {
    const [one, other] = [await somebody(), await somebody()];
    await own.setLocale(one.person, 'en');
    expect([(await accounts.get(one.id)).locale, (await accounts.get(other.id)).locale]).toEqual([
      'en',
      'ko',
    ]);
    const unknown = { ...one.person, accountId: randomUUID() };
    for (const nobody of [caller, unknown]) {
      expect(await outcome(own.setLocale(nobody, 'en'))).toBe('no-account');
      expect(await outcome(own.changePassword(nobody, password, `${password}!`))).toBe('no-account');
    }
    expect(await outcome(own.changePassword(one.person, 'wrong', `${password}!`))).toBe('password-wrong');
    expect(await isOpen(one.session)).toBe(true);
    const { token } = await own.changePassword(one.person, password, `${password}!`);
    expect([await isOpen(one.session), await isOpen(token), await isOpen(other.session)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('is seen last by their newest session, in the list alone', async () => {
    const [one, never] = [await somebody(), await invite()];
    await sessions.open(one.id);
    await service.sql(
      `UPDATE session SET last_seen_at = now() - interval '5 minutes' WHERE token_hash = sha256($1::bytea)`,
      [one.session],
    );
    const listed = await accounts.list();
    const seen = (id: string) => listed.find((each) => each.id === id)?.lastSeenAt ?? null;
    expect(Date.parse(seen(one.id) ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(seen(never.account.id)).toBeNull();
    expect(listed.map(({ id }) => id)).toEqual(listed.map(({ id }) => id).sort());
    expect([listed.find(({ id }) => id === one.id)?.invited, never.account.invited]).toEqual([false, true]);
  });
});

describe('what is kept of a password', () => {
  const keptOf = async (id: string) => {
    const [row] = await service.sql<{ hash: string }>(
      `SELECT password_hash AS hash FROM account WHERE id = $1`,
      [id],
    );
    return row?.hash ?? '';
  };

  it.each([
    ['less memory', { memoryCost: 19_455, timeCost: 2, parallelism: 1 }, true],
    ['fewer passes', { memoryCost: 19_456, timeCost: 1, parallelism: 1 }, true],
    ['today’s cost', { memoryCost: 19_456, timeCost: 2, parallelism: 1 }, false],
    ['more memory', { memoryCost: 19_457, timeCost: 2, parallelism: 1 }, false],
    ['more passes', { memoryCost: 19_456, timeCost: 3, parallelism: 1 }, false],
  ])('is hashed again at sign-in after %s', async (_what, cost, isRenewed) => {
    const { id, email: address } = await somebody();
    const kept = await hash(password, cost);
    await service.sql(`UPDATE account SET password_hash = $2 WHERE id = $1`, [id, kept]);
    const { token } = await signedIn(sessions.signIn({ email: address, password, from: '192.0.2.7' }));
    const caller = await sessions.callerOf(token);
    expect([caller?.caller.accountId, (await keptOf(id)) !== kept]).toEqual([id, isRenewed]);
  });

  it('is another’s for nobody', async () => {
    const [one, other] = [await somebody(), await somebody()];
    expect(await keptOf(one.id)).not.toBe(await keptOf(other.id));
    const before = await keptOf(other.id);
    await own.changePassword(one.person, password, `${password}!`);
    expect(await keptOf(other.id)).toBe(before);
  });
});

describe('the people of the sandbox', () => {
  const passwords = { officer: password, admin: password } as const;

  it('are made once, those that have a password, and can sign in', async () => {
    const sandbox = service.app.get(SandboxPeople);
    const before = (await accounts.list()).length;
    await sandbox.ensure(passwords);
    expect(await accounts.list()).toHaveLength(before);
    await service.sql(`TRUNCATE account CASCADE`);
    for (let start = 0; start < 2; start += 1) await sandbox.ensure(passwords);
    const shown = (await accounts.list()).map(({ role, departmentId, officerId, invited, active }) => [
      role,
      departmentId,
      officerId !== null,
      invited,
      active,
    ]);
    expect(shown).toEqual([
      ['officer', roads, true, false, true],
      ['admin', null, false, false, true],
    ]);
    const { token } = await signedIn(
      sessions.signIn({ email: 'officer@hanbit.example', password, from: '192.0.2.8' }),
    );
    expect(await isOpen(token)).toBe(true);
  });

  it('are not made where their department went', async () => {
    await service.sql(`TRUNCATE account CASCADE`);
    await service.sql(`UPDATE department SET code = 'STREETS' WHERE code = 'ROADS'`);
    await service.app.get(SandboxPeople).ensure(passwords);
    expect((await accounts.list()).map(({ role }) => role)).toEqual(['admin']);
    await service.sql(`UPDATE department SET code = 'ROADS' WHERE code = 'STREETS'`);
  });
});

it.each([['2036-01-02T03:04:05Z'], [null], [undefined]])(
  'a key expires when it is asked to: %s',
  async (expiresAt) => {
    const wanted = {
      name: `ledger ${expiresAt}`,
      role: 'auditor',
      ...(expiresAt !== undefined && { expiresAt }),
    };
    const { id } = ok(await service.admin.post<{ id: string }>('/api-keys', wanted));
    const { items } = ok(
      await service.admin.get<{ items: { id: string; expiresAt: string | null }[] }>('/api-keys'),
    );
    const shown = items.find((key) => key.id === id)?.expiresAt;
    expect(shown ? Date.parse(shown) : shown).toBe(expiresAt ? Date.parse(expiresAt) : null);
  },
);

it('a form’s token is made of the session’s alone', async () => {
  const { session } = await somebody();
  const signedIn = await sessions.callerOf(session);
  expect(signedIn?.csrf).toBe(createHmac('sha256', session).update('form').digest('base64url'));
  expect(signedIn?.locale).toBe('ko');
});
