import { createHash } from 'node:crypto';
import { Database, type Transition } from '../../src/platform/database/database.js';
import { MessageStates, messageTransitions } from '../../src/core/sending/message-states.js';
import { type MessageStatus, messageStatuses } from '../../src/core/sending/sending.entities.js';
import { admin, ago, type Row, SendingBench } from '../support/sending-bench.js';

// docs/design.md draws the states, and states.spec.ts compares the drawing with the table of transitions. Here each
// transition is tried from each state on real rows.

let bench: SendingBench;
let messages: MessageStates;
beforeAll(async () => {
  bench = await SendingBench.start();
  messages = bench.get(MessageStates);
});
afterAll(() => bench.stop());

const finals: readonly MessageStatus[] = ['delivered', 'failed', 'held', 'unconfirmed'];

/** A message that has been through a lot, so that a column which a transition forgets to clear shows. */
const lived = async (status: MessageStatus) => {
  const { id } = await bench.message({
    status,
    attempts: 2,
    resent_unproved: 1,
    poll_at: ago(-900),
    polls: 3,
    reason: 'before',
    reason_origin: 'chorong',
    final_at: finals.includes(status) ? ago(500) : null,
    next_attempt_at: status === 'waiting' ? ago(100) : null,
  });
  return id;
};

const leavesOf = async (id: string) =>
  (await bench.sql<{ kind: string }>(`SELECT kind FROM leaf WHERE subject_id = $1 ORDER BY id`, [id])).map(
    ({ kind }) => kind,
  );

/** Seconds from now of the moments that a transition sets; a little is left for a slow machine. */
const inAbout = (seconds: number) => expect.closeTo(seconds, -1.6) as number;

async function looked(id: string): Promise<Row> {
  const [row] = await bench.sql(
    `SELECT status, reason, reason_origin AS origin, attempts, resent_unproved AS resent, polls,
            extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS next,
            extract(epoch FROM poll_at - clock_timestamp())::float8 AS poll,
            extract(epoch FROM final_at - clock_timestamp())::float8 AS final
     FROM message WHERE id = $1`,
    [id],
  );
  return row ?? {};
}

interface Move {
  what: string;
  transition: Transition<MessageStatus>;
  act: (id: string) => Promise<unknown>;
  /** What it changes of the row beside the status. */
  sets: Row;
  /** What it leaves in the log. */
  leaves: string[];
}

const ended = { next: null, poll: null, final: inAbout(0) };
const { accept, putOff, refuse, hold, release, attemptAgain, handOver, deliver, fail, resend, giveUp } =
  messageTransitions;

const moves: Move[] = [
  {
    what: 'accept',
    transition: accept,
    act: (id) => messages.accept([{ messageId: id, reference: 'p-1' }], 300),
    sets: { reason: null, origin: null, next: null, poll: inAbout(300), polls: 0 },
    leaves: ['message-sent'],
  },
  {
    what: 'put off',
    transition: putOff,
    act: (id) => messages.putOff(id, 200),
    sets: { next: inAbout(200), poll: null },
    leaves: [],
  },
  {
    what: 'put off what may double',
    transition: putOff,
    act: (id) => messages.putOff(id, 200, { unproved: true }),
    sets: { next: inAbout(200), poll: null, resent: 2 },
    leaves: [],
  },
  {
    what: 'resend',
    transition: resend,
    act: (id) => messages.resend(id, 200),
    sets: { next: inAbout(200), poll: null, resent: 2 },
    leaves: ['message-waiting'],
  },
  {
    what: 'attempt again',
    transition: attemptAgain,
    act: (id) => messages.attemptAgain([id]),
    sets: { next: null, attempts: 3 },
    leaves: [],
  },
  { what: 'hand over', transition: handOver, act: (id) => messages.handOver([id]), sets: {}, leaves: [] },
  {
    what: 'deliver',
    transition: deliver,
    act: (id) => messages.deliver([id]),
    sets: { ...ended, reason: null, origin: null },
    leaves: ['message-delivered'],
  },
  {
    what: 'fail',
    transition: fail,
    act: (id) => messages.fail(id, { code: '30005', origin: 'provider' }),
    sets: { ...ended, reason: '30005', origin: 'provider' },
    leaves: ['message-failed'],
  },
  {
    what: 'refuse',
    transition: refuse,
    act: (id) => messages.refuse(id, { code: '21211', origin: 'provider' }),
    sets: { ...ended, reason: '21211', origin: 'provider' },
    leaves: ['message-failed'],
  },
  {
    what: 'hold',
    transition: hold,
    act: (id) => messages.hold(id, { code: 'number-unreadable', origin: 'chorong' }),
    sets: { ...ended, reason: 'number-unreadable', origin: 'chorong' },
    leaves: ['message-held'],
  },
  {
    what: 'give up',
    transition: giveUp,
    act: (id) => messages.giveUp(id),
    sets: { ...ended, reason: 'no receipt', origin: 'chorong' },
    leaves: ['message-unconfirmed'],
  },
  {
    what: 'release',
    transition: release,
    act: (id) => messages.release(admin, id, 'looked at').catch(() => undefined),
    sets: { reason: null, origin: null, next: inAbout(0), final: null },
    // A person's decision, which the journal keeps.
    leaves: ['message-waiting', 'change'],
  },
];

it('are all tried here', () => {
  const tried = new Set(moves.map(({ transition }) => transition));
  const { freeze, ...others } = messageTransitions;
  expect(tried).toEqual(new Set(Object.values(others)));
  expect(freeze.to).toBe('sending');
});

describe.each(moves)('to $what', ({ transition, act, sets, leaves }) => {
  it.each(messageStatuses)('a message that is %s', async (status) => {
    const [id, bystander] = [await lived(status), await lived(status)];
    const before = await looked(id);
    const [raw, rawBystander] = [await bench.row('message', id), await bench.row('message', bystander)];
    await act(id);
    if (transition.from.includes(status)) {
      const moments = Object.fromEntries(
        ['next', 'poll', 'final'].map((name) => [
          name,
          typeof before[name] === 'number' ? inAbout(before[name]) : before[name],
        ]),
      );
      expect(await looked(id)).toEqual({ ...before, ...moments, ...sets, status: transition.to });
      expect(await leavesOf(id)).toEqual(leaves);
    } else {
      expect(await bench.row('message', id)).toEqual(raw);
      expect(await leavesOf(id)).toEqual([]);
    }
    expect(await bench.row('message', bystander)).toEqual(rawBystander);
    expect(await leavesOf(bystander)).toEqual([]);
  });
});

it('accepts of several messages those that can be, each once and with its leaf', async () => {
  const ids = [await lived('sending'), await lived('delivered'), await lived('held'), await lived('sent')];
  const named = [...ids, ...ids].map((messageId, i) => ({ messageId, reference: `p-${i}` }));
  await messages.accept(named, 60);
  const rows = await Promise.all(ids.map(looked));
  expect(rows.map(({ status }) => status)).toEqual(['accepted', 'delivered', 'accepted', 'sent']);
  expect(await Promise.all(ids.map(leavesOf))).toEqual([['message-sent'], [], ['message-sent'], []]);
});

describe('a release', () => {
  it('of what is not held is refused, and not recorded', async () => {
    for (const status of messageStatuses.filter((one) => one !== 'held')) {
      const id = await lived(status);
      await expect(messages.release(admin, id, 'looked at')).rejects.toMatchObject({ kind: 'not-found' });
      expect(await bench.sql(`SELECT 1 FROM change WHERE subject_id = $1`, [id])).toEqual([]);
    }
  });

  it('is recorded with what it was held for, who let it go and why', async () => {
    const [id] = [await lived('held'), await lived('held')];
    await bench.sql(`UPDATE message SET reason = 'its-own' WHERE id = $1`, [id]);
    expect(await messages.release(admin, id, 'looked at')).toEqual({ id, status: 'waiting' });
    const changes = await bench.sql(`SELECT * FROM change WHERE subject_id = $1`, [id]);
    expect(changes).toMatchObject([
      {
        subject: 'message',
        what: 'held-message-released',
        before: { status: 'held', reason: 'its-own' },
        after: { status: 'waiting' },
        actor: 'admin:test',
        reason: 'looked at',
      },
    ]);
  });
});

describe('a frozen message', () => {
  const freeze = async () => {
    const { id: from, to } = await bench.message();
    const row = await bench.row('message', from);
    await bench.sql(`DELETE FROM message_words WHERE message_id = $1`, [from]);
    await bench.sql(`DELETE FROM message WHERE id = $1`, [from]);
    await messages.freeze([
      {
        alertIds: ['b', 'a'],
        message: {
          id: from,
          to,
          provider: 'pigeon',
          sender: 'PIGEON',
          country: 'KR',
          shard: 3,
          locale: 'ko',
          numberIndex: row['number_index'] as Buffer,
          templateVersionId: String(row['template_version_id']),
          textHash: row['text_hash'] as Buffer,
          text: String(row['text']),
          encoding: 'ucs2',
          parts: 1,
          koreanClass: null,
          dueAt: ago(5),
          serviceTime: ago(1),
        },
      },
    ]);
    return { id: from, to, row: await bench.row('message', from) };
  };

  it('is being sent for the first time, its number sealed for this row alone', async () => {
    const { to, row } = await freeze();
    expect(row).toMatchObject({
      status: 'sending',
      attempts: 1,
      resent_unproved: 0,
      polls: 0,
      poll_at: null,
    });
    const place = { table: 'message', column: 'number_sealed', rowId: String(row['id']) };
    expect(bench.sealer.open(row['number_sealed'] as Buffer, place)).toBe(to);
    expect(JSON.stringify(row)).not.toContain(to.slice(3));
  });

  it('has a leaf that commits to its text and number, each by a salt of its own, and names what it tells', async () => {
    const { id, to, row } = await freeze();
    const [leaf] = await bench.sql<{ kind: string; body: Row }>(
      `SELECT kind, body FROM leaf WHERE subject_id = $1`,
      [id],
    );
    const sha256 = (...parts: (Buffer | string)[]) => {
      const hash = createHash('sha256');
      for (const part of parts) hash.update(part);
      return hash.digest();
    };
    const [salt, index] = [row['salt'] as Buffer, row['number_index'] as Buffer];
    expect(leaf).toEqual({
      kind: 'message-frozen',
      body: {
        message: id,
        alerts: ['a', 'b'],
        templateVersion: row['template_version_id'],
        provider: 'pigeon',
        sender: 'PIGEON',
        country: 'KR',
        locale: 'ko',
        status: 'sending',
        reason: null,
        reason_origin: null,
        final_at: null,
        due_at: (row['due_at'] as Date).toISOString(),
        service_time: (row['service_time'] as Date).toISOString(),
        text: sha256(salt, String(row['text'])).toString('hex'),
        number: sha256(salt, index.toString('hex')).toString('hex'),
        phone: sha256(sha256(salt, index).subarray(0, 16), to).toString('hex'),
      },
    });
  });

  it('has a salt of its own', async () => {
    const salts = [await freeze(), await freeze()].map(({ row }) => row['salt'] as Buffer);
    expect(salts.map((salt) => salt.length)).toEqual([16, 16]);
    expect(salts[0]?.equals(salts[1] ?? Buffer.alloc(0))).toBe(false);
  });
});

describe('the leaf of a message', () => {
  it('names its provider, sender, status, reason and whose that is, reference and end: the rest stands in that of when it was frozen', async () => {
    const message = await bench.message({ status: 'accepted' });
    await bench.attempt(message, { status: 'absent', reference: null });
    await bench.attempt(message, { status: 'accepted', reference: 'pigeon-7' });
    await messages.fail(message.id, { code: 'failed', origin: 'chorong' });

    const row = await bench.row('message', message.id);
    const [leaf] = await bench.sql<{ body: Row }>(`SELECT body FROM leaf WHERE subject_id = $1`, [
      message.id,
    ]);
    expect(leaf?.body).toEqual({
      provider: 'pigeon',
      sender: 'PIGEON',
      status: 'failed',
      reason: 'failed',
      reference: 'pigeon-7',
      reason_origin: 'chorong',
      final_at: (row['final_at'] as Date).toISOString(),
    });
  });

  it('names the reference that a message was accepted under', async () => {
    const [one, other] = [await lived('sending'), await lived('sending')];
    const references = new Map([
      [one, 'p-of-one'],
      [other, 'p-of-other'],
    ]);
    await messages.accept(
      [...references].map(([messageId, reference]) => ({ messageId, reference })),
      60,
    );
    const leaves = await bench.sql<{ id: string; reference: string }>(
      `SELECT subject_id AS id, body->>'reference' AS reference FROM leaf WHERE subject_id = ANY($1)`,
      [[one, other]],
    );
    expect(new Map(leaves.map(({ id, reference }) => [id, reference]))).toEqual(references);
  });

  it('is written for each of several, and for none of no messages', async () => {
    const ids = [await lived('accepted'), await lived('delivered'), await lived('sent')];
    await messages.deliver(ids);
    expect(await Promise.all(ids.map(leavesOf))).toEqual([['message-delivered'], [], ['message-delivered']]);
    const before = await bench.contents('message', 'leaf');
    for (const act of [messages.deliver([]), messages.handOver([]), messages.accept([], 60)]) await act;
    expect(await bench.contents('message', 'leaf')).toEqual(before);
  });

  it('is written with the transition or not at all', async () => {
    const id = await lived('accepted');
    const broken = bench.get(Database).inTransaction(async () => {
      await messages.deliver([id]);
      throw new Error('cut off');
    });
    await expect(broken).rejects.toThrow('cut off');
    expect((await looked(id))['status']).toBe('accepted');
    expect(await leavesOf(id)).toEqual([]);
  });
});

it('becomes another provider’s alone, when the other life has sent it through that', async () => {
  const [id, bystander] = [await lived('sending'), await lived('sending')];
  await messages.giveToProvider(bench.gull, id);
  expect(await bench.row('message', id)).toMatchObject({ provider: 'gull', sender: 'GULL' });
  expect(await bench.row('message', bystander)).toMatchObject({ provider: 'pigeon', sender: 'PIGEON' });
  expect(
    await bench.sql(`SELECT kind, body FROM leaf WHERE subject_id = ANY($1)`, [[id, bystander]]),
  ).toEqual([{ kind: 'message-elsewhere', body: { provider: 'gull', sender: 'GULL' } }]);
});
