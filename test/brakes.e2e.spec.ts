import { BrakesService } from '../src/core/sending/brakes.service.js';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ok, problem } from './support/api-client.js';
import { aContact, aCounterparty, aNumber, type ContractInput } from './support/builders.js';
import { milestoneOf } from './support/contract-reading.js';
import { newId } from '../src/platform/ids.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
});
afterAll(() => service.close());
afterEach(async () => {
  for (const brake of await brakes()) if (brake.releasedAt === null) await release(brake);
});

interface Brake {
  id: string;
  scope: string;
  target: string;
  readable: boolean;
  releasedAt: string | null;
}

const brakes = async () => ok(await service.admin.get<{ items: Brake[] }>('/brakes')).items;
const pull = async (scope: string, target = 'all') =>
  ok(await service.admin.post<Brake>('/brakes', { scope, target, reason: 'an error was found' }));
const release = async ({ id }: Brake) =>
  ok(await service.admin.post<Brake>(`/brakes/${id}/release`, { reason: 'it was mended' }));

/** A contract that is signed today, of which the next business day tells. */
async function signedToday(input: Partial<ContractInput> = {}): Promise<ContractView> {
  const { now } = ok(await service.admin.get<{ now: string }>('/sandbox/clock'));
  return service.register({ signedOn: now.slice(0, 10), startsOn: null, ...input });
}

const alertOf = async ({ id }: ContractView) => milestoneOf(await service.contract(id), 'signing').alerts[0];

async function advanceToItsAlert(contract: ContractView): Promise<void> {
  await service.advanceTo((await alertOf(contract))?.dueAt ?? '');
  // What waits half a minute for a braked template is looked at again.
  await service.sql(`UPDATE alert SET retry_at = NULL WHERE status = 'planned'`);
}

const wasTold = async ({ reference }: ContractView) =>
  (await service.texts()).some((text) => text.text.includes(reference));

it.each([
  ['agency', 'all'],
  ['sender', 'SANDBOX'],
  ['department', 'ROADS'],
  ['department', 'CITY'],
  ['template', 'ko/any/signing'],
])('on the %s %s stops what it names, and its release lets that go on', async (scope, target) => {
  const contract = await signedToday();
  const brake = await pull(scope, scope === 'department' ? await service.departmentId(target) : target);
  await advanceToItsAlert(contract);
  expect(await wasTold(contract)).toBe(false);
  expect(await alertOf(contract)).toMatchObject({ status: 'planned', reason: null });

  await release(brake);
  await advanceToItsAlert(contract);
  expect(await wasTold(contract)).toBe(true);
});

it('on one department or template leaves the others alone', async () => {
  const parks = await service.departmentId('PARKS');
  const braked = await signedToday();
  const free = await signedToday({ departmentId: parks });
  const english = await signedToday({
    departmentId: parks,
    counterparties: [aCounterparty({ contacts: [aContact({ locale: 'en' })] })],
  });
  await pull('department', await service.departmentId('ROADS'));
  await pull('template', 'en/any/signing');
  await advanceToItsAlert(free);
  expect([await wasTold(free), await wasTold(braked), await wasTold(english)]).toEqual([true, false, false]);
});

it('says who pulled it, why and when, and who released it', async () => {
  const brake = await pull('agency');
  await release(brake);
  expect((await brakes()).find(({ id }) => id === brake.id)).toMatchObject({
    scope: 'agency',
    actor: 'admin:bootstrap',
    reason: 'an error was found',
    releasedBy: 'admin:bootstrap',
    releaseReason: 'it was mended',
  });
  const said = await service.sql<{ what: string }>(
    `SELECT what FROM change WHERE subject_id = $1 ORDER BY id`,
    [brake.id],
  );
  expect(said).toEqual([{ what: 'brake-pulled' }, { what: 'brake-released' }]);
});

it('is on once, and released once', async () => {
  const brake = await pull('agency');
  const again = { scope: 'agency', target: 'all', reason: 'once more' };
  expect(problem(await service.admin.post('/brakes', again))).toMatchObject({
    status: 409,
    code: 'brake-already-on',
  });
  await release(brake);
  expect((await service.admin.post(`/brakes/${brake.id}/release`, { reason: 'again' })).status).toBe(404);
  expect((await service.admin.post('/brakes', again)).status).toBe(201);
});

it('of the service, because texts fail, is shown with its figures to admins and auditors, and released by an admin', async () => {
  const target = await service.departmentId('ROADS');
  const contract = await signedToday();
  const brake = await service.app
    .get(BrakesService)
    .pullBrake('system', { scope: 'department', target, reason: 'texts-fail-20/60' });
  await advanceToItsAlert(contract);
  expect(await wasTold(contract)).toBe(false);
  const why = '닿지 않은 번호가 너무 많습니다(20/60)';
  for (const role of ['admin', 'auditor'] as const) {
    const person = await service.person(role);
    expect((await person.get('/console')).text).toContain(why);
    expect((await person.get('/console/settings/brakes')).text).toContain(why);
  }
  const officer = await service.person('officer', target);
  const home = (await officer.get('/console')).text;
  expect([home.includes('부서'), home.includes(why)]).toEqual([true, false]);
  await release(brake as unknown as Brake);
  await advanceToItsAlert(contract);
  expect(await wasTold(contract)).toBe(true);
});

it('needs a reason', async () => {
  const answer = await service.admin.post('/brakes', { scope: 'agency', target: 'all' });
  expect(problem(answer)).toMatchObject({ status: 400, fields: [{ path: 'reason' }] });
});

describe('a brake on nothing', () => {
  const nobody = '01996f3e-0000-7000-8000-0000000000aa';
  const wrong: [scope: string, target: string | undefined][] = [
    ['department', undefined],
    ['department', nobody],
    ['department', 'ROADS'],
    ['template', undefined],
    ['template', 'ko/any/nowhere'],
    ['sender', undefined],
    ['sender', '+12125550199'],
    ['agency', 'ROADS'],
  ];
  const before = () =>
    service.sql(`SELECT id FROM brake UNION SELECT id FROM change WHERE subject = 'brake'`);

  it.each(wrong)('is refused by the API: %s %s', async (scope, target) => {
    const known = await before();
    const answer = problem(await service.admin.post('/brakes', { scope, target, reason: 'a test' }));
    expect(answer).toMatchObject({ status: 422, code: 'brake-target-unknown', fields: [{ path: 'target' }] });
    expect(await before()).toEqual(known);
  });

  it.each(wrong)('is refused by the page in the same words: %s %s', async (scope, target = '') => {
    const known = await before();
    const admin = await service.person('admin');
    const answer = await admin.post('/console/settings/brakes', { scope, target, reason: 'a test' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('발송 중지의 대상');
    expect(await before()).toEqual(known);
  });

  it('of an unknown scope is refused, and one without a reason', async () => {
    for (const wanted of [
      { scope: 'instance', reason: 'a test' },
      { scope: 'route', target: 'SANDBOX/KR', reason: 'a test' },
      { scope: 'agency', reason: '  a ' },
      { scope: 'agency', reason: 'a\0b' },
      { scope: 'agency', reason: 'a'.repeat(501) },
    ])
      expect(problem(await service.admin.post('/brakes', wanted)).status).toBe(400);
  });
});

describe('the release of a brake', () => {
  it.each(['', '  ', 'ab', 'a'.repeat(501), 'so\0so'])('wants a reason, and %j is none', async (reason) => {
    const { id } = await pull('agency');
    const refused = problem(await service.admin.post(`/brakes/${id}/release`, { reason }));
    expect([refused.status, refused.fields?.[0]?.path]).toEqual([400, 'reason']);
    const admin = await service.person('admin');
    expect((await admin.post(`/console/settings/brakes/${id}/release`, { reason })).status).toBe(400);
    expect((await brakes()).find((brake) => brake.id === id)).toMatchObject({ releasedAt: null });
  });
});

describe('a stored brake that cannot be read', () => {
  /** As the version before has stored it, or one that comes later. */
  async function store(scope: string, target: string): Promise<void> {
    const columns = `(id, scope, target, reason, actor)`;
    const values = [newId(), scope, target, 'an error was found', 'admin:bootstrap'];
    await service.sql(`INSERT INTO brake ${columns} VALUES ($1, $2, $3, $4, $5)`, values);
  }

  const metrics = async () => (await service.admin.get('/metrics')).text;

  beforeAll(() => service.sql(`ALTER TABLE brake DROP CONSTRAINT brake_scope_check`));

  it.each([
    ['department', 'all'],
    ['department', 'ROADS'],
    ['department', '01996f3e-0000-7000-8000-0000000000aa'],
    ['template', 'all'],
    ['sender', 'all'],
    ['route', 'all'],
    ['officer', 'H-1042'],
  ])('stops everything, is shown, and lets all go at its release: %s %s', async (scope, target) => {
    const contract = await signedToday();
    await store(scope, target);
    await advanceToItsAlert(contract);
    expect(await wasTold(contract)).toBe(false);
    expect(await alertOf(contract)).toMatchObject({ status: 'planned', reason: null });

    const brake = (await brakes()).find(({ releasedAt }) => releasedAt === null);
    expect(brake).toMatchObject({ scope, target, readable: false });
    for (const role of ['admin', 'officer'] as const) {
      const person = await service.person(
        role,
        role === 'admin' ? null : await service.departmentId('PARKS'),
      );
      expect((await person.get('/console')).text).toContain('대상을 읽을 수 없는 발송 중지');
    }
    const page = (await (await service.person('admin')).get('/console/settings/brakes')).text;
    expect(page).toContain('대상을 읽을 수 없는 발송 중지');
    await until('the metrics tell of it', async () =>
      (await metrics()).includes('chorong_brakes_unreadable 1'),
    );

    const admin = await service.person('admin');
    const path = `/console/settings/brakes/${brake?.id}/release`;
    expect((await admin.post(path, { reason: 'it was mended' })).status).toBe(303);
    await advanceToItsAlert(contract);
    expect(await wasTold(contract)).toBe(true);
    expect((await admin.get('/console/settings/brakes')).status).toBe(200);
    await until('the metrics forget it', async () =>
      (await metrics()).includes('chorong_brakes_unreadable 0'),
    );
  });

  it('does not stand in the way of moving a contract', async () => {
    const contract = await signedToday();
    await store('department', 'all');
    const departmentId = await service.departmentId('PARKS');
    ok(await service.admin.patch(`/contracts/${contract.id}`, { departmentId, reason: 'reorganised' }));
  });

  it('is not what a brake of the provider’s before is: that sender is known', async () => {
    const contract = await signedToday();
    await service.sql(`INSERT INTO pace (sender, next_at) VALUES ('BEFORE', now())`);
    await store('sender', 'BEFORE');
    await store('route', 'BEFORE/');
    expect((await brakes()).filter((brake) => brake.releasedAt === null && !brake.readable)).toEqual([]);
    await advanceToItsAlert(contract);
    expect(await wasTold(contract)).toBe(true);
  });
});

describe('a rehearsal', () => {
  it('plans everything and texts only the numbers that are listed', async () => {
    const [listed, other] = [aNumber(), aNumber()];
    const { value } = ok(await service.admin.get<{ items: { value: object }[] }>('/agency')).items[0] ?? {};
    ok(await service.admin.post('/agency', { ...value, rehearsal: { on: true, numbers: [listed] } }));
    const of = (phone: string) => [aCounterparty({ contacts: [aContact({ phone })] })];
    const told = await signedToday({ counterparties: of(listed) });
    const untold = await signedToday({ counterparties: of(other) });
    expect(await alertOf(untold)).toMatchObject({ status: 'planned' });
    await advanceToItsAlert(told);
    expect([await wasTold(told), await wasTold(untold)]).toEqual([true, false]);
    expect(await alertOf(untold)).toMatchObject({ status: 'missed', reason: 'rehearsal' });
    ok(await service.admin.post('/agency', value));
  });
});
