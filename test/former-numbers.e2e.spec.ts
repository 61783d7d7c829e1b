import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { TimelineEntry } from '../src/core/log/log.schema.js';
import type { Plan } from '../src/core/settings/plan.schema.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { applied, aSheet, bring } from './support/brought-sheets.js';
import { contactIds } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

/**
 * A number that is told no more is told that, once. It is Monday 2 March 2026, 09:00 in Seoul; all contracts are works signed on
 * the 3rd that start on Monday the 16th, so that their parties are told on Wednesday the 4th and on Friday the 13th.
 */
let service: TestService;
let officer: ApiClient;

beforeEach(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  officer = await service.as('officer', await service.departmentId('ROADS'));
});
afterEach(() => service.close());

const afterSigning = '2026-03-04T12:00:00+09:00';
const evening = '2026-03-04T20:00:00+09:00';
const nextDay = '2026-03-05T12:00:00+09:00';
const afterStart = '2026-03-17T12:00:00+09:00';

const ko = (reference: string) => `[한빛시] ${reference} 안내는 앞으로 다른 곳으로 갑니다. 문의·신고 ☎1398`;
const en = (reference: string) =>
  `Hanbit City: from now on, notices about ${reference} go elsewhere and not to this number. Any question? Call 1398, free and confidential.`;
const endOf = (phone: string) => phone.slice(-4);

/** What phones received of a contract, each with the last four digits of its number. */
async function textsOf({ reference }: Pick<ContractView, 'reference'>) {
  const texts = (await service.texts()).filter(({ text }) => text.includes(reference));
  return texts.map(({ to, text }) => ({ to: endOf(to), text }));
}
/** The numbers that were told that they are told no more. */
const told = async (contract: Pick<ContractView, 'reference'>) =>
  (await textsOf(contract))
    .filter(({ text }) => /다른 곳으로|go elsewhere/.test(text))
    .map(({ to }) => to)
    .toSorted();

const withNumbers = (...phones: string[]) =>
  service.register({
    counterparties: [aCounterparty({ contacts: phones.map((phone) => aContact({ phone })) })],
  });
const renumber = async ({ id }: ContractView, contactId: string | undefined, phone: string) =>
  ok(await officer.patch<ContractView>(`/contracts/${id}/contacts/${contactId}`, { phone, reason: 'left' }));
const remove = async ({ id }: ContractView, contactId: string | undefined) =>
  ok(await officer.delete(`/contracts/${id}/contacts/${contactId}?reason=left`));

it('gets one text in its own language, and the new number gets what is still to come', async () => {
  const [old, other, next] = [aNumber(), aNumber(), aNumber()];
  const contract = await service.register({
    counterparties: [
      aCounterparty({ contacts: [aContact({ phone: old }), aContact({ phone: other, locale: 'en' })] }),
    ],
  });
  const [first, second] = contactIds(contract);
  await service.advanceTo(afterSigning);
  await renumber(contract, first, next);
  await remove(contract, second);
  await service.advanceTo(nextDay);
  const texts = await textsOf(contract);
  expect(texts).toContainEqual({ to: endOf(old), text: ko(contract.reference) });
  expect(texts).toContainEqual({ to: endOf(other), text: en(contract.reference) });
  // Planned again, it stays one text.
  ok(await officer.patch(`/contracts/${contract.id}`, { startsOn: '2026-03-23', reason: 'rain' }));
  await service.advanceTo('2026-03-24T12:00:00+09:00');
  expect((await textsOf(contract)).map(({ to }) => to).toSorted()).toEqual(
    [old, old, other, other, next].map(endOf).toSorted(),
  );
});

it('is told by an import that changes it, and by the page', async () => {
  const person = await service.person('officer', await service.departmentId('ROADS'));
  const row = { reference: 'N-2026-1', signedOn: '2026-03-03', person: '이가람' };
  for (const [revision, phone] of [
    [0, '010-0000-1901'],
    [1, '010-0000-1902'],
  ] as const) {
    const content = aSheet([{ ...row, revision, phone }]);
    await applied(service, person, await bring(service, person, { name: `${revision}.csv`, content }));
    await service.approveWaiting();
    await service.advanceTo(revision === 0 ? afterSigning : nextDay);
  }
  expect(await told(row)).toEqual(['1901']);
  const [contact] = await service.sql<{ id: string; contractId: string }>(
    `SELECT t.id, t.contract_id AS "contractId" FROM contact t JOIN contract c ON c.id = t.contract_id
     WHERE c.reference = $1`,
    [row.reference],
  );
  const path = `/console/contracts/${contact?.contractId}/contacts/${contact?.id}`;
  const form = { phone: '010-0000-1903', locale: 'ko', legalBasis: 'contract', reason: '퇴사', step: 'save' };
  expect((await person.post(path, form)).status).toBe(303);
  await service.advanceTo('2026-03-06T12:00:00+09:00');
  expect(await told(row)).toEqual(['1901', '1902']);
});

it('is told that was about to get its first text, also while the contract is suspended', async () => {
  const [old, held] = [aNumber(), aNumber()];
  const [contract, suspended] = [await withNumbers(old), await withNumbers(held)];
  await renumber(contract, contactIds(contract)[0], aNumber());
  ok(await officer.post(`/contracts/${suspended.id}/suspend`, { on: '2026-03-03', reason: 'rain' }));
  await renumber(suspended, contactIds(suspended)[0], aNumber());
  await service.advanceTo(afterSigning);
  expect([await told(contract), await told(suspended)]).toEqual([[endOf(old)], [endOf(held)]]);
});

describe('is not told', () => {
  it('when no text was to go to it', async () => {
    const contract = await service.register({ signedOn: null });
    await renumber(contract, contactIds(contract)[0], aNumber());
    await service.advanceTo(afterSigning);
    expect(await textsOf(contract)).toEqual([]);
  });

  it('when the last text to it failed for good', async () => {
    // Numbers that end so are landlines in the sandbox.
    const contract = await withNumbers('010-0000-0001');
    await service.advanceTo(afterSigning);
    await renumber(contract, contactIds(contract)[0], aNumber());
    // No phone would show it: nothing is planned.
    expect(await standingOf(contract)).toEqual([]);
  });

  it('while another contact of the counterparty has it, and then once', async () => {
    const old = aNumber();
    const contract = await withNumbers(old, old);
    const [first, second] = contactIds(contract);
    await service.advanceTo(afterSigning);
    await renumber(contract, first, aNumber());
    await service.advanceTo(nextDay);
    expect(await told(contract)).toEqual([]);
    await remove(contract, second);
    await service.advanceTo('2026-03-06T12:00:00+09:00');
    expect(await told(contract)).toEqual([endOf(old)]);
  });

  it('when it is put back, or is another contact’s of the counterparty, before the text goes out', async () => {
    const [back, taken, gone] = [aNumber(), aNumber(), aNumber()];
    const contract = await withNumbers(back, taken, gone);
    const [first, second, third] = contactIds(contract);
    await service.advanceTo(evening);
    const wrong = aNumber();
    await renumber(contract, first, wrong);
    for (const contact of [second, third]) await renumber(contract, contact, aNumber());
    await renumber(contract, first, back);
    const [party] = contract.counterparties;
    const path = `/contracts/${contract.id}/counterparties/${party?.id}/contacts`;
    ok(await officer.post(path, { name: '박보미', phone: taken }));
    await service.advanceTo(nextDay);
    // Nobody can know that the number in between was a mistake.
    expect(await told(contract)).toEqual([gone, wrong].map(endOf).toSorted());
    // Put back is put back for good: it is told when it goes again.
    await renumber(contract, first, aNumber());
    await service.advanceTo('2026-03-06T12:00:00+09:00');
    expect(await told(contract)).toEqual([back, gone, wrong].map(endOf).toSorted());
  });

  it('by a dry run', async () => {
    const contract = await withNumbers(aNumber());
    const path = `/contracts/${contract.id}/contacts/${contactIds(contract)[0]}?dryRun=true`;
    ok(await officer.patch(path, { phone: aNumber(), reason: 'left' }));
    await service.advanceTo(afterSigning);
    expect(await told(contract)).toEqual([]);
  });
});

it('is told that another counterparty has it, and once of two contacts that leave together', async () => {
  const old = aNumber();
  const party = () =>
    aCounterparty({ name: `(주)${old}${Math.random()}`, contacts: [aContact({ phone: old })] });
  const contract = await service.register({ counterparties: [party(), party()] });
  await service.advanceTo(evening);
  for (const contact of contactIds(contract)) await renumber(contract, contact, aNumber());
  await service.advanceTo(nextDay);
  expect(await told(contract)).toEqual([endOf(old)]);
});

it('is told by a text of its own beside a digest', async () => {
  const old = aNumber();
  const contract = await withNumbers(old);
  const others = [await withNumbers(old), await withNumbers(old), await withNumbers(old)];
  await service.advanceTo('2026-03-04T09:30:00+09:00');
  await renumber(contract, contactIds(contract)[0], aNumber());
  await service.advanceTo(afterSigning);
  const texts = (await service.texts()).filter(({ to }) => endOf(to) === endOf(old)).map(({ text }) => text);
  expect(texts).toHaveLength(2);
  expect(texts).toEqual(
    expect.arrayContaining([
      ko(contract.reference),
      expect.stringMatching(`3월 4일 안내 3건\\(${others[0]?.reference} 등\\)`),
    ]),
  );
});

it('waits for brakes, and is missed in a rehearsal, as any text', async () => {
  const [braked, rehearsed] = [aNumber(), aNumber()];
  const contracts = [await withNumbers(braked), await withNumbers(rehearsed)] as const;
  await service.advanceTo(afterSigning);
  const brake = { scope: 'agency', reason: 'a provider’s fault' };
  const { id } = ok(await service.admin.post<{ id: string }>('/brakes', brake));
  await renumber(contracts[0], contactIds(contracts[0])[0], aNumber());
  await service.advanceTo(nextDay);
  expect(await told(contracts[0])).toEqual([]);
  ok(await service.admin.post(`/brakes/${id}/release`, { reason: 'mended' }));
  await service.letTimePass();
  await service.advanceTo('2026-03-05T13:00:00+09:00');
  expect(await told(contracts[0])).toEqual([endOf(braked)]);
  const [{ value }] = ok(await service.admin.get<{ items: [{ value: object }] }>('/agency')).items;
  ok(await service.admin.post('/agency', { ...value, rehearsal: { on: true, numbers: [] } }));
  await renumber(contracts[1], contactIds(contracts[1])[0], aNumber());
  await service.advanceTo('2026-03-06T12:00:00+09:00');
  expect(await told(contracts[1])).toEqual([]);
  expect(await standingOf(contracts[1])).toEqual([{ status: 'missed', reason: 'rehearsal' }]);
});

const standingOf = ({ id }: ContractView) =>
  service.sql(`SELECT status, reason FROM alert WHERE contract_id = $1 AND number_sealed IS NOT NULL`, [id]);

it('waits where an agency has no text for it, and gets no other in its place', async () => {
  const old = aNumber();
  const contract = await withNumbers(old);
  await service.advanceTo(afterSigning);
  await service.sql(`DELETE FROM template_version WHERE key LIKE '%/number-changed'`);
  await renumber(contract, contactIds(contract)[0], aNumber());
  await service.advanceTo(nextDay);
  expect(await standingOf(contract)).toEqual([{ status: 'held', reason: 'text-failed' }]);
  expect((await textsOf(contract)).map(({ to }) => to)).toEqual([endOf(old)]);
  expect((await (await service.person('auditor')).get('/genuine')).status).toBe(200);
  const offers = ok(await service.admin.get<{ items: { id: string; name: string }[] }>('/defaults')).items;
  expect(offers.map(({ name }) => name)).toEqual(['en/any/number-changed', 'ko/any/number-changed']);
  for (const offer of offers) ok(await service.admin.post(`/defaults/${offer.id}/accept`, {}));
  await service.sql(`UPDATE alert SET updated_at = updated_at - interval '11 minutes' WHERE status = 'held'`);
  await service.sweep();
  await service.advanceTo('2026-03-06T12:00:00+09:00');
  expect(await told(contract)).toEqual([endOf(old)]);
});

it('stands in time line and export with its own number, outside coverage and of no plan', async () => {
  const [old, next] = [aNumber(), aNumber()];
  const contract = await withNumbers(old);
  await service.advanceTo(afterSigning);
  await renumber(contract, contactIds(contract)[0], next);
  await service.advanceTo(nextDay);
  const auditor = await service.as('auditor');
  const path = `/contracts/${contract.id}/timeline`;
  const { items } = ok(await auditor.get<{ items: TimelineEntry[] }>(path));
  const entries = items.flatMap((entry) => (entry.type === 'alert' ? [entry] : []));
  expect(entries.filter(({ milestone }) => milestone === 'number-changed')).toMatchObject([
    {
      name: { ko: '연락처 변경', en: 'change of number' },
      status: 'messaged',
      contact: { number: `010-****-${endOf(old)}` },
    },
  ]);
  const { text } = await auditor.get('/messages/export?format=csv');
  const [line] = text.split('\n').filter((one) => one.includes(ko(contract.reference)));
  expect(line).toContain(contract.reference);
  expect(line).toContain(`010-****-${endOf(old)}`);
  ok(await auditor.get('/statistics/milestones'));
  const milestones = await service.sql(
    `SELECT m.code FROM coverage_milestone k JOIN milestone m ON m.id = k.id WHERE m.contract_id = $1`,
    [contract.id],
  );
  expect(milestones).toContainEqual({ code: 'signing' });
  expect(milestones).not.toContainEqual({ code: 'number-changed' });
  const page = await (
    await service.person('officer', contract.departmentId)
  ).get(`/console/contracts/${contract.id}`);
  expect(page.text).toContain('연락처 변경');
  const [{ value: plan }] = ok(await service.admin.get<{ items: [{ value: Plan }] }>('/plans')).items;
  const [first, ...others] = plan.milestones;
  const milestonesWithIt = [{ ...first, code: 'number-changed' }, ...others];
  const refused = problem(
    await service.admin.post('/plans', { plan: { ...plan, milestones: milestonesWithIt } }),
  );
  expect([refused.status, refused.fields?.[0]?.code]).toEqual([400, 'milestone-code-taken']);
});

it('goes on with the contract into another department', async () => {
  const old = aNumber();
  const contract = await withNumbers(old);
  await service.advanceTo(evening);
  await renumber(contract, contactIds(contract)[0], aNumber());
  const departmentId = await service.departmentId('PARKS');
  ok(await service.admin.patch(`/contracts/${contract.id}`, { departmentId, reason: 'merged' }));
  const [alert] = await service.sql(
    `SELECT department_id FROM alert WHERE contract_id = $1 AND number_sealed IS NOT NULL`,
    [contract.id],
  );
  expect(alert).toEqual({ department_id: departmentId });
  await service.advanceTo(afterStart);
  expect(await told(contract)).toEqual([endOf(old)]);
});
