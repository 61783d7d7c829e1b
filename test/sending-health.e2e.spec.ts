import { DrainService } from '../src/core/sending/drain.service.js';
import { Schedule } from '../src/core/sending/schedule.js';
import { newId } from '../src/platform/ids.js';
import { ok, problem } from './support/api-client.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

let service: TestService;

beforeAll(async () => {
  service = await startService({ role: 'all' });
  await service.openAtAllHours();
});
afterAll(() => service.close());
afterEach(() => jest.restoreAllMocks());

const health = async () => {
  const answer = await service.client(null).get<{ code?: string }>('/health/ready');
  return answer.status === 200 ? 'up' : `${answer.status} ${answer.body.code}`;
};
const sent = async () =>
  (await service.sql<{ text: string }>(`SELECT text FROM message`)).map(({ text }) => text);
const home = async () => (await (await service.person('admin')).get('/console')).text;
const times = async (reference: string) => (await sent()).filter((text) => text.includes(reference)).length;

it('says that all is well, and that a process that does not send has nothing to fail at', async () => {
  expect(await health()).toBe('up');
  const { reference } = await service.registerDue();
  await until('it is sent', async () => (await times(reference)) === 1);
  expect(await health()).toBe('up');
});

it('tells of a brake that cannot be read until its release', async () => {
  const brake = [newId(), 'an error was found'];
  await service.sql(
    `INSERT INTO brake (id, scope, target, reason, actor) VALUES ($1, 'department', 'all', $2, 'admin:bootstrap')`,
    brake,
  );
  expect(await health()).toBe('503 brake-unreadable');
  expect((await service.client(null).get('/health/live')).status).toBe(200);
  ok(await service.admin.post(`/brakes/${brake[0]}/release`, { reason: 'it was mended' }));
  expect(await health()).toBe('up');
});

it.each(['agency', 'calendar', 'reporting-channels'])(
  'tells of a setting that cannot be read, without which nothing is sent: %s',
  async (name) => {
    const [{ value } = { value: {} }] = await service.sql<{ value: Record<string, unknown> }>(
      `SELECT value FROM setting WHERE name = $1 ORDER BY version DESC LIMIT 1`,
      [name],
    );
    const { reference } = await service.registerDue({ startsOn: null });
    await until('it is sent', async () => (await times(reference)) === 1);
    await service.sql(
      `INSERT INTO setting (name, version, value, actor)
       SELECT name, max(version) + 1, '{"window": "always"}', 'admin:bootstrap' FROM setting WHERE name = $1 GROUP BY name`,
      [name],
    );
    expect(await health()).toBe('503 setting-unreadable');
    const shown = ok(await service.admin.get<{ items: { value: unknown }[] }>(`/${name}`));
    expect(shown.items[0]?.value).toEqual({ window: 'always' });
    const { rehearsal: _rehearsal, ...sendable } = value;
    ok(await service.admin.post(`/${name}`, sendable));
    expect(await health()).toBe('up');
  },
);

it('tells of drains that fail, on the home page too, and loses nothing by it', async () => {
  const [{ role } = { role: '' }] = await service.sql<{ role: string }>(
    `SELECT DISTINCT grantee AS role FROM information_schema.role_table_grants
     WHERE table_name = 'message' AND privilege_type = 'INSERT' AND grantee <> current_user`,
  );
  await service.sql(`REVOKE INSERT ON message FROM ${role}`);
  const { reference } = await service.registerDue();
  await until('health tells of it', async () => (await health()) === '503 sending-fails');
  const { detail } = problem(await service.client(null).get('/health/ready'));
  expect(detail).toMatch(/drain \d/);
  await until('the home page tells of it', async () => (await home()).includes('발송 장애'));
  const { text } = await service.client(null).get('/metrics');
  expect(Math.abs(Number(/^chorong_clock_ahead_seconds (\S+)$/m.exec(text)?.[1]))).toBeLessThan(10);
  expect(Number(/chorong_failed_jobs\{job="drain"\} (\d+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(1);
  expect(await times(reference)).toBe(0);

  await service.sql(`GRANT INSERT ON message TO ${role}`);
  await until('it is sent', async () => (await times(reference)) === 1);
  await until('health is well again', async () => (await health()) === 'up');
});

describe.each([
  ['tick', Schedule, 'whatIsDue'],
  ['drain', DrainService, 'drainShard'],
] as const)('a %s that does not end', (job, part, method) => {
  let end = () => undefined as void;
  beforeEach(() => {
    service.config.limits.standingMs = 3000;
    const isOver = new Promise<never>((_, reject) => (end = () => reject(new Error('a fault of this test'))));
    jest.spyOn(service.app.get<never>(part), method as never).mockReturnValue(isOver as never);
  });
  afterEach(() => {
    end();
    service.config.limits.standingMs = 120_000;
  });

  it('makes the process neither ready nor alive until it does', async () => {
    const alive = () => service.client(null).get<{ detail?: string }>('/health/live');
    await service.registerDue();
    await until('it is not alive', async () => (await alive()).status === 503);
    const detail = expect.stringContaining(job) as string;
    expect(problem(await alive())).toMatchObject({ code: 'sending-fails', detail });
    expect(await health()).toBe('503 sending-fails');
    jest.restoreAllMocks();
    end();
    await until('it is alive again', async () => (await alive()).status === 200);
    await until('health is well again', async () => (await health()) === 'up');
  });
});

it('tells of a tick that fails', async () => {
  jest.spyOn(service.app.get(Schedule), 'whatIsDue').mockRejectedValue(new Error('a fault of this test'));
  await until('health tells of it', async () => (await health()) === '503 sending-fails');
  jest.restoreAllMocks();
  await until('health is well again', async () => (await health()) === 'up');
});
