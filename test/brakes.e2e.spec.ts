import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ok, problem } from './support/api-client.js';
import { aContact, aCounterparty, aNumber, type ContractInput } from './support/builders.js';
import { milestoneOf } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

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

it('needs a reason', async () => {
  const answer = await service.admin.post('/brakes', { scope: 'agency', target: 'all' });
  expect(problem(answer)).toMatchObject({ status: 400, fields: [{ path: 'reason' }] });
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
