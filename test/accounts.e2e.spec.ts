import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CsrfCheck } from '../src/office/accounts/csrf.js';
import { csrfTokenOf } from '../src/office/accounts/csrf.js';
import type { Caller } from '../src/core/access/roles.js';
import { Allow, CurrentCaller, Public } from '../src/core/access/rules.js';
import { CsrfInBody, Page } from '../src/office/accounts/page.guard.js';
import type { PageRequest } from '../src/office/accounts/page-request.js';
import { SessionCookie } from '../src/office/accounts/session-cookie.js';
import type { AccountView } from '../src/office/accounts/account.schema.js';
import { AccountsService } from '../src/office/accounts/accounts.service.js';
import { AccountRecords } from '../src/office/accounts/account-records.js';
import { OwnAccountService } from '../src/office/accounts/own-account.service.js';
import { SessionsService } from '../src/office/accounts/sessions.service.js';
import { AppError } from '../src/platform/app-error.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { cpuMsOf } from './support/cpu-time.js';
import { PageClient } from './support/page-client.js';
import { signedIn } from './support/entered.js';
import { startService, type TestService } from './support/service.js';

/** The least that pages are: what the guard does is the same for all of them. */
@Controller('probe')
@Page()
@Allow('officer', 'admin')
class ProbePages {
  static changes = 0;

  constructor(
    private readonly csrf: CsrfCheck,
    private readonly cookie: SessionCookie,
    private readonly sessions: SessionsService,
  ) {}

  @Get()
  show(@CurrentCaller() caller: Caller) {
    return { name: caller.name, role: caller.role };
  }

  @Post()
  change(@CurrentCaller() caller: Caller, @Body() body: object) {
    ProbePages.changes += 1;
    return { name: caller.name, body };
  }

  @Post('checked')
  @CsrfInBody()
  checked(@Req() request: PageRequest, @Body() body: { token?: string }) {
    const caller = this.csrf.verify(request, body.token);
    ProbePages.changes += 1;
    return { name: caller?.name };
  }

  @Post('forgetful')
  @CsrfInBody()
  forgetful() {
    return { done: true };
  }

  @Post('careless')
  @CsrfInBody()
  careless(@CurrentCaller() _caller: Caller) {
    ProbePages.changes += 1;
    return { done: true };
  }

  @Get('open')
  @Public()
  open(@Req() request: PageRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return { csrf: this.csrf.tokenFor(request, reply), name: request.caller?.name ?? null };
  }

  @Post('sign-in')
  @Public()
  async signIn(
    @Req() request: PageRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: { email: string; password: string },
  ) {
    const { token } = await signedIn(
      this.sessions.signIn({ ...body, from: request.ip, replaces: this.cookie.read(request) }),
    );
    this.cookie.set(request, reply, token);
    return { done: true };
  }
}

const probe = '/api/v1/probe';
const password = 'river mirror eleven plate';
let service: TestService;
let roads: string;
let count = 0;

beforeAll(async () => {
  service = await startService({ controllers: [ProbePages], environment: { TRUSTED_PROXIES: '127.0.0.1' } });
  roads = await service.departmentId('ROADS');
});
afterAll(() => service.close());

interface Invited {
  account: AccountView;
  link: string;
}

const sessions = () => service.app.get(SessionsService);
const own = () => service.app.get(OwnAccountService);
const newAccount = (more: object = {}) => ({
  email: `person-${(count += 1)}@hanbit.example`,
  name: '김하늘',
  role: 'officer',
  departmentId: roads,
  ...more,
});
const invite = async (more: object = {}) => {
  const wanted = newAccount(more);
  const invited = ok(await service.admin.post<Partial<Invited>>('/accounts', wanted));
  if (invited.account) return invited as Invited;
  // An auditor's invitation was approved by somebody else: the link is asked for then.
  const { items } = ok(await service.admin.get<{ items: Invited['account'][] }>('/accounts'));
  const made = items.find(({ email }) => email === wanted.email);
  return ok(await service.admin.post<Invited>(`/accounts/${made?.id}/reset`, {}));
};
const tokenOf = ({ link }: { link: string }) => link.split('/').at(-1) ?? '';

/** Somebody who has chosen a password. */
async function somebody(more: object = {}) {
  const invited = await invite(more);
  const { token } = await signedIn(own().acceptLink(tokenOf(invited), password));
  return { ...invited.account, token };
}

const signIn = (email: string, given = password, from = '192.0.2.1') =>
  sessions().signIn({ email, password: given, from });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: AppError) => error.code,
  );
const browser = (token: string | null) => new PageClient(service.app, token);

describe('a session', () => {
  it('tells who calls a page, and what the page needs of them', async () => {
    const { id, token } = await somebody({ locale: 'en' });
    expect(await sessions().callerOf(token)).toEqual({
      caller: {
        keyId: null,
        accountId: id,
        name: '김하늘',
        role: 'officer',
        departmentId: roads,
        officerId: null,
      },
      csrf: csrfTokenOf(token),
      locale: 'en',
      secondsLeft: expect.any(Number) as number,
    });
    expect((await browser(token).get(probe)).text).toContain('김하늘');
  });

  it('is kept as the SHA-256 of its token alone', async () => {
    const { token } = await somebody();
    const rows = await service.sql<{ row: string }>(
      `SELECT encode(token_hash, 'escape') AS row FROM session`,
    );
    expect(rows.map(({ row }) => row).join()).not.toContain(token);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('is a new one at every sign-in, and the browser’s old one ends', async () => {
    const { email, token } = await somebody();
    const { token: second } = await signedIn(
      sessions().signIn({ email, password, from: '192.0.2.2', replaces: token }),
    );
    expect(second).not.toBe(token);
    expect(await sessions().callerOf(token)).toBeNull();
    expect(await sessions().callerOf(second)).not.toBeNull();
  });

  it.each([
    ['idle for 30 minutes', `last_seen_at = last_seen_at - interval '30 minutes'`],
    ['12 hours old, however busy', `created_at = created_at - interval '12 hours'`],
  ])('ends when %s', async (_when, change) => {
    const { id, token } = await somebody();
    await service.sql(
      `UPDATE session SET ${change.replaceAll("'30", "'29").replaceAll("'12", "'11")} WHERE account_id = $1`,
      [id],
    );
    expect((await browser(token).get(probe)).status).toBe(200);
    await service.sql(
      `UPDATE session SET last_seen_at = clock_timestamp(), created_at = clock_timestamp() WHERE account_id = $1`,
      [id],
    );
    await service.sql(`UPDATE session SET ${change} WHERE account_id = $1`, [id]);
    expect((await browser(token).get(probe)).status).toBe(401);
    expect((await browser(token).post(probe)).status).toBe(401);
  });

  it('is kept alive by use, noted once a minute', async () => {
    const { id, token } = await somebody();
    const seen = async () =>
      (
        await service.sql<{ at: Date }>(`SELECT last_seen_at AS at FROM session WHERE account_id = $1`, [id])
      )[0]?.at;
    const first = await seen();
    await browser(token).get(probe);
    expect(await seen()).toEqual(first);
    await service.sql(
      `UPDATE session SET last_seen_at = last_seen_at - interval '5 minutes' WHERE account_id = $1`,
      [id],
    );
    await browser(token).get(probe);
    expect((await seen())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? Infinity);
  });

  it.each([
    ['the account is disabled', { active: false }],
    ['its role changes', { role: 'manager' }],
    ['its department changes', { departmentId: 'parks' }],
  ])('ends at once when %s', async (_when, patch: object) => {
    const { id, token } = await somebody();
    const wanted = 'departmentId' in patch ? { departmentId: await service.departmentId('PARKS') } : patch;
    ok(await service.admin.patch(`/accounts/${id}`, wanted));
    expect((await browser(token).get(probe)).status).toBe(401);
  });

  it('of a disabled account ends even if its row were left', async () => {
    const { id, token } = await somebody();
    await service.sql(`UPDATE account SET disabled_at = clock_timestamp() WHERE id = $1`, [id]);
    expect(await sessions().callerOf(token)).toBeNull();
  });

  it('outlives a change of name', async () => {
    const { id, token } = await somebody();
    ok(await service.admin.patch(`/accounts/${id}`, { name: '김바다' }));
    expect((await browser(token).get(probe)).text).toContain('김바다');
  });

  it('ends with a reset, and with a new password, everywhere', async () => {
    const { id, token, email } = await somebody();
    const link = ok(await service.admin.post<Invited>(`/accounts/${id}/reset`, {}));
    expect(await sessions().callerOf(token)).toBeNull();
    expect(await codeOf(signIn(email))).toBe('sign-in-failed');
    const { token: second } = await signedIn(own().acceptLink(tokenOf(link), 'quarry otter lantern nine'));
    const caller = (await sessions().callerOf(second))?.caller;
    if (!caller) throw new Error('not signed in');
    const third = await own().changePassword(caller, 'quarry otter lantern nine', password);
    expect(await sessions().callerOf(second)).toBeNull();
    expect(await sessions().callerOf(third.token)).not.toBeNull();
    expect(await codeOf(own().changePassword(caller, 'not the old one', password))).toBe('password-wrong');
  });

  it('ends when signed out', async () => {
    const { token } = await somebody();
    await sessions().signOut(token);
    expect((await browser(token).get(probe)).status).toBe(401);
  });

  it('opens no route of the API, and a key opens no page', async () => {
    const { token } = await somebody({ role: 'admin', departmentId: null });
    expect((await browser(token).get('/api/v1/accounts')).status).toBe(401);
    const { key } = service.admin;
    expect((await browser(null).get(probe, { authorization: `Bearer ${key}` })).status).toBe(401);
    expect((await browser(token).get(probe)).status).toBe(200);
  });
});

describe('the cookie', () => {
  const set = async (headers: Record<string, string>, client = browser(null)) => {
    const answer = await client.get(`${probe}/open`, headers);
    return String(answer.headers['set-cookie']);
  };
  const https = { host: 'alerts.hanbit.example', 'x-forwarded-proto': 'https' };

  it('is __Host-, Secure, HttpOnly and SameSite wherever people call from', async () => {
    const { email } = await somebody();
    const open = await browser(null).get(`${probe}/open`, https);
    const [form = ''] = String(open.headers['set-cookie']).split(';');
    const { csrf } = JSON.parse(open.text) as { csrf: string };
    const answer = await browser(null).post(
      `${probe}/sign-in`,
      { email, password, _csrf: csrf },
      { ...https, cookie: form, origin: 'https://alerts.hanbit.example' },
    );
    expect(answer.status).toBe(201);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^__Host-chorong=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });

  it('stays Secure on plain HTTP, but for one’s own machine', async () => {
    expect(await set({ host: '10.0.0.7:3000' })).toMatch(/^__Host-.*; Secure$/);
    expect(await set({ host: 'localhost.hanbit.example' })).toMatch(/^__Host-.*; Secure$/);
    for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000'])
      expect(await set({ host })).toMatch(/^chorong-local-form=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await set({ host: 'localhost:3000', 'x-forwarded-proto': 'https' })).toMatch(
      /^__Host-.*; Secure$/,
    );
  });
});

describe('a form', () => {
  let token: string;
  beforeAll(async () => ({ token } = await somebody()));

  it('is taken with its token, which the page does not get to see', async () => {
    const answer = await browser(token).post(probe, { title: '교량' });
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.text)).toEqual({ name: '김하늘', body: { title: '교량' } });
    const header = { 'x-csrf-token': csrfTokenOf(token) };
    expect((await browser(token).post(probe, { _csrf: '' }, header)).status).toBe(201);
  });

  it('is taken by its header alone where it has no body', async () => {
    const response = await service.app.inject({
      method: 'POST',
      url: probe,
      headers: {
        cookie: `chorong-local=${token}`,
        origin: 'http://localhost',
        'x-csrf-token': csrfTokenOf(token),
      },
    });
    expect(response.statusCode).toBe(201);
  });

  it('is taken each time, whatever key comes with it: to repeat a call is for programs', async () => {
    const before = ProbePages.changes;
    for (const title of ['one', 'one', 'other'])
      expect((await browser(token).post(probe, { title }, { 'idempotency-key': 'a-key' })).status).toBe(201);
    expect(ProbePages.changes).toBe(before + 3);
  });

  it('is refused with a field that stands in it twice', async () => {
    const before = ProbePages.changes;
    const answer = await browser(token).post(probe, { title: ['one', 'other'] });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([400, { code: 'validation-failed' }]);
    expect(ProbePages.changes).toBe(before);
  });

  it('is not what a browser sends that only asks whether there is a page', async () => {
    const headers = { cookie: `chorong-local=${token}` };
    const response = await service.app.inject({ method: 'HEAD', url: probe, headers });
    expect(response.statusCode).toBe(200);
  });

  it('is refused without its token, and with another', async () => {
    const other = await somebody();
    const before = ProbePages.changes;
    for (const _csrf of ['', 'nonsense', csrfTokenOf(other.token), `${csrfTokenOf(token)}x`, token]) {
      const answer = await browser(token).post(probe, { _csrf });
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([403, { code: 'form-stale' }]);
    }
    expect(ProbePages.changes).toBe(before);
  });

  it.each([
    ['another site’s', { origin: 'https://evil.example' }],
    ['of no known origin', { origin: 'null' }],
    ['of a look-alike', { origin: 'http://localhost.evil.example' }],
    ['of another port', { origin: 'http://localhost:8080' }],
    ['of another scheme', { origin: 'https://localhost' }],
    ['of another site by its referrer', { origin: '', referer: 'https://evil.example/page' }],
    ['without either', { origin: '' }],
  ])('is refused when it is %s', async (_whose, headers: Record<string, string>) => {
    const before = ProbePages.changes;
    const sent = { cookie: `chorong-local=${token}`, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await service.app.inject({
      method: 'POST',
      url: probe,
      headers: {
        ...sent,
        ...(headers['origin'] ? { origin: headers['origin'] } : {}),
        ...(headers['referer'] ? { referer: headers['referer'] } : {}),
      },
      payload: `_csrf=${csrfTokenOf(token)}`,
    });
    expect([response.statusCode, response.json()]).toMatchObject([403, { code: 'origin-foreign' }]);
    expect(ProbePages.changes).toBe(before);
  });

  it('is taken by its referrer where the browser names no origin', async () => {
    const response = await service.app.inject({
      method: 'POST',
      url: probe,
      headers: {
        cookie: `chorong-local=${token}`,
        'content-type': 'application/x-www-form-urlencoded',
        referer: 'http://localhost/console',
      },
      payload: `_csrf=${csrfTokenOf(token)}`,
    });
    expect(response.statusCode).toBe(201);
  });

  it('of signing in needs its token, too', async () => {
    const { email } = await somebody();
    const open = await browser(null).get(`${probe}/open`);
    const [cookie = ''] = String(open.headers['set-cookie']).split(';');
    const { csrf } = JSON.parse(open.text) as { csrf: string };
    const send = (_csrf: string, headers: Record<string, string>) =>
      browser(null).post(`${probe}/sign-in`, { email, password, _csrf }, headers);
    expect((await send('', { cookie })).status).toBe(403);
    expect((await send(csrf, {})).status).toBe(403);
    expect((await send(csrf, { cookie, origin: 'https://evil.example' })).status).toBe(403);
    expect((await send(csrf, { cookie })).status).toBe(201);
  });

  it('is refused to a role that its page does not let in, with its token and origin as they should be', async () => {
    const before = ProbePages.changes;
    for (const role of ['manager', 'monitor', 'auditor'] as const) {
      const departmentId = role === 'auditor' ? null : roads;
      const other = await somebody({ role, departmentId });
      expect([role, (await browser(other.token).post(probe, {})).status]).toEqual([role, 403]);
      expect([role, (await browser(other.token).get(probe)).status]).toEqual([role, 403]);
    }
    expect(ProbePages.changes).toBe(before);
  });

  it('with a token in its header is judged by that alone', async () => {
    const good = csrfTokenOf(token);
    const wrong = `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`;
    const answer = await browser(token).post(probe, { _csrf: good }, { 'x-csrf-token': wrong });
    expect(answer.status).toBe(403);
  });

  it('without a session is logged as nobody’s, and so is a cookie that opens nothing; a page is not', async () => {
    const logged = async (call: () => Promise<unknown>) => {
      service.heard.logs.length = 0;
      await call();
      return service.heard.logs.join('').includes('authentication failed');
    };
    const stale = 'x'.repeat(43);
    expect(await logged(() => browser(null).post(probe, {}))).toBe(true);
    expect(await logged(() => browser(stale).get(probe))).toBe(true);
    expect(await logged(() => browser(null).get(probe))).toBe(false);
    expect(await logged(() => browser(token).get(probe))).toBe(false);
  });

  it('whose page reads the token itself is refused unless it does', async () => {
    const before = ProbePages.changes;
    const good = { token: csrfTokenOf(token) };
    expect((await browser(token).post(`${probe}/checked`, { token: 'wrong' })).status).toBe(403);
    // Nobody calls before the token is checked, and a page that never checks it fails.
    expect((await browser(token).post(`${probe}/careless`, good)).status).toBe(500);
    expect((await browser(token).post(`${probe}/forgetful`, good)).status).toBe(500);
    expect(ProbePages.changes).toBe(before);
    const answer = await browser(token).post(`${probe}/checked`, good);
    expect(JSON.parse(answer.text)).toEqual({ name: '김하늘' });
  });

  it('keeps pages from telling other sites where somebody was, and itself its origin', async () => {
    expect((await browser(token).get(probe)).headers['referrer-policy']).toBe('same-origin');
  });

  it('is never sent by GET', async () => {
    const before = [ProbePages.changes, await service.contents()];
    await browser(token).get(`${probe}?_csrf=${csrfTokenOf(token)}&title=x`);
    expect([ProbePages.changes, await service.contents()]).toEqual(before);
  });

  it('that is refused is logged without its token', async () => {
    service.heard.logs.length = 0;
    await browser(token).post(probe, { _csrf: 'nonsense' });
    const logs = service.heard.logs.join('');
    expect(logs).toContain('a form was refused');
    expect(logs).not.toContain(token);
    expect(logs).not.toContain('nonsense');
  });
});

describe('a public page', () => {
  it('knows who is signed in, all the same', async () => {
    const { token } = await somebody();
    expect((await browser(token).get(`${probe}/open`)).text).toContain('김하늘');
    expect((await browser(null).get(`${probe}/open`)).text).toContain('null');
  });
});

describe('a password', () => {
  const kept = async (id: string) =>
    (await service.sql<{ hash: string }>(`SELECT password_hash AS hash FROM account WHERE id = $1`, [id]))[0]
      ?.hash ?? '';

  it('is kept as Argon2id with 19 MiB and two passes, salted', async () => {
    const [one, two] = [await somebody(), await somebody()];
    expect(await kept(one.id)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22,}\$[\w+/]{40,}$/);
    expect(await kept(one.id)).not.toBe(await kept(two.id));
  });

  it('is hashed again at sign-in when it was hashed by weaker parameters', async () => {
    const { id, email } = await somebody();
    const { hash } = await import('@node-rs/argon2');
    const weak = await hash(password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    await service.sql(`UPDATE account SET password_hash = $2 WHERE id = $1`, [id, weak]);
    await signIn(email, password, '192.0.2.3');
    expect(await kept(id)).toContain('$m=19456,t=2,p=1$');
    await signIn(email, password, '192.0.2.3');
  });

  it.each([
    ['Short-1!', 'password-short'],
    ['1qaz2wsx3edc', 'password-common'],
    ['hanbit-city-2026', 'password-personal'],
    ['김하늘김하늘김하늘김하늘', 'password-common'],
  ])('%j is refused, and the link still works', async (wanted, code) => {
    const token = tokenOf(await invite());
    const error = await own()
      .acceptLink(token, wanted)
      .catch((e: unknown) => e as AppError);
    expect(error).toMatchObject({ code: 'password-unusable', fields: [{ path: 'password', code }] });
    expect(await own().linkOf(token)).toMatchObject({ purpose: 'invitation' });
  });
});

describe('signing in', () => {
  /** Makes the waits that are under way so long that none of them ends while a test looks. */
  const holdWaits = () =>
    service.sql(
      `UPDATE sign_in_failure SET blocked_until = blocked_until + interval '1 hour' WHERE blocked_until > last_at + interval '0.5 s'`,
    );
  const endWaits = () => service.sql(`UPDATE sign_in_failure SET blocked_until = clock_timestamp()`);

  it('fails by the same words for a wrong password, and for nobody’s, a disabled and an invited account', async () => {
    const [known, disabled, invited] = [await somebody(), await somebody(), await invite()];
    ok(await service.admin.patch(`/accounts/${disabled.id}`, { active: false }));
    const attempts: [string, string][] = [
      [known.email, 'not the right password'],
      ['nobody@hanbit.example', password],
      ['no address', password],
      [disabled.email, password],
      [invited.account.email, password],
    ];
    const errors = await Promise.all(
      attempts.map(([email, given]) =>
        signIn(email, given, '192.0.2.4').catch((e: unknown) => e as AppError),
      ),
    );
    for (const error of errors)
      expect(error).toMatchObject({ kind: 'unauthenticated', code: 'sign-in-failed' });
    expect(new Set(errors.map((error) => (error as AppError).message)).size).toBe(1);
  });

  it('takes as much work for nobody as for a wrong password', async () => {
    const took = (email: string) =>
      cpuMsOf(() => signIn(email, 'not the right password', '192.0.2.5').catch(() => undefined));
    const median = (all: number[]) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
    const [known, nobody]: number[][] = [[], []];
    for (let n = 0; n < 7; n += 1) {
      known?.push(await took((await somebody()).email));
      nobody?.push(await took(`nobody-${n}@hanbit.example`));
    }
    const ratio = median(nobody ?? []) / median(known ?? []);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('slows whoever tries passwords from a session that is not theirs', async () => {
    const { token } = await somebody();
    const caller = (await sessions().callerOf(token))?.caller;
    if (!caller) throw new Error('not signed in');
    const tries: string[] = [];
    for (let n = 0; n < 5; n += 1)
      tries.push(await codeOf(own().changePassword(caller, 'a guess', password)));
    await holdWaits();
    tries.push(await codeOf(own().changePassword(caller, 'a guess', password)));
    expect(tries).toEqual([...Array<string>(5).fill('password-wrong'), 'sign-in-slowed']);
    await endWaits();
  });

  it('takes an address in any case', async () => {
    const { email } = await somebody();
    expect(await codeOf(signIn(` ${email.toUpperCase()} `, password, '192.0.2.6'))).toBe('done');
  });

  it('waits for an account with too many failures, even with the right password, and for no other', async () => {
    const { email } = await somebody();
    for (let n = 0; n < 5; n += 1)
      expect(await codeOf(signIn(email, 'not the right one', `198.51.100.${n}`))).toBe('sign-in-failed');
    await holdWaits();
    // The right password waits as well: else the wait would tell it.
    expect(await codeOf(signIn(email, password, '198.51.100.98'))).toBe('sign-in-slowed');
    expect(await codeOf(signIn('somebody-else@hanbit.example', password, '198.51.100.99'))).toBe(
      'sign-in-failed',
    );
    await endWaits();
    expect(await codeOf(signIn(email, password, '198.51.100.98'))).toBe('done');
  });

  it('waits for an address that tried many accounts, a network of IPv6 as one', async () => {
    for (let n = 0; n < 30; n += 1)
      expect(await codeOf(signIn(`guess-${n}@hanbit.example`, 'guess', `2001:db8:0:7::${n}`))).toBe(
        'sign-in-failed',
      );
    await holdWaits();
    const { email } = await somebody();
    expect(await codeOf(signIn(email, password, '2001:db8:0:7::ffff'))).toBe('sign-in-slowed');
    expect(await codeOf(signIn(email, password, '2001:db8:0:8::1'))).toBe('done');
    await endWaits();
  });

  it('that failed is logged, without the address that was typed', async () => {
    const { email, id } = await somebody();
    service.heard.logs.length = 0;
    await signIn(email, 'not the right password', '192.0.2.9').catch(() => undefined);
    const logs = service.heard.logs.join('');
    expect(logs).toContain('authentication failed');
    expect(logs).toContain(id);
    expect(logs).not.toContain(email);
    expect(logs).not.toContain('not the right password');
  });
});

describe('an account', () => {
  it('is kept sealed', async () => {
    await invite({ email: 'Sealed.Person@Hanbit.example', name: '은밀한이름' });
    const everything = JSON.stringify(await service.contents());
    for (const one of ['은밀한이름', 'sealed.person', 'Sealed.Person']) expect(everything).not.toContain(one);
    expect(everything).not.toContain(Buffer.from('은밀한이름').toString('hex'));
  });

  it('is invited by a link of the service’s own address, for one use within 72 hours', async () => {
    const invited = await invite();
    expect(invited.link).toMatch(/^http:\/\/localhost\/console\/welcome\/[\w-]{43}$/);
    expect(invited.account).toMatchObject({ active: true, invited: true });
    const token = tokenOf(invited);
    expect(await own().linkOf(token)).toMatchObject({ purpose: 'invitation', email: invited.account.email });
    const both = await Promise.all([1, 2].map(() => codeOf(own().acceptLink(token, password))));
    expect(both.sort()).toEqual(['done', 'link-over']);
    expect(await own().linkOf(token)).toBeNull();
    const late = tokenOf(await invite());
    await service.sql(`UPDATE account_link SET expires_at = expires_at - interval '72 hours'`);
    expect(await own().linkOf(late)).toBeNull();
    expect(await codeOf(own().acceptLink(late, password))).toBe('link-over');
  });

  it('is invited again by a new link, and the old one ends', async () => {
    const invited = await invite();
    const again = ok(await service.admin.post<Invited>(`/accounts/${invited.account.id}/reset`, {}));
    expect(await own().linkOf(tokenOf(invited))).toBeNull();
    expect(await own().linkOf(tokenOf(again))).toMatchObject({ purpose: 'invitation' });
  });

  it('that is disabled has no link', async () => {
    const invited = await invite();
    ok(await service.admin.patch(`/accounts/${invited.account.id}`, { active: false }));
    expect(await own().linkOf(tokenOf(invited))).toBeNull();
    const answer = await service.admin.post(`/accounts/${invited.account.id}/reset`, {});
    expect(problem(answer)).toMatchObject({ status: 409, code: 'account-disabled' });
  });

  it('has an address of its own, a department where its role needs one, and one officer', async () => {
    const officer = ok(
      await service.admin.post<{ id: string }>('/officers', { departmentId: roads, name: '박노을' }),
    );
    const first = await invite({ officerId: officer.id });
    const refused = async (more: object) =>
      problem(await service.admin.post('/accounts', newAccount(more))).code;
    expect(await refused({ email: first.account.email.toUpperCase() })).toBe('email-taken');
    expect(await refused({ departmentId: null })).toBe('department-needed');
    expect(await refused({ officerId: officer.id })).toBe('officer-taken');
    expect(await refused({ officerId: '01996f3e-0000-7000-8000-000000000001' })).toBe('officer-unknown');
    expect(await refused({ departmentId: '01996f3e-0000-7000-8000-000000000001' })).toBe('not-found');
    expect(await refused({ password })).toBe('validation-failed');
  });

  it('stands in the log by its id, and is named to who reads history', async () => {
    const { id } = await somebody({ name: '남달리' });
    const rows = await service.sql<{ actor: string; before: unknown; after: { name?: string } | null }>(
      `SELECT actor, before, after FROM change WHERE subject = 'account' AND subject_id = $1 ORDER BY id`,
      [id],
    );
    expect(rows.map((row) => row.actor)).toEqual(['admin:bootstrap', `officer:@${id}`]);
    expect(rows[0]?.after?.name).not.toBe('남달리');
    const names = await service.app
      .get(AccountRecords)
      .namesOfActors([`officer:@${id}`, 'admin:bootstrap', 'officer:@nobody']);
    expect([...names.values()]).toEqual(['남달리', 'admin:bootstrap', 'officer:@nobody']);
  });

  it('of the last admin stays, and nobody disables their own', async () => {
    const caller = async (token: string) => {
      const session = await sessions().callerOf(token);
      if (!session) throw new Error('not signed in');
      return session.caller;
    };
    await service.sql(`UPDATE account SET disabled_at = clock_timestamp() WHERE role = 'admin'`);
    const [one, two] = [
      await somebody({ role: 'admin', departmentId: null }),
      await somebody({ role: 'admin', departmentId: null }),
    ];
    const accounts = service.app.get(AccountsService);
    const first = await caller(one.token);
    expect(await codeOf(accounts.amend(first, one.id, { active: false }))).toBe('own-account');
    // Two admins who take the right from each other at once: one keeps it.
    const second = await caller(two.token);
    const both = await Promise.all([
      codeOf(accounts.amend(first, two.id, { active: false })),
      codeOf(accounts.amend(second, one.id, { active: false })),
    ]);
    expect(both.sort()).toEqual(['done', 'last-admin']);
    const left = (await accounts.list()).find((account) => account.role === 'admin' && account.active);
    for (const patch of [{ active: false }, { role: 'officer', departmentId: roads }])
      expect(problem(await service.admin.patch(`/accounts/${left?.id}`, patch)).code).toBe('last-admin');
    expect(problem(await service.admin.post(`/accounts/${left?.id}/reset`, {})).code).toBe('last-admin');
  });

  it('is told to admins alone, and never with its password', async () => {
    await somebody();
    const list = await service.admin.get<{ items: AccountView[] }>('/accounts');
    expect(ok(list).items.some((account) => account.lastSeenAt !== null)).toBe(true);
    expect(list.text).not.toMatch(/argon2|hash/);
    const officer: ApiClient = await service.as('officer', roads);
    expect((await officer.get('/accounts')).status).toBe(403);
  });

  it('is not made known by the path of its link in the log', async () => {
    service.heard.logs.length = 0;
    const token = tokenOf(await invite());
    await browser(null).get(`/console/welcome/${token}`);
    await browser(null).post(`/console/welcome/${token}?x=1`);
    expect(service.heard.logs.join('')).not.toContain(token);
  });
});

describe('an officer who leaves', () => {
  const officer = async (name: string) =>
    ok(await service.admin.post<{ id: string }>('/officers', { departmentId: roads, name })).id;
  const changeForm = async (id: string) =>
    (await (await service.person('admin')).get(`/console/contracts/${id}/change`)).text;

  it('is no longer offered, and stays the officer of their contracts', async () => {
    const [gone, there] = [await officer('김떠난'), await officer('김남은')];
    const contract = await service.register({ departmentId: roads, officerId: gone });
    const other = await service.register({ departmentId: roads, officerId: there });
    const left = ok(await service.admin.patch(`/officers/${gone}`, { active: false, reason: 'retired' }));
    expect(left).toMatchObject({ id: gone, active: false });
    const [change] = await service.sql(`SELECT * FROM change WHERE subject_id = $1 AND what = 'left'`, [
      gone,
    ]);
    expect(change).toMatchObject({ reason: 'retired' });

    expect(await changeForm(other.id)).not.toContain('김떠난');
    const form = await changeForm(contract.id);
    expect(form).toContain(`<option value="${gone}" selected>김떠난 (도로과)</option>`);
    const admin = await service.person('admin');
    const { title, departmentId, signedOn, startsOn, endsOn } = contract;
    const saved = await admin.post(`/console/contracts/${contract.id}/change`, {
      step: 'save',
      title: `${title} 변경`,
      departmentId,
      officerId: /<option value="([^"]*)" selected>김떠난/.exec(form)?.[1] ?? '',
      signedOn: signedOn ?? '',
      startsOn: startsOn ?? '',
      endsOn: endsOn ?? '',
    });
    expect(saved.status).toBe(303);
    expect(await service.contract(contract.id)).toMatchObject({ title: `${title} 변경`, officerId: gone });
    expect((await admin.get(`/console/contracts/${contract.id}`)).text).toContain('김떠난');
  });

  it('is told, and comes back, on the page of their department', async () => {
    const id = await officer('김오감');
    const admin = await service.person('admin');
    const page = `/console/settings/departments/${roads}`;
    const at = async () =>
      ok(await service.admin.get<{ items: { id: string; active: boolean }[] }>('/officers'));
    const isActive = async () => (await at()).items.find((one) => one.id === id)?.active;
    expect((await admin.post(`${page}/officers/${id}`, { step: 'leave' })).status).toBe(303);
    expect(await isActive()).toBe(false);
    expect((await admin.get(page)).text).toContain('퇴직·전출');
    expect((await admin.post(`${page}/officers/${id}`, { step: 'nonsense' })).status).toBe(400);
    expect((await admin.post(`${page}/officers/${id}`, { step: 'return' })).status).toBe(303);
    expect(await isActive()).toBe(true);
  });
});

it('an invitation is shown with its end, is sent again, and is cancelled', async () => {
  const { account, link } = ok(await service.admin.post<Invited>('/accounts', newAccount()));
  const admin = await service.person('admin');
  const path = `/console/settings/people/${account.id}`;
  const isOpen = async (url: string) => (await own().linkOf(url.split('/').at(-1) ?? '')) !== null;
  const shown = async () => (await admin.get(path)).text;
  expect(await shown()).toMatch(/초대됨[^]*까지 수락 가능/);
  await service.sql(`UPDATE account_link SET expires_at = now() WHERE account_id = $1`, [account.id]);
  expect(await shown()).toContain('수락 기한이 지남');
  const { text } = await admin.post(`${path}/reset`, {});
  const [again = ''] = /http[^"<\s]*welcome[^"<\s]*/.exec(text) ?? [];
  expect([await isOpen(link), await isOpen(again)]).toEqual([false, true]);
  expect(await shown()).toMatch(/까지 수락 가능[^]*초대 다시 보내기[^]*초대 취소/);
  await admin.post(path, { step: 'disable' });
  expect(await isOpen(again)).toBe(false);
});
