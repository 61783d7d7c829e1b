import type { FastifyReply } from 'fastify';
import type { AppError } from '../../platform/app-error.js';
import type { Caller } from '../../core/access/roles.js';
import { CsrfCheck, csrfTokenOf } from './csrf.js';
import type { PageRequest } from './page-request.js';
import { SessionCookie, welcomeLink } from './session-cookie.js';

const publicUrl = 'https://alerts.hanbit.example/behind';

/** A request as Fastify gives it, as far as it is looked at. */
function aRequest(request: {
  headers?: Record<string, string>;
  protocol?: string;
  host?: string;
  signedIn?: PageRequest['signedIn'];
}): PageRequest {
  return { headers: {}, protocol: 'http', host: 'localhost:3000', ...request } as unknown as PageRequest;
}

/** Collects the cookies that a reply sets. */
function aReply() {
  const cookies: string[] = [];
  const reply = {
    header: (_name: string, value: string) => {
      cookies.push(value);
      return reply;
    },
  };
  return { reply: reply as unknown as FastifyReply, cookies };
}

const checkFor = (url: string | null) =>
  new CsrfCheck({ publicUrl: url }, new SessionCookie({ publicUrl: url }));
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'taken';
  } catch (error) {
    return (error as AppError).code;
  }
};

describe('the origin of a form', () => {
  const judged = (url: string | null, headers: Record<string, string>, at: object = {}) =>
    codeOf(() => checkFor(url).mustBeOwnOrigin(aRequest({ headers, ...at })));

  it.each<[string, string | null, Record<string, string>, object, string]>([
    ['the address it was sent to', null, { origin: 'http://localhost:3000' }, {}, 'taken'],
    ['the public address', publicUrl, { origin: 'https://alerts.hanbit.example' }, {}, 'taken'],
    [
      'the address it was sent to, beside a public one',
      publicUrl,
      { origin: 'http://localhost:3000' },
      {},
      'taken',
    ],
    ['a page of ours by its referrer', null, { referer: 'http://localhost:3000/console?x=1' }, {}, 'taken'],
    [
      'a page of the public address by its referrer',
      publicUrl,
      { referer: 'https://alerts.hanbit.example/a' },
      {},
      'taken',
    ],
    ['nowhere', null, {}, {}, 'origin-foreign'],
    ['null', null, { origin: 'null' }, {}, 'origin-foreign'],
    [
      'a site whose name begins alike',
      publicUrl,
      { origin: 'https://alerts.hanbit.example.evil.example' },
      {},
      'origin-foreign',
    ],
    ['a part of the public address', publicUrl, { origin: 'https://hanbit.example' }, {}, 'origin-foreign'],
    [
      'the public address without its encryption',
      publicUrl,
      { origin: 'http://alerts.hanbit.example' },
      {},
      'origin-foreign',
    ],
    [
      'elsewhere, with a referrer of ours',
      null,
      { origin: 'https://evil.example', referer: 'http://localhost:3000/' },
      {},
      'origin-foreign',
    ],
    ['a referrer that is no address', null, { referer: 'localhost:' }, {}, 'origin-foreign'],
    ['an empty referrer', null, { referer: '' }, {}, 'origin-foreign'],
    ['a host that is no host', null, { origin: 'null' }, { host: '%%%' }, 'origin-foreign'],
  ])('%s: %s', (_where, url, headers, at, expected) => {
    expect(judged(url, headers, at)).toBe(expected);
  });
});

describe('the token of a form', () => {
  const secret = 'a-secret-of-the-browser-0123456789';
  const token = csrfTokenOf(secret);
  const caller = { role: 'officer' } as Caller;
  const signedIn = {
    caller,
    csrf: csrfTokenOf('the token of the session'),
    locale: 'ko' as const,
    secondsLeft: 3600,
  };
  const otherLast = (text: string) => `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`;
  const withCookie = (value: string) => aRequest({ headers: { cookie: `chorong-local-form=${value}` } });

  it('of somebody without a session is that of the cookie, to the last letter', () => {
    const check = checkFor(null);
    const request = withCookie(secret);
    expect(check.verify(request, token)).toBeUndefined();
    expect(request.csrf).toBe('verified');
    for (const wrong of [
      otherLast(token),
      token.slice(0, -1),
      `${token}A`,
      '',
      secret,
      undefined,
      [token],
      7,
    ])
      expect(codeOf(() => check.verify(withCookie(secret), wrong))).toBe('form-stale');
    expect(codeOf(() => check.verify(aRequest({}), token))).toBe('form-stale');
    expect(codeOf(() => check.verify(aRequest({}), ''))).toBe('form-stale');
  });

  it('of a session is its own, whatever the cookie of forms says, and tells who calls', () => {
    const check = checkFor(null);
    const request = aRequest({ headers: { cookie: `chorong-local-form=${secret}` }, signedIn });
    expect(codeOf(() => check.verify(request, token))).toBe('form-stale');
    expect([request.csrf, request.caller]).toEqual([undefined, undefined]);
    expect(codeOf(() => check.verify(request, otherLast(signedIn.csrf)))).toBe('form-stale');
    expect(check.verify(request, signedIn.csrf)).toBe(caller);
    expect([request.csrf, request.caller]).toEqual(['verified', caller]);
  });

  it('is put into a form once for a browser, and made for one that has none', () => {
    const check = checkFor(null);
    const { reply, cookies } = aReply();
    expect(check.tokenFor(withCookie(secret), reply)).toBe(token);
    expect(check.tokenFor(aRequest({ signedIn }), reply)).toBe(signedIn.csrf);
    expect(cookies).toEqual([]);
    const made = check.tokenFor(aRequest({}), reply);
    const given = /^chorong-local-form=([\w-]{43}); Path=\/; HttpOnly; SameSite=Lax$/.exec(
      cookies[0] ?? '',
    )?.[1];
    expect(made).toBe(csrfTokenOf(given ?? ''));
    // One that is no secret of ours is passed over.
    for (const short of ['short', 'x'.repeat(101), 'with a space and more of it'])
      expect(check.tokenFor(withCookie(short), reply)).not.toBe(csrfTokenOf(short));
  });
});

describe('the cookie of a session', () => {
  const nameAt = (url: string | null, protocol: string, host: string) =>
    new SessionCookie({ publicUrl: url }).name(aRequest({ protocol, host }));

  it.each([
    ['localhost:3000', 'http', null, 'chorong-local'],
    ['127.0.0.1', 'http', null, 'chorong-local'],
    ['[::1]:3000', 'http', null, 'chorong-local'],
    ['localhost:3000', 'https', null, '__Host-chorong'],
    ['localhost.evil.example', 'http', null, '__Host-chorong'],
    ['evil.example', 'http', null, '__Host-chorong'],
    ['127.0.0.1.evil.example', 'http', null, '__Host-chorong'],
    ['10.0.0.7:3000', 'http', null, '__Host-chorong'],
    // Behind a public address the host that somebody names changes nothing.
    ['localhost:3000', 'http', publicUrl, '__Host-chorong'],
  ])('at %s by %s, with the public address %s, is %s', (host, protocol, url, name) => {
    expect(nameAt(url, protocol, host)).toBe(name);
  });

  it('is set for the whole site and cleared at once', () => {
    const cookie = new SessionCookie({ publicUrl });
    const { reply, cookies } = aReply();
    cookie.set(aRequest({}), reply, 'token');
    cookie.clear(aRequest({}), reply);
    expect(cookies).toEqual([
      '__Host-chorong=token; Path=/; HttpOnly; SameSite=Lax; Secure',
      '__Host-chorong=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
    ]);
  });

  it('is not read under the name of another scheme', () => {
    const value = 'x'.repeat(43);
    const cookie = new SessionCookie({ publicUrl });
    expect(cookie.read(aRequest({ headers: { cookie: `chorong-local=${value}` } }))).toBeNull();
    expect(cookie.read(aRequest({ headers: { cookie: `__Host-chorong=${value}` } }))).toBe(value);
    expect(cookie.read(aRequest({ headers: { cookie: `__Host-chorong=${'x'.repeat(19)}` } }))).toBeNull();
  });

  it('leads whoever is invited to the public address, and never to a host that somebody names', () => {
    const request = aRequest({ host: 'evil.example' });
    expect(welcomeLink(request, publicUrl, 't')).toBe('https://alerts.hanbit.example/console/welcome/t');
    expect(welcomeLink(aRequest({}), null, 't')).toBe('http://localhost:3000/console/welcome/t');
  });
});
