import { csrfTokenOf } from '../src/office/accounts/csrf.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { cookieName, PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let stranger: PageClient;

const number = '123-45-67891';
const party = (
  phones: (string | null)[],
  name = '(주)새솔건설',
  registrationNumber: string | null = number,
) =>
  aCounterparty({
    name,
    registrationNumber,
    contacts: phones.map((phone, n) => aContact({ name: `이가람${n}`, phone })),
  });

/** Works that are signed on 3 March 2026, start on the 16th and end on 30 June; it is 20 March, 9:00 in Seoul. */
beforeAll(async () => {
  service = await startService();
  stranger = new PageClient(service.app, null);
  await service.startAt('2026-03-02T09:00:00+09:00');
  const dates = { signedOn: '2026-03-03', startsOn: '2026-03-16', endsOn: '2026-06-30' };
  await service.register({
    ...dates,
    reference: 'R-2026-1',
    counterparties: [party(['010-0000-4105', '010-0000-4101'])],
  });
  await service.register({ ...dates, reference: 'R-2026-2', counterparties: [party([null])] });
  await service.register({
    ...dates,
    reference: 'R-2026-4',
    counterparties: [party(['010-0000-4107', '010-0000-0001'])],
  });
  await service.register({ reference: 'R-2026-3', signedOn: null, startsOn: null, endsOn: null });
  await service.advanceTo('2026-03-20T09:00:00+09:00');
});
afterAll(() => service.close());

/** The rows of a shown contract: day, notice, state, numbers texted and, where they are shown, endings. */
function rowsOf(text: string): string[][] {
  const plain = (cell = '') =>
    cell
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  return [...text.matchAll(/<tr>\s*<td class="when">([\s\S]*?)<\/tr>/g)].map(([, row]) =>
    (row ?? '').split(/<td[^>]*>/).map(plain),
  );
}

const shown = 'a'.repeat(43);

/** A browser without a session, which was shown the form. */
const sent = (path: string, form: Record<string, string>) =>
  stranger.post(path, { ...form, _csrf: csrfTokenOf(shown) }, { cookie: `${cookieName}-form=${shown}` });
const asked = (form: Record<string, string>) => sent('/register', form);
const nothing = '이 정보로 볼 수 있는 계약이 없습니다';

/** Nobody waits: the counts of what was mistyped before are forgotten. */
const forget = () => service.sql(`DELETE FROM sign_in_failure`);

it('shows by its reference which notices a contract calls for and which were given, and nobody', async () => {
  const { status, text } = await stranger.get('/register?reference=R-2026-1');
  expect(status).toBe(200);
  const [signed, start, ...later] = rowsOf(text);
  expect([signed?.slice(1), start?.slice(1)]).toEqual([
    ['계약체결', '안내함', '2'],
    ['착공', '안내함', '2'],
  ]);
  expect(later.map(([, , state]) => state)).toEqual(later.map(() => '예정'));
  expect(later.length).toBeGreaterThan(2);
  for (const secret of ['이가람', '새솔', '4105', '4101', '··', '보도정비'])
    expect(text).not.toContain(secret);
});

it('shows the last two digits of the numbers to who knows the company’s number', async () => {
  for (const registrationNumber of [number, '1234567891']) {
    const { text } = await asked({ reference: 'R-2026-1', registrationNumber });
    expect(rowsOf(text)[0]?.slice(1)).toEqual(['계약체결', '안내함', '2', '··01 ··05']);
    expect(text).not.toMatch(/4105|이가람|새솔/);
    // Whoever changes the language comes back to the contract, and the company's number is in no address.
    expect(text).toContain('name="next" value="/register?reference&#x3D;R-2026-1"');
  }
  const { text } = await asked({ reference: 'R-2026-1', registrationNumber: '220-81-62517' });
  expect(text).toContain(nothing);
  await forget();
});

it('says that nobody was told of a contract without a number', async () => {
  const { text } = await stranger.get('/register?reference=R-2026-2');
  expect(rowsOf(text)[0]?.slice(1)).toEqual(['계약체결', '미발송', '없음']);
});

it('says that only some were told', async () => {
  const { text } = await stranger.get('/register?reference=R-2026-4');
  expect(rowsOf(text)[0]?.slice(1)).toEqual(['계약체결', '일부만 안내함', '1']);
});

it('is named on a notice for the contract’s papers, as a page and for programs', async () => {
  const [{ id }] = ok(
    await service.admin.get<{ items: [{ id: string }] }>('/contracts?reference=R-2026-1'),
  ).items;
  const notice = ok(
    await service.admin.get<{ address: string; qr: string; text: { ko: string } }>(`/contracts/${id}/notice`),
  );
  expect(notice.address).toBe('http://localhost/register?reference=R-2026-1');
  expect(notice.text.ko).toContain('한빛시는 계약의 단계마다');
  expect(notice.qr).toMatch(/^<svg/);
  const officer = await service.person('officer', await service.departmentId('ROADS'));
  const { text } = await officer.get(`/console/contracts/${id}/notice`);
  expect(text).toContain('register?reference&#x3D;R-2026-1');
  expect(text).toContain('Hanbit City sends your people an integrity text');
});

it('answers alike for what is not there, what is a draft and, where contracts are not published, what is not named rightly', async () => {
  const plain = async (form: Record<string, string>) =>
    (await asked(form)).text.replaceAll(/value="[^"]*"/g, '').replaceAll(/next=[^"]*/g, '');
  const unknown = await plain({ reference: 'R-2026-9' });
  expect(unknown).toContain(nothing);
  expect(await plain({ reference: 'R-2026-3' })).toBe(unknown);
  const [{ value }] = ok(await service.admin.get<{ items: [{ value: object }] }>('/agency')).items;
  ok(await service.admin.post('/agency', { ...value, rehearsal: undefined, publishesContracts: false }));
  await forget();
  const hidden = await plain({ reference: 'R-2026-9' });
  expect(await plain({ reference: 'R-2026-1' })).toBe(hidden);
  expect(await plain({ reference: 'R-2026-1', registrationNumber: '220-81-62517' })).toBe(hidden);
  expect((await asked({ reference: 'R-2026-1', registrationNumber: number })).text).toContain('··05');
  await forget();
});

it('slows guessing, and keeps nobody from signing in by it', async () => {
  for (let n = 0; n < 5; n++) expect((await asked({ reference: 'R-2026-8' })).status).toBe(200);
  const slowed = await asked({ reference: 'R-2026-8' });
  expect([slowed.status, Number(slowed.headers['retry-after']) > 0]).toEqual([429, true]);
  // Of many references from one place, the thirty-first waits.
  for (let n = 0; n < 24; n++) await asked({ reference: `R-2025-${n}` });
  expect((await asked({ reference: 'R-2025-99' })).status).toBe(429);
  const signIn = await sent('/console/sign-in', {
    email: 'nobody@hanbit.example',
    password: 'a wrong one of mine',
  });
  expect(signIn.status).toBe(401);
  await forget();
});

it('publishes what was promised and kept of the months that are over, in figures that add up', async () => {
  await service.advanceTo('2026-04-01T18:00:00+09:00');
  const { text } = await stranger.get('/performance');
  const csv = await stranger.get('/performance?format=csv');
  const figures = csv.text.trim().split(/\s+/).slice(1);
  // Few are joined: six steps of which two were not told, and eight texts.
  expect(figures).toEqual([
    '2026-03,called,,6',
    '2026-03,told,,4',
    '2026-03,untold,,2',
    '2026-03,untold-because,other,2',
    '2026-03,texts,other,8',
  ]);
  expect(text).toContain('66.7%');
});
