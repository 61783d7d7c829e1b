import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { FlagView } from '../src/core/flags/flags.schema.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import type { ImportView } from '../src/office/imports/import.schema.js';
import type { ProposalNow, ProposalView } from '../src/core/proposals/proposal.schema.js';
import type { Caller } from '../src/core/access/roles.js';
import { Deciders } from '../src/core/proposals/deciders.js';
import { Proposal } from '../src/core/proposals/proposal.entity.js';
import { ProposalReader } from '../src/core/proposals/proposal-reader.js';
import { Database } from '../src/platform/database/database.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aCounterparty } from './support/builders.js';
import { contactIds } from './support/contract-reading.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

/**
 * What keeps somebody from being told waits for a second person. It is Monday 2 March 2026, 09:00 in Seoul; all contracts are
 * works of the department of roads, signed on the 3rd, which start on Monday the 16th: their parties are told on Wednesday
 * the 4th and Tuesday the 17th.
 */
let service: TestService;
let officer: ApiClient;
let auditor: ApiClient;
let roads: string;

beforeAll(async () => {
  service = await startService();
  service.approvesAtOnce = false;
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  officer = await service.as('officer', roads);
  auditor = await service.as('auditor');
});
afterAll(() => service.close());

const swap = (contract: ContractView, phone: string) =>
  officer.patch<ContractView>(`/contracts/${contract.id}/contacts/${contactIds(contract)[0]}`, {
    phone,
    reason: 'the site manager changed',
  });
const proposalsOf = async ({ id }: ContractView, caller = auditor) =>
  ok(await caller.get<{ items: ProposalView[] }>(`/proposals?contractId=${id}`)).items;
const flagsOf = async ({ id }: ContractView) =>
  ok(await auditor.get<{ items: FlagView[] }>(`/contracts/${id}/flags`)).items;
const phoneOf = (contract: ContractView) => contract.counterparties[0]?.contacts[0]?.phone;
const endingsOf = ({ counterparties }: ContractView) =>
  counterparties.flatMap(({ contacts }) =>
    contacts.filter(({ removedAt }) => removedAt === null).map(({ phone }) => phone?.slice(-4)),
  );

/** Proposes that the contract's texts go to another number. */
async function proposed(phone = '010-0000-7102'): Promise<{ contract: ContractView; id: string }> {
  const contract = await service.register();
  const answer = await swap(contract, phone);
  expect(answer.status).toBe(202);
  return { contract, id: ok(answer).proposal?.id ?? '' };
}

it('waits, and nothing of it is done meanwhile', async () => {
  const contract = await service.register();
  const answer = await swap(contract, '010-0000-7101');
  expect([answer.status, answer.headers['location'], answer.headers['etag']]).toEqual([
    202,
    `/api/v1/proposals/${answer.body.proposal?.id}`,
    undefined,
  ]);
  const { proposal: _proposal, difference, ...standing } = answer.body;
  expect(difference?.lost.length).toBe(contract.milestones.length);
  expect({ ...standing, difference: undefined }).toEqual({ ...contract, difference: undefined });
  expect(await service.contract(contract.id)).toEqual(standing);
  expect(await flagsOf(contract)).toEqual([]);
  const [waiting] = await proposalsOf(contract);
  expect(waiting).toMatchObject({
    act: 'changeContact',
    state: 'waiting',
    reason: 'the site manager changed',
    isOwn: false,
    contract: { id: contract.id, reference: contract.reference },
    // Mondays to Wednesdays are three business days.
    openFrom: '2026-03-05T00:00:00+09:00',
    at: '2026-03-02T09:00:00+09:00',
    changes: [{ what: 'contact-changed', after: { phone: '010-****-7101' } }],
  });
  expect(waiting?.lost).toHaveLength(contract.milestones.length);
});

it('shows the first texts of a large loss, and counts them all', async () => {
  const counterparties = [1, 2].map((n) =>
    aCounterparty({ name: `업체 ${n}`, contacts: Array.from({ length: 50 }, () => aContact()) }),
  );
  const contract = await service.register({ counterparties });
  const suspending = { on: '2026-03-03', reason: 'a dispute' };
  const answer = await officer.post<ContractView>(`/contracts/${contract.id}/suspend`, suspending);
  const texts = answer.body.difference?.lost.length ?? 0;
  expect(texts).toBeGreaterThan(500);
  const counts = { lostCount: texts, lostPeople: 100 };
  const [listed] = await proposalsOf(contract);
  expect({ ...listed, lost: listed?.lost.length }).toMatchObject({ ...counts, lost: 20 });
  const { now, ...whole } = ok(await auditor.get<ProposalNow>(`/proposals/${listed?.id}`));
  expect({ ...whole, lost: whole.lost.length }).toMatchObject({ ...counts, lost: 500 });
  expect({ ...now, lost: now?.lost.length }).toMatchObject({ ...counts, lost: 500 });
  const page = await (await service.person('auditor')).get(`/console/proposals/${listed?.id}`);
  expect(page.text).toContain('100명');
  expect(page.text).toContain(`그 밖에 ${(texts - 20).toLocaleString('ko')}건`);
});

it('asks who decides of a whole list by the same few statements', async () => {
  for (const last of [1, 2, 3]) await proposed(`010-0000-715${last}`);
  const asked = jest.spyOn(service.app.get(Database), 'rows');
  const statementsFor = async (limit: number) => {
    asked.mockClear();
    const { items } = ok(await auditor.get<{ items: ProposalView[] }>(`/proposals?limit=${limit}`));
    return [items.length, asked.mock.calls.length] as const;
  };
  const [[one, forOne], [more, forMore]] = [await statementsFor(1), await statementsFor(200)];
  asked.mockRestore();
  expect([one, more > 3, forMore]).toEqual([1, true, forOne]);
});

it('tells the old number on the day, while it waits', async () => {
  const other = await startService();
  try {
    other.approvesAtOnce = false;
    await other.startAt('2026-03-02T09:00:00+09:00');
    const contract = await other.register();
    const before = phoneOf(contract);
    const contact = contactIds(contract)[0];
    const body = { phone: '010-0000-7103', reason: 'left' };
    expect((await other.admin.patch(`/contracts/${contract.id}/contacts/${contact}`, body)).status).toBe(202);
    await other.advanceTo('2026-03-18T09:00:00+09:00');
    const numbers = (await other.texts()).map(({ to }) => to.slice(-4));
    expect(numbers).toEqual([before?.slice(-4), before?.slice(-4)]);
  } finally {
    await other.close();
  }
});

it('is done once it is approved, and is a flag then, with the second person', async () => {
  const { contract, id } = await proposed();
  const seen = ok(await auditor.get<ProposalNow>(`/proposals/${id}`)).now?.lossTag;
  const approved = ok(
    await auditor.post<ProposalNow>(`/proposals/${id}/approve`, { note: 'confirmed', seen }),
  );
  expect(approved).toMatchObject({ state: 'approved', note: 'confirmed', mayDecide: false, now: null });
  expect(phoneOf(await service.contract(contract.id))).toBe('010-****-7102');
  const [flag, ...others] = await flagsOf(contract);
  expect(others).toEqual([]);
  expect(flag).toMatchObject({ kind: 'number-swapped', reason: 'the site manager changed' });
  expect(flag?.actor).toMatch(/^officer:/);
  expect(flag?.approvedBy).toMatch(/^auditor:/);
  const history = ok(
    await auditor.get<{ items: { what: string; actor: string }[] }>(`/contracts/${contract.id}/changes`),
  );
  expect(history.items.map(({ what }) => what).slice(-3)).toEqual([
    'proposed',
    'contact changed',
    'proposal approved',
  ]);
});

it('is not done when it is refused or withdrawn, and is forgotten but for what is masked', async () => {
  const { contract, id } = await proposed();
  const refused = ok(
    await auditor.post<ProposalNow>(`/proposals/${id}/refuse`, { reason: 'not known to them' }),
  );
  expect(refused).toMatchObject({ state: 'refused', note: 'not known to them' });
  const again = ok(await swap(contract, '010-0000-7102')).proposal?.id ?? '';
  expect(again).not.toBe(id);
  const manager = await service.as('manager', roads);
  expect(problem(await manager.post(`/proposals/${again}/withdraw`))).toMatchObject({ status: 403 });
  expect(ok(await officer.post<ProposalNow>(`/proposals/${again}/withdraw`)).state).toBe('withdrawn');
  expect(await service.contract(contract.id)).toEqual({ ...contract, difference: undefined });
  expect(await flagsOf(contract)).toEqual([]);
  const rows = await service.sql<{ sealed: Buffer | null }>(
    `SELECT args_sealed AS sealed FROM proposal WHERE contract_id = $1`,
    [contract.id],
  );
  expect(rows.map(({ sealed }) => sealed)).toEqual([null, null]);
});

it.each(['approve', 'refuse', 'withdraw'])(
  'is decided once: %s after another decision is refused',
  async (decision) => {
    const { id } = await proposed();
    ok(await auditor.post(`/proposals/${id}/approve`, {}));
    const caller = decision === 'withdraw' ? officer : auditor;
    const body = decision === 'refuse' ? { reason: 'late' } : decision === 'approve' ? {} : undefined;
    expect(problem(await caller.post(`/proposals/${id}/${decision}`, body))).toMatchObject({
      status: 409,
      code: 'proposal-decided',
    });
  },
);

it('is applied once by two who approve it at the same moment', async () => {
  const { contract, id } = await proposed();
  const answers = await Promise.all([1, 2].map(() => auditor.post(`/proposals/${id}/approve`, {})));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await flagsOf(contract)).toHaveLength(1);
});

it('waits once, however often it is asked for', async () => {
  const { contract, id } = await proposed();
  const answers = await Promise.all([1, 2, 3].map(() => swap(contract, '010-0000-7102')));
  expect(answers.map(({ body }) => body.proposal?.id)).toEqual([id, id, id]);
  expect(await proposalsOf(contract)).toHaveLength(1);
});

it('is refused to the decider when it keeps more from people than they saw', async () => {
  const { contract, id } = await proposed();
  const seen = ok(await auditor.get<ProposalNow>(`/proposals/${id}`)).now?.lossTag;
  ok(await officer.patch(`/contracts/${contract.id}`, { liabilityEndsOn: '2028-11-27' }));
  ok(
    await officer.post(`/contracts/${contract.id}/milestones/advance-payment/occurrences`, {
      occurredOn: '2026-03-20',
    }),
  );
  expect(problem(await auditor.post(`/proposals/${id}/approve`, { seen }))).toMatchObject({
    status: 409,
    code: 'proposal-grown',
  });
  expect(phoneOf(await service.contract(contract.id))).toBe(phoneOf(contract));
  const now = ok(await auditor.get<ProposalNow>(`/proposals/${id}`)).now;
  ok(await auditor.post(`/proposals/${id}/approve`, { seen: now?.lossTag }));
});

it('can no longer be done when what it is about is gone, and says so', async () => {
  const contract = await service.register();
  const contact = contactIds(contract)[0];
  const { proposal } = ok(await swap(contract, '010-0000-7104'));
  const removal = ok(
    await officer.delete<ContractView>(`/contracts/${contract.id}/contacts/${contact}?reason=left`),
  ).proposal;
  ok(await auditor.post(`/proposals/${removal?.id}/approve`, {}));
  expect(ok(await auditor.get<ProposalNow>(`/proposals/${proposal?.id}`))).toMatchObject({
    state: 'waiting',
    now: null,
    problem: expect.stringMatching(/contact/) as string,
  });
  expect(problem(await auditor.post(`/proposals/${proposal?.id}/approve`, {}))).toMatchObject({
    status: 404,
  });
  ok(await auditor.post(`/proposals/${proposal?.id}/refuse`, { reason: 'it is gone' }));
});

it('does at once what keeps nobody from being told', async () => {
  const contract = await service.register();
  const [party] = contract.counterparties;
  const added = await officer.post<ContractView>(
    `/contracts/${contract.id}/counterparties/${party?.id}/contacts`,
    { name: '박보미', phone: '010-0000-7105' },
  );
  expect([added.status, added.body.proposal]).toEqual([201, undefined]);
  const extended = await officer.patch<ContractView>(`/contracts/${contract.id}`, { endsOn: '2027-03-31' });
  expect([extended.status, extended.body.proposal]).toEqual([200, undefined]);
  expect(await proposalsOf(contract)).toEqual([]);
});

it('keeps what was asked for under an idempotency key as it was answered first', async () => {
  const contract = await service.register();
  const body = { on: '2026-03-03', reason: 'rain' };
  const key = { 'idempotency-key': 'suspends-once' };
  const [first, second] = [
    await officer.post<ContractView>(`/contracts/${contract.id}/suspend`, body, key),
    await officer.post<ContractView>(`/contracts/${contract.id}/suspend`, body, key),
  ];
  expect([first.status, second.status]).toEqual([202, 202]);
  expect(second.body).toEqual(first.body);
  expect(await proposalsOf(contract)).toHaveLength(1);
  expect((await service.contract(contract.id)).state).toBe('signed');
});

describe('who decides', () => {
  it('is not the proposer, an officer, an admin, or a manager whose lot it is not', async () => {
    const { contract, id } = await proposed();
    for (const caller of [
      officer,
      service.admin,
      await service.as('manager', roads),
      await service.as('manager', await service.departmentId('PARKS')),
    ]) {
      const answer = await caller.post(`/proposals/${id}/approve`, {});
      expect([403, 404]).toContain(answer.status);
    }
    expect(phoneOf(await service.contract(contract.id))).toBe(phoneOf(contract));
  });

  it('sees nothing of other departments: a stranger finds no proposal', async () => {
    const { contract, id } = await proposed();
    const stranger = await service.as('officer', await service.departmentId('PARKS'));
    expect((await stranger.get(`/proposals/${id}`)).status).toBe(404);
    expect(await proposalsOf(contract, stranger)).toEqual([]);
    expect((await stranger.post(`/proposals/${id}/withdraw`)).status).toBe(404);
  });
});

describe('people', () => {
  let city: TestService;
  let people: Record<
    'officer' | 'ownManager' | 'manager' | 'auditor' | 'second' | 'admin',
    { id: string; page: PageClient }
  >;

  beforeAll(async () => {
    city = await startService();
    city.approvesAtOnce = false;
    await city.startAt('2026-03-02T09:00:00+09:00');
    const [own, above, other] = await Promise.all(
      ['ROADS', 'CITY', 'PARKS'].map((code) => city.departmentId(code)),
    );
    await city.signedIn('manager', above ?? null);
    people = {
      officer: await city.signedIn('officer', own ?? null),
      ownManager: await city.signedIn('manager', own ?? null),
      manager: await city.signedIn('manager', other ?? null),
      auditor: await city.signedIn('auditor'),
      second: await city.signedIn('auditor'),
      admin: await city.signedIn('admin'),
    };
  });
  afterAll(() => city.close());

  const suspend = async (who = people.officer) => {
    const contract = await city.register();
    const form = { step: 'save', on: '2026-03-03', reason: 'rain' };
    const answer = await who.page.post(`/console/contracts/${contract.id}/move/suspend`, form);
    expect(answer.headers['location']).toBe(`/console/contracts/${contract.id}?done=proposed`);
    return { contract, ...(await latest()) };
  };
  const latest = async () => {
    const [row] = await city.sql<{ id: string; drawn: string }>(
      `SELECT id, drawn_account_id AS drawn FROM proposal ORDER BY id DESC LIMIT 1`,
    );
    if (!row) throw new Error('nothing was proposed');
    return row;
  };
  const callerOf = async ({ id }: { id: string }): Promise<Caller> => {
    const [account] = await city.sql<Pick<Caller, 'role' | 'departmentId'>>(
      `SELECT role, department_id AS "departmentId" FROM account WHERE id = $1`,
      [id],
    );
    if (!account) throw new Error('there is no such account');
    return { keyId: null, accountId: id, name: `@${id}`, officerId: null, ...account };
  };
  const toDecide = async (who: { id: string }) =>
    (await city.app.get(ProposalReader).toDecide(await callerOf(who))).map(({ id }) => id);
  const byId = (id: string) => Object.values(people).find((one) => one.id === id) ?? people.admin;
  const approve = (who: { page: PageClient }, id: string) =>
    who.page.post(`/console/proposals/${id}/approve`);

  it('are drawn by lot among managers outside the department line and auditors', async () => {
    const drawn = new Set<string>();
    for (let n = 0; n < 40 && drawn.size < 3; n += 1) drawn.add((await suspend()).drawn);
    expect(drawn).toEqual(new Set([people.manager.id, people.auditor.id, people.second.id]));
  });

  it('decide when the lot is theirs, and only then; auditors too once three business days are over', async () => {
    const { id, drawn } = await suspend();
    for (const one of Object.values(people)) {
      if (one.id === drawn) continue;
      const { status } = await approve(one, id);
      expect([403, 404]).toContain(status);
    }
    await city.sql(`UPDATE proposal SET open_from = at WHERE id = $1`, [id]);
    const other = [people.auditor, people.second].find((one) => one.id !== drawn) ?? people.second;
    expect((await approve(people.ownManager, id)).status).toBe(403);
    expect((await approve(other, id)).headers['location']).toBe(
      `/console/proposals/${id}?done=proposal-approved`,
    );
  });

  it('are not drawn anew for whoever withdraws and asks again', async () => {
    const { contract, id, drawn } = await suspend();
    let last = id;
    for (let times = 0; times < 6; times += 1) {
      await people.officer.page.post(`/console/proposals/${last}/withdraw`);
      const form = { step: 'save', on: '2026-03-03', reason: `again ${times}` };
      await people.officer.page.post(`/console/contracts/${contract.id}/move/suspend`, form);
      const next = await latest();
      expect([next.id === last, next.drawn]).toEqual([false, drawn]);
      last = next.id;
    }
  });

  it('are nobody whom the proposer has made or changed, while there is somebody else', async () => {
    const actor = `admin:@${people.admin.id}`;
    const touch = ({ id }: { id: string }) =>
      city.sql(
        `INSERT INTO change (id, subject, subject_id, what, params, actor, at)
         VALUES (gen_random_uuid(), 'account', $1, 'reset', '{}', $2, now())`,
        [id, actor],
      );
    await touch(people.auditor);
    await touch(people.manager);
    const drawn = new Set<string>();
    for (let n = 0; n < 12; n += 1) drawn.add((await suspend(people.admin)).drawn);
    expect(drawn.has(people.auditor.id)).toBe(false);
    expect(drawn.has(people.manager.id)).toBe(false);
    // Where there is nobody else, one of these will do.
    await touch(people.second);
    const able = [people.auditor, people.second, people.manager].map(({ id }) => id);
    for (let n = 0; n < 3; n += 1) expect(able).toContain((await suspend(people.admin)).drawn);
  });

  it('of managers, the one on whom the lot fell alone, even when that one is gone', async () => {
    const { id } = await suspend();
    const proposal = await city.app.get(Database).repository(Proposal).findOneByOrFail({ id });
    const caller = await callerOf(people.manager);
    const mayDecide = (drawnAccountId: string) =>
      city.app
        .get(Deciders)
        .mayDecide(caller, { ...proposal, drawnAccountId, openFrom: new Date(0) }, new Date());
    expect(await mayDecide(people.manager.id)).toBe(true);
    expect(await mayDecide(people.auditor.id)).toBe(false);
    expect(await mayDecide(people.officer.id)).toBe(false);
  });

  it('who are gone let any auditor decide', async () => {
    const { id } = await suspend();
    const gone = people.manager.id;
    await city.sql(`UPDATE proposal SET drawn_account_id = $2 WHERE id = $1`, [id, gone]);
    expect((await approve(people.auditor, id)).status).toBe(403);
    await city.sql(`UPDATE account SET disabled_at = now() WHERE id = $1`, [gone]);
    expect((await approve(people.auditor, id)).status).toBe(303);
    await city.sql(`UPDATE account SET disabled_at = NULL WHERE id = $1`, [gone]);
  });

  it('see on their home and on the page what they decide, and who loses what', async () => {
    const { contract, id, drawn } = await suspend();
    const { page } = byId(drawn);
    expect((await page.get('/console')).text).toContain('href="/console/proposals"');
    const later = await suspend();
    await city.sql(`UPDATE proposal SET drawn_account_id = $2 WHERE id = $1`, [later.id, drawn]);
    const listed = await toDecide({ id: drawn });
    expect(listed).toEqual([...listed].sort());
    expect(listed.slice(-2)).toEqual([id, later.id]);
    const others = [people.auditor, people.second, people.manager].filter((one) => one.id !== drawn);
    for (const other of others) expect(await toDecide(other)).not.toContain(id);
    const shown = (await page.get(`/console/proposals/${id}`)).text;
    // A manager of another department decides without seeing the contract’s page.
    const sees = (await page.get(`/console/contracts/${contract.id}`)).status === 200;
    expect(shown.includes(`href="/console/contracts/${contract.id}"`)).toBe(sees);
    expect(shown).toContain(contract.reference);
    expect(shown).toContain('rain');
    expect(shown).toContain('name="seen"');
    expect(shown).toContain('2026년 3월 4일');
    expect((await people.officer.page.get(`/console/contracts/${contract.id}`)).text).toContain(
      `/console/proposals/${id}`,
    );
    const refused = await page.post(`/console/proposals/${id}/refuse`, {});
    expect([refused.status, refused.text.includes('error-reason')]).toEqual([400, true]);
    const done = await page.post(`/console/proposals/${id}/refuse`, { reason: 'it did not rain' });
    expect(done.headers['location']).toBe(`/console/proposals/${id}?done=proposal-refused`);
    expect((await people.officer.page.get(`/console/proposals/${id}`)).text).toContain('it did not rain');
  });
});

describe('a file', () => {
  const headings =
    '계약번호,차수,구분,계약명,계약일,착공(착수)일,준공(완료)일,계약금액,업체명,담당자,휴대전화';
  const row = (
    reference: string,
    revision: number,
    phone: string,
    [signed, ends] = ['2026-03-03', '2026-11-27'],
  ) =>
    `${reference},${revision},공사,보도 정비,${signed},2026-04-16,${ends},110000000,(주)새솔건설,이가람,${phone}`;
  const bring = async (...rows: string[]) => {
    const body = [headings, ...rows].join('\n');
    const { id } = ok(
      await officer.post<{ id: string }>(
        '/imports',
        `--b\r\ncontent-disposition: form-data; name="file"; filename="s.csv"\r\n\r\n${body}\r\n--b--\r\n`,
        { 'content-type': 'multipart/form-data; boundary=b' },
      ),
    );
    await service.app.get(ImportJobs).runImport(id);
    return ok(await officer.get<ImportView>(`/imports/${id}`));
  };
  const byReference = async (reference: string) => {
    const [found] = ok(
      await service.admin.get<{ items: ContractView[] }>(`/contracts?reference=${reference}`),
    ).items;
    if (!found) throw new Error(`${reference} is not there`);
    return found;
  };
  const phonesOf = async (reference: string) => endingsOf(await byReference(reference));
  const kindsOf = async (contract: ContractView) => (await flagsOf(contract)).map(({ kind }) => kind).sort();
  const approveAll = async (contract: ContractView) => {
    for (const { id, state } of await proposalsOf(contract))
      if (state === 'waiting') ok(await auditor.post(`/proposals/${id}/approve`, {}));
  };

  it('lets the rows wait that keep somebody from being told, and takes the others', async () => {
    await bring(
      row('F-1', 0, '010-0000-7201'),
      row('F-2', 0, '010-0000-7202'),
      row('F-3', 0, '010-0000-7203'),
    );
    const before = await byReference('F-1');
    const done = await bring(
      row('F-1', 1, '010-0000-7201', ['2026-03-31', '2026-11-27']),
      row('F-2', 1, '010-0000-7202', ['2026-03-03', '2026-12-18']),
      row('F-4', 0, '010-0000-7204'),
    );
    expect(done).toMatchObject({
      status: 'completed',
      counts: { created: 1, updated: 1, proposed: 1, refused: 0 },
    });
    expect(await byReference('F-1')).toEqual(before);
    expect(await byReference('F-2')).toMatchObject({ revision: 1, endsOn: '2026-12-18' });
    expect(await flagsOf(before)).toEqual([]);
    const [waiting, ...others] = await proposalsOf(before);
    expect(others).toEqual([]);
    expect(waiting).toMatchObject({ act: 'importRow', state: 'waiting' });
    expect(waiting?.lost.length).toBeGreaterThan(0);
    expect(waiting?.changes.map(({ what }) => what)).toContain('imported');
    ok(await auditor.post(`/proposals/${waiting?.id}/approve`, {}));
    expect(await byReference('F-1')).toMatchObject({ revision: 1, signedOn: '2026-03-31' });
    expect((await flagsOf(before)).map(({ kind, approvedBy }) => [kind, approvedBy?.split(':')[0]])).toEqual([
      ['put-off', 'auditor'],
    ]);
  });

  it('tells the number that it states as well at once, and the one from before until a second person agrees', async () => {
    const typed = await service.register({
      reference: 'F-5',
      startsOn: '2026-04-16',
      endsOn: '2026-11-27',
      counterparties: [
        aCounterparty({
          name: '(주)새솔건설',
          contacts: [aContact({ name: '이가람', phone: '010-0000-7215' })],
        }),
      ],
    });
    const { counts } = await bring(row('F-5', 1, '010-0000-7251'));
    expect(counts).toMatchObject({ updated: 1, proposed: 0 });
    expect(await phonesOf('F-5')).toEqual(['7215', '7251']);
    const [flag, ...more] = await flagsOf(typed);
    // It is about whoever gave the number that may be false.
    expect([flag?.kind, flag?.actor, flag?.changed, more]).toEqual([
      'other-number',
      'admin:bootstrap',
      [{ field: 'broughtBy', from: null, to: expect.stringMatching(/^officer:/) as string }],
      [],
    ]);
    // What it brings once more is known.
    await bring(row('F-5', 1, '010-0000-7251'));
    const waiting = await proposalsOf(typed);
    expect(waiting.map(({ act, lost }) => [act, new Set(lost.map(({ how }) => how))])).toEqual([
      ['removeContact', new Set(['cancelled'])],
    ]);
    expect(JSON.stringify(waiting)).not.toContain('01000007251');
    const page = await service.person('auditor');
    expect((await page.get(`/console/proposals/${waiting[0]?.id}`)).text).toContain('가져온 파일의 내용');
    await approveAll(typed);
    const flags = (await page.get(`/console/contracts/${typed.id}/flags`)).text;
    expect(flags).toContain('가져온 파일의 내용');
    expect(flags).toContain('다른 번호를 가져온 사람: ');
    expect(await phonesOf('F-5')).toEqual(['7251']);
    expect(await kindsOf(typed)).toEqual(['not-told', 'other-number']);
  });

  it('tells new numbers of a row that waits for its dates', async () => {
    await bring(row('F-6', 0, '010-0000-7216'));
    const before = await byReference('F-6');
    await bring(row('F-6', 1, '010-0000-7261', ['2026-03-31', '2026-11-27']));
    expect(await byReference('F-6')).toMatchObject({ revision: 0, signedOn: '2026-03-03' });
    expect(await phonesOf('F-6')).toEqual(['7216', '7261']);
    expect(await kindsOf(before)).toEqual(['other-number']);
    expect((await proposalsOf(before)).map(({ act }) => act).sort()).toEqual(['importRow', 'removeContact']);
    await approveAll(before);
    expect(await byReference('F-6')).toMatchObject({ revision: 1, signedOn: '2026-03-31' });
    expect(await phonesOf('F-6')).toEqual(['7261']);
  });

  it('does not tell again a number that the contract had before', async () => {
    await bring(row('F-7', 0, '010-0000-7217'));
    const before = await byReference('F-7');
    await swap(before, '010-0000-7271');
    await approveAll(before);
    await bring(row('F-7', 1, '010-0000-7217'));
    expect(await phonesOf('F-7')).toEqual(['7271']);
    expect((await proposalsOf(before)).filter(({ state }) => state === 'waiting')).toMatchObject([
      { act: 'importRow' },
    ]);
  });

  it('tells new numbers of an older revision that nobody has given the contract before', async () => {
    await bring(row('F-8', 99, '010-0000-7218'));
    const { counts } = await bring(row('F-8', 1, '010-0000-7281', ['2026-03-31', '2026-11-27']));
    expect(counts).toMatchObject({ ignored: 1 });
    expect(await byReference('F-8')).toMatchObject({ revision: 99, signedOn: '2026-03-03' });
    expect(await phonesOf('F-8')).toEqual(['7218', '7281']);
    expect(await kindsOf(await byReference('F-8'))).toEqual(['other-number']);
  });

  it('signs a contract that was ended as a draft', async () => {
    const draft = await service.register({ reference: 'F-10', signedOn: null, counterparties: [] });
    ok(await officer.post(`/contracts/${draft.id}/terminate`, { on: '2026-03-02' }));
    await bring(row('F-10', 1, '010-0000-7210'));
    expect(await byReference('F-10')).toMatchObject({ state: 'signed', terminatedOn: null });
    expect(await phonesOf('F-10')).toEqual(['7210']);
  });

  it('is undone by a second person where that keeps somebody from being told', async () => {
    const done = await bring(row('F-9', 0, '010-0000-7209'));
    const undone = await officer.post<ImportView>(`/imports/${done.id}/undo`, { reason: 'the wrong file' });
    expect([undone.status, undone.body.status]).toEqual([202, 'completed']);
    expect(await byReference('F-9')).toMatchObject({ state: 'signed' });
    ok(await auditor.post(`/proposals/${undone.body.proposal?.id}/approve`, {}));
    expect(await byReference('F-9')).toMatchObject({ state: 'draft' });
    expect(ok(await officer.get<ImportView>(`/imports/${done.id}`)).status).toBe('undone');
  });
});
