import type { ContractView } from '../src/core/contracts/contract.view.js';
import { Sequencer } from '../src/core/transparency/sequencer.service.js';
import { Database } from '../src/platform/database/database.js';
import { Sealer } from '../src/platform/sealing/sealer.js';
import { type ApiClient, ok } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { contactIds } from './support/contract-reading.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';
import { verifierOn } from './support/verifying.js';

// What is kept of one person: found by their number, given to them, and erased when they ask for it.

const number = '010-0000-4901';
const e164 = '+821000004901';
const reason = '3월 2일 서면 요청';

let service: TestService;
let auditor: ApiClient;
let contract: ContractView;
let person: PageClient;
let decider: PageClient;

/** A contract whose contact was told of its signing and has then left; another contact has taken their place. */
beforeAll(async () => {
  service = await startService();
  auditor = await service.as('auditor');
  await service.startAt('2026-03-02T09:00:00+09:00');
  const contacts = [aContact({ name: '이가람', phone: number }), aContact({ name: '박나래' })];
  contract = await service.register({ counterparties: [aCounterparty({ contacts })] });
  await service.advanceTo('2026-03-05T09:00:00+09:00');
  ({ page: person } = await service.signedIn('admin'));
  ({ page: decider } = await service.signedIn('auditor'));
});
afterAll(() => service.close());

const search = (client: ApiClient = service.admin, of = number) =>
  client.post<{ kept: { why: string }[]; contacts: object[]; messages: number }>('/personal-data/search', {
    number: of,
  });
const ask = (client: ApiClient = service.admin) =>
  client.post<{ proposal?: { id: string }; code?: string; detail?: string }>('/personal-data/erasure', {
    number,
    reason,
  });
const acts = async () =>
  (await service.sql<{ act: string }>(`SELECT act FROM access_entry ORDER BY id`)).map(({ act }) => act);

async function closeFlags(): Promise<void> {
  const open = await service.sql<{ kind: string }>(`SELECT DISTINCT kind FROM flag WHERE closed_at IS NULL`);
  for (const { kind } of open)
    ok(
      await auditor.post('/flags/close', {
        contractId: contract.id,
        kind,
        finding: 'explained',
        note: '확인함',
      }),
    );
}

it('is found by the number, masked, and each search is an access', async () => {
  const departmentId = await service.departmentId('ROADS');
  ok(await service.admin.post('/officers', { departmentId, name: '한여울', phone: '010-0000-4902' }));
  const [{ alerts } = {}] = await service.sql<{ alerts: number }>(
    `SELECT count(*)::int AS alerts FROM alert WHERE contact_id = $1`,
    [contactIds(contract)[0]],
  );
  expect(alerts).toBeGreaterThan(1);
  const found = ok(await search());
  expect(found).toMatchObject({
    number: '010-****-4901',
    contacts: [
      {
        contractId: contract.id,
        reference: contract.reference,
        company: '(주)새솔건설',
        name: '이*람',
        removed: false,
      },
    ],
    ...{ messages: 1, alerts, isStaff: false },
  });
  expect(JSON.stringify(found)).not.toMatch(/00004901|이가람/);
  expect(await acts()).toEqual(['number-searched']);
  for (const nowhere of ['010-0000-4999', '010-0000-4902'])
    expect((await search(service.admin, nowhere)).body).toMatchObject({ code: 'person-unknown' });
});

it('is said to be of the agency’s own staff where it is', async () => {
  const indexOf = (phone: string) => service.app.get(Sealer).blindIndex(phone);
  const change = (from: string, to: string) =>
    service.sql(`UPDATE officer SET phone_index = $2 WHERE phone_index = $1`, [indexOf(from), indexOf(to)]);
  const theirs = '+821000004902';
  await change(theirs, e164);
  expect(ok(await search())).toMatchObject({ isStaff: true, contacts: [{}] });
  await change(e164, theirs);
});

it('is given whole, as a file, to admins and auditors alone', async () => {
  const file = ok(await auditor.post<object>('/personal-data/export', { number, reason }));
  expect(file).toMatchObject({
    format: 'chorong-person@v1',
    number,
    contacts: [{ name: '이가람', reference: contract.reference, legalBasis: 'contract' }],
    items: [{ status: 'delivered' }],
  });
  expect((await acts()).at(-1)).toBe('person-exported');
  const departmentId = await service.departmentId('ROADS');
  for (const role of ['officer', 'manager', 'monitor'] as const)
    for (const what of ['search', 'export', 'erasure']) {
      const client = await service.as(role, departmentId);
      expect((await client.post(`/personal-data/${what}`, { number, reason })).status).toBe(403);
    }
});

describe('is not erased', () => {
  it('while it is that of a contact who is to be told', async () => {
    expect(ok(await search()).kept.map(({ why }) => why)).toEqual(['still-contact', 'to-send']);
    const before = (await acts()).length;
    expect(await ask()).toMatchObject({ status: 409, body: { code: 'erasing-kept' } });
    expect((await acts()).slice(before)).toEqual(['number-searched']);
    const page = await person.post('/console/settings/personal-data', { number, reason, step: 'erase' });
    expect(page.status).toBe(409);
    expect(page.body).toContain('계약에서 연락처를 먼저 바꾸거나 삭제');
  });

  it('while a flag is open', async () => {
    ok(
      await service.admin.delete(`/contracts/${contract.id}/contacts/${contactIds(contract)[0]}?reason=left`),
    );
    await service.advanceTo('2026-03-10T09:00:00+09:00');
    expect(new Set(ok(await search()).kept.map(({ why }) => why))).toEqual(new Set(['audit']));
    expect(await ask()).toMatchObject({ status: 409, body: { code: 'erasing-kept' } });
    await closeFlags();
    expect(ok(await search()).kept).toEqual([]);
  });

  it('while an auditor holds it, of which nobody below audit is told', async () => {
    const path = `/contracts/${contract.id}/hold`;
    expect((await service.admin.post(path, { reason: 'x' })).status).toBe(403);
    expect((await service.admin.get(path)).status).toBe(403);
    ok(await auditor.post(path, { reason: '조사 2026-118' }));
    expect((await auditor.post(path, { reason: 'again' })).body).toMatchObject({ code: 'hold-twice' });
    expect(ok(await search()).kept).toMatchObject([{ why: 'audit' }]);
    expect((await ask()).status).toBe(409);
    const page = await decider.get(`/console/contracts/${contract.id}/flags`);
    expect(page.body).toContain('조사 2026-118');
    const history = (await service.admin.get(`/contracts/${contract.id}/changes`)).text;
    expect(history).not.toContain('조사 2026-118');
    ok(await auditor.post(`${path}/release`, { reason: '종결' }));
    expect((await auditor.post(`${path}/release`, { reason: 'again' })).status).toBe(404);
  });

  it('by an admin when there is no auditor to decide', async () => {
    await service.sql(`UPDATE account SET disabled_at = now() WHERE role = 'auditor'`);
    expect((await ask()).body).toMatchObject({ code: 'erasing-alone' });
    await service.sql(`UPDATE account SET disabled_at = NULL WHERE role = 'auditor'`);
  });

  it('by one person alone, nor by two admins', async () => {
    service.approvesAtOnce = false;
    const { proposal } = (await ask()).body;
    expect(proposal?.id).toBeDefined();
    const page = await person.get(`/console/proposals/${proposal?.id}`);
    expect(page.body).toContain('010-****-4901');
    expect((await person.post(`/console/proposals/${proposal?.id}/approve`, {})).status).toBe(403);
    expect((await search()).body.contacts).toHaveLength(1);
    // What it is recognised by does not tell the number to whoever tries them all.
    const again = (await ask()).body.proposal;
    expect(again?.id).not.toBe(proposal?.id);
    await decider.post(`/console/proposals/${again?.id}/refuse`, { reason: '중복' });
  });

  it('when something came to keep it before it was approved', async () => {
    const [waiting] = await service.sql<{ id: string }>(`SELECT id FROM proposal WHERE state = 'waiting'`);
    ok(await auditor.post(`/contracts/${contract.id}/hold`, { reason: '조사' }));
    const answer = await decider.post(`/console/proposals/${waiting?.id}/approve`, {});
    expect(answer.body).toContain('감사 담당자가 아직 확인하고 있는 계약');
    ok(await auditor.post(`/contracts/${contract.id}/hold/release`, { reason: '종결' }));
    expect(ok(await search()).contacts).toHaveLength(1);
  });
});

it('is erased once an auditor approves, everywhere, and the log still fits', async () => {
  const [waiting] = await service.sql<{ id: string }>(`SELECT id FROM proposal WHERE state = 'waiting'`);
  expect((await decider.post(`/console/proposals/${waiting?.id}/approve`, {})).status).toBe(303);
  expect((await search()).body).toMatchObject({ code: 'person-unknown' });
  const index = service.app.get(Sealer).blindIndex(e164);
  const left = await service.sql(
    `SELECT 'contact' FROM contact WHERE phone_index = $1 UNION ALL SELECT 'message' FROM message WHERE number_index = $1
     UNION ALL SELECT 'alert' FROM alert WHERE number_index = $1 UNION ALL SELECT 'attempt' FROM attempt WHERE number_index = $1
     UNION ALL SELECT 'phone' FROM sandbox_text WHERE to_index = $1`,
    [index],
  );
  expect(left).toEqual([]);
  // The other contact of the same contract is as they were.
  const [other] = await service.sql<{ salt: Buffer | null }>(`SELECT salt FROM contact WHERE id = $1`, [
    contactIds(contract)[1],
  ]);
  expect(other?.salt).toHaveLength(16);
  const leaves = await service.sql<{ body: object }>(`SELECT body FROM leaf WHERE kind = 'erased'`);
  for (const { body } of leaves)
    expect(body).toMatchObject({
      why: 'request',
      actor: 'admin:bootstrap',
      approvedBy: expect.stringMatching(/^auditor:@/) as string,
    });
  expect(JSON.stringify(leaves)).not.toMatch(/4901|이\*람/);
  await service.app.get(Sequencer).sequence();
  await service.app.get(Sequencer).sign(0);
  expect(await verifierOn(service, service.app.get(Database)).verify(null)).toMatchObject({
    misfits: { named: [] },
    tables: { unopened: [] },
  });
});

it('nobody gives the erased contact a number again', async () => {
  const contact = `/contracts/${contract.id}/contacts/${contactIds(contract)[0]}`;
  expect((await service.admin.patch(contact, { phone: number, reason: 'back' })).status).toBe(404);
});
