import type { JobsOptions } from 'bullmq';
import type { Queues } from '../../src/platform/queue/queues.js';
import { newId } from '../../src/platform/ids.js';
import { makeKey } from '../../src/core/access/api-keys.service.js';
import { AlertStates } from '../../src/core/planning/alert-states.js';
import { alertStatuses } from '../../src/core/planning/planning.types.js';
import { allShards, DrainService } from '../../src/core/sending/drain.service.js';
import { InstanceMarker, InstanceService } from '../../src/core/sending/instance.service.js';
import { messageStatuses } from '../../src/core/sending/sending.entities.js';
import { SendingWatch } from '../../src/core/sending/sending-watch.js';
import { Schedule } from '../../src/core/sending/schedule.js';
import { SweepService, TickService } from '../../src/core/sending/tick.service.js';
import { SetupService } from '../../src/core/setup/setup.service.js';
import { type AlertMade, ago, SendingBench } from '../support/sending-bench.js';
import { sweepOnce } from '../support/service.js';
import { until } from '../support/until.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const alertOf = ({ id }: AlertMade) => bench.row('alert', id);
const undecided = ['planned', 'messaged'];

describe('the schedule', () => {
  const due = async (now = new Date(), isClockStopped = false) => {
    const asked = { shards: allShards, providers: [bench.pigeon], limit: 1 };
    const found = await bench.get(Schedule).countDue(asked, bench.situation({ now, isClockStopped }));
    const waits = found.flatMap(({ msUntilNext }) => (msUntilNext === null ? [] : [msUntilNext]));
    return {
      shards: found.filter(({ waiting, alerts }) => waiting + alerts > 0).map(({ shard }) => shard),
      msUntilNext: waits.length > 0 ? Math.min(...waits) : null,
    };
  };
  const dueAt = async (alert: AlertMade, ms: number) =>
    new Date(((await alertOf(alert))['due_at'] as Date).getTime() + ms);

  it('is empty while nothing is planned and nothing waits', async () => {
    expect(await due()).toEqual({ shards: [], msUntilNext: null });
  });

  it('names each shard with a due alert once', async () => {
    for (const shard of [0, 7, 7, 3]) await bench.alert({ shard });
    expect((await due()).shards.sort()).toEqual([0, 3, 7]);
  });

  it('turns an alert due a quarter of a second ahead of its moment, and tells how long that is until then', async () => {
    const alert = await bench.alert({ shard: 3 });
    expect(await due(await dueAt(alert, -249))).toEqual({ shards: [3], msUntilNext: null });
    const before = await due(await dueAt(alert, -500));
    expect(before.shards).toEqual([]);
    expect(Math.abs((before.msUntilNext ?? 0) - 250)).toBeLessThan(2);
  });

  it('tells the time until the next of several, and none while the clock stands still', async () => {
    const now = new Date();
    for (const dueInSeconds of [500, 100, 900]) await bench.alert({ dueInSeconds });
    await bench.alert({ dueInSeconds: 5, status: 'held', reason: 'suspended' });
    const { msUntilNext } = await due(now);
    expect(msUntilNext).toBeGreaterThan(99_000);
    expect(msUntilNext).toBeLessThan(110_000);
    expect(await due(now, true)).toEqual({ shards: [], msUntilNext: null });
  });

  it.each(alertStatuses.filter((status) => status !== 'messaged'))(
    'of an alert that is %s',
    async (status) => {
      await bench.alert({ status, shard: 3, ...(undecided.includes(status) ? {} : { reason: 'no-number' }) });
      expect((await due()).shards).toEqual(status === 'planned' ? [3] : []);
    },
  );

  it('leaves out an alert that was given back, until its wait is over', async () => {
    await bench.alert({ shard: 3, retryInSeconds: 20 });
    await bench.alert({ shard: 4, retryInSeconds: -0.05 });
    expect((await due()).shards).toEqual([4]);
  });

  it.each(messageStatuses)('of a message that is %s', async (status) => {
    await bench.message({ status, shard: 5 });
    expect((await due()).shards).toEqual(status === 'waiting' ? [5] : []);
  });

  it('leaves out a message whose time has not come', async () => {
    await bench.message({ status: 'waiting', shard: 5, next_attempt_at: ago(-20) });
    await bench.message({ status: 'waiting', shard: 6, next_attempt_at: ago(0.05) });
    expect((await due()).shards).toEqual([6]);
  });
});

describe('what is stranded', () => {
  const alerts = () => bench.get(AlertStates);
  const changed = (alert: AlertMade, minutesAgo: number) =>
    bench.sql(`UPDATE alert SET updated_at = now() - $2 * interval '1 minute' WHERE id = $1`, [
      alert.id,
      minutesAgo,
    ]);

  const stranded = async () => {
    const alert = await bench.alert({ status: 'held', reason: 'text-failed' });
    await changed(alert, 11);
    return alert;
  };

  const cases: [string, Parameters<SendingBench['alert']>[0], number, boolean][] = [
    ['a text that failed ten minutes ago', { status: 'held', reason: 'text-failed' }, 10.1, true],
    ['a text that failed just now', { status: 'held', reason: 'text-failed' }, 9.5, false],
    ['an alert that is held for another reason', { status: 'held', reason: 'suspended' }, 60, false],
    ['an alert that is planned', { status: 'planned' }, 60, false],
    ['an alert that was missed', { status: 'missed', reason: 'text-failed' }, 60, false],
  ];
  it.each(cases)('is, or is not: %s', async (_what, given, minutesAgo, isStranded) => {
    const alert = await bench.alert(given);
    await changed(alert, minutesAgo);
    const before = await bench.contents('alert');
    expect(await alerts().contractsWithStranded()).toEqual(isStranded ? [alert.contractId] : []);
    expect(await alerts().releaseStranded(alert.contractId)).toBe(isStranded ? 1 : 0);
    if (isStranded) {
      expect(await alertOf(alert)).toMatchObject({
        status: 'planned',
        reason: null,
        failure: null,
      });
    } else expect(await bench.contents('alert')).toEqual(before);
  });

  it('is released for one contract at a time', async () => {
    const [one, other] = [await stranded(), await stranded()];
    expect((await alerts().contractsWithStranded()).sort()).toEqual(
      [one.contractId, other.contractId].sort(),
    );
    await alerts().releaseStranded(one.contractId);
    expect(await alertOf(other)).toMatchObject({ status: 'held' });
  });

  it('has a leaf when it is released, where it keeps a number of its own: no plan speaks of it', async () => {
    const [own, planned] = [await stranded(), await stranded()];
    await bench.sql(`UPDATE alert SET reissue = 1 WHERE id = $1`, [own.id]);
    for (const { contractId } of [own, planned]) await alerts().releaseStranded(contractId);
    const leaves = await bench.sql(
      `SELECT subject_id, body ->> 'status' AS status FROM leaf WHERE kind = 'alert'`,
    );
    expect(leaves).toEqual([{ subject_id: own.id, status: 'planned' }]);
  });

  it('is planned again by the sweep, as its contract now is', async () => {
    const [standing, removed] = [await stranded(), await stranded()];
    await bench.sql(`UPDATE contact SET removed_at = now() WHERE id = $1`, [removed.contactId]);
    await sweepOnce(bench.get(SweepService));
    expect(await alertOf(standing)).not.toMatchObject({ reason: 'text-failed' });
    expect(await alertOf(removed)).toMatchObject({ status: 'cancelled', reason: 'contact-removed' });
  });
});

describe('a sweep', () => {
  it('forgets idempotency keys that are a day old, and no younger ones', async () => {
    await bench.get(SetupService).setUp(makeKey());
    const key = (hours: number) =>
      bench.sql(
        `INSERT INTO idempotency_key (api_key_id, key, request_hash, status, response_sealed, row_id, created_at)
         SELECT id, $1, '\\x00', 200, '\\x00', $2, now() - $3 * interval '1 hour' FROM api_key`,
        [`k${hours}`, newId(), hours],
      );
    for (const hours of [23.9, 24.1]) await key(hours);
    await sweepOnce(bench.get(SweepService));
    expect(await bench.sql(`SELECT key FROM idempotency_key`)).toEqual([{ key: 'k23.9' }]);
  });

  it('brings back what a jump of the database’s clock left in the future', async () => {
    const { id } = await bench.message({ status: 'waiting', next_attempt_at: ago(-3600) });
    await sweepOnce(bench.get(SweepService));
    const { next_attempt_at: next } = await bench.row('message', id);
    expect((next as Date).getTime()).toBeLessThan(Date.now() + 1000);
  });

  it('reconciles and polls', async () => {
    const lost = await bench.message();
    await bench.attempt(lost, { status: 'ambiguous', check_at: ago(1) });
    const silent = await bench.message({ status: 'accepted', poll_at: ago(1) });
    await bench.attempt(silent, { status: 'accepted', reference: 'p-1' });
    await sweepOnce(bench.get(SweepService));
    expect(bench.pigeon.searches.map(({ to }) => to)).toEqual([lost.to]);
    expect(bench.pigeon.polled).toEqual(['p-1']);
  });
});

describe('the ticks of a process that sends', () => {
  type Job = { queue: string; data: unknown; id: unknown };

  /** A queue that keeps its jobs, each deduplicated as BullMQ does, until they are run. */
  class KeptQueue {
    readonly jobs: Job[] = [];
    run: (data: unknown) => Promise<void> = () => Promise.reject(new Error('nobody works'));

    add(queue: string, data: unknown, { deduplication }: JobsOptions = {}): Promise<void> {
      const id = deduplication?.id;
      if (!this.jobs.some((job) => job.id === id)) this.jobs.push({ queue, data, id });
      return Promise.resolve();
    }

    work(_queue: string, _concurrency: number, run: (data: unknown) => Promise<void>): void {
      this.run = run;
    }
  }

  const tickOf = (role: string, queue: KeptQueue) =>
    new TickService(
      new SendingWatch({ role, sending: { leaseSeconds: 30 }, limits: { standingMs: 120_000 } }),
      queue as unknown as Queues,
      bench.get(Schedule),
      bench.get(DrainService),
      bench.get(InstanceService),
      bench.get(SweepService),
    );

  it('put one job for a shard that has something due, which sends it', async () => {
    const alert = await bench.alert({ shard: 3 });
    const queue = new KeptQueue();
    const ticks = tickOf('worker', queue);
    await ticks.onApplicationBootstrap();
    await until('there is a job', () => queue.jobs.length > 0);
    expect(queue.jobs[0]).toMatchObject({ queue: 'drain', data: { shard: 3 } });
    await queue.run(queue.jobs[0]?.data);
    expect(bench.pigeon.called.map(({ to }) => to)).toEqual([alert.to]);
    for (const data of [{ shard: 8 }, { shard: -1 }, { shard: 3, more: 1 }, {}])
      await expect(queue.run(data)).rejects.toThrow();
    await ticks.beforeApplicationShutdown();
    await bench.boot();
  });

  it('put one before something falls due, and the drain of it sends that', async () => {
    // Turns are of five seconds.
    await until('there is time left in the turn', () => Date.now() % 5000 < 1500);
    const alert = await bench.alert({ shard: 3, dueInSeconds: 3 });
    await bench.alert({ shard: 4, dueInSeconds: 60 });
    const queue = new KeptQueue();
    const ticks = tickOf('worker', queue);
    await ticks.onApplicationBootstrap();
    await until('there is a job', () => queue.jobs.length > 0);
    const { due_at: dueAt } = await alertOf(alert);
    expect((dueAt as Date).getTime()).toBeGreaterThan(Date.now());
    await queue.run(queue.jobs[0]?.data);
    expect(bench.pigeon.called.map(({ to }) => to)).toEqual([alert.to]);
    expect(queue.jobs.map(({ data }) => data)).toEqual([{ shard: 3 }]);
    await ticks.beforeApplicationShutdown();
    await bench.boot();
  });

  it('sweep, too, and come to rest when the process is to end', async () => {
    const lost = await bench.message();
    await bench.attempt(lost, { status: 'ambiguous', check_at: ago(1) });
    const ticks = tickOf('all', new KeptQueue());
    await ticks.onApplicationBootstrap();
    await until('the lost one is looked for', () => bench.pigeon.searches.length > 0);
    const begun = jest.spyOn(SendingWatch.prototype, 'watchJob');
    await until('it ticks', () => begun.mock.calls.length > 0);
    await ticks.beforeApplicationShutdown();
    begun.mockClear();
    // It ticks once a second where nothing is due.
    const over = performance.now() + 1500;
    await until('it would have ticked again', () => performance.now() > over);
    expect(begun).not.toHaveBeenCalled();
    begun.mockRestore();
    await bench.boot();
    await bench.alert();
    expect(bench.pigeon.called).toEqual([]);
  });

  describe('sweep while a provider does not answer', () => {
    const hanging: (() => void)[] = [];
    const hang = () => new Promise<never>((_, reject) => hanging.push(() => reject(new Error('too late'))));
    const answerAll = () => hanging.splice(0).forEach((answer) => answer());
    const silent = async () => {
      const message = await bench.message({ status: 'accepted', poll_at: ago(1) });
      await bench.attempt(message, { status: 'accepted', reference: message.id });
    };
    const lost = async () => {
      await bench.attempt(await bench.message(), { status: 'ambiguous', check_at: ago(1) });
    };
    const late = async () => {
      const settled = { status: 'absent', settled_at: ago(60) };
      await bench.attempt(await bench.message(), { ...settled, check_at: ago(1) });
    };
    afterEach(async () => {
      jest.restoreAllMocks();
      await bench.boot();
    });

    it.each([
      ['lost answers', 'find', lost, silent, () => bench.pigeon.polled],
      ['texts that may come late', 'find', late, silent, () => bench.pigeon.polled],
      ['receipts', 'status', silent, lost, () => bench.pigeon.searches],
    ] as const)(
      '%s: ten at once, and the other steps all the same',
      async (_what, asked, make, other, done) => {
        for (let n = 0; n < 12; n += 1) await make();
        const calls = jest.spyOn(bench.pigeon, asked).mockImplementation(hang);
        const ticks = tickOf('worker', new KeptQueue());
        await ticks.onApplicationBootstrap();
        await until('ten are asked about', () => calls.mock.calls.length === 10);
        await other();
        await until('the other step is taken', () => done().length > 0);
        expect(calls).toHaveBeenCalledTimes(10);

        const end = ticks.beforeApplicationShutdown();
        answerAll();
        await end;
        expect(calls).toHaveBeenCalledTimes(10);
      },
    );
  });

  it.each([
    ['takes no jobs', () => Promise.reject(new Error('a fault of this test'))],
    ['has nobody to run them', () => Promise.resolve()],
  ])('drain by themselves when the queue %s', async (_what, add) => {
    await bench.get(InstanceMarker).rememberAttempt(null);
    const alert = await bench.alert();
    const queue = new KeptQueue();
    const asked = jest.spyOn(queue, 'add').mockImplementation(add);
    const ticks = tickOf('worker', queue);
    await ticks.onApplicationBootstrap();
    await until('the queue was tried', () => asked.mock.calls.length > 1);
    expect(bench.pigeon.called).toEqual([]);
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 10_000);
    await until('it is sent', () => bench.pigeon.called.length > 0);
    jest.restoreAllMocks();
    expect(bench.pigeon.called.map(({ to }) => to)).toEqual([alert.to]);
    await ticks.beforeApplicationShutdown();
    await bench.boot();
  });

  it('are none in a process that only answers', async () => {
    await bench.alert({ shard: 3 });
    const queue = new KeptQueue();
    await tickOf('api', queue).onApplicationBootstrap();
    await expect(queue.run({ shard: 3 })).rejects.toThrow('nobody works');
    expect(queue.jobs).toEqual([]);
  });
});
