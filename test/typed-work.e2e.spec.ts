import { readdirSync, readFileSync } from 'node:fs';
import { RouteCheck } from '../src/core/access/route-check.service.js';
import { TypedWork, typedInto } from '../src/office/accounts/typed-work.js';
import { OwnAccountService } from '../src/office/accounts/own-account.service.js';
import { nameOf } from './support/access-matrix.js';
import { ok } from './support/api-client.js';
import { PageClient } from './support/page-client.js';
import { openPages, pageExamples } from './support/page-examples.js';
import { signedIn } from './support/entered.js';
import { FormBrowser, hidden } from './support/form-browser.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let roads: string;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
});
afterAll(() => service.close());

async function officerWithPassword() {
  const account = { email: 'typist@hanbit.example', name: '서온누리', role: 'officer', departmentId: roads };
  const { link } = ok(await service.admin.post<{ link: string }>('/accounts', account));
  const password = 'nine lanterns at the gate';
  const made = await signedIn(
    service.app.get(OwnAccountService).acceptLink(link.split('/').at(-1) ?? '', password),
  );
  return { browser: new FormBrowser(service.app, made.token), email: account.email, password };
}

const endSessions = () => service.sql(`UPDATE session SET last_seen_at = last_seen_at - interval '1 hour'`);
const typed = {
  reference: 'C-2026-0777',
  title: '은하로 보도정비공사',
  kind: 'works',
  signedOn: '2026-03-03',
  confirmed: '',
};
const contracts = async () =>
  (await service.sql(`SELECT 1 FROM contract WHERE reference = $1`, [typed.reference])).length;

it('what was sent after a session’s end comes back when its writer has signed in, and nothing of it is done', async () => {
  const { browser, email, password } = await officerWithPassword();
  await endSessions();
  const ended = await browser.send('/console/contracts/new', {
    ...typed,
    _csrf: 'of the session that ended',
  });
  expect(ended.statusCode).toBe(401);
  expect(ended.headers.location).toBeUndefined();
  expect(ended.body).toContain('적은 내용이 그대로');
  expect(ended.body).not.toContain(typed.title);
  const kept = hidden(ended.body, 'typed');

  // A slip of the password loses nothing.
  const signIn = { email, typed: kept, next: '/console', _csrf: hidden(ended.body, '_csrf') };
  const wrong = await browser.send('/console/sign-in', { ...signIn, password: 'not this one' });
  expect([wrong.statusCode, hidden(wrong.body, 'typed')]).toEqual([401, kept]);

  const back = await browser.send('/console/sign-in', { ...signIn, password });
  expect(back.statusCode).toBe(200);
  expect(/action="([^"]*)" data-at-once/.exec(back.body)?.[1]).toBe('/console/contracts/new');
  const again = { _csrf: hidden(back.body, '_csrf'), _typed: hidden(back.body, '_typed') };

  // The new session's token is wanted still, and it goes nowhere else.
  expect((await browser.send('/console/contracts/new', { ...again, _csrf: 'x' })).statusCode).toBe(403);
  expect((await browser.send('/console/contracts/new/plan', again)).statusCode).toBe(403);

  const shown = await browser.send('/console/contracts/new', again);
  expect(shown.statusCode).toBe(409);
  expect(shown.body).toContain(`value="${typed.title}"`);
  expect(shown.body).toContain('아직 아무것도 하지 않았습니다');
  expect(await contracts()).toBe(0);

  const pressed = await browser.send('/console/contracts/new', {
    ...typed,
    _csrf: hidden(shown.body, '_csrf'),
  });
  expect(pressed.statusCode).not.toBe(409);
});

it('a form that htmx sends while somebody types leaves the page as it is when the session has ended', async () => {
  const person = await service.newcomer('officer', roads);
  await endSessions();
  const answer = await new FormBrowser(service.app, person.token ?? '').send(
    '/console/contracts/new/plan',
    typed,
    {
      'hx-request': 'true',
    },
  );
  expect([answer.statusCode, answer.headers['hx-redirect'], answer.body]).toEqual([401, undefined, '']);
});

it('whoever never signed in here, and a password, are led to sign in without anything that was sent', async () => {
  const nobody = new PageClient(service.app, null);
  expect((await nobody.post('/console/contracts/new', typed)).headers['location']).toBe(
    '/console/sign-in?next=%2Fconsole',
  );
  const person = await service.newcomer('officer', roads);
  await endSessions();
  const secret = { old: 'nine lanterns', password: 'ten lanterns' };
  const answer = await person.post('/console/account/password', secret);
  expect([answer.status, answer.text]).toEqual([303, '']);
});

it('knows every field of the pages that takes a password', () => {
  const folder = `${process.cwd()}/templates/console/pages`;
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.hbs'),
  );
  const names = pages.flatMap((file) =>
    [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/name='(\w+)'[^}]*type='password'/g)].map(
      ([, name]) => name ?? '',
    ),
  );
  expect(names.length).toBeGreaterThan(3);
  expect(typedInto({ body: Object.fromEntries(names.map((name) => [name, 'x'])) })).toEqual({});
});

it('does nothing by any form of the pages that comes back in this way', async () => {
  await service.register({ departmentId: roads, signedOn: '2026-03-03' });
  await service.advanceTo('2026-03-05T12:00:00+09:00');
  const routes = service.app
    .get(RouteCheck)
    .routes()
    .filter((route) => route.page && route.method === 'POST' && !openPages.includes(nameOf(route)));
  // A refused invitation shows the list of accounts again, and whoever reads that is noted.
  const state = () =>
    service.sql(`SELECT (SELECT count(*)::int FROM leaf WHERE kind <> 'access') AS leaves, (SELECT count(*)::int FROM change) AS changes,
    (SELECT count(*)::int FROM session) AS sessions, (SELECT count(*)::int FROM contract) AS contracts`);
  const statuses: Record<string, number> = {};
  for (const route of routes) {
    const name = nameOf(route);
    const call = await pageExamples[name]?.(service, roads);
    if (!call || call.upload) continue;
    const role = Array.isArray(route.rule) && route.rule.includes('admin') ? 'admin' : 'auditor';
    const person = await service.person(role);
    const sealed = service.app
      .get(TypedWork)
      .seal({ url: call.path, body: { ...call.form, reason: '사유' } });
    const before = await state();
    const answer = await person.post(call.path, { _typed: sealed ?? '' });
    statuses[name] = answer.status;
    expect([name, await state()]).toEqual([name, before]);
    expect([name, [303, 409, 200, 403, 404].includes(answer.status)]).toEqual([name, true]);
  }
  expect(statuses['POST /console/contracts/new']).toBe(409);
  expect(statuses['POST /console/contracts/:id/change']).toBe(409);
  expect(statuses['POST /console/sign-out']).toBeUndefined();
});

it('an unknown address answers a form by a page, with what was typed', async () => {
  const person = await service.person('officer', roads);
  const answer = await person.post('/console/nothing/here', { reason: '도로 굴착 승인 지연', kind: 'works' });
  expect(answer.status).toBe(404);
  expect(answer.headers['content-type']).toContain('text/html');
  expect(answer.text).toContain('<li>도로 굴착 승인 지연</li>');
  expect(answer.text).not.toContain('<li>works</li>');
});
