import { startFakeTwilio, type FakeTwilio } from '../../../../test/support/fake-twilio.js';
import type { FakeBehaviour } from '../../../../test/support/fake-twilio.script.js';
import type { OutgoingText, SendOutcome } from '../sms-provider.js';
import { TwilioProvider, type TwilioSettings } from './twilio.provider.js';
import { twilioEnvironment } from './twilio.schema.js';

const text: OutgoingText = {
  attemptId: '01900000-0000-7000-8000-000000000001',
  to: '+12125550123',
  text: '계약 체결을 축하드립니다. Report bribes to 02-0000-0000 & get help + answers.',
};

let fake: FakeTwilio;
let provider: TwilioProvider;

const aProvider = (changes: Partial<TwilioSettings> = {}) =>
  new TwilioProvider({
    ...fake.account,
    messagingServiceSid: null,
    from: '+12125550100',
    baseUrl: fake.baseUrl,
    publicUrl: 'http://127.0.0.1:9',
    // Far beyond what the fake needs on a busy machine; what hangs is met by less.
    timeoutMs: 20_000,
    connections: 4,
    ...changes,
  });

beforeAll(async () => {
  fake = await startFakeTwilio();
});
beforeEach(async () => {
  await fake.reset();
  provider = aProvider();
});
afterEach(() => provider.close());
afterAll(() => fake.stop());

async function sendMeeting(behaviour: FakeBehaviour): Promise<SendOutcome> {
  await fake.play({ rules: [{ behaviour }], steps: [] });
  return provider.send(text);
}

const posts = async () => (await fake.received()).requests.filter((request) => request.method === 'POST');

describe('a text that Twilio takes', () => {
  it('is accepted with its reference', async () => {
    const outcome = await provider.send(text);
    const [message] = (await fake.received()).messages;
    expect(outcome).toEqual({ kind: 'accepted', reference: message?.sid });
    expect(message).toMatchObject({ to: text.to, body: text.text, from: '+12125550100' });
  });

  it('asks for signed callbacks that carry the attempt, for a bounded wait, and for no guess at its risk', async () => {
    await provider.send(text);
    const [post] = await posts();
    expect(post?.form).toMatchObject({
      StatusCallback: `http://127.0.0.1:9/api/v1/webhooks/twilio/status?attempt=${text.attemptId}`,
      ValidityPeriod: '14400',
      SmartEncoded: 'false',
      RiskCheck: 'disable',
    });
  });

  it('goes through a messaging service when there is one', async () => {
    const service = aProvider({ messagingServiceSid: `MG${'0'.repeat(32)}` });
    expect(service.sender).toBe(`MG${'0'.repeat(32)}`);
    expect(await service.send(text)).toMatchObject({ kind: 'accepted' });
    const [post] = await posts();
    expect(post?.form).toMatchObject({ MessagingServiceSid: `MG${'0'.repeat(32)}` });
    expect(post?.form).not.toHaveProperty('From');
    await service.close();
  });

  it('keeps its connections', async () => {
    for (let i = 0; i < 20; i += 1) await provider.send(text);
    expect(new Set((await posts()).map((post) => post.port)).size).toBeLessThanOrEqual(2);
  });
});

// What holds for every provider stands in every-provider.spec.ts.
describe('what may have been accepted is ambiguous', () => {
  it.each<[string, FakeBehaviour]>([
    ['a 502 with a code of another row', { kind: 'server-error', status: 502, code: 21211, accept: true }],
    ['a 500 whose body claims a 400', raw(500, '{"type":"t","title":"t","status":400,"code":21211}')],
    ['a 201 without a reference', raw(201, '{"status":"queued"}')],
    ['a 201 with a reference of another form', raw(201, `{"sid":"XX${'0'.repeat(32)}"}`)],
  ])('%s', async (_, behaviour) => {
    const outcome = await sendMeeting(behaviour);
    expect(outcome).toEqual({ kind: 'ambiguous', detail: expect.any(String) as string });
    expect(await posts()).toHaveLength(1);
  });
});

describe('what was refused says what it asks of us', () => {
  it.each<[number, number, string]>([
    [400, 21211, 'permanent'],
    [400, 21610, 'permanent'],
    [400, 21614, 'permanent'],
    [400, 21635, 'permanent'],
    [400, 21268, 'permanent'],
    [400, 21408, 'hold-route'],
    [403, 21408, 'hold-route'],
    [400, 21612, 'hold-route'],
    [401, 20003, 'stop-line'],
    [403, 20003, 'stop-line'],
    [403, 20403, 'stop-line'],
    [400, 30002, 'stop-line'],
    [400, 29999, 'hold'],
  ])('%i with code %i: %s', async (status, code, action) => {
    expect(await sendMeeting({ kind: 'refuse', status, code })).toMatchObject({
      kind: 'refused',
      code: String(code),
      action,
    });
  });

  it('refuses a text that is too long without a call', async () => {
    const outcome = await provider.send({ ...text, text: 'x'.repeat(1601) });
    expect(outcome).toMatchObject({ kind: 'refused', code: 'text-too-long', action: 'permanent' });
    expect(await posts()).toHaveLength(0);
  });

  it('sends a text of the greatest length', async () => {
    expect(await provider.send({ ...text, text: 'x'.repeat(1600) })).toMatchObject({ kind: 'accepted' });
  });

  it('names a wait only for what may be tried again', async () => {
    const refused = await sendMeeting(raw(400, '{"code":21211}', { 'retry-after': '9' }));
    expect(refused).toMatchObject({ kind: 'refused', action: 'permanent' });
    expect(refused).not.toHaveProperty('retryAfterSeconds');
  });

  it('stops the line when the credentials are wrong', async () => {
    const stranger = aProvider({ authToken: 'another-token-altogether' });
    expect(await stranger.send(text)).toMatchObject({ kind: 'refused', code: '20003', action: 'stop-line' });
    await stranger.close();
  });
});

// These count where neither SMS_RATE nor RECONCILE_GRACE_SECONDS is set.
it('is paced and looked for as Twilio needs it', () => {
  expect(provider).toMatchObject({
    rate: 20,
    firstPollSeconds: 60,
    deduplication: { kind: 'none', graceSeconds: 600 },
  });
});

function raw(status: number, body: string, headers: Record<string, string> = {}): FakeBehaviour {
  return { kind: 'raw', status, body, headers, accept: false };
}

it('makes its calls with an API key where one is given, and with the auth token no more', async () => {
  const apiKey = { sid: `SK${'0123456789abcdef'.repeat(2)}`, secret: 'a secret of the key' };
  const other = await startFakeTwilio({ ...fake.account, authToken: 'revoked', apiKey });
  const keyed = aProvider({ baseUrl: other.baseUrl, authToken: 'another token', apiKey });
  try {
    expect(await keyed.send(text)).toMatchObject({ kind: 'accepted' });
    expect(await keyed.find(text)).toHaveLength(1);
    const unkeyed = aProvider({ baseUrl: other.baseUrl, authToken: 'another token' });
    expect(await unkeyed.send(text)).toMatchObject({ kind: 'refused', action: 'stop-line' });
    await unkeyed.close();
  } finally {
    await keyed.close();
    await other.stop();
  }
});

describe('the words of a text that is over', () => {
  const environment = { TWILIO_FROM: '+12125550100', PUBLIC_URL: 'http://127.0.0.1:9' };
  const account = () => ({
    TWILIO_ACCOUNT_SID: fake.account.accountSid,
    TWILIO_AUTH_TOKEN: fake.account.authToken,
    ...environment,
  });

  it('are forgotten where that is set, and nothing else of it is', async () => {
    expect(provider.redact).toBeUndefined();
    expect(twilioEnvironment.parse(account())).not.toHaveProperty('redacts');
    const redacting = aProvider({
      ...twilioEnvironment.parse({ ...account(), TWILIO_REDACT: 'on' }),
      baseUrl: fake.baseUrl,
    });
    const outcome = await redacting.send(text);
    const reference = outcome.kind === 'accepted' ? outcome.reference : '';
    await redacting.redact?.(reference);
    expect(await redacting.find(text)).toMatchObject([{ reference, text: '' }]);
    // What Twilio does not have any more has no words there.
    await redacting.redact?.(`SM${'0'.repeat(32)}`);
    await fake.play({ list: { failStatus: 503 } });
    await expect(redacting.redact?.(reference)).rejects.toThrow('answered 503');
    await redacting.close();
  });
});
