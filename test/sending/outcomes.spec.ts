import type { FailureAction, Failure, SendOutcome } from '../../src/core/providers/sms-provider.js';
import { Outcomes } from '../../src/core/sending/outcomes.js';
import { type MessageStatus, messageStatuses } from '../../src/core/sending/sending.entities.js';
import { ago, type MessageMade, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
let outcomes: Outcomes;
beforeAll(async () => {
  bench = await SendingBench.start();
  outcomes = bench.get(Outcomes);
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

/** A message with an attempt whose answer is awaited. */
async function called(given: Row = {}): Promise<MessageMade & { attempt: string }> {
  const message = await bench.message(given);
  return { ...message, attempt: await bench.attempt(message) };
}

const answer = ({ id, attempt }: { id: string; attempt: string }, outcome: SendOutcome) =>
  outcomes.addAnswer({ id: attempt, messageId: id, provider: bench.pigeon, outcome });

async function messageOf(id: string): Promise<Row> {
  const [row] = await bench.sql(
    `SELECT status, reason, reason_origin AS origin, resent_unproved AS resent,
            extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS next,
            extract(epoch FROM poll_at - clock_timestamp())::float8 AS poll
     FROM message WHERE id = $1`,
    [id],
  );
  return row ?? {};
}

const brakes = () =>
  bench.sql<{ scope: string; target: string; actor: string; reason: string }>(
    `SELECT scope, target, actor, reason FROM brake WHERE released_at IS NULL ORDER BY id`,
  );

const actions: FailureAction[] = ['retry', 'retry-bounded', 'permanent', 'hold-route', 'stop-line', 'hold'];

describe('a refusal of a message that is being sent', () => {
  /** Seconds left to wait, a little less than what was set. */
  const waits = (from: number, to: number) => ({ from, to });

  it.each<[string, Row, Failure, Row, { from: number; to: number } | null]>([
    ['asks for patience', {}, failure('retry'), { status: 'waiting', resent: 0 }, waits(1, 2)],
    [
      'asks for patience, the fifth time',
      { attempts: 5 },
      failure('retry'),
      { status: 'waiting', resent: 0 },
      waits(16, 32),
    ],
    [
      'asks for patience, and has for a long time',
      { attempts: 30 },
      failure('retry'),
      { status: 'waiting' },
      waits(450, 900),
    ],
    [
      'asks to wait longer than we would',
      {},
      { ...failure('retry'), retryAfterSeconds: 100 },
      { status: 'waiting' },
      waits(100, 100),
    ],
    [
      'asks to wait shorter than we would',
      { attempts: 5 },
      { ...failure('retry'), retryAfterSeconds: 1 },
      { status: 'waiting' },
      waits(16, 32),
    ],
    ['may have sent it', {}, failure('retry-bounded'), { status: 'waiting', resent: 1 }, waits(1, 2)],
    [
      'may have sent it, again',
      { attempts: 2, resent_unproved: 1 },
      failure('retry-bounded'),
      { status: 'waiting', resent: 2 },
      waits(2, 4),
    ],
    [
      'may have sent it, for the third time',
      { attempts: 3, resent_unproved: 2 },
      failure('retry-bounded'),
      { status: 'failed', reason: 'retry-bounded', origin: 'provider', resent: 2 },
      null,
    ],
    [
      'will never send it',
      {},
      failure('permanent'),
      { status: 'failed', reason: 'permanent', origin: 'provider' },
      null,
    ],
    [
      'for a reason of our own',
      {},
      { ...failure('permanent'), own: 'text-too-long' },
      { status: 'failed', reason: 'text-too-long', origin: 'chorong' },
      null,
    ],
    ['nobody knows why', {}, failure('hold'), { status: 'held', reason: 'hold', origin: 'provider' }, null],
    [
      'cannot reach the country',
      {},
      failure('hold-route'),
      { status: 'held', reason: failure('hold-route').code },
      null,
    ],
    ['sends nothing at all', {}, failure('stop-line'), { status: 'waiting', resent: 0 }, waits(60, 60)],
    [
      'is our own, as its turn came too late, however often it was attempted',
      { attempts: 5 },
      { ...failure('retry'), code: 'deadline-passed', own: 'deadline-passed' },
      { status: 'waiting', resent: 0 },
      waits(1, 1),
    ],
  ])('that %s', async (_what, given, refusal, expected, wait) => {
    const message = await called(given);
    const bystander = await called(given);
    await answer(message, { kind: 'refused', ...refusal });
    const row = await messageOf(message.id);
    expect(row).toMatchObject({ ...(wait ? { reason: null } : { next: null }), ...expected });
    if (wait) {
      // From the refusal on, which is noted in the same transaction; a slow machine takes a while between the two.
      const [{ seconds } = { seconds: 0 }] = await bench.sql<{ seconds: number }>(
        `SELECT extract(epoch FROM m.next_attempt_at - t.settled_at)::float8 AS seconds
         FROM attempt t JOIN message m ON m.id = t.message_id WHERE t.id = $1`,
        [message.attempt],
      );
      expect(seconds).toBeGreaterThanOrEqual(wait.from);
      expect(seconds).toBeLessThanOrEqual(wait.to + 3);
    }
    expect(await bench.row('attempt', message.attempt)).toMatchObject({
      status: 'refused',
      code: refusal.code,
    });
    expect(await messageOf(bystander.id)).toMatchObject({ status: 'sending' });
    expect(await bench.row('attempt', bystander.attempt)).toMatchObject({ status: 'open' });
  });

  it('that a brake has stopped just before its call waits for a second, however often it was attempted', async () => {
    const message = await called({ attempts: 30 });
    await answer(message, {
      kind: 'refused',
      code: 'paused',
      own: 'paused',
      action: 'retry',
      detail: 'a test',
    });
    const [row] = await bench.sql<{ seconds: number; status: string; code: string }>(
      `SELECT extract(epoch FROM m.next_attempt_at - t.settled_at)::float8 AS seconds, m.status, t.code
       FROM attempt t JOIN message m ON m.id = t.message_id WHERE t.id = $1`,
      [message.attempt],
    );
    expect(row).toMatchObject({ status: 'waiting', code: 'paused' });
    expect(row?.seconds).toBeGreaterThanOrEqual(1);
    expect(row?.seconds).toBeLessThanOrEqual(4);
    expect(await brakes()).toEqual([]);
  });

  const refuseRoute = (message: { id: string; attempt: string }) =>
    answer(message, bench.pigeon.refusing('hold-route'));

  it('brakes the route from that sender to that country when three numbers were refused, and nothing else', async () => {
    const abroad = [
      await called({ country: 'GB' }),
      await called({ country: 'GB' }),
      await called({ country: 'GB' }),
    ];
    const nowhere = [await called({ country: null }), await called({ country: null })];
    for (const message of [...abroad.slice(0, 2), ...nowhere]) await refuseRoute(message);
    expect(await brakes()).toEqual([]);
    for (const message of abroad.slice(2)) await refuseRoute(message);
    const [only, ...others] = await brakes();
    expect(only).toMatchObject({ scope: 'route', target: 'PIGEON/GB', actor: 'system' });
    expect(only?.reason).toContain('hold-route');
    expect(others).toEqual([]);
    for (const { id } of abroad) {
      const row = await messageOf(id);
      expect(row).toMatchObject({ status: 'waiting', reason: null });
      expect(row['next']).toBeGreaterThan(50);
      expect(await bench.sql(`SELECT kind FROM leaf WHERE subject_id = $1 ORDER BY id`, [id])).toEqual([
        { kind: 'message-held' },
        { kind: 'message-waiting' },
      ]);
    }
    for (const { id } of nowhere) expect(await messageOf(id)).toMatchObject({ status: 'held' });
  });

  it.each([
    ['are to one number', `number_index = (SELECT number_index FROM message WHERE id = $1)`],
    ['lie more than an hour apart', `final_at = clock_timestamp() - interval '61 minutes'`],
    ['have another reason', `reason = 'other'`],
    ['are from another sender', `sender = 'GULL'`],
    ['were released since', `status = 'waiting', next_attempt_at = clock_timestamp()`],
  ])('brakes no route for refusals that %s', async (_what, change) => {
    const messages = [await called(), await called(), await called()];
    const [first, ...others] = messages;
    for (const message of messages.slice(0, 2)) await refuseRoute(message);
    await bench.sql(`UPDATE message SET ${change} WHERE id = ANY($2) AND $1::uuid IS NOT NULL`, [
      first?.id,
      messages.slice(0, 2).map(({ id }) => id),
    ]);
    for (const message of others.slice(1)) await refuseRoute(message);
    expect(await brakes()).toEqual([]);
  });

  it('stops the line of that sender, and nothing else', async () => {
    await answer(await called(), bench.pigeon.refusing('stop-line'));
    const [only, ...others] = await brakes();
    expect(only).toMatchObject({ scope: 'sender', target: 'PIGEON', actor: 'system' });
    expect(only?.reason).toContain('stop-line');
    expect(others).toEqual([]);
  });

  it.each<[FailureAction, number]>([
    ['hold-route', 3],
    ['stop-line', 1],
  ])('by %s once more finds the brake on', async (action, times) => {
    const before = [];
    for (let n = 0; n < times; n += 1) before.push(await called());
    const other = await called();
    for (const one of before) await answer(one, bench.pigeon.refusing(action));
    await answer(other, bench.pigeon.refusing(action));
    expect(await brakes()).toHaveLength(1);
    expect(await messageOf(other.id)).toMatchObject({ status: 'waiting' });
  });

  it.each<FailureAction>(['retry', 'retry-bounded', 'permanent', 'hold'])(
    'by %s pulls no brake',
    async (action) => {
      await answer(await called(), bench.pigeon.refusing(action));
      expect(await brakes()).toEqual([]);
    },
  );
});

describe.each(messageStatuses.filter((status) => status !== 'sending'))(
  'a refusal of a message that is %s',
  (status) => {
    // An earlier attempt was found late, or a receipt has come: the message knows better.
    it.each(actions)('moves nothing by %s', async (action) => {
      const message = await called({ status });
      const before = await bench.row('message', message.id);
      await answer(message, bench.pigeon.refusing(action));
      expect(await bench.row('message', message.id)).toEqual(before);
      expect(await bench.row('attempt', message.attempt)).toMatchObject({ status: 'refused' });
      expect(await brakes()).toEqual([]);
      expect(await bench.sql(`SELECT 1 FROM leaf`)).toEqual([]);
    });
  },
);

it('a refusal of an attempt that was settled meanwhile moves nothing', async () => {
  for (const status of ['accepted', 'absent', 'refused']) {
    const message = await bench.message();
    const attempt = await bench.attempt(message, { status, settled_at: ago(1) });
    const before = await bench.contents('message', 'attempt');
    for (const action of actions) await answer({ id: message.id, attempt }, bench.pigeon.refusing(action));
    expect(await bench.contents('message', 'attempt')).toEqual(before);
  }
  expect(await brakes()).toEqual([]);
});

describe('an acceptance', () => {
  it('is asked about after as long as its provider needs', async () => {
    bench.pigeon.firstPollSeconds = 500;
    const message = await called();
    await answer(message, { kind: 'accepted', reference: 'p-1' });
    expect(await messageOf(message.id)).toMatchObject({
      status: 'accepted',
      poll: expect.closeTo(500, -1.6) as number,
    });
    expect(await bench.row('attempt', message.attempt)).toMatchObject({
      status: 'accepted',
      reference: 'p-1',
    });
  });

  it('counts for the attempt of its own provider, though another’s comes with it', async () => {
    const [first, second] = [await called(), await bench.message({ provider: 'gull' })];
    const attempt = await bench.attempt(second, { provider: 'gull' });
    const outcome = { kind: 'accepted', reference: 'same' } as const;
    await Promise.all([
      answer(first, outcome),
      outcomes.addAnswer({ id: attempt, messageId: second.id, provider: bench.gull, outcome }),
    ]);
    for (const id of [first.attempt, attempt])
      expect(await bench.row('attempt', id)).toMatchObject({ status: 'accepted', reference: 'same' });
  });

  it('of an attempt that was taken for absent is marked as late once another followed', async () => {
    const message = await bench.message({ status: 'waiting' });
    const attempt = await bench.attempt(message, { status: 'absent' });
    await bench.attempt(message, { status: 'refused' });
    await answer({ id: message.id, attempt }, { kind: 'accepted', reference: 'p-late' });
    expect(await bench.row('attempt', attempt)).toMatchObject({ status: 'accepted', late: true });
    expect(await messageOf(message.id)).toMatchObject({ status: 'accepted', next: null });
  });
});

it('a lost answer leaves its message being sent, and its attempt to be looked for', async () => {
  const message = await called();
  const before = await bench.row('message', message.id);
  await answer(message, { kind: 'ambiguous', detail: 'timed-out' });
  expect(await bench.row('message', message.id)).toEqual(before);
  expect(await bench.row('attempt', message.attempt)).toMatchObject({
    status: 'ambiguous',
    detail: 'timed-out',
    check_at: expect.any(Date) as Date,
  });
});

describe('answers that come together', () => {
  const transactionsOf = async () =>
    (
      await bench.sql<{ rows: number }>(
        `SELECT count(*)::int AS rows FROM attempt WHERE status <> 'open' GROUP BY xmin::text ORDER BY rows DESC`,
      )
    ).map(({ rows }) => rows);

  it('are written in one transaction as soon as fifty wait, and the rest after it', async () => {
    const messages = await Promise.all(Array.from({ length: 60 }, () => called()));
    await Promise.all(messages.map((message) => answer(message, { kind: 'ambiguous', detail: 'timed-out' })));
    expect(await transactionsOf()).toEqual([50, 10]);
  });

  it('are all written once their waits are over', async () => {
    const kinds = [
      { kind: 'accepted', reference: 'p-1' } as const,
      { kind: 'ambiguous', detail: 'timed-out' } as const,
      bench.pigeon.refusing('permanent'),
    ];
    const messages = await Promise.all(kinds.map(() => called()));
    await Promise.all(messages.map((message, i) => answer(message, kinds[i] as SendOutcome)));
    const rows = await Promise.all(messages.map(({ attempt }) => bench.row('attempt', attempt)));
    expect(rows.map((row) => row['status'])).toEqual(['accepted', 'ambiguous', 'refused']);
  });

  it('fail alone: one that cannot be written is told, and the others are written', async () => {
    const [first, second] = [await called(), await called()];
    const together = await Promise.allSettled([
      answer(first, { kind: 'accepted', reference: 'p-1' }),
      answer({ id: first.id, attempt: 'not an id' }, bench.pigeon.refusing('permanent')),
      answer(second, bench.pigeon.refusing('permanent')),
    ]);
    expect(together.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await messageOf(first.id)).toMatchObject({ status: 'accepted' });
    expect(await messageOf(second.id)).toMatchObject({ status: 'failed' });
    expect(await bench.sql(`SELECT kind FROM leaf ORDER BY kind`)).toEqual([
      { kind: 'message-failed' },
      { kind: 'message-sent' },
    ]);
  });

  it('are none of them half written', async () => {
    const sound = await called();
    const before = await bench.contents('message', 'attempt', 'leaf');
    await bench.sql(`ALTER TABLE leaf RENAME TO leaf_elsewhere`);
    const refused = expect(answer(sound, bench.pigeon.refusing('permanent'))).rejects.toThrow('leaf');
    await refused.finally(() => bench.sql(`ALTER TABLE leaf_elsewhere RENAME TO leaf`));
    expect(await bench.contents('message', 'attempt', 'leaf')).toEqual(before);
    await answer(sound, bench.pigeon.refusing('permanent'));
    expect(await messageOf(sound.id)).toMatchObject({ status: 'failed' });
  });

  it('with one reference for two attempts are those of one: the other is looked for', async () => {
    const twins = [await called(), await called()];
    const other = await called();
    await Promise.all([
      ...twins.map((one) => answer(one, { kind: 'accepted', reference: 'p-twice' })),
      answer(other, { kind: 'accepted', reference: 'p-other' }),
    ]);
    const both = await Promise.all(
      twins.map(async ({ id, attempt }) => [
        (await bench.row('attempt', attempt))['status'],
        (await messageOf(id))['status'],
      ]),
    );
    expect(both.sort()).toEqual([
      ['accepted', 'accepted'],
      ['open', 'sending'],
    ]);
    expect(await bench.sql(`SELECT 1 FROM attempt WHERE reference = 'p-twice'`)).toHaveLength(1);
    expect(await messageOf(other.id)).toMatchObject({ status: 'accepted' });
  });
});

describe('what the provider was found to hold', () => {
  const lost = async (given: Row = {}) => {
    const message = await bench.message();
    return { ...message, attempt: await bench.attempt(message, { status: 'ambiguous', ...given }) };
  };
  const adopt = (message: { id: string; attempt: string }, provider = bench.pigeon, status = 'accepted') =>
    outcomes.adopt(
      provider,
      { id: message.attempt, messageId: message.id },
      { reference: 'p-1', status: status as 'accepted', code: null },
    );

  it.each<[string, MessageStatus]>([
    ['accepted', 'accepted'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['failed', 'failed'],
  ])('as %s is adopted as that', async (found, status) => {
    const message = await lost();
    await adopt(message, bench.pigeon, found);
    expect(await bench.row('attempt', message.attempt)).toMatchObject({
      status: 'accepted',
      reference: 'p-1',
    });
    expect(await messageOf(message.id)).toMatchObject({ status });
    expect(await bench.sql(`SELECT provider, status, origin, attempt_id FROM receipt`)).toEqual([
      { provider: 'pigeon', status: found, origin: 'list', attempt_id: null },
    ]);
  });

  it('elsewhere makes a suspected attempt and its message that provider’s', async () => {
    const message = await lost({ suspect: true });
    await adopt(message, bench.gull);
    expect(await bench.row('attempt', message.attempt)).toMatchObject({
      status: 'accepted',
      provider: 'gull',
    });
    expect(await bench.row('message', message.id)).toMatchObject({
      status: 'accepted',
      provider: 'gull',
      sender: 'GULL',
    });
  });

  it('elsewhere is nothing of an attempt that was called here', async () => {
    const message = await lost();
    const before = await bench.contents('message', 'attempt');
    await adopt(message, bench.gull);
    expect(await bench.contents('message', 'attempt')).toEqual(before);
  });
});

describe('what no provider holds', () => {
  const settle = {
    absent: (attempt: { id: string; messageId: string }) => outcomes.closeAbsent(attempt),
    'held for a person': (attempt: { id: string; messageId: string }) =>
      outcomes.holdForAPerson(attempt, 'look-at-provider', 'another-text-p-9'),
  };

  it('is attempted again at once', async () => {
    const message = await bench.message();
    const id = await bench.attempt(message, { status: 'ambiguous' });
    await settle.absent({ id, messageId: message.id });
    expect(await bench.row('attempt', id)).toMatchObject({ status: 'absent' });
    const row = await messageOf(message.id);
    expect(row).toMatchObject({ status: 'waiting', resent: 0 });
    expect(row['next']).toBeLessThanOrEqual(0);
  });

  it('is held when the provider has another text that may be this one', async () => {
    const message = await bench.message();
    const id = await bench.attempt(message, { status: 'ambiguous' });
    await settle['held for a person']({ id, messageId: message.id });
    expect(await bench.row('attempt', id)).toMatchObject({ status: 'absent', detail: 'another-text-p-9' });
    expect(await messageOf(message.id)).toMatchObject({
      status: 'held',
      reason: 'look-at-provider',
      origin: 'chorong',
    });
  });

  it.each(Object.entries(settle))('is not %s when its attempt was settled meanwhile', async (_what, act) => {
    for (const status of ['open', 'accepted', 'refused', 'absent']) {
      const message = await bench.message();
      const id = await bench.attempt(message, { status });
      const before = await bench.contents('message', 'attempt', 'leaf');
      await act({ id, messageId: message.id });
      expect(await bench.contents('message', 'attempt', 'leaf')).toEqual(before);
    }
  });
});

function failure(action: FailureAction): Failure {
  return { code: action, action, detail: 'a test' };
}
