import { csrfTokenOf } from '../src/office/accounts/csrf.js';
import { OwnAccountService } from '../src/office/accounts/own-account.service.js';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ok } from './support/api-client.js';
import { aNumber } from './support/builders.js';
import { cookieName, ownOrigin } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let roads: string;
let parks: string;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  [roads, parks] = [await service.departmentId('ROADS'), await service.departmentId('PARKS')];
});
afterAll(() => service.close());

describe('a one-time link', () => {
  it('ends the session of whoever was signed in on that browser before', async () => {
    const before = await service.newcomer('auditor');
    const invited = ok(
      await service.admin.post<{ link: string }>('/accounts', {
        email: 'second@hanbit.example',
        name: '서온누리',
        role: 'officer',
        departmentId: roads,
      }),
    );
    const token = before.token ?? '';
    const answer = await service.app.inject({
      method: 'POST',
      url: new URL(invited.link).pathname,
      headers: {
        cookie: `${cookieName}=${token}`,
        origin: ownOrigin,
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams({
        _csrf: csrfTokenOf(token),
        password: 'nine lanterns at the gate',
      }).toString(),
    });
    expect(answer.statusCode).toBe(303);
    expect((await before.get('/console')).headers['location']).toMatch(/sign-in/);
  });
});

describe('a brake on the home page', () => {
  it('tells why to those who look after the agency, and others only that it stops them', async () => {
    const brake = { scope: 'department', target: parks, reason: '조사 중인 사안' };
    const { id } = ok(await service.admin.post<{ id: string }>('/brakes', brake));
    const home = async (role: 'officer' | 'admin' | 'monitor', department: string | null) =>
      (await (await service.person(role, department)).get('/console')).text;
    expect(await home('admin', null)).toContain(brake.reason);
    for (const role of ['officer', 'monitor'] as const) {
      expect(await home(role, parks)).toContain('발송 중지 중');
      expect(await home(role, parks)).not.toContain(brake.reason);
      expect(await home(role, roads)).not.toContain('발송 중지 중');
    }
    ok(await service.admin.post(`/brakes/${id}/release`, { reason: 'tested' }));
  });
});

it('marks in the plan, while it is typed, what is past and will not be sent', async () => {
  const officer = await service.person('officer', roads);
  const drawn = async (signedOn: string) => {
    const form = {
      reference: 'C-2026-0971',
      title: '보도 정비',
      kind: 'works',
      departmentId: roads,
      signedOn,
    };
    const { text } = await officer.post('/console/contracts/new/plan', {
      ...form,
      startsOn: '2026-05-04',
      endsOn: '2026-12-18',
    });
    return text.split('이미 지나 보내지 않음').length - 1;
  };
  // A signing is told within 168 hours after it is due: on 2 March at 09:00, one that was due on 23 February at 10:00 still is.
  expect([await drawn('2026-03-02'), await drawn('2026-02-20'), await drawn('2026-02-19')]).toEqual([
    0, 0, 1,
  ]);
});

describe('changing a contract on its page', () => {
  it('asks for a reason only once the change keeps somebody from being told in time', async () => {
    const officer = await service.person('officer', roads);
    const contract = await service.register();
    const path = `/console/contracts/${contract.id}/change`;
    const labelOf = ({ text }: { text: string }) =>
      /<label for="field-reason">([^]*?)<\/label>/.exec(text)?.[1];
    expect(labelOf(await officer.get(path))).toContain('(선택)');
    const preview = (days: object) =>
      officer.post(path, {
        title: contract.title,
        departmentId: roads,
        version: '1',
        step: 'preview',
        ...days,
      });
    const dates = { startsOn: '2026-03-16', endsOn: '2026-11-27' };
    expect(labelOf(await preview({ ...dates, signedOn: '2026-03-03' }))).toContain('(선택)');
    const lossy = await preview({ ...dates, signedOn: '2026-02-10' });
    expect(lossy.text).toContain('notice bad');
    expect(labelOf(lossy)).not.toContain('(선택)');
  });

  it('leaves the currency as it is', async () => {
    const contract = await service.register({ value: { amount: '1000.50', currency: 'USD' } });
    const officer = await service.person('officer', roads);
    const path = `/console/contracts/${contract.id}/change`;
    const fields = Object.fromEntries(
      [...(await officer.get(path)).text.matchAll(/<input[^>]* name="(\w+)"[^>]* value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    );
    const form = { ...fields, departmentId: roads, endsOn: '2026-12-18', step: 'save' };
    expect((await officer.post(path, form)).status).toBe(303);
    expect(await service.contract(contract.id)).toMatchObject({
      endsOn: '2026-12-18',
      value: { amount: '1000.50', currency: 'USD' },
    });
  });

  it('takes an amount as people write it, in the currency of the contract alone', async () => {
    const contract = await service.register();
    const officer = await service.person('officer', roads);
    const path = `/console/contracts/${contract.id}/change`;
    const change = (amount: string) =>
      officer.post(path, {
        title: '교량 보수',
        departmentId: roads,
        signedOn: '2026-03-03',
        amount,
        step: 'save',
      });
    for (const [written, amount] of [
      ['１２，０００원', '12000'],
      ['1.5억원', '150000000'],
    ] as const) {
      expect((await change(written)).status).toBe(303);
      expect((await service.contract(contract.id)).value).toEqual({ amount, currency: 'KRW' });
    }
    expect((await change('$100')).status).toBe(400);
  });

  it('shows what is wrong without losing what was typed, and never saves behind a look', async () => {
    const contract = await service.register({});
    const officer = await service.person('officer', roads);
    const path = `/console/contracts/${contract.id}/change`;
    const wrong = await officer.post(path, {
      title: '새 이름',
      departmentId: roads,
      signedOn: '2026-03-03',
      endsOn: '2026-01-01',
      step: 'save',
    });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('새 이름');
    expect(wrong.text).toContain('날짜의 앞뒤가 맞지 않습니다');
    const looked = await officer.post(path, {
      title: '새 이름',
      departmentId: roads,
      signedOn: '2026-03-03',
      endsOn: '2026-12-31',
      step: 'preview',
    });
    expect(looked.status).toBe(200);
    expect((await service.contract(contract.id)).title).toBe(contract.title);
  });
});

it('refuses on the page of a contact a country that there is not, as the API does', async () => {
  const contract = await service.register({ departmentId: roads });
  const officer = await service.person('officer', roads);
  const sent = { companyName: '(주)새솔건설', country: 'ZZ', locale: 'ko' };
  const page = await officer.post(`/console/contracts/${contract.id}/contacts/new`, sent);
  expect(page.text).toContain('그런 국가 코드는 없습니다.');
  expect((await service.contract(contract.id)).counterparties).toHaveLength(1);
});

it('shows the same page at an address with a slash behind it', async () => {
  const officer = await service.person('officer', roads);
  const { status, text } = await officer.get('/console/contracts/');
  expect([status, text.includes('<h1')]).toEqual([200, true]);
});

describe('an address below the pages at which there is nothing', () => {
  it.each(['/console/nothing', '/console/contracts/a/b/c'])(
    'is a page in the reader’s language, signed in or not: %s',
    async (path) => {
      const officer = await service.person('officer', roads);
      for (const [locale, words] of [
        ['ko', '이런 페이지는 없습니다'],
        ['en', 'There is no such page'],
      ] as const) {
        const cookie = `chorong-locale=${locale}`;
        const open = await service.app.inject({ url: path, headers: { cookie } });
        const own = await officer.get(path, { cookie: `${cookieName}=${officer.token}; ${cookie}` });
        for (const { status, type, text } of [
          { status: open.statusCode, type: open.headers['content-type'], text: open.body },
          { status: own.status, type: own.headers['content-type'], text: own.text },
        ]) {
          expect([status, type]).toEqual([404, 'text/html; charset=utf-8']);
          expect(text).toContain(words);
        }
        expect(own.text).toContain('<nav');
      }
      const answer = await service.app.inject({ url: '/api/v1/nothing' });
      expect(answer.headers['content-type']).toMatch('application/problem+json');
    },
  );
});

describe('a contract that was registered on its page', () => {
  const bare = { kind: 'works', title: '교량 보수', country: 'KR', locale: 'ko' };
  const dates = { signedOn: '2026-03-03', startsOn: '2026-03-16', endsOn: '2026-11-27' };
  const noticeOf = (text: string) => /<div class="notice (\w+)" role="status">([^]*?)<\/div>/.exec(text);

  it.each([
    [
      'without dates',
      'P-1',
      {},
      'wait',
      ['작성 중인 계약', '계약일, 착수(착공)일, 완료(준공)일', '문자를 받을 번호가 하나도'],
    ],
    [
      'without a number',
      'P-2',
      { ...dates, companyName: '(주)새솔건설' },
      'wait',
      ['문자를 받을 번호가 하나도'],
    ],
    [
      'signed, without an end',
      'P-10',
      { ...dates, endsOn: '', companyName: '(주)새솔건설', phone: '010-0000-4321' },
      'wait',
      ['완료일이 없어 단계 4개의'],
    ],
    [
      'signed, with nothing but that day',
      'P-11',
      { signedOn: '2026-03-03', companyName: '(주)새솔건설', phone: '010-0000-4321' },
      'wait',
      ['착수일과 완료일이 없어 단계 5개의'],
    ],
    [
      'signed, without a start that its plan asks for',
      'P-12',
      { ...dates, startsOn: '', kind: 'goods', companyName: '(주)새솔건설', phone: '010-0000-4321' },
      'good',
      [],
    ],
    [
      'with all it needs',
      'P-3',
      { ...dates, companyName: '(주)새솔건설', phone: '010-0000-4321' },
      'good',
      ['계약을 등록했습니다'],
    ],
  ])('says who is told nothing: %s', async (_how, reference, more, tone, words) => {
    const officer = await service.person('officer', roads);
    const form = { ...bare, ...more, reference, departmentId: roads };
    const { status, headers } = await officer.post('/console/contracts/new', form);
    expect(status).toBe(303);
    const [, shown, text = ''] = noticeOf((await officer.get(String(headers['location']))).text) ?? [];
    expect(shown).toBe(tone);
    for (const word of ['계약을 등록했습니다', ...words]) expect(text).toContain(word);
    expect(text.includes('작성 중')).toBe(reference === 'P-1');
  });

  it('may have its officer chosen first: the department is that of the officer', async () => {
    const manager = await service.person('manager', await service.departmentId('CITY'));
    const officer = { departmentId: roads, name: '이가람' };
    const { id: officerId } = ok(await service.admin.post<{ id: string }>('/officers', officer));
    const form = { ...bare, ...dates, reference: 'P-7', officerId };
    const shown = await manager.post('/console/contracts/new/plan', form);
    expect(shown.text).toMatch(new RegExp(`<option value="${roads}" selected>`));
    const { status, headers } = await manager.post('/console/contracts/new', form);
    expect(status).toBe(303);
    const [, id = ''] = /contracts\/([^?]*)/.exec(String(headers['location'])) ?? [];
    const { departmentId } = await service.contract(id);
    expect(departmentId).toBe(roads);
    const neither = await manager.post('/console/contracts/new', {
      ...form,
      reference: 'P-8',
      officerId: '',
    });
    expect([neither.status, neither.text.includes('error-departmentId')]).toEqual([400, true]);
  });

  it('leads to the contract that has the reference already', async () => {
    const officer = await service.person('officer', roads);
    const form = { ...bare, ...dates, reference: 'P-5', departmentId: roads };
    expect((await officer.post('/console/contracts/new', form)).status).toBe(303);
    const { status, text } = await officer.post('/console/contracts/new', { ...form, title: '다른 공사' });
    expect([status, text.includes('value="다른 공사"')]).toEqual([409, true]);
    const [, href = ''] = /<a href="(\/console\/contracts\?[^"]*)">그 계약 보기</.exec(text) ?? [];
    const found = await officer.get(href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    expect(found.text).toContain('class="reference">P-5<');
  });

  it('names the two days that are out of order', async () => {
    const officer = await service.person('officer', roads);
    const form = {
      ...bare,
      ...dates,
      startsOn: '2026-05-02',
      endsOn: '2026-05-01',
      reference: 'P-6',
      departmentId: roads,
    };
    const { text } = await officer.post('/console/contracts/new', form);
    expect(text).toMatch(/2026-05-02, [^.]*2026-05-01입니다/);
  });

  it('refuses a name that is too long with words, and shows it whole', async () => {
    const officer = await service.person('officer', roads);
    const [title, companyName] = ['가'.repeat(501), '나'.repeat(201)];
    const form = { ...bare, ...dates, title, companyName, reference: 'P-4', departmentId: roads };
    const { status, text } = await officer.post('/console/contracts/new', form);
    expect(status).toBe(400);
    expect(text).toContain(`value="${title}"`);
    expect(text).toContain('500자까지');
    expect(text).toContain('200자까지');
    expect((await officer.get('/console/contracts/new')).text).not.toContain('maxlength');
  });
});

describe('a brake on its page', () => {
  it('is chosen from what there is, and that of the whole agency asks once more', async () => {
    const admin = await service.person('admin');
    const path = '/console/settings/brakes';
    const page = (await admin.get(path)).text;
    for (const choice of [`department:${roads}`, 'template:ko/any/signing', 'sender:', 'agency:all'])
      expect(page).toContain(`<option value="${choice}`);
    expect((await admin.post(path, { what: '', reason: '점검' })).status).toBe(400);
    const asked = await admin.post(path, { what: 'agency:all', reason: '공휴일 점검' });
    const [{ count = 0 } = {}] = await service.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM alert WHERE status = 'planned' AND due_at <= '2026-03-09T09:00:00+09:00'`,
    );
    expect(count).toBeGreaterThan(0);
    expect(asked.text).toContain(`앞으로 7일 안에 나갈 알림 ${count}건`);
    expect(asked.text).toContain('공휴일 점검');
    const brakes = async () => (await admin.get(path)).text.match(/\/release"/g)?.length ?? 0;
    expect(await brakes()).toBe(0);
    const saved = { what: 'agency:all', reason: '공휴일 점검', step: 'save' };
    expect((await admin.post(path, saved)).status).toBe(303);
    expect((await admin.post(path, { what: `department:${parks}`, reason: '점검 중' })).status).toBe(303);
    expect(await brakes()).toBe(2);
    await service.sql(`UPDATE brake SET released_at = clock_timestamp() WHERE released_at IS NULL`);
  });
});

it('says on each page that its clock stands elsewhere than that of people', async () => {
  const officer = await service.person('officer', roads);
  expect((await officer.get('/console')).text).toContain('2026년 3월 2일 (월) 09:00에 멈추어 있으며');
});

describe('a contact on its page', () => {
  const aPage = async () => {
    // Texts of a signing are due on the next business day at 10:00, and Monday 2 March 2026 was none.
    await service.advanceTo('2026-03-03T08:00:00+09:00');
    const tomorrow = await service.register({ signedOn: '2026-03-03' });
    const due = await service.register({ signedOn: '2026-02-27' });
    const officer = await service.person('officer', roads);
    const pathOf = ({ id }: ContractView) => `/console/contracts/${id}/contacts`;
    const contactsOf = async ({ id }: ContractView) =>
      (await service.contract(id)).counterparties.flatMap(({ contacts }) => contacts);
    return { tomorrow, due, officer, pathOf, contactsOf };
  };

  it('shows first whom it texts today, and saves at once what nobody feels before tomorrow', async () => {
    const { tomorrow, due, officer, pathOf, contactsOf } = await aPage();
    const formOf = ({ counterparties: [party] }: ContractView) => ({
      to: party?.id ?? '',
      contactName: '박샛별',
      phone: aNumber(),
      locale: 'ko',
      legalBasis: 'contract',
    });
    expect((await officer.post(`${pathOf(tomorrow)}/new`, formOf(tomorrow))).status).toBe(303);
    expect(await contactsOf(tomorrow)).toHaveLength(2);
    const form = formOf(due);
    const first = await officer.post(`${pathOf(due)}/new`, form);
    expect(first.status).toBe(200);
    expect(first.text).toContain('저장하면 오늘 1명에게 문자가 갑니다.');
    expect(first.text).toContain(`value="${form.phone}"`);
    expect(await contactsOf(due)).toHaveLength(1);
    expect((await officer.post(`${pathOf(due)}/new`, { ...form, step: 'save' })).status).toBe(303);
    expect(await contactsOf(due)).toHaveLength(2);
  });

  it('shows first that texts go to the other number that is given, and saves it with a reason', async () => {
    const { tomorrow, due, officer, pathOf, contactsOf } = await aPage();
    for (const contract of [tomorrow, due]) {
      const [contact] = await contactsOf(contract);
      const path = `${pathOf(contract)}/${contact?.id}`;
      expect((await officer.post(path, { contactRole: '현장소장', locale: 'ko' })).status).toBe(303);
      const answer = await officer.post(path, { phone: '010-0000-9876', locale: 'ko' });
      expect([contract.signedOn, answer.status]).toEqual([contract.signedOn, 200]);
      expect(answer.text).toContain('1명이 알림을 받지 못하거나');
      const saved = { phone: '010-0000-9876', locale: 'ko', step: 'save' };
      expect((await officer.post(path, saved)).status).toBe(422);
      expect((await contactsOf(contract))[0]?.phone?.endsWith('9876')).toBe(false);
      expect((await officer.post(path, { ...saved, reason: '담당자 변경' })).status).toBe(303);
      expect((await contactsOf(contract))[0]?.phone?.endsWith('9876')).toBe(true);
    }
  });
});

describe('the language that somebody chose before signing in', () => {
  const password = 'nine lanterns at the gate';
  const languageOf = (text: string) => /<html lang="(\w+)"/.exec(text)?.[1];

  /** Chooses English on the page for signing in and signs in: a browser with its cookies. */
  async function signedIn(email: string, cookies = new Map<string, string>()) {
    const send = async (method: 'GET' | 'POST', url: string, form: Record<string, string> = {}) => {
      const token = cookies.get(cookieName) ?? cookies.get(`${cookieName}-form`) ?? '';
      const answer = await service.app.inject({
        method,
        url,
        headers: {
          cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
          origin: ownOrigin,
          'content-type': 'application/x-www-form-urlencoded',
        },
        ...(method === 'POST'
          ? { payload: new URLSearchParams({ _csrf: csrfTokenOf(token), ...form }).toString() }
          : {}),
      });
      for (const { name, value } of answer.cookies) cookies.set(name, value);
      return answer.body;
    };
    await send('GET', '/console/sign-in');
    if (!cookies.has('chorong-locale')) await send('POST', '/console/preferences', { locale: 'en' });
    await send('POST', '/console/sign-in', { email, password });
    return { cookies, send };
  }

  async function anOfficer(email: string): Promise<string> {
    const person = { email, name: '서온누리', role: 'officer', departmentId: roads, locale: 'ko' };
    const { link } = ok(await service.admin.post<{ link: string }>('/accounts', person));
    await service.app.get(OwnAccountService).acceptLink(link.split('/').at(-1) ?? '', password);
    return email;
  }

  /** Of the account that was made last. */
  const setElsewhere = (locale: string) =>
    service.sql(`UPDATE account SET locale = $1 WHERE id = (SELECT max(id::text)::uuid FROM account)`, [
      locale,
    ]);

  it('stays after signing in, until the account says otherwise', async () => {
    const { send } = await signedIn(await anOfficer('first@hanbit.example'));
    expect(languageOf(await send('GET', '/console'))).toBe('en');
    await setElsewhere('en');
    expect(languageOf(await send('GET', '/console'))).toBe('en');
    await send('POST', '/console/preferences', { locale: 'en' });
    await setElsewhere('ko');
    expect(languageOf(await send('GET', '/console'))).toBe('ko');
  });

  it('is not that of whoever signs in on the same computer later', async () => {
    const { cookies, send } = await signedIn(await anOfficer('second-one@hanbit.example'));
    await send('POST', '/console/preferences', { locale: 'en' });
    await send('POST', '/console/sign-out');
    cookies.delete(cookieName);
    const later = await signedIn(await anOfficer('third@hanbit.example'), cookies);
    expect(languageOf(await later.send('GET', '/console'))).toBe('ko');
  });
});
