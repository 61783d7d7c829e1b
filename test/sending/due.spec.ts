import { type AlertStatus, alertStatuses } from '../../src/core/planning/planning.types.js';
import type { Situation } from '../../src/core/sending/brakes.service.js';
import { MessageFreezer } from '../../src/core/sending/message-freezer.js';
import { attemptStatuses } from '../../src/core/sending/sending.entities.js';
import { type AlertMade, ago, SendingBench } from '../support/sending-bench.js';

// Which alerts go into the next window of a drain, and which of them together.

let bench: SendingBench;
let freezer: MessageFreezer;
beforeAll(async () => {
  bench = await SendingBench.start();
  freezer = bench.get(MessageFreezer);
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

/** What a drain of a shard freezes, by the ids of alerts: one list for a message, in the order of the messages. */
async function frozenIn(
  shard: number,
  situation: Situation = bench.situation(),
  limit = 100,
): Promise<string[][]> {
  const [last] = await bench.sql<{ id: string }>(`SELECT id FROM message ORDER BY id DESC LIMIT 1`);
  await bench.suspect(situation);
  await freezer.freezeDue({ provider: bench.pigeon, limits: new Map([[shard, limit]]) }, situation);
  const messages = await bench.sql<{ ids: string[] }>(
    `SELECT array_agg(id::text ORDER BY due_at, id) AS ids FROM alert WHERE message_id > $1
     GROUP BY message_id ORDER BY message_id`,
    [last?.id ?? '00000000-0000-0000-0000-000000000000'],
  );
  return messages.map(({ ids }) => ids);
}

const frozenWith = (alert: AlertMade, situation?: Situation) => frozenIn(alert.shard, situation);
const counted = async ({ shard }: AlertMade, situation = bench.situation(), limit = 100) =>
  (await bench.dueIn(shard, situation, { limit })).alerts;

const alertOf = (id: string) => bench.row('alert', id);
const inState = (status: AlertStatus) =>
  ['planned', 'messaged'].includes(status) ? {} : { reason: 'no-number' };

describe('an alert is frozen', () => {
  it.each([
    ['a quarter of a second ahead of its time', 250, false],
    ['at its time where the clock stands still', 0, true],
  ])('%s, and not a millisecond before', async (_when, aheadMs, isClockStopped) => {
    const alert = await bench.alert();
    const due = (await alertOf(alert.id))['due_at'] as Date;
    const ahead = (ms: number) => bench.situation({ now: new Date(due.getTime() - ms), isClockStopped });
    const before = ahead(aheadMs + 1);
    expect([await counted(alert, before), await frozenWith(alert, before)]).toEqual([0, []]);
    const at = ahead(aheadMs);
    expect([await counted(alert, at), await frozenWith(alert, at)]).toEqual([1, [[alert.id]]]);
  });

  it('by a drain of its own shard', async () => {
    const alert = await bench.alert();
    for (let shard = 0; shard < 8; shard += 1)
      if (shard !== alert.shard) expect(await frozenIn(shard)).toEqual([]);
    expect(await frozenWith(alert)).toEqual([[alert.id]]);
  });

  it('again once its wait is over, and not before', async () => {
    const over = await bench.alert({ shard: 2, retryInSeconds: -0.05 });
    const waiting = await bench.alert({ shard: 2, retryInSeconds: 20 });
    expect(await frozenIn(2)).toEqual([[over.id]]);
    expect(await alertOf(waiting.id)).toMatchObject({ status: 'planned' });
    expect(await alertOf(over.id)).toMatchObject({ retry_at: null });
  });

  it.each(alertStatuses.filter((status) => status !== 'messaged'))(
    'when it is planned: now it is %s',
    async (status) => {
      const alert = await bench.alert({ status, ...inState(status) });
      const before = await alertOf(alert.id);
      if (status === 'planned') expect(await frozenWith(alert)).toEqual([[alert.id]]);
      else {
        expect(await frozenWith(alert)).toEqual([]);
        expect(await alertOf(alert.id)).toEqual(before);
      }
    },
  );

  it('unless its department is braked; another’s goes on', async () => {
    const [braked, free] = [await bench.alert({ shard: 2 }), await bench.alert({ shard: 2 })];
    const situation = bench.situation({ brakes: { departments: [braked.departmentId] } });
    expect(await counted({ ...free, shard: 2 }, situation)).toBe(1);
    expect(await frozenIn(2, situation)).toEqual([[free.id]]);
    expect(await alertOf(braked.id)).toMatchObject({ status: 'planned', retry_at: null });
  });

  it('by one drain: what another has locked is passed over, as is what is in a message', async () => {
    const [held, free] = [await bench.alert({ shard: 2 }), await bench.alert({ shard: 2 })];
    expect(await bench.whileLocked('alert', [held.id], () => frozenIn(2))).toEqual([[free.id]]);
    expect(await frozenIn(2)).toEqual([[held.id]]);
    expect(await frozenIn(2)).toEqual([]);
  });

  it('the longest due first, no more than there is room for', async () => {
    const due = [-5, -50, -20];
    const alerts = [];
    for (const dueInSeconds of due) alerts.push(await bench.alert({ shard: 2, dueInSeconds }));
    const [first, second, third] = alerts as [AlertMade, AlertMade, AlertMade];
    expect(await counted({ ...first, shard: 2 }, bench.situation(), 2)).toBe(2);
    expect(await frozenIn(2, bench.situation(), 1)).toEqual([[second.id]]);
    expect(await frozenIn(2, bench.situation(), 2)).toEqual([[third.id], [first.id]]);
  });

  it('in the order in which messages fell due, by when their milestones did', async () => {
    const late = await bench.alert({ shard: 2, dueInSeconds: -10 });
    const moved = await bench.alert({ shard: 2, dueInSeconds: -20 });
    const early = await bench.alert({ shard: 2, dueInSeconds: -90 });
    await bench.sql(`UPDATE milestone SET due_at = $2 WHERE id = $1`, [moved.milestoneId, ago(5000)]);
    expect(await frozenIn(2)).toEqual([[moved.id], [early.id], [late.id]]);
    const [first] = await bench.sql<{ due_at: Date }>(`SELECT due_at FROM message ORDER BY id LIMIT 1`);
    expect(Math.abs((first?.due_at.getTime() ?? 0) - ago(5000).getTime())).toBeLessThan(10_000);
  });
});

describe('of one number', () => {
  it('one text is under way at a time: what else is due is neither counted nor changed, and goes out after', async () => {
    const to = bench.number();
    const first = await bench.alert({ to, dueInSeconds: -9 });
    const second = await bench.alert({ to, dueInSeconds: -2, dueDay: '2026-03-05' });
    const before = await alertOf(second.id);
    expect(await counted(first)).toBe(2);
    expect(await frozenWith(first)).toEqual([[first.id]]);
    expect(await counted(first)).toBe(0);
    expect(await frozenWith(first)).toEqual([]);
    expect(await alertOf(second.id)).toEqual(before);
    await bench.sql(`UPDATE attempt SET status = 'accepted'`);
    expect(await counted(first)).toBe(1);
    expect(await frozenWith(first)).toEqual([[second.id]]);
  });

  it.each(attemptStatuses)('alerts wait while an attempt is under way: one is %s', async (status) => {
    const alert = await bench.alert();
    await bench.attempt(await bench.message({ to: alert.to }), { status });
    const before = await bench.contents('alert', 'message', 'attempt');
    const isUnderWay = status === 'open' || status === 'ambiguous';
    expect(await counted(alert)).toBe(isUnderWay ? 0 : 1);
    expect(await frozenWith(alert)).toEqual(isUnderWay ? [] : [[alert.id]]);
    if (isUnderWay) expect(await bench.contents('alert', 'message', 'attempt')).toEqual(before);
  });

  it('and another nothing is held up', async () => {
    const busy = await bench.alert({ shard: 2, dueInSeconds: -90 });
    await bench.attempt(await bench.message({ to: busy.to }));
    const free = await bench.alert({ shard: 2 });
    expect(await frozenIn(2, bench.situation(), 1)).toEqual([[free.id]]);
  });
});

describe('after a restore', () => {
  const suspicion = { from: ago(7200), until: ago(60) };

  it('only what the other life may have sent is frozen while the instance is braked', async () => {
    const before = await bench.alert({ shard: 2, dueInSeconds: -3600 });
    const after = await bench.alert({ shard: 2, dueInSeconds: -30 });
    const braked = bench.situation({ suspicion, brakes: { instance: true } });
    expect(await counted({ ...after, shard: 2 }, braked)).toBe(1);
    expect(await frozenIn(2, braked)).toEqual([[before.id]]);
    expect(await alertOf(after.id)).toMatchObject({ status: 'planned', retry_at: null });
    expect(await frozenIn(2, bench.situation({ suspicion }))).toEqual([[after.id]]);
  });

  it('up to its end, and by the service’s clock where that is behind it', async () => {
    const alert = await bench.alert({ dueInSeconds: -30 });
    const due = (await alertOf(alert.id))['due_at'] as Date;
    const until = (ms: number) => ({ from: ago(7200), until: new Date(due.getTime() + ms) });
    const brakes = { instance: true };
    const early = bench.situation({ brakes, suspicion: until(-1) });
    expect([await counted(alert, early), await frozenWith(alert, early)]).toEqual([0, []]);
    const now = new Date(due.getTime() - 1);
    const behind = bench.situation({ brakes, suspicion: until(0), now });
    expect([await counted(alert, behind), await frozenWith(alert, behind)]).toEqual([0, []]);
    expect(await frozenWith(alert, bench.situation({ brakes, suspicion: until(0) }))).toEqual([[alert.id]]);
  });
});

describe('a digest', () => {
  /** The agency joins three alerts of a number and a day. */
  const to = () => bench.number();
  const later = { dueInSeconds: 3600 };

  /** Expects that one message was frozen, for all of these and nothing else. */
  async function expectOne(shard: number, alerts: AlertMade[], situation?: Situation): Promise<void> {
    const [group, ...rest] = await frozenIn(shard, situation);
    expect(rest).toEqual([]);
    expect(new Set(group)).toEqual(new Set(alerts.map(({ id }) => id)));
  }

  it('takes what falls due later that day, when there are enough', async () => {
    const number = to();
    const due = await bench.alert({ to: number });
    const others = [await bench.alert({ to: number, ...later }), await bench.alert({ to: number, ...later })];
    await expectOne(due.shard, [due, ...others]);
    for (const { id } of others) expect(await alertOf(id)).toMatchObject({ status: 'messaged' });
  });

  it('is not made of too few: what falls due later stays planned', async () => {
    const number = to();
    const [due, other] = [await bench.alert({ to: number }), await bench.alert({ to: number, ...later })];
    expect(await frozenWith(due)).toEqual([[due.id]]);
    expect(await alertOf(other.id)).toMatchObject({ status: 'planned' });
  });

  it('counts what is due with it, whether or not there was room for that', async () => {
    for (const limit of [100, 1]) {
      const number = to();
      const due = [await bench.alert({ to: number }), await bench.alert({ to: number })];
      const other = await bench.alert({ to: number, ...later });
      const [group, ...rest] = await frozenIn(other.shard, bench.situation(), limit);
      expect(rest).toEqual([]);
      expect(new Set(group)).toEqual(new Set([...due, other].map(({ id }) => id)));
    }
  });

  it('of two that are due is two messages, one after the other', async () => {
    const number = to();
    const due = [
      await bench.alert({ to: number, dueInSeconds: -9 }),
      await bench.alert({ to: number, dueInSeconds: -2 }),
    ];
    expect(await frozenWith(due[0] as AlertMade)).toEqual([[due[0]?.id]]);
    await bench.sql(`UPDATE attempt SET status = 'accepted'`);
    expect(await frozenWith(due[0] as AlertMade)).toEqual([[due[1]?.id]]);
  });

  it('waits as a whole while its number has an attempt under way', async () => {
    const number = to();
    const alerts = [await bench.alert({ to: number })];
    for (let i = 0; i < 2; i += 1) alerts.push(await bench.alert({ to: number, ...later }));
    await bench.attempt(await bench.message({ to: number }));
    expect(await frozenWith(alerts[0] as AlertMade)).toEqual([]);
    await bench.sql(`UPDATE attempt SET status = 'refused'`);
    await expectOne((alerts[0] as AlertMade).shard, alerts);
  });

  const beside: [string, Parameters<SendingBench['alert']>[0]][] = [
    ['another day', { dueDay: '2026-03-05' }],
    ['another number', { to: '+821000099999' }],
    ['what is held', { status: 'held', reason: 'suspended' }],
    ['what was cancelled', { status: 'cancelled', reason: 'terminated' }],
    ['what was missed', { status: 'missed', reason: 'rehearsal' }],
  ];
  it.each(beside)('leaves out %s, and is not made of what is left', async (_what, given) => {
    const number = to();
    const due = await bench.alert({ to: number });
    const planned = await bench.alert({ to: number, ...later });
    const other = await bench.alert({ to: number, ...later, ...given });
    const before = await alertOf(other.id);
    expect(await frozenWith(due)).toEqual([[due.id]]);
    expect(await alertOf(planned.id)).toMatchObject({ status: 'planned' });
    expect(await alertOf(other.id)).toEqual(before);
  });

  it('leaves out what is in a message', async () => {
    const number = to();
    const due = await bench.alert({ to: number });
    const planned = await bench.alert({ to: number, ...later });
    await bench.alert({ to: number, ...later, messageId: (await bench.message()).id });
    expect(await frozenWith(due)).toEqual([[due.id]]);
    expect(await alertOf(planned.id)).toMatchObject({ status: 'planned' });
  });

  it('is not made early of what another has left: what falls due later stays for then', async () => {
    const number = to();
    const due = await bench.alert({ to: number });
    const [held, left] = [
      await bench.alert({ to: number, ...later }),
      await bench.alert({ to: number, ...later }),
    ];
    // It was put off, so that it would come first.
    await bench.sql(`UPDATE milestone SET due_at = $2 WHERE id = $1`, [left.milestoneId, ago(5000)]);
    const frozen = await bench.whileLocked('alert', [held.id], () => frozenWith(due));
    expect(frozen).toEqual([[due.id]]);
    for (const { id } of [held, left]) expect(await alertOf(id)).toMatchObject({ status: 'planned' });
  });

  it('leaves out braked departments, and is made of the rest', async () => {
    const number = to();
    const braked = await bench.alert({ to: number, ...later });
    const due = await bench.alert({ to: number });
    const rest = [await bench.alert({ to: number, ...later }), await bench.alert({ to: number, ...later })];
    const situation = bench.situation({ brakes: { departments: [braked.departmentId] } });
    await expectOne(due.shard, [due, ...rest], situation);
    expect(await alertOf(braked.id)).toMatchObject({ status: 'planned' });
  });

  it('leaves another number’s day alone, though that has enough', async () => {
    const due = await bench.alert({ to: to() });
    const number = to();
    const others = [];
    for (let i = 0; i < 4; i += 1) others.push(await bench.alert({ to: number, ...later }));
    expect(await frozenWith(due)).toEqual([[due.id]]);
    for (const { id } of others) expect(await alertOf(id)).toMatchObject({ status: 'planned' });
  });

  it('is not made when a braked department has what is wanting', async () => {
    const number = to();
    const braked = await bench.alert({ to: number, ...later });
    const [due, other] = [await bench.alert({ to: number }), await bench.alert({ to: number, ...later })];
    const situation = bench.situation({ brakes: { departments: [braked.departmentId] } });
    expect(await frozenWith(due, situation)).toEqual([[due.id]]);
    for (const { id } of [braked, other]) expect(await alertOf(id)).toMatchObject({ status: 'planned' });
  });

  it('is made for each number on its own, however many are due that day', async () => {
    const alerts = [];
    for (let i = 0; i < 4; i += 1) alerts.push(await bench.alert({ shard: 2, dueInSeconds: -9 + i }));
    expect(await frozenIn(2)).toEqual(alerts.map(({ id }) => [id]));
  });

  it('is made for each day on its own', async () => {
    const number = to();
    const one = await bench.alert({ to: number, dueInSeconds: -9 });
    const other = await bench.alert({ to: number, dueDay: '2026-03-05' });
    for (const dueDay of ['2026-03-04', '2026-03-04', '2026-03-05'])
      await bench.alert({ to: number, ...later, dueDay });
    const [digest, ...others] = await frozenWith(one);
    expect([digest?.length, others]).toEqual([3, []]);
    await bench.sql(`UPDATE attempt SET status = 'accepted'`);
    expect(await frozenWith(one)).toEqual([[other.id]]);
  });
});
