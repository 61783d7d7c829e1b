import { ok, problem } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { alertLines } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;

beforeEach(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
});
afterEach(() => service.close());

interface Brake {
  id: string;
  scope: string;
  target: string;
}

const pull = async (scope: string, target = 'all') =>
  ok(await service.admin.post<Brake>('/brakes', { scope, target, reason: 'an error was found' }));
const release = async ({ id }: Brake) =>
  ok(await service.admin.post<Brake>(`/brakes/${id}/release`, { reason: 'it was mended' }));

/** What waits half a minute before it is looked at again. */
const aMinuteLater = () => service.sql(`UPDATE alert SET retry_at = NULL WHERE status = 'planned'`);

const referencesTold = async () =>
  (await service.texts()).map((text) => /C-2026-\d+/.exec(text.text)?.[0]).sort();

it.each([
  ['agency', 'all'],
  ['sender', 'SANDBOX'],
  ['department', 'ROADS'],
  ['department', 'CITY'],
  ['template', 'ko/any/signing'],
])('on the %s %s stops what it names, and its release lets that go on', async (scope, target) => {
  const contract = await service.register();
  const brake = await pull(scope, scope === 'department' ? await service.departmentId(target) : target);
  await service.advanceTo('2026-03-04T12:00:00+09:00');
  expect(await service.texts()).toEqual([]);
  expect(alertLines(await service.contract(contract.id))[0]).toMatch(/^signing 1: planned/);

  await release(brake);
  await aMinuteLater();
  await service.advanceTo('2026-03-04T12:05:00+09:00');
  expect(await referencesTold()).toEqual([contract.reference]);
});

it('on one department or template leaves the others alone', async () => {
  const parks = await service.departmentId('PARKS');
  const braked = await service.register();
  const free = await service.register({ departmentId: parks });
  const english = await service.register({
    departmentId: parks,
    counterparties: [aCounterparty({ contacts: [aContact({ locale: 'en' })] })],
  });
  await pull('department', await service.departmentId('ROADS'));
  await pull('template', 'en/any/signing');
  await service.advanceTo('2026-03-04T12:00:00+09:00');
  expect(await referencesTold()).toEqual([free.reference]);
  for (const { id } of [braked, english])
    expect(alertLines(await service.contract(id))[0]).toMatch(/^signing 1: planned/);
});

it('says who pulled it, why and when, and who released it', async () => {
  const brake = await pull('agency');
  await release(brake);
  const { items } = ok(await service.admin.get<{ items: Brake[] }>('/brakes'));
  expect(items).toMatchObject([
    {
      scope: 'agency',
      actor: 'admin:bootstrap',
      reason: 'an error was found',
      releasedBy: 'admin:bootstrap',
      releaseReason: 'it was mended',
    },
  ]);
  const said = await service.sql<{ what: string }>(
    `SELECT what FROM change WHERE subject = 'brake' ORDER BY id`,
  );
  expect(said).toEqual([{ what: 'brake pulled' }, { what: 'brake released' }]);
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
    const told = await service.register({ counterparties: of(listed) });
    const untold = await service.register({ counterparties: of(other) });
    expect(alertLines(untold)).toHaveLength(6);
    await service.advanceTo('2026-03-04T12:00:00+09:00');
    expect(await referencesTold()).toEqual([told.reference]);
    expect(alertLines(await service.contract(untold.id))[0]).toBe(
      'signing 1: missed 2026-03-04T10:00:00+09:00 (rehearsal)',
    );
  });
});
