import { BrakesService } from '../../src/core/sending/brakes.service.js';
import { FailingTexts } from '../../src/core/sending/failing-texts.js';
import { SettingsService } from '../../src/core/settings/settings.service.js';
import { newId } from '../../src/platform/ids.js';
import { admin, ago, type Row, SendingBench } from '../support/sending-bench.js';

/** Texts that failed or went out within an hour, by who answers for their numbers; then the brakes are looked at. */
let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(async () => {
  await bench.clear();
  await allow(30);
});
afterAll(() => bench.stop());

async function allow(failureShare: number): Promise<void> {
  const settings = bench.get(SettingsService);
  await settings.put('set-up', 'agency', { ...(await settings.agency()).value, failureShare });
}

interface Keeper {
  department: string;
  /** Whom the contract names. */
  officer: string | null;
  /** Who registered it with its number. */
  by: string;
}

async function officerOf(department: string): Promise<Keeper> {
  const officer = newId();
  await bench.insert('officer', {
    id: officer,
    department_id: department,
    name_sealed: '\\x00',
    name_index: '\\x00',
  });
  return { department, officer, by: `officer:@${officer}` };
}

const officersOf = async (department: string, count = 4) => {
  const made: Keeper[] = [];
  for (let n = 0; n < count; n += 1) made.push(await officerOf(department));
  return made;
};

/** A text of a contract of somebody's to a number of its own. */
async function text({ department, officer, by }: Keeper, status: string, given: Row = {}): Promise<void> {
  const message = await bench.message({ status, ...given });
  const alert = { departmentId: department, messageId: message.id, to: message.to };
  const { contractId } = await bench.alert(alert);
  await bench.sql(`UPDATE contract SET officer_id = $1 WHERE id = $2`, [officer, contractId]);
  await bench.insert('change', {
    id: newId(),
    subject: 'contract',
    subject_id: contractId,
    contract_id: contractId,
    what: 'registered',
    actor: by,
    at: ago(86_400),
  });
}

/** So many texts of somebody's failed, the rest of 15 arrived. */
async function texts(keeper: Keeper, failed: number, { of = 15, ...given }: Row & { of?: number } = {}) {
  for (let n = 0; n < of; n += 1) await text(keeper, n < failed ? 'failed' : 'delivered', given);
}

async function textsOf(keepers: Keeper[], failed: number[], given: Row & { of?: number } = {}) {
  for (const [n, keeper] of keepers.entries()) await texts(keeper, failed[n] ?? 0, given);
}

/** The brakes that are on after a look. */
async function paused(): Promise<Row[]> {
  await bench.get(FailingTexts).pauseFailing();
  return bench.sql(`SELECT scope, target, reason, actor FROM brake WHERE released_at IS NULL ORDER BY id`);
}

const brakeOn = (scope: string, target: string, of: string) => ({
  scope,
  target,
  reason: `texts-fail-${of}`,
  actor: 'system',
});

it.each<[string, number[], string | null]>([
  ['18 of 60', [5, 5, 4, 4], null],
  ['19 of 60', [5, 5, 5, 4], '19/60'],
  ['20 of 60', [5, 5, 5, 5], '20/60'],
  ['20 of 60, 8 of them of one officer', [8, 4, 4, 4], null],
])('%s numbers that were not reached within the hour', async (_what, failed, of) => {
  const department = await bench.department();
  await textsOf(await officersOf(department), failed);
  expect(await paused()).toEqual(of === null ? [] : [brakeOn('department', department, of)]);
});

it('counts no text that is older than an hour', async () => {
  const department = await bench.department();
  const officers = await officersOf(department);
  await textsOf(officers, [5, 5, 5, 5], { of: 5, service_time: ago(3605) });
  await textsOf(officers, [2, 2, 2, 2], { service_time: ago(3500) });
  expect(await paused()).toEqual([]);
  await textsOf(officers, [5, 5, 5, 5], { of: 5, service_time: ago(3500) });
  expect(await paused()).toEqual([brakeOn('department', department, '28/80')]);
});

it('counts a number once, however many texts to it fail', async () => {
  const officers = await officersOf(await bench.department());
  for (const officer of officers) {
    const to = bench.number();
    for (let n = 0; n < 5; n += 1) await text(officer, 'failed', { to });
  }
  expect(await paused()).toEqual([]);
});

it('counts what the provider has taken, though it reports no delivery', async () => {
  const department = await bench.department();
  const officers = await officersOf(department);
  await textsOf(officers, [4, 4, 4, 4], { of: 4 });
  for (const officer of officers)
    for (const status of ['accepted', 'sent', 'unconfirmed'])
      for (let n = 0; n < 4; n += 1) await text(officer, status);
  expect(await paused()).toEqual([]);
  await textsOf(officers, [4, 4, 4, 4], { of: 4 });
  expect(await paused()).toEqual([brakeOn('department', department, '32/80')]);
});

it('does not count what has not gone out', async () => {
  const department = await bench.department();
  const officers = await officersOf(department);
  await textsOf(officers, [4, 4, 4, 4], { of: 4 });
  for (const status of ['sending', 'waiting', 'held'])
    for (let n = 0; n < 15; n += 1) await text(officers[0] as Keeper, status);
  expect(await paused()).toEqual([brakeOn('department', department, '16/16')]);
});

it('does not count former numbers, which are told that texts go elsewhere', async () => {
  await textsOf(await officersOf(await bench.department()), [5, 5, 5, 5]);
  await bench.sql(
    `UPDATE alert SET number_sealed = '\\x00', number_country = 'KR' WHERE message_id IN (SELECT id FROM message WHERE status = 'failed')`,
  );
  expect(await paused()).toEqual([]);
});

describe('one officer cannot stop their department', () => {
  it('by dead numbers in their own contracts', async () => {
    const officers = await officersOf(await bench.department());
    await textsOf(officers, [60, 3, 3, 3], { of: 60 });
    expect(await paused()).toEqual([]);
  });

  it('by dead numbers in contracts that name others', async () => {
    const officers = await officersOf(await bench.department());
    const [first] = officers;
    for (const officer of officers) await texts({ ...officer, by: first?.by ?? '' }, 20, { of: 20 });
    expect(await paused()).toEqual([]);
  });

  it('by dead numbers that they give to contacts of others', async () => {
    const officers = await officersOf(await bench.department());
    await textsOf(officers, [5, 5, 5, 5], { of: 5 });
    const contacts = await bench.sql<{ id: string; contract_id: string }>(
      `SELECT id, contract_id FROM contact`,
    );
    // Who gave the number last answers for it.
    for (const [n, { id, contract_id }] of contacts.entries())
      for (const by of [officers[n % 4], officers[0]])
        await bench.insert('change', {
          id: newId(),
          subject: 'contact',
          subject_id: id,
          contract_id,
          what: 'contact-changed',
          actor: by?.by,
          at: ago(600),
        });
    expect(await paused()).toEqual([]);
  });

  it('by a key beside their account', async () => {
    const officers = await officersOf(await bench.department());
    const [first] = officers as [Keeper];
    await texts(first, 30, { of: 30 });
    await texts({ ...first, by: 'officer:a key' }, 30, { of: 30 });
    await textsOf(officers.slice(1), [1, 1, 1]);
    expect(await paused()).toEqual([]);
  });
});

it('takes what a program registered for no one’s, since it names the officers itself', async () => {
  const department = await bench.department();
  const officers = await officersOf(department);
  await textsOf(
    officers.map((officer) => ({ ...officer, by: 'system:erp' })),
    [5, 5, 5, 5],
  );
  expect(await paused()).toEqual([brakeOn('department', department, '20/60')]);
});

it('takes contracts that no officer keeps and a program registered as they are', async () => {
  const department = await bench.department();
  await texts({ department, officer: null, by: 'system:erp' }, 9, { of: 9 });
  expect(await paused()).toEqual([]);
  await texts({ department, officer: null, by: 'system:erp' }, 1, { of: 11 });
  expect(await paused()).toEqual([brakeOn('department', department, '10/20')]);
});

describe('a sender', () => {
  it('is paused in place of the departments when several cannot reach their numbers', async () => {
    for (let n = 0; n < 3; n += 1)
      await textsOf(await officersOf(await bench.department()), [5, 5, 5, 5], { of: 8 });
    expect(await paused()).toEqual([brakeOn('sender', 'PIGEON', '60/96')]);
    expect(await paused()).toHaveLength(1);
  });

  it('goes on when it is one department alone, which is paused', async () => {
    const failing = await bench.department();
    await textsOf(await officersOf(failing), [5, 5, 5, 5], { of: 5 });
    for (let n = 0; n < 2; n += 1)
      await textsOf(await officersOf(await bench.department()), [1, 1, 1, 1], { of: 4 });
    expect(await paused()).toEqual([brakeOn('department', failing, '20/20')]);
  });

  it('that is paused for another reason explains the failures of a department', async () => {
    await textsOf(await officersOf(await bench.department()), [5, 5, 5, 5], { of: 5 });
    await bench.brake('sender', 'PIGEON');
    expect(await paused()).toMatchObject([{ scope: 'sender', target: 'PIGEON' }]);
  });

  it('that is paused explains the failures of departments, until its release and afterwards', async () => {
    for (let n = 0; n < 3; n += 1)
      await textsOf(await officersOf(await bench.department()), [5, 5, 5, 5], { of: 5 });
    expect(await paused()).toEqual([brakeOn('sender', 'PIGEON', '60/60')]);
    expect(await paused()).toHaveLength(1);
    await releaseAll();
    expect(await paused()).toEqual([]);
  });
});

const releaseAll = async () => {
  for (const { id, releasedAt } of await bench.get(BrakesService).listBrakes())
    if (releasedAt === null) await bench.get(BrakesService).releaseBrake(admin, id, 'looked at');
};

describe('a department with others below it', () => {
  it('goes on when one of them fails', async () => {
    const top = await bench.department();
    const below = await bench.department(top);
    await textsOf(await officersOf(below), [5, 5, 5, 5], { of: 5 });
    await textsOf(await officersOf(await bench.department(top)), [1, 1, 1, 1], { of: 5 });
    expect(await paused()).toEqual([brakeOn('department', below, '20/20')]);
  });

  it('is paused for its own failures only when they are many of all that it would stop', async () => {
    const top = await bench.department();
    await textsOf(await officersOf(top), [5, 5, 5, 5], { of: 5 });
    const officers = await officersOf(await bench.department(top), 1);
    await textsOf(officers, [0], { of: 60 });
    expect(await paused()).toEqual([]);
    await textsOf(await officersOf(top), [5, 5, 5, 5], { of: 5 });
    expect(await paused()).toEqual([brakeOn('department', top, '40/100')]);
  });
});

it('does not pause again for what failed before a release, and does for what fails after it', async () => {
  const department = await bench.department();
  const officers = await officersOf(department);
  await textsOf(officers, [5, 5, 5, 5]);
  expect(await paused()).toHaveLength(1);
  expect(await paused()).toHaveLength(1);
  await releaseAll();
  expect(await paused()).toEqual([]);
  const later = new Date(Date.now() + 1000);
  await textsOf(officers, [5, 5, 5, 4], { service_time: later });
  expect(await paused()).toEqual([brakeOn('department', department, '19/60')]);
});

it('goes by the share that is set, and pauses nothing for 0 or 100', async () => {
  const department = await bench.department();
  await textsOf(await officersOf(department), [5, 5, 5, 5], { of: 10 });
  for (const share of [0, 100, 50]) {
    await allow(share);
    expect(await paused()).toEqual([]);
  }
  await allow(49);
  expect(await paused()).toEqual([brakeOn('department', department, '20/40')]);
});
