import fc from 'fast-check';
import type { DeliveryStatus, ReceivedReceipt } from '../../src/core/providers/sms-provider.js';
import { BrakesService } from '../../src/core/sending/brakes.service.js';
import { MessageStates } from '../../src/core/sending/message-states.js';
import { ReceiptPolls } from '../../src/core/sending/receipt-polls.js';
import { Receipts } from '../../src/core/sending/receipts.service.js';
import { newId } from '../../src/platform/ids.js';
import {
  attemptStatuses,
  type MessageStatus,
  messageStatuses,
} from '../../src/core/sending/sending.entities.js';
import { admin, ago, type MessageMade, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
let receipts: Receipts;
beforeAll(async () => {
  bench = await SendingBench.start();
  receipts = bench.get(Receipts);
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

let made = 0;

/** A message with an attempt that the provider accepted under this reference. */
async function accepted(given: Row = {}): Promise<MessageMade & { attempt: string; reference: string }> {
  const message = await bench.message({ status: 'accepted', ...given });
  const reference = `p-${(made += 1)}`;
  const attempt = await bench.attempt(message, { status: 'accepted', reference, settled_at: ago(5) });
  return { ...message, attempt, reference };
}

const report = (
  reference: string,
  status: DeliveryStatus,
  {
    code = null,
    attemptId = null,
    provider = bench.pigeon,
  }: Partial<ReceivedReceipt> & { provider?: typeof bench.pigeon } = {},
) => receipts.receive(provider, { reference, status, code, attemptId, origin: 'webhook' });

const statusOf = async (id: string) => (await bench.row('message', id))['status'];

describe('a report', () => {
  const only = (...statuses: MessageStatus[]) => new Set(statuses);
  const settled = only('held', 'accepted', 'sent', 'unconfirmed');

  const reports: [string, DeliveryStatus, string | null, Row, ReadonlySet<MessageStatus>, Row][] = [
    ['accepted', 'accepted', null, {}, only(), {}],
    ['sent', 'sent', null, {}, only('accepted'), { status: 'sent' }],
    [
      'delivered',
      'delivered',
      null,
      {},
      only(...messageStatuses.filter((status) => status !== 'delivered')),
      { status: 'delivered', reason: null },
    ],
    [
      'failed without a code',
      'failed',
      null,
      {},
      settled,
      { status: 'failed', reason: 'failed', reason_origin: 'chorong' },
    ],
    [
      ...(['failed for good', 'failed', 'permanent', {}, settled] as const),
      { status: 'failed', reason: 'permanent', reason_origin: 'provider' },
    ],
    // After acceptance these codes tell that it failed, and no more.
    [
      'failed by a code that nobody knows',
      'failed',
      '29999',
      {},
      settled,
      { status: 'failed', reason: '29999' },
    ],
    [
      ...(['failed, which proves nothing', 'failed', 'retry-bounded', {}, only('accepted', 'sent')] as const),
      { status: 'waiting', resent_unproved: 1 },
    ],
    [
      ...([
        'failed, which proves nothing, again',
        'failed',
        'retry-bounded',
        { resent_unproved: 1 },
      ] as const),
      only('accepted', 'sent'),
      { status: 'waiting', resent_unproved: 2 },
    ],
    [
      ...(['failed, which proves nothing, after two resends', 'failed', 'retry-bounded'] as const),
      { resent_unproved: 2 },
      settled,
      { status: 'failed', reason: 'retry-bounded', resent_unproved: 2 },
    ],
  ];

  describe.each(reports)('that it is %s', (_what, status, code, given, from, expected) => {
    it.each(messageStatuses)('of a message that is %s', async (before) => {
      const message = await accepted({ ...given, status: before });
      const bystander = await accepted({ ...given, status: before });
      const [raw, rawBystander] = [
        await bench.row('message', message.id),
        await bench.row('message', bystander.id),
      ];
      await report(message.reference, status, { code });
      if (from.has(before)) expect(await bench.row('message', message.id)).toMatchObject(expected);
      else expect(await bench.row('message', message.id)).toEqual(raw);
      expect(await bench.row('message', bystander.id)).toEqual(rawBystander);
      expect(await bench.sql(`SELECT 1 FROM brake`)).toEqual([]);
    });
  });

  it('that proves nothing waits by how often it was attempted', async () => {
    const message = await accepted({ attempts: 5 });
    await report(message.reference, 'failed', { code: 'retry-bounded' });
    const [row] = await bench.sql<{ wait: number }>(
      `SELECT extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS wait FROM message`,
    );
    expect(row?.wait).toBeGreaterThan(15);
    expect(row?.wait).toBeLessThanOrEqual(32);
  });
});

describe('reports in any order', () => {
  const rank: DeliveryStatus[] = ['delivered', 'failed', 'sent', 'accepted'];

  it('that came before the answer are applied with it, the best of them', async () => {
    const some = fc.uniqueArray(fc.constantFrom(...rank), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(some, async (order) => {
        const message = await bench.message();
        const attempt = await bench.attempt(message);
        const reference = `p-${(made += 1)}`;
        for (const status of order)
          await report(reference, status, { code: status === 'failed' ? 'permanent' : null });
        expect(await statusOf(message.id)).toBe('sending');
        await receipts.acceptAttempts(bench.pigeon, [{ id: attempt, reference }]);
        expect(await statusOf(message.id)).toBe(rank.find((status) => order.includes(status)));
      }),
      { numRuns: 25, seed: 9 },
    );
  });

  it('are applied for all the attempts that are accepted together', async () => {
    const messages = [await bench.message(), await bench.message()];
    const attempts = await Promise.all(messages.map((message) => bench.attempt(message)));
    await report('p-a', 'delivered');
    await report('p-b', 'sent');
    await receipts.acceptAttempts(
      bench.pigeon,
      attempts.map((id, i) => ({ id, reference: i === 0 ? 'p-a' : 'p-b' })),
    );
    expect(await Promise.all(messages.map(({ id }) => statusOf(id)))).toEqual(['delivered', 'sent']);
  });
});

describe('a receipt', () => {
  it('is kept once, however often it comes; with another code it is another', async () => {
    const { reference } = await accepted();
    for (const code of ['30005', '30005', '30003', null, null]) await report(reference, 'failed', { code });
    await report(reference, 'sent');
    const rows = await bench.sql(`SELECT status, code, origin, provider FROM receipt ORDER BY id`);
    expect(rows).toEqual(
      [
        ['failed', '30005'],
        ['failed', '30003'],
        ['failed', ''],
        ['sent', ''],
      ].map(([status, code]) => ({ status, code, origin: 'webhook', provider: 'pigeon' })),
    );
  });

  it('that carries its attempt settles it, from wherever it can be settled', async () => {
    for (const status of attemptStatuses) {
      await bench.clear();
      const message = await bench.message({ status: status === 'refused' ? 'failed' : 'sending' });
      const id = await bench.attempt(message, { status, reference: status === 'accepted' ? 'p-own' : null });
      await report('p-of-receipt', 'delivered', { attemptId: id });
      const isTaken = ['open', 'ambiguous', 'absent'].includes(status);
      expect((await bench.row('attempt', id))['reference']).toBe(
        isTaken ? 'p-of-receipt' : status === 'accepted' ? 'p-own' : null,
      );
      const untouched = status === 'refused' ? 'failed' : 'sending';
      expect(await statusOf(message.id)).toBe(isTaken ? 'delivered' : untouched);
      expect(await bench.sql(`SELECT attempt_id FROM receipt`)).toEqual([{ attempt_id: id }]);
    }
  });

  it('of another provider is nothing of ours, though reference and attempt are', async () => {
    const message = await accepted();
    const lost = await bench.message();
    const attempt = await bench.attempt(lost, { status: 'ambiguous' });
    const before = await bench.contents('message', 'attempt');
    await report(message.reference, 'delivered', { provider: bench.gull });
    await report('g-1', 'delivered', { attemptId: attempt, provider: bench.gull });
    expect(await bench.contents('message', 'attempt')).toEqual(before);
    expect(await bench.sql(`SELECT 1 FROM receipt WHERE provider = 'gull'`)).toHaveLength(2);
  });

  it('moves no message of another provider that has its reference', async () => {
    const [message, theirs] = [
      await accepted(),
      await bench.message({ status: 'accepted', provider: 'gull' }),
    ];
    const { reference } = message;
    await bench.attempt(theirs, { status: 'accepted', reference, provider: 'gull' });
    await bench.insert('receipt', {
      id: newId(),
      provider: 'gull',
      reference,
      status: 'delivered',
      code: '',
      origin: 'webhook',
    });
    await report(reference, 'sent');
    expect(await Promise.all([message, theirs].map(({ id }) => statusOf(id)))).toEqual(['sent', 'accepted']);
  });

  it('for a reference that nobody knows is kept, and changes nothing', async () => {
    await accepted();
    const before = await bench.contents('message', 'attempt');
    await report('p-of-nobody', 'delivered', { attemptId: '01900000-0000-7000-8000-000000000000' });
    expect(await bench.contents('message', 'attempt')).toEqual(before);
    expect(await bench.sql(`SELECT reference FROM receipt`)).toEqual([{ reference: 'p-of-nobody' }]);
  });

  it('is not kept when its message could not be moved', async () => {
    const { reference } = await accepted();
    bench.pigeon.failure = () => {
      throw new Error('cut off');
    };
    await expect(report(reference, 'failed', { code: '30005' })).rejects.toThrow('cut off');
    Reflect.deleteProperty(bench.pigeon, 'failure');
    expect(await bench.sql(`SELECT 1 FROM receipt`)).toEqual([]);
  });
});

describe('receipts that come together', () => {
  const tell = (reference: string, status: DeliveryStatus, given: Parameters<typeof report>[2] = {}) =>
    report(reference, status, given);

  it('are written in one transaction', async () => {
    const messages = await Promise.all(Array.from({ length: 20 }, () => accepted()));
    await Promise.all(messages.map(({ reference }) => tell(reference, 'delivered')));
    expect(await bench.sql(`SELECT count(*)::int AS rows FROM receipt GROUP BY xmin::text`)).toEqual([
      { rows: 20 },
    ]);
    expect(await Promise.all(messages.map(({ id }) => statusOf(id)))).toEqual(Array(20).fill('delivered'));
  });

  it('of one message count by the best of them, and the same one is kept once', async () => {
    const [one, other] = [await accepted(), await accepted()];
    await Promise.all([
      ...(['delivered', 'sent', 'failed', 'sent'] as const).map((status) => tell(one.reference, status)),
      tell(other.reference, 'sent'),
    ]);
    expect(await Promise.all([one, other].map(({ id }) => statusOf(id)))).toEqual(['delivered', 'sent']);
    expect(await bench.sql(`SELECT 1 FROM receipt`)).toHaveLength(4);
  });

  it('fail alone: one that cannot be kept is told, and the others are written', async () => {
    const [first, second] = [await accepted(), await accepted()];
    const together = await Promise.allSettled([
      tell(first.reference, 'delivered'),
      tell('p-poison', 'delivered', { attemptId: 'not an id' }),
      tell(second.reference, 'failed', { code: 'permanent' }),
    ]);
    expect(together.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await Promise.all([first, second].map(({ id }) => statusOf(id)))).toEqual(['delivered', 'failed']);
    expect(await bench.sql(`SELECT 1 FROM receipt`)).toHaveLength(2);
  });

  it('settle the attempts that they carry, each provider’s its own', async () => {
    const lost = async (provider: string) => {
      const message = await bench.message({ provider });
      return { ...message, attempt: await bench.attempt(message, { status: 'ambiguous', provider }) };
    };
    const [ours, theirs] = [await lost('pigeon'), await lost('gull')];
    await Promise.all([
      tell('same', 'sent', { attemptId: ours.attempt }),
      tell('same', 'delivered', { attemptId: theirs.attempt, provider: bench.gull }),
    ]);
    expect(await Promise.all([ours, theirs].map(({ id }) => statusOf(id)))).toEqual(['sent', 'delivered']);
    for (const { attempt } of [ours, theirs])
      expect(await bench.row('attempt', attempt)).toMatchObject({ status: 'accepted', reference: 'same' });
  });

  it('with one reference for two attempts settle one of them', async () => {
    const messages = [await bench.message(), await bench.message()];
    const attempts = await Promise.all(messages.map((one) => bench.attempt(one, { status: 'ambiguous' })));
    await Promise.all(attempts.map((attemptId) => tell('p-twice', 'sent', { attemptId })));
    expect((await Promise.all(messages.map(({ id }) => statusOf(id)))).sort()).toEqual(['sending', 'sent']);
    expect(await bench.sql(`SELECT 1 FROM attempt WHERE reference = 'p-twice'`)).toHaveLength(1);
  });

  it('by two references for one attempt settle it once', async () => {
    const message = await bench.message();
    const attemptId = await bench.attempt(message, { status: 'ambiguous' });
    await Promise.all(['p-a', 'p-b'].map((reference) => tell(reference, 'sent', { attemptId })));
    expect(await statusOf(message.id)).toBe('sent');
    expect(await bench.sql(`SELECT status FROM attempt`)).toEqual([{ status: 'accepted' }]);
    expect(await bench.sql(`SELECT 1 FROM receipt`)).toHaveLength(2);
  });
});

describe('a report on an attempt that another has followed', () => {
  const twice = async (status: MessageStatus) => {
    const message = await accepted({ status });
    const second = await bench.attempt(message, { status: 'accepted', reference: `${message.reference}-2` });
    return { ...message, second };
  };

  it('of failure says nothing of the message any more', async () => {
    for (const status of messageStatuses) {
      const { id, reference } = await twice(status);
      const before = await bench.row('message', id);
      for (const code of ['permanent', 'retry-bounded', null]) await report(reference, 'failed', { code });
      expect(await bench.row('message', id)).toEqual(before);
    }
  });

  it('of delivery counts', async () => {
    const { id, reference } = await twice('failed');
    await report(reference, 'delivered');
    expect(await statusOf(id)).toBe('delivered');
  });

  it('of failure counts for the last one, though another message has failed since', async () => {
    const { id, reference } = await twice('accepted');
    await accepted();
    await report(`${reference}-2`, 'failed', { code: 'permanent' });
    expect(await statusOf(id)).toBe('failed');
  });
});

describe('a report of failure that concerns the line', () => {
  const brakes = () => bench.sql(`SELECT scope, target, reason, actor FROM brake WHERE released_at IS NULL`);
  const ofPigeon = [{ scope: 'sender', target: 'PIGEON', reason: 'line-refused-stop-line', actor: 'system' }];
  const blocked = (reference: string) => report(reference, 'failed', { code: 'stop-line' });
  const release = async () => {
    for (const { id } of await bench.sql<{ id: string }>(`SELECT id FROM brake WHERE released_at IS NULL`))
      await bench.get(BrakesService).releaseBrake(admin, id, 'the account is open again');
  };

  it.each(messageStatuses)(
    'stops it, and lets a text wait that is %s when the provider had it',
    async (status) => {
      const { id, reference } = await accepted({ status });
      const before = await bench.row('message', id);
      await blocked(reference);
      expect(await brakes()).toEqual(ofPigeon);
      const waits = { status: 'waiting', resent_unproved: 1, reason: null };
      const hadIt = status === 'accepted' || status === 'sent';
      expect(await bench.row('message', id)).toMatchObject(hadIt ? waits : before);
    },
  );

  it('lets all that failed so go out after the release', async () => {
    const made = [await accepted(), await accepted(), await accepted()];
    for (const { reference } of made) await blocked(reference);
    expect(await brakes()).toEqual(ofPigeon);
    await bench.sql(`UPDATE message SET next_attempt_at = clock_timestamp() - interval '1 second'`);
    expect(await bench.drains().drainAllShards()).toBe(0);
    await release();
    expect(await bench.drains().drainAllShards()).toBe(3);
    expect(bench.pigeon.called).toHaveLength(3);
  });

  it.each<[string, Row, boolean]>([
    ['was sent again twice already', { resent_unproved: 2 }, true],
    ['went through a provider that shows texts by their words alone', {}, false],
  ])('holds a text for a person that %s', async (_what, given, listsNumbers) => {
    const { id, reference } = await accepted(given);
    bench.pigeon.listsNumbers = listsNumbers;
    await blocked(reference);
    bench.pigeon.listsNumbers = true;
    expect(await bench.row('message', id)).toMatchObject({
      status: 'held',
      reason: 'stop-line',
      reason_origin: 'provider',
    });
    expect(await brakes()).toEqual(ofPigeon);
  });

  it('does not hold again what a person has released, when the same report comes again', async () => {
    const { id, reference } = await accepted({ resent_unproved: 2 });
    await blocked(reference);
    await bench.get(MessageStates).release(admin, id, 'the account is open again');
    await blocked(reference);
    expect(await statusOf(id)).toBe('waiting');
  });

  it('stops nothing that was attempted before the last release', async () => {
    const [first, late] = [await accepted(), await accepted()];
    await blocked(first.reference);
    await release();
    await blocked(first.reference);
    await blocked(late.reference);
    expect(await brakes()).toEqual([]);
    expect(await statusOf(late.id)).toBe('waiting');
    const next = await accepted();
    await bench.sql(`UPDATE attempt SET opened_at = clock_timestamp() WHERE id = $1`, [next.attempt]);
    await blocked(next.reference);
    expect(await brakes()).toEqual(ofPigeon);
  });
});

describe('asking for what has not come', () => {
  const poll = () => bench.get(ReceiptPolls).pollMessages();

  it.each(messageStatuses)('of a message that is %s', async (status) => {
    const { reference } = await accepted({ status, poll_at: ago(1) });
    const isAsked = status === 'accepted' || status === 'sent';
    expect(await poll()).toBe(isAsked ? 1 : 0);
    expect(bench.pigeon.polled).toEqual(isAsked ? [reference] : []);
  });

  it('waits until it is time', async () => {
    const [due, early, never] = [
      await accepted({ poll_at: ago(0.05) }),
      await accepted({ poll_at: ago(-20) }),
      await accepted({ poll_at: null }),
    ];
    expect(await poll()).toBe(1);
    expect(bench.pigeon.polled).toEqual([due.reference]);
    for (const { id } of [early, never]) expect(await bench.row('message', id)).toMatchObject({ polls: 0 });
  });

  it('asks by the last attempt that the provider accepted, and keeps what it says as its answer', async () => {
    const message = await accepted({ poll_at: ago(1) });
    await bench.attempt(message, { status: 'accepted', reference: 'p-last' });
    await bench.attempt(message, { status: 'refused' });
    bench.pigeon.reports.set('p-last', { status: 'delivered', code: null });
    await poll();
    expect(bench.pigeon.polled).toEqual(['p-last']);
    expect(await statusOf(message.id)).toBe('delivered');
    expect(await bench.sql(`SELECT reference, origin FROM receipt`)).toEqual([
      { reference: 'p-last', origin: 'poll' },
    ]);
  });

  it('asks each provider about its own, and of one that is not configured nobody', async () => {
    const own = await accepted({ poll_at: ago(1) });
    const theirs = await bench.message({ status: 'accepted', poll_at: ago(1), provider: 'gull' });
    await bench.attempt(theirs, { status: 'accepted', reference: 'g-1', provider: 'gull' });
    const gone = await bench.message({ status: 'accepted', poll_at: ago(1), provider: 'dodo' });
    await bench.attempt(gone, { status: 'accepted', reference: 'd-1', provider: 'dodo' });
    const before = await bench.row('message', gone.id);
    expect(await poll()).toBe(2);
    expect([bench.pigeon.polled, bench.gull.polled]).toEqual([[own.reference], ['g-1']]);
    expect(await bench.row('message', gone.id)).toEqual(before);
  });

  it('asks about fifty at a time, those first that have waited longest', async () => {
    const made = await Promise.all(Array.from({ length: 52 }, (_, i) => accepted({ poll_at: ago(100 - i) })));
    expect(await poll()).toBe(50);
    expect(new Set(bench.pigeon.polled)).toEqual(
      new Set(made.slice(0, 50).map(({ reference }) => reference)),
    );
    expect(await poll()).toBe(2);
  });

  it.each([
    [0, 300],
    [1, 1800],
    [2, 7200],
    [3, 21_600],
    [4, 43_200],
    [5, 86_400],
    [6, 86_400],
    [7, 43_200],
  ])('asked %d times before, it asks again after %d s', async (polls, seconds) => {
    const { id } = await accepted({ poll_at: ago(1), polls });
    await poll();
    const [row] = await bench.sql(
      `SELECT status, polls, extract(epoch FROM poll_at - clock_timestamp())::float8 AS next FROM message WHERE id = $1`,
      [id],
    );
    expect(row).toEqual({
      status: 'accepted',
      polls: polls + 1,
      next: expect.closeTo(seconds, -1.6) as number,
    });
  });

  it('gives up after the ninth time, which is at 80 hours, and not if that brings an answer', async () => {
    const [silent, told] = [
      await accepted({ poll_at: ago(1), polls: 8 }),
      await accepted({ poll_at: ago(1), polls: 8 }),
    ];
    bench.pigeon.reports.set(told.reference, { status: 'delivered', code: null });
    await poll();
    expect(await bench.row('message', silent.id)).toMatchObject({
      status: 'unconfirmed',
      reason: 'no receipt',
      polls: 9,
      poll_at: null,
    });
    expect(await statusOf(told.id)).toBe('delivered');
  });

  it('of a provider that does not answer changes nothing, and asks again', async () => {
    const message = await accepted({ poll_at: ago(1) });
    bench.pigeon.isMute = true;
    expect(await poll()).toBe(1);
    expect(await bench.row('message', message.id)).toMatchObject({ status: 'accepted', polls: 1 });
    expect(await bench.sql(`SELECT 1 FROM receipt`)).toEqual([]);
  });
});
