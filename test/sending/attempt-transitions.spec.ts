import type { Transition } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/ids.js';
import {
  AttemptStates,
  attemptTransitions,
  type OpenAttempt,
} from '../../src/core/sending/attempt-states.js';
import { type AttemptStatus, attemptStatuses } from '../../src/core/sending/sending.entities.js';
import { ago, type MessageMade, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
let attempts: AttemptStates;
beforeAll(async () => {
  bench = await SendingBench.start();
  attempts = bench.get(AttemptStates);
});
afterAll(() => bench.stop());

/** An attempt whose lease ran out, of a message that is being sent. */
async function lived(status: AttemptStatus, given: Row = {}): Promise<{ id: string; message: MessageMade }> {
  const message = await bench.message({ attempts: 4, resent_unproved: 1, country: 'GB' });
  const isSettled = status === 'accepted' || status === 'refused' || status === 'absent';
  const id = await bench.attempt(message, {
    status,
    lease_until: ago(5),
    settled_at: isSettled ? ago(3) : null,
    detail: 'before',
    ...given,
  });
  return { id, message };
}

/** Seconds from now of the moments that a transition sets; a little is left for a slow machine. */
const inAbout = (seconds: number) => expect.closeTo(seconds, -1.6) as number;

async function looked(id: string): Promise<Row> {
  const [row] = await bench.sql(
    `SELECT status, detail, code, reference, late, suspect, checks, provider,
            extract(epoch FROM lease_until - clock_timestamp())::float8 AS lease,
            extract(epoch FROM check_at - clock_timestamp())::float8 AS check,
            extract(epoch FROM settled_at - clock_timestamp())::float8 AS settled
     FROM attempt WHERE id = $1`,
    [id],
  );
  return row ?? {};
}

const { expire, loseAnswer, refuse, accept, proveAbsent } = attemptTransitions;

interface Move {
  what: string;
  transition: Transition<AttemptStatus>;
  act: (id: string) => Promise<unknown>;
  sets: Row;
}

const moves: Move[] = [
  {
    what: 'lose the answer',
    transition: loseAnswer,
    act: (id) => attempts.loseAnswers([{ id, detail: 'timed-out' }]),
    sets: { detail: 'timed-out', check: inAbout(1) },
  },
  {
    what: 'refuse',
    transition: refuse,
    act: (id) => attempts.refuse(id, { code: '429', own: 'too-many-requests', action: 'retry', detail: '' }),
    sets: { code: '429', detail: 'too-many-requests', settled: inAbout(0) },
  },
  {
    what: 'refuse by a code of the provider’s',
    transition: refuse,
    act: (id) => attempts.refuse(id, { code: '21211', action: 'permanent', detail: '' }),
    sets: { code: '21211', detail: null, settled: inAbout(0) },
  },
  {
    what: 'accept',
    transition: accept,
    act: (id) => attempts.accept('pigeon', [{ id, reference: `p-${id}` }]),
    sets: { settled: inAbout(0) },
  },
  {
    what: 'prove absent',
    transition: proveAbsent,
    act: (id) => attempts.proveAbsent(id),
    sets: { settled: inAbout(0) },
  },
  {
    what: 'prove absent for a reason',
    transition: proveAbsent,
    act: (id) => attempts.proveAbsent(id, 'another-text-p-1'),
    sets: { settled: inAbout(0), detail: 'another-text-p-1' },
  },
];

it('are all tried here', () => {
  const { open: _open, suspect: _suspect, expire: _expire, ...others } = attemptTransitions;
  expect(new Set(moves.map(({ transition }) => transition))).toEqual(new Set(Object.values(others)));
});

describe.each(moves)('to $what', ({ transition, act, sets }) => {
  it.each(attemptStatuses)('an attempt that is %s', async (status) => {
    const [{ id }, other] = [await lived(status), await lived(status)];
    const before = await looked(id);
    const [raw, rawOther] = [await bench.row('attempt', id), await bench.row('attempt', other.id)];
    await act(id);
    if (transition.from.includes(status)) {
      const { lease, settled } = before;
      expect(await looked(id)).toEqual({
        ...before,
        lease: inAbout(Number(lease)),
        settled: settled === null ? null : inAbout(Number(settled)),
        ...sets,
        status: transition.to,
        ...(transition === accept ? { reference: `p-${id}` } : {}),
      });
    } else {
      expect(await bench.row('attempt', id)).toEqual(raw);
    }
    expect(await bench.row('attempt', other.id)).toEqual(rawOther);
  });
});

describe('a lease that ran out', () => {
  it.each(attemptStatuses)('of an attempt that is %s', async (status) => {
    const { id } = await lived(status);
    const raw = await bench.row('attempt', id);
    await attempts.expire();
    if (expire.from.some((from) => from === status)) {
      const expected = { status: 'ambiguous', detail: 'lease-ran-out', check: inAbout(0), settled: null };
      expect(await looked(id)).toMatchObject(expected);
    } else {
      expect(await bench.row('attempt', id)).toEqual(raw);
    }
  });

  it('counts from its end on, and not before', async () => {
    const [over, running] = [
      await lived('open', { lease_until: ago(0.05) }),
      await lived('open', { lease_until: ago(-20) }),
    ];
    await attempts.expire();
    expect((await looked(over.id))['status']).toBe('ambiguous');
    expect((await looked(running.id))['status']).toBe('open');
  });

  it('is passed over while a process holds its row, and does not hold up the others', async () => {
    const [frozen, other] = [await lived('open'), await lived('open')];
    await bench.whileLocked('attempt', [frozen.id], () => attempts.expire());
    expect((await looked(frozen.id))['status']).toBe('open');
    expect((await looked(other.id))['status']).toBe('ambiguous');
    await attempts.expire();
  });
});

it('is looked for a second after its answer was lost, no lease keeping it back', async () => {
  const { id } = await lived('open', { lease_until: ago(-60) });
  await attempts.loseAnswers([{ id, detail: 'timed-out' }]);
  expect(await looked(id)).toMatchObject({ check: inAbout(1), lease: inAbout(60) });
});

describe('a refusal', () => {
  it('tells how its message stands', async () => {
    const { id } = await lived('open');
    expect(await attempts.refuse(id, bench.pigeon.failure('retry'))).toEqual({
      status: 'sending',
      attempts: 4,
      resentUnproved: 1,
      country: 'GB',
    });
  });

  it.each(attemptStatuses.filter((status) => !refuse.from.some((from) => from === status)))(
    'of an attempt that is %s already tells nothing',
    async (status) => {
      const { id } = await lived(status);
      expect(await attempts.refuse(id, bench.pigeon.failure('retry'))).toBeNull();
    },
  );
});

describe('an acceptance', () => {
  const references = (ids: string[]) => ids.map((id) => ({ id, reference: `p-${id}` }));

  it('tells what it accepted, and whose', async () => {
    const { id, message } = await lived('absent');
    const second = await bench.attempt(message, { status: 'open' });
    const settled = await lived('refused');
    const accepted = await attempts.accept('pigeon', references([id, second, settled.id]));
    expect(accepted).toHaveLength(2);
    // What became of the first was not known before; the second was accepted by the answer to its call.
    const told = (one: string, isAdopted: boolean) => ({
      messageId: message.id,
      reference: `p-${one}`,
      isReported: false,
      isAdopted,
    });
    expect(accepted).toEqual(expect.arrayContaining([told(id, true), told(second, false)]));
  });

  it.each<[AttemptStatus, string, boolean]>([
    ['absent', 'after', true],
    ['absent', 'before', false],
    ['ambiguous', 'after', false],
  ])('is late of an attempt that is %s, and that another came %s', async (status, order, late) => {
    const message = await bench.message();
    const [first, second] = order === 'after' ? [status, 'refused'] : ['refused', status];
    const ids = [
      await bench.attempt(message, { status: first }),
      await bench.attempt(message, { status: second }),
    ];
    const id = (order === 'after' ? ids[0] : ids[1]) ?? '';
    await attempts.accept('pigeon', references([id]));
    expect(await looked(id)).toMatchObject({ status: 'accepted', late });
  });

  it('is reported on by a receipt of its own reference and provider alone', async () => {
    const receive = (reference: string, provider: string) =>
      bench.insert('receipt', { id: newId(), provider, reference, status: 'sent', origin: 'webhook' });
    const found: (boolean | undefined)[] = [];
    for (const [reference, provider] of [
      ['another', 'pigeon'],
      ['p-2', 'gull'],
      ['p-3', 'pigeon'],
    ] as const) {
      await receive(reference, provider);
      const id = await bench.attempt(await bench.message());
      const [one] = await attempts.accept('pigeon', [{ id, reference: `p-${found.length + 1}` }]);
      found.push(one?.isReported);
    }
    expect(found).toEqual([false, false, true]);
  });

  it('of another provider’s attempt is not taken', async () => {
    const { id } = await lived('open');
    expect(await attempts.accept('gull', references([id]))).toEqual([]);
    expect(await looked(id)).toMatchObject({ status: 'open', reference: null });
  });

  it('does not replace the reference that an attempt has', async () => {
    const { id } = await lived('absent', { reference: 'p-first' });
    expect(await attempts.accept('pigeon', references([id]))).toEqual([]);
    expect(await looked(id)).toMatchObject({ status: 'absent', reference: 'p-first' });
  });

  it('gives one reference of a provider to one attempt', async () => {
    const [first, second, elsewhere] = [
      await lived('open'),
      await lived('open'),
      await lived('open', { provider: 'gull' }),
    ];
    // Another provider may count its texts alike, and that was first.
    expect(await attempts.accept('gull', [{ id: elsewhere.id, reference: 'p-one' }])).toHaveLength(1);
    await attempts.accept('pigeon', [{ id: first.id, reference: 'p-one' }]);
    expect(await looked(first.id)).toMatchObject({ status: 'accepted', reference: 'p-one' });
    expect(await attempts.accept('pigeon', [{ id: second.id, reference: 'p-one' }])).toEqual([]);
    expect(await looked(second.id)).toMatchObject({ status: 'open', reference: null });
  });

  it('gives it to one attempt, too, when two come with it at once, and the others theirs', async () => {
    const twins = [await lived('open'), await lived('open')];
    const other = await lived('open');
    const accepted = await attempts.accept('pigeon', [
      ...twins.map(({ id }) => ({ id, reference: 'p-twice' })),
      { id: other.id, reference: 'p-other' },
    ]);
    expect(accepted.map(({ reference }) => reference).sort()).toEqual(['p-other', 'p-twice']);
    const rows = await Promise.all(twins.map(({ id }) => looked(id)));
    expect(rows.map(({ status, reference }) => `${String(status)} ${String(reference)}`).sort()).toEqual([
      'accepted p-twice',
      'open null',
    ]);
    expect(await looked(other.id)).toMatchObject({ status: 'accepted', reference: 'p-other' });
  });

  it('of one attempt by two references takes one of them', async () => {
    const { id, message } = await lived('open');
    const accepted = await attempts.accept('pigeon', [
      { id, reference: 'p-a' },
      { id, reference: 'p-b' },
    ]);
    const { reference } = await looked(id);
    expect(accepted).toMatchObject([{ messageId: message.id, reference, isReported: false }]);
    expect(['p-a', 'p-b']).toContain(reference);
  });
});

describe('an absence', () => {
  it.each(attemptStatuses)('of an attempt that is %s tells whether it closed it', async (status) => {
    const { id } = await lived(status);
    expect(await attempts.proveAbsent(id)).toBe(status === 'ambiguous');
  });

  it.each([
    [301, true],
    [299, false],
    [-60, false],
  ])(
    'by its handle is none while another life may have had it, whose last sign came %d s before',
    async (seconds, isClosed) => {
      const openedAt = ago(600);
      const { id } = await lived('ambiguous', { opened_at: openedAt });
      await bench.sql(`UPDATE instance SET suspect_from = $1, suspect_until = $2`, [
        ago(7200),
        new Date(openedAt.getTime() - seconds * 1000),
      ]);
      expect(await attempts.proveAbsent(id, null, { byHandle: true })).toBe(isClosed);
      expect(await attempts.proveAbsent(id)).toBe(!isClosed);
      await bench.sql(`UPDATE instance SET suspect_from = NULL, suspect_until = NULL`);
    },
  );

  it.each<[string, AttemptStatus, Row, string]>([
    ['that provider’s already', 'ambiguous', { suspect: true }, 'pigeon'],
    ['not suspected: it was called here', 'ambiguous', { suspect: false }, 'gull'],
    ['settled', 'absent', { suspect: true }, 'gull'],
    ['open', 'open', { suspect: true }, 'gull'],
  ])('stays where it is when it is %s', async (_why, status, given, provider) => {
    const { id } = await lived(status, given);
    expect(await attempts.giveToProvider(provider, id)).toBe(false);
    expect((await looked(id))['provider']).toBe('pigeon');
  });
});

describe('a new attempt', () => {
  /** One for a message, as the freezer asks for it. */
  const wanted = (message: MessageMade, provider = bench.pigeon): OpenAttempt => ({
    id: newId(),
    messageId: message.id,
    numberIndex: message.index,
    to: message.to,
    text: message.text,
    shard: message.shard,
    provider,
    country: 'KR',
    templateKey: 'ko/any/signing',
    departments: [],
    callAt: 0,
  });
  const opened = async (suspectFrom: Date | null) => {
    const message = await bench.message();
    const attempt = wanted(message, bench.gull);
    expect(await attempts.open([attempt], suspectFrom)).toEqual([attempt]);
    return { id: attempt.id, message };
  };
  const statusesOf = async ({ id }: MessageMade) =>
    (await bench.sql(`SELECT status FROM attempt WHERE message_id = $1 ORDER BY id`, [id])).map(
      (row) => row['status'],
    );

  it('is open for the length of the lease, and nobody is asked about it', async () => {
    const { id, message } = await opened(null);
    expect(await looked(id)).toEqual({
      status: 'open',
      provider: 'gull',
      detail: null,
      suspect: false,
      late: false,
      checks: 0,
      code: null,
      reference: null,
      lease: expect.closeTo(30, -1.3) as number,
      check: null,
      settled: null,
    });
    const row = await bench.row('attempt', id);
    expect(row).toMatchObject({ message_id: message.id, number_index: message.index });
    expect(Math.abs((row['opened_at'] as Date).getTime() - Date.now())).toBeLessThan(10_000);
  });

  it('for what the other life may have sent is looked for at once, as of then', async () => {
    const { id } = await opened(ago(3600));
    expect(await looked(id)).toMatchObject({
      status: 'ambiguous',
      detail: 'before-restore',
      suspect: true,
      check: inAbout(0),
      lease: inAbout(30),
    });
    const row = await bench.row('attempt', id);
    expect(Math.abs((row['opened_at'] as Date).getTime() - ago(3600).getTime())).toBeLessThan(10_000);
  });

  const isUnderWay = (status: AttemptStatus) => status === 'open' || status === 'ambiguous';

  it.each(attemptStatuses)('beside one of its message that is %s', async (status) => {
    const { id, message } = await lived(status);
    // Of another number, so that nothing but the message stands in the way.
    const attempt = { ...wanted(message), numberIndex: bench.sealer.blindIndex(bench.number()) };
    expect(await attempts.open([attempt], null)).toEqual(isUnderWay(status) ? [] : [attempt]);
    expect(await statusesOf(message)).toEqual(isUnderWay(status) ? [status] : [status, 'open']);
    expect((await looked(id))['status']).toBe(status);
  });

  it.each(attemptStatuses)('for a number that has one of another message that is %s', async (status) => {
    const { message } = await lived(status);
    const second = await bench.message({ to: message.to });
    const attempt = wanted(second);
    expect(await attempts.open([attempt], null)).toEqual(isUnderWay(status) ? [] : [attempt]);
    expect(await statusesOf(second)).toEqual(isUnderWay(status) ? [] : ['open']);
  });

  it('that cannot be opened is passed over alone, and of two for a number the first is taken', async () => {
    const busy = await lived('ambiguous');
    const [second, free] = [await bench.message({ to: busy.message.to }), await bench.message()];
    const again = await bench.message({ to: free.to });
    const [one, other, third] = [wanted(second), wanted(free), wanted(again)];
    expect(await attempts.open([one, other, third], null)).toEqual([other]);
    expect(await Promise.all([second, free, again].map(statusesOf))).toEqual([[], ['open'], []]);
  });

  it('is none when none is wanted', async () => {
    expect(await attempts.open([], null)).toEqual([]);
  });
});
