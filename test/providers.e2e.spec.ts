import { aContact, aCounterparty, aNumber } from './support/builders.js';
import type { FakeTwilio } from './support/fake-twilio.js';
import { callbackForm, signCallback } from './support/fake-twilio.receipts.js';
import type { FakeBehaviour, FakeMessage } from './support/fake-twilio.script.js';
import { secondSender, startBothFakes, startWithBoth } from './support/second-provider.js';
import { senderNumber, type TestService } from './support/service.js';
import { until } from './support/until.js';

// Twilio, and a second provider that is registered beside it: what one of them was given stays its own.

let twilioFake: FakeTwilio;
let secondFake: FakeTwilio;
let service: TestService;

/** Starts the service, or starts it again on what it left behind, sending new texts through this provider. */
async function start(provider: 'twilio' | 'second', environment: Record<string, string> = {}): Promise<void> {
  service = await startWithBoth(
    { twilioFake, secondFake },
    { SMS_PROVIDER: provider, ...environment },
    service,
  );
}

beforeAll(async () => {
  ({ twilioFake, secondFake } = await startBothFakes());
  await start('twilio');
  await service.openAtAllHours();
});
afterAll(async () => {
  await service.close();
  await twilioFake.stop();
  await secondFake.stop();
});
beforeEach(async () => {
  // A test leaves nothing behind that another would send or ask about.
  await service.sql(
    `UPDATE message SET status = 'failed', next_attempt_at = NULL, poll_at = NULL WHERE status IN ('waiting', 'accepted')`,
  );
  await service.sql(`UPDATE attempt SET status = 'absent', provider = 'forgotten'`);
  for (const fake of [twilioFake, secondFake]) {
    await fake.reset();
    await fake.play({ steps: [] });
  }
});

interface MessageRow {
  id: string;
  status: string;
  provider: string;
  sender: string;
  text: string;
  attempts: { id: string; status: string; provider: string; reference: string | null }[];
}

async function messageOf(contractId: string): Promise<MessageRow> {
  const [message] = await service.sql<MessageRow>(
    `SELECT m.id, m.status, m.provider, m.sender, m.text,
            jsonb_agg(jsonb_build_object('id', t.id, 'status', t.status, 'provider', t.provider,
                                         'reference', t.reference) ORDER BY t.id) AS attempts
     FROM message m JOIN attempt t ON t.message_id = m.id
     WHERE m.id IN (SELECT message_id FROM alert WHERE contract_id = $1) GROUP BY m.id`,
    [contractId],
  );
  if (!message) throw new Error('the contract has no message');
  return message;
}

const e164 = (phone: string) => `+82${phone.replace(/\D/g, '').slice(1)}`;

/** A text that is due, and that Twilio will meet with this, without a receipt. Returns the contract's id. */
async function dueText(behaviour: FakeBehaviour = { kind: 'accept' }): Promise<string> {
  const phone = aNumber();
  const rules = [{ to: e164(phone), behaviour, times: 1 }];
  await twilioFake.play({ rules, steps: [], receipts: { copies: 0 } });
  const counterparties = [aCounterparty({ contacts: [aContact({ phone })] })];
  return (await service.registerDue({ counterparties })).id;
}

/** The same, and sent. */
async function sentText(behaviour?: FakeBehaviour): Promise<string> {
  const contract = await dueText(behaviour);
  expect(await service.drain()).toBe(1);
  return contract;
}

const textsOf = async (fake: FakeTwilio) => (await fake.received()).messages.map(({ body }) => body);

async function textAt(fake: FakeTwilio, contractId: string): Promise<FakeMessage> {
  const { text } = await messageOf(contractId);
  const found = (await fake.received()).messages.find(({ body }) => body === text);
  if (!found) throw new Error('the provider does not hold the text');
  return found;
}

function untilSettled(contractId: string, status: string): Promise<MessageRow> {
  return until(`the message is ${status}`, async () => {
    await service.sweep();
    const message = await messageOf(contractId);
    return message.status === status ? message : null;
  });
}

it('sends each text through the provider that it was frozen for, after a switch as well', async () => {
  await start('twilio');
  const accepted = await sentText();
  const waiting = await sentText({ kind: 'too-many' });
  await start('second');
  const later = [await dueText(), await dueText()];
  await service.letTimePass();
  expect(await service.drain()).toBe(3);

  const ofTwilio = [await messageOf(accepted), await messageOf(waiting)];
  for (const message of ofTwilio) expect(message).toMatchObject({ provider: 'twilio', sender: senderNumber });
  expect((await messageOf(waiting)).attempts).toMatchObject([
    { status: 'refused', provider: 'twilio' },
    { status: 'accepted', provider: 'twilio', reference: (await textAt(twilioFake, waiting)).sid },
  ]);
  expect((await textsOf(twilioFake)).sort()).toEqual(ofTwilio.map(({ text }) => text).sort());

  const ofSecond = await Promise.all(later.map(messageOf));
  for (const message of ofSecond) {
    expect(message).toMatchObject({
      status: 'accepted',
      provider: 'second',
      sender: secondSender,
      attempts: [{ status: 'accepted', provider: 'second' }],
    });
  }
  expect((await textsOf(secondFake)).sort()).toEqual(ofSecond.map(({ text }) => text).sort());
});

it('asks the first, after the switch, what became of the first’s ambiguous attempt and of its accepted text', async () => {
  await start('twilio');
  const ambiguous = await sentText({ kind: 'drop', accept: true });
  const accepted = await sentText();
  const { sid } = await textAt(twilioFake, accepted);
  await start('second');
  expect((await messageOf(ambiguous)).attempts).toMatchObject([{ status: 'ambiguous', reference: null }]);
  expect((await untilSettled(ambiguous, 'accepted')).attempts).toMatchObject([
    { status: 'accepted', provider: 'twilio', reference: (await textAt(twilioFake, ambiguous)).sid },
  ]);

  await twilioFake.report({ sid, status: 'delivered', forged: true });
  expect((await messageOf(accepted)).status).toBe('accepted');
  await twilioFake.report({ sid, status: 'sent', copies: 0 });
  await service.letTimePass();
  await untilSettled(accepted, 'sent');
  // Its newest texts are looked at when the service starts, whoever sends.
  const asked = (await secondFake.received()).requests.filter(({ query }) => query['From'] === undefined);
  expect(asked).toEqual([]);
});

it('takes receipts of both, each at its own address, and explains codes in the words of their provider', async () => {
  await start('twilio');
  const first = await sentText();
  await start('second');
  const other = await sentText();
  const [ofFirst, ofSecond] = [await textAt(twilioFake, first), await textAt(secondFake, other)];
  await twilioFake.report({ sid: ofFirst.sid, status: 'undelivered', code: 30005 });
  await secondFake.report({ sid: ofSecond.sid, status: 'undelivered', code: 30005 });
  for (const [fake, name] of [
    [twilioFake, 'twilio'],
    [secondFake, 'second'],
  ] as const) {
    const [receipt] = (await fake.received()).receipts;
    expect(receipt?.url).toContain(`/api/v1/webhooks/${name}/status?attempt=`);
    expect(receipt?.answer).toBe(204);
  }
  const auditor = await service.as('auditor');
  for (const [contract, words] of [
    [first, 'The number is unknown, or no longer in use.'],
    [other, 'the second’s words for 30005'],
  ] as const) {
    const { id } = await messageOf(contract);
    expect((await auditor.get(`/messages/${id}`)).body).toMatchObject({
      status: 'failed',
      reason: '30005',
      reasonDetail: words,
    });
  }
});

describe('a receipt at the second’s webhook, well signed, that names what is the first’s', () => {
  async function reportAtSecond(contractId: string, reference: string): Promise<number> {
    const attemptId = (await messageOf(contractId)).attempts[0]?.id;
    const url = `${service.config.publicUrl}/api/v1/webhooks/second/status?attempt=${attemptId}`;
    const text = { ...(await textAt(twilioFake, contractId)), sid: reference };
    const form = callbackForm(secondFake.account, text, 'delivered', null);
    const answer = await service.app.inject({
      method: 'POST',
      url: url.slice(service.config.publicUrl?.length),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signCallback(secondFake.account.authToken, url, form),
      },
      payload: new URLSearchParams(form).toString(),
    });
    return answer.statusCode;
  }

  it('changes nothing of the first’s message, by its reference and its attempt', async () => {
    await start('twilio');
    const contract = await sentText();
    const before = await messageOf(contract);
    const { sid } = await textAt(twilioFake, contract);
    expect(await reportAtSecond(contract, sid)).toBe(204);
    expect(await messageOf(contract)).toEqual(before);
    expect(await service.sql(`SELECT provider FROM receipt WHERE reference = $1`, [sid])).toEqual([
      { provider: 'second' },
    ]);
  });

  it('does not settle the first’s ambiguous attempt', async () => {
    await start('twilio');
    const contract = await sentText({ kind: 'drop', accept: true });
    const before = await messageOf(contract);
    expect(await reportAtSecond(contract, `SM${'e'.repeat(32)}`)).toBe(204);
    expect(await messageOf(contract)).toEqual(before);
    await untilSettled(contract, 'accepted');
  });
});

it('holds by the brake of one sender nothing of the other', async () => {
  await start('twilio');
  const waiting = await sentText({ kind: 'too-many' });
  await start('second');
  const brake = await service.admin.post<{ id: string }>('/brakes', {
    scope: 'sender',
    target: senderNumber,
    reason: 'test',
  });
  const other = await dueText();
  await service.letTimePass();
  expect(await service.drain()).toBe(1);
  expect(await messageOf(other)).toMatchObject({ status: 'accepted', provider: 'second' });
  expect((await messageOf(waiting)).status).toBe('waiting');

  await service.admin.post(`/brakes/${brake.body.id}/release`, { reason: 'test' });
  await service.admin.post('/brakes', { scope: 'sender', target: secondSender, reason: 'test' });
  const braked = await dueText();
  await service.letTimePass();
  expect(await service.drain()).toBe(1);
  expect(await messageOf(waiting)).toMatchObject({ status: 'accepted', provider: 'twilio' });
  await service.sql(
    `UPDATE brake SET released_at = now(), released_by = 'test', release_reason = 'test' WHERE released_at IS NULL`,
  );
  expect(await service.drain()).toBe(1);
  expect(await messageOf(braked)).toMatchObject({ provider: 'second' });
});

it('lets what belongs to a provider that is not configured any more wait, says so once, and loses nothing', async () => {
  await start('twilio');
  const accepted = await sentText();
  const ambiguous = await sentText({ kind: 'drop', accept: true });
  const waiting = await sentText({ kind: 'too-many' });
  const { sid } = await textAt(twilioFake, accepted);
  await start('second', { TWILIO_AUTH_TOKEN: '' });
  const before = await Promise.all([accepted, ambiguous, waiting].map(messageOf));
  const asked = (await twilioFake.received()).requests.length;
  await twilioFake.report({ sid, status: 'delivered' });
  expect((await twilioFake.received()).receipts.at(-1)?.answer).toBe(404);
  for (let i = 0; i < 3; i += 1) {
    await service.letTimePass();
    await service.sweep();
    expect(await service.drain()).toBe(0);
  }
  expect(await Promise.all([accepted, ambiguous, waiting].map(messageOf))).toEqual(before);
  expect((await twilioFake.received()).requests).toHaveLength(asked);
  const lines = service.heard.logs.filter((line) => line.includes('a provider is not configured'));
  expect(lines).toEqual([expect.stringContaining('"provider":"twilio"')]);

  await start('second');
  await service.letTimePass();
  expect(await service.drain()).toBe(1);
  expect((await messageOf(waiting)).attempts.map((attempt) => attempt.provider)).toEqual([
    'twilio',
    'twilio',
  ]);
  await untilSettled(accepted, 'delivered');
  await untilSettled(ambiguous, 'accepted');
});

describe('after a restore, where SMS_PROVIDER was switched in the lost hours', () => {
  /** Takes the database back to before a text was frozen; its provider and the data folder keep what they know. */
  async function loseText(contractId: string): Promise<void> {
    const { id } = await messageOf(contractId);
    await service.sql(`UPDATE alert SET status = 'planned', message_id = NULL WHERE message_id = $1`, [id]);
    await service.sql(`DELETE FROM attempt WHERE message_id = $1`, [id]);
    await service.sql(`DELETE FROM message_words WHERE message_id = $1`, [id]);
    await service.sql(`DELETE FROM message WHERE id = $1`, [id]);
  }

  async function resume(): Promise<void> {
    const { items } = (
      await service.admin.get<{ items: { id: string; scope: string; releasedAt: string | null }[] }>(
        '/brakes',
      )
    ).body;
    const brake = items.find(({ scope, releasedAt }) => scope === 'instance' && releasedAt === null);
    const released = await service.admin.post(`/brakes/${brake?.id}/release`, { reason: 'test' });
    expect(released.status).toBe(200);
  }

  afterEach(() => service.sql(`UPDATE instance SET suspect_from = NULL, suspect_until = NULL`));

  it('finds a text at the provider that it went through, and does not send it again', async () => {
    await start('twilio');
    const contract = await sentText();
    const { sid } = await textAt(twilioFake, contract);
    await loseText(contract);
    await start('second');
    await service.drain();
    const message = await untilSettled(contract, 'accepted');
    expect(message).toMatchObject({
      provider: 'twilio',
      sender: senderNumber,
      attempts: [{ status: 'accepted', provider: 'twilio', reference: sid }],
    });
    await resume();
    await service.letTimePass();
    expect(await service.drain()).toBe(0);
    expect(await textsOf(secondFake)).toEqual([]);
    expect(await textsOf(twilioFake)).toEqual([message.text]);

    await twilioFake.report({ sid, status: 'delivered' });
    expect((await messageOf(contract)).status).toBe('delivered');
  });

  it('takes a text for absent only once each provider was asked, and sends it through the one in force', async () => {
    await start('twilio');
    const contract = await sentText({ kind: 'too-many' });
    await loseText(contract);
    await start('second');
    await twilioFake.play({ list: { failStatus: 500 }, steps: [] });
    await service.drain();
    for (let i = 0; i < 4; i += 1) {
      await service.letTimePass();
      await service.sweep();
    }
    expect((await messageOf(contract)).attempts).toMatchObject([{ status: 'ambiguous', provider: 'second' }]);

    await twilioFake.play({ steps: [] });
    await until('both were asked', async () => {
      await service.letTimePass();
      await service.sweep();
      return (await messageOf(contract)).status === 'waiting';
    });
    await resume();
    expect(await service.drain()).toBe(1);
    expect(await messageOf(contract)).toMatchObject({ status: 'accepted', provider: 'second' });
    expect(await textsOf(twilioFake)).toEqual([]);
    expect(await textsOf(secondFake)).toHaveLength(1);
  });
});
