import { DataSource } from 'typeorm';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { BrakesService } from '../src/core/sending/brakes.service.js';
import type { FlagView, InboxPage } from '../src/core/flags/flags.schema.js';
import { type ApiClient, ok } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { contactIds } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

/**
 * A text that goes out is flagged for what is odd about its number or its time. It is Monday 2 March 2026, 09:00 in Seoul; all
 * contracts are works signed on the 3rd that start on Monday the 16th, so that their parties are told on Wednesday the 4th and
 * before the 16th.
 */
let service: TestService;
let officer: ApiClient;
let auditor: ApiClient;

beforeEach(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  officer = await service.as('officer', await service.departmentId('ROADS'));
  auditor = await service.as('auditor');
});
afterEach(() => service.close());

const afterSigning = '2026-03-04T12:00:00+09:00';
const afterStart = '2026-03-17T12:00:00+09:00';
/** Of an officer of the sandbox's city. */
const staffs = '010-0000-9042';

const ofTexts = ['new-number', 'staff-number', 'shared-number', 'other-country', 'late'];
const flagsOf = async ({ id }: ContractView) =>
  ok(await auditor.get<{ items: FlagView[] }>(`/contracts/${id}/flags`)).items.filter(({ kind }) =>
    ofTexts.includes(kind),
  );
const kindsOf = async (contract: ContractView) =>
  (await flagsOf(contract)).map(({ kind }) => kind).toSorted();
const textsOf = async ({ id }: ContractView) =>
  (await service.sql(`SELECT FROM alert WHERE contract_id = $1 AND status = 'messaged'`, [id])).length;
const partyWith = (phone: string, rest: Parameters<typeof aCounterparty>[0] = {}) =>
  aCounterparty({ contacts: [aContact({ phone })], ...rest });

it('is not raised of ordinary texts, of one contact after another', async () => {
  const contract = await service.register({
    counterparties: [
      aCounterparty({ contacts: [aContact(), aContact()] }),
      partyWith(aNumber(), { country: null }),
    ],
  });
  await service.advanceTo(afterStart);
  expect(await textsOf(contract)).toBe(6);
  expect(await flagsOf(contract)).toEqual([]);
});

it('is raised of a number that came after the first text, once, by whoever brought it', async () => {
  const contract = await service.register({
    counterparties: [aCounterparty({ contacts: [aContact(), aContact()] })],
  });
  await service.advanceTo(afterSigning);
  const [first] = contactIds(contract);
  const body = { phone: aNumber(), reason: 'left' };
  ok(await officer.patch(`/contracts/${contract.id}/contacts/${first}`, body));
  expect(await flagsOf(contract)).toEqual([]);
  await service.advanceTo(afterStart);
  const [change] = await service.sql<{ actor: string }>(
    `SELECT actor FROM change WHERE contract_id = $1 AND what = 'contact-changed'`,
    [contract.id],
  );
  const [flag, ...others] = await flagsOf(contract);
  expect(others).toEqual([]);
  expect(flag).toMatchObject({
    kind: 'new-number',
    actor: change?.actor,
    reason: null,
    closedAt: null,
    departmentId: contract.departmentId,
    lost: [{ code: 'commencement', contactId: first, how: 'sent' }],
  });
  expect(flag?.actor).toMatch(/^officer:/);
  const leaves = await service.sql(`SELECT FROM leaf WHERE kind = 'flag' AND subject_id = $1`, [flag?.id]);
  expect(leaves).toHaveLength(1);
  await service.advanceTo('2026-11-24T12:00:00+09:00');
  expect(await kindsOf(contract)).toEqual(['new-number']);
});

it('is raised of a contact that is added after the first text, and of one put in place of a removed one', async () => {
  const contract = await service.register();
  await service.advanceTo(afterSigning);
  const [party] = contract.counterparties;
  const path = `/contracts/${contract.id}`;
  ok(
    await officer.post(`${path}/counterparties/${party?.id}/contacts`, { name: '박보미', phone: aNumber() }),
  );
  ok(await officer.delete(`${path}/contacts/${contactIds(contract)[0]}?reason=left`));
  await service.advanceTo(afterStart);
  expect(await kindsOf(contract)).toEqual(['new-number']);
});

it.each<[string, string, Parameters<typeof aCounterparty>[0]]>([
  ['staff-number', staffs, {}],
  ['other-country', '+44 7700 900123', {}],
  // Nobody gave a country: the agency's counts.
  ['other-country', '+44 7700 900123', { country: null }],
])('is raised, as %s, of the first text to %s', async (kind, phone, rest) => {
  const contract = await service.register({ counterparties: [partyWith(phone, rest)] });
  await service.advanceTo(afterSigning);
  expect(await kindsOf(contract)).toEqual([kind]);
  await service.advanceTo(afterStart);
  expect(await textsOf(contract)).toBe(2);
  expect(await kindsOf(contract)).toEqual([kind]);
});

it('is not raised of a foreign number of a company there', async () => {
  const party = partyWith('+44 7700 900123', { country: 'GB' });
  const contract = await service.register({ counterparties: [party] });
  await service.advanceTo(afterSigning);
  expect([await textsOf(contract), await kindsOf(contract)]).toEqual([1, []]);
});

it('is raised of a number that another company has, and not of one that a company has in several contracts', async () => {
  const [shared, own] = [aNumber(), aNumber()];
  const register = (phone: string, name: string, registrationNumber: string) =>
    service.register({ counterparties: [partyWith(phone, { name, registrationNumber })] });
  const contracts = [
    await register(shared, '(주)가나', '000-00-00015'),
    await register(shared, '(주)다라', '000-00-00029'),
    await register(own, '(주)마바', '000-00-00015'),
    await register(own, '(주)사아', '000-00-00015'),
  ];
  await service.advanceTo(afterSigning);
  expect(await Promise.all(contracts.map(kindsOf))).toEqual([['shared-number'], ['shared-number'], [], []]);
});

describe('late', () => {
  const record = async (contract: ContractView, occurredOn: string) =>
    ok(
      await officer.post<ContractView>(
        `/contracts/${contract.id}/milestones/completion-inspection/occurrences`,
        {
          occurredOn,
          note: 'found in a drawer',
        },
      ),
    );

  it('is raised of what was recorded long after its day, and not of what was recorded in time', async () => {
    const [late, inTime] = [await service.register(), await service.register()];
    await service.advanceTo('2026-05-20T12:00:00+09:00');
    for (const contract of [late, inTime]) await record(contract, '2026-05-19');
    // The first was told in time; of a second one, no other text is to come.
    await record(late, '2026-05-04');
    await service.advanceTo('2026-05-21T12:00:00+09:00');
    expect([await textsOf(late), await textsOf(inTime)]).toEqual([4, 3]);
    expect([await kindsOf(late), await kindsOf(inTime)]).toEqual([['late'], []]);
    const [flag] = await flagsOf(late);
    expect(flag?.lost).toMatchObject([{ code: 'completion-inspection', how: 'sent' }]);
  });

  it('is raised once while it is open, and again after an auditor closed it', async () => {
    const contract = await service.register();
    await service.advanceTo('2026-05-20T12:00:00+09:00');
    for (const [occurredOn, until] of [
      ['2026-05-19', '2026-05-20'],
      ['2026-05-04', '2026-05-21'],
      ['2026-05-06', '2026-05-22'],
    ] as const) {
      await record(contract, occurredOn);
      await service.advanceTo(`${until}T12:00:00+09:00`);
    }
    expect([await textsOf(contract), await kindsOf(contract)]).toEqual([5, ['late']]);
    const closing = { contractId: contract.id, kind: 'late', finding: 'mistake', note: 'a new clerk' };
    ok(await auditor.post('/flags/close', closing));
    await record(contract, '2026-05-08');
    await service.advanceTo('2026-05-26T12:00:00+09:00');
    expect(await kindsOf(contract)).toEqual(['late', 'late']);
  });

  const paused = async (brake: { scope: string; target?: string }, until: string) => {
    const body = { ...brake, reason: 'a provider’s fault' };
    const { id, actor } = ok(await service.admin.post<{ id: string; actor: string }>('/brakes', body));
    await service.advanceTo(until);
    ok(await service.admin.post(`/brakes/${id}/release`, { reason: 'mended' }));
    return actor;
  };

  it.each([
    ['agency', 'all'],
    ['department', 'CITY'],
    ['template', 'ko/any/signing'],
    ['sender', 'SANDBOX'],
  ])('is raised of what a brake on the %s %s kept back for long, by whoever pulled it', async (scope, of) => {
    const contract = await service.register();
    const target = scope === 'department' ? await service.departmentId(of) : of;
    const actor = await paused({ scope, target }, '2026-03-20T12:00:00+09:00');
    await service.sql(`UPDATE alert SET retry_at = NULL WHERE status = 'planned'`);
    await service.advanceTo('2026-03-20T13:00:00+09:00');
    expect(await textsOf(contract)).toBe(2);
    const flags = await flagsOf(contract);
    expect(flags.map(({ kind, lost }) => [kind, lost.map(({ code }) => code)])).toEqual([
      ['late', ['signing']],
    ]);
    expect(flags[0]).toMatchObject({ actor, reason: null });
  });

  it('is not raised of what a brake kept back for days, of what another brake stopped, nor of an outage', async () => {
    const contract = await service.register();
    await paused({ scope: 'agency' }, '2026-03-11T12:00:00+09:00');
    await service.advanceTo('2026-03-11T13:00:00+09:00');
    expect([await textsOf(contract), await kindsOf(contract)]).toEqual([1, []]);
    // Nothing was sent for two weeks, and no brake was on but one of others.
    await service.sql(`UPDATE alert SET retry_at = '2999-01-01' WHERE status = 'planned'`);
    await paused(
      { scope: 'department', target: await service.departmentId('PARKS') },
      '2026-03-27T12:00:00+09:00',
    );
    await service.sql(`UPDATE alert SET retry_at = NULL WHERE status = 'planned'`);
    await service.advanceTo('2026-03-27T13:00:00+09:00');
    expect([await textsOf(contract), await kindsOf(contract)]).toEqual([2, []]);
  });

  it('is not raised of what a brake of the service itself kept back', async () => {
    const contract = await service.register();
    const { id } = await service.app.get(BrakesService).pullBrake('system', {
      scope: 'sender',
      target: 'SANDBOX',
      reason: 'line-refused-E-LINE',
    });
    await service.advanceTo('2026-03-20T12:00:00+09:00');
    ok(await service.admin.post(`/brakes/${id}/release`, { reason: 'mended' }));
    await service.advanceTo('2026-03-20T13:00:00+09:00');
    expect([await textsOf(contract), await kindsOf(contract)]).toEqual([2, []]);
  });
});

it('does not wait for whoever changes its contract, who waits for its text', async () => {
  const contract = await service.register({ counterparties: [partyWith(staffs)] });
  const changing = service.app.get(DataSource).createQueryRunner();
  await changing.startTransaction();
  try {
    await changing.query(`SELECT FROM contract, department, officer FOR UPDATE`);
    await service.advanceTo(afterSigning);
    expect([await textsOf(contract), await kindsOf(contract)]).toEqual([1, ['staff-number']]);
  } finally {
    await changing.rollbackTransaction();
    await changing.release();
  }
});

it('is one row of a kind in the inbox, and is shown and closed on the contract’s page', async () => {
  const contract = await service.register({
    counterparties: [partyWith(staffs), partyWith('010-0000-9043')],
  });
  await service.advanceTo(afterSigning);
  const { items } = ok(await auditor.get<InboxPage>('/flags'));
  expect(items).toMatchObject([{ kind: 'staff-number', count: 2 }]);
  const person = await service.person('auditor');
  const path = `/console/contracts/${contract.id}/flags`;
  expect((await person.get(path)).text).toContain('직원의 번호로 보냄');
  const form = { kind: 'staff-number', finding: 'explained', note: '두 회사를 겸함' };
  expect((await person.post(path, form)).status).toBe(303);
  expect((await person.get(path)).text).toContain('두 회사를 겸함');
});
