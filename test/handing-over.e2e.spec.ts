import type { ContractView } from '../src/core/contracts/contract.view.js';
import type { DepartmentView } from '../src/core/departments/department.schema.js';
import { ImportIntake } from '../src/office/imports/uploads.js';
import { ImportJobs } from '../src/office/imports/jobs.js';
import { SessionsService } from '../src/office/accounts/sessions.service.js';
import { type ApiClient, ok, problem } from './support/api-client.js';
import { aContract } from './support/builders.js';
import { startService, type TestService } from './support/service.js';
import { foundAfter } from './support/verifying.js';

let service: TestService;
let roads: string;
let parks: string;
let count = 0;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  [roads, parks] = [await service.departmentId('ROADS'), await service.departmentId('PARKS')];
});
afterAll(() => service.close());

const officerOf = async (departmentId: string) =>
  ok(
    await service.admin.post<{ id: string }>('/officers', {
      departmentId,
      name: '한여울',
      staffNumber: `S-${(count += 1)}`,
    }),
  ).id;

const aDepartment = async (more: object = {}) =>
  ok(
    await service.admin.post<DepartmentView>('/departments', {
      code: `D-${(count += 1)}`,
      name: '새 부서',
      ...more,
    }),
  ).id;

async function* bytesOf(text: string) {
  yield await Promise.resolve(Buffer.from(text));
}

const sheetHead =
  '계약번호,차수,구분,계약명,계약일,착공(착수)일,준공(완료)일,계약금액,담당부서,업체명,담당자,휴대전화';

/** Applies a sheet of these rows. */
async function brought(...rows: string[]): Promise<string> {
  const session = await anAdmin();
  const file = {
    name: 'sheet.csv',
    bytes: bytesOf([sheetHead, ...rows].join('\n')),
    truncated: () => false,
  };
  const { id } = await service.app.get(ImportIntake).takeFile(session.caller, file, null);
  await service.app.get(ImportJobs).runImport(id);
  return id;
}

async function anAdmin() {
  const sessions = service.app.get(SessionsService);
  const session = await sessions.callerOf(await sessions.open(await service.makePerson('admin')));
  if (!session) throw new Error('not signed in');
  return session;
}

const handOver = (client: ApiClient, body: object, query = '') =>
  client.post<{ contracts: number; movedDepartment: number }>(`/contracts/hand-over${query}`, {
    reason: 'staff moved',
    ...body,
  });

const merge = (id: string, into: string, query = '') =>
  service.admin.post<Record<string, number>>(`/departments/${id}/merge${query}`, {
    into,
    reason: 'reorganised',
  });

const keeperOf = async (id: string) => {
  const [row] = await service.sql<{ officer: string | null; department: string; version: number }>(
    `SELECT officer_id AS officer, department_id AS department, version FROM contract WHERE id = $1`,
    [id],
  );
  return row;
};

const alertDepartments = async (id: string) =>
  (
    await service.sql<{ department: string }>(
      `SELECT DISTINCT department_id AS department FROM alert WHERE contract_id = $1`,
      [id],
    )
  ).map((row) => row.department);

describe('handing over', () => {
  it('gives an officer’s contracts to a colleague, each with its change and its leaf', async () => {
    const [from, to] = [await officerOf(roads), await officerOf(roads)];
    const contracts = [
      await service.register({ officerId: from }),
      await service.register({ officerId: from }),
    ];
    const other = await service.register();
    const manager = await service.as('manager', roads);
    expect(ok(await handOver(manager, { from, to }))).toEqual({ contracts: 2, movedDepartment: 0 });
    for (const { id, version } of contracts) {
      expect(await keeperOf(id)).toEqual({ officer: to, department: roads, version: version + 1 });
      const changes = ok(
        await service.admin.get<{
          items: { what: string; before: object; after: object; actor: string; reason: string }[];
        }>(`/contracts/${id}/changes`),
      ).items;
      expect(changes.at(-1)).toMatchObject({
        what: 'handed over: officerId',
        before: { officerId: from },
        after: { officerId: to },
        actor: expect.stringMatching(/^manager:/) as string,
        reason: 'staff moved',
      });
      const leaves = await service.sql<{ what: string; params: object }>(
        `SELECT body->'what' AS what, body->'params' AS params FROM leaf WHERE subject_id = $1 ORDER BY id`,
        [id],
      );
      expect(leaves.at(-1)).toEqual({ what: 'handed-over', params: { field: 'officerId' } });
    }
    expect((await keeperOf(other.id))?.officer).toBeNull();
    expect(ok(await handOver(manager, { from, to }))).toEqual({ contracts: 0, movedDepartment: 0 });
  });

  it('into another department takes the alerts along, and what they stand at', async () => {
    const to = await officerOf(parks);
    const contract = await service.register();
    const before = await service.contract(contract.id);
    expect(ok(await handOver(service.admin, { contractIds: [contract.id], to }))).toEqual({
      contracts: 1,
      movedDepartment: 1,
    });
    const after = await service.contract(contract.id);
    expect(after).toMatchObject({ departmentId: parks, officerId: to });
    expect(await alertDepartments(contract.id)).toEqual([parks]);
    expect(after.milestones).toEqual(before.milestones);
    expect((await (await service.as('officer', roads)).get(`/contracts/${contract.id}`)).status).toBe(404);
    expect((await (await service.as('officer', parks)).get(`/contracts/${contract.id}`)).status).toBe(200);
  });

  it('is shown by a dry run, which changes nothing', async () => {
    const [from, to] = [await officerOf(roads), await officerOf(parks)];
    await service.register({ officerId: from });
    const before = await service.contents();
    expect(ok(await handOver(service.admin, { from, to }, '?dryRun=true'))).toEqual({
      contracts: 1,
      movedDepartment: 1,
    });
    expect(await service.contents()).toEqual(before);
  });

  it('is a manager’s within their departments, and not an officer’s', async () => {
    const manager = await service.as('manager', roads);
    const [own, elsewhere] = [await officerOf(roads), await officerOf(parks)];
    const officer = await service.as('officer', roads);
    const [mine, theirs] = [await service.register(), await service.register({ departmentId: parks })];
    const before = await service.contents();
    expect((await handOver(manager, { contractIds: [mine.id, theirs.id], to: own })).status).toBe(404);
    expect((await handOver(manager, { contractIds: [mine.id], to: elsewhere })).status).toBe(404);
    expect((await handOver(manager, { from: elsewhere, to: own })).status).toBe(404);
    expect((await handOver(officer, { contractIds: [mine.id], to: own })).status).toBe(403);
    expect(await service.contents()).toEqual(before);
    const city = await service.as('manager', await service.departmentId('CITY'));
    expect(ok(await handOver(city, { contractIds: [mine.id, theirs.id], to: own })).contracts).toBe(2);
  });

  it('needs a reason, one of the two ways to say which, and an officer who is there', async () => {
    const [from, to] = [await officerOf(roads), await officerOf(roads)];
    const contract = await service.register({ officerId: from });
    const refused = async (body: object) => problem(await handOver(service.admin, body)).code;
    expect(await refused({ from, to, reason: ' ' })).toBe('validation-failed');
    expect(await refused({ to })).toBe('validation-failed');
    expect(await refused({ from, contractIds: [contract.id], to })).toBe('validation-failed');
    expect(await refused({ from, to: from })).toBe('same-officer');
    await service.sql(`UPDATE officer SET active = false WHERE id = $1`, [to]);
    expect(await refused({ from, to })).toBe('officer-inactive');
  });

  it('is refused where what fell due would become history, or a brake would be evaded', async () => {
    const late = await aDepartment({ goLiveOn: '2026-02-01' });
    const contract = await service.register();
    const refused = async () =>
      problem(await handOver(service.admin, { contractIds: [contract.id], to: await officerOf(late) })).code;
    expect(await refused()).toBe('go-live-later');
    const brake = ok(
      await service.admin.post<{ id: string }>('/brakes', {
        scope: 'department',
        target: roads,
        reason: 'looked into',
      }),
    );
    const evading = await handOver(service.admin, { contractIds: [contract.id], to: await officerOf(parks) });
    expect(problem(evading).code).toBe('department-braked');
    ok(await service.admin.post(`/brakes/${brake.id}/release`, { reason: 'looked into' }));
    expect((await keeperOf(contract.id))?.department).toBe(roads);
  });

  it('has no way round it: a change of the contract and a row of a sheet obey the same', async () => {
    const late = await aDepartment({ goLiveOn: '2026-02-01', name: '늦은과' });
    const [open, braked] = [await aDepartment({ name: '열린과' }), await aDepartment({ name: '멈춘과' })];
    const patched = async (id: string, departmentId: string) =>
      problem(await service.admin.patch(`/contracts/${id}`, { departmentId, reason: 'moved' })).code;
    const contract = await service.register({ departmentId: open });
    expect(await patched(contract.id, late)).toBe('go-live-later');
    ok(await service.admin.post('/brakes', { scope: 'department', target: braked, reason: 'looked into' }));
    const stopped = await service.register({ departmentId: braked });
    expect(await patched(stopped.id, open)).toBe('department-braked');
    // Into the silence, too.
    expect(await patched(contract.id, braked)).toBe('department-braked');
    const into = { contractIds: [contract.id], to: await officerOf(braked) };
    expect(problem(await handOver(service.admin, into)).code).toBe('department-braked');

    const row = (reference: string, department: string) =>
      `${reference},1,공사,보도 정비,2026-03-03,2026-03-16,2026-11-27,110000000,${department},(주)새솔건설,이가람,010-0000-1234`;
    const id = await brought(
      row(contract.reference, '늦은과'),
      row(stopped.reference, '열린과'),
      row('NOT-REFUSED', '열린과'),
    );
    const effects = await service.sql<{ line: number; result: string; code: string | null }>(
      `SELECT e.line, e.result, p.code FROM import_effect e
         LEFT JOIN import_problem p ON p.import_id = e.import_id AND p.line = e.line AND p.fatal
       WHERE e.import_id = $1 ORDER BY e.line`,
      [id],
    );
    expect(effects).toEqual([
      { line: 2, result: 'refused', code: 'go-live-later' },
      { line: 3, result: 'refused', code: 'department-braked' },
      { line: 4, result: 'created', code: null },
    ]);
    expect((await keeperOf(contract.id))?.department).toBe(open);
    expect((await keeperOf(stopped.id))?.department).toBe(braked);
    expect(ok(await service.admin.patch(`/contracts/${contract.id}`, { departmentId: parks }))).toMatchObject(
      {
        departmentId: parks,
      },
    );
  });

  it('of more contracts than a batch leaves none behind', async () => {
    const from = await officerOf(roads);
    const to = await officerOf(parks);
    const { id } = await service.register({ officerId: from });
    // The same contract again, a thousand and two hundred times: planning them would take the test's time.
    const columns = (
      await service.sql<{ name: string }>(
        `SELECT column_name AS name FROM information_schema.columns
         WHERE table_name = 'contract' AND column_name NOT IN ('id', 'reference')
           AND is_generated = 'NEVER' AND table_schema = 'public'`,
      )
    ).map(({ name }) => name);
    await service.sql(
      `INSERT INTO contract (id, reference, ${columns.join(', ')})
       SELECT gen_random_uuid(), 'BULK-' || n, ${columns.join(', ')} FROM contract, generate_series(1, 1200) n WHERE id = $1`,
      [id],
    );
    expect(ok(await handOver(service.admin, { from, to }))).toEqual({
      contracts: 1201,
      movedDepartment: 1201,
    });
    const [left] = await service.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM contract WHERE officer_id = $1 OR (officer_id = $2 AND department_id <> $3)`,
      [from, to, parks],
    );
    expect(left?.n).toBe(0);
    const [changes] = await service.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM change WHERE what = 'handed-over' AND after->>'officerId' = $1`,
      [to],
    );
    expect(changes?.n).toBe(1201);
  });
});

describe('merging a department', () => {
  it('takes its contracts, alerts, officers, accounts, keys and those below it along', async () => {
    const parentId = await service.departmentId('CITY');
    const [old, into] = [await aDepartment({ parentId }), await aDepartment({ parentId })];
    const below = await aDepartment({ parentId: old });
    const officer = await officerOf(old);
    const account = await service.makePerson('manager', old);
    const session = await service.app.get(SessionsService).open(account);
    const key = await service.keyFor('officer', old);
    const contract = await service.register({ departmentId: old, officerId: officer });
    const expected = { contracts: 1, officers: 1, accounts: 1, apiKeys: 1, departments: 1 };
    const before = await service.contents();
    expect(ok(await merge(old, into, '?dryRun=true'))).toEqual(expected);
    expect(await service.contents()).toEqual(before);
    expect(ok(await merge(old, into))).toEqual(expected);

    expect(await keeperOf(contract.id)).toMatchObject({ officer, department: into });
    expect(await alertDepartments(contract.id)).toEqual([into]);
    expect((await service.client(key).get(`/contracts/${contract.id}`)).status).toBe(200);
    expect((await service.app.get(SessionsService).callerOf(session))?.caller.departmentId).toBe(into);
    const { items } = ok(await service.client(key).get<{ items: DepartmentView[] }>('/departments'));
    expect(items.map(({ id, parentId, mergedInto }) => ({ id, parentId, mergedInto }))).toEqual(
      expect.arrayContaining([
        { id: into, parentId: expect.any(String) as string, mergedInto: null },
        { id: old, parentId: into, mergedInto: into },
        { id: below, parentId: into, mergedInto: null },
      ]),
    );
    const [change] = await service.sql<{ reason: string; after: object; actor: string }>(
      `SELECT reason, after, actor FROM change WHERE subject = 'department' AND subject_id = $1 AND what = 'merged'`,
      [old],
    );
    expect(change).toMatchObject({
      reason: 'reorganised',
      actor: 'admin:bootstrap',
      after: { mergedInto: into },
    });
    const contractChanges = await service.sql(
      `SELECT what, params FROM change WHERE contract_id = $1 ORDER BY id`,
      [contract.id],
    );
    expect(contractChanges.at(-1)).toEqual({ what: 'department-merged', params: { field: 'departmentId' } });
  });

  it('takes nothing new from then on', async () => {
    const [old, into] = [await aDepartment(), await aDepartment()];
    ok(await merge(old, into));
    const elsewhere = await service.register();
    const codes = [
      await service.admin.post('/contracts', aContract({ departmentId: old })),
      await service.admin.patch(`/contracts/${elsewhere.id}`, { departmentId: old }),
      await service.admin.post('/officers', { departmentId: old, name: '한여울' }),
      await service.admin.post('/departments', { code: `D-${(count += 1)}`, name: '하위', parentId: old }),
      await service.admin.post('/accounts', {
        email: 'late@hanbit.example',
        name: '한여울',
        role: 'officer',
        departmentId: old,
      }),
      await merge(await aDepartment(), old),
      await merge(old, await aDepartment()),
    ].map((answer) => problem(answer).code);
    expect(codes).toEqual(Array(7).fill('department-merged'));
  });

  it('that was cut off is finished by asking again', async () => {
    const [old, into] = [await aDepartment(), await aDepartment()];
    ok(await merge(old, into));
    const { id } = await service.register();
    await service.sql(`UPDATE contract SET department_id = $2 WHERE id = $1`, [id, old]);
    expect(ok(await merge(old, into))).toMatchObject({ contracts: 1 });
    expect((await keeperOf(id))?.department).toBe(into);
    const changes = await service.sql(
      `SELECT 1 FROM change WHERE subject = 'department' AND subject_id = $1 AND what = 'merged'`,
      [old],
    );
    expect(changes).toHaveLength(1);
  });

  it('is found by its old name in a sheet, which comes to where it is now', async () => {
    const [old, into] = [await aDepartment({ name: '옛이름과' }), await aDepartment()];
    ok(await merge(old, into));
    const sheet =
      '계약번호,차수,구분,계약명,계약일,착공(착수)일,준공(완료)일,계약금액,담당부서,업체명,담당자,휴대전화\n' +
      'OLD-NAMED,0,공사,보도 정비,2026-03-03,2026-03-16,2026-11-27,110000000,옛이름과,(주)새솔건설,이가람,010-0000-1234';
    const person = await service.makePerson('admin');
    const session = await service.app
      .get(SessionsService)
      .callerOf(await service.app.get(SessionsService).open(person));
    if (!session) throw new Error('not signed in');
    const file = { name: 'sheet.csv', bytes: bytesOf(sheet), truncated: () => false };
    const { id } = await service.app.get(ImportIntake).takeFile(session.caller, file, null);
    await service.app.get(ImportJobs).runImport(id);
    const rows = await service.sql<{ department: string }>(
      `SELECT department_id AS department FROM contract WHERE reference = 'OLD-NAMED'`,
    );
    expect(rows).toEqual([{ department: into }]);
    // Whoever uploaded it is kept by their id.
    const kept = JSON.stringify(await service.sql(`SELECT caller FROM import WHERE id = $1`, [id]));
    expect(kept).toContain(person);
    expect(kept).not.toContain(session.caller.name);
  });

  it('leads from what was merged before to where it is now', async () => {
    const [first, second, third] = [await aDepartment(), await aDepartment(), await aDepartment()];
    ok(await merge(first, second));
    ok(await merge(second, third));
    const { items } = ok(await service.admin.get<{ items: DepartmentView[] }>('/departments'));
    expect(items.filter(({ id }) => id === first || id === second).map((d) => d.mergedInto)).toEqual([
      third,
      third,
    ]);
  });

  it('is refused into itself, into one below it, and into one that went live later', async () => {
    const old = await aDepartment();
    const [below, late] = [
      await aDepartment({ parentId: old }),
      await aDepartment({ goLiveOn: '2026-02-01' }),
    ];
    const contract: ContractView = await service.register({ departmentId: old });
    expect(problem(await merge(old, old)).code).toBe('merge-into-itself');
    expect(problem(await merge(old, below)).code).toBe('merge-downwards');
    expect(problem(await merge(old, late)).code).toBe('go-live-later');
    expect(await keeperOf(contract.id)).toMatchObject({ department: old });
  });

  it('waits for a brake on it to be released', async () => {
    const [old, into] = [await aDepartment(), await aDepartment()];
    await service.register({ departmentId: old });
    ok(await service.admin.post('/brakes', { scope: 'department', target: old, reason: 'looked into' }));
    expect(problem(await merge(old, into)).code).toBe('department-braked');
    ok(await service.admin.post('/brakes', { scope: 'department', target: into, reason: 'looked into' }));
    expect(ok(await merge(old, into)).contracts).toBe(1);
  });
});

it('leaves accounts and keys that fit the log where a merger moved them', async () => {
  const [old, into] = [await aDepartment(), await aDepartment()];
  await service.as('officer', old);
  ok(await merge(old, into));
  // Contracts of this world were written and altered by hand.
  const found = (await foundAfter(service)).map(({ params }) => params['table']);
  expect(found.filter((table) => table === 'account' || table === 'api_key')).toEqual([]);
});
