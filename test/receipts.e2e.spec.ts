import fc from 'fast-check';
import { aNumber, aContact, aCounterparty } from './support/builders.js';
import { startFakeTwilio, type FakeTwilio } from './support/fake-twilio.js';
import { callbackForm, signCallback } from './support/fake-twilio.receipts.js';
import type { FakeMessage } from './support/fake-twilio.script.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

let fake: FakeTwilio;
let service: TestService;

beforeAll(async () => {
  fake = await startFakeTwilio();
  service = await startService({ twilio: fake });
  await service.openAtAllHours();
});
afterAll(async () => {
  await service.close();
  await fake.stop();
});
beforeEach(() => fake.reset());

/** A text that the provider has accepted and says nothing of, unless a test lets it. */
async function acceptedText(): Promise<FakeMessage> {
  await fake.play({ steps: [] });
  const phone = aNumber();
  await service.registerDue({ counterparties: [aCounterparty({ contacts: [aContact({ phone })] })] });
  expect(await service.drain()).toBe(1);
  const text = (await fake.received()).messages.at(-1);
  if (!text) throw new Error('the fake got no text');
  return text;
}

interface MessageRow {
  id: string;
  status: string;
  reason: string | null;
}

async function messageOf(text: FakeMessage): Promise<MessageRow> {
  const [row] = await service.sql<MessageRow>(
    `SELECT m.id, m.status, m.reason FROM message m JOIN attempt t ON t.message_id = m.id WHERE t.reference = $1`,
    [text.sid],
  );
  if (!row) throw new Error(`no attempt has the reference ${text.sid}`);
  return row;
}

/** Posts a receipt as Twilio would; by inject, so that its order is the test's. */
async function report(
  text: FakeMessage,
  status: string,
  { code = null, change = {}, signature, query }: ReportOptions = {},
): Promise<number> {
  const url = new URL(text.statusCallback ?? '');
  if (query !== undefined) url.search = query;
  const form = { ...callbackForm(fake.account, text, status, code), ...change };
  const answer = await service.app.inject({
    method: 'POST',
    url: `${url.pathname}${url.search}`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signature ?? signCallback(fake.account.authToken, url.href, form),
    },
    payload: new URLSearchParams(form).toString(),
  });
  return answer.statusCode;
}

interface ReportOptions {
  code?: number | null;
  change?: Record<string, string>;
  signature?: string;
  query?: string;
}

const leavesOf = (messageId: string) =>
  service.sql<{ kind: string }>(`SELECT kind FROM leaf WHERE subject_id = $1 ORDER BY id`, [messageId]);

it('ten times is one transition', async () => {
  const text = await acceptedText();
  await fake.report({ sid: text.sid, status: 'delivered', copies: 10 });
  const message = await messageOf(text);
  expect(message.status).toBe('delivered');
  const answers = (await fake.received()).receipts.map((receipt) => receipt.answer);
  expect(answers).toEqual(Array(10).fill(204));
  expect(await leavesOf(message.id)).toEqual(
    ['message-frozen', 'message-sent', 'message-delivered'].map((kind) => ({ kind })),
  );
  expect(await service.sql(`SELECT status FROM receipt WHERE reference = $1`, [text.sid])).toEqual([
    { status: 'delivered' },
  ]);
});

it('in any order, and any number of times, leads to the same final status', async () => {
  const reports = [
    { status: 'queued', code: null },
    { status: 'sent', code: null },
    { status: 'undelivered', code: 30005 },
    { status: 'delivered', code: null },
  ];
  const ranked = [
    ['delivered', 'delivered'],
    ['undelivered', 'failed'],
    ['sent', 'sent'],
    ['queued', 'accepted'],
  ];
  const finalOf = (some: typeof reports) =>
    ranked.find(([reported]) => some.some(({ status }) => status === reported))?.[1];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...reports), { minLength: 1, maxLength: 5 }), async (order) => {
      const text = await acceptedText();
      for (const { status, code } of order) expect(await report(text, status, { code })).toBe(204);
      const message = await messageOf(text);
      expect(message.status).toBe(finalOf(order));
      const kept = await service.sql(`SELECT 1 FROM receipt WHERE reference = $1`, [text.sid]);
      expect(kept).toHaveLength(new Set(order.map(({ status }) => status)).size);
    }),
    { numRuns: 20, seed: 20260303 },
  );
});

it('of delivery, late, is believed after one of failure', async () => {
  const text = await acceptedText();
  await report(text, 'undelivered', { code: 30005 });
  expect(await messageOf(text)).toMatchObject({ status: 'failed', reason: '30005' });
  await report(text, 'delivered');
  expect(await messageOf(text)).toMatchObject({ status: 'delivered', reason: null });
});

it('before the provider’s own answer is attached to its attempt', async () => {
  await fake.play({ steps: [{ status: 'delivered', afterMs: 0 }], receipts: { beforeAnswer: true } });
  await service.registerDue();
  await service.drain();
  const [text] = (await fake.received()).messages;
  if (!text) throw new Error('the fake got no text');
  expect((await fake.received()).receipts.map((receipt) => receipt.answer)).toEqual([204]);
  expect((await messageOf(text)).status).toBe('delivered');
});

it('for a reference that nobody knows is kept, and answered so that it is not sent again', async () => {
  const text = await acceptedText();
  const stranger = { ...text, sid: `SM${'0123456789abcdef'.repeat(2)}` };
  expect(await report(stranger, 'delivered', { query: '' })).toBe(204);
  expect(await service.sql(`SELECT attempt_id FROM receipt WHERE reference = $1`, [stranger.sid])).toEqual([
    { attempt_id: null },
  ]);
});

it('that never comes is asked for', async () => {
  await fake.play({ receipts: { copies: 0 } });
  await service.registerDue();
  await service.drain();
  const text = await until('the text is delivered', async () => {
    const last = (await fake.received()).messages.at(-1);
    return last?.status === 'delivered' ? last : null;
  });
  expect((await messageOf(text)).status).toBe('accepted');
  // A minute later, as the first poll is due.
  await service.sql(`UPDATE message SET poll_at = clock_timestamp() WHERE poll_at IS NOT NULL`);
  await service.sweep();
  expect((await messageOf(text)).status).toBe('delivered');
  expect(await service.sql(`SELECT origin FROM receipt WHERE reference = $1`, [text.sid])).toEqual([
    { origin: 'poll' },
  ]);
});

it('that is never to be had leaves the text unconfirmed, after days of asking', async () => {
  const text = await acceptedText();
  for (let poll = 0; poll < 10; poll += 1) {
    await service.sql(`UPDATE message SET poll_at = clock_timestamp() WHERE poll_at IS NOT NULL`);
    await service.sweep();
  }
  expect(await messageOf(text)).toMatchObject({ status: 'unconfirmed' });
  await report(text, 'delivered');
  expect(await messageOf(text)).toMatchObject({ status: 'delivered' });
});

describe('a receipt that is refused with 403, and changes nothing', () => {
  const anotherAccount = `AC${'f'.repeat(32)}`;
  const refused: [string, ReportOptions][] = [
    ['signed by another token', { signature: 'bm90IHRoZSBzaWduYXR1cmUgb2YgdHdpbGlv' }],
    ['without a signature', { signature: '' }],
    ['for another account, though well signed', { change: { AccountSid: anotherAccount } }],
    ['with a status that there is not', { change: { MessageStatus: 'loved' } }],
    ['with a reference that is none', { change: { MessageSid: 'SM1' } }],
    ['at another address, though well signed', { query: '?attempt=1' }],
  ];

  it.each(refused)('%s', async (_what, options) => {
    const text = await acceptedText();
    const before = await service.contents();
    expect(await report(text, 'delivered', options)).toBe(403);
    expect(await service.contents()).toEqual(before);
  });

  it('with a field changed after it was signed', async () => {
    const text = await acceptedText();
    const url = text.statusCallback ?? '';
    const honest = callbackForm(fake.account, text, 'undelivered', 30005);
    const signature = signCallback(fake.account.authToken, url, honest);
    const before = await service.contents();
    expect(await report(text, 'delivered', { signature })).toBe(403);
    expect(await service.contents()).toEqual(before);
  });

  it('sent by the fake itself with a forged signature', async () => {
    const text = await acceptedText();
    const before = await service.contents();
    await fake.report({ sid: text.sid, status: 'delivered', forged: true });
    expect((await fake.received()).receipts.at(-1)?.answer).toBe(403);
    expect(await service.contents()).toEqual(before);
  });

  it('is logged, without the number', async () => {
    const text = await acceptedText();
    service.heard.logs.length = 0;
    await report(text, 'delivered', { signature: 'bm90IHRoZSBzaWduYXR1cmUgb2YgdHdpbGlv' });
    const logs = service.heard.logs.join('');
    expect(logs).toContain('a receipt was refused');
    expect(logs).not.toContain(text.to.slice(1));
  });
});

it('replayed for a text of its own cannot be turned upon another', async () => {
  const [one, other] = [await acceptedText(), await acceptedText()];
  await report(one, 'delivered');
  // The same reference under the address of the other text's attempt, signed by whoever holds the token.
  await report({ ...one, statusCallback: other.statusCallback }, 'undelivered', { code: 30005 });
  expect((await messageOf(one)).status).toBe('delivered');
  expect((await messageOf(other)).status).toBe('accepted');
});
