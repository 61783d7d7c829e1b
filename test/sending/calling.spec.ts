import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from '../../src/platform/database/database.js';
import type { OpenAttempt } from '../../src/core/sending/attempt-states.js';
import { DrainService } from '../../src/core/sending/drain.service.js';
import { Failpoints } from '../../src/core/sending/failpoints.js';
import { InstanceMarker } from '../../src/core/sending/instance.service.js';
import { Outcomes } from '../../src/core/sending/outcomes.js';
import { Pace, ProviderCalls } from '../../src/core/sending/provider-calls.js';
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
function callsWith(sending: { leaseSeconds: number; timeoutMs: number }): ProviderCalls {
  const [pace, outcomes, marker] = [bench.get(Pace), bench.get(Outcomes), bench.get(InstanceMarker)];
  return new ProviderCalls({ sending }, pace, outcomes, marker, bench.get(Failpoints));
}

/** Commits attempts of as many messages, as the freezer does. */
async function committed(count: number, provider = bench.pigeon): Promise<OpenAttempt[]> {
  const attempts: OpenAttempt[] = [];
  for (let i = 0; i < count; i += 1) {
    const { id: messageId, index: numberIndex, to, text } = await bench.message({ provider: provider.name });
    const id = await bench.attempt({ id: messageId, index: numberIndex }, { provider: provider.name });
    attempts.push({ id, messageId, numberIndex, provider, to, text });
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
    await calls().callAttempts(() => Promise.resolve(attempts));
    expect(during).toEqual(Array(3).fill(attempts[2]?.id));
  });

  it('it gets the number, the text and the attempt, once each', async () => {
    const attempts = await committed(2);
    expect(await calls().callAttempts(() => Promise.resolve(attempts))).toBe(2);
    expect(bench.pigeon.called.map(({ attemptId, to, text }) => ({ attemptId, to, text }))).toEqual(
      attempts.map(({ id, to, text }) => ({ attemptId: id, to, text })),
    );
    expect(await statusesOf(attempts)).toEqual(['accepted', 'accepted']);
  });

  it('each is called for its own attempts', async () => {
    const [pigeons, gulls] = [await committed(2), await committed(1, bench.gull)];
    await calls().callAttempts(() => Promise.resolve([...pigeons, ...gulls]));
    expect(bench.pigeon.called.map(({ attemptId }) => attemptId)).toEqual(pigeons.map(({ id }) => id));
    expect(bench.gull.called.map(({ attemptId }) => attemptId)).toEqual(gulls.map(({ id }) => id));
  });
});

it('nobody is called when nothing was committed, nor when that failed', async () => {
  const before = remembered();
  expect(await calls().callAttempts(() => Promise.resolve([]))).toBe(0);
  await expect(calls().callAttempts(() => Promise.reject(new Error('no database')))).rejects.toThrow(
    'no database',
  );
  expect(bench.pigeon.called).toEqual([]);
  expect(remembered()).toBe(before);
});

describe('a call has to be over inside the lease', () => {
  it('its last moment lies a time-out and a margin before the end, counted from before the commit', async () => {
    const attempts = await committed(1);
    const before = performance.now();
    let committedAt = 0;
    await callsWith({ leaseSeconds: 30, timeoutMs: 4000 }).callAttempts(() => {
      committedAt = performance.now();
      return Promise.resolve(attempts);
    });
    const notAfter = bench.pigeon.called[0]?.notAfter ?? 0;
    const spare = 30_000 - 4000 - 250;
    expect(notAfter).toBeGreaterThanOrEqual(before + spare);
    expect(notAfter).toBeLessThanOrEqual(committedAt + spare);
  });

  it('is not made when the commit took too long: it waits for another attempt', async () => {
    const attempts = await committed(2);
    await callsWith({ leaseSeconds: 1.3, timeoutMs: 1000 }).callAttempts(async () => {
      await sleep(80);
      return attempts;
    });
    expect(bench.pigeon.called).toEqual([]);
    for (const { id, messageId } of attempts) {
      expect(await bench.row('attempt', id)).toMatchObject({
        ...{ status: 'refused', code: 'deadline-passed', detail: 'deadline-passed' },
      });
      expect(await bench.row('message', messageId)).toMatchObject({ status: 'waiting', resent_unproved: 0 });
    }
  });

  it('is not made when its turn comes after the last moment, and is not waited for longer', async () => {
    bench.pigeon.rate = 0.1;
    // Many, because now and then a timer fires a little before the last moment.
    const attempts = await committed(20);
    const started = performance.now();
    await callsWith({ leaseSeconds: 3.25, timeoutMs: 1000 }).callAttempts(() => Promise.resolve(attempts));
    expect(performance.now() - started).toBeLessThan(8000);
    expect(bench.pigeon.called.map(({ attemptId }) => attemptId)).toEqual([attempts[0]?.id]);
    expect(await statusesOf(attempts)).toEqual(['accepted', ...Array<string>(19).fill('refused')]);
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

  it('spaces the texts of a window by its rate, the first at once', async () => {
    bench.pigeon.rate = 2;
    const turns = await pace().reserveTurns(bench.pigeon, 4);
    expect(turns[0]).toBeLessThan(1);
    expect(turns.map((turn) => Math.round((turn - (turns[0] ?? 0)) / 10) * 10)).toEqual([0, 500, 1000, 1500]);
    const next = await nextIn('PIGEON');
    expect(next).toBeGreaterThan(2000 - slack);
    expect(next).toBeLessThanOrEqual(2000);
  });

  it('goes on where the window before it ended, for all processes', async () => {
    bench.pigeon.rate = 2;
    await pace().reserveTurns(bench.pigeon, 4);
    const [first = 0, second = 0] = await new Pace(
      { sending: { rate: null } },
      bench.get(Database),
    ).reserveTurns(bench.pigeon, 2);
    expect(first).toBeGreaterThan(2000 - slack);
    expect(first).toBeLessThanOrEqual(2000);
    expect(second - first).toBeCloseTo(500, 5);
    expect(await nextIn('PIGEON')).toBeGreaterThan(3000 - slack);
  });

  it('saves nothing up while it is idle', async () => {
    bench.pigeon.rate = 2;
    await bench.insert('pace', { sender: 'PIGEON', next_at: ago(3600) });
    const turns = await pace().reserveTurns(bench.pigeon, 2);
    expect(turns[0]).toBeLessThan(1);
    expect(await nextIn('PIGEON')).toBeGreaterThan(-slack);
  });

  it('is its own: another sender’s texts take no turn of it', async () => {
    Object.assign(bench.pigeon, { rate: 0.1 });
    await pace().reserveTurns(bench.pigeon, 3);
    expect((await pace().reserveTurns(bench.gull, 1))[0]).toBeLessThan(1);
  });

  it('is the rate that was set, where one was', async () => {
    const turns = await new Pace({ sending: { rate: 5 } }, bench.get(Database)).reserveTurns(bench.pigeon, 2);
    expect((turns[1] ?? 0) - (turns[0] ?? 0)).toBeCloseTo(200, 5);
  });

  it('is kept by the calls of several windows', async () => {
    bench.pigeon.rate = 25;
    const [one, other] = [await committed(3), await committed(3)];
    await calls().callAttempts(() => Promise.resolve(one));
    await calls().callAttempts(() => Promise.resolve(other));
    const at = bench.pigeon.called.map((call) => call.at);
    expect(bench.pigeon.called.map(({ attemptId }) => attemptId)).toEqual(
      [...one, ...other].map(({ id }) => id),
    );
    // Never a text more than the rate allows in the time since the first; a timer may be late, and not early.
    for (const [i, moment] of at.entries()) expect(moment - (at[0] ?? 0)).toBeGreaterThan(i * 40 - 12 * 3);
    expect((at[5] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(5 * 40 - 30);
  });
});
