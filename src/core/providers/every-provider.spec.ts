import { startFake, type FakeProvider } from '../../../test/support/fake-twilio.js';
import type { FakeBehaviour } from '../../../test/support/fake-twilio.script.js';
import { type WireName, wires } from '../../../test/support/fake-wires.js';
import { providers } from './providers.js';
import type { OutgoingText, ProviderNeeds, SendOutcome, SmsProvider } from './sms-provider.js';

// What decides whether a text is lost or doubled holds for every provider alike: each of these rows runs on the fake of each.

const text: OutgoingText = {
  attemptId: '01900000-0000-7000-8000-000000000001',
  to: '+821000000123',
  text: '계약 체결을 축하드립니다. Report bribes to 02-0000-0000 & get help + answers.',
};
const other = { ...text, to: '+821000000124', text: 'elsewhere' };

/** One that sends in two phases as well is sent through in one here; its groups have a test of their own. */
const names = (Object.keys(wires) as WireName[]).filter((name) => wires[name]().provider === name);

describe.each(names)('%s', (name) => {
  let fake: FakeProvider;
  let provider: SmsProvider;

  async function aProvider(timeoutMs = 20_000): Promise<SmsProvider> {
    const definition = providers.find((one) => one.name === name);
    if (!definition) throw new Error(`${name} is not registered`);
    const environment = await fake.environment('http://127.0.0.1:9');
    const needs = { timeoutMs, concurrency: 4 } as ProviderNeeds;
    return definition.make(definition.environment.parse(environment), needs);
  }

  beforeAll(async () => {
    fake = await startFake(wires[name]());
    provider = await aProvider();
  });
  beforeEach(async () => {
    await fake.reset();
    await fake.play({ steps: [] });
  });
  afterAll(async () => {
    await provider.close();
    await fake.stop();
  });

  async function sendMeeting(behaviour: FakeBehaviour): Promise<SendOutcome> {
    await fake.play({ rules: [{ behaviour }], steps: [] });
    if (behaviour.kind !== 'hang' && behaviour.kind !== 'accept-late') return provider.send(text);
    const impatient = await aProvider(2000);
    try {
      return await impatient.send(text);
    } finally {
      await impatient.close();
    }
  }

  const received = async () => (await fake.received()).requests;

  it('takes a text, with the words and the number, and says under which reference', async () => {
    const outcome = await provider.send(text);
    const [message, ...others] = (await fake.received()).messages;
    expect(outcome).toEqual({ kind: 'accepted', reference: message?.sid });
    expect(message).toMatchObject({ to: text.to, body: text.text });
    expect(others).toEqual([]);
  });

  it.each<[string, FakeBehaviour]>([
    ['no answer in time', { kind: 'hang', accept: true }],
    ['a connection dropped after accepting', { kind: 'drop', accept: true }],
    ['a connection dropped without accepting', { kind: 'drop', accept: false }],
    ['a connection dropped inside the answer', { kind: 'drop-inside-answer', accept: true }],
    ['a 500 that accepted', { kind: 'server-error', accept: true }],
    ['a 503 that did not', { kind: 'server-error', status: 503, code: 20503, accept: false }],
    ['a 408', raw(408, '')],
    ['a 200 that is not JSON', raw(200, '<html>ok</html>')],
    ['a 200 without a body', raw(200, '')],
    ['a 200 of null', raw(200, 'null')],
    ['a 200 of an empty object', raw(200, '{}')],
    ['an answer that comes too late', { kind: 'accept-late', afterMs: 4000 }],
  ])('leaves it open after %s, and makes no second call', async (_, behaviour) => {
    const outcome = await sendMeeting(behaviour);
    expect(outcome).toEqual({ kind: 'ambiguous', detail: expect.any(String) as string });
    expect(await received()).toHaveLength(1);
  });

  it.each<[number, string, string]>([
    [401, '401', 'stop-line'],
    [403, '403', 'stop-line'],
    [400, 'http-400', 'hold'],
  ])('%i without a code: %s, %s', async (status, code, action) => {
    const outcome = await sendMeeting(raw(status, '<html>a gateway</html>'));
    expect(outcome).toMatchObject({ kind: 'refused', code, action });
  });

  it('does not follow a redirect', async () => {
    const elsewhere = raw(307, '', { location: `${fake.baseUrl}/elsewhere` });
    expect(await sendMeeting(elsewhere)).toMatchObject({ kind: 'refused', code: 'http-307', action: 'hold' });
    expect(await received()).toHaveLength(1);
  });

  it.each<[string, number | string | undefined, number | undefined]>([
    ['seconds', 7, 7],
    ['a date', new Date(Date.now() - 60_000).toUTCString(), 0],
    ['more than we would wait', 999_999, 900],
    ['nothing', undefined, undefined],
    ['nonsense', 'soon', undefined],
  ])('a 429 is tried again, after %s', async (_, retryAfter, seconds) => {
    const outcome = await sendMeeting({
      kind: 'too-many',
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
    expect(outcome).toMatchObject({ kind: 'refused', action: 'retry' });
    expect('retryAfterSeconds' in outcome ? outcome.retryAfterSeconds : undefined).toBe(seconds);
    expect(await received()).toHaveLength(1);
  });

  it('makes no call past the last moment that it was given', async () => {
    const late = await provider.send({ ...text, notAfter: performance.now() - 1 });
    expect(late).toMatchObject({ kind: 'refused', code: 'not-sent-in-time', action: 'retry' });
    expect(await received()).toEqual([]);
  });

  it('quotes neither the number nor a credential', async () => {
    const told: unknown[] = [];
    for (const behaviour of [
      { kind: 'refuse', status: 400, code: 'E999', message: `${text.to} is not valid` },
      raw(200, `{"to":"${text.to}"`),
      raw(400, `{"code":"${text.to}"}`),
    ] satisfies FakeBehaviour[]) {
      told.push(await sendMeeting(behaviour));
    }
    const secrets = Object.entries(await fake.environment('')).flatMap(([key, value]) =>
      /SECRET|TOKEN|KEY/.test(key) ? [value] : [],
    );
    expect(secrets).not.toEqual([]);
    for (const secret of [...secrets, text.to.slice(1), text.to.slice(3)])
      expect(JSON.stringify(told)).not.toContain(secret);
  });

  it('finds what a connection lost after accepting, with its words, time and reference', async () => {
    await provider.send(other);
    const before = Date.now();
    await sendMeeting({ kind: 'drop', accept: true });
    const found = await provider.find(text);
    const sid = (await fake.received()).messages.at(-1)?.sid;
    expect(found).toMatchObject([{ reference: sid, status: 'accepted', code: null, text: text.text }]);
    const createdAt = found[0]?.createdAt.getTime() ?? 0;
    // Some clocks are of whole seconds.
    expect(createdAt).toBeGreaterThan(before - 1000);
    expect(createdAt).toBeLessThanOrEqual(Date.now());
  });

  it('finds nothing of what was lost on its way', async () => {
    await provider.send(other);
    await sendMeeting({ kind: 'drop', accept: false });
    expect(await provider.find(text)).toEqual([]);
  });

  it('finds a text that has been sent before, where it is asked for another too', async () => {
    await provider.send(text);
    const first = (await fake.received()).messages[0]?.sid;
    await provider.send({ ...text, text: 'another' });
    expect((await provider.find(text)).map(({ reference }) => reference)).toContain(first);
  });

  it.each([401, 429, 500, 503])('throws when the list answers %i', async (failStatus) => {
    await fake.play({ list: { failStatus } });
    await expect(provider.find(text)).rejects.toThrow(`answered ${failStatus}`);
    await expect(provider.status(await aReference())).rejects.toThrow(`answered ${failStatus}`);
  });

  it('throws when the list does not answer, or with what is no list', async () => {
    await fake.play({ list: { hang: true } });
    const impatient = await aProvider(1000);
    await expect(impatient.find(text)).rejects.toThrow('timed-out');
    await impatient.close();
    for (const rawBody of ['{}', '[]', 'null', `<html>${text.to}</html>`, '{"messages":null}']) {
      await fake.play({ list: { rawBody } });
      const failure = await provider.find(text).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(String(failure)).not.toContain(text.to.slice(3));
    }
  });

  it.each([
    ['sent', null, { status: 'sent', code: null }],
    ['delivered', null, { status: 'delivered', code: null }],
    ['failed', 3032, { status: 'failed', code: '3032' }],
  ] as const)('tells what became of a text: %s', async (status, code, expected) => {
    const reference = await aReference();
    await fake.report({ sid: reference, status, code, copies: 0 });
    expect(await provider.status(reference)).toEqual({ reference, ...expected });
  });

  it('knows nothing of a reference that the provider does not know, or that is not of its form', async () => {
    const reference = await aReference();
    await fake.reset();
    expect(await provider.status(reference)).toBeNull();
    expect(await provider.status('../../Accounts')).toBeNull();
    expect((await received()).map(({ path }) => path).join()).not.toContain('Accounts/..');
  });

  async function aReference(): Promise<string> {
    const outcome = await provider.send(text);
    if (outcome.kind !== 'accepted') throw new Error('the fake accepts');
    return outcome.reference;
  }
});

function raw(status: number, body: string, headers: Record<string, string> = {}): FakeBehaviour {
  return { kind: 'raw', status, body, headers, accept: false };
}
