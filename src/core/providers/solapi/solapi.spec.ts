import { solapiAccount, SolapiWire } from '../../../../test/support/fake-solapi.wire.js';
import { startFake, type FakeProvider } from '../../../../test/support/fake-twilio.js';
import type { FakeBehaviour, FakeMessage } from '../../../../test/support/fake-twilio.script.js';
import { setProcessClock } from '../../../../test/support/process-clock.js';
import { ConfigError, parseConfig } from '../../../config/config.js';
import { graceSecondsOf, nameOf, type OutgoingText } from '../sms-provider.js';
import { solapiFailures } from './solapi-failures.js';
import { authorizationOf, solapi, SolapiProvider } from './solapi.provider.js';
import { solapiEnvironment } from './solapi.schema.js';

const text: OutgoingText = {
  attemptId: '01900000-0000-7000-8000-000000000001',
  to: '+821000000123',
  text: '계약 체결을 알려 드립니다.',
};

let fake: FakeProvider;
let provider: SolapiProvider;

beforeAll(async () => {
  fake = await startFake(new SolapiWire());
  const settings = solapiEnvironment.parse(await fake.environment('http://127.0.0.1:9'));
  provider = new SolapiProvider({ ...settings, timeoutMs: 20_000, connections: 4 });
});
beforeEach(async () => {
  await fake.reset();
  await fake.play({ steps: [] });
});
afterAll(async () => {
  await provider.close();
  await fake.stop();
});

interface Sent {
  messages: Record<string, unknown>[];
}

/** What the last send said. */
async function sent(words: string): Promise<Record<string, unknown>> {
  await provider.send({ ...text, text: words });
  const request = (await fake.received()).requests.at(-1);
  return (JSON.parse(request?.body ?? '') as Sent).messages[0] ?? {};
}

async function sendMeeting(behaviour: FakeBehaviour) {
  await fake.play({ rules: [{ behaviour }], steps: [] });
  return provider.send(text);
}

it('signs the date and the salt with the secret of the key', () => {
  // By openssl dgst -sha256 -hmac.
  expect(
    authorizationOf({
      apiKey: 'NCS0123456789ABC',
      apiSecret: 'SECRET0123456789ABCDEF0123456789',
      date: new Date('2026-03-02T01:00:00Z'),
      salt: '0123456789abcdef',
    }),
  ).toBe(
    'HMAC-SHA256 apiKey=NCS0123456789ABC, date=2026-03-02T01:00:00.000Z, salt=0123456789abcdef, ' +
      'signature=f71c7a9462741e9feeec5e55c68800e0d9dd2e9e1877dfa016cc316db095e904',
  );
});

it('signs every request anew', async () => {
  await provider.send(text);
  await provider.send({ ...text, text: 'another' });
  expect((await fake.received()).requests.map(({ authorized }) => authorized)).toEqual([true, true]);
});

// [Web발신] and its newline take ten of the ninety bytes of an SMS. The calls say two for each syllable of Hangul.
it.each([
  ['가'.repeat(40), 'SMS', undefined],
  [`${'가'.repeat(40)}a`, 'LMS', '계약 안내'],
  ['가'.repeat(1000), 'LMS', '계약 안내'],
])('makes the class by the bytes in EUC-KR: row %#', async (words, type, subject) => {
  const message = await sent(words);
  expect(message).toMatchObject({
    to: '01000000123',
    from: '0200000000',
    text: words,
    type,
    autoTypeDetect: false,
    customFields: { attempt: text.attemptId, name: nameOf({ to: text.to, text: words }) },
  });
  expect(message['subject']).toBe(subject);
});

it('refuses a text that is longer than an LMS, and a number of another country, without a call', async () => {
  expect(await provider.send({ ...text, text: `${'가'.repeat(1000)}a` })).toMatchObject({
    kind: 'refused',
    code: 'text-too-long',
    action: 'permanent',
  });
  expect(await provider.send({ ...text, to: '+12125550123' })).toMatchObject({
    kind: 'refused',
    code: 'country-not-served',
    action: 'hold-route',
  });
  expect(await provider.find({ to: '+12125550123', text: 'a' })).toEqual([]);
  expect((await fake.received()).requests).toEqual([]);
});

it('writes for a character that EUC-KR lacks what a Korean phone can show, and finds the text all the same', async () => {
  const words = '계약 ① – 안내 🙂';
  expect(await sent(words)).toMatchObject({
    text: '계약 ① - 안내 ',
  });
  expect(await provider.find({ to: text.to, text: words })).toMatchObject([{ text: words }]);
  expect(await provider.find({ to: text.to, text: 'another' })).toMatchObject([{ text: '계약 ① - 안내 ' }]);
  // Nothing can be said of its words without the text that it was made of.
  expect(await provider.newest(new Date(Date.now() - 1000))).toMatchObject([{ to: text.to, text: '' }]);
});

it('finds a text by our name for it, though SOLAPI shows its words otherwise', async () => {
  await provider.send({ ...text, text: '알림 ' });
  const [message] = (await fake.received()).messages;
  const shown = { ...new SolapiWire().one(message as FakeMessage), text: '알림' };
  await fake.play({ list: { rawBody: JSON.stringify({ messageList: { [shown.messageId]: shown } }) } });
  expect(await provider.find({ to: text.to, text: '알림 ' })).toMatchObject([{ text: '알림 ' }]);
  expect(await provider.find({ to: text.to, text: '알림  ' })).toMatchObject([{ text: '알림' }]);
});

it.each([
  [1024, 'retry'],
  [1030, 'stop-line'],
  [1062, 'stop-line'],
  [1058, 'hold-route'],
  [1061, 'permanent'],
  [1011, 'hold'],
])('a text that was not taken, by code %i: %s', async (code, action) => {
  expect(await sendMeeting({ kind: 'refuse', status: 200, code })).toMatchObject({
    kind: 'refused',
    code: String(code),
    action,
  });
});

it.each([
  ['InvalidAPIKey', 'stop-line'],
  ['SignatureDoesNotMatch', 'stop-line'],
  ['RequestTimeTooSkewed', 'stop-line'],
  ['ValidationError', 'hold'],
])('a request that was refused with %s: %s', async (code, action) => {
  const status = code === 'ValidationError' ? 400 : 403;
  expect(await sendMeeting({ kind: 'refuse', status, code })).toMatchObject({
    kind: 'refused',
    code,
    action,
  });
});

describe('a machine whose clock is wrong', () => {
  afterEach(() => jest.useRealTimers());

  it.each([-3_600_000, 3_600_000])('signs by SOLAPI’s clock once it was refused: %i ms', async (aheadMs) => {
    setProcessClock(aheadMs);
    expect(await provider.send(text)).toMatchObject({ kind: 'accepted' });
    expect((await fake.received()).requests).toHaveLength(2);
    expect(await provider.send({ ...text, text: 'another' })).toMatchObject({ kind: 'accepted' });
    expect((await fake.received()).requests).toHaveLength(3);
  });
});

it('takes a signature that was seen before for a text that may have been taken', async () => {
  expect(await sendMeeting({ kind: 'refuse', status: 403, code: 'DuplicatedSignature' })).toEqual({
    kind: 'ambiguous',
    detail: 'taken-before',
  });
});

it('does not take for held what SOLAPI keeps and never sends', async () => {
  await provider.send(text);
  const sid = (await fake.received()).messages[0]?.sid ?? '';
  await fake.report({ sid, status: 'failed', code: 1030, copies: 0 });
  expect(await provider.find(text)).toEqual([]);
});

it('reads every page of a number, and throws rather than prove anything by a list without end', async () => {
  await fake.play({ steps: [], list: { pageSize: 3 } });
  for (let n = 0; n < 8; n += 1) await provider.send({ ...text, text: `text ${n}` });
  const found = await provider.find({ to: text.to, text: '' });
  expect(found.map((one) => one.text).sort()).toEqual(Array.from({ length: 8 }, (_, n) => `text ${n}`));
  await fake.play({ list: { rawBody: '{"messageList":{},"nextKey":"again"}' } });
  await expect(provider.find(text)).rejects.toThrow('more than 40 pages');
});

it('shows the newest texts of its number since then', async () => {
  await provider.send(text);
  const [message] = (await fake.received()).messages;
  expect(await provider.newest(new Date(Date.now() - 1000))).toMatchObject([
    { reference: message?.sid, to: text.to, text: text.text },
  ]);
  expect(await provider.newest(new Date(Date.now() + 1000))).toEqual([]);
});

describe('a report', () => {
  // The SHA-1 of the webhook's secret, by sha1sum.
  const secret = 'fdc26ca12d9a3908bb19a991c1b757836bc840d9';
  const report = (more: object = {}) => [
    { messageId: 'M4V20260302010000ABCDEF', statusCode: '4000', ...more },
  ];

  it('counts with the digest of our secret, and names the attempt', () => {
    const customFields = { attempt: text.attemptId };
    expect(provider.readReports(secret, report({ customFields }))).toEqual([
      {
        reference: 'M4V20260302010000ABCDEF',
        status: 'delivered',
        code: null,
        attemptId: text.attemptId,
        origin: 'webhook',
      },
    ]);
    expect(provider.readReports(secret.toUpperCase(), report())).toMatchObject([{ attemptId: null }]);
  });

  it.each([undefined, '', solapiAccount.webhookSecret, 'x'.repeat(40)])('does not count with %p', (other) => {
    expect(provider.readReports(other, report())).toBeNull();
  });

  it.each([[{}], [[{}]], [null], [report({ messageId: '../x' })], [[...report(), 1]]])(
    'is refused in another form: row %#',
    (body) => {
      expect(provider.readReports(secret, body)).toBeNull();
    },
  );

  it.each([
    ['2000', 'accepted', null],
    ['3000', 'sent', null],
    ['4000', 'delivered', null],
    ['1030', 'failed', '1030'],
    ['3032', 'failed', '3032'],
    ['2230', 'failed', '2230'],
    ['5000', 'accepted', null],
    [undefined, 'accepted', null],
  ])('of %s means %s', (statusCode, status, code) => {
    expect(provider.readReports(secret, report({ statusCode }))).toMatchObject([{ status, code }]);
  });

  it('names no attempt that is no id', () => {
    expect(provider.readReports(secret, report({ customFields: { attempt: 'x' } }))).toMatchObject([
      { attemptId: null },
    ]);
  });
});

it('explains each code in both languages, each in its own words', () => {
  const codes = [...solapiFailures.codes.keys()];
  const words = codes.map((code) => solapi.explain(code));
  expect(new Set(words.map(({ en }) => en)).size).toBe(codes.length);
  expect(new Set(words.map(({ ko }) => ko)).size).toBe(codes.length);
  for (const { ko } of words) expect(ko).toMatch(/[가-힣]/);
});

it('is watched for ten minutes, since it sees to no twins', () => {
  expect(graceSecondsOf(provider.deduplication)).toBe(600);
});

describe('its variables', () => {
  const given = {
    SMS_PROVIDER: 'solapi',
    CHORONG_SEALING_KEYS: `a:${'a'.repeat(43)}=`,
    CHORONG_INDEX_KEY: `${'b'.repeat(43)}=`,
    ...new SolapiWire().environment('http://127.0.0.1:9'),
  };
  const problemsOf = (more: Record<string, string>) => {
    try {
      parseConfig({ ...given, ...more }, [solapi]);
      return [];
    } catch (error) {
      return error instanceof ConfigError ? error.problems : [String(error)];
    }
  };

  it('are enough', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it.each([
    ['SOLAPI_API_KEY', '', 'SOLAPI_API_KEY is missing'],
    ['SOLAPI_FROM', '02-0000-0001', 'SOLAPI_FROM is none of SOLAPI_REGISTERED_NUMBERS'],
    ['SOLAPI_FROM', '+82212345678', 'SOLAPI_FROM is not a number such as'],
    ['SOLAPI_REGISTERED_NUMBERS', '02-0000-0000,114', 'SOLAPI_REGISTERED_NUMBERS.1 is not a number such as'],
    ['SOLAPI_SUBJECT', '가'.repeat(21), 'SOLAPI_SUBJECT is not a subject of at most 40 bytes'],
    ['SOLAPI_SUBJECT', '계약 🙂', 'SOLAPI_SUBJECT is not a subject of at most 40 bytes'],
    ['SOLAPI_WEBHOOK_SECRET', 'short', 'SOLAPI_WEBHOOK_SECRET is too short'],
  ])('%s=%s is refused', (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(problem)]);
  });
});
