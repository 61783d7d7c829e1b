import { startFakeTwilio, type FakeTwilio } from '../../../../test/support/fake-twilio.js';
import { TwilioProvider, type TwilioSettings } from './twilio.provider.js';

const service = `MG${'5'.repeat(32)}`;
const [number, otherNumber] = ['+12125550100', '+12125550101'];

let fake: FakeTwilio;
const providers: TwilioProvider[] = [];

function aProvider(changes: Partial<TwilioSettings> = {}): TwilioProvider {
  const provider = new TwilioProvider({
    ...fake.account,
    messagingServiceSid: null,
    from: number,
    baseUrl: fake.baseUrl,
    publicUrl: 'http://127.0.0.1:9',
    timeoutMs: 10_000,
    connections: 4,
    ...changes,
  });
  providers.push(provider);
  return provider;
}

beforeAll(async () => {
  fake = await startFakeTwilio();
});
beforeEach(async () => {
  await fake.reset();
  await fake.play({ steps: [] });
});
afterEach(() => Promise.all(providers.splice(0).map((provider) => provider.close())));
afterAll(() => fake.stop());

const send = (provider: TwilioProvider, text: string) =>
  provider.send({ attemptId: '01900000-0000-7000-8000-000000000001', to: '+12125550123', text });
const anHourAgo = () => new Date(Date.now() - 3_600_000);
const textsOf = async (provider: TwilioProvider, since = anHourAgo()) =>
  (await provider.newest(since)).map(({ text }) => text);

it('are the texts of our own number, newest first, with whom they went to', async () => {
  const provider = aProvider();
  const outcome = await send(provider, 'one');
  await send(aProvider({ from: otherNumber }), 'of another number');
  await send(aProvider({ messagingServiceSid: service }), 'of a service');
  await send(provider, 'two');
  expect(await textsOf(provider)).toEqual(['two', 'one']);
  expect((await provider.newest(anHourAgo()))[1]).toEqual({
    reference: outcome.kind === 'accepted' ? outcome.reference : '',
    status: 'accepted',
    code: null,
    text: 'one',
    to: '+12125550123',
    createdAt: expect.any(Date) as Date,
  });
});

it('are those of our messaging service, whichever number it chose', async () => {
  const provider = aProvider({ messagingServiceSid: service });
  await send(aProvider(), 'of a number');
  await send(provider, 'of the service');
  expect(await textsOf(provider)).toEqual(['of the service']);
});

it('are none from before', async () => {
  const provider = aProvider();
  await send(provider, 'one');
  expect(await textsOf(provider, new Date(Date.now() + 1000))).toEqual([]);
});

it('are asked for by one request, however many there are', async () => {
  await fake.play({ steps: [], list: { pageSize: 2 } });
  const provider = aProvider();
  for (const text of ['one', 'two', 'three']) await send(provider, text);
  expect(await textsOf(provider)).toEqual(['three', 'two']);
  const { requests } = await fake.received();
  // Among those of other numbers ours might stand on a later page.
  expect(requests.flatMap(({ method, query }) => (method === 'GET' ? [query] : []))).toEqual([
    { From: number, PageSize: '500' },
  ]);
});

it.each(['inbound', 'outbound-reply', 'outbound-call'])(
  'are none that were not sent by the API (%s)',
  async (direction) => {
    const message = {
      sid: `SM${'a'.repeat(32)}`,
      body: 'STOP',
      date_created: 'Wed, 04 Mar 2026 10:00:00 +0000',
      error_code: null,
      direction,
      status: 'sent',
      to: '+12125550123',
      from: number,
      messaging_service_sid: null,
    };
    const rawBody = (given: object) =>
      JSON.stringify({ messages: [{ ...message, ...given }], next_page_uri: null });
    await fake.play({ list: { rawBody: rawBody({}) } });
    expect(await textsOf(aProvider(), new Date(0))).toEqual([]);
    await fake.play({ list: { rawBody: rawBody({ direction: 'outbound-api' }) } });
    expect(await textsOf(aProvider(), new Date(0))).toEqual(['STOP']);
  },
);

it('fail when Twilio does not list them', async () => {
  await fake.play({ list: { failStatus: 503 } });
  await expect(aProvider().newest(anHourAgo())).rejects.toThrow('503');
  await fake.play({ list: { rawBody: '{}' } });
  await expect(aProvider().newest(anHourAgo())).rejects.toThrow('another form');
});
