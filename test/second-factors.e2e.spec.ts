import { generateSync } from 'otplib';
import { AccountsService } from '../src/office/accounts/accounts.service.js';
import { OwnAccountService } from '../src/office/accounts/own-account.service.js';
import { SessionsService } from '../src/office/accounts/sessions.service.js';
import { ok } from './support/api-client.js';
import { signedIn } from './support/entered.js';
import { FormBrowser, hidden } from './support/form-browser.js';
import { startService, type TestService } from './support/service.js';

const password = 'nine lanterns at the gate';

let service: TestService;
let roads: string;
let people = 0;

beforeAll(async () => {
  service = await startService();
  roads = await service.departmentId('ROADS');
});
afterAll(() => service.close());
afterEach(() => jest.restoreAllMocks());

const own = () => service.app.get(OwnAccountService);
const linkToken = ({ link = '' }: { link?: string }) => link.split('/').at(-1) ?? '';

interface Invited {
  account: { id: string };
  link: string;
}

async function invite(role: string) {
  const email = `factor-${(people += 1)}@hanbit.example`;
  const rest = role === 'officer' ? { departmentId: roads } : {};
  const body = { email, name: '서온누리', role, ...rest };
  const made = await service.admin.post<Invited>('/accounts', body);
  if (made.status === 201 && role !== 'auditor') return { email, id: made.body.account.id, link: made.body };
  // An auditor's invitation is approved first, and the link made then.
  const [row] = await service.sql<{ id: string }>(`SELECT id FROM account ORDER BY id DESC LIMIT 1`);
  const id = row?.id ?? '';
  return { email, id, link: ok(await service.admin.post<Invited>(`/accounts/${id}/reset`, {})) };
}

async function somebody(role = 'officer') {
  const { email, id, link } = await invite(role);
  const { token } = await signedIn(own().acceptLink(linkToken(link), password));
  return { email, id, browser: new FormBrowser(service.app, token) };
}

/** The code that the app shows now, or so many steps of half a minute from now. */
async function codeOf(secret: string, steps = 0): Promise<string> {
  const [row] = await service.sql<{ now: number }>(
    `SELECT floor(extract(epoch FROM clock_timestamp()))::int AS now`,
  );
  return generateSync({ secret, epoch: (row?.now ?? 0) + steps * 30 });
}
const secretOn = (page: string) =>
  (/<code class="secret">([A-Z2-7 ]+)<\/code>/.exec(page)?.[1] ?? '').replaceAll(' ', '');
const recoveryCodesOn = (page: string) =>
  [...page.matchAll(/<code>([A-Z2-7-]{19})<\/code>/g)].map(([, code]) => code ?? '');
const forgetSteps = (id: string) => service.sql(`UPDATE account SET totp_step = 0 WHERE id = $1`, [id]);
const forgetFailures = () => service.sql(`DELETE FROM sign_in_failure`);
const isOpen = async (token: string) => (await service.app.get(SessionsService).callerOf(token)) !== null;
const doneTo = async (id: string) =>
  (
    await service.sql<{ what: string }>(
      `SELECT what FROM change WHERE subject = 'account' AND subject_id = $1 AND what ~ 'factor|recovery'
         AND EXISTS (SELECT FROM leaf WHERE body ->> 'subject_id' = $1 AND body ->> 'what' = what) ORDER BY id`,
      [id],
    )
  ).map(({ what }) => what);

/** Sets up a second factor on the account's own page. */
async function withFactor(role = 'officer') {
  const person = await somebody(role);
  const account = await person.browser.get('/console/account');
  const step = await person.browser.submit(account, '/console/account/second-factor', {
    present: password,
    step: 'set',
  });
  const secret = secretOn(step.body);
  const codes = await person.browser.submit(step, '/console/sign-in', { otp: await codeOf(secret) });
  expect(codes.statusCode).toBe(200);
  await forgetSteps(person.id);
  return { ...person, secret, recoveryCodes: recoveryCodesOn(codes.body) };
}

async function asked(email: string, given = password) {
  const browser = new FormBrowser(service.app);
  const form = await browser.get('/console/sign-in');
  return { browser, page: await browser.submit(form, '/console/sign-in', { email, password: given }) };
}
async function enter(email: string, otp: string) {
  const { browser, page } = await asked(email);
  return { browser, answer: await browser.submit(page, '/console/sign-in', { otp }) };
}
const statusOf = async (email: string, otp: string) => (await enter(email, otp)).answer.statusCode;

it('is set up on one’s own page by the password and the first code, and ends every other session', async () => {
  const { email, id, browser } = await somebody();
  const other = await signedIn(
    service.app.get(SessionsService).signIn({ email, password, from: '192.0.2.1' }),
  );
  const account = await browser.get('/console/account');
  const wanted = { step: 'set', present: 'not the password' };
  const refused = await browser.submit(account, '/console/account/second-factor', wanted);
  expect([refused.statusCode, secretOn(refused.body)]).toEqual([422, '']);

  const shown = await browser.submit(account, '/console/account/second-factor', {
    ...wanted,
    present: password,
  });
  const secret = secretOn(shown.body);
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(shown.body).toContain('<svg class="qr"');
  expect((await asked(email)).page.statusCode).toBe(303);

  const again = await browser.submit(shown, '/console/sign-in', { otp: await codeOf(secret, -4) });
  expect([again.statusCode, secretOn(again.body)]).toEqual([401, secret]);
  const set = await browser.submit(again, '/console/sign-in', { otp: await codeOf(secret) });
  expect(recoveryCodesOn(set.body)).toHaveLength(10);
  expect(set.body).toContain('href="/console/account"');
  expect([await isOpen(browser.token), await isOpen(other.token)]).toEqual([true, false]);
  expect(await doneTo(id)).toEqual(['second-factor-set']);
  expect((await browser.get('/console/account')).body).toContain('남은 복구 코드: 10개');

  const [row] = await service.sql(`SELECT row_to_json(a)::text AS kept FROM account a WHERE id = $1`, [id]);
  expect(JSON.stringify(row)).not.toContain(secret);
  expect(JSON.stringify(row)).not.toContain(Buffer.from(secret).toString('hex'));
  const codes = await service.sql(`SELECT encode(code_hash, 'hex') AS hash FROM recovery_code`);
  expect(JSON.stringify(codes)).not.toContain(recoveryCodesOn(set.body)[0]);
  // The ticket that set it up sets up nothing again.
  const [_csrf, ticket] = [hidden(set.body, '_csrf'), hidden(again.body, 'ticket')];
  const replayed = await browser.send('/console/sign-in', { _csrf, ticket, otp: await codeOf(secret, 1) });
  expect([replayed.statusCode, recoveryCodesOn(replayed.body)]).toEqual([401, []]);
});

it('is asked for after the password, and nothing is open before', async () => {
  const { email, secret } = await withFactor();
  expect((await asked(email, 'not the password')).page.body).not.toContain('name="otp"');
  const { browser, page } = await asked(email);
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('autocomplete="one-time-code"');
  expect(browser.token).toBe('');
  const wrong = await browser.submit(page, '/console/sign-in', { otp: await codeOf(secret, 9) });
  expect([wrong.statusCode, browser.token]).toEqual([401, '']);
  expect(wrong.body).toContain('인증번호가 맞지 않거나');
  const right = await browser.submit(wrong, '/console/sign-in', { otp: await codeOf(secret) });
  expect([right.statusCode, right.headers.location]).toEqual([303, '/console']);
  expect(await isOpen(browser.token)).toBe(true);
});

it('takes a code once, none of an earlier step after it, and of two at once one', async () => {
  const { email, secret, id } = await withFactor();
  const now = await codeOf(secret);
  expect(await statusOf(email, now)).toBe(303);
  expect(await statusOf(email, now)).toBe(401);
  expect(await statusOf(email, await codeOf(secret, -1))).toBe(401);
  await forgetSteps(id);
  await forgetFailures();
  const code = await codeOf(secret);
  const both = await Promise.all([statusOf(email, code), statusOf(email, code)]);
  expect(both.sort()).toEqual([303, 401]);
});

it('is stood in for by each recovery code once, which the log has', async () => {
  const { email, id, recoveryCodes, browser } = await withFactor();
  const [first = '', second = ''] = recoveryCodes;
  expect(await statusOf(email, first)).toBe(303);
  expect(await statusOf(email, first)).toBe(401);
  expect(await statusOf(email, second.toLowerCase().replaceAll('-', ' '))).toBe(303);
  expect(await statusOf(email, 'AAAA-AAAA-AAAA-AAAA')).toBe(401);
  const another = await withFactor();
  expect(await statusOf(email, another.recoveryCodes[0] ?? '')).toBe(401);
  expect((await browser.get('/console/account')).body).toContain('남은 복구 코드: 8개');
  const account = await browser.get('/console/account');
  const proof = { present: password, otp: recoveryCodes[2] ?? '', step: 'codes' };
  const renewed = await browser.submit(account, '/console/account/second-factor', proof);
  expect(recoveryCodesOn(renewed.body)).toHaveLength(10);
  expect(await statusOf(email, recoveryCodes[3] ?? '')).toBe(401);
  expect(await doneTo(id)).toEqual([
    'second-factor-set',
    ...Array<string>(3).fill('recovery-code-used'),
    'recovery-codes-made',
  ]);
});

it('slows guessing at codes, and the right password in between starts no new count', async () => {
  const { email, secret } = await withFactor();
  await forgetFailures();
  for (const _attempt of [1, 2]) expect(await statusOf(email, '000000')).toBe(401);
  // Each attempt counts twice, for the password and for the code; the address only for the code.
  const counts = await service.sql(`SELECT failures FROM sign_in_failure ORDER BY failures`);
  expect(counts).toEqual([{ failures: 2 }, { failures: 4 }]);
  const { browser, page } = await asked(email);
  await service.sql(`UPDATE sign_in_failure SET blocked_until = clock_timestamp() + interval '1 minute'`);
  const slowed = await browser.submit(page, '/console/sign-in', { otp: await codeOf(secret) });
  expect([slowed.statusCode, Number(slowed.headers['retry-after']) > 50]).toEqual([429, true]);
  expect(slowed.body).toContain('name="otp"');
  await forgetFailures();
  expect(await statusOf(email, await codeOf(secret))).toBe(303);
  const [left] = await service.sql(`SELECT coalesce(sum(failures), 0)::int AS failures FROM sign_in_failure`);
  expect(left).toEqual({ failures: 0 });
});

it('is asked for by a ticket that is of one account as it was, and lasts ten minutes', async () => {
  const { email, secret, id, browser: mine } = await withFactor();
  const { browser, page } = await asked(email);
  const otp = await codeOf(secret);
  const ticket = hidden(page.body, 'ticket');
  const sent = async (changed: Record<string, string>) =>
    (await browser.submit(page, '/console/sign-in', { otp, ...changed })).body;
  expect(await sent({ ticket: `${ticket.slice(0, -4)}AAAA` })).toContain('처음부터 다시 로그인하세요');
  const now = Date.now();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 10 * 60_000);
  expect(await sent({})).toContain('처음부터 다시 로그인하세요');
  clock.mockRestore();
  const account = await mine.get('/console/account');
  const changed = await mine.submit(account, '/console/account/password', {
    old: password,
    password: 'quarry otter lantern nine',
  });
  expect(changed.statusCode).toBe(303);
  expect(await sent({})).toContain('처음부터 다시 로그인하세요');
  const again = await asked(email, 'quarry otter lantern nine');
  const disabled = ok(await service.admin.patch(`/accounts/${id}`, { active: false, reason: '퇴직' }));
  expect(disabled).toMatchObject({ active: false, secondFactor: true });
  const late = await again.browser.submit(again.page, '/console/sign-in', { otp });
  expect(late.body).toContain('처음부터 다시 로그인하세요');
  expect([browser.token, again.browser.token]).toEqual(['', '']);
});

it('stays when a password is reset, and a link is no way round it', async () => {
  const { email, id, secret } = await withFactor();
  const link = ok(await service.admin.post<Invited>(`/accounts/${id}/reset`, { reason: '분실' }));
  const browser = new FormBrowser(service.app);
  const path = `/console/welcome/${linkToken(link)}`;
  const page = await browser.get(path);
  const step = await browser.submit(page, path, { password });
  expect([step.statusCode, browser.token]).toEqual([200, '']);
  const entered = await browser.submit(step, '/console/sign-in', { otp: await codeOf(secret) });
  expect([entered.statusCode, await isOpen(browser.token)]).toEqual([303, true]);
  expect((await asked(email)).page.body).toContain('name="otp"');
});

it('is taken away with the password of whoever has lost it; an auditor’s waits for a second person', async () => {
  const lost = await withFactor();
  const body = { reason: '휴대전화 분실', secondFactor: true };
  const link = ok(await service.admin.post<Invited>(`/accounts/${lost.id}/reset`, body));
  await signedIn(own().acceptLink(linkToken(link), password));
  expect((await doneTo(lost.id)).at(-1)).toBe('second-factor-removed');
  expect(await service.sql(`SELECT 1 FROM recovery_code WHERE account_id = $1`, [lost.id])).toEqual([]);

  await somebody('auditor');
  const auditor = await withFactor('auditor');
  const view = () => service.app.get(AccountsService).get(auditor.id);
  service.approvesAtOnce = false;
  const waiting = await service.admin.post<{ proposal: { id: string } }>(
    `/accounts/${auditor.id}/reset`,
    body,
  );
  expect(waiting.status).toBe(202);
  expect(await view()).toMatchObject({ secondFactor: true, invited: false });
  service.approvesAtOnce = true;
  const decided = await service.admin.post(`/accounts/${auditor.id}/reset`, body);
  expect(decided.status).toBeLessThan(300);
  expect(await view()).toMatchObject({ secondFactor: false, invited: true });
});

it('is of its account alone, as a password is: nobody else’s is touched, whatever becomes of it', async () => {
  const bystander = await withFactor();
  const standing = async () => [
    ...(await service.sql(`SELECT to_json(a)::text AS row FROM account a WHERE id = $1`, [bystander.id])),
    ...(await service.sql(
      `SELECT encode(code_hash, 'hex') AS row FROM recovery_code WHERE account_id = $1 ORDER BY 1`,
      [bystander.id],
    )),
    { row: await isOpen(bystander.browser.token) },
  ];
  const before = await standing();
  const person = await withFactor();
  expect(await statusOf(person.email, await codeOf(person.secret))).toBe(303);
  expect(await statusOf(person.email, person.recoveryCodes[0] ?? '')).toBe(303);
  const entered = await enter(person.email, person.recoveryCodes[1] ?? '');
  const account = await entered.browser.get('/console/account');
  const proof = { step: 'codes', present: password, otp: person.recoveryCodes[2] ?? '' };
  await entered.browser.submit(account, '/console/account/second-factor', proof);
  const body = { reason: '휴대전화 분실', secondFactor: true };
  const link = ok(await service.admin.post<Invited>(`/accounts/${person.id}/reset`, body));
  await signedIn(own().acceptLink(linkToken(link), `${password} anew`));
  expect(await isOpen(entered.browser.token)).toBe(false);
  expect(await standing()).toEqual(before);
});

it('leaves the session that the browser had until the second step is taken, and no failure of the account then', async () => {
  const { email, secret, browser } = await withFactor();
  const sessions = service.app.get(SessionsService);
  const failures = () => service.sql(`SELECT failures FROM sign_in_failure`);
  await forgetFailures();
  const came = { from: '192.0.2.7', replaces: browser.token };
  const first = await sessions.signIn({ email, password, ...came });
  const ticket = 'ticket' in first ? first.ticket : '';
  expect([await isOpen(browser.token), (await failures()).length > 0]).toEqual([true, true]);
  const wrong = sessions.finish({ ticket, otp: '000000', ...came });
  await expect(wrong).rejects.toMatchObject({ code: 'otp-wrong' });
  expect(await isOpen(browser.token)).toBe(true);
  await sessions.finish({ ticket, otp: await codeOf(secret), ...came });
  // The address keeps its one wrong code, the account nothing.
  expect([await isOpen(browser.token), await failures()]).toEqual([false, [{ failures: 1 }]]);
});

describe('where the agency requires it', () => {
  const require = async (requiresSecondFactor: boolean) => {
    const { items } = ok(await service.admin.get<{ items: { value: object }[] }>('/agency'));
    const { rehearsal: _rehearsal, ...value } = items[0]?.value as Record<string, unknown>;
    ok(await service.admin.post('/agency', { ...value, requiresSecondFactor }));
  };

  it('leads admins and auditors to set it up at their next sign-in, and nobody else', async () => {
    const [admin, officer] = [await somebody('admin'), await somebody()];
    const withIt = await withFactor('admin');
    await require(true);
    try {
      expect((await asked(officer.email)).page.statusCode).toBe(303);
      const { browser, page } = await asked(admin.email);
      expect([page.statusCode, browser.token]).toEqual([200, '']);
      const otp = await codeOf(secretOn(page.body));
      const codes = await browser.submit(page, '/console/sign-in', { otp });
      expect(recoveryCodesOn(codes.body)).toHaveLength(10);
      expect(await isOpen(browser.token)).toBe(true);
      // An invited one as well, and whoever has it keeps it.
      const invited = await invite('admin');
      expect(await own().acceptLink(linkToken(invited.link), password)).toHaveProperty('ticket');
      const account = await withIt.browser.get('/console/account');
      expect(account.body).not.toContain('value="remove"');
      const kept = await withIt.browser.submit(account, '/console/account/second-factor', {
        present: password,
        otp: await codeOf(withIt.secret),
        step: 'remove',
      });
      expect(kept.statusCode).toBe(409);
    } finally {
      await require(false);
    }
    const account = await withIt.browser.get('/console/account');
    const proof = { present: password, step: 'remove' };
    const path = '/console/account/second-factor';
    expect((await withIt.browser.submit(account, path, { ...proof, otp: '000000' })).statusCode).toBe(401);
    const otp = await codeOf(withIt.secret);
    expect((await withIt.browser.submit(account, path, { ...proof, otp })).statusCode).toBe(303);
    expect((await asked(withIt.email)).page.statusCode).toBe(303);
    expect((await doneTo(withIt.id)).at(-1)).toBe('second-factor-removed');
  });
});
