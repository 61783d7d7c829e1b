import { Journal } from '../../src/core/proof/journal.service.js';
import { Redaction } from '../../src/core/sending/redaction.js';
import { ReconcileService } from '../../src/core/sending/reconcile.service.js';
import { Sequencer } from '../../src/core/transparency/sequencer.service.js';
import { Database } from '../../src/platform/database/database.js';
import { firstIdAt } from '../../src/platform/ids.js';
import { ago, type MessageMade, type Row, SendingBench } from '../support/sending-bench.js';

let bench: SendingBench;
beforeAll(async () => {
  bench = await SendingBench.start();
});
/** References of texts whose words the provider has forgotten, in this order. */
let forgotten: string[];
beforeEach(async () => {
  // Entries of the log stay, and with them their leaves.
  for (const table of ['leaf_waiting', 'log_entry', 'log_node', 'log_checkpoint'])
    await bench.sql(`DELETE FROM ${table}`);
  await bench.clear();
  forgotten = [];
  bench.pigeon.redact = (reference) => {
    forgotten.push(reference);
    const held = bench.pigeon.held.find((text) => text.reference === reference);
    if (held) held.text = '';
    return Promise.resolve();
  };
});
afterAll(() => bench.stop());

const day = 86_400;
let made = 0;

/** A text that was accepted so many days ago, delivered, and stands so in the log. */
async function text(daysAgo: number, { inLog = true, status = 'delivered', to, ...given }: Given = {}) {
  const message = await bench.message({ status, ...(to ? { to } : {}) });
  const reference = bench.pigeon.hold(message);
  made += 1;
  const id = firstIdAt(new Date(Date.now() - daysAgo * day * 1000 + made));
  const attempt = { status: 'accepted', reference, settled_at: ago(daysAgo * day), ...given };
  await bench.attempt(message, { id, ...attempt });
  const leaf = { kind: `message-${status}`, subjectId: message.id, body: {} };
  await bench.get(Database).inTransaction(() => bench.get(Journal).leaves([leaf]));
  if (inLog) await bench.get(Sequencer).sequence();
  return { ...message, attempt: id, reference };
}
type Given = Row & {
  inLog?: boolean;
  status?: 'delivered' | 'failed' | 'unconfirmed' | 'sent' | 'held';
  to?: string;
};

/** Looks as a process does that has just started. */
async function redact(): Promise<number> {
  const redaction = bench.get(Redaction);
  redaction['day'] = '';
  return redaction.redactSettled();
}

it('is done once a text has been over for thirty-five days, once', async () => {
  const old = await text(40);
  await text(34);
  await text(1);
  expect(await redact()).toBe(1);
  expect(forgotten).toEqual([old.reference]);
  expect((await bench.row('attempt', old.attempt))['redacted_at']).not.toBeNull();
  expect(await redact()).toBe(0);
});

it('waits until the log has the leaf of what became of the message', async () => {
  const old = await text(40, { inLog: false });
  await text(1, { inLog: false });
  expect(await redact()).toBe(0);
  await bench.get(Sequencer).sequence();
  expect(await redact()).toBe(1);
  expect(forgotten).toEqual([old.reference]);
});

it.each([
  ['delivered', 1],
  ['failed', 1],
  ['unconfirmed', 1],
  ['sent', 0],
  ['held', 0],
] as const)('of a message that is %s: %i', async (status, count) => {
  await text(40, { status });
  await text(1);
  expect(await redact()).toBe(count);
});

it('spares the last text of a provider, which proves what is absent when nothing follows', async () => {
  await text(60);
  const last = await text(40);
  expect(await redact()).toBe(1);
  expect(forgotten).not.toContain(last.reference);
});

it.each(['refused', 'absent'])('takes one that is %s for none that follows', async (status) => {
  const only = await text(40);
  const id = firstIdAt(new Date(Date.now() - 20 * day * 1000));
  await bench.attempt(await bench.message(), { id, status });
  expect(await redact()).toBe(0);
  await text(1);
  expect(await redact()).toBe(1);
  expect(forgotten).toEqual([only.reference]);
});

it('waits for the leaf of how the message stands now, not for one of before', async () => {
  const old = await text(40);
  await text(1);
  await bench.sql(`UPDATE message SET status = 'failed' WHERE id = $1`, [old.id]);
  expect(await redact()).toBe(0);
});

it('spares what was accepted since an attempt that is in doubt', async () => {
  const before = await text(60);
  const lost = await bench.message();
  await bench.attempt(lost, { id: firstIdAt(new Date(Date.now() - 50 * day * 1000)), status: 'ambiguous' });
  await text(40);
  await text(1);
  await redact();
  expect(forgotten).toEqual([before.reference]);
});

it('is of each attempt of a message that was sent again, and of none without a reference', async () => {
  const one = await text(50);
  await bench.attempt(one, { status: 'absent', settled_at: ago(45 * day) });
  await bench.attempt(one, {
    id: firstIdAt(new Date(Date.now() - 44 * day * 1000)),
    status: 'accepted',
    reference: 'again',
    settled_at: ago(44 * day),
  });
  await text(1);
  await redact();
  expect(forgotten).toEqual([one.reference, 'again']);
});

it('is nothing where the provider cannot, or is not to', async () => {
  await text(40);
  await text(1);
  delete bench.pigeon.redact;
  expect(await redact()).toBe(0);
});

it('is tried again from the one that failed', async () => {
  const [first, second] = [await text(50), await text(45)];
  await text(1);
  const works = bench.pigeon.redact;
  bench.pigeon.redact = () => Promise.reject(new Error('it does not answer'));
  await expect(redact()).rejects.toThrow('it does not answer');
  expect((await bench.row('attempt', first.attempt))['redacted_at']).toBeNull();
  if (works) bench.pigeon.redact = works;
  expect(await bench.get(Redaction).redactSettled()).toBe(2);
  expect(forgotten).toEqual([first.reference, second.reference]);
});

describe('a text in doubt', () => {
  /** Looks at an attempt until it is settled, past its grace. */
  async function settle(message: MessageMade, given: Row): Promise<Row> {
    const attempt = await bench.attempt(message, { status: 'ambiguous', detail: 'timed-out', ...given });
    for (let look = 0; look < 2; look += 1) {
      bench.watch(attempt, 400);
      await bench.sql(`UPDATE attempt SET check_at = now() WHERE id = $1`, [attempt]);
      await bench.get(ReconcileService).reconcileAttempts();
    }
    return {
      ...(await bench.row('attempt', attempt)),
      message: (await bench.row('message', message.id))['status'],
    };
  }

  it('is proved absent after all that can be was redacted', async () => {
    const to = bench.number();
    await text(60);
    await text(40, { to });
    await text(20, { to });
    await redact();
    expect(forgotten).toHaveLength(2);
    expect(await settle(await bench.message({ to }), { check_at: ago(1) })).toMatchObject({
      status: 'absent',
    });
  });

  it('is held and not sent again where a backup knows a text whose words were redacted since', async () => {
    const known = await text(40);
    await text(1);
    await redact();
    // The backup is of before: it knows nothing of the redaction, nor of what came after.
    await bench.sql(`UPDATE attempt SET redacted_at = NULL`);
    await bench.sql(`DELETE FROM attempt WHERE id > $1`, [known.attempt]);
    const lost = await bench.message();
    const looked = await settle(lost, { opened_at: ago(39 * day), suspect: true, check_at: ago(1) });
    expect(looked).toMatchObject({ status: 'absent', detail: 'absence-not-proved', message: 'held' });
  });

  it('is held and not sent again where the provider shows its own text without words', async () => {
    const to = bench.number();
    await text(1, { to });
    // Another life of the database has sent it, and redacted it since.
    const lost = await bench.message({ to });
    bench.pigeon.hold({ to, text: '' }, 'of-another-life', ago(38 * day));
    const looked = await settle(lost, { opened_at: ago(39 * day), suspect: true, check_at: ago(1) });
    expect(looked).toMatchObject({ status: 'absent', detail: 'text-not-shown', message: 'held' });
  });
});
