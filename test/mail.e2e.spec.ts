import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { BrakesService } from '../src/core/sending/brakes.service.js';
import { AccountRecords } from '../src/office/accounts/account-records.js';
import { AccountsService } from '../src/office/accounts/accounts.service.js';
import { OwnAccountService } from '../src/office/accounts/own-account.service.js';
import { SessionsService } from '../src/office/accounts/sessions.service.js';
import { Mails } from '../src/office/mail/mails.service.js';
import { BrakeMail } from '../src/office/rounds/brake-mail.js';
import { Rounds } from '../src/office/rounds/rounds.service.js';
import { Database } from '../src/platform/database/database.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { signedIn } from './support/entered.js';
import { FormBrowser } from './support/form-browser.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

interface Received {
  to: string;
  subject: string;
  id: string;
  text: string;
}

/** An SMTP server that keeps what it takes, and can refuse or be away. */
class Post {
  readonly received: Received[] = [];
  answer: number | null = null;
  said = 'no';
  private readonly server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData: (stream, session, done) => {
      let raw = '';
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString('utf8')));
      stream.on('end', () => {
        if (this.answer) return done(Object.assign(new Error(this.said), { responseCode: this.answer }));
        this.received.push(readMail(raw, session.envelope.rcptTo[0]?.address ?? ''));
        done();
      });
    },
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  to(address: string): Received[] {
    return this.received.filter(({ to }) => to === address);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(resolve));
  }
}

function readMail(raw: string, to: string): Received {
  const [head = '', ...body] = raw.split('\r\n\r\n');
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1] ?? '';
  const content = body.join('\n\n');
  const isBase64 = /base64/i.test(header('content-transfer-encoding'));
  const text = isBase64 ? Buffer.from(content, 'base64').toString('utf8') : quotedPrintable(content);
  return { to, subject: decodedWords(header('subject')), id: header('message-id'), text };
}

const quotedPrintable = (text: string) =>
  Buffer.from(
    text
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

const decodedWords = (subject: string) =>
  subject
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?(B|Q)\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : quotedPrintable(text.replaceAll('_', ' ')),
    );

let service: TestService;
let post: Post;
let mails: Mails;

beforeAll(async () => {
  post = new Post();
  const environment = {
    SMTP_URL: await post.listen(),
    MAIL_FROM: 'chorong@hanbit.example',
    PUBLIC_URL: 'https://alerts.hanbit.example',
  };
  service = await startService({ environment });
  await service.startAt('2026-03-02T09:00:00+09:00');
  mails = service.app.get(Mails);
});
afterAll(async () => {
  await service.close();
  await post.close();
});

interface Invited {
  account: { id: string };
  link?: string;
}
const invite = async (email: string, role: string, more: object = {}) =>
  ok(await service.admin.post<Invited>('/accounts', { email, name: '한여울', role, ...more }));

describe('an invitation', () => {
  it('goes to the person, in their language, with a link that works, and is forgotten once it is sent', async () => {
    const departmentId = await service.departmentId('ROADS');
    const { link } = await invite('new@hanbit.example', 'officer', { departmentId, locale: 'en' });
    await mails.sendDue();
    const [mail] = post.to('new@hanbit.example');
    expect(mail?.subject).toBe('[Hanbit City] An invitation to Chorong');
    expect(mail?.text).toContain(link);
    expect(link).toMatch(/^https:\/\/alerts\.hanbit\.example\/console\/welcome\//);
    const rows = await service.sql<{ content: Buffer | null }>(`SELECT content_sealed AS content FROM mail`);
    expect(rows).toEqual([{ content: null }]);
  });

  it('of an auditor comes to the auditor alone', async () => {
    const made = await invite('auditor@hanbit.example', 'auditor', { locale: 'ko' });
    expect(made.link).toBeUndefined();
    await mails.sendDue();
    expect(post.to('auditor@hanbit.example')[0]?.text).toMatch(/console\/welcome\/[\w-]{43}/);
  });

  it('is not kept when the account is not made', async () => {
    const before = await service.sql(`SELECT FROM mail`);
    expect(
      (await service.admin.post('/accounts', { email: 'x@hanbit.example', name: '가', role: 'officer' }))
        .status,
    ).toBe(422);
    expect(await service.sql(`SELECT FROM mail`)).toHaveLength(before.length);
  });
});

describe('a forgotten password', () => {
  const ask = async (email: string) => {
    const browser = new FormBrowser(service.app);
    const page = await browser.get('/console/forgotten');
    const { statusCode, body } = await browser.submit(page, '/console/forgotten', { email });
    return { statusCode, body: body.replaceAll(email, '').replaceAll(/value="[^"]*"/g, '') };
  };
  const sentTo = async (email: string) => {
    await mails.sendDue();
    return post.to(email).filter(({ subject }) => subject.includes('비밀번호를 새로 정하는'));
  };
  /** What is done after the answer is done before this: both take turns. */
  const settled = () => service.app.get(Database).inTurn('accounts', () => Promise.resolve());
  const sendAgain = () =>
    service.sql(`UPDATE account_link SET expires_at = expires_at - interval '31 minutes'`);
  const hashOf = async (id: string) =>
    (await service.sql<{ hash: string }>(`SELECT password_hash AS hash FROM account WHERE id = $1`, [id]))[0]
      ?.hash;

  async function officer(email: string) {
    const departmentId = await service.departmentId('ROADS');
    const { account, link = '' } = await invite(email, 'officer', { departmentId });
    await service.app
      .get(OwnAccountService)
      .acceptLink(link.split('/').at(-1) ?? '', 'nine lanterns at the gate');
    return account.id;
  }

  it('is renewed by a link that is mailed, and stays until it is used', async () => {
    const email = 'forgetful@hanbit.example';
    const id = await officer(email);
    const before = await hashOf(id);
    const sign = await new FormBrowser(service.app).get('/console/sign-in');
    expect(sign.body).toContain('href="/console/forgotten"');
    const answer = await ask(email);
    expect(answer.body).toContain('한 시간 동안 한 번만');
    await until('the mail has come', async () => (await sentTo(email)).length === 1);
    expect(await hashOf(id)).toBe(before);
    const [, token = ''] = /console\/welcome\/([\w-]{43})/.exec((await sentTo(email))[0]?.text ?? '') ?? [];
    const browser = new FormBrowser(service.app);
    const page = await browser.get(`/console/welcome/${token}`);
    const chosen = await browser.submit(page, `/console/welcome/${token}`, {
      password: 'ten boats on a quiet lake',
    });
    expect(chosen.headers['location']).toBe('/console?done=password-changed');
    expect(await hashOf(id)).not.toBe(before);
    const changes = await service.sql<{ what: string }>(
      `SELECT what FROM change WHERE subject = 'account' AND subject_id = $1 ORDER BY id DESC LIMIT 1`,
      [id],
    );
    expect(changes).toEqual([{ what: 'reset-used' }]);
  });

  it('is asked for without being told whether there is such an account', async () => {
    const known = await ask('forgetful@hanbit.example');
    expect(await ask('nobody@hanbit.example')).toEqual(known);
    await settled();
    expect(await sentTo('nobody@hanbit.example')).toEqual([]);
  });

  it('fills nobody’s mailbox: half an hour passes between two links', async () => {
    const email = 'patient@hanbit.example';
    await officer(email);
    for (let n = 0; n < 3; n += 1) await ask(email);
    await until('the mail has come', async () => (await sentTo(email)).length > 0);
    await settled();
    expect(await sentTo(email)).toHaveLength(1);
    await sendAgain();
    await ask(email);
    await until('another has come', async () => (await sentTo(email)).length === 2);
    // Who asks for many is slowed, whosever address it is.
    for (let n = 0; n < 3; n += 1) await ask(email);
    expect((await ask(email)).statusCode).toBe(429);
  });

  it('gives no link to whoever was reset by an admin, is disabled, or has never come in', async () => {
    const [reset, disabled, invited] = ['reset', 'disabled', 'invited'].map((one) => `${one}@hanbit.example`);
    const own = [await officer(reset ?? ''), await officer(disabled ?? '')];
    ok(await service.admin.post(`/accounts/${own[0]}/reset`, {}));
    ok(await service.admin.patch(`/accounts/${own[1]}`, { active: false }));
    await invite(invited ?? '', 'officer', { departmentId: await service.departmentId('ROADS') });
    await sendAgain();
    for (const email of [reset, disabled, invited]) await ask(email ?? '');
    await settled();
    for (const email of [reset, disabled, invited]) expect(await sentTo(email ?? '')).toEqual([]);
  });
});

describe('a server that is away', () => {
  const waiting = () =>
    service.sql<{ error: string | null }>(`SELECT error FROM mail WHERE next_attempt_at IS NOT NULL`);
  const again = () =>
    service.sql(`UPDATE mail SET next_attempt_at = clock_timestamp() WHERE next_attempt_at IS NOT NULL`);

  it('loses nothing: the mail is sent when it is back, once', async () => {
    post.answer = 451;
    await invite('later@hanbit.example', 'admin');
    await mails.sendDue();
    expect(await waiting()).toEqual([{ error: expect.stringContaining('451') as unknown }]);
    // It is not due again at once.
    expect(await mails.sendDue()).toBe(0);
    post.answer = null;
    await again();
    expect(await Promise.all([mails.sendDue(), mails.sendDue()])).toEqual([1, 0]);
    expect(post.to('later@hanbit.example')).toHaveLength(1);
  });

  it('that refuses for good is not asked again', async () => {
    post.answer = 550;
    post.said = 'no such person <gone@hanbit.example>';
    await invite('gone@hanbit.example', 'admin');
    await mails.sendDue();
    post.answer = null;
    expect(await waiting()).toEqual([]);
    const [row] = await service.sql<{ error: string; content: unknown }>(
      `SELECT error, content_sealed AS content FROM mail ORDER BY id DESC LIMIT 1`,
    );
    expect(row).toEqual({ error: expect.stringContaining('550') as unknown, content: null });
    // The address that a server repeats is a person's.
    expect(row?.error).toContain('no such person');
    expect(row?.error).not.toContain('gone@');
  });

  it('is given up after a day', async () => {
    post.answer = 451;
    await invite('never@hanbit.example', 'admin');
    await service.sql(
      `UPDATE mail SET created_at = created_at - interval '25 hours' WHERE next_attempt_at IS NOT NULL`,
    );
    await mails.sendDue();
    post.answer = null;
    expect(await waiting()).toEqual([]);
  });
});

describe('the mail of a morning', () => {
  const morning = (address: string) =>
    post.to(address).filter(({ subject }) => subject.includes('2026-03-05'));

  beforeAll(async () => {
    const roads = await service.departmentId('ROADS');
    const people = [
      ['officer@hanbit.example', 'officer', 'ko'],
      ['manager@hanbit.example', 'manager', 'en'],
      ['watch@hanbit.example', 'monitor', 'ko'],
    ] as const;
    for (const [email, role, locale] of people) await invite(email, role, { departmentId: roads, locale });
    await service.sql(`UPDATE account SET password_hash = 'x', disabled_at = NULL`);
    const [officer] = await service.sql<{ id: string }>(
      `SELECT id FROM officer WHERE staff_number = 'H-1042'`,
    );
    const [account] = await service.sql<{ id: string }>(
      `UPDATE account SET officer_id = $1 WHERE role = 'officer' AND id = (SELECT id FROM account WHERE role = 'officer' ORDER BY id DESC LIMIT 1) RETURNING id`,
      [officer?.id],
    );
    expect(account).toBeTruthy();
    const of = { departmentId: roads, signedOn: '2026-03-03', startsOn: '2026-03-16' };
    const party = (phone: string) => [
      aCounterparty({ name: '(주)비밀상사', contacts: [aContact({ phone })] }),
    ];
    await service.register({
      ...of,
      reference: 'M-1',
      officerId: officer?.id ?? null,
      counterparties: party('010-0000-4105'),
    });
    await service.register({ ...of, reference: 'M-2', counterparties: party('010-0000-0001') });
    await service.advanceTo('2026-03-05T10:00:00+09:00');
    await mails.sendDue();
    await until('the mail has come', () => morning('manager@hanbit.example').length > 0);
  });

  it('tells an officer of their own contracts’ texts, and a manager of the department’s, sent and failed', () => {
    const [own] = morning('officer@hanbit.example');
    expect(own?.text).toMatch(/업체에 청렴 알림을 보냈습니다 \(1건\)[^]*- M-1 .*: 계약체결/);
    expect(own?.text).not.toContain('M-2');
    const [all] = morning('manager@hanbit.example');
    expect(all?.text).toMatch(/sent integrity alerts \(1\)[^]*- M-1 /);
    expect(all?.text).toMatch(/did not arrive \(1\)[^]*- M-2 /);
    expect(all?.text).toContain('https://alerts.hanbit.example/console/outgoing?day=2026-03-04');
  });

  it('names no company, no person and no number', () => {
    for (const { text, subject } of post.received) expect(subject + text).not.toMatch(/비밀상사|4105|0000/);
  });

  it('comes to nobody twice, also when a round is made again, and to nobody on a weekend', async () => {
    await service.sql(`DELETE FROM mail_round WHERE day = '2026-03-05'`);
    await service.app.get(Rounds).makeDue();
    await mails.sendDue();
    expect(morning('manager@hanbit.example')).toHaveLength(1);
    await service.advanceTo('2026-03-07T12:00:00+09:00');
    await mails.sendDue();
    expect(post.received.filter(({ subject }) => subject.includes('2026-03-07'))).toEqual([]);
  });

  it('is forgotten after 90 days, with every other', async () => {
    const [old] = await service.sql<{ id: string }>(
      `UPDATE mail SET created_at = created_at - interval '91 days' WHERE id = (SELECT id FROM mail ORDER BY id LIMIT 1) RETURNING id`,
    );
    await service.advanceTo('2026-03-09T10:00:00+09:00');
    const left = await service.sql<{ id: string }>(`SELECT id FROM mail`);
    expect([left.length > 3, left.some(({ id }) => id === old?.id)]).toEqual([true, false]);
  });

  it('tells auditors of new flags, and nobody else', async () => {
    await service.sql(
      `INSERT INTO flag (id, kind, contract_id, department_id, actor, lost, at)
       SELECT gen_random_uuid(), 'late', id, department_id, 'system', '[]', '2026-03-09T12:00:00+09:00' FROM contract WHERE reference = 'M-1'`,
    );
    await service.advanceTo('2026-03-10T10:00:00+09:00');
    await mails.sendDue();
    const ofDay = post.received.filter(({ subject }) => subject.includes('2026-03-10'));
    const telling = ofDay
      .filter(({ text }) => /새로 생긴 표시가 1건|New flags: 1/.test(text))
      .map(({ to }) => to);
    expect(telling).toEqual(['auditor@hanbit.example']);
    for (const { to, text } of ofDay)
      if (to !== 'auditor@hanbit.example') expect(text).not.toMatch(/표시|flags/i);
  });

  it('does not wait when the service itself pauses sending: admins and auditors learn it at once, and once', async () => {
    const about = /발송이 멈췄습니다|Sending is paused/;
    const told = async () => {
      await Promise.all([service.app.get(BrakeMail).writeAll(), service.app.get(BrakeMail).writeAll()]);
      await mails.sendDue();
      return post.received.filter(({ subject }) => about.test(subject));
    };
    await service.admin.post('/brakes', { scope: 'template', target: 'ko/any/signing', reason: 'a person' });
    expect(await told()).toEqual([]);
    const brakes = service.app.get(BrakesService);
    const target = await service.departmentId('ROADS');
    await brakes.pullBrake('system', { scope: 'department', target, reason: 'texts-fail-20/60' });
    const all = await told();
    const roles = await service.sql<{ role: string }>(
      `SELECT role FROM account WHERE disabled_at IS NULL AND password_hash IS NOT NULL AND role IN ('admin', 'auditor') ORDER BY role`,
    );
    expect(new Set(roles.map(({ role }) => role))).toEqual(new Set(['admin', 'auditor']));
    expect(all).toHaveLength(roles.length);
    expect(all.map(({ to }) => to)).toContain('auditor@hanbit.example');
    for (const { to, text } of all) {
      expect(to).not.toMatch(/officer|manager|watch|new@/);
      expect(text).toMatch(/20\/60/);
      expect(text).toContain('https://alerts.hanbit.example/console/settings/brakes');
    }
    expect(await told()).toHaveLength(roles.length);
    for (const brake of await brakes.listBrakes())
      ok(await service.admin.post(`/brakes/${brake.id}/release`, { reason: 'it was looked at' }));
  });

  it('is not written to monitors, nor to those who were disabled', async () => {
    expect(post.to('watch@hanbit.example').filter(({ subject }) => subject.includes('2026'))).toEqual([]);
    await service.sql(`UPDATE account SET disabled_at = now() WHERE role = 'auditor'`);
    const before = post.to('auditor@hanbit.example').length;
    await service.sql(`UPDATE flag SET at = '2026-03-10T12:00:00+09:00'`);
    await service.advanceTo('2026-03-11T10:00:00+09:00');
    await mails.sendDue();
    expect(post.to('auditor@hanbit.example')).toHaveLength(before);
  });
});

describe('another address of one’s own', () => {
  const path = '/console/account/email';
  const password = 'nine lanterns at the gate';
  let people = 0;

  async function officer() {
    const email = `moving-${(people += 1)}@hanbit.example`;
    const departmentId = await service.departmentId('ROADS');
    const { account, link = '' } = await invite(email, 'officer', { departmentId });
    const accepted = service.app.get(OwnAccountService).acceptLink(link.split('/').at(-1) ?? '', password);
    const { token } = await signedIn(accepted);
    return { email, id: account.id, browser: browserOf(token) };
  }
  /** The service has a public address here, and so its cookies have the names that they have there. */
  function browserOf(token: string) {
    const browser = new FormBrowser(service.app);
    browser.keepCookie('__Host-chorong', token);
    return browser;
  }
  async function ask({ browser }: { browser: FormBrowser }, email: string, present = password) {
    return browser.submit(await browser.get(path), path, { email, present });
  }
  async function linkTo(email: string) {
    await mails.sendDue();
    const [mail] = post.to(email).filter(({ subject }) => subject.includes('새 전자우편 확인'));
    return /\/console\/account\/email\?change=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
  }
  const confirm = ({ browser }: { browser: FormBrowser }, change: string, page: { body: string }) =>
    browser.submit(page, path, { change });
  const addressOf = async (id: string) => (await service.app.get(AccountsService).get(id)).email;

  it('is theirs once they have opened the mailed link; the old one is told, and auditors see it', async () => {
    const person = await officer();
    const wanted = `moved-${people}@hanbit.example`;
    expect((await ask(person, wanted)).body).toContain(wanted);
    expect(await addressOf(person.id)).toBe(person.email);
    const page = await person.browser.get(`${path}?change=${await linkTo(wanted)}`);
    expect(page.body).toContain(wanted);
    const done = await confirm(person, await linkTo(wanted), page);
    expect(done.headers.location).toBe('/console/account?done=address-changed');
    expect(await addressOf(person.id)).toBe(wanted);
    await mails.sendDue();
    expect(post.to(person.email).at(-1)?.subject).toContain('전자우편이 바뀌었습니다');
    const [change] = await service.sql(
      `SELECT what, before ->> 'address' AS before, after ->> 'address' AS after FROM change
       WHERE subject = 'account' AND subject_id = $1 ORDER BY id DESC LIMIT 1`,
      [person.id],
    );
    expect(change).toMatchObject({ what: 'address-changed', before: expect.stringContaining('*') as string });
    expect(JSON.stringify(change)).not.toContain(wanted);
    const auditor = await service.person('auditor');
    const history = await browserOf(auditor.token ?? '').get('/console/settings/history');
    expect(history.body).toContain('전자우편 변경');
    const sessions = service.app.get(SessionsService);
    const signIn = (email: string) => sessions.signIn({ email, password, from: '192.0.2.77' });
    await expect(signIn(person.email)).rejects.toMatchObject({ code: 'sign-in-failed' });
    expect(await signIn(wanted)).toHaveProperty('token');
    // The link is of the account as it was.
    expect((await confirm(person, await linkTo(wanted), page)).statusCode).toBe(404);
  });

  it('is told to the old one each time, also where that was left for the same one before', async () => {
    const person = await officer();
    const other = `there-${people}@hanbit.example`;
    const records = service.app.get(AccountRecords);
    for (const email of [other, person.email, other]) {
      const account = await records.byId(person.id);
      if (account) await records.putAddress(account, email);
    }
    await mails.sendDue();
    const told = post.to(person.email).filter(({ subject }) => subject.includes('전자우편이 바뀌었습니다'));
    expect(told).toHaveLength(2);
  });

  it('is not asked for without the password, and nobody takes another’s', async () => {
    const [person, other] = [await officer(), await officer()];
    expect((await ask(person, `else-${people}@hanbit.example`, 'not it')).statusCode).toBe(422);
    expect(await linkTo(`else-${people}@hanbit.example`)).toBe('');
    expect((await ask(person, other.email.toUpperCase())).statusCode).toBe(409);
    const wanted = `wanted-${people}@hanbit.example`;
    await ask(person, wanted);
    await ask(other, wanted);
    const page = await person.browser.get(`${path}?change=${await linkTo(wanted)}`);
    await invite(wanted, 'officer', { departmentId: await service.departmentId('ROADS') });
    expect((await confirm(person, await linkTo(wanted), page)).statusCode).toBe(409);
    expect(await addressOf(person.id)).toBe(person.email);
  });

  it('is confirmed by nobody else, not after an hour, nor after another password', async () => {
    const [person, other] = [await officer(), await officer()];
    const wanted = `late-${people}@hanbit.example`;
    await ask(person, wanted);
    const change = await linkTo(wanted);
    const opened = async ({ browser }: { browser: FormBrowser }) =>
      (await browser.get(`${path}?change=${change}`)).statusCode;
    expect([await opened(other), await opened({ browser: new FormBrowser(service.app) })]).toEqual([
      404, 303,
    ]);
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 3_600_000);
    expect(await opened(person)).toBe(404);
    clock.mockRestore();
    expect(await opened(person)).toBe(200);
    const account = await person.browser.get('/console/account');
    const changed = { old: password, password: 'ten boats on a quiet lake' };
    await person.browser.submit(account, '/console/account/password', changed);
    expect(await opened(person)).toBe(404);
  });

  it('takes the links along that went to the old one', async () => {
    const person = await officer();
    const wanted = `links-${people}@hanbit.example`;
    await ask(person, wanted);
    await service.app.get(OwnAccountService).sendLinkTo(person.email, '192.0.2.78');
    const links = () => service.sql(`SELECT FROM account_link WHERE account_id = $1`, [person.id]);
    await until('there is a link', async () => (await links()).length === 1);
    const change = await linkTo(wanted);
    await confirm(person, change, await person.browser.get(`${path}?change=${change}`));
    expect(await links()).toEqual([]);
  });
});
