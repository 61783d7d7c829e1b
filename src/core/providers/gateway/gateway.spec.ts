import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GatewayWire } from '../../../../test/support/fake-gateway.wire.js';
import { startFake, type FakeProvider } from '../../../../test/support/fake-twilio.js';
import type { FakeBehaviour } from '../../../../test/support/fake-twilio.script.js';
import { ConfigError, parseConfig } from '../../../config/config.js';
import type { OutgoingText, ProviderNeeds } from '../sms-provider.js';
import { gateway, type GatewayProvider } from './gateway.provider.js';
import type { gatewayEnvironment } from './gateway.schema.js';
import type { z } from 'zod';

const text: OutgoingText = {
  attemptId: '01900000-0000-7000-8000-000000000001',
  to: '+821000000123',
  text: 'A text with {env:GATEWAY_TOKEN}, {attempt} and "quotes".',
};
/** By printf '+821000000123\\nA text …' | sha256sum, the first half. */
const reference = '516345b1ecd5f84e7cc2eca3f92ae388';

type Json = Record<string, unknown>;

/** The example, altered where the path leads. */
function altered(path: string, value: unknown): (description: string) => string {
  return (description) => {
    const json = JSON.parse(description) as Json;
    const names = path.split('.');
    const last = names.pop() ?? '';
    const place = names.reduce<Json>((inner, name) => inner[name] as Json, json);
    if (value === undefined) Reflect.deleteProperty(place, last);
    else place[last] = value;
    return JSON.stringify(json);
  };
}

function problemsOf(
  wire: GatewayWire,
  more: Record<string, string> = {},
  baseUrl = 'https://sms.gateway.example',
) {
  const keys = { CHORONG_SEALING_KEYS: `a:${'a'.repeat(43)}=`, CHORONG_INDEX_KEY: `${'b'.repeat(43)}=` };
  try {
    parseConfig({ SMS_PROVIDER: 'gateway', ...keys, ...wire.environment(baseUrl), ...more }, [gateway]);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.problems : [String(error)];
  }
}

let fake: FakeProvider;
let provider: GatewayProvider;

function aProvider(alter?: (description: string) => string): GatewayProvider {
  const variables = new GatewayWire(alter).environment(fake.baseUrl);
  const needs = { timeoutMs: 20_000, concurrency: 4 } as ProviderNeeds;
  return gateway.make(gateway.environment.parse(variables), needs) as GatewayProvider;
}

beforeAll(async () => {
  fake = await startFake(new GatewayWire());
  provider = aProvider();
});
beforeEach(async () => {
  await fake.reset();
  await fake.play({ steps: [] });
});
afterAll(async () => {
  await provider.close();
  await fake.stop();
});

async function sendMeeting(behaviour: FakeBehaviour, through = provider) {
  await fake.play({ rules: [{ behaviour, times: 1 }], steps: [] });
  return through.send(text);
}

const answering = (body: unknown, status = 200): FakeBehaviour => ({
  kind: 'raw',
  status,
  body: JSON.stringify(body),
  accept: false,
});

it('says what the description says, word for word, and names the text by a digest of its number and words', async () => {
  await provider.send(text);
  const [request] = (await fake.received()).requests;
  expect(JSON.parse(request?.body ?? '')).toEqual({
    from: '0200000000',
    to: '01000000123',
    text: text.text,
    kind: 'auto',
    clientKey: reference,
    memo: text.attemptId,
  });
  await provider.find(text);
  expect((await fake.received()).requests.at(-1)?.query).toEqual({ clientKey: reference });
});

it('sends a form where one is described, with values that cannot leave their field', async () => {
  const form = { to: '{to}', text: '{text}', ref: '{reference}' };
  const withForm = aProvider((description) =>
    altered('send.json', undefined)(altered('send.form', form)(description)),
  );
  await sendMeeting(answering({ result: { code: '0000', messageId: 'HB1' } }), withForm);
  const [request] = (await fake.received()).requests;
  expect(request?.form).toEqual({ to: text.to, text: text.text, ref: reference });
  await withForm.close();
});

it('puts values into an address as parts that cannot leave their place', async () => {
  expect(await provider.status('../x?y=1#z')).toBeNull();
  expect((await fake.received()).requests[0]).toMatchObject({
    path: '/v1/messages/..%2Fx%3Fy%3D1%23z',
    query: {},
  });
});

describe('an answer of 200', () => {
  it.each<[string, object, object]>([
    [
      'with an accepted code and an id',
      { code: '0000', messageId: 'HB1' },
      { kind: 'accepted', reference: 'HB1' },
    ],
    ['with numbers for both', { code: '0000', messageId: 17 }, { kind: 'accepted', reference: '17' }],
    ['with an accepted code and no id', { code: '0000' }, { kind: 'ambiguous' }],
    ['with an id and no code', { messageId: 'HB1' }, { kind: 'ambiguous' }],
    ['with an id and a code that nobody described', { code: '7', messageId: 'HB1' }, { kind: 'ambiguous' }],
    ['with a code that nobody described', { code: '7' }, { kind: 'refused', code: '7', action: 'hold' }],
    ['with a code for good', { code: '1001' }, { kind: 'refused', code: '1001', action: 'permanent' }],
    [
      'with such a code and an id',
      { code: '1001', messageId: 'HB1' },
      { kind: 'refused', action: 'permanent' },
    ],
    ['with a code to try again', { code: '1429' }, { kind: 'refused', action: 'retry' }],
    ['with a code that stops the line', { code: '1403' }, { kind: 'refused', action: 'stop-line' }],
    ['that says it is there already', { code: '1409' }, { kind: 'ambiguous', detail: 'taken-before' }],
    ['with an id of blanks', { code: '0000', messageId: ' ' }, { kind: 'ambiguous' }],
  ])('%s', async (_, result, expected) => {
    expect(await sendMeeting(answering({ result }))).toMatchObject(expected);
  });

  it('with an id alone is enough where no code is described', async () => {
    const uncoded = aProvider((description) => altered('send.answer', { id: 'messageId' })(description));
    expect(await sendMeeting(answering({ messageId: 'HB1' }), uncoded)).toEqual({
      kind: 'accepted',
      reference: 'HB1',
    });
    expect(await sendMeeting(answering({}), uncoded)).toMatchObject({ kind: 'ambiguous' });
    await uncoded.close();
  });
});

it('takes a 409 with the code of a twin for a text that is there', async () => {
  expect(await sendMeeting(answering({ result: { code: '1409' } }, 409))).toEqual({
    kind: 'ambiguous',
    detail: 'taken-before',
  });
});

it('gives the same name to the next attempt, so that the gateway takes no twin', async () => {
  await sendMeeting({ kind: 'drop', accept: true });
  const second = { ...text, attemptId: '01900000-0000-7000-8000-000000000002' };
  expect(await provider.send(second)).toEqual({ kind: 'ambiguous', detail: 'taken-before' });
  expect((await fake.received()).messages).toHaveLength(1);
});

describe('the question for a text', () => {
  const asked = (items: unknown[]) => fake.play({ list: { rawBody: JSON.stringify({ items }) } });
  const item = {
    messageId: 'HB1',
    clientKey: reference,
    state: 'SENT',
    createdAt: '2026-03-02T10:00:00+09:00',
  };

  it('is answered by what bears its name', async () => {
    await asked([{ ...item, clientKey: 'another', messageId: 'HB2' }, item]);
    expect(await provider.find(text)).toEqual([
      {
        reference: 'HB1',
        status: 'sent',
        code: null,
        text: text.text,
        createdAt: new Date('2026-03-02T01:00:00Z'),
      },
    ]);
  });

  it.each([
    ['without an id', { ...item, messageId: undefined }],
    ['without our name', { ...item, clientKey: undefined }],
    ['without a time', { ...item, createdAt: undefined }],
    ['of no form', 7],
  ])('proves nothing by an entry %s', async (_, entry) => {
    await asked([entry]);
    await expect(provider.find(text)).rejects.toThrow(Error);
  });

  it('is answered by 404 only where that is described', async () => {
    const gone = aProvider(altered('find.absentStatus', 404));
    await fake.play({ list: { failStatus: 404 } });
    await expect(provider.find(text)).rejects.toThrow('answered 404');
    expect(await gone.find(text)).toEqual([]);
    await gone.close();
  });
});

describe('a report', () => {
  const report = (more: object = {}) => ({
    reports: [{ messageId: 'HB1', state: 'DELIVERED', memo: text.attemptId, ...more }],
  });
  const signed = (body: unknown, secret = 'a secret of its reports') => {
    const raw = Buffer.from(JSON.stringify(body));
    const signature = createHmac('sha256', secret).update(raw).digest('hex');
    return [{ 'x-gateway-signature': signature }, raw, body] as const;
  };

  it('counts with the signature that was agreed, and names the attempt', () => {
    expect(provider.readReports(...signed(report()))).toEqual([
      {
        reference: 'HB1',
        status: 'delivered',
        code: null,
        attemptId: text.attemptId,
        origin: 'webhook',
      },
    ]);
    expect(provider.readReports(...signed(report({ state: 'FAILED', resultCode: '2005' })))).toMatchObject([
      { status: 'failed', code: '2005' },
    ]);
  });

  it('does not count with another signature, with none, or where none is described', () => {
    expect(provider.readReports(...signed(report(), 'another'))).toBeNull();
    const [, raw, body] = signed(report());
    expect(provider.readReports({}, raw, body)).toBeNull();
    const [headers] = signed(report({ state: 'FAILED' }));
    expect(provider.readReports(headers, raw, body)).toBeNull();
    const silent = aProvider(altered('report', undefined));
    expect(silent.readReports(...signed(report()))).toBeNull();
  });

  it('counts with the secret itself where that is described', () => {
    const plain = aProvider(altered('report.proof', 'secret'));
    const raw = Buffer.from('');
    const headers = { 'x-gateway-signature': 'a secret of its reports' };
    expect(plain.readReports(headers, raw, report())).toHaveLength(1);
    expect(plain.readReports({ 'x-gateway-signature': 'undefined' }, raw, report())).toBeNull();
  });

  it('is refused without an id, and names no attempt that is no id', () => {
    expect(provider.readReports(...signed(report({ messageId: null })))).toBeNull();
    expect(provider.readReports(...signed(report({ memo: 'x' })))).toMatchObject([{ attemptId: null }]);
  });
});

it('explains codes in the words of the description, and without it in its own', () => {
  const variables = gateway.environment.parse(new GatewayWire().environment(fake.baseUrl));
  expect(gateway.explain('2005', variables as z.infer<typeof gatewayEnvironment>)).toEqual({
    ko: '없는 번호입니다.',
    en: 'The number belongs to nobody.',
  });
  expect(gateway.explain('2005').en).toContain('2005');
});

it('refuses a text that is longer than described, without a call', async () => {
  const short = aProvider(altered('longestText.characters', 70));
  expect(await short.send({ ...text, text: 'x'.repeat(71) })).toMatchObject({ code: 'text-too-long' });
  expect((await fake.received()).requests).toEqual([]);
  await short.close();
});

describe('a description', () => {
  it('is right in the example', () => {
    expect(problemsOf(new GatewayWire())).toEqual([]);
    expect(readFileSync('docs/gateway.example.json', 'utf8')).not.toContain('127.0.0.1');
  });

  const https = 'https://sms.gateway.example';
  it.each<[string, unknown, string]>([
    [
      'send.address',
      'http://sms.gateway.example/v1',
      'send.address is not an https address with a fixed host',
    ],
    ['send.address', 'https://{to}.example/v1', 'send.address is not an https address with a fixed host'],
    ['send.address', 'https://a:b@sms.example/v1', 'send.address is not an https address'],
    [
      'status.address',
      'https://elsewhere.example/{id}',
      `status.address is not at ${https}, where texts are sent`,
    ],
    ['send.json.text', '{text} {oops}', 'send.json.text names {oops}, which is none of {from}, {to}'],
    ['send.json.text', '{env:CHORONG_SEALING_KEYS}', 'send.json.text names {env:CHORONG_SEALING_KEYS}'],
    ['send.json.clientKey', 'x', 'send does not hold {reference}'],
    ['find.address', `${https}/v1/messages`, 'find does not ask for {reference}'],
    ['find', undefined, 'find is missing'],
    [
      'send.headers.authorization',
      'Bearer abc',
      'send.headers.authorization holds a secret: put it into the',
    ],
    ['send.headers.x-words', '{text}', 'send.headers.x-words names {text}, which is none of'],
    ['send.method', 'DELETE', 'send.method is not GET, POST or PUT'],
    ['send.answer.accepted', undefined, 'send.answer.accepted is missing: the codes that say'],
    ['send.answer.id', 'a[0]', 'send.answer.id is not a path such as result.id'],
    ['send.eval', '1+1', 'send holds eval, which it may not'],
    ['report.secret', 'abc', 'report.secret is not a name of the environment such as {env:'],
    ['deduplication.windowSeconds', 60, 'deduplication.windowSeconds is below 1200'],
    ['codes.permanent.1001', { en: 'No.' }, 'codes.permanent.1001.ko is missing'],
    ['codes.retry-bounded', {}, 'codes holds retry-bounded, which it may not'],
    ['statuses.failed', [], 'statuses.failed has another form than docs/providers.md says'],
    ['rate', 'fast', 'rate has another form than docs/providers.md says'],
  ])('with %s = %p is refused', (path, value, problem) => {
    const problems = problemsOf(new GatewayWire(altered(path, value)));
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems[0]).toMatch(/^GATEWAY_FILE \S+gateway.json: /);
  });

  it('may name a program on this machine by http', () => {
    expect(problemsOf(new GatewayWire(), {}, 'http://127.0.0.1:8080')).toEqual([]);
  });

  it('names what is missing of the environment, and a file that is not there or no JSON', () => {
    expect(problemsOf(new GatewayWire(), { GATEWAY_TOKEN: '' })).toEqual([
      expect.stringMatching(/^GATEWAY_TOKEN is missing: \S+ names it$/),
    ]);
    expect(problemsOf(new GatewayWire(), { GATEWAY_FILE: '' })[0]).toMatch(
      /^GATEWAY_FILE is missing: the file/,
    );
    expect(problemsOf(new GatewayWire(), { GATEWAY_FILE: '/nowhere' })[0]).toMatch(
      /^GATEWAY_FILE cannot be read/,
    );
    expect(problemsOf(new GatewayWire(() => '{'))[0]).toMatch(/^GATEWAY_FILE is no JSON/);
  });
});
