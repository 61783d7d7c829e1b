import { allShards, type DrainService } from '../../src/core/sending/drain.service.js';
import { MessageFreezer } from '../../src/core/sending/message-freezer.js';
import { allot } from '../../src/core/sending/window-opener.js';
import { type AlertMade, ago, SendingBench } from '../support/sending-bench.js';
import { until } from '../support/until.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
let drains: DrainService;
beforeEach(async () => {
  await bench.clear();
  drains = bench.drains();
});
afterAll(() => bench.stop());

const statusOf = async ({ id }: AlertMade) => (await bench.row('alert', id))['status'];
const calledFor = () => bench.pigeon.called.map(({ to }) => to).sort();
const shard = 3;
const inShard = (given: Parameters<SendingBench['alert']>[0] = {}) => bench.alert({ shard, ...given });

/** Runs work while the first call is under way, and lets that be accepted then. */
function duringFirstCall(work: () => Promise<unknown>): void {
  bench.pigeon.answer = async () => {
    if (bench.pigeon.called.length === 1) await work();
    return bench.pigeon.accepting();
  };
}

describe('a drain', () => {
  it('sends what is due in its shard, and nothing of the others', async () => {
    const [own, other] = [await inShard(), await bench.alert({ shard: 4 })];
    expect(await drains.drainShard(shard)).toBe(1);
    expect(calledFor()).toEqual([own.to]);
    expect(await statusOf(other)).toBe('planned');
    expect(await drains.drainAllShards()).toBe(1);
    expect(await statusOf(other)).toBe('messaged');
  });

  it('takes the messages that wait before what is new', async () => {
    const waiting = await bench.message({ status: 'waiting', shard });
    await inShard();
    expect(await drains.drainShard(shard)).toBe(2);
    // Both are called at once, and may arrive in any order; their attempts are opened one after the other.
    const [first, second] = await bench.sql<{ messageId: string }>(
      `SELECT message_id AS "messageId" FROM attempt ORDER BY id`,
    );
    expect(first?.messageId).toBe(waiting.id);
    expect(second?.messageId).not.toBe(waiting.id);
  });

  it('goes on through all that waits, window by window, whether or not there is anything new', async () => {
    for (let i = 0; i < 12; i += 1) await bench.message({ status: 'waiting', shard });
    expect(await drains.drainShard(shard)).toBe(12);
    await bench.brake('sender', 'PIGEON');
    for (let i = 0; i < 12; i += 1)
      await bench.message({ status: 'waiting', shard, provider: 'gull', sender: 'GULL' });
    expect(await drains.drainShard(shard)).toBe(12);
  });

  it('of all shards leaves none out', async () => {
    const alerts = [];
    for (let one = 0; one < 8; one += 1) alerts.push(await bench.alert({ shard: one }));
    expect(await drains.drainAllShards()).toBe(8);
    expect(await Promise.all(alerts.map(statusOf))).toEqual(Array(8).fill('messaged'));
  });

  it('goes on with what has fallen due meanwhile', async () => {
    const first = await inShard();
    let second: AlertMade | undefined;
    duringFirstCall(async () => (second = await inShard()));
    expect(await drains.drainShard(shard)).toBe(2);
    expect(calledFor()).toEqual([first.to, second?.to].sort());
  });

  it('opens nothing more once its turn is over', async () => {
    await inShard();
    let second: AlertMade | undefined;
    duringFirstCall(async () => (second = await inShard()));
    expect(await drains.drainShard(shard, 0)).toBe(1);
    expect(await statusOf(second as AlertMade)).toBe('planned');
  });

  it('goes by the brakes that are on at each window', async () => {
    const first = await inShard();
    let second: AlertMade | undefined;
    duringFirstCall(async () => {
      await bench.brake('agency');
      second = await inShard();
    });
    expect(await drains.drainShard(shard)).toBe(1);
    expect(calledFor()).toEqual([first.to]);
    expect(await statusOf(second as AlertMade)).toBe('planned');
  });

  it('sends what a number is due one after the other', async () => {
    const to = bench.number();
    for (const dueDay of ['2026-03-04', '2026-03-05', '2026-03-06']) await inShard({ to, dueDay });
    let underWay = 0;
    bench.pigeon.answer = async () => {
      underWay += 1;
      expect(underWay).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 10));
      underWay -= 1;
      return bench.pigeon.accepting();
    };
    expect(await drains.drainShard(shard)).toBe(3);
  });

  it('opens its next window while calls are under way', async () => {
    const alerts: AlertMade[] = [];
    for (let i = 0; i < 20; i += 1) alerts.push(await inShard());
    bench.pigeon.answer = async ({ to }) => {
      // The last of the first window waits for a call of the second.
      if (to === alerts[9]?.to) await until('another is called', () => bench.pigeon.called.length > 10);
      return bench.pigeon.accepting();
    };
    expect(await drains.drainShard(shard)).toBe(20);
  });

  it('sends what falls due while a call of its is under way, without waiting for that', async () => {
    const first = await inShard();
    let release: () => void = () => undefined;
    let second: AlertMade | undefined;
    bench.pigeon.answer = async ({ to }) => {
      if (to === first.to) {
        second = await inShard();
        await new Promise<void>((resolve) => (release = resolve));
      } else release();
      return bench.pigeon.accepting();
    };
    expect(await drains.drainShard(shard)).toBe(2);
    expect(calledFor()).toEqual([first.to, second?.to].sort());
  });

  it('that finds what is due locked by another ends, and leaves it to that', async () => {
    const [held, message] = [await inShard(), await bench.message({ status: 'waiting', shard })];
    const drain = () => bench.whileLocked('message', [message.id], () => drains.drainShard(shard));
    expect(await bench.whileLocked('alert', [held.id], drain)).toBe(0);
    expect(await drains.drainShard(shard)).toBe(2);
  });

  it('has no more calls under way than were allowed', async () => {
    for (let i = 0; i < 23; i += 1) await inShard();
    let [underWay, most] = [0, 0];
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    bench.pigeon.answer = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await answered;
      underWay -= 1;
      return bench.pigeon.accepting();
    };
    const drained = drains.drainShard(shard);
    await until('ten are called', () => underWay === 10);
    await until(
      'ten more are committed',
      async () => (await bench.sql(`SELECT 1 FROM attempt`)).length === 20,
    );
    answer();
    expect(await drained).toBe(23);
    expect(most).toBe(10);
  });

  it('that is to stop ends after the windows under way: the rest stays planned', async () => {
    const alerts = [];
    for (let i = 0; i < 25; i += 1) alerts.push(await inShard({ dueInSeconds: -100 + i }));
    duringFirstCall(() => Promise.resolve(drains.stopDrains()));
    const called = await drains.drainShard(shard);
    // The second window may have been committed while the first was called.
    expect([10, 20]).toContain(called);
    const left = await Promise.all(alerts.slice(called).map(statusOf));
    expect(left).toEqual(Array.from({ length: 25 - called }, () => 'planned'));
    expect(await bench.sql(`SELECT 1 FROM attempt`)).toHaveLength(called);
  });
});

/** The limits that each window gave to its shards. */
function windowsOf(): number[][] {
  const windows: number[][] = [];
  const freezer = bench.get(MessageFreezer);
  const freezeDue = MessageFreezer.prototype.freezeDue.bind(freezer);
  freezer.freezeDue = (share, situation) => {
    windows.push([...share.limits.keys()].sort());
    return freezeDue(share, situation);
  };
  return windows;
}
afterEach(() => Reflect.deleteProperty(bench.get(MessageFreezer), 'freezeDue'));

describe('drains of several shards', () => {
  it('share their windows', async () => {
    for (const shard of allShards) await bench.alert({ shard });
    const windows = windowsOf();
    const called = await Promise.all(allShards.map((shard) => drains.drainShard(shard)));
    expect(called).toEqual(allShards.map(() => 1));
    // The others came while the first was opened.
    expect(windows.length).toBeLessThan(allShards.length);
  });

  it('are failed by a shard whose window fails, which then keeps back none but itself', async () => {
    const alerts = [];
    for (const shard of [2, 4]) alerts.push(await bench.alert({ shard }));
    const freezer = bench.get(MessageFreezer);
    const freezeDue = MessageFreezer.prototype.freezeDue.bind(freezer);
    freezer.freezeDue = (share, situation) => {
      if (share.limits.has(2)) throw new Error('poison');
      return freezeDue(share, situation);
    };
    // The first window is opened before the others have come.
    const both = () => Promise.allSettled([0, 2, 4].map((shard) => drains.drainShard(shard)));
    await both();
    await both();
    expect(calledFor()).toEqual([alerts[1]?.to]);
    Reflect.deleteProperty(freezer, 'freezeDue');
    await both();
    expect(calledFor()).toEqual(alerts.map(({ to }) => to).sort());
    const windows = windowsOf();
    for (const shard of [2, 4]) await bench.alert({ shard });
    await both();
    expect(windows).toEqual([[2, 4]]);
  });

  it('stay for what falls due before their end, commit it ahead of its time, and call at its time', async () => {
    const alert = await inShard({ dueInSeconds: 0.6 });
    expect(await drains.drainShard(shard, 20_000)).toBe(1);
    const { due_at: dueAt } = await bench.row('alert', alert.id);
    const due = (dueAt as Date).getTime();
    const [attempt] = await bench.sql<{ opened_at: Date }>(`SELECT opened_at FROM attempt`);
    const [message] = await bench.sql<{ service_time: Date }>(`SELECT service_time FROM message`);
    expect(attempt?.opened_at.getTime()).toBeLessThan(due);
    expect(attempt?.opened_at.getTime()).toBeGreaterThanOrEqual(due - 300);
    expect(message?.service_time).toEqual(dueAt);
    const [call] = bench.pigeon.called;
    expect(Math.ceil(performance.timeOrigin + (call?.at ?? 0))).toBeGreaterThanOrEqual(due - 2);
  });

  it('call what they have frozen ahead in the order of its times, each at its own', async () => {
    const last = await inShard({ dueInSeconds: 0.7 });
    const first = await inShard({ dueInSeconds: 0.6 });
    expect(await drains.drainShard(shard, 20_000)).toBe(2);
    expect(bench.pigeon.called.map(({ to }) => to)).toEqual([first.to, last.to]);
    const [one, other] = bench.pigeon.called;
    expect((other?.at ?? 0) - (one?.at ?? 0)).toBeGreaterThan(50);
  });

  it('freeze ahead while most places are taken', async () => {
    const calls = bench.calls();
    await calls.takeRoom(bench.pigeon, 15);
    const alert = await inShard({ dueInSeconds: 0.6 });
    expect(await bench.drains(calls).drainShard(shard, 20_000)).toBe(1);
    const { due_at: dueAt } = await bench.row('alert', alert.id);
    const [attempt] = await bench.sql<{ opened_at: Date }>(`SELECT opened_at FROM attempt`);
    expect(attempt?.opened_at.getTime()).toBeLessThan((dueAt as Date).getTime());
  });

  it('freeze what is due before what falls due soon, where there is room for one', async () => {
    const soon = await inShard({ dueInSeconds: 0.2 });
    const due = await inShard({ dueInSeconds: -1 });
    const limits = new Map([[shard, 1]]);
    const share = { provider: bench.pigeon, limits };
    const { attempts } = await bench.get(MessageFreezer).freezeDue(share, bench.situation());
    expect(attempts.map(({ to }) => to)).toEqual([due.to]);
    expect(await bench.row('alert', soon.id)).toMatchObject({ status: 'planned' });
  });

  it('freeze nothing ahead where the clock stands still', async () => {
    await inShard({ dueInSeconds: 0.1 });
    const situation = bench.situation({ isClockStopped: true });
    expect(await bench.dueIn(shard, situation)).toMatchObject({ alerts: 0 });
  });

  it('end at once when nothing falls due before that', async () => {
    await inShard({ dueInSeconds: 3600 });
    expect(await drains.drainShard(shard, 600_000)).toBe(0);
  });
});

describe('room for a window', () => {
  const due = (counts: number[]) =>
    counts.map((alerts, shard) => ({ shard, waiting: 0, alerts, msUntilNext: null }));
  const allotted = (room: number, counts: number[]) => [...allot(room, due(counts), ({ alerts }) => alerts)];

  it.each<[string, number, number[], [number, number][]]>([
    [
      'is divided evenly',
      10,
      [20, 20],
      [
        [0, 5],
        [1, 5],
      ],
    ],
    [
      'that a shard does not need is the others’',
      10,
      [1, 0, 20],
      [
        [0, 1],
        [2, 9],
      ],
    ],
    [
      'is no more than is due',
      10,
      [2, 3],
      [
        [0, 2],
        [1, 3],
      ],
    ],
    [
      'for few is given to the first shards',
      2,
      [9, 9, 9],
      [
        [0, 1],
        [1, 1],
      ],
    ],
    ['is not given where there is none', 0, [1, 2], []],
  ])('%s', (_what, room, counts, limits) => {
    expect(allotted(room, counts)).toEqual(limits);
  });

  it('for one text goes to each shard in turn', async () => {
    for (const one of [2, 4]) for (let n = 0; n < 3; n += 1) await bench.alert({ shard: one });
    const calls = bench.calls();
    const takeRoom = calls.takeRoom.bind(calls);
    calls.takeRoom = (provider) => takeRoom(provider, 1);
    const windows = windowsOf();
    const both = bench.drains(calls);
    await Promise.all([2, 4].map((one) => both.drainShard(one)));
    const [first, second] = windows.slice(-6).map(([one]) => one);
    expect([first, second].sort()).toEqual([2, 4]);
  });
});

describe('a brake stops', () => {
  it('on the agency: everything', async () => {
    await bench.brake('agency');
    const [alert, message] = [await inShard(), await bench.message({ status: 'waiting', shard })];
    expect(await drains.drainAllShards()).toBe(0);
    expect(bench.pigeon.called).toEqual([]);
    expect(await statusOf(alert)).toBe('planned');
    expect(await bench.row('message', message.id)).toMatchObject({ status: 'waiting' });
  });

  it('on the sender: what is new and what waits there, and not what waits for another’s', async () => {
    await bench.brake('sender', 'PIGEON');
    const alert = await inShard();
    await bench.message({ status: 'waiting', shard });
    const other = await bench.message({ status: 'waiting', shard, provider: 'gull', sender: 'GULL' });
    expect(await drains.drainShard(shard)).toBe(1);
    expect(bench.pigeon.called).toEqual([]);
    expect(bench.gull.called.map(({ to }) => to)).toEqual([other.to]);
    expect(await statusOf(alert)).toBe('planned');
  });

  it('on a department: those below it, however deep, and none beside or above it', async () => {
    const top = await bench.department();
    const [middle, aside] = [await bench.department(top), await bench.department(top)];
    const bottom = await bench.department(middle);
    const of = async (departmentId: string) => ({
      alert: await bench.alert({ departmentId }),
      message: await waitingOf(departmentId),
    });
    const all = [await of(top), await of(middle), await of(bottom), await of(aside)];
    await bench.brake('department', middle);
    await drains.drainAllShards();
    const states = await Promise.all(
      all.map(async ({ alert, message }) => [
        await statusOf(alert),
        (await bench.row('message', message))['status'],
      ]),
    );
    const [sent, stopped] = [
      ['messaged', 'accepted'],
      ['planned', 'waiting'],
    ];
    expect(states).toEqual([sent, stopped, stopped, sent]);
  });

  it.each<[string, string]>([
    ['template', 'ko/any/signing'],
    ['route', 'PIGEON/KR'],
  ])('on a %s: that one, new and waiting', async (scope, target) => {
    await bench.brake(scope, target);
    const alert = await inShard();
    const free = await inShard({ locale: 'en', country: 'GB' });
    const message = await bench.message({ status: 'waiting', shard });
    expect(await drains.drainShard(shard)).toBe(1);
    expect(calledFor()).toEqual([free.to]);
    expect(await statusOf(alert)).toBe('planned');
    expect(await bench.row('message', message.id)).toMatchObject({ status: 'waiting' });
  });

  it('a digest’s part that is of a braked department, and the digest is made of the rest', async () => {
    const to = bench.number();
    const braked = await bench.alert({ to, departmentId: await bench.department(await bench.department()) });
    const [parent] = await bench.sql<{ id: string }>(`SELECT parent_id AS id FROM department WHERE id = $1`, [
      braked.departmentId,
    ]);
    await bench.brake('department', parent?.id ?? '');
    const rest = [];
    for (const dueInSeconds of [-1, 3600, 3600]) rest.push(await bench.alert({ to, dueInSeconds }));
    expect(await drains.drainAllShards()).toBe(1);
    expect(await Promise.all([braked, ...rest].map(statusOf))).toEqual([
      'planned',
      'messaged',
      'messaged',
      'messaged',
    ]);
    expect(bench.pigeon.called[0]?.text).toContain('3건');
  });

  it.each<[string, string | null]>([
    ['template', 'ko/any/digest'],
    ['route', 'PIGEON/GB'],
    ['department', null],
  ])(
    'on a %s: though its messages would fill windows, they do not keep back what is new',
    async (scope, target) => {
      const departmentId = await bench.department();
      for (let i = 0; i < 12; i += 1) {
        const [templateKey, country] = ['ko/any/digest', 'GB'];
        const message = await bench.message({ status: 'waiting', shard, templateKey, country });
        await bench.alert({ departmentId, messageId: message.id });
      }
      await bench.brake(scope, target ?? departmentId);
      const alert = await inShard();
      expect(await drains.drainShard(shard)).toBe(1);
      expect(calledFor()).toEqual([alert.to]);
    },
  );

  it('on the instance: what waits and was settled since does not keep back what is to be looked for', async () => {
    await bench.brake('instance');
    await bench.sql(
      `UPDATE instance SET suspect_from = now() - interval '2 hours', suspect_until = now() - interval '1 minute'`,
    );
    for (let i = 0; i < 12; i += 1) {
      const message = await bench.message({ status: 'waiting', shard });
      await bench.attempt(message, { status: 'refused', settled_at: ago(5) });
    }
    const alert = await inShard({ dueInSeconds: -3600 });
    expect(await drains.drainShard(shard)).toBe(0);
    expect(await statusOf(alert)).toBe('messaged');
    expect(await bench.sql(`SELECT status FROM attempt WHERE suspect`)).toEqual([{ status: 'ambiguous' }]);
  });

  it('nothing any more once it is released', async () => {
    const id = await bench.brake('agency');
    await bench.sql(
      `UPDATE brake SET released_at = now(), released_by = 'test', release_reason = 'test' WHERE id = $1`,
      [id],
    );
    const alert = await inShard();
    expect(await drains.drainShard(shard)).toBe(1);
    expect(calledFor()).toEqual([alert.to]);
  });

  /** A message that waits, for an alert of this department. */
  async function waitingOf(departmentId: string): Promise<string> {
    const message = await bench.message({ status: 'waiting' });
    await bench.alert({ departmentId, messageId: message.id });
    return message.id;
  }
});
