import { type Caller, type Role, roles } from '../../src/core/access/roles.js';
import type { DepartmentView } from '../../src/core/departments/department.schema.js';
import { DepartmentsService } from '../../src/core/departments/departments.service.js';
import { OfficersService } from '../../src/core/departments/officers.service.js';
import { AppError } from '../../src/platform/app-error.js';
import { newId } from '../../src/platform/ids.js';
import { admin, SendingBench } from '../support/sending-bench.js';

// A city with roads, lamps below them, and parks beside: who sees what of it, and what they may change.

const tree = {
  CITY: ['CITY', 'LAMPS', 'PARKS', 'ROADS'],
  ROADS: ['LAMPS', 'ROADS'],
  LAMPS: ['LAMPS'],
  PARKS: ['PARKS'],
};
type Code = keyof typeof tree;
const codes = Object.keys(tree) as Code[];

let bench: SendingBench;
let departments: DepartmentsService;
let officers: OfficersService;
const made = new Map<Code, DepartmentView>();

beforeAll(async () => {
  bench = await SendingBench.start();
  departments = bench.get(DepartmentsService);
  officers = bench.get(OfficersService);
  for (const [code, parentId] of [
    ['CITY', null],
    ['ROADS', 'CITY'],
    ['LAMPS', 'ROADS'],
    ['PARKS', 'CITY'],
  ] as [Code, Code | null][]) {
    const wanted = { code, name: code, parentId: parentId && idOf(parentId) };
    made.set(code, await departments.create('set-up', wanted));
  }
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  await bench.sql(`UPDATE department SET head_officer_id = NULL, go_live_on = NULL, merged_into = NULL`);
  await bench.sql(`DELETE FROM officer`);
});

const idOf = (code: Code) => made.get(code)?.id ?? '';
const codesOf = (ids: string[]) => codes.filter((code) => ids.includes(idOf(code))).sort();
const as = (role: Role, code: Code | null): Caller => ({
  ...admin,
  role,
  name: 'test',
  departmentId: code && idOf(code),
});
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : error);
const outcome = (work: Promise<unknown>) => work.then(() => 'done', codeOf);
const changes = () =>
  bench.sql(
    `SELECT subject, subject_id AS id, what, before, after, actor, reason FROM change ORDER BY change.id`,
  );
const seesAll = (role: Role) => role === 'admin' || role === 'auditor';

describe.each(roles)('a %s', (role) => {
  it.each(codes)('of %s sees it and what lies below, within whatever is asked for', async (code) => {
    const caller = as(role, code);
    const sees = seesAll(role) ? codes.toSorted() : tree[code];
    const seen = await departments.seenBy(caller);
    expect(seen && codesOf(seen)).toEqual(seesAll(role) ? null : sees);
    expect(await departments.seenWithin(caller, undefined)).toEqual(seen);
    const sight = await departments.sightOf(caller);
    for (const other of codes) {
      expect([other, sight(idOf(other))]).toEqual([other, sees.includes(other)]);
      const within = (await departments.seenWithin(caller, idOf(other))) ?? [];
      expect([other, codesOf(within)]).toEqual([other, tree[other].filter((one) => sees.includes(one))]);
      const found = await outcome(departments.mustSee(caller, idOf(other)));
      expect([other, found]).toEqual([other, sees.includes(other) ? 'done' : 'not-found']);
    }
    expect((await departments.list(caller)).flatMap(({ id }) => codesOf([id]))).toEqual(sees);
    expect(await outcome(departments.mustSee(caller, newId()))).toBe('not-found');
  });

  it('of no department sees all or nothing', async () => {
    const caller = as(role, null);
    expect(await departments.seenBy(caller)).toEqual(seesAll(role) ? null : []);
    expect(await departments.list(caller)).toHaveLength(seesAll(role) ? codes.length : 0);
  });

  it.each(codes)('of %s names only officers whom they see, and sees no others', async (code) => {
    const caller = as(role, code);
    const sees = seesAll(role) ? codes : tree[code];
    const ids = new Map<Code, string>();
    for (const departmentCode of codes) {
      const wanted = { departmentId: idOf(departmentCode), name: `이${departmentCode}` };
      ids.set(departmentCode, (await officers.addOfficer('set-up', wanted)).id);
    }
    const codesHeld = (all: { id: string }[]) =>
      codes.filter((one) => all.some(({ id }) => id === ids.get(one)));
    const visible = codes.filter((one) => sees.includes(one));
    for (const other of codes) {
      const may = await outcome(departments.mustBeNameable(caller, ids.get(other) ?? ''));
      expect([other, may]).toEqual([other, sees.includes(other) ? 'done' : 'reference-unknown']);
      expect(codesHeld(await officers.named(caller, ids.get(other)))).toEqual(
        codes.filter((one) => one === other || sees.includes(one)),
      );
      const left = await outcome(officers.amend(caller, ids.get(other) ?? '', { active: true }));
      expect([other, left]).toEqual([other, sees.includes(other) ? 'done' : 'not-found']);
    }
    if (!seesAll(role))
      expect(await outcome(departments.mustBeNameable(caller, newId()))).toBe('reference-unknown');
    expect(codesHeld(await officers.officers(caller))).toEqual(visible);
    expect(codesHeld(await officers.choices(caller))).toEqual(visible);
    const added = await outcome(officers.addOfficer(caller, { departmentId: idOf('PARKS'), name: '박노을' }));
    expect(added).toBe(sees.includes('PARKS') ? 'done' : 'not-found');
  });
});

describe('a department', () => {
  it('is made and changed with an entry of the log, by whom it was', async () => {
    const one = await departments.create('set-up', { code: 'ONE', name: '하나' });
    const two = await departments.create(admin, { code: 'TWO', name: '둘', parentId: one.id, nameEn: 'Two' });
    const amended = await departments.amend(admin, two.id, { name: '둘째', reason: '개편' });
    expect(await departments.amend(admin, two.id, { name: '둘째' })).toEqual(amended);
    expect(amended).toEqual({ ...two, name: '둘째' });
    expect(await changes()).toMatchObject([
      { what: 'created', id: one.id, actor: 'set-up', before: null, after: { code: 'ONE' }, reason: null },
      { what: 'created', id: two.id, actor: 'admin:test', after: { code: 'TWO', parentId: one.id } },
      {
        what: 'amended',
        before: { name: '둘' },
        after: { name: '둘째' },
        actor: 'admin:test',
        reason: '개편',
      },
    ]);
    expect((await departments.mustBeOpen(two.id)).name).toBe('둘째');
    await bench.sql(`DELETE FROM department WHERE id = ANY($1)`, [[one.id, two.id]]);
  });

  it('has a code of its own, and a parent that takes new ones', async () => {
    const make = (rest: { code?: string; parentId?: string }) =>
      outcome(departments.create(admin, { code: 'NEW', name: '새 과', ...rest }));
    expect(await make({ code: 'ROADS' })).toBe('department-code-taken');
    expect(await make({ parentId: newId() })).toBe('parent-unknown');
    await bench.sql(`UPDATE department SET merged_into = $1 WHERE id = $2`, [idOf('ROADS'), idOf('PARKS')]);
    expect(await make({ parentId: idOf('PARKS') })).toBe('department-merged');
    expect(await changes()).toEqual([]);
  });

  it('that was merged takes nothing new, nor does one that there is not', async () => {
    await bench.sql(`UPDATE department SET merged_into = $1 WHERE id = $2`, [idOf('ROADS'), idOf('PARKS')]);
    expect(await outcome(departments.mustBeOpen(idOf('PARKS')))).toBe('department-merged');
    expect(await outcome(departments.mustBeOpen(newId()))).toBe('not-found');
    const wanted = { departmentId: idOf('PARKS'), name: '박노을' };
    expect(await outcome(officers.addOfficer('set-up', wanted))).toBe('department-merged');
  });

  it('has a head that there is, and one go-live day once it has contracts', async () => {
    const amend = (patch: object) => outcome(departments.amend(admin, idOf('PARKS'), patch));
    expect(await amend({ headOfficerId: newId() })).toBe('officer-unknown');
    const { id } = await officers.addOfficer('set-up', { departmentId: idOf('PARKS'), name: '박노을' });
    expect(await amend({ headOfficerId: id })).toBe('done');
    await bench.alert({ departmentId: idOf('ROADS') });
    expect(await amend({ goLiveOn: '2026-01-01' })).toBe('done');
    await bench.alert({ departmentId: idOf('PARKS') });
    expect(await amend({ goLiveOn: '2026-01-02' })).toBe('department-is-live');
    expect(await amend({ goLiveOn: null })).toBe('department-is-live');
    expect(await amend({ goLiveOn: '2026-01-01', name: '공원과', headOfficerId: null })).toBe('done');
    const days = await departments.goLiveDays([idOf('PARKS'), idOf('ROADS')]);
    expect(Object.fromEntries(days)).toEqual({ [idOf('PARKS')]: '2026-01-01', [idOf('ROADS')]: null });
  });
});

describe('an officer', () => {
  const add = (rest: { name?: string; staffNumber?: string; phone?: string; departmentId?: string } = {}) =>
    officers.addOfficer(admin, { departmentId: idOf('ROADS'), name: '김하늘', ...rest });

  it('is added, leaves and comes back, each time with an entry of the log, and not for nothing', async () => {
    const { id } = await add();
    for (const active of [true, false, false, true]) {
      expect(await officers.amend(admin, id, { active, reason: '인사' })).toMatchObject({ id, active });
    }
    expect(await officers.amend(admin, id, {})).toMatchObject({ id, active: true });
    const [created, ...moves] = await changes();
    expect(created).toMatchObject({
      what: 'created',
      subject: 'officer',
      id,
      actor: 'admin:test',
      before: null,
    });
    expect(moves).toMatchObject([
      { what: 'left', id, before: { active: true }, after: { active: false }, reason: '인사' },
      { what: 'returned', id, before: { active: false }, after: { active: true }, actor: 'admin:test' },
    ]);
    await bench.clear();
    await officers.addOfficer('set-up', { departmentId: idOf('ROADS'), name: '박노을' });
    expect(await changes()).toMatchObject([{ what: 'created', actor: 'set-up' }]);
    expect(await outcome(officers.amend(admin, newId(), { active: false }))).toBe('not-found');
  });

  it('has a staff number of their own, and may have none', async () => {
    await add({ staffNumber: 'H-1' });
    expect(await outcome(add({ staffNumber: 'H-1' }))).toBe('staff-number-taken');
    expect(await outcome(add({ staffNumber: 'H-2' }))).toBe('done');
    expect([await outcome(add()), await outcome(add())]).toEqual(['done', 'done']);
  });

  it('is kept by a blind index of their number, or of none', async () => {
    const [one, other] = [await add({ phone: '010-0000-1234' }), await add()];
    expect([one.phone, other.phone]).toEqual(['010-****-1234', null]);
    const indexOf = async (id: string) => (await bench.row('officer', id))['phone_index'];
    expect(await indexOf(one.id)).toEqual(bench.sealer.blindIndex('+821000001234'));
    expect(await indexOf(other.id)).toBeNull();
    expect(await outcome(add({ phone: '02-123-4567' }))).toBe('number-unusable');
  });

  it('who has left is offered to nobody but where they are chosen', async () => {
    const [here, gone] = [await add({ name: '김하늘' }), await add({ name: '박노을' })];
    await officers.amend(admin, gone.id, { active: false });
    const idsOf = (all: { id: string }[]) => all.map(({ id }) => id);
    expect(idsOf(await officers.choices(admin))).toEqual([here.id]);
    expect(idsOf(await officers.choices(admin, gone.id))).toEqual([here.id, gone.id]);
    expect((await officers.named(admin)).map(({ name, active }) => [name, active])).toEqual([
      ['김하늘', true],
      ['박노을', false],
    ]);
  });

  it('is found in a department by staff number, or by a name that nobody else there has', async () => {
    const one = await add({ name: '김하늘', staffNumber: 'H-1' });
    const namesake = await add({ name: '김하늘', staffNumber: 'H-2' });
    const only = await add({ name: '박노을', staffNumber: 'H-3' });
    const elsewhere = await add({ name: '김하늘', staffNumber: 'H-4', departmentId: idOf('PARKS') });
    const gone = await add({ name: '윤슬기', staffNumber: 'H-5' });
    await officers.amend(admin, gone.id, { active: false });
    const finder = await officers.finder();
    const found = (code: Code, named: string) => finder.find(idOf(code), named);
    expect([found('ROADS', 'H-1'), found('ROADS', ' H-2 '), found('ROADS', 'H-4')]).toEqual([
      one.id,
      namesake.id,
      null,
    ]);
    expect([found('ROADS', '김하늘'), found('PARKS', '김하늘'), found('ROADS', '박노을')]).toEqual([
      null,
      elsewhere.id,
      only.id,
    ]);
    expect([found('ROADS', '윤슬기'), found('ROADS', 'H-5'), found('LAMPS', '박노을')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
