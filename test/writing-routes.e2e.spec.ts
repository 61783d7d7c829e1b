import { isWaiting } from '../src/core/access/second-look.js';
import { type GuardedRoute, RouteCheck } from '../src/core/access/route-check.service.js';
import type { Role } from '../src/core/access/roles.js';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { nameOf } from './support/access-matrix.js';
import { type Answer, ok } from './support/api-client.js';
import { aNumber } from './support/builders.js';
import { contactIds } from './support/contract-reading.js';
import { PageClient } from './support/page-client.js';
import { type CallOfPage, pageExamples } from './support/page-examples.js';
import { aPerson, type CallOfRoute, examples } from './support/route-examples.js';
import { startService, type TestService } from './support/service.js';

/**
 * Every route that writes is called by whoever may do most by it, with the worst that it takes: nobody loses a text by that, and
 * nothing that holds for the whole agency changes, before a second person has approved it. A route that is new stands in none
 * of the lists below, and fails. It is Tuesday 3 March 2026, 11:00 in Seoul; contracts are signed on that day.
 */
type Call = CallOfRoute & CallOfPage;
type Worst = (
  contract: ContractView,
  service: TestService,
) => Omit<Call, 'servedTo'> | Promise<Omit<Call, 'servedTo'>>;

const [own, reason] = ['010-0000-6998', 'on site'];

/** Recorded for today, so that its text is about to go out. */
async function recorded({ id }: ContractView, service: TestService): Promise<string> {
  const path = `/contracts/${id}/milestones/advance-payment/occurrences`;
  ok(await service.admin.post(path, { occurredOn: '2026-03-03' }));
  return `${path}/1`;
}
const ofContract =
  (rest: string | ((contract: ContractView) => string), sent: object): Worst =>
  (contract) => ({
    path: `/contracts/${contract.id}${typeof rest === 'string' ? rest : rest(contract)}`,
    ...sent,
  });
const ofPage =
  (rest: string | ((contract: ContractView) => string), form: Record<string, string>): Worst =>
  (contract) => ({
    path: `/console/contracts/${contract.id}${typeof rest === 'string' ? rest : rest(contract)}`,
    form,
  });
const firstContact = (contract: ContractView) => `/contacts/${contactIds(contract)[0]}`;
const altered =
  (path: string, of: object): Worst =>
  async (_contract, { admin }) => {
    const { items } = ok(await admin.get<{ items: { value: object }[] }>(path));
    return { path, body: { ...items[0]?.value, ...of } };
  };
const auditorsAccount = async (service: TestService) => (await service.signedIn('auditor')).id;
const aDepartment = async ({ admin }: TestService) =>
  ok(
    await admin.post<{ id: string }>('/departments', {
      code: `W-${aNumber().slice(-4)}`,
      name: '새 부서',
      goLiveOn: '2026-03-20',
    }),
  ).id;
const channel = {
  name: { ko: '감사담당관', en: 'Audit office' },
  address: own,
  kind: 'telephone',
  hours: null,
  languages: ['ko', 'en'],
  anonymous: false,
};

/** The worst that these routes take, where their example is harmless. Each is to wait. */
const worst: Record<string, Worst> = {
  'PATCH /contracts/:id': ofContract('', {
    body: { signedOn: '2026-04-20', startsOn: '2026-05-04', reason },
  }),
  'PATCH /contracts/:id/contacts/:contactId': ofContract(firstContact, { body: { phone: own, reason } }),
  'DELETE /contracts/:id/contacts/:contactId': ofContract(
    (contract) => `${firstContact(contract)}?reason=left`,
    {},
  ),
  'PATCH /contracts/:id/milestones/:code/occurrences/:occurrence': async (contract, service) => ({
    path: await recorded(contract, service),
    body: { occurredOn: '2026-04-20', reason },
  }),
  'DELETE /contracts/:id/milestones/:code/occurrences/:occurrence': async (contract, service) => ({
    path: `${await recorded(contract, service)}?reason=mistake`,
  }),
  'POST /contracts/:id/:move': ofContract('/suspend', { body: { on: '2026-03-03', reason } }),
  'POST /reporting-channels': altered('/reporting-channels', { channels: [channel] }),
  'POST /calendar': altered('/calendar', { closed: ['2026-03-04', '2026-03-05'] }),
  'POST /agency': altered('/agency', { rehearsal: { on: true, numbers: [] } }),
  'POST /plans': async (_contract, { admin }) => {
    const { items } = ok(
      await admin.get<{ items: { name: string; value: { milestones: object[] } }[] }>('/plans'),
    );
    const { value } = items.find(({ name }) => name === 'plan:works') ?? { value: { milestones: [] } };
    return { path: '/plans', body: { plan: { ...value, milestones: value.milestones.slice(1) } } };
  },
  'POST /console/settings/personal-data': async ({ departmentId }, service) => ({
    path: '/console/settings/personal-data',
    form: { number: await aPerson(service, departmentId), step: 'erase', reason },
  }),
  'PATCH /accounts/:id': async (_contract, service) => ({
    path: `/accounts/${await auditorsAccount(service)}`,
    body: { active: false },
  }),
  'POST /accounts/:id/reset': async (_contract, service) => ({
    path: `/accounts/${await auditorsAccount(service)}/reset`,
    body: {},
  }),
  'PATCH /departments/:id': async (_contract, service) => ({
    path: `/departments/${await aDepartment(service)}`,
    body: { goLiveOn: '2029-01-02' },
  }),
  'POST /console/contracts/:id/change': (contract) => ({
    path: `/console/contracts/${contract.id}/change`,
    form: {
      step: 'save',
      title: contract.title,
      departmentId: contract.departmentId,
      reason,
      signedOn: '2026-04-20',
      startsOn: '2026-05-04',
      endsOn: contract.endsOn ?? '',
    },
  }),
  'POST /console/contracts/:id/move/:move': ofPage('/move/suspend', {
    step: 'save',
    on: '2026-03-03',
    reason,
  }),
  'POST /console/contracts/:id/contacts/:contactId': ofPage(firstContact, {
    step: 'save',
    phone: own,
    locale: 'ko',
    reason,
  }),
  'POST /console/contracts/:id/contacts/:contactId/remove': ofPage(
    (contract) => `${firstContact(contract)}/remove`,
    { reason },
  ),
  'POST /console/contracts/:id/occurrences/:code/:occurrence/:way': async (contract, service) => {
    await recorded(contract, service);
    const path = `/console/contracts/${contract.id}/occurrences/advance-payment/1/withdraw`;
    return { path, form: { step: 'save', reason } };
  },
  'POST /console/work/:list': (contract) => {
    const name = `phone.${contract.id}.${contactIds(contract)[0]}`;
    const form = { [name]: own, [`seen.${name}`]: own, reason };
    return { path: '/console/work/dead-numbers', form };
  },
  'POST /console/settings/agency': async (contract, service) => {
    const shown = await pageExamples['POST /console/settings/agency']?.(service, contract.departmentId);
    return { path: '/console/settings/agency', form: { ...shown?.form, rehearsalOn: 'on' } };
  },
  'POST /console/settings/people/:id': async (_contract, service) => ({
    path: `/console/settings/people/${await auditorsAccount(service)}`,
    form: { step: 'disable' },
  }),
  'POST /console/settings/people/:id/reset': async (_contract, service) => ({
    path: `/console/settings/people/${await auditorsAccount(service)}/reset`,
    form: {},
  }),
};

/** Routes whose example waits as it is. */
const waitAsShown = [
  'POST /api-keys',
  'POST /accounts',
  'POST /templates',
  'POST /imports/:id/undo',
  'POST /ladder/setting',
  'POST /console/ladder/setting',
  'POST /console/settings/retention',
  'POST /brakes',
  'POST /console/imports/:id/undo',
  'POST /console/settings/brakes',
  'POST /console/settings/calendar',
  'POST /console/settings/channels',
  'POST /console/settings/plans/plan',
  'POST /console/settings/templates/text',
  'POST /console/settings/people',
  'POST /personal-data/erasure',
];

/** What these do to the whole agency, or take from somebody, needs nobody's approval, or has it. */
const mayChange: Record<string, string> = {
  'POST /proposals/:id/approve': 'it is the approval',
  'POST /console/proposals/:id/approve': 'it is the approval',
  'DELETE /api-keys/:id': 'a key in wrong hands is revoked at once',
  'POST /console/settings/keys/:id/revoke': 'a key in wrong hands is revoked at once',
  'POST /brakes/:id/release': 'texts go out again',
  'POST /console/settings/brakes/:id/release': 'texts go out again',
  'POST /defaults/:id/accept': 'a release’s own text',
  'POST /console/settings/defaults': 'a release’s own text',
  'POST /console/settings/defaults/:id': 'a release’s own text',
  'POST /sandbox/clock': 'the sandbox’s clock sends what falls due',
  'POST /console/phones/clock': 'the sandbox’s clock sends what falls due',
};

let service: TestService;
let roads: string;
let routes: GuardedRoute[];

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  roads = await service.departmentId('ROADS');
  await service.register({ signedOn: '2026-02-26', startsOn: '2026-12-01', endsOn: '2027-12-01' });
  await service.advanceTo('2026-03-03T11:00:00+09:00');
  for (const role of ['auditor', 'admin', 'admin'] as const) await service.signedIn(role);
  await service.signedIn('manager', await service.departmentId('PARKS'));
  routes = service.app
    .get(RouteCheck)
    .routes()
    .filter(({ method, rule }) => method !== 'GET' && method !== 'HEAD' && typeof rule === 'object');
});
afterAll(() => service.close());

interface State {
  alerts: Map<string, { dueAt: Date; number: string; status: string }>;
  agency: string;
}

async function state(): Promise<State> {
  const alerts = await service.sql<{ id: string; dueAt: Date; number: string; status: string }>(
    `SELECT id, due_at AS "dueAt", encode(number_index, 'hex') AS number, status FROM alert`,
  );
  const [agency] = await service.sql(
    `SELECT (SELECT jsonb_agg(DISTINCT (name, version, value)) FROM (SELECT DISTINCT ON (name) name, version, value - '{importAskAbove,name}'::text[] AS value
               FROM setting ORDER BY name, version DESC) s) AS settings,
            (SELECT jsonb_agg(DISTINCT (key, body)) FROM (SELECT DISTINCT ON (key) key, body
               FROM template_version ORDER BY key, version DESC) t) AS templates,
            (SELECT jsonb_agg((id, disabled_at IS NULL, password_hash IS NULL) ORDER BY id) FROM account WHERE role = 'auditor') AS auditors,
            (SELECT jsonb_agg(id ORDER BY id) FROM api_key WHERE role = 'auditor' AND NOT waits AND revoked_at IS NULL) AS keys,
            (SELECT jsonb_agg(id ORDER BY id) FROM brake WHERE released_at IS NULL AND ends_at IS NULL) AS brakes,
            (SELECT jsonb_agg((id, go_live_on) ORDER BY id) FROM department WHERE go_live_on > '2026-04-01') AS departments`,
  );
  return {
    alerts: new Map(alerts.map(({ id, ...alert }) => [id, alert])),
    agency: JSON.stringify(agency),
  };
}

/** The alerts that were to go out, and now do not, go to another number or much later. */
function lost(before: State, after: State): string[] {
  const week = 7 * 86_400_000;
  return [...before.alerts].flatMap(([id, was]) => {
    const is = after.alerts.get(id);
    if (was.status !== 'planned') return [];
    if (!is || !['planned', 'messaged'].includes(is.status)) return [id];
    return is.number !== was.number || is.dueAt.getTime() > was.dueAt.getTime() + week ? [id] : [];
  });
}

/** Whoever may do most by a route: admins before managers and officers, unless it is for others. */
function callerOf({ rule }: GuardedRoute, { servedTo, ownOnly }: Call): Role {
  const served = (rule as readonly Role[]).filter((role) => servedTo?.includes(role) ?? true);
  const order: Role[] = ownOnly ? ['officer', 'admin'] : ['admin', 'manager', 'officer', 'auditor'];
  return order.find((role) => served.includes(role)) ?? 'admin';
}

async function send(route: GuardedRoute, call: Call): Promise<Answer<unknown>> {
  const role = callerOf(route, call);
  const department = role === 'officer' || role === 'manager' ? roads : null;
  if (route.page) {
    const person = call.endsSession
      ? await service.newcomer(role, department)
      : await service.person(role, department);
    return new PageClient(service.app, person.token).call(route.method, call);
  }
  const client = service.client(await service.keyFor(role, department));
  return client.call(route.method as 'POST', call.path, call.body, call.headers);
}

const waits = ({ body, headers }: Answer<unknown>) =>
  isWaiting(body) || /done=(proposed|mended-waits|brake-for-a-day)$/.test(String(headers['location']));

it('takes nothing from anybody, and changes nothing of the agency, before a second person approves it', async () => {
  const waited: string[] = [];
  const took: string[] = [];
  for (const route of routes) {
    const name = nameOf(route);
    const example = (route.page ? pageExamples : examples)[name];
    const contract = await service.register({ departmentId: roads, signedOn: '2026-03-03' });
    const call: Call = worst[name]
      ? await worst[name](contract, service)
      : ((await example?.(service, roads)) as Call);
    const role = callerOf(route, call);
    if (route.page) await service.person(role, role === 'officer' || role === 'manager' ? roads : null);
    else await service.keyFor(role, role === 'officer' || role === 'manager' ? roads : null);
    const before = await state();
    service.approvesAtOnce = false;
    const answer = await send(route, call);
    service.approvesAtOnce = true;
    const after = await state();
    const known = call.servedTo?.length === 0 ? [403, 404] : [call.status];
    if (answer.status >= 400 && !known.includes(answer.status))
      took.push(`${name}: ${answer.status} ${answer.text.slice(0, 200)}`);
    if (waits(answer)) waited.push(name);
    if (mayChange[name]) continue;
    if (lost(before, after).length > 0) took.push(`${name}: ${lost(before, after).length} texts`);
    if (before.agency !== after.agency) took.push(`${name}: the agency`);
  }
  expect(took).toEqual([]);
  expect(waited.toSorted()).toEqual([...Object.keys(worst), ...waitAsShown].toSorted());
});
