import { startFakeTwilio, type FakeTwilio } from '../../../../test/support/fake-twilio.js';
import { TwilioProvider, type TwilioSettings } from './twilio.provider.js';

const to = '+12125550123';
const service = `MG${'5'.repeat(32)}`;
const aText = (text: string, number = to) => ({
  attemptId: '01900000-0000-7000-8000-000000000001',
  to: number,
  text,
});

let fake: FakeTwilio;
let provider: TwilioProvider;

const aProvider = (changes: Partial<TwilioSettings> = {}) =>
  new TwilioProvider({
    ...fake.account,
    messagingServiceSid: null,
    from: '+12125550100',
    baseUrl: fake.baseUrl,
    publicUrl: 'http://127.0.0.1:9',
    timeoutMs: 10_000,
    connections: 4,
    ...changes,
  });

beforeAll(async () => {
  fake = await startFakeTwilio();
});
beforeEach(async () => {
  await fake.reset();
  await fake.play({ steps: [] });
  provider = aProvider();
});
afterEach(() => provider.close());
afterAll(() => fake.stop());

describe('find', () => {
  it('finds what is still queued, with its text, time and reference', async () => {
    const before = Date.now();
    const outcome = await provider.send(aText('계약 A'));
    await provider.send(aText('elsewhere', '+12125550124'));
    const found = await provider.find({ to, text: '' });
    expect(found).toEqual([
      {
        reference: outcome.kind === 'accepted' ? outcome.reference : '',
        status: 'accepted',
        code: null,
        text: '계약 A',
        createdAt: expect.any(Date) as Date,
      },
    ]);
    // Whole seconds, cut off.
    const createdAt = found[0]?.createdAt.getTime() ?? 0;
    expect(createdAt).toBeGreaterThan(before - 1000);
    expect(createdAt).toBeLessThanOrEqual(Date.now());
  });

  it('finds what was sent from another sender than the configured one', async () => {
    const byService = aProvider({ messagingServiceSid: service });
    await byService.send(aText('by service'));
    await byService.close();
    expect(await provider.find({ to, text: '' })).toMatchObject([{ text: 'by service' }]);
  });

  it('asks neither by DateSent nor by From', async () => {
    await provider.find({ to, text: '' });
    const [list] = (await fake.received()).requests;
    expect(list?.query).toEqual({ To: to, PageSize: '500' });
  });

  it('finds what was created long ago by the provider’s clock', async () => {
    const longAgo = new Date(Date.now() - 90 * 86_400_000).toUTCString().replace('GMT', '+0000');
    await fake.play({ list: { rawBody: page([{ ...aMessage(), date_created: longAgo }]) } });
    expect(await provider.find({ to, text: '' })).toHaveLength(1);
  });

  it('finds a text whose body is not shown any more', async () => {
    await fake.play({ list: { rawBody: page([{ ...aMessage(), body: '' }]) } });
    expect(await provider.find({ to, text: '' })).toMatchObject([{ text: '' }]);
  });

  it('reads every page', async () => {
    await fake.play({ steps: [], list: { pageSize: 3 } });
    for (let n = 0; n < 8; n += 1) await provider.send(aText(`text ${n}`));
    const texts = (await provider.find({ to, text: '' })).map((found) => found.text);
    expect(texts.sort()).toEqual(Array.from({ length: 8 }, (_, n) => `text ${n}`));
  });

  it('throws rather than prove anything by a list without end', async () => {
    await fake.play({
      list: { rawBody: page([], `/2010-04-01/Accounts/${fake.account.accountSid}/Messages.json?Page=1`) },
    });
    await expect(provider.find({ to, text: '' })).rejects.toThrow('more than 40 pages');
  });

  it.each([
    ['an empty object', '{}'],
    ['another list', '{"calls":[],"next_page_uri":null}'],
    ['a page without its next one', '{"messages":[]}'],
    ['a message without a date', page([{ ...aMessage(), date_created: undefined }])],
    ['a message with another date', page([{ ...aMessage(), date_created: '2026-01-01T00:00:00Z' }])],
    [
      'a message with an impossible date',
      page([{ ...aMessage(), date_created: 'Foo, 99 Bar 2026 99:99:99 +0000' }]),
    ],
    ['a message without a text', page([{ ...aMessage(), body: null }])],
    ['a reference of another form', page([{ ...aMessage(), sid: 'SM1' }])],
    ['no JSON', `<html>${to}</html>`],
  ])('throws on %s', async (_, rawBody) => {
    await fake.play({ list: { rawBody } });
    const failure = await provider.find({ to, text: '' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(String(failure)).not.toContain('2125550123');
  });

  it.each([
    ['elsewhere', 'https://elsewhere.example/2010-04-01/x'],
    ['of another account', '/2010-04-01/Accounts/ACffff/Messages.json'],
  ])('throws on a next page %s, and does not ask for it', async (_, next) => {
    await fake.play({ list: { rawBody: page([], next) } });
    await expect(provider.find({ to, text: '' })).rejects.toThrow('outside our messages');
    expect((await fake.received()).requests).toHaveLength(1);
  });

  it('reads a trial account as if it put nothing before the text, and leaves out what came in', async () => {
    const rawBody = page([
      { ...aMessage(), body: 'Sent from your Twilio trial account - Our text' },
      { ...aMessage('1'), direction: 'inbound' },
    ]);
    await fake.play({ list: { rawBody } });
    expect((await provider.find({ to, text: '' })).map((found) => found.text)).toEqual(['Our text']);
  });

  it('takes an error code of 0 for none', async () => {
    await fake.play({ list: { rawBody: page([{ ...aMessage(), error_code: 0 }]) } });
    expect(await provider.find({ to, text: '' })).toMatchObject([{ code: null }]);
  });

  it('takes a status that it does not know for a text that Twilio holds', async () => {
    await fake.play({ list: { rawBody: page([{ ...aMessage(), status: 'pondering' }]) } });
    expect(await provider.find({ to, text: '' })).toMatchObject([{ status: 'accepted' }]);
  });
});

describe('status', () => {
  it.each([
    ['queued', 'accepted'],
    ['accepted', 'accepted'],
    ['scheduled', 'accepted'],
    ['sending', 'accepted'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'delivered'],
    ['partially_delivered', 'delivered'],
    ['failed', 'failed'],
    ['undelivered', 'failed'],
    ['canceled', 'failed'],
  ])('reads %s as %s', async (theirs, ours) => {
    const outcome = await provider.send(aText('one'));
    const reference = outcome.kind === 'accepted' ? outcome.reference : '';
    const code = ours === 'failed' ? 30003 : null;
    await fake.report({ sid: reference, status: theirs, code });
    expect(await provider.status(reference)).toEqual({
      reference,
      status: ours,
      code: code === null ? null : String(code),
    });
  });

  it('knows nothing of a reference that Twilio does not know, or that is not of its form', async () => {
    expect(await provider.status(`SM${'9'.repeat(32)}`)).toBeNull();
    expect(await provider.status('../../Accounts')).toBeNull();
    const { requests } = await fake.received();
    expect(requests.map(({ path }) => path)).toEqual([expect.stringContaining('/Messages/SM9') as string]);
  });
});

function aMessage(digit = '0') {
  return {
    sid: `SM${digit.repeat(32)}`,
    body: 'A text',
    date_created: new Date().toUTCString().replace('GMT', '+0000'),
    direction: 'outbound-api',
    status: 'queued',
    error_code: null,
  };
}

function page(messages: unknown[], next: string | null = null): string {
  return JSON.stringify({ messages, next_page_uri: next });
}
