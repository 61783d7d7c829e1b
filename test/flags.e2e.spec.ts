import { Database } from '../src/platform/database/database.js';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { FlagView, InboxPage } from '../src/core/flags/flags.schema.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContact, aContract, aCounterparty, aNumber } from './support/builders.js';
import { applied, aSheet, bring } from './support/brought-sheets.js';
import { contactIds } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

/**
 * What is kept from whom is shown before, needs a reason, and stays as a flag. It is Monday 2 March 2026, 09:00 in Seoul; all
 * contracts are works signed on the 3rd that start on Monday the 16th, so that their parties are told on Wednesday the 4th and
 * Tuesday the 17th.
 */
let service: TestService;
let officer: ApiClient;
let auditor: ApiClient;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  officer = await service.as('officer', await service.departmentId('ROADS'));
  auditor = await service.as('auditor');
});
afterAll(() => service.close());

const flagsOf = async ({ id }: ContractView) =>
  ok(await auditor.get<{ items: FlagView[] }>(`/contracts/${id}/flags`)).items;
const kindsOf = async (contract: ContractView) =>
  (await flagsOf(contract)).map(({ kind, closedAt }) => `${kind}${closedAt === null ? '' : ' closed'}`);
const suspend = { on: '2026-03-03', reason: 'rain' };

it('is shown by a dry run, refused without a reason, and flagged with one, in the same transaction', async () => {
  const contract = await service.register();
  const path = `/contracts/${contract.id}/suspend`;
  const { reason: _reason, ...unexplained } = suspend;
  const rehearsed = await officer.post<ContractView>(`${path}?dryRun=true`, unexplained);
  expect([rehearsed.status, rehearsed.body.difference?.lost.length]).toEqual([
    200,
    contract.milestones.length,
  ]);
  expect(rehearsed.body.difference?.lost[0]).toEqual({
    milestone: 'signing',
    occurrence: 1,
    contactId: contactIds(contract)[0],
    how: 'held',
    dueAt: '2026-03-04T10:00:00+09:00',
  });
  const refused = problem(await officer.post(path, unexplained));
  expect(refused).toMatchObject({ status: 422, code: 'reason-needed', fields: [{ path: 'reason' }] });
  expect(await flagsOf(contract)).toEqual([]);
  expect(await service.contract(contract.id)).toEqual({ ...contract, difference: undefined });
  ok(await officer.post(path, suspend));
  const [flag] = await flagsOf(contract);
  expect(flag).toMatchObject({ kind: 'not-told', reason: 'rain', departmentId: contract.departmentId });
  expect(flag?.lost).toHaveLength(contract.milestones.length);
  const [leaf] = await service.sql<{ body: { kind: string } }>(
    `SELECT body FROM leaf WHERE kind = 'flag' AND subject_id = $1`,
    [flag?.id],
  );
  expect(leaf?.body.kind).toBe('not-told');
});

it('stays when the change is taken back, and is one row however often it happens', async () => {
  const contract = await service.register();
  for (let times = 0; times < 3; times += 1) {
    ok(await officer.post(`/contracts/${contract.id}/suspend`, suspend));
    ok(await officer.post(`/contracts/${contract.id}/resume`, { on: '2026-03-03' }));
  }
  expect(await kindsOf(contract)).toEqual(['not-told', 'not-told', 'not-told']);
  const { items } = ok(await auditor.get<InboxPage>(`/flags?contractId=${contract.id}`));
  expect(items).toMatchObject([{ kind: 'not-told', count: 3, people: 1, reason: 'rain' }]);
});

it.each<
  [string, (contract: ContractView, contactId: string | undefined) => [string, string, object?], string[]]
>([
  [
    'another number',
    ({ id }, contact) => [
      'patch',
      `/contracts/${id}/contacts/${contact}`,
      { phone: aNumber(), reason: 'left' },
    ],
    ['number-swapped'],
  ],
  [
    'a contact that is removed',
    ({ id }, contact) => ['delete', `/contracts/${id}/contacts/${contact}?reason=left`],
    ['not-told'],
  ],
  ['a termination', ({ id }) => ['post', `/contracts/${id}/terminate`, suspend], ['not-told']],
  [
    // It was to be told on Wednesday, in two days.
    'a signing that is put off to the next month',
    ({ id }) => [
      'patch',
      `/contracts/${id}`,
      { signedOn: '2026-04-01', startsOn: '2026-04-06', reason: 'rain' },
    ],
    ['put-off'],
  ],
  [
    // It was to be told on the 17th: that is not soon.
    'a start that is put off in time',
    ({ id }) => ['patch', `/contracts/${id}`, { startsOn: '2026-05-04' }],
    ['dates-moved-back'],
  ],
  ['an extension', ({ id }) => ['patch', `/contracts/${id}`, { endsOn: '2027-03-31' }], ['dates-moved-back']],
  ['an end that comes sooner', ({ id }) => ['patch', `/contracts/${id}`, { endsOn: '2026-10-30' }], []],
  ['another title', ({ id }) => ['patch', `/contracts/${id}`, { title: '다른 이름' }], []],
  [
    'one more contact',
    ({ id, counterparties: [party] }) => [
      'post',
      `/contracts/${id}/counterparties/${party?.id}/contacts`,
      { name: '박보미', phone: aNumber() },
    ],
    [],
  ],
])('comes of %s as it should', async (_what, change, kinds) => {
  const contract = await service.register();
  const [method, path, body] = change(contract, contactIds(contract)[0]);
  const calls = officer as unknown as Record<
    string,
    (path: string, body?: object) => ReturnType<ApiClient['post']>
  >;
  ok((await calls[method]?.call(officer, path, body)) as Awaited<ReturnType<ApiClient['post']>>);
  expect(await kindsOf(contract)).toEqual(kinds);
});

it('comes of another language than the contact was registered with, and not of that one again', async () => {
  const contract = await service.register();
  const path = `/contracts/${contract.id}/contacts/${contactIds(contract)[0]}`;
  const change = (body: object) => officer.patch<ContractView>(path, body);
  expect(problem(await change({ locale: 'en' })).code).toBe('reason-needed');
  ok(await change({ locale: 'en', reason: 'asked for it' }));
  expect(await kindsOf(contract)).toEqual(['language']);
  // Its language is what it was before.
  ok(await change({ role: '현장소장' }));
  ok(await change({ locale: 'ko' }));
  expect(await kindsOf(contract)).toEqual(['language']);
  const { counterparties } = await service.contract(contract.id);
  expect(counterparties[0]?.contacts[0]?.locale).toBe('ko');
});

it('comes of an import as of anything else', async () => {
  const person = await service.person('officer', await service.departmentId('ROADS'));
  const row = { reference: 'F-2026-1', signedOn: '2026-03-02', person: '이가람' };
  for (const [revision, phone] of [
    [0, '010-0000-1901'],
    [1, '010-0000-1902'],
  ] as const) {
    const content = aSheet([{ ...row, revision, phone }]);
    await applied(service, person, await bring(service, person, { name: `${revision}.csv`, content }));
    await service.approveWaiting();
  }
  const [contract] = await service.sql<ContractView>(`SELECT id FROM contract WHERE reference = 'F-2026-1'`);
  expect(contract && (await kindsOf(contract)).sort()).toEqual(['not-told', 'other-number']);
});

describe('a reference that is taken', () => {
  const withNumber = (phone: string) => ({
    counterparties: [aCounterparty({ contacts: [aContact({ phone })] })],
  });

  it('is flagged once where it has another number, with who gave that and who was refused', async () => {
    const own = aNumber();
    const { reference, departmentId, ...contract } = await service.register(withNumber(own));
    const again = (phone: string, query = '', headers = {}) =>
      officer.post(
        `/contracts${query}`,
        aContract({ reference, departmentId, ...withNumber(phone) }),
        headers,
      );
    for (const answer of [await again(own), await again(aNumber(), '?dryRun=true')])
      expect(problem(answer)).toMatchObject({ status: 409, code: 'reference-taken' });
    expect(await kindsOf(contract as ContractView)).toEqual([]);
    for (const headers of [{ 'idempotency-key': 'registers-again' }, {}, {}])
      expect(problem(await again(aNumber(), '', headers)).code).toBe('reference-taken');
    const [flag, ...others] = await flagsOf(contract as ContractView);
    expect([flag?.kind, flag?.actor, flag?.changed, others]).toEqual([
      'other-number',
      'admin:bootstrap',
      [{ field: 'broughtBy', from: null, to: expect.stringMatching(/^officer:/) as string }],
      [],
    ]);
  });

  it('is flagged once where a system’s other number waits, unless a system gave the one that stands', async () => {
    const approves = service.approvesAtOnce;
    service.approvesAtOnce = false;
    const departmentId = await service.departmentId('ROADS');
    const contract = aContract({ departmentId, ...withNumber(aNumber()) });
    const typed = ok(await officer.post<ContractView>('/contracts', contract));
    const system = await service.register(withNumber(aNumber()));
    const change = async (by: ApiClient, { id, counterparties }: ContractView, phone = aNumber()) => {
      const contactId = counterparties[0]?.contacts[0]?.id;
      const answer = await by.patch(`/contracts/${id}/contacts/${contactId}`, { phone, reason: 'as listed' });
      expect(answer.status).toBe(202);
    };
    await change(officer, typed);
    expect(await kindsOf(typed)).toEqual([]);
    for (const contract of [typed, typed, system]) await change(service.admin, contract);
    service.approvesAtOnce = approves;
    const [flag, ...others] = await flagsOf(typed);
    expect([flag?.kind, flag?.changed, others]).toEqual([
      'other-number',
      [{ field: 'broughtBy', from: null, to: 'admin:bootstrap' }],
      [],
    ]);
    expect(flag?.actor).toMatch(/^officer:/);
    expect(await kindsOf(system)).toEqual([]);
  });

  it('is flagged where it is another department’s, of which a file has another number', async () => {
    const contract = await service.register({
      ...withNumber(aNumber()),
      reference: 'F-2026-9',
      departmentId: await service.departmentId('PARKS'),
    });
    const person = await service.person('officer', await service.departmentId('ROADS'));
    const row = { reference: 'F-2026-9', signedOn: '2026-03-02', person: '이가람', phone: aNumber() };
    await bring(service, person, { name: 'a.csv', content: aSheet([row]) });
    expect(await kindsOf(contract)).toEqual(['other-number']);
  });
});

it('is not raised for a number to which the last text failed', async () => {
  // Numbers that end so are landlines in the sandbox.
  const contract = await service.register({
    counterparties: [
      { name: '(주)가나', contacts: [{ name: '이가람', phone: '010-0000-0001', locale: 'ko' }] },
    ],
  });
  await service.advanceTo('2026-03-05T12:00:00+09:00');
  const [text] = await service.sql<{ status: string }>(
    `SELECT m.status FROM message m JOIN alert a ON a.message_id = m.id WHERE a.contract_id = $1`,
    [contract.id],
  );
  expect(text?.status).toBe('failed');
  ok(
    await officer.patch(`/contracts/${contract.id}/contacts/${contactIds(contract)[0]}`, {
      phone: aNumber(),
    }),
  );
  expect(await kindsOf(contract)).toEqual([]);
});

describe('a sign', () => {
  it('says which date was put off, from what to what, whose texts wait, by whom and why', async () => {
    const contract = await service.register();
    ok(await officer.patch(`/contracts/${contract.id}`, { endsOn: '2027-03-31', reason: 'rain' }));
    const [flag] = await flagsOf(contract);
    expect(flag).toMatchObject({
      kind: 'dates-moved-back',
      reason: 'rain',
      changed: [{ field: 'endsOn', from: contract.endsOn, to: '2027-03-31' }],
    });
    expect(flag?.lost).toContainEqual(expect.objectContaining({ code: 'completion-due', how: 'later' }));
    ok(await officer.patch(`/contracts/${contract.id}`, { endsOn: contract.endsOn }));
    // The way back takes the completion forward by as much.
    expect((await kindsOf(contract)).sort()).toEqual(['brought-forward', 'dates-moved-back']);
  });

  it('is seen of a contract without contacts, too, and not of a draft', async () => {
    const counterparties = [{ name: '(주)가나', contacts: [] }];
    for (const [signedOn, kinds] of [
      ['2026-03-06', ['dates-moved-back']],
      [null, []],
    ] as const) {
      const contract = await service.register({ counterparties, signedOn });
      ok(await officer.patch(`/contracts/${contract.id}`, { endsOn: '2027-03-31' }));
      expect(await kindsOf(contract)).toEqual(kinds);
    }
  });

  it('is no second flag of a change that took something from somebody', async () => {
    const contract = await service.register({ signedOn: '2026-03-06', startsOn: '2026-03-16' });
    const later = { signedOn: '2026-04-01', startsOn: '2026-04-06', reason: 'rain' };
    ok(await officer.patch(`/contracts/${contract.id}`, later));
    expect(await kindsOf(contract)).toEqual(['put-off']);
  });

  it('is raised when a dead number is replaced shortly before an alert, and not long before one', async () => {
    for (const [startsOn, kinds] of [
      ['2026-03-10', ['changed-before-alert']],
      ['2026-04-06', []],
    ] as const) {
      const contact = aContact({ phone: '010-0000-0001' });
      const counterparties = [aCounterparty({ name: `(주)${startsOn}`, contacts: [contact] })];
      const contract = await service.register({ signedOn: '2026-03-04', startsOn, counterparties });
      await service.advanceTo('2026-03-06T12:00:00+09:00');
      const [id] = contactIds(contract);
      ok(await officer.patch(`/contracts/${contract.id}/contacts/${id}`, { phone: aNumber() }));
      expect(await kindsOf(contract)).toEqual(kinds);
      if (kinds.length > 0)
        expect((await flagsOf(contract))[0]?.lost).toMatchObject([
          { code: 'commencement', contactId: id, how: 'number' },
        ]);
    }
  });

  it('is a contract that is registered when a milestone was past its grace, by hand or from a sheet', async () => {
    const late = await service.register({ signedOn: '2026-02-09', startsOn: '2026-04-06' });
    expect(await kindsOf(late)).toEqual(['registered-late']);
    expect((await flagsOf(late))[0]?.lost).toMatchObject([{ code: 'signing', how: 'missed' }]);
    const person = await service.person('officer', await service.departmentId('ROADS'));
    const rows = [
      { reference: 'L-2026-1', signedOn: '2026-02-09' },
      { reference: 'L-2026-2', signedOn: '2026-03-05' },
    ];
    await applied(service, person, await bring(service, person, { name: 'late.csv', content: aSheet(rows) }));
    const found = await service.sql(
      `SELECT c.reference, f.kind FROM flag f JOIN contract c ON c.id = f.contract_id WHERE c.reference LIKE 'L-2026-%'`,
    );
    expect(found).toEqual([{ reference: 'L-2026-1', kind: 'registered-late' }]);
  });

  it('is what is brought forward so much that its text is over when the milestone comes, by a date or a record', async () => {
    const dates = { signedOn: '2026-03-05', startsOn: '2026-03-16', endsOn: '2026-06-24' };
    const record = { occurredOn: '2026-03-09' };
    const byRecord = await service.register(dates);
    ok(await officer.post(`/contracts/${byRecord.id}/milestones/final-payment/occurrences`, record));
    expect(await flagsOf(byRecord)).toMatchObject([
      {
        kind: 'brought-forward',
        // Its text follows on the next business day; the end from which on it was awaited is 106 days later.
        changed: [
          { field: 'milestone', to: 'final-payment' },
          { field: 'toldOn', from: '2026-06-24', to: '2026-03-10' },
          { field: 'daysAhead', to: '106' },
        ],
        lost: [{ code: 'final-payment', how: 'sooner' }],
      },
    ]);
    // A hundred days of works allow 25 days; 26 in two steps are as much as at once.
    const bySteps = await service.register(dates);
    for (const [endsOn, kinds] of [
      ['2026-06-11', []],
      ['2026-05-28', ['brought-forward']],
    ] as const) {
      ok(await officer.patch(`/contracts/${bySteps.id}`, { endsOn }));
      expect(await kindsOf(bySteps)).toEqual(kinds);
    }
    const inTime = await service.register(dates);
    ok(await officer.patch(`/contracts/${inTime.id}`, { endsOn: '2026-06-11' }));
    ok(await officer.post(`/contracts/${inTime.id}/milestones/advance-payment/occurrences`, record));
    expect(await kindsOf(inTime)).toEqual([]);
  });

  it('is a contract that comes into another department, of the one that it leaves, whichever way', async () => {
    const [roads, parks] = [await service.departmentId('ROADS'), await service.departmentId('PARKS')];
    const made = async (departmentId: string, name: string) =>
      ok(await service.admin.post<{ id: string }>('/officers', { departmentId, name })).id;
    const [from, to] = [await made(roads, '김바다'), await made(parks, '이산')];
    const flag = {
      kind: 'moved-department',
      departmentId: roads,
      officerId: from,
      reason: 'move',
      lost: [],
      changed: [{ field: 'departmentId', from: roads, to: parks }],
    };
    const amended = await service.register({ officerId: from, departmentId: roads });
    const change = { departmentId: parks, reason: 'move' };
    ok(await service.admin.patch(`/contracts/${amended.id}`, change));
    expect(await flagsOf(amended)).toMatchObject([flag]);
    const handed = await service.register({ officerId: from, departmentId: roads });
    ok(await service.admin.post('/contracts/hand-over', { contractIds: [handed.id], to, reason: 'move' }));
    expect(await flagsOf(handed)).toMatchObject([flag]);
  });
});

describe('an auditor', () => {
  it('alone sees flags and closes them, with a finding that is kept', async () => {
    const contract = await service.register({ signedOn: '2026-03-06', startsOn: '2026-03-16' });
    ok(await officer.post(`/contracts/${contract.id}/suspend`, { ...suspend, on: '2026-03-06' }));
    const closing = { contractId: contract.id, kind: 'not-told', finding: 'explained', note: 'it did rain' };
    for (const other of [officer, service.admin]) {
      expect((await other.get(`/contracts/${contract.id}/flags`)).status).toBe(403);
      expect((await other.post('/flags/close', closing)).status).toBe(403);
      expect((await other.get('/flags')).status).toBe(403);
    }
    expect(ok(await auditor.post('/flags/close', closing))).toEqual({ closed: 1 });
    expect((await auditor.post('/flags/close', closing)).status).toBe(404);
    expect((await flagsOf(contract))[0]).toMatchObject({ finding: 'explained', note: 'it did rain' });
    const { items } = ok(await auditor.get<InboxPage>(`/flags?contractId=${contract.id}`));
    expect(items).toEqual([]);
    const [change] = await service.sql(`SELECT what, after, reason FROM change WHERE subject = 'flag'`);
    expect(change).toMatchObject({ what: 'flag-closed', after: { finding: 'explained', count: 1 } });
  });

  it('closes them on the contract’s page', async () => {
    const contract = await service.register({ signedOn: '2026-03-06', startsOn: '2026-03-16' });
    ok(await officer.post(`/contracts/${contract.id}/suspend`, { ...suspend, on: '2026-03-06' }));
    const person = await service.person('auditor');
    const path = `/console/contracts/${contract.id}/flags`;
    expect((await person.get(path)).text).toContain('알림을 받지 못함');
    const form = { kind: 'not-told', finding: 'mistake' };
    expect((await person.post(path, form)).status).toBe(400);
    expect((await person.post(path, { ...form, note: '잘못 눌렀음' })).status).toBe(303);
    expect((await person.get(path)).text).toContain('잘못 눌렀음');
  });
});

it('cannot be rewritten or removed by the service’s own role', async () => {
  for (const statement of [
    `UPDATE flag SET kind = 'put-off'`,
    `UPDATE flag SET lost = '[]'`,
    `DELETE FROM flag`,
  ])
    await expect(service.app.get(Database).run(statement)).rejects.toThrow(/permission denied/);
});

// The clock goes on for months here: it is the last.
it('is told again at its time, when what was recorded far ahead is taken back or corrected after its text has left', async () => {
  const dates = { signedOn: '2026-03-05', startsOn: '2026-03-16', endsOn: '2026-04-24' };
  const [contract, corrected] = [await service.register(dates), await service.register(dates)];
  const pathOf = ({ id }: ContractView) => `/contracts/${id}/milestones/final-payment/occurrences`;
  const path = pathOf(contract);
  const textsOf = ({ id } = contract) =>
    service.sql(
      `SELECT m.occurrence, a.status, a.wording, a.due_at AT TIME ZONE 'Asia/Seoul' AS due
       FROM alert a JOIN milestone m ON m.id = a.milestone_id
       WHERE a.contract_id = $1 AND m.code = 'final-payment' ORDER BY m.occurrence`,
      [id],
    );
  for (const one of [contract, corrected]) ok(await officer.post(pathOf(one), { occurredOn: '2026-03-09' }));
  await service.advanceTo('2026-03-10T12:00:00+09:00');
  const told = { occurrence: 1, status: 'messaged', wording: 'milestone' };
  expect(await textsOf()).toMatchObject([told]);
  ok(await officer.call('DELETE', `${path}/1?reason=mistake`));
  // The end is a Friday; 19 days on is Wednesday 13 May, and the neutral text goes out on the day after.
  const again = { occurrence: 2, wording: 'neutral', due: new Date('2026-05-14T10:00:00Z') };
  expect(await textsOf()).toMatchObject([told, { ...again, status: 'planned' }]);
  const day = { occurredOn: '2026-04-27', reason: 'mistake' };
  ok(await officer.patch(`${pathOf(corrected)}/1`, day));
  const atItsDay = { occurrence: 2, wording: 'milestone', due: new Date('2026-04-28T10:00:00Z') };
  expect(await textsOf(corrected)).toMatchObject([told, { ...atItsDay, status: 'planned' }]);
  await service.advanceTo('2026-05-14T12:00:00+09:00');
  expect(await textsOf()).toMatchObject([told, { ...again, status: 'messaged' }]);
  expect(await textsOf(corrected)).toMatchObject([told, { ...atItsDay, status: 'messaged' }]);
  // What is recorded late is what the neutral text was about.
  ok(await officer.post(path, { occurredOn: '2026-05-04' }));
  expect(await textsOf()).toMatchObject([told, { ...again, status: 'messaged' }]);
});
