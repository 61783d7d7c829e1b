import { OfficersService } from '../../src/core/departments/officers.service.js';
import { AlertDays, noAlerts } from '../../src/core/log/alert-days.service.js';
import type { Role } from '../../src/core/access/roles.js';
import { SettingsService } from '../../src/core/settings/settings.service.js';
import { admin, type Row, SendingBench } from '../support/sending-bench.js';

// What stands how on which day is compared with rows whose places a reader of this page can count.

let bench: SendingBench;
let days: AlertDays;
/** Three departments one below the other, and one beside them. */
let above: string;
let below: string;
let deep: string;
let beside: string;
/** Today and the days around it in the agency's zone, each with its first moment and the last before it. */
let today: string;
let [yesterday, tomorrow] = ['', ''];
let [begin, end] = [new Date(), new Date()];

beforeAll(async () => {
  bench = await SendingBench.start();
  days = bench.get(AlertDays);
  const calendar = await bench.get(SettingsService).calendar();
  today = calendar.localDateOf(new Date());
  const dayOf = (hours: number) => calendar.localDateOf(new Date(begin.getTime() + hours * 3_600_000));
  begin = calendar.instantOf(today, '00:00');
  [yesterday, tomorrow] = [dayOf(-12), dayOf(36)];
  end = calendar.instantOf(tomorrow, '00:00');
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  above = await bench.department();
  below = await bench.department(above);
  deep = await bench.department(below);
  beside = await bench.department();
});

const by = (moment: Date, ms: number) => new Date(moment.getTime() + ms);

async function due(at: Date, status = 'planned', departmentId = above) {
  const reason = status === 'planned' ? {} : { reason: 'no-number' };
  const alert = await bench.alert({ status, departmentId, ...reason });
  await bench.sql(`UPDATE alert SET due_at = $2 WHERE id = $1`, [alert.id, at]);
  return alert;
}

async function sent(at: Date, row: Row = {}, departmentId = above) {
  const message = await bench.message({ status: 'delivered', service_time: at, ...row });
  const alert = await bench.alert({ messageId: message.id, departmentId, to: message.to });
  return { message, alert };
}

it('counts on its day what is due, and on the day of its text what was sent', async () => {
  for (const status of ['planned', 'held', 'missed', 'cancelled', 'covered', 'history'])
    for (const at of [by(begin, -1), begin, by(end, -1), end]) await due(at, status);
  for (const status of ['delivered', 'accepted', 'waiting', 'failed', 'held'])
    for (const at of [by(begin, -1), begin, by(end, -1), end]) await sent(at, { status });
  const each = (n: number) => ({ planned: n, held: 2 * n, missed: n, sent: 3 * n, delivered: n, failed: n });
  expect(await days.countedByDay(admin, { from: today, to: today })).toEqual([{ day: today, ...each(2) }]);
  expect(await days.countedByDay(admin, { from: yesterday, to: tomorrow })).toEqual([
    { day: yesterday, ...each(1) },
    { day: today, ...each(2) },
    { day: tomorrow, ...each(1) },
  ]);
});

it('counts what the caller sees, three departments deep, and of that the department that is asked for', async () => {
  const at = by(begin, 3_600_000);
  for (const departmentId of [above, below, deep, beside]) {
    await due(at, 'planned', departmentId);
    await due(at, 'held', departmentId);
    await due(at, 'missed', departmentId);
    await sent(at, {}, departmentId);
  }
  const one = { ...noAlerts(), planned: 1, held: 1, missed: 1, sent: 1, delivered: 1 };
  const counted = async (role: Role, departmentId: string | null, asked?: string) => {
    const found = await days.countedByDepartment(
      { ...admin, role, departmentId },
      { from: today, to: today, departmentId: asked },
    );
    for (const counts of found.values()) expect(counts).toEqual(one);
    return [above, below, deep, beside].filter((id) => found.has(id));
  };
  expect(await counted('admin', null)).toEqual([above, below, deep, beside]);
  expect(await counted('officer', above)).toEqual([above, below, deep]);
  expect(await counted('officer', below)).toEqual([below, deep]);
  expect(await counted('officer', beside)).toEqual([beside]);
  expect(await counted('admin', null, below)).toEqual([below, deep]);
  expect(await counted('officer', above, deep)).toEqual([deep]);
});

it('counts the alerts of an officer’s contracts alone where these are asked for', async () => {
  const at = by(begin, 3_600_000);
  const { id: officerId } = await bench
    .get(OfficersService)
    .addOfficer(admin, { departmentId: above, name: '한여울' });
  const own = [await due(at), await due(at, 'held'), await due(at, 'missed'), (await sent(at)).alert];
  for (const status of ['planned', 'held', 'missed']) await due(at, status);
  await sent(at);
  for (const { contractId } of own)
    await bench.sql(`UPDATE contract SET officer_id = $2 WHERE id = $1`, [contractId, officerId]);
  expect(await days.countedByDay(admin, { from: today, to: today, officerId })).toEqual([
    { day: today, ...noAlerts(), planned: 1, held: 1, missed: 1, sent: 1, delivered: 1 },
  ]);
});

it('lists them in the order of their times, page by page', async () => {
  const at = (hours: number) => by(begin, hours * 3_600_000);
  const made = [
    { id: (await due(at(5))).id, standing: 'planned' },
    { id: (await sent(at(3), { status: 'failed' })).alert.id, standing: 'failed' },
    { id: (await due(at(1), 'missed')).id, standing: 'missed' },
    { id: (await due(at(3), 'held')).id, standing: 'held' },
    { id: (await sent(at(2))).alert.id, standing: 'sent' },
  ];
  const [planned, failed, missed, held, delivered] = made;
  const read: { id: string; standing: string; messageId: string | null }[] = [];
  let cursor: string | undefined;
  do {
    const page = await days.listed(admin, { from: today, to: today, cursor, limit: 2 });
    expect(page.items.length).toBeLessThanOrEqual(2);
    read.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(read.map(({ id, standing }) => ({ id, standing }))).toEqual([
    missed,
    delivered,
    failed,
    held,
    planned,
  ]);
  expect(read.map(({ messageId }) => messageId !== null)).toEqual([false, true, true, false, false]);
});

/** A text that was due at a moment, and frozen and taken so many milliseconds later. */
async function taken(
  at: Date,
  { frozen = 0, accepted }: { frozen?: number; accepted?: number } = {},
  row: Row = {},
) {
  const frozenAt = by(at, frozen);
  const message = await bench.message({
    ...{ status: accepted === undefined ? 'waiting' : 'accepted', attempts: accepted === undefined ? 0 : 1 },
    ...{ due_at: at, service_time: frozenAt, frozen_at: frozenAt, ...row },
  });
  if (accepted !== undefined)
    await bench.attempt(message, {
      ...{ status: 'accepted', reference: `r-${message.id}`, settled_at: by(at, accepted) },
    });
  return message;
}

it('tells how promptly texts were taken: within ten seconds, on their day, later, or not at all', async () => {
  const noon = by(begin, 12 * 3_600_000);
  await taken(noon, { frozen: 1000, accepted: 10_000 });
  await taken(noon, { frozen: 1000, accepted: 10_001 });
  await taken(by(end, -60_000), { accepted: 59_999 });
  await taken(by(end, -60_000), { accepted: 60_000 });
  await taken(noon);
  // The first of two that were taken counts, and none of those that were not.
  const twice = await taken(noon, { accepted: 5000 });
  for (const [status, seconds] of [
    ['accepted', 60],
    ['absent', 1],
  ] as const)
    await bench.attempt(twice, {
      ...{ status, reference: status === 'accepted' ? 'again' : null, settled_at: by(noon, seconds * 1000) },
    });
  await taken(by(begin, -1), { accepted: 0 });
  await taken(end, { accepted: 0 });
  const period = { from: today, to: today };
  const counts = { withinTenSeconds: 2, withinDay: 2, later: 1, notTaken: 1 };
  expect(await days.promptness(period)).toEqual(counts);
  expect(await days.promptness({ from: today, to: tomorrow })).toEqual({ ...counts, withinTenSeconds: 3 });
  expect(await days.promptness({ from: yesterday, to: today })).toEqual({ ...counts, withinTenSeconds: 3 });
});

it('counts the texts that were taken by department, provider and class, each once', async () => {
  const noon = by(begin, 12 * 3_600_000);
  const text = async (departments: string[], row: Row = {}, isTaken = true) => {
    const message = await taken(noon, isTaken ? { accepted: 0 } : {}, row);
    for (const departmentId of departments)
      await bench.alert({ messageId: message.id, departmentId, to: message.to });
  };
  await text([deep], { korean_class: 'SMS', parts: 1 });
  await text([deep], { korean_class: 'SMS', parts: 2 });
  await text([deep], { korean_class: 'LMS', parts: 3, provider: 'gull' });
  await text([deep], { country: 'GB', parts: 4 });
  await text([beside, deep], { korean_class: 'SMS', parts: 5 });
  await text([deep], { korean_class: 'SMS' }, false);
  const counted = async (role: Role, departmentId: string | null) => {
    const found = await days.countedTexts({ ...admin, role, departmentId }, { from: today, to: today });
    return found.map((one) => [one.departmentId, one.provider, one.textClass, one.texts, one.parts]);
  };
  const ofDeep = [
    [deep, 'gull', 'LMS', 1, 3],
    [deep, 'pigeon', 'SMS', 2, 3],
    [deep, 'pigeon', 'elsewhere', 1, 4],
  ];
  expect(await counted('officer', above)).toEqual(ofDeep);
  expect(await counted('admin', null)).toEqual([...ofDeep, [beside, 'pigeon', 'SMS', 1, 5]]);
  expect(await counted('officer', beside)).toEqual([[beside, 'pigeon', 'SMS', 1, 5]]);
});
