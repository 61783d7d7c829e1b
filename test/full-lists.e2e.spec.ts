import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import type { ImportProblemView, ImportView } from '../src/office/imports/import.schema.js';
import { type Answer, ok, problem } from './support/api-client.js';
import { aContact, aCounterparty, type CounterpartyInput } from './support/builders.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
});
afterAll(() => service.close());

function aParty(name: string, contacts: number): CounterpartyInput {
  const people = Array.from({ length: contacts }, (_, n) => aContact({ name: `사람 ${n}`, phone: null }));
  return aCounterparty({ name, registrationNumber: null, contacts: people });
}
const parties = (count: number, contactsOfEach: number) =>
  Array.from({ length: count }, (_, n) => aParty(`업체 ${n}`, contactsOfEach));

const addContact = ({ id, counterparties }: ContractView, dryRun = false) =>
  service.admin.post<ContractView>(
    `/contracts/${id}/counterparties/${counterparties[0]?.id}/contacts?dryRun=${dryRun}`,
    aContact(),
  );
const addParty = ({ id }: ContractView, party: CounterpartyInput) =>
  service.admin.post<ContractView>(`/contracts/${id}/counterparties`, party);

const contactsOf = ({ counterparties }: ContractView) => counterparties.flatMap(({ contacts }) => contacts);
const statusesOf = (answers: Answer<unknown>[]) => answers.map(({ status }) => status).sort();

async function refuses(contract: ContractView, work: () => Promise<Answer<unknown>>, detail: string) {
  const before = await service.contents();
  expect(problem(await work())).toMatchObject({ status: 422, code: 'list-full', detail });
  expect(await service.contents()).toEqual(before);
  expect((await service.contract(contract.id)).version).toBe(contract.version);
}

const fullParty = 'A counterparty has at most 50 contacts: remove those that are out of date first.';

describe('a counterparty with 50 contacts', () => {
  it('gets no other by the API, also not in a dry run, until one is removed', async () => {
    const contract = await service.register({ counterparties: [aParty('업체', 50)] });
    await refuses(contract, () => addContact(contract), fullParty);
    await refuses(contract, () => addContact(contract, true), fullParty);
    const [first] = contactsOf(contract);
    ok(await service.admin.delete(`/contracts/${contract.id}/contacts/${first?.id}?reason=a+test`));
    ok(await addContact(contract));
  });

  it('gets no other by a page, which says what to do', async () => {
    const { id, counterparties } = await service.register({ counterparties: [aParty('업체', 50)] });
    const admin = await service.person('admin');
    const sent = { to: String(counterparties[0]?.id), contactName: '한여울', locale: 'ko' };
    const answer = await admin.post(`/console/contracts/${id}/contacts/new`, sent);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(
      '한 계약상대자의 연락처는 50개까지입니다. 쓰지 않는 연락처를 먼저 삭제하세요.',
    );
    expect(contactsOf(await service.contract(id))).toHaveLength(50);
  });

  it('gets one of several that are added at the same moment', async () => {
    const contract = await service.register({ counterparties: [aParty('업체', 49)] });
    const answers = await Promise.all([1, 2, 3].map(() => addContact(contract)));
    expect(statusesOf(answers)).toEqual([201, 422, 422]);
    expect(contactsOf(await service.contract(contract.id))).toHaveLength(50);
  });
});

describe('a contract with 50 counterparties', () => {
  it('gets no other', async () => {
    const contract = await service.register({ counterparties: parties(50, 0) });
    await refuses(
      contract,
      () => addParty(contract, aParty('하나 더', 0)),
      'A contract has at most 50 counterparties: register the others under a contract of their own.',
    );
  });

  it('gets one of several that are added at the same moment', async () => {
    const contract = await service.register({ counterparties: parties(49, 0) });
    const answers = await Promise.all(['가', '나', '다'].map((name) => addParty(contract, aParty(name, 1))));
    expect(statusesOf(answers)).toEqual([201, 422, 422]);
    expect((await service.contract(contract.id)).counterparties).toHaveLength(50);
  });
});

describe('a contract with a thousand contacts', () => {
  const full =
    'A contract has at most 1000 contacts, removed ones counted: register the others under a contract of their own.';

  it('gets no other, also when some were removed', async () => {
    const contract = await service.register({ kind: 'goods', counterparties: parties(25, 40) });
    await refuses(contract, () => addContact(contract), full);
    const [first] = contactsOf(contract);
    const removed = ok(
      await service.admin.delete<ContractView>(
        `/contracts/${contract.id}/contacts/${first?.id}?reason=a+test`,
      ),
    );
    await refuses(removed, () => addContact(removed), full);
    await refuses(removed, () => addParty(removed, aParty('하나 더', 1)), full);
    ok(await addParty(removed, aParty('연락처 없음', 0)));
  });

  it('is not registered with more', async () => {
    const departmentId = await service.departmentId('ROADS');
    const body = {
      reference: 'C-1001',
      kind: 'goods',
      title: '가',
      departmentId,
      counterparties: parties(21, 48),
    };
    for (const path of ['/contracts', '/contracts?dryRun=true'])
      expect(problem(await service.admin.post(path, body))).toMatchObject({
        status: 422,
        code: 'list-full',
        detail: full,
      });
  });
});

describe('lists in a file', () => {
  const headings = '계약번호,구분,계약명,계약일,업체명,담당자,휴대전화';
  const row = (reference: string, party: string, name: string, phone = '') =>
    `${reference},물품,비품 구매,2026-03-02,${party},${name},${phone}`;

  async function bring(
    name: string,
    content: string,
  ): Promise<ImportView & { problems: ImportProblemView[] }> {
    const head = `--b\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const { id } = ok(
      await service.admin.post<ImportView>('/imports', `${head}${content}\r\n--b--\r\n`, headers),
    );
    await service.app.get(ImportJobs).runImport(id);
    const view = ok(await service.admin.get<ImportView>(`/imports/${id}`));
    const { items } = ok(await service.admin.get<{ items: ImportProblemView[] }>(`/imports/${id}/errors`));
    return { ...view, problems: items };
  }

  it('do not grow past their limits by a row that adds to a known contract, and other rows go in', async () => {
    const full = await service.register({
      kind: 'goods',
      counterparties: [aParty('업체', 50)],
    });
    const sheet = [
      headings,
      row(full.reference, '업체', '한여울', '010-0000-1234'),
      row('S-1', '업체', '이가람', '010-0000-1235'),
    ].join('\n');
    const done = await bring('full.csv', sheet);
    expect(done.counts).toMatchObject({ created: 1, updated: 0, refused: 1 });
    expect(done.problems).toEqual([
      expect.objectContaining({
        line: 2,
        code: 'list-full',
        message: fullParty,
        text: expect.objectContaining({
          message: {
            ko: '한 계약상대자의 연락처는 50개까지입니다. 쓰지 않는 연락처를 먼저 삭제하세요.',
            en: fullParty,
          },
        }) as unknown,
      }),
    ]);
    expect(contactsOf(await service.contract(full.id))).toHaveLength(50);
  });

  it('are too long for a new contract', async () => {
    const rows = Array.from({ length: 51 }, (_, n) => row('S-2', `업체 ${n}`, '이가람'));
    const done = await bring('many.csv', [headings, ...rows].join('\n'));
    expect(done.counts).toMatchObject({ created: 0, refused: 1 });
    expect(done.problems.map(({ code }) => code)).toContain('list-full');
  });

  it('are too long in a published release', async () => {
    const suppliers = Array.from({ length: 51 }, (_, n) => ({ id: `s-${n}`, name: `업체 ${n}` }));
    const release = {
      ocid: 'ocds-xxxxxx-1',
      id: 'r1',
      date: '2026-03-02T09:00:00Z',
      tag: ['contract'],
      tender: { mainProcurementCategory: 'goods' },
      buyer: { name: '도로과' },
      awards: [{ id: 'a', suppliers }],
      contracts: [{ id: 'O-1', awardID: 'a', dateSigned: '2026-03-02T00:00:00Z' }],
    };
    const done = await bring('release.json', JSON.stringify({ version: '1.1', releases: [release] }));
    expect(done.counts).toMatchObject({ created: 0, refused: 1 });
    expect(done.problems.map(({ code }) => code)).toContain('list-full');
  });
});

describe('a contract with longer lists, of before there were limits', () => {
  it('is read, changed and planned again, and its contacts can be removed', async () => {
    const contract = await service.register({ kind: 'goods', counterparties: [aParty('업체', 50)] });
    await service.sql(
      `INSERT INTO contact SELECT (json_populate_record(c, json_build_object('id', gen_random_uuid(), 'name_sealed', null))).*
       FROM contact c WHERE contract_id = $1 LIMIT 10`,
      [contract.id],
    );
    const amended = ok(
      await service.admin.patch<ContractView>(`/contracts/${contract.id}`, { endsOn: '2026-12-11' }),
    );
    expect(contactsOf(amended)).toHaveLength(60);
    // Four milestones, for 50 contacts that had alerts and ten that get them.
    expect(amended.difference?.added).toHaveLength(40);
    const [first] = contactsOf(amended);
    ok(await service.admin.delete(`/contracts/${contract.id}/contacts/${first?.id}?reason=a+test`));
    expect(problem(await addContact(contract))).toMatchObject({ code: 'list-full' });
  });
});
