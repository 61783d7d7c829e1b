import { twilioEnvironment } from './twilio.schema.js';

const account = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'x'.repeat(32),
  TWILIO_FROM: '+12125550100',
  PUBLIC_URL: 'https://alerts.example.go.kr',
};
const key = { TWILIO_API_KEY_SID: `SK${'0'.repeat(32)}`, TWILIO_API_KEY_SECRET: 'y'.repeat(32) };
const read = (given: object) => twilioEnvironment.parse({ ...account, ...given });
const problemsOf = (given: object) =>
  twilioEnvironment
    .safeParse({ ...account, ...given })
    .error?.issues.map(({ path, message }) => `${path.join()} ${message}`);

it.each<[object, string]>([
  [{}, 'https://api.twilio.com'],
  [{ TWILIO_EDGE: 'sydney', TWILIO_REGION: 'au1' }, 'https://api.sydney.au1.twilio.com'],
  [{ TWILIO_EDGE: 'ashburn' }, 'https://api.ashburn.us1.twilio.com'],
  [
    { TWILIO_EDGE: 'sydney', TWILIO_REGION: 'au1', TWILIO_BASE_URL: 'http://127.0.0.1:9' },
    'http://127.0.0.1:9',
  ],
])('of %j, calls go to %s', (given, address) => {
  expect(read(given).baseUrl).toBe(address);
});

it('takes an API key beside the token, which stays', () => {
  expect(read(key)).toMatchObject({
    apiKey: { sid: key.TWILIO_API_KEY_SID, secret: key.TWILIO_API_KEY_SECRET },
    authToken: account.TWILIO_AUTH_TOKEN,
  });
  expect(read({})).not.toHaveProperty('apiKey');
});

it.each<[string, object, string]>([
  [
    'a key without its secret',
    { TWILIO_API_KEY_SID: key.TWILIO_API_KEY_SID },
    'TWILIO_API_KEY_SECRET is missing: the id and the secret of an API key go together',
  ],
  [
    'a secret without its key',
    { TWILIO_API_KEY_SECRET: key.TWILIO_API_KEY_SECRET },
    'TWILIO_API_KEY_SID is missing: the id and the secret of an API key go together',
  ],
  [
    'a region without an edge',
    { TWILIO_REGION: 'au1' },
    'TWILIO_EDGE is missing: a region is reached through an edge, for example TWILIO_EDGE=sydney for au1',
  ],
  [
    'a region that would be another host',
    { TWILIO_REGION: 'au1.example.com/', TWILIO_EDGE: 'sydney' },
    "TWILIO_REGION is not a name of Twilio's such as au1",
  ],
  [
    'a token that is missing beside a key',
    { ...key, TWILIO_AUTH_TOKEN: undefined },
    'TWILIO_AUTH_TOKEN is missing: SMS_PROVIDER=twilio needs the auth token of the account, for Twilio signs its receipts with it also where calls are made with TWILIO_API_KEY_SID',
  ],
])('refuses %s', (_, given, problem) => {
  expect(problemsOf(given)).toEqual([problem]);
});
