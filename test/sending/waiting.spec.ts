import { AttemptStates, type OpenAttempt } from '../../src/core/sending/attempt-states.js';
import type { Situation } from '../../src/core/sending/brakes.service.js';
import { attemptStatuses, messageStatuses } from '../../src/core/sending/sending.entities.js';
import { WaitingMessages } from '../../src/core/sending/waiting-messages.js';
import { ago, type MessageMade, SendingBench } from '../support/sending-bench.js';

// Messages that wait for another attempt: which of them a drain opens one for.

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const share = ({ shard }: { shard: number }, { provider = bench.pigeon, limit = 10 } = {}) => ({
  provider,
  limits: new Map([[shard, limit]]),
});
const open = async (
  message: { shard: number },
  situation: Situation = bench.situation(),
  given?: Parameters<typeof share>[1],
): Promise<OpenAttempt[]> => {
  await bench.suspect(situation);
  return (await bench.get(WaitingMessages).openAttempts(share(message, given), situation)) ?? [];
};
const counted = async ({ shard }: { shard: number }, situation = bench.situation(), limit = 10) =>
  (await bench.dueIn(shard, situation, { limit })).waiting;

const waiting = (given: Parameters<SendingBench['message']>[0] = {}) =>
  bench.message({ status: 'waiting', ...given });
const idsOf = (attempts: OpenAttempt[]) => attempts.map(({ messageId }) => messageId);
const attemptsOf = ({ id }: MessageMade) =>
  bench.sql(`SELECT status, provider, suspect FROM attempt WHERE message_id = $1 ORDER BY id`, [id]);

/** Expects that nothing is opened for this message, nor room taken for it, and that its row stays as it was. */
async function expectLeft(message: MessageMade, situation?: Situation): Promise<void> {
  expect(await counted(message, situation)).toBe(0);
  const before = await bench.contents('message', 'attempt', 'leaf');
  expect(await open(message, situation)).toEqual([]);
  expect(await bench.contents('message', 'attempt', 'leaf')).toEqual(before);
}

async function expectOpened(message: MessageMade, situation?: Situation): Promise<void> {
  expect(await counted(message, situation)).toBeGreaterThan(0);
  expect(idsOf(await open(message, situation))).toEqual([message.id]);
}

it('gets another attempt, to its number with its text, and counts it', async () => {
  const message = await waiting({ attempts: 3 });
  await bench.attempt(message, { status: 'refused' });
  const [attempt, ...others] = await open(message);
  expect(others).toEqual([]);
  expect(attempt).toMatchObject({ messageId: message.id, to: message.to, text: message.text });
  expect(attempt?.provider).toBe(bench.pigeon);
  expect(await bench.row('message', message.id)).toMatchObject({
    status: 'sending',
    attempts: 4,
    next_attempt_at: null,
  });
  expect(await bench.row('attempt', attempt?.id ?? '')).toMatchObject({
    message_id: message.id,
    number_index: message.index,
    status: 'open',
    suspect: false,
  });
});

it('goes through the provider that it was frozen for', async () => {
  const message = await waiting({ provider: 'gull', sender: 'GULL' });
  await expectLeft(message);
  const [attempt] = await open(message, bench.situation(), { provider: bench.gull });
  expect(attempt?.provider).toBe(bench.gull);
  expect(await attemptsOf(message)).toEqual([{ status: 'open', provider: 'gull', suspect: false }]);
});

describe('is attempted again', () => {
  it.each(messageStatuses)('when it waits: now it is %s', async (status) => {
    const message = await bench.message({ status });
    if (status === 'waiting') await expectOpened(message);
    else await expectLeft(message);
  });

  it('when its time has come', async () => {
    await expectLeft(await waiting({ next_attempt_at: ago(-20) }));
    await expectOpened(await waiting({ next_attempt_at: ago(0.05) }));
  });

  it('by a drain of its own shard', async () => {
    const message = await waiting();
    for (let shard = 0; shard < 8; shard += 1)
      if (shard !== message.shard) await expectLeft({ ...message, shard });
    await expectOpened(message);
  });

  it.each(attemptStatuses)('unless its number has an attempt under way: one is %s', async (status) => {
    const message = await waiting();
    const other = await bench.message({ to: message.to });
    await bench.attempt(other, { status });
    if (status === 'open' || status === 'ambiguous') await expectLeft(message);
    else await expectOpened(message);
  });

  it('one of a number at a time, the longest waiting first', async () => {
    const second = await waiting({ next_attempt_at: ago(10) });
    const first = await waiting({ to: second.to, next_attempt_at: ago(20) });
    await expectOpened(first);
    expect(await bench.row('message', second.id)).toMatchObject({ status: 'waiting', attempts: 1 });
    await expectLeft(second);
    await bench.sql(`UPDATE attempt SET status = 'refused'`);
    await expectOpened(second);
  });

  it('unless its number gets an attempt meanwhile: then it is passed over alone', async () => {
    const [busy, free] = [await waiting({ shard: 5 }), await waiting({ shard: 5 })];
    const other = await bench.message({ to: busy.to });
    const states = bench.get(AttemptStates);
    const openAll = states.open.bind(states);
    states.open = async <T extends OpenAttempt>(attempts: T[], suspectFrom: Date | null) => {
      if (attempts.length > 0) await bench.attempt(other);
      return openAll(attempts, suspectFrom);
    };
    const opened = await open({ shard: 5 }).finally(() => Reflect.deleteProperty(states, 'open'));
    expect(idsOf(opened)).toEqual([free.id]);
    expect(await bench.row('message', busy.id)).toMatchObject({ status: 'waiting', attempts: 1 });
  });

  it('as many as the window holds, the longest waiting first', async () => {
    const messages = [];
    for (let i = 0; i < 3; i += 1) messages.push(await waiting({ shard: 5, next_attempt_at: ago(10 + i) }));
    expect(await counted({ shard: 5 }, bench.situation(), 2)).toBe(2);
    const opened = idsOf(await open({ shard: 5 }, bench.situation(), { limit: 2 }));
    expect(opened).toEqual([messages[2]?.id, messages[1]?.id]);
  });

  it('by one drain: what another is opening is passed over', async () => {
    const [held, free] = [await waiting({ shard: 5 }), await waiting({ shard: 5 })];
    const opened = await bench.whileLocked('message', [held.id], () => open({ shard: 5 }));
    expect(idsOf(opened)).toEqual([free.id]);
    expect(await bench.row('message', held.id)).toMatchObject({ status: 'waiting' });
  });
});

describe('stays where it is', () => {
  it('while its provider is not configured', async () => {
    await expectLeft(await waiting({ provider: 'dodo', sender: 'DODO' }));
  });

  it('while the brake is on the department of any of its alerts', async () => {
    const message = await waiting();
    const [, braked] = [
      await bench.alert({ messageId: message.id }),
      await bench.alert({ messageId: message.id }),
    ];
    const elsewhere = await bench.alert();
    const brakes = (departments: string[]) => bench.situation({ brakes: { departments } });
    await expectLeft(message, brakes([braked.departmentId]));
    await expectOpened(message, brakes([elsewhere.departmentId]));
  });

  it('while the brake is on its template', async () => {
    const message = await waiting({ templateKey: 'ko/any/signing' });
    const brakes = (key: string) => bench.situation({ brakes: { templates: new Set([key]) } });
    await expectLeft(message, brakes('ko/any/signing'));
    await expectOpened(message, brakes('ko/any/digest'));
  });

  it.each([
    ['GB', 'PIGEON/GB'],
    [null, 'PIGEON/'],
  ])('while the brake is on its route, to %s', async (country, route) => {
    const message = await waiting({ country });
    const brakes = (one: string) => bench.situation({ brakes: { routes: new Set([one]) } });
    await expectLeft(message, brakes(route));
    for (const other of ['PIGEON/KR', 'GULL/GB', 'PIGEON']) await expectLeftOut(message, brakes(other));
    await expectOpened(message, brakes('PIGEON/KR'));
  });

  /** Expects that the brake does not hold this message: the query finds it, which the transaction undoes. */
  async function expectLeftOut(message: MessageMade, situation: Situation): Promise<void> {
    expect(idsOf(await open(message, situation))).toEqual([message.id]);
    await bench.sql(`DELETE FROM attempt WHERE message_id = $1`, [message.id]);
    await bench.sql(
      `UPDATE message SET status = 'waiting', next_attempt_at = now() - interval '1 second' WHERE id = $1`,
      [message.id],
    );
  }
});

describe('whose number cannot be read', () => {
  it('is held for a person, and does not hold up the others', async () => {
    const poisoned = await waiting({ shard: 5 });
    const sound = await waiting({ shard: 5, next_attempt_at: ago(0.5) });
    await bench.sql(`UPDATE message SET number_sealed = '\\x00' WHERE id = $1`, [poisoned.id]);
    expect(idsOf(await open({ shard: 5 }))).toEqual([sound.id]);
    expect(await bench.row('message', poisoned.id)).toMatchObject({
      status: 'held',
      reason: 'number-unreadable',
      reason_origin: 'chorong',
    });
    expect(await attemptsOf(poisoned)).toEqual([]);
  });

  it('is another’s as well: a sealed number is read at its own place alone', async () => {
    const [one, other] = [await waiting({ shard: 5 }), await waiting({ shard: 5 })];
    const sealed = (await bench.row('message', other.id))['number_sealed'];
    await bench.sql(`UPDATE message SET number_sealed = $2 WHERE id = $1`, [one.id, sealed]);
    expect(idsOf(await open({ shard: 5 }))).toEqual([other.id]);
    expect(await bench.row('message', one.id)).toMatchObject({ status: 'held' });
  });
});

describe('after a restore', () => {
  const suspicion = { from: ago(7200), until: ago(60) };

  it('is not judged by what was read before another process noticed it', async () => {
    const message = await waiting();
    await bench.suspect(bench.situation({ suspicion }));
    expect(await bench.get(WaitingMessages).openAttempts(share(message), bench.situation())).toBeNull();
    expect(await bench.row('message', message.id)).toMatchObject({ status: 'waiting' });
  });

  const opened = { status: 'open', provider: 'pigeon', suspect: false };
  const suspected = { status: 'ambiguous', provider: 'pigeon', suspect: true };

  it.each<[string, number | null, boolean]>([
    ['was never attempted', null, true],
    ['was last settled by the end of its span', 0, true],
    ['was settled since', 1, false],
  ])('when it %s', async (_what, msAfter, isSuspect) => {
    const message = await waiting();
    const settledAt = new Date(suspicion.until.getTime() + (msAfter ?? 0));
    if (msAfter !== null) await bench.attempt(message, { status: 'refused', settled_at: settledAt });
    const attempts = await open(message, bench.situation({ suspicion }));
    expect(idsOf(attempts)).toEqual(isSuspect ? [] : [message.id]);
    expect((await attemptsOf(message)).at(-1)).toEqual(isSuspect ? suspected : opened);
    expect(await bench.row('message', message.id)).toMatchObject({ status: 'sending', attempts: 2 });
    if (isSuspect) {
      const [row] = await bench.sql<{ openedAt: Date }>(
        `SELECT opened_at AS "openedAt" FROM attempt WHERE message_id = $1 AND suspect`,
        [message.id],
      );
      expect(row?.openedAt).toEqual(suspicion.from);
    }
  });

  it('is looked for, or waits, while the instance is braked: nothing is called', async () => {
    const [suspect, sure] = [await waiting({ shard: 5 }), await waiting({ shard: 5 })];
    await bench.attempt(sure, { status: 'refused', settled_at: ago(5) });
    const situation = bench.situation({ suspicion, brakes: { instance: true } });
    expect(await counted({ shard: 5 }, situation)).toBe(1);
    expect(await open({ shard: 5 }, situation)).toEqual([]);
    expect(await attemptsOf(suspect)).toEqual([suspected]);
    expect(await bench.row('message', sure.id)).toMatchObject({ status: 'waiting', attempts: 1 });
    expect(await attemptsOf(sure)).toEqual([{ ...opened, status: 'refused' }]);
  });

  it('has nothing to do with messages of a database that was not restored', async () => {
    const message = await waiting();
    await expectOpened(message);
    expect(await attemptsOf(message)).toEqual([opened]);
  });
});

it('is something else than what is due for the first time: alerts are left to the freezer', async () => {
  const alert = await bench.alert();
  const before = await bench.row('alert', alert.id);
  expect([await counted(alert), await open(alert)]).toEqual([0, []]);
  expect(await bench.row('alert', alert.id)).toEqual(before);
});
