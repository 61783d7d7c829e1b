import { type GuardedRoute, RouteCheck } from '../src/core/access/route-check.service.js';
import { aContact } from './support/builders.js';
import { examples } from './support/route-examples.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let roads: string;
let routes: GuardedRoute[];

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-04T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  routes = service.app
    .get(RouteCheck)
    .routes()
    .filter(({ method }) => method === 'PATCH');
});
afterAll(() => service.close());

/** Makes the call twice: the second time everything is as the first one left it. */
async function madeTwice(route: GuardedRoute, body?: unknown) {
  const example = examples[`${route.method} ${route.path}`];
  if (!example) throw new Error(`route-examples.ts shows no call of ${route.path}`);
  const call = await example(service, roads);
  const first = await service.admin.patch(call.path, body ?? call.body, call.headers);
  const before = await service.contents();
  const again = await service.admin.patch(call.path, body ?? call.body);
  expect([route.path, first.status, again.status]).toEqual([route.path, 200, 200]);
  expect([route.path, await service.contents()]).toEqual([route.path, before]);
}

it('a change that changes nothing is answered with what is there, and recorded nowhere: at every route', async () => {
  expect(routes.length).toBeGreaterThanOrEqual(5);
  for (const route of routes) await madeTwice(route);
});

it('so is one that is empty', async () => {
  for (const route of routes) await madeTwice(route, {});
});

it('a contact is changed by a name or number of its own, and by nothing that it has', async () => {
  const { phone = null, ...contact } = aContact({ name: '이가람', role: 'site manager' });
  const { id, version, counterparties } = await service.register({
    counterparties: [{ name: '(주)새솔건설', contacts: [{ ...contact, phone }] }],
  });
  const path = `/contracts/${id}/contacts/${counterparties[0]?.contacts[0]?.id}`;
  const versionAfter = async (body: object) =>
    (await service.admin.patch<{ version: number }>(path, body)).body.version;
  expect(await versionAfter({ name: '이가람', phone, role: 'site manager', reason: 'the same' })).toBe(
    version,
  );
  // Masked, the two names look alike.
  expect(await versionAfter({ name: '이나람' })).toBe(version + 1);
  expect(await versionAfter({ role: null })).toBe(version + 2);
  expect(await versionAfter({ legalBasis: 'consent', legalBasisOn: '2026-03-03' })).toBe(version + 3);
  expect(await versionAfter({ legalBasisOn: '2026-03-03' })).toBe(version + 3);
});
