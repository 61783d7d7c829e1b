import { OwnAccountService } from '../src/office/accounts/own-account.service.js';
import { ok } from './support/api-client.js';
import { signedIn } from './support/entered.js';
import { FakeIssuer } from './support/fake-issuer.js';
import { FormBrowser, hidden } from './support/form-browser.js';
import { startService, type TestService } from './support/service.js';

const password = 'nine lanterns at the gate';
const door = '/console/sign-in/issuer';

let issuer: FakeIssuer;
let service: TestService;
let people = 0;

beforeAll(async () => {
  issuer = await new FakeIssuer().start();
  service = await startService({ environment: { ...issuer.environment, CHORONG_OIDC_SECOND_FACTOR: 'mfa' } });
});
afterAll(async () => {
  await service.close();
  await issuer.close();
});
afterEach(() => Object.assign(issuer, { bent: {}, signsAsStranger: false, isAway: false }));

const accounts = () =>
  service.sql<{ id: string; issuerIndex: Buffer | null }>(
    `SELECT id, issuer_index AS "issuerIndex" FROM account ORDER BY id`,
  );
const linkedNow = async () => (await accounts()).filter(({ issuerIndex }) => issuerIndex).length;

/** Somebody who has accepted their invitation, and whom the issuer knows by the same address. */
async function somebody(role = 'officer') {
  const email = `issued-${(people += 1)}@hanbit.example`;
  const departmentId = role === 'officer' ? { departmentId: await service.departmentId('ROADS') } : {};
  const made = await service.admin.post<{ account: { id: string }; link: string }>('/accounts', {
    email,
    name: '서온누리',
    role,
    ...departmentId,
  });
  const { account, link } = ok(made);
  const token = link.split('/').at(-1) ?? '';
  await signedIn(service.app.get(OwnAccountService).acceptLink(token, password));
  const person = { sub: `subject-${people}`, email, email_verified: true };
  return { id: account.id, email, person };
}

const pathOf = ({ pathname, search }: URL) => pathname + search;

/** Follows the issuer's way in a browser of one's own; `changed` bends the address that leads back. */
async function enter(person: object, changed: (back: URL) => void = () => undefined) {
  issuer.person = { ...person };
  const browser = new FormBrowser(service.app);
  const led = await browser.get(`${door}?next=/console/work`);
  expect(led.statusCode).toBe(303);
  const back = issuer.authorize(String(led.headers.location));
  changed(back);
  return { browser, back, answer: await browser.get(pathOf(back)) };
}

const isIn = async (browser: FormBrowser) => (await browser.get('/console/account')).statusCode === 200;

/** Expects the form of signing in with these words, and nobody signed in or linked. */
async function expectRefused(entered: Promise<Awaited<ReturnType<typeof enter>>>, words: string) {
  const [before, linked] = [(await accounts()).length, await linkedNow()];
  const { browser, answer } = await entered;
  expect([answer.statusCode, answer.body.includes(words)]).toEqual([401, true]);
  expect(answer.body).toContain('action="/console/sign-in"');
  expect(await isIn(browser)).toBe(false);
  expect([(await accounts()).length, await linkedNow()]).toEqual([before, linked]);
}

const doesNotFit = '응답을 확인할 수 없어';
const unknown = '이 사람의 계정이 없습니다';
const over = '로그인을 시작한 화면이 아니거나';

describe('signing in by the issuer', () => {
  it('leads an account of the verified address to where it was going, and links it', async () => {
    const { id, person } = await somebody();
    const form = await new FormBrowser(service.app).get('/console/sign-in?next=/console/work');
    expect(form.body).toContain(`href="${door}?next&#x3D;%2Fconsole%2Fwork"`.replace('&#x3D;', '='));
    const { browser, answer } = await enter(person);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/console/work']);
    expect(await isIn(browser)).toBe(true);
    const [leaf] = await service.sql(
      `SELECT body FROM leaf WHERE body ->> 'subject_id' = $1 AND body ->> 'what' = 'issuer-linked'`,
      [id],
    );
    expect(leaf).toBeDefined();
  });

  it('asks the issuer with state, nonce and a challenge, each another time another', async () => {
    const asked = await Promise.all(
      [1, 2].map(async () => {
        const { headers } = await new FormBrowser(service.app).get(door);
        return new URL(String(headers.location)).searchParams;
      }),
    );
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const [one, other] = asked.map((of) => of.get(name));
      expect(one).toMatch(/^[\w-]{43}$/);
      expect(one).not.toBe(other);
    }
    expect(asked[0]?.get('code_challenge_method')).toBe('S256');
    expect(asked[0]?.get('acr_values')).toBe('mfa');
    expect(asked[0]?.get('redirect_uri')).toBe(`http://localhost${door}/back`);
  });

  it('knows the person by their subject from then on, whatever their address is', async () => {
    const { person } = await somebody();
    await enter(person);
    const moved = await enter({ sub: person.sub, email: 'moved@hanbit.example', email_verified: false });
    expect(await isIn(moved.browser)).toBe(true);
    await expectRefused(enter({ ...person, sub: 'another-subject' }), unknown);
  });

  it('makes no account for whoever has none', async () => {
    await expectRefused(
      enter({ sub: 'nobody', email: 'nobody@hanbit.example', email_verified: true }),
      unknown,
    );
  });

  it.each([false, undefined, 'true'])('trusts no address that is verified: %s', async (verified) => {
    const { person } = await somebody();
    await expectRefused(enter({ ...person, email_verified: verified }), '전자우편이 확인되지 않았습니다');
  });

  it('refuses a disabled account, linked or not', async () => {
    for (const isLinked of [false, true]) {
      const { id, person } = await somebody();
      if (isLinked) await enter(person);
      ok(await service.admin.patch(`/accounts/${id}`, { active: false }));
      await expectRefused(enter(person), unknown);
    }
  });

  it('refuses an account that was reset until its link is used, and forgets whom the issuer knew', async () => {
    const { id, person } = await somebody();
    await enter(person);
    const { link } = ok(await service.admin.post<{ link: string }>(`/accounts/${id}/reset`, {}));
    await expectRefused(enter(person), unknown);
    const token = link.split('/').at(-1) ?? '';
    await signedIn(service.app.get(OwnAccountService).acceptLink(token, password));
    const after = await enter({ ...person, sub: 'another-subject-of-theirs' });
    expect(await isIn(after.browser)).toBe(true);
  });
});

describe('an answer that does not fit signs nobody in:', () => {
  const hour = 3600;
  const now = () => Math.floor(Date.now() / 1000);
  it.each<[string, () => object]>([
    ['a nonce of another sign-in', () => ({ nonce: 'another' })],
    ['no nonce', () => ({ nonce: undefined })],
    ['a token for another service', () => ({ aud: 'another-service' })],
    ['a token of another issuer', () => ({ iss: 'http://127.0.0.1:9' })],
    ['a token that is over', () => ({ iat: now() - 2 * hour, exp: now() - hour })],
  ])('%s', async (_name, bent) => {
    const { person } = await somebody();
    issuer.bent = { ...bent() };
    await expectRefused(enter(person), doesNotFit);
  });

  it('a signature by another key', async () => {
    const { person } = await somebody();
    issuer.signsAsStranger = true;
    await expectRefused(enter(person), doesNotFit);
  });

  it('another state', async () => {
    const { person } = await somebody();
    const redeemed = issuer.redeemed.length;
    await expectRefused(
      enter(person, (back) => back.searchParams.set('state', 'another')),
      doesNotFit,
    );
    expect(issuer.redeemed).toHaveLength(redeemed);
  });

  it('a code of somebody else’s sign-in, whose challenge is not of this browser', async () => {
    const { person } = await somebody();
    const { headers } = await new FormBrowser(service.app).get(door);
    const code = issuer.authorize(String(headers.location)).searchParams.get('code') ?? '';
    await expectRefused(
      enter(person, (back) => back.searchParams.set('code', code)),
      doesNotFit,
    );
  });

  it('a refusal of the issuer’s own', async () => {
    const { person } = await somebody();
    await expectRefused(
      enter(person, (back) => {
        back.searchParams.delete('code');
        back.searchParams.set('error', 'access_denied');
      }),
      doesNotFit,
    );
  });

  it('an address opened in a browser that did not begin, or a second time', async () => {
    const { person } = await somebody();
    const { browser, back } = await enter(person);
    const elsewhere = new FormBrowser(service.app);
    for (const one of [elsewhere, browser]) {
      const answer = await one.get(pathOf(back));
      expect([answer.statusCode, answer.body.includes(over)]).toEqual([401, true]);
    }
    expect(await isIn(elsewhere)).toBe(false);
  });
});

describe('the second step', () => {
  it('is asked for by this service, unless the issuer says that it asked for one', async () => {
    const { person } = await somebody('admin');
    const required = async (requiresSecondFactor: boolean) => {
      const { items } = ok(await service.admin.get<{ items: { value: object }[] }>('/agency'));
      const { rehearsal: _rehearsal, ...value } = items[0]?.value as Record<string, unknown>;
      ok(await service.admin.post('/agency', { ...value, requiresSecondFactor }));
    };
    await required(true);
    for (const said of [{}, { amr: ['pwd'] }, { amr: 'mfa' }, { acr: 'pwd' }, { acr: ['mfa'] }]) {
      const { browser, answer } = await enter({ ...person, ...said });
      expect([answer.statusCode, answer.body.includes('<svg class="qr"')]).toEqual([200, true]);
      expect(await isIn(browser)).toBe(false);
    }
    for (const said of [{ amr: ['pwd', 'mfa'] }, { acr: 'mfa' }, { amr: ['pwd'], acr: 'mfa' }]) {
      const { browser } = await enter({ ...person, ...said });
      expect(await isIn(browser)).toBe(true);
    }
    await required(false);
  });
});

describe('passwords', () => {
  const byPassword = async (at: TestService, email: string) => {
    const browser = new FormBrowser(at.app);
    const form = await browser.get('/console/sign-in');
    return browser.submit(form, '/console/sign-in', { email, password });
  };

  it('sign in as before while the issuer is away, and the button says that it is', async () => {
    const { email, person } = await somebody();
    const fresh = await startService({ environment: issuer.environment, existing: service.ground });
    issuer.isAway = true;
    const away = await new FormBrowser(fresh.app).get(door);
    expect([away.statusCode, away.body.includes('지금 연결할 수 없습니다')]).toEqual([401, true]);
    expect(away.body).toContain('action="/console/sign-in"');
    expect((await byPassword(fresh, email)).statusCode).toBe(303);

    issuer.isAway = false;
    issuer.person = person;
    expect((await new FormBrowser(fresh.app).get(door)).statusCode).toBe(303);
    await fresh.stop();
  });

  it('sign nobody in where the issuer alone does', async () => {
    const { email } = await somebody();
    const environment = { ...issuer.environment, CHORONG_OIDC_ONLY: 'true' };
    const only = await startService({ environment, existing: service.ground });
    const browser = new FormBrowser(only.app);
    const form = await browser.get('/console/sign-in');
    expect(form.body).not.toContain('name="password"');
    const _csrf = hidden(form.body, '_csrf');
    const sent = await browser.send('/console/sign-in', { _csrf, email, password });
    expect([sent.statusCode, sent.body.includes('통합 로그인으로만 로그인합니다')]).toEqual([401, true]);
    expect(await isIn(browser)).toBe(false);
    await only.stop();
  });
});
