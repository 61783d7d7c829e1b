import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenAttempt } from '../../src/core/sending/attempt-states.js';
import { BrakesService } from '../../src/core/sending/brakes.service.js';
import { DrainService } from '../../src/core/sending/drain.service.js';
import type { InstanceMarker } from '../../src/core/sending/instance.service.js';
import { MessageFreezer } from '../../src/core/sending/message-freezer.js';
import { Pace, type ProviderCalls, type Room } from '../../src/core/sending/provider-calls.js';
import { Database } from '../../src/platform/database/database.js';
import { ago, type Row, SendingBench } from '../support/sending-bench.js';
import { until } from '../support/until.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const remembered = () =>
  (JSON.parse(readFileSync(join(bench.dataDir, 'instance.json'), 'utf8')) as Row)['lastAttempt'];

/** Commits attempts of as many messages, as the freezer does. */
async function committed(
  count: number,
  provider = bench.pigeon,
  given: Partial<OpenAttempt> = {},
): Promise<OpenAttempt[]> {
  const attempts: OpenAttempt[] = [];
  for (let i = 0; i < count; i += 1) {
    const { name, sender } = provider;
    const {
      id: messageId,
      index: numberIndex,
      shard,
      to,
      text,
    } = await bench.message({ provider: name, sender });
    const id = await bench.attempt({ id: messageId, index: numberIndex }, { provider: name });
    const frozen = { country: 'KR', templateKey: 'ko/any/signing', departments: [], callAt: 0 };
    attempts.push({ ...frozen, id, messageId, numberIndex, shard, provider, to, text, ...given });
  }
  return attempts;
}

async function roomFor(calls: ProviderCalls, count: number, provider = bench.pigeon): Promise<Room> {
  const room = await calls.takeRoom(provider, count);
  if (!room) throw new Error('there is no room');
  expect(room.turns).toHaveLength(count);
  return room;
}

/** Calls for attempts that were committed since there was room for them. */
async function call(
  attempts: OpenAttempt[],
  calls = bench.calls(),
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Room> {
  const room = await roomFor(calls, attempts.length, attempts[0]?.provider as typeof bench.pigeon);
  await between();
  await calls.callWindow(room, attempts);
  return room;
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
      attempt: 'open',
      message: 'sending',
      alert: 'messaged',
      leased: true,
      text: call?.text,
      remembered: call?.attemptId,
      alertIn: seen?.['messageId'],
    });
  });

  it('again for one that waited, its new attempt stands committed, too', async () => {
    const message = await bench.message({ status: 'waiting' });
    await bench.attempt(message, { status: 'refused' });
    const [seen, ...others] = await seenDuringCall();
    expect(others).toEqual([]);
    expect(seen).toMatchObject({
      attempt: 'open',
      message: 'sending',
      text: message.text,
      leased: true,
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
    await call(attempts);
    expect(during).toEqual(Array(3).fill(attempts[2]?.id));
  });

  it('it gets the number, the text and the attempt, once each', async () => {
    const attempts = await committed(2);
    await call(attempts);
    const called = bench.pigeon.called.map(({ attemptId, to, text }) => ({ attemptId, to, text }));
    // The calls of a window go side by side, in no sure order.
    expect(called.sort((a, b) => (a.attemptId < b.attemptId ? -1 : 1))).toEqual(
      attempts.map(({ id, to, text }) => ({ attemptId: id, to, text })),
    );
    expect(await statusesOf(attempts)).toEqual(['accepted', 'accepted']);
  });

  it('each is called for its own attempts', async () => {
    const [pigeons, gulls] = [await committed(2), await committed(1, bench.gull)];
    for (const attempts of [pigeons, gulls]) await call(attempts);
    expect(bench.pigeon.called.map(({ attemptId }) => attemptId).sort()).toEqual(pigeons.map(({ id }) => id));
    expect(bench.gull.called.map(({ attemptId }) => attemptId)).toEqual(gulls.map(({ id }) => id));
  });

  it('it is not, when nothing was committed, nor is anything remembered', async () => {
    const before = remembered();
    const calls = bench.calls();
    await calls.callWindow(await roomFor(calls, 10), []);
    expect(bench.pigeon.called).toEqual([]);
    expect(remembered()).toBe(before);
  });
});

describe('a call has to be over inside the lease', () => {
  it('its last moment lies a time-out and a margin before the end, counted from before the commit', async () => {
    const attempts = await committed(1);
    const calls = bench.calls({ timeoutMs: 4000 });
    const before = performance.now();
    const room = await roomFor(calls, 1);
    const after = performance.now();
    await calls.callWindow(room, attempts);
    const spare = 30_000 - 4000 - 250;
    expect(room.deadline).toBeGreaterThanOrEqual(before + spare);
    expect(room.deadline).toBeLessThanOrEqual(after + spare);
    expect(bench.pigeon.called[0]?.notAfter).toBe(room.deadline);
  });

  it('has its turn so long before that a timer may be late', async () => {
    bench.pigeon.rate = 50;
    const room = await bench.calls({ leaseSeconds: 3, concurrency: 1000 }).takeRoom(bench.pigeon, 1000);
    expect(room?.turns.length).toBeLessThan(1000);
    expect(room?.turns.at(-1)).toBeLessThan((room?.deadline ?? 0) - 250);
  });

  it('counts from when there were places, and not from when they were waited for', async () => {
    const calls = bench.calls({ concurrency: 1 });
    const first = await roomFor(calls, 2);
    const waiting = roomFor(calls, 1);
    await sleep(30);
    const given = performance.now();
    await calls.callWindow(first, []);
    expect((await waiting).deadline).toBeGreaterThanOrEqual(given + 30_000 - 1000 - 250);
  });

  it('is not made when the commit took too long: it waits for another attempt', async () => {
    const attempts = await committed(2);
    const calls = bench.calls({ leaseSeconds: 3 });
    const room = await roomFor(calls, 2);
    await until('the last moment is over', () => performance.now() > room.deadline);
    await calls.callWindow(room, attempts);
    expect(bench.pigeon.called).toEqual([]);
    for (const { id, messageId } of attempts) {
      expect(await bench.row('attempt', id)).toMatchObject({
        status: 'refused',
        code: 'deadline-passed',
        detail: 'deadline-passed',
      });
      expect(await bench.row('message', messageId)).toMatchObject({ status: 'waiting', resent_unproved: 0 });
    }
  });
});

describe('a brake that is pulled when the attempts are committed', () => {
  const cases: [string, string | null, string | null][] = [
    ['agency', 'all', null],
    ['instance', 'all', null],
    ['sender', 'PIGEON', 'GULL'],
    ['template', 'ko/any/signing', 'ko/any/digest'],
    ['route', 'PIGEON/KR', 'PIGEON/GB'],
    ['department', null, null],
  ];

  it.each(cases)('by %s stops what it is for before its call, and that waits', async (scope, target) => {
    const department = await bench.department();
    const attempts = await committed(2, bench.pigeon, { departments: [department] });
    await call(attempts, bench.calls(), () => bench.brake(scope, target ?? department));
    expect(bench.pigeon.called).toEqual([]);
    for (const { id, messageId } of attempts) {
      expect(await bench.row('attempt', id)).toMatchObject({
        status: 'refused',
        code: 'paused',
        detail: 'paused',
      });
      expect(await bench.row('message', messageId)).toMatchObject({ status: 'waiting', resent_unproved: 0 });
    }
  });

  it.each(cases.slice(2))('by %s stops nothing else', async (scope, _target, another) => {
    const department = await bench.department();
    const attempts = await committed(1, bench.pigeon, { departments: [department] });
    await call(attempts, bench.calls(), async () =>
      bench.brake(scope, another ?? (await bench.department())),
    );
    expect(await statusesOf(attempts)).toEqual(['accepted']);
  });

  it('stops its own of a window, and the rest goes out', async () => {
    const [department, other] = [await bench.department(), await bench.department()];
    const [paused, free] = [
      await committed(1, bench.pigeon, { departments: [other, department] }),
      await committed(1, bench.pigeon, { departments: [other] }),
    ];
    await call([...paused, ...free], bench.calls(), () => bench.brake('department', department));
    expect(bench.pigeon.called.map(({ attemptId }) => attemptId)).toEqual([free[0]?.id]);
    expect(await statusesOf([...paused, ...free])).toEqual(['refused', 'accepted']);
  });

  it('is seen though the calls of the window have begun', async () => {
    bench.pigeon.rate = 0.5;
    const attempts = await committed(2);
    bench.pigeon.answer = async () => {
      await bench.brake('agency');
      return bench.pigeon.accepting();
    };
    await call(attempts);
    expect(bench.pigeon.called.map(({ attemptId }) => attemptId)).toEqual([attempts[0]?.id]);
    expect(await statusesOf(attempts)).toEqual(['accepted', 'refused']);
  });

  it('costs nothing but the wait: after its release the text goes out, by the next attempt', async () => {
    const alert = await bench.alert();
    const drains = bench.drains(bench.calls());
    const freezer = bench.get(MessageFreezer);
    let brake = '';
    const freezeDue = freezer.freezeDue.bind(freezer);
    freezer.freezeDue = async (...given) => {
      const frozen = await freezeDue(...given);
      brake = await bench.brake('agency');
      return frozen;
    };
    await drains.drainShard(alert.shard).finally(() => Reflect.deleteProperty(freezer, 'freezeDue'));
    expect(bench.pigeon.called).toEqual([]);
    await bench.sql(`DELETE FROM brake WHERE id = $1`, [brake]);
    // As the ticks do, from the moment of the release on.
    await until('it goes out', async () => (await drains.drainShard(alert.shard), bench.pigeon.called[0]));
    const [message] = await bench.sql(`SELECT status, attempts FROM message`);
    expect(message).toEqual({ status: 'accepted', attempts: 2 });
    expect(await bench.sql(`SELECT status FROM attempt ORDER BY id`)).toEqual([
      { status: 'refused' },
      { status: 'accepted' },
    ]);
  });
});

describe('the pace of a sender', () => {
  const nextIn = async (sender: string) => {
    const [row] = await bench.sql<{ ms: number }>(
      `SELECT (extract(epoch FROM next_at - clock_timestamp()) * 1000)::float8 AS ms FROM pace WHERE sender = $1`,
      [sender],
    );
    return row?.ms ?? 0;
  };
  const nextAt = () => bench.sql(`SELECT sender, next_at::text FROM pace ORDER BY sender`);
  /** Milliseconds that a slow machine may have taken since. */
  const slack = 1900;
  const farOff = () => performance.now() + 60_000;
  /** Milliseconds from the first turn. */
  const spaced = (turns: number[]) => turns.map((turn) => Math.round(turn - (turns[0] ?? 0)));

  it('spaces the texts of a window by its rate, the first at once', async () => {
    bench.pigeon.rate = 2;
    const before = performance.now();
    const turns = await bench.pace().takeTurns(bench.pigeon, 4, farOff());
    expect(turns[0]).toBeGreaterThanOrEqual(before);
    expect(turns[0]).toBeLessThanOrEqual(performance.now());
    expect(spaced(turns)).toEqual([0, 500, 1000, 1500]);
    const next = await nextIn('PIGEON');
    expect(next).toBeGreaterThan(2000 - slack);
    expect(next).toBeLessThanOrEqual(2000);
  });

  it('goes on where the window before it ended, for all processes', async () => {
    bench.pigeon.rate = 2;
    await bench.pace().takeTurns(bench.pigeon, 4, farOff());
    const turns = await bench.pace().takeTurns(bench.pigeon, 2, farOff());
    const first = (turns[0] ?? 0) - performance.now();
    expect(first).toBeGreaterThan(2000 - slack);
    expect(first).toBeLessThanOrEqual(2000);
    expect(spaced(turns)).toEqual([0, 500]);
    expect(await nextIn('PIGEON')).toBeGreaterThan(3000 - slack);
  });

  it('saves nothing up while it is idle', async () => {
    bench.pigeon.rate = 2;
    await bench.insert('pace', { sender: 'PIGEON', next_at: ago(3600) });
    const before = performance.now();
    const turns = await bench.pace().takeTurns(bench.pigeon, 2, farOff());
    expect(turns[0]).toBeGreaterThanOrEqual(before);
    expect(spaced(turns)).toEqual([0, 500]);
    expect(await nextIn('PIGEON')).toBeGreaterThan(-slack);
  });

  it('is its own: another sender’s texts take no turn of it', async () => {
    bench.pigeon.rate = 0.1;
    const pace = bench.pace();
    pace.giveBack(bench.pigeon, await pace.takeTurns(bench.pigeon, 3, farOff()));
    const [turn = 0] = await pace.takeTurns(bench.gull, 1, farOff());
    expect(turn).toBeLessThanOrEqual(performance.now());
  });

  it('is the rate that was set, where one was', async () => {
    expect(spaced(await bench.pace(5).takeTurns(bench.pigeon, 2, farOff()))).toEqual([0, 200]);
  });

  it('grants no turn at or after the last moment, and uses none up for that', async () => {
    bench.pigeon.rate = 0.5;
    const turns = await bench.pace().takeTurns(bench.pigeon, 20, performance.now() + 9000);
    expect(spaced(turns)).toEqual([0, 2000, 4000, 6000, 8000]);
    const taken = await nextAt();
    for (const deadline of [performance.now() + 4000, performance.now(), performance.now() - 1000])
      expect(await bench.pace().takeTurns(bench.pigeon, 20, deadline)).toEqual([]);
    expect(await nextAt()).toEqual(taken);
    // With more time there are more.
    expect(await bench.pace().takeTurns(bench.pigeon, 1, farOff())).toHaveLength(1);
  });

  it('grants none that has come too late with the answer of a slow database', async () => {
    bench.pigeon.rate = 100;
    const slow = {
      rows: async (...given: [string, unknown[]]) => {
        const rows = await bench.get(Database).rows(...given);
        await sleep(100);
        return rows;
      },
      run: (...given: [string, unknown[]]) => bench.get(Database).run(...given),
    } as unknown as Database;
    await bench.pace().takeTurns(bench.pigeon, 1, farOff());
    const deadline = performance.now() + 150;
    const turns = await new Pace({ sending: { rate: null } }, slow).takeTurns(bench.pigeon, 15, deadline);
    expect(turns.length).toBeLessThan(15);
    for (const turn of turns) expect(turn).toBeLessThan(deadline);
  });

  it('grants several processes at once no more turns together than there are, and none twice', async () => {
    bench.pigeon.rate = 1;
    const deadline = performance.now() + 30_500;
    const granted = await Promise.all(
      Array.from({ length: 6 }, () => bench.pace().takeTurns(bench.pigeon, 8, deadline)),
    );
    const turns = granted.flat().sort((a, b) => a - b);
    expect(turns.length).toBeLessThanOrEqual(31);
    // A slow machine may have had its answer late, for each process by another time.
    expect(turns.length).toBeGreaterThanOrEqual(31 - slack / 1000);
    for (const [i, turn] of turns.entries()) {
      expect(turn).toBeLessThan(deadline);
      expect(turn - (turns[0] ?? 0)).toBeGreaterThan(i * 1000 - slack);
    }
    expect(await bench.pace().takeTurns(bench.pigeon, 8, deadline)).toEqual([]);
  });

  it('grants what a window did not need to the next of its process, and to that of no other', async () => {
    bench.pigeon.rate = 0.5;
    const [own, other] = [bench.pace(), bench.pace()];
    const turns = await own.takeTurns(bench.pigeon, 5, farOff());
    // In whatever order they come back.
    own.giveBack(bench.pigeon, turns.slice(3));
    own.giveBack(bench.pigeon, turns.slice(2, 3));
    const taken = await nextAt();
    expect(await own.takeTurns(bench.pigeon, 2, farOff())).toEqual(turns.slice(2, 4));
    expect(await nextAt()).toEqual(taken);
    expect(await own.takeTurns(bench.pigeon, 2, farOff())).toEqual([turns[4], expect.any(Number)]);
    const [next = 0] = await other.takeTurns(bench.pigeon, 1, farOff());
    expect(next).toBeGreaterThan((turns[4] ?? 0) + 2000);
  });

  it('grants no turn that is over, though it was given back', async () => {
    bench.pigeon.rate = 0.5;
    const pace = bench.pace();
    const [over = 0, next = 0] = await pace.takeTurns(bench.pigeon, 2, farOff());
    pace.giveBack(bench.pigeon, [over, next]);
    await until('the first is over', () => performance.now() > over);
    expect((await pace.takeTurns(bench.pigeon, 1, farOff()))[0]).toBeGreaterThan(over);
  });

  it('is kept by the calls of several windows, and none goes before its turn', async () => {
    bench.pigeon.rate = 90;
    const calls = bench.calls({ concurrency: 40 });
    const [one, other] = [await committed(20), await committed(20)];
    const rooms = [await roomFor(calls, 20), await roomFor(calls, 20)] as [Room, Room];
    await Promise.all([calls.callWindow(rooms[0], one), calls.callWindow(rooms[1], other)]);
    const turnOf = new Map([
      ...one.map(({ id }, i) => [id, rooms[0].turns[i]] as const),
      ...other.map(({ id }, i) => [id, rooms[1].turns[i]] as const),
    ]);
    expect(bench.pigeon.called).toHaveLength(40);
    for (const { attemptId, at } of bench.pigeon.called)
      expect(at).toBeGreaterThanOrEqual(turnOf.get(attemptId) ?? Infinity);
    const turns = rooms.flatMap((room) => room.turns);
    expect(spaced(turns.slice(0, 20))).toEqual(
      Array.from({ length: 20 }, (_, i) => Math.round((i * 1000) / 90)),
    );
  });

  it('gives the first turn to what is to be called first, and nothing is called before its time', async () => {
    bench.pigeon.rate = 1;
    const callAt = performance.now() + 1500;
    const [[later], [now]] = [await committed(1, bench.pigeon, { callAt }), await committed(1)];
    if (!later || !now) throw new Error('nothing was committed');
    const { turns } = await call([later, now]);
    const [first, second] = bench.pigeon.called;
    expect([first?.attemptId, second?.attemptId]).toEqual([now.id, later.id]);
    expect(first?.at).toBeLessThan((turns[0] ?? 0) + 900);
    expect(second?.at).toBeGreaterThanOrEqual(callAt);
  });
});

it('turns that passed while the process stood still are not all taken at once', async () => {
  bench.pigeon.rate = 50;
  const attempts = await committed(20);
  let stoodStill = false;
  bench.pigeon.answer = () => {
    const until = performance.now() + 300;
    while (!stoodStill && performance.now() < until);
    stoodStill = true;
    return bench.pigeon.accepting();
  };
  await call(attempts);
  const at = bench.pigeon.called.map((one) => one.at).sort((a, b) => a - b);
  // Fifteen had become due; the rate allows five in 100 ms, and a slow machine is late with some more.
  for (const [i, moment] of at.entries()) expect((at[i + 12] ?? Infinity) - moment).toBeGreaterThan(100);
});

describe('more is due than the pace can send before the calls’ last moment', () => {
  it('no more is opened than has a turn: none comes too late, and all go out in time, by one attempt', async () => {
    bench.pigeon.rate = 4;
    for (let i = 0; i < 20; i += 1) await bench.alert({ shard: i % 4 });
    // Two processes, whose calls have a second and a half for their turns.
    const processes = [1, 2].map(() => bench.drains(bench.calls({ leaseSeconds: 3 })));
    const drainAll = () =>
      Promise.all(processes.flatMap((drains) => [0, 1, 2, 3].map((shard) => drains.drainShard(shard))));
    const started = performance.now();
    await drainAll();
    const planned = await bench.sql(`SELECT 1 FROM alert WHERE status = 'planned'`);
    expect(planned.length).toBeGreaterThan(0);
    await until('all went out', async () => (await drainAll(), bench.pigeon.called.length === 20));
    const took = performance.now() - started;
    expect(await bench.sql(`SELECT status, count(*)::int FROM attempt GROUP BY status`)).toEqual([
      { status: 'accepted', count: 20 },
    ]);
    expect(await bench.sql(`SELECT 1 FROM message WHERE attempts > 1`)).toEqual([]);
    expect(took).toBeGreaterThan(19 * 250);
    const at = bench.pigeon.called.map((one) => one.at).sort((a, b) => a - b);
    for (const [i, moment] of at.entries()) expect(moment - started).toBeGreaterThanOrEqual(i * 250);
  });
});

describe('the places of a process', () => {
  it('bound its calls over all shards', async () => {
    for (let i = 0; i < 40; i += 1) await bench.alert({ shard: i % 8 });
    let [underWay, most] = [0, 0];
    bench.pigeon.answer = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await sleep(20);
      underWay -= 1;
      return bench.pigeon.accepting();
    };
    const drains = bench.drains(bench.calls({ concurrency: 6 }), 6);
    const called = await Promise.all(Array.from({ length: 8 }, (_, shard) => drains.drainShard(shard)));
    expect(called.reduce((sum, count) => sum + count)).toBe(40);
    expect(bench.pigeon.called).toHaveLength(40);
    expect(most).toBeLessThanOrEqual(6);
    expect(most).toBeGreaterThan(1);
  });

  it('let the next window be committed while one is called, and no more than that', async () => {
    for (let i = 0; i < 8; i += 1) await bench.alert({ shard: 3 });
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    bench.pigeon.answer = async () => (await answered, bench.pigeon.accepting());
    const drained = bench.drains(bench.calls({ concurrency: 2 }), 2).drainShard(3);
    const open = async () => (await bench.sql(`SELECT 1 FROM attempt WHERE status = 'open'`)).length;
    await until('two windows are open', async () => (await open()) === 4);
    await sleep(200);
    expect([await open(), bench.pigeon.called.length]).toEqual([4, 2]);
    answer();
    expect(await drained).toBe(8);
  });

  it('are had one after the other, by nobody fewer than half of all, unless that is enough', async () => {
    const calls = bench.calls({ concurrency: 2 });
    const rooms: Room[] = [];
    for (let i = 0; i < 4; i += 1) rooms.push(await roomFor(calls, 1));
    const served: [string, number | undefined][] = [];
    const wait = async (who: string, count: number) =>
      served.push([who, (await calls.takeRoom(bench.pigeon, count))?.turns.length]);
    const waiting = [wait('many', 4), wait('one', 1)];
    const giveBack = async () => {
      const room = rooms.pop();
      if (room) await calls.callWindow(room, []);
      await bench.pace().takeTurns(bench.gull, 1, Infinity);
    };
    await giveBack();
    expect(served).toEqual([]);
    await giveBack();
    await waiting[0];
    expect(served).toEqual([['many', 2]]);
    await giveBack();
    await waiting[1];
    expect(served).toEqual([
      ['many', 2],
      ['one', 1],
    ]);
  });

  it('that come back at once serve all who wait for some', async () => {
    const calls = bench.calls({ concurrency: 2 });
    const rooms = [await roomFor(calls, 2), await roomFor(calls, 2)];
    const waiting = [1, 2].map(() => calls.takeRoom(bench.pigeon, 4));
    await Promise.all(rooms.map((room) => calls.callWindow(room, [])));
    const served = await Promise.all(waiting);
    expect(served.map((room) => room?.turns.length)).toEqual([2, 2]);
  });

  it('for which there is no turn are free for others', async () => {
    bench.pigeon.rate = 0.01;
    const calls = bench.calls({ concurrency: 4 });
    expect((await calls.takeRoom(bench.pigeon, 4))?.turns).toHaveLength(1);
    expect(await calls.takeRoom(bench.pigeon, 3)).toBeNull();
    expect((await calls.takeRoom(bench.gull, 3))?.turns).toHaveLength(3);
  });

  const broken = () => {
    throw new Error('broken');
  };
  const withoutTable = async (table: string) => {
    await bench.sql(`ALTER TABLE ${table} RENAME TO ${table}_elsewhere`);
    return () => bench.sql(`ALTER TABLE ${table}_elsewhere RENAME TO ${table}`);
  };
  /** What breaks, and how it is mended. */
  const breaks: [string, (parts: { marker: InstanceMarker; brakes: BrakesService }) => unknown][] = [
    [
      'the provider breaks down',
      () => {
        bench.pigeon.answer = broken;
        return () => (bench.pigeon.answer = () => bench.pigeon.accepting());
      },
    ],
    ['nothing can be opened', () => withoutTable('attempt')],
    ['there is nothing to tell turns by', () => withoutTable('pace')],
    [
      'the brakes cannot be read before the call',
      ({ brakes }) => {
        brakes.recentBrakes = broken;
        return () => (brakes.recentBrakes = () => bench.get(BrakesService).brakesOn());
      },
    ],
    [
      'the last attempt cannot be remembered',
      ({ marker }) => {
        marker.rememberAttempt = broken;
        return () => (marker.rememberAttempt = () => Promise.resolve());
      },
    ],
  ];
  it.each(breaks)('come back when %s', async (_what, breakIt) => {
    const parts = {
      marker: { rememberAttempt: () => Promise.resolve() } as unknown as InstanceMarker,
      brakes: { recentBrakes: () => bench.get(BrakesService).brakesOn() } as BrakesService,
    };
    const due = async () => {
      for (let i = 0; i < 3; i += 1) await bench.alert({ shard: 2 });
    };
    const mend = (await breakIt(parts)) as () => Promise<unknown>;
    const calls = bench.calls({ concurrency: 2, ...parts });
    for (let i = 0; i < 3; i += 1) {
      await due();
      await expect(bench.drains(calls, 2).drainShard(2)).rejects.toThrow();
    }
    await mend();
    bench.pigeon.called.length = 0;
    await due();
    await bench.drains(calls, 2).drainShard(2);
    expect(bench.pigeon.called.length).toBeGreaterThanOrEqual(3);
  });
});

it('a call that breaks down fails its window after the others, whose answers are written', async () => {
  const attempts = await committed(3);
  bench.pigeon.answer = async ({ attemptId }) => {
    if (attemptId === attempts[1]?.id) throw new Error('broken');
    await sleep(30);
    return bench.pigeon.accepting();
  };
  await expect(call(attempts)).rejects.toThrow('broken');
  expect(await statusesOf(attempts)).toEqual(['accepted', 'open', 'accepted']);
});

it('nobody is called for attempts that are not remembered outside: a restore would not be noticed', async () => {
  const attempts = await committed(2);
  const rememberAttempt = () => {
    throw new Error('the disk is full');
  };
  const marker = { rememberAttempt } as unknown as InstanceMarker;
  await expect(call(attempts, bench.calls({ marker }))).rejects.toThrow('the disk is full');
  expect(bench.pigeon.called).toEqual([]);
  expect(await statusesOf(attempts)).toEqual(['open', 'open']);
});
