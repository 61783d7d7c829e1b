import type { CDPSession, Page } from 'playwright-core';
import { AccountsService } from '../src/office/accounts/accounts.service.js';
import { OwnAccountService } from '../src/office/accounts/own-account.service.js';
import { SessionsService } from '../src/office/accounts/sessions.service.js';
import { ok } from './support/api-client.js';
import { Authenticator, type Wanted } from './support/authenticator.js';
import { Browser, describeInBrowser, violationsOn } from './support/browser.js';
import { signedIn } from './support/entered.js';
import { FormBrowser } from './support/form-browser.js';
import { cookieName } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

const password = 'nine lanterns at the gate';
const passkeys = '/console/account/passkeys';
const door = '/console/sign-in/passkey';

let service: TestService;
let roads: string;
let origin: string;
let people = 0;

beforeAll(async () => {
  service = await startService();
  roads = await service.departmentId('ROADS');
  origin = `http://localhost:${service.config.port}`;
});
afterAll(() => service.close());
afterEach(() => jest.restoreAllMocks());
beforeEach(() => service.sql(`DELETE FROM sign_in_failure`));

interface Invited {
  account: { id: string };
  link: string;
}
const tokenOf = ({ link }: { link: string }) => link.split('/').at(-1) ?? '';
const own = () => service.app.get(OwnAccountService);
const isOpen = async (token: string) => (await service.app.get(SessionsService).callerOf(token)) !== null;
const unescaped = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&#x3D;', '=');

async function somebody(role = 'officer') {
  const email = `passkey-${(people += 1)}@hanbit.example`;
  const rest = role === 'officer' ? { departmentId: roads } : {};
  const made = ok(await service.admin.post<Invited>('/accounts', { email, name: '서온누리', role, ...rest }));
  const { token } = await signedIn(own().acceptLink(tokenOf(made), password));
  return { email, id: made.account.id, browser: new FormBrowser(service.app, token) };
}

/** Proves somebody once more, and returns what their browser is to ask an authenticator. */
async function asked(browser: FormBrowser, typed: Record<string, string> = {}) {
  const account = await browser.get('/console/account');
  const form = { present: password, passkeyName: '내 휴대전화', ...typed };
  return browser.send(passkeys, { _csrf: csrfOn(account.body), ...form });
}
const csrfOn = (body: string) => unescaped(/name="_csrf" value="([^"]*)"/.exec(body)?.[1] ?? '');
const wantedOn = (body: string): Wanted =>
  JSON.parse(unescaped(/data-options="([^"]*)"/.exec(body)?.[1] ?? '{}')) as Wanted;

async function added(browser: FormBrowser, key: Authenticator) {
  const page = await asked(browser);
  expect(page.statusCode).toBe(200);
  const passkey = key.create(wantedOn(page.body));
  return browser.send(passkeys, { _csrf: csrfOn(page.body), passkey });
}

async function withPasskey(role = 'officer') {
  const person = await somebody(role);
  const key = new Authenticator(origin);
  expect((await added(person.browser, key)).headers.location).toBe('/console/account?done=passkey-added');
  return { ...person, key };
}

/** A browser that has shown the page, and was told what to ask an authenticator. */
async function atTheDoor() {
  const browser = new FormBrowser(service.app);
  const _csrf = csrfOn((await browser.get('/console/sign-in')).body);
  const wanted = JSON.parse((await browser.get(door)).body) as Wanted;
  return { browser, wanted, enter: (passkey: string) => browser.send(door, { _csrf, passkey }) };
}
async function enter(key: Authenticator) {
  const { browser, wanted, enter: send } = await atTheDoor();
  const { statusCode } = await send(key.get(wanted));
  return { statusCode, token: browser.token };
}
const statusOf = async (key: Authenticator) => (await enter(key)).statusCode;
const doneTo = async (id: string) =>
  (
    await service.sql<{ what: string }>(
      `SELECT what FROM change WHERE subject = 'account' AND subject_id = $1 AND what ~ 'passkey|factor'
         AND EXISTS (SELECT FROM leaf WHERE body ->> 'subject_id' = $1 AND body ->> 'what' = what) ORDER BY id`,
      [id],
    )
  ).map(({ what }) => what);

describe('a passkey', () => {
  it('is added after the password is asked for again, and signs in alone', async () => {
    const { id, browser, key } = await withPasskey();
    expect(await doneTo(id)).toEqual(['passkey-added']);
    const { statusCode, token } = await enter(key);
    expect([statusCode, await isOpen(token)]).toEqual([303, true]);
    const page = (await browser.get('/console/account')).body;
    expect(page).toContain('내 휴대전화');
    expect(page).toContain('마지막 사용');
    const [kept] = await service.sql(
      `SELECT row_to_json(p)::text AS kept FROM passkey p WHERE account_id = $1`,
      [id],
    );
    expect(JSON.stringify(kept)).not.toContain(Buffer.from('내 휴대전화').toString('hex'));
    expect(await service.app.get(AccountsService).get(id)).toMatchObject({ secondFactor: true });
  });

  it('is not asked for without the password, a name, or the code of whoever has a second factor', async () => {
    const { browser } = await somebody();
    const wrong = await asked(browser, { present: 'not the password' });
    expect([wrong.statusCode, wantedOn(wrong.body)]).toEqual([422, {}]);
    expect((await asked(browser, { passkeyName: ' ' })).statusCode).toBe(400);
    await service.sql(`UPDATE account SET totp_sealed = '\\x00', totp_step = 0`);
    try {
      expect((await asked(browser, { otp: '' })).statusCode).toBe(401);
    } finally {
      await service.sql(`UPDATE account SET totp_sealed = NULL, totp_step = NULL`);
    }
  });

  it('is removed after the password, which ends every other session, and then signs in no more', async () => {
    const { id, browser, key } = await withPasskey();
    const { token } = await enter(key);
    const page = await browser.get('/console/account');
    const remove = /name="remove" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
    const form = { _csrf: csrfOn(page.body), remove, otp: '' };
    expect((await browser.send(passkeys, { ...form, present: 'not it' })).statusCode).toBe(422);
    const stranger = await somebody();
    const theirs = { ...form, _csrf: csrfOn((await stranger.browser.get('/console/account')).body) };
    expect((await stranger.browser.send(passkeys, { ...theirs, present: password })).statusCode).toBe(404);
    const gone = await browser.send(passkeys, { ...form, present: password });
    expect(gone.headers.location).toBe('/console/account?done=passkey-removed');
    expect([await isOpen(token), await isOpen(browser.token)]).toEqual([false, true]);
    expect(await statusOf(key)).toBe(401);
    expect(await doneTo(id)).toEqual(['passkey-added', 'passkey-removed']);
  });

  it('is not added twice, nor by an answer to what was asked of another account, another browser or too long ago', async () => {
    const { browser, key } = await withPasskey();
    expect((await added(browser, key)).statusCode).toBe(401);
    const [one, other] = [await somebody(), await somebody()];
    const page = await asked(one.browser);
    const made = new Authenticator(origin).create(wantedOn(page.body));
    const others = csrfOn((await asked(other.browser)).body);
    expect((await other.browser.send(passkeys, { _csrf: others, passkey: made })).statusCode).toBe(401);
    other.browser.keepCookie(`${cookieName}-way`, one.browser.cookieOf(`${cookieName}-way`));
    expect((await other.browser.send(passkeys, { _csrf: others, passkey: made })).statusCode).toBe(401);
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 5 * 60_000);
    const late = await one.browser.send(passkeys, { _csrf: csrfOn(page.body), passkey: made });
    clock.mockRestore();
    expect(late.statusCode).toBe(401);
  });

  it('is not added by an authenticator that verified nobody, or at another address', async () => {
    const { browser } = await somebody();
    const unverified = Object.assign(new Authenticator(origin), { flags: 0x01 });
    expect((await added(browser, unverified)).statusCode).toBe(401);
    expect((await added(browser, new Authenticator('https://evil.example'))).statusCode).toBe(401);
    expect((await added(browser, new Authenticator('http://localhost:1', 'localhost'))).statusCode).toBe(401);
  });
});

describe('signing in by a passkey is refused', () => {
  it('from another origin, or for another relying party', async () => {
    const { key } = await withPasskey();
    expect(await statusOf(Object.assign(key, { origin: 'http://localhost:1' }))).toBe(401);
    expect(await statusOf(Object.assign(key, { origin, rpId: 'evil.example' }))).toBe(401);
    expect(await statusOf(Object.assign(key, { rpId: 'localhost' }))).toBe(303);
  });

  it('where nobody was verified', async () => {
    const { key } = await withPasskey();
    expect(await statusOf(Object.assign(key, { flags: 0x01 }))).toBe(401);
  });

  it('for a challenge that was answered, of another browser, or five minutes old', async () => {
    const { key } = await withPasskey();
    const { browser, wanted, enter: send } = await atTheDoor();
    const answer = key.get(wanted);
    const way = browser.cookieOf(`${cookieName}-way`);
    expect((await send(answer)).statusCode).toBe(303);
    const again = await atTheDoor();
    again.browser.keepCookie(`${cookieName}-way`, way);
    expect((await again.enter(answer)).statusCode).toBe(401);
    const [one, other] = [await atTheDoor(), await atTheDoor()];
    expect((await other.enter(key.get(one.wanted))).statusCode).toBe(401);
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 5 * 60_000);
    const late = (await one.enter(key.get(one.wanted))).statusCode;
    clock.mockRestore();
    expect(late).toBe(401);
    const without = await atTheDoor();
    without.browser.keepCookie(`${cookieName}-way`, '');
    expect((await without.enter(key.get(without.wanted))).statusCode).toBe(401);
  });

  it('with what was asked in order to add one', async () => {
    const { browser, key } = await withPasskey();
    const page = await asked(browser);
    const { enter: send, browser: stranger } = await atTheDoor();
    stranger.keepCookie(`${cookieName}-way`, browser.cookieOf(`${cookieName}-way`));
    expect((await send(key.get(wantedOn(page.body)))).statusCode).toBe(401);
  });

  it('with another account’s credential, and with none', async () => {
    const [one, other] = [await withPasskey(), await withPasskey()];
    const forged = Object.assign(new Authenticator(origin), {
      id: other.key.id,
      userHandle: other.key.userHandle,
    });
    expect(await statusOf(forged)).toBe(401);
    expect(await statusOf(Object.assign(one.key, { userHandle: other.key.userHandle }))).toBe(401);
    for (const nothing of [
      '',
      '{}',
      'null',
      '[1]',
      '{"id":"x","response":null}',
      JSON.stringify({ id: other.key.id.toString('base64url'), response: null }),
      JSON.stringify({ id: other.key.id.toString('base64url'), response: {} }),
      '\0',
      `"${'x'.repeat(30_000)}"`,
    ])
      expect([400, 401]).toContain((await (await atTheDoor()).enter(nothing)).statusCode);
  });

  it('when the authenticator’s count goes back or stands, which a copy of it would do', async () => {
    const { key } = await withPasskey();
    expect(await statusOf(Object.assign(key, { counter: 7 }))).toBe(303);
    for (const counter of [7, 6, 0]) expect(await statusOf(Object.assign(key, { counter }))).toBe(401);
    expect(await statusOf(Object.assign(key, { counter: 8 }))).toBe(303);
  });

  it('of a disabled account, and of one that was reset until its link is used', async () => {
    const { id, key } = await withPasskey();
    const link = ok(await service.admin.post<Invited>(`/accounts/${id}/reset`, { reason: '분실' }));
    expect(await statusOf(key)).toBe(401);
    await signedIn(own().acceptLink(tokenOf(link), password));
    expect(await statusOf(key)).toBe(303);
    ok(await service.admin.patch(`/accounts/${id}`, { active: false, reason: '퇴직' }));
    expect(await statusOf(key)).toBe(401);
  });

  it('for a while after refusals, as with passwords, which a right one forgets', async () => {
    const { key } = await withPasskey();
    for (const _attempt of [1, 2]) expect(await statusOf(Object.assign(key, { flags: 0x01 }))).toBe(401);
    const counts = await service.sql(`SELECT failures FROM sign_in_failure`);
    expect(counts).toEqual([{ failures: 2 }, { failures: 2 }]);
    await service.sql(`UPDATE sign_in_failure SET blocked_until = clock_timestamp() + interval '1 minute'`);
    key.flags = 0x05;
    const slowed = await atTheDoor();
    const answer = await slowed.enter(key.get(slowed.wanted));
    expect([answer.statusCode, Number(answer.headers['retry-after']) > 50]).toEqual([429, true]);
    await service.sql(`UPDATE sign_in_failure SET blocked_until = clock_timestamp()`);
    expect(await statusOf(key)).toBe(303);
    const [left] = await service.sql(`SELECT sum(failures)::int AS failures FROM sign_in_failure`);
    expect(left).toEqual({ failures: 2 });
  });
});

describe('where the agency requires a second factor', () => {
  const require = async (requiresSecondFactor: boolean) => {
    const { items } = ok(await service.admin.get<{ items: { value: object }[] }>('/agency'));
    const { rehearsal: _rehearsal, ...value } = items[0]?.value as Record<string, unknown>;
    ok(await service.admin.post('/agency', { ...value, requiresSecondFactor }));
  };
  beforeAll(() => require(true));
  afterAll(() => require(false));

  /** An admin of whom a second factor is not yet required when the passkey is added. */
  async function admin() {
    await require(false);
    await somebody('admin');
    const person = await withPasskey('admin');
    await require(true);
    return person;
  }

  it('a passkey is one, and neither the password nor a mailed link leads past it to another', async () => {
    const { email, id, key } = await admin();
    const { statusCode, token } = await enter(key);
    expect([statusCode, await isOpen(token)]).toEqual([303, true]);
    const browser = new FormBrowser(service.app);
    const form = await browser.get('/console/sign-in');
    const answer = await browser.submit(form, '/console/sign-in', { email, password });
    expect([answer.statusCode, browser.token]).toEqual([200, '']);
    expect(answer.body).toContain('이 계정은 패스키로 로그인합니다');
    expect(answer.body).not.toContain('class="secret"');

    const link = ok(await service.admin.post<Invited>(`/accounts/${id}/reset`, { reason: '분실' }));
    const path = `/console/welcome/${tokenOf(link)}`;
    const chosen = await browser.submit(await browser.get(path), path, { password });
    expect([chosen.statusCode, browser.token]).toEqual([200, '']);
    expect(chosen.body).toContain('이 계정은 패스키로 로그인합니다');
    expect(await statusOf(key)).toBe(303);
  });

  it('the last passkey of whoever has no app stays', async () => {
    const { browser } = await admin();
    const page = await browser.get('/console/account');
    const remove = /name="remove" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
    const form = { _csrf: csrfOn(page.body), remove, present: password };
    expect((await browser.send(passkeys, form)).statusCode).toBe(409);
    await added(browser, new Authenticator(origin));
    expect((await browser.send(passkeys, form)).statusCode).toBe(303);
  });

  it('an admin’s reset of the second factor removes passkeys as well, in the log', async () => {
    const { id, key } = await admin();
    const body = { reason: '휴대전화 분실', secondFactor: true };
    const link = ok(await service.admin.post<Invited>(`/accounts/${id}/reset`, body));
    expect(await own().acceptLink(tokenOf(link), password)).toHaveProperty('ticket');
    expect(await statusOf(key)).toBe(401);
    expect(await doneTo(id)).toEqual(['passkey-added', 'second-factor-removed']);
    expect(await service.app.get(AccountsService).get(id)).toMatchObject({ secondFactor: false });
  });
});

describeInBrowser('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await Browser.of(service);
  });
  afterAll(() => browser.close());

  async function withAuthenticator(page: Page, isUserVerified = true): Promise<CDPSession> {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified,
        automaticPresenceSimulation: true,
      },
    });
    return cdp;
  }

  it('a passkey is added, signs in at one press without an address, and is shown as used', async () => {
    const { email } = await somebody();
    const context = await browser.context({ baseURL: origin, locale: 'ko' });
    const page = await context.newPage();
    await withAuthenticator(page);
    await page.goto('/console/sign-in?next=/console/work');
    await page.fill('[name=email]', email);
    await page.fill('[name=password]', password);
    await page.getByRole('button', { name: '로그인', exact: true }).click();
    const signedInAt = `${origin}/console/work`;
    await page.waitForURL(signedInAt);
    await page.goto('/console/account');
    await page.fill('[name=present]', password);
    await page.fill('[name=passkeyName]', '업무용 컴퓨터');
    await page.getByRole('button', { name: '패스키 추가' }).click();
    await page.getByRole('heading', { name: '패스키 추가' }).waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: '패스키 추가' }).click();
    await page.waitForURL('**/console/account?done=passkey-added');
    expect(await page.innerText('main')).toContain('업무용 컴퓨터 (추가');
    expect(await violationsOn(page)).toEqual([]);

    await context.clearCookies();
    await page.goto('/console/sign-in?next=/console/work');
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: '패스키로 로그인' }).click();
    await page.waitForURL(signedInAt);
    await page.goto('/console/account');
    expect(await page.innerText('main')).toMatch(/업무용 컴퓨터 \(추가 .*마지막 사용/s);
    expect(browser.complaints).toEqual([]);
    await context.close();
  });

  it('says so when the device gives none, and leaves the password', async () => {
    const page = await browser.page({ baseURL: origin, locale: 'en' });
    await withAuthenticator(page, false);
    await page.goto('/console/sign-in');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('Your device gave no passkey').waitFor();
    expect(await page.isVisible('[name=password]')).toBe(true);
    await page.context().close();
  });

  it('shows no button without script, and none at another address than that of passkeys', async () => {
    for (const options of [{ baseURL: origin, javaScriptEnabled: false }, {}]) {
      const page = await browser.page({ ...options, locale: 'en' });
      await page.goto('/console/sign-in');
      expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).count()).toBe(0);
      expect(await page.isVisible('[name=password]')).toBe(true);
      await page.context().close();
    }
  });
});
