import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from '../../src/platform/database/database.js';
import type { OpenAttempt } from '../../src/core/sending/attempt-states.js';
import { BrakesService } from '../../src/core/sending/brakes.service.js';
import { DrainService } from '../../src/core/sending/drain.service.js';
import { Failpoints } from '../../src/core/sending/failpoints.js';
import { InstanceMarker } from '../../src/core/sending/instance.service.js';
import { Outcomes } from '../../src/core/sending/outcomes.js';
import { Pace, ProviderCalls, type Room } from '../../src/core/sending/provider-calls.js';
import { ago, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const calls = () => bench.get(ProviderCalls);
const remembered = () =>
  (JSON.parse(readFileSync(join(bench.dataDir, 'instance.json'), 'utf8')) as Row)['lastAttempt'];

/** Calls with a lease and a time-out of their own, so that a test need not wait for long ones. */
function callsWith(sending: { leaseSeconds: number; timeoutMs: number }, concurrency = 30): ProviderCalls {
  const [pace, outcomes, marker] = [bench.get(Pace), bench.get(Outcomes), bench.get(InstanceMarker)];
  const [brakes, failpoints] = [bench.get(BrakesService), bench.get(Failpoints)];
  return new ProviderCalls(
    { sending: { ...sending, concurrency } },
    pace,
    outcomes,
    marker,
    brakes,
    failpoints,
  );
}

async function roomFor(count: number, on: ProviderCalls = calls(), provider = bench.pigeon): Promise<Room> {
  const room = await on.takeRoom(provider, count);
  if (!room) throw new Error('there is no room');
  return room;
}

/** Calls for attempts as a drain does: the room is there before they are committed. */
async function callAll(attempts: OpenAttempt[], on: ProviderCalls = calls()): Promise<void> {
  await on.callWindow(await roomFor(attempts.length, on), attempts);
}

/** Commits attempts of as many messages, as the freezer does. */
async function committed(count: number, provider = bench.pigeon): Promise<OpenAttempt[]> {
  const attempts: OpenAttempt[] = [];
  for (let i = 0; i < count; i += 1) {
    const { id: messageId, index: numberIndex, to, text } = await bench.message({ provider: provider.name });
    const id = await bench.attempt({ id: messageId, index: numberIndex }, { provider: provider.name });
    const pausable = { country: 'KR', templateKey: 'ko/any/signing', departments: [] };
    attempts.push({ id, messageId, numberIndex, provider, to, text, ...pausable });
  }
  return attempts;
}

const statusesOf = (attempts: OpenAttempt[]) =>
  Promise.all(attempts.map(async ({ id }) => (await bench.row('attempt', id))['status']));

describe('when the provider is called', () => {
  /** What another connection sees while the call is under way. */
  async function seenDuringCall(): Promise<Row[]> {
    const seen: Row[] = [];
    bench.pigeon.answer = async ({ attemptId }) => {
      const rows = await bench.sql(
        `SELECT t.id, t.status AS attempt, m.status AS message, m.text, m.id AS "messageId", a.status AS alert,
                a.message_id AS "alertIn", t.lease_until > clock_timestamp() AS leased
         FROM attempt t JOIN message m ON m.id = t.message_id LEFT JOIN alert a ON a.message_id = m.id WHERE t.id = $1`,
        [attemptId],
      );
      seen.push({ ...rows[0], remembered: remembered() });
      return bench.pigeon.accepting();
    };
    await bench.get(DrainService).drainAllShards();
    return seen;
  }

  it('for a new message, its attempt stands committed with the frozen text, and is remembered outside', async () => {
    await bench.alert();
    const [seen, ...others] = await seenDuringCall();
    expect(others).toEqual([]);
    const [call] = bench.pigeon.called;
    expect(seen).toMatchObject({
      ...{ attempt: 'open', message: 'sending', alert: 'messaged', leased: true },
      ...{ text: call?.text, remembered: call?.attemptId, alertIn: seen?.['messageId'] },
    });
  });

  it('again for one that waited, its new attempt stands committed, too', async () => {
    const message = await bench.message({ status: 'waiting' });
    await bench.attempt(message, { status: 'refused' });
    const [seen, ...others] = await seenDuringCall();
    expect(others).toEqual([]);
    expect(seen).toMatchObject({
      ...{ attempt: 'open', message: 'sending', text: message.text, leased: true },
      remembered: bench.pigeon.called[0]?.attemptId,
    });
  });

  it('for a window, the last attempt of it is remembered before the first call', async () => {
    const attempts = await committed(3);
    const during: unknown[] = [];
    bench.pigeon.answer = () => {
      during.push(remembered());
      return bench.pigeon.accepting();
    };
    await callAll(attempts);
    expect(during).toEqual(Array(3).fill(attempts[2]?.id));
  });

  it('it gets the number, the text and the attempt, once each', async () => {
    const attempts = await committed(2);
    await callAll(attempts);
    expect(bench.pigeon.called.map(({ attemptId, to, text }) => ({ attemptId, to, text }))).toEqual(
      attempts.map(({ id, to, text }) => ({ attemptId: id, to, text })),
    );
    expect(await statusesOf(attempts)).toEqual(['accepted', 'accepted']);
  });
});

it('nobody is called when nothing was committed, and its room is given back', async () => {
  const on = callsWith({ leaseSeconds: 30, timeoutMs: 1000 }, 4);
  const before = remembered();
  await on.callWindow(await roomFor(4, on), []);
  expect(bench.pigeon.called).toEqual([]);
  expect(remembered()).toBe(before);
  await callAll(await committed(4), on);
  expect(bench.pigeon.called).toHaveLength(4);
});

describe('a call has to be over inside the lease', () => {
  it('its last moment lies a time-out and a margin before the end, counted from before the commit', async () => {
    const on = callsWith({ leaseSeconds: 30, timeoutMs: 4000 });
    const before = performance.now();
    const room = await roomFor(1, on);
    const given = performance.now();
    await on.callWindow(room, await committed(1));
    const notAfter = bench.pigeon.called[0]?.notAfter ?? 0;
    const spare = 30_000 - 4000 - 250;
    expect(notAfter).toBeGreaterThanOrEqual(before + spare);
    expect(notAfter).toBeLessThanOrEqual(given + spare);
  });

  it('is not made when the commit took too long: it waits for another attempt', async () => {
    const on = callsWith({ leaseSeconds: 1.6, timeoutMs: 1000 });
    const attempts = await committed(2);
    const room = await roomFor(2, on);
    await sleep(room.deadline - performance.now() + 5);
    await on.callWindow(room, attempts);
    expect(bench.pigeon.called).toEqual([]);
    for (const { id, messageId } of attempts) {
      expect(await bench.row('attempt', id)).toMatchObject({
        ...{ status: 'refused', code: 'deadline-passed', detail: 'deadline-passed' },
      });
      expect(await bench.row('message', messageId)).toMatchObject({ status: 'waiting', resent_unproved: 0 });
    }
  });

  it('has no room when its turn would come after the last moment: nothing is used up', async () => {
    bench.pigeon.rate = 0.1;
    const on = callsWith({ leaseSeconds: 13, timeoutMs: 1000 });
    // Turns come every ten seconds, and the last moment is in twelve.
    expect((await roomFor(20, on)).turns).toHaveLength(2);
    expect(await on.takeRoom(bench.pigeon, 20)).toBeNull();
    const [next] = await bench.sql<{ seconds: number }>(
      `SELECT extract(epoch FROM next_at - clock_timestamp())::float8 AS seconds FROM pace WHERE sender = 'PIGEON'`,
    );
    expect(next?.seconds).toBeLessThanOrEqual(20);
  });
});

describe('a brake that is pulled after the commit', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['on the agency', () => bench.brake('agency')],
    ['on the instance', () => bench.brake('instance')],
    ['on the sender', () => bench.brake('sender', 'PIGEON')],
    ['on the route', () => bench.brake('route', 'PIGEON/KR')],
    ['on the template', () => bench.brake('template', 'ko/any/signing')],
  ])('%s stops what was not called yet, which waits without a back-off', async (_what, pull) => {
    const on = callsWith({ leaseSeconds: 30, timeoutMs: 1000 });
    const attempts = await committed(2);
    const room = await roomFor(2, on);
    await pull();
    await on.callWindow(room, attempts);
    expect(bench.pigeon.called).toEqual([]);
    for (const { id, messageId } of attempts) {
      expect(await bench.row('attempt', id)).toMatchObject({ status: 'refused', code: 'paused' });
      const message = await bench.row('message', messageId);
      expect(message).toMatchObject({ status: 'waiting', resent_unproved: 0 });
      expect((message['next_attempt_at'] as Date).getTime()).toBeLessThanOrEqual(Date.now() + 1100);
    }
  });

  it('on a department stops its own alone', async () => {
    const on = callsWith({ leaseSeconds: 30, timeoutMs: 1000 });
    const [paused, free] = (await committed(2)) as [OpenAttempt, OpenAttempt];
    const department = await bench.department();
    const room = await roomFor(2, on);
    await bench.brake('department', department);
    await on.callWindow(room, [{ ...paused, departments: [department] }, free]);
    expect(bench.pigeon.called.map(({ attemptId }) => attemptId)).toEqual([free.id]);
    expect(await statusesOf([paused, free])).toEqual(['refused', 'accepted']);
  });

  it('lets what waits for its turn be stopped, too', async () => {
    bench.pigeon.rate = 1;
    const on = callsWith({ leaseSeconds: 30, timeoutMs: 1000 });
    const attempts = await committed(3);
    const room = await roomFor(3, on);
    bench.pigeon.answer = async () => {
      await bench.brake('agency');
      return bench.pigeon.accepting();
    };
    await on.callWindow(room, attempts);
    expect(await statusesOf(attempts)).toEqual(['accepted', 'refused', 'refused']);
  });
});

describe('the places of a process', () => {
  const on = () => callsWith({ leaseSeconds: 30, timeoutMs: 1000 }, 4);

  it('bound the calls under way, whoever makes them', async () => {
    const own = on();
    const [one, other] = [await committed(4), await committed(4)];
    let [underWay, most] = [0, 0];
    bench.pigeon.answer = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await sleep(5);
      underWay -= 1;
      return bench.pigeon.accepting();
    };
    const called = async (attempts: OpenAttempt[]) => {
      for (let rest = attempts; rest.length > 0;) {
        const room = await roomFor(rest.length, own);
        await own.callWindow(room, rest.slice(0, room.turns.length));
        rest = rest.slice(room.turns.length);
      }
    };
    await Promise.all([called(one), called(other)]);
    expect(bench.pigeon.called).toHaveLength(8);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('are given back when calls fail', async () => {
    const own = on();
    for (let i = 0; i < 3; i += 1) {
      bench.pigeon.answer = () => {
        throw new Error('broken');
      };
      await expect(callAll(await committed(4), own)).rejects.toThrow('broken');
    }
  });
});

describe('the pace of a sender', () => {
  const pace = () => bench.get(Pace);
  const nextIn = async (sender: string) => {
    const [row] = await bench.sql<{ ms: number }>(
      `SELECT (extract(epoch FROM next_at - clock_timestamp()) * 1000)::float8 AS ms FROM pace WHERE sender = $1`,
      [sender],
    );
    return row?.ms ?? 0;
  };
  /** Milliseconds that a slow machine may have taken since. */
  const slack = 1900;

  /** Milliseconds from now until each of so many turns. */
  const turnsIn = async (count: number, of = pace(), provider = bench.pigeon, withinMs = 60_000) => {
    const turns = await of.takeTurns(provider, count, performance.now() + withinMs);
    const now = performance.now();
    return turns.map((turn) => turn - now);
  };
  const another = (rate: number | null = null) => new Pace({ sending: { rate } }, bench.get(Database));

  it('spaces the texts of a window by its rate, the first at once', async () => {
    bench.pigeon.rate = 2;
    const turns = await turnsIn(4);
    expect(turns[0]).toBeLessThan(1);
    expect(turns.map((turn) => Math.round((turn - (turns[0] ?? 0)) / 10) * 10)).toEqual([0, 500, 1000, 1500]);
    const next = await nextIn('PIGEON');
    expect(next).toBeGreaterThan(2000 - slack);
    expect(next).toBeLessThanOrEqual(2000);
  });

  it('goes on where the window before it ended, for all processes', async () => {
    bench.pigeon.rate = 2;
    await turnsIn(4);
    const [first = 0, second = 0] = await turnsIn(2, another());
    expect(first).toBeGreaterThan(2000 - slack);
    expect(first).toBeLessThanOrEqual(2000);
    expect(second - first).toBeCloseTo(500, 5);
    expect(await nextIn('PIGEON')).toBeGreaterThan(3000 - slack);
  });

  it('grants the turns of several processes at once to one alone', async () => {
    bench.pigeon.rate = 1;
    const granted = await Promise.all(Array.from({ length: 6 }, () => turnsIn(5, another())));
    const turns = granted.flat().sort((a, b) => a - b);
    expect(turns).toHaveLength(30);
    for (const [i, turn] of turns.entries()) expect(turn).toBeGreaterThan(i * 1000 - slack);
  });

  it('grants no turn after the deadline, however many want one', async () => {
    bench.pigeon.rate = 1;
    const granted = await Promise.all(
      Array.from({ length: 4 }, () => turnsIn(8, another(), bench.pigeon, 10_000)),
    );
    expect(granted.flat().length).toBeLessThanOrEqual(10);
    expect(granted.flat().length).toBeGreaterThan(5);
    expect(Math.max(...granted.flat())).toBeLessThan(10_000);
    expect(await nextIn('PIGEON')).toBeLessThanOrEqual(11_100);
  });

  it('keeps turns that were not used for the next window of the process', async () => {
    bench.pigeon.rate = 0.5;
    const own = another();
    const turns = await own.takeTurns(bench.pigeon, 5, performance.now() + 60_000);
    own.giveBack(bench.pigeon, turns.slice(1));
    const next = await own.takeTurns(bench.pigeon, 6, performance.now() + 60_000);
    expect(next.slice(0, 4)).toEqual(turns.slice(1));
    expect(next).toHaveLength(6);
  });

  it('saves nothing up while it is idle', async () => {
    bench.pigeon.rate = 2;
    await bench.insert('pace', { sender: 'PIGEON', next_at: ago(3600) });
    const turns = await turnsIn(2);
    expect(turns[0]).toBeLessThan(1);
    expect(await nextIn('PIGEON')).toBeGreaterThan(-slack);
  });

  it('is its own: another sender’s texts take no turn of it', async () => {
    Object.assign(bench.pigeon, { rate: 0.1 });
    await turnsIn(3);
    expect((await turnsIn(1, pace(), bench.gull))[0]).toBeLessThan(1);
  });

  it('is the rate that was set, where one was', async () => {
    const turns = await turnsIn(2, another(5));
    expect((turns[1] ?? 0) - (turns[0] ?? 0)).toBeCloseTo(200, 5);
  });

  it('is kept by the calls of several windows', async () => {
    bench.pigeon.rate = 25;
    const [one, other] = [await committed(3), await committed(3)];
    await callAll(one);
    await callAll(other);
    const at = bench.pigeon.called.map((call) => call.at);
    expect(bench.pigeon.called.map(({ attemptId }) => attemptId)).toEqual(
      [...one, ...other].map(({ id }) => id),
    );
    // Never a text more than the rate allows in the time since the first; a timer may be late, and not early.
    for (const [i, moment] of at.entries()) expect(moment - (at[0] ?? 0)).toBeGreaterThan(i * 40 - 12 * 3);
    expect((at[5] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(5 * 40 - 30);
  });
});
