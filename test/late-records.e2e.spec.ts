import type { ContractView } from '../src/core/contracts/contract.view.js';
import { domesticPrefixBytes, koreanLength } from '../src/core/texts/lengths.js';
import { ok, problem } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { alertLines, countsOf, differenceOf, milestoneOf } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

/**
 * No record silences a milestone. All contracts are works signed on Tuesday 3 March 2026 that end on Tuesday 30 June: the final
 * payment is expected by Sunday 19 July, which makes it Monday the 20th, so that its neutral text is due on Tuesday 21 July at
 * 10:00. Texts are missed when they are more than 168 hours late, and go out on business days from 09:00 to 18:00.
 */
let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
});
afterAll(() => service.close());

const code = 'final-payment';
const path = ({ id }: ContractView, rest = '') => `/contracts/${id}/milestones/${code}/occurrences${rest}`;
const record = async (contract: ContractView, occurredOn: string, query = '') =>
  ok(
    await service.admin.post<ContractView>(path(contract, query), {
      occurredOn,
      note: 'paid by instalments',
    }),
  );
const correct = (contract: ContractView, occurredOn: string, rest = '/1') =>
  service.admin.patch<ContractView>(path(contract, rest), { occurredOn, reason: 'a typing error' });
const withdraw = (contract: ContractView, rest = '/1?reason=it+did+not+happen') =>
  service.admin.delete<ContractView>(path(contract, rest));
const alertsOf = (view: ContractView) => alertLines(view).filter((line) => line.startsWith(code));

let phone: string;
const aContractOf = () => {
  phone = aNumber();
  const party = aCounterparty({ contacts: [aContact({ phone })] });
  return service.register({ endsOn: '2026-06-30', counterparties: [party] });
};

/** The texts about the payment that a number got, without what comes behind the milestone's name. */
async function told(number: string): Promise<string[]> {
  const texts = (await service.texts()).filter(
    ({ to, text }) => to.slice(-4) === number.slice(-4) && text.includes('준공대금'),
  );
  return texts.map(({ receivedAt, text }) => {
    const words = /청구·지급|지급 \d+월 \d+일/.exec(text)?.[0];
    return `${receivedAt.slice(0, 16)} ${words}`;
  });
}
const neutral = '청구·지급';

it('tells each contract of its payment once, however late it was recorded, corrected or taken back', async () => {
  const inTime = { contract: await aContractOf(), phone };
  const late = { contract: await aContractOf(), phone };
  const afterNeutral = { contract: await aContractOf(), phone };
  const again = { contract: await aContractOf(), phone };
  const ahead = { contract: await aContractOf(), phone };
  const corrected = { contract: await aContractOf(), phone };

  // Its own text was due on 1 July at 10:00: 167 hours and 59 minutes ago.
  await service.advanceTo('2026-07-08T09:59:00+09:00');
  expect(alertsOf(await record(inTime.contract, '2026-06-30'))).toEqual([
    `${code} 1: planned 2026-07-08T09:59:00+09:00`,
  ]);
  await record(ahead.contract, '2026-08-28');

  await service.advanceTo('2026-07-15T09:00:00+09:00');
  const rehearsed = await service.admin.post<ContractView>(path(late.contract, '?dryRun=true'), {
    occurredOn: '2026-06-30',
  });
  expect(rehearsed.status).toBe(200);
  const view = await record(late.contract, '2026-06-30');
  for (const one of [rehearsed.body, view]) {
    expect(countsOf(differenceOf(one))).toEqual({ added: 0, moved: 0, cancelled: 0, unchanged: 6 });
    expect(alertsOf(one)).toEqual([`${code} 1: planned 2026-07-21T10:00:00+09:00`]);
    expect(milestoneOf(one, code)).toMatchObject({
      occurredOn: '2026-06-30',
      overdue: false,
      alerts: [{ wording: 'neutral' }],
    });
  }

  await service.advanceTo('2026-07-20T09:00:00+09:00');
  await record(corrected.contract, '2026-07-20');
  const preview = ok(await correct(corrected.contract, '2026-07-22', '/1?dryRun=true'));
  const moved = ok(await correct(corrected.contract, '2026-07-22'));
  for (const one of [preview, moved])
    expect(differenceOf(one).moved).toMatchObject([
      {
        milestone: code,
        from: { dueAt: '2026-07-21T10:00:00+09:00' },
        to: { dueAt: '2026-07-23T10:00:00+09:00' },
      },
    ]);

  await service.advanceTo('2026-08-05T09:00:00+09:00');
  // The neutral text of 21 July told of what had happened on the 10th.
  const same = await record(afterNeutral.contract, '2026-07-10');
  expect(alertsOf(same)).toEqual([`${code} 1: messaged 2026-07-21T10:00:00+09:00`]);
  // Once sent, it is not sent again: neither for another day, nor when it is taken back and recorded once more.
  expect(differenceOf(ok(await correct(corrected.contract, '2026-07-24')))).toMatchObject({
    added: [],
    moved: [],
  });
  expect(differenceOf(ok(await withdraw(corrected.contract)))).toMatchObject({ added: [], moved: [] });
  expect(milestoneOf(await service.contract(corrected.contract.id), code)).toMatchObject({
    occurredOn: null,
    overdue: true,
  });
  expect(differenceOf(await record(corrected.contract, '2026-07-24'))).toMatchObject({
    added: [],
    moved: [],
  });

  await service.advanceTo('2026-08-10T09:30:00+09:00');
  // Paid after the neutral text: due on Monday 27 July, and told by another one.
  expect(alertsOf(await record(again.contract, '2026-07-24'))).toEqual([
    `${code} 1: messaged 2026-07-21T10:00:00+09:00`,
    `${code} 2: planned 2026-08-10T09:30:00+09:00`,
  ]);

  await service.advanceTo('2026-08-20T08:00:00+09:00');
  const back = ok(await withdraw(ahead.contract));
  expect(differenceOf(back).moved).toMatchObject([
    {
      milestone: code,
      from: { dueAt: '2026-08-31T10:00:00+09:00' },
      to: { dueAt: '2026-08-20T09:00:00+09:00' },
    },
  ]);

  await service.advanceTo('2026-09-01T12:00:00+09:00');
  expect(await told(inTime.phone)).toEqual(['2026-07-08T09:59 지급 6월 30일']);
  expect(await told(late.phone)).toEqual([`2026-07-21T10:00 ${neutral}`]);
  expect(await told(afterNeutral.phone)).toEqual([`2026-07-21T10:00 ${neutral}`]);
  expect(await told(again.phone)).toEqual([`2026-07-21T10:00 ${neutral}`, `2026-08-10T09:30 ${neutral}`]);
  // The reader tells the second from the first by its number; both are one Korean short message.
  const [first = '', second = ''] = (await service.texts())
    .filter(({ to, text }) => to.slice(-4) === again.phone.slice(-4) && text.includes(neutral))
    .map(({ text }) => text);
  expect(second).toBe(`${first} (2)`);
  expect(koreanLength(second, domesticPrefixBytes).class).toBe('SMS');
  expect(await told(ahead.phone)).toEqual([`2026-08-20T09:00 ${neutral}`]);
  expect(await told(corrected.phone)).toEqual(['2026-07-23T10:00 지급 7월 22일']);
});

it('keeps who corrected and withdrew what, and why', async () => {
  const contract = await aContractOf();
  await record(contract, '2026-09-01');
  ok(await correct(contract, '2026-09-02'));
  ok(await correct(contract, '2026-09-02'));
  ok(await withdraw(contract));
  const { items } = ok(
    await service.admin.get<{ items: { what: string; before: object; after: object; reason: string }[] }>(
      `/contracts/${contract.id}/changes`,
    ),
  );
  const of = { code, occurrence: 1 };
  expect(items.slice(2)).toMatchObject([
    {
      what: `occurrence corrected: ${code}`,
      before: { ...of, occurredOn: '2026-09-01' },
      after: { ...of, occurredOn: '2026-09-02' },
      reason: 'a typing error',
    },
    {
      what: `occurrence withdrawn: ${code}`,
      before: { ...of, occurredOn: '2026-09-02' },
      after: null,
      reason: 'it did not happen',
    },
  ]);
  expect(items).toHaveLength(4);
});

it('takes only a day between the signing and sixty days ahead, with a reason, of what was recorded', async () => {
  const contract = await aContractOf();
  await record(contract, '2026-09-01');
  const refused = [
    await service.admin.post(path(contract), { occurredOn: '2026-03-02' }),
    await correct(contract, '2026-03-02'),
    await correct(contract, '2026-11-01'),
    await service.admin.patch(path(contract, '/1'), { occurredOn: '2026-09-01' }),
    await withdraw(contract, '/1'),
    await correct(contract, '2026-09-01', '/2'),
    await withdraw(contract, '/2?reason=x'),
    await service.admin.patch(`/contracts/${contract.id}`, { title: '도로', amendedOn: '2026-03-02' }),
  ];
  expect(refused.map((answer) => problem(answer).code)).toEqual([
    'date-before-signing',
    'date-before-signing',
    'day-too-far',
    'validation-failed',
    'validation-failed',
    'not-found',
    'not-found',
    'date-before-signing',
  ]);
});

it('shows on its pages what would change before it is saved, and says that the neutral wording goes out', async () => {
  const contract = await aContractOf();
  const page = await service.newcomer('officer', contract.departmentId);
  const at = `/console/contracts/${contract.id}/occurrences`;
  const form = { code, occurredOn: '2026-08-20' };
  const preview = await page.post(at, { ...form, step: 'preview' });
  // A milestone that has not happened yet is named as the plan names it.
  const optional = await page.post(at, { ...form, code: 'advance-payment', step: 'preview' });
  expect(optional.text).toMatch(/class="lead">선금 지급/);
  expect(preview.status).toBe(200);
  expect(preview.body).toContain('저장하면 이렇게 바뀝니다');
  expect(milestoneOf(await service.contract(contract.id), code).occurredOn).toBeNull();
  expect((await page.post(at, form)).headers.location).toMatch(/done=recorded-late$/);

  expect((await page.get(`${at}/${code}/1/correct`)).body).toContain('value="2026-08-20"');
  const corrected = { occurredOn: '2026-08-31', step: 'save' };
  expect((await page.post(`${at}/${code}/1/correct`, corrected)).status).toBe(400);
  expect((await page.post(`${at}/${code}/1/correct`, { ...corrected, reason: '오기' })).status).toBe(303);
  expect((await page.get(`${at}/${code}/1/withdraw`)).body).toContain('저장하면 이렇게 바뀝니다');
  expect((await page.post(`${at}/${code}/1/withdraw`, { step: 'save', reason: '오기' })).status).toBe(303);
  expect((await page.get(`${at}/${code}/1/withdraw`)).status).toBe(404);
  expect((await page.get(`/console/contracts/${contract.id}`)).body).toContain('기록 취소');
});
