import { csrfTokenOf } from '../src/office/accounts/csrf.js';
import { ok } from './support/api-client.js';
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

describe('changing a contract on its page', () => {
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
