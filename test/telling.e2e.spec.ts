import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { alertLines, contactIds, milestoneOf } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

// The clock only goes forward, so each of these has a service of its own.
let service: TestService;

beforeEach(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
});
afterEach(() => service.close());

const lastDigits = (number: string) => number.slice(-4);

/** `1001 2026-03-04T10:00:00+09:00 …` for each text, oldest first. */
async function received(): Promise<string[]> {
  return (await service.texts()).map((text) => `${lastDigits(text.to)} ${text.receivedAt} ${text.text}`);
}

const occurred = async (id: string, code: string, occurredOn: string) =>
  ok(
    await service.admin.post<ContractView>(`/contracts/${id}/milestones/${code}/occurrences`, { occurredOn }),
  );

it('tells a whole contract of which nothing is recorded, the end in neutral words', async () => {
  const phone = aNumber();
  const party = aCounterparty({ contacts: [aContact({ phone })] });
  const contract = await service.register({ reference: 'C-2026-0143', counterparties: [party] });
  await service.advanceTo('2026-12-31T18:00:00+09:00');

  const to = lastDigits(phone);
  expect(await received()).toEqual([
    `${to} 2026-03-04T10:00:00+09:00 [한빛시] 계약 체결(C-2026-0143). 금품·향응 요구는 신고해 주세요 ☎1398`,
    expect.stringContaining(`${to} 2026-03-13T10:00:00+09:00 [한빛시] C-2026-0143 착공일 3월 16일.`),
    expect.stringContaining(`${to} 2026-07-22T10:00:00+09:00 [한빛시] C-2026-0143 기성검사`),
    expect.stringContaining(`${to} 2026-11-20T10:00:00+09:00 [한빛시] C-2026-0143 준공예정`),
    expect.stringContaining(`${to} 2026-12-14T10:00:00+09:00 [한빛시] C-2026-0143 준공검사 관련 `),
    expect.stringContaining(`${to} 2026-12-17T10:00:00+09:00 [한빛시] C-2026-0143 준공대금 청구·지급 관련 `),
  ]);
  const after = await service.contract(contract.id);
  expect(milestoneOf(after, 'final-payment').overdue).toBe(true);
  expect(after.milestones.flatMap((m) => m.alerts.map((alert) => alert.status))).toEqual(
    Array(6).fill('messaged'),
  );
  expect(await service.sql(`SELECT DISTINCT status FROM message`)).toEqual([{ status: 'delivered' }]);
});

it('reaches a phone on its own day, although the provider asks for patience first', async () => {
  await service.register({
    counterparties: [aCounterparty({ contacts: [aContact({ phone: '010-0000-0005' })] })],
  });
  await service.advanceTo('2026-12-31T18:00:00+09:00');
  expect((await service.texts()).map(({ receivedAt }) => receivedAt.slice(0, 10))).toEqual([
    '2026-03-04',
    '2026-03-13',
    '2026-07-22',
    '2026-11-20',
    '2026-12-14',
    '2026-12-17',
  ]);
});

it('waits for a text that another drain is sending before time moves on', async () => {
  await service.register();
  await service.advanceTo('2026-03-04T12:00:00+09:00');
  const openUntil = `clock_timestamp() + interval '2 seconds'`;
  await service.sql(`UPDATE attempt SET status = 'open', lease_until = ${openUntil}`);
  await service.advanceTo('2026-03-05T12:00:00+09:00');
  expect(await service.sql(`SELECT lease_until <= clock_timestamp() AS waited FROM attempt`)).toEqual([
    { waited: true },
  ]);
});

it('tells a second time what is recorded after its neutral text', async () => {
  const contract = await service.register();
  await service.advanceTo('2026-12-14T12:00:00+09:00');
  const view = await occurred(contract.id, 'completion-inspection', '2026-12-15');
  expect(milestoneOf(view, 'completion-inspection', 2).alerts).toMatchObject([{ status: 'planned' }]);
  await service.advanceTo('2026-12-15T12:00:00+09:00');
  expect((await service.texts()).map((text) => text.text).slice(-2)).toEqual([
    expect.stringContaining('준공검사 관련'),
    expect.stringContaining('준공검사 12월 15일'),
  ]);
});

it('does not tell again what was told, when its date moves', async () => {
  const contract = await service.register();
  await service.advanceTo('2026-03-13T12:00:00+09:00');
  const moved = ok(
    await service.admin.patch<ContractView>(`/contracts/${contract.id}`, { startsOn: '2026-04-01' }),
  );
  expect(milestoneOf(moved, 'commencement').alerts).toMatchObject([{ status: 'messaged' }]);
  await service.advanceTo('2026-04-10T12:00:00+09:00');
  expect(await service.texts()).toHaveLength(2);
});

it('holds back during a suspension, and says afterwards what was missed by it', async () => {
  const contract = await service.register();
  ok(await service.admin.post(`/contracts/${contract.id}/suspend`, { on: '2026-03-03', reason: 'rain' }));
  await service.advanceTo('2026-03-16T12:00:00+09:00');
  expect(await service.texts()).toEqual([]);

  const resumed = ok(
    await service.admin.post<ContractView>(`/contracts/${contract.id}/resume`, { on: '2026-03-16' }),
  );
  expect(alertLines(resumed).slice(0, 2)).toEqual([
    // Twelve days late: past the grace of a week.
    'signing 1: missed 2026-03-04T10:00:00+09:00 (suspended-too-long)',
    // Three days late: at once.
    'commencement 1: planned 2026-03-16T12:00:00+09:00',
  ]);
  await service.advanceTo('2026-03-17T12:00:00+09:00');
  expect(await service.texts()).toHaveLength(1);
});

it('does not tell a terminated contract’s parties anything more', async () => {
  const contract = await service.register();
  await service.advanceTo('2026-03-05T12:00:00+09:00');
  ok(
    await service.admin.post(`/contracts/${contract.id}/terminate`, {
      on: '2026-03-05',
      reason: 'by agreement',
    }),
  );
  await service.advanceTo('2027-03-05T12:00:00+09:00');
  expect(await service.texts()).toHaveLength(1);
});

it('tells the new number after a change, and the old one nothing more but that', async () => {
  const [before, after] = [aNumber(), aNumber()];
  const party = aCounterparty({ contacts: [aContact({ phone: before })] });
  const contract = await service.register({ counterparties: [party] });
  await service.advanceTo('2026-03-05T12:00:00+09:00');
  ok(
    await service.admin.patch(`/contracts/${contract.id}/contacts/${contactIds(contract)[0]}`, {
      phone: after,
      reason: 'the site manager changed',
    }),
  );
  await service.advanceTo('2026-03-14T12:00:00+09:00');
  expect((await service.texts()).map((text) => lastDigits(text.to))).toEqual(
    [before, before, after].map(lastDigits),
  );
});

it('tells a contact that is added late what is still fresh, in its own language', async () => {
  const contract = await service.register();
  await service.advanceTo('2026-03-13T12:00:00+09:00');
  const phone = aNumber();
  const view = ok(
    await service.admin.post<ContractView>(
      `/contracts/${contract.id}/counterparties/${contract.counterparties[0]?.id}/contacts`,
      aContact({ phone, locale: 'en' }),
    ),
  );
  const added = contactIds(view).find((id) => !contactIds(contract).includes(id));
  expect(alertLines(view, added).slice(0, 2)).toEqual([
    'signing 1: missed 2026-03-04T10:00:00+09:00 (contact-added-late)',
    'commencement 1: planned 2026-03-13T12:00:00+09:00',
  ]);
  await service.advanceTo('2026-03-13T13:00:00+09:00');
  const last = (await service.texts()).at(-1);
  expect(lastDigits(last?.to ?? '')).toBe(lastDigits(phone));
  expect(last?.text).toMatch(/^Hanbit City: /);
});

it('texts a number once that stands in two roles of a contract', async () => {
  const phone = aNumber();
  const party = aCounterparty({ contacts: [aContact({ phone }), aContact({ phone, role: 'ceo' })] });
  await service.register({ counterparties: [party] });
  await service.advanceTo('2026-03-05T12:00:00+09:00');
  expect(await service.texts()).toHaveLength(1);
});

it('goes on texting a number of two roles when the one that carried it is removed', async () => {
  const phone = aNumber();
  const party = aCounterparty({ contacts: [aContact({ phone }), aContact({ phone, role: 'ceo' })] });
  const contract = await service.register({ counterparties: [party] });
  const carrier = milestoneOf(contract, 'signing').alerts.find((alert) => alert.status === 'planned');
  ok(await service.admin.delete(`/contracts/${contract.id}/contacts/${carrier?.contactId}?reason=a+test`));
  await service.advanceTo('2026-03-05T12:00:00+09:00');
  expect(await service.texts()).toHaveLength(1);
});

it('makes one text of three alerts of a number on one day, at the earliest of their times', async () => {
  const phone = aNumber();
  const party = () => aCounterparty({ contacts: [aContact({ phone })] });
  const contracts = [
    await service.register({ reference: 'C-2026-0201', counterparties: [party()] }),
    await service.register({ reference: 'C-2026-0202', counterparties: [party()] }),
    await service.register({ reference: 'C-2026-0203', counterparties: [party()] }),
  ];
  await service.advanceTo('2026-03-04T12:00:00+09:00');
  expect(await received()).toEqual([
    expect.stringContaining(
      `${lastDigits(phone)} 2026-03-04T10:00:00+09:00 [한빛시] 3월 4일 안내 3건(C-2026-0201 등).`,
    ),
  ]);
  const messages = await Promise.all(
    contracts.map(async ({ id }) => milestoneOf(await service.contract(id), 'signing').alerts[0]?.messageId),
  );
  expect(new Set(messages).size).toBe(1);
});

it('sends two alerts of a number on one day as two texts, each with its own reference', async () => {
  const phone = aNumber();
  const party = () => aCounterparty({ contacts: [aContact({ phone })] });
  await service.register({ reference: 'C-2026-0211', counterparties: [party()] });
  await service.register({ reference: 'C-2026-0212', counterparties: [party()] });
  await service.advanceTo('2026-03-05T12:00:00+09:00');
  const texts = (await service.texts()).map((text) => text.text);
  expect(texts).toHaveLength(2);
  expect(new Set(texts).size).toBe(2);
});

it('keeps a clock that goes forward only, and starts once', async () => {
  await service.advanceTo('2026-03-04');
  expect((await service.admin.post('/sandbox/clock', { advanceTo: '2026-03-03' })).status).toBe(422);
  expect((await service.admin.post('/sandbox/clock', { startAt: '2026-03-05' })).status).toBe(409);
});
