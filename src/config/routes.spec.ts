import { routesOf } from './routes.js';

const given = { names: ['sandbox', 'twilio', 'solapi', 'gateway'], forSending: 'twilio' };
const read = (list?: string) => routesOf(list, given);

it('lets one provider carry everything where no routes are given', () => {
  expect([...read().routes]).toEqual([['*', [{ provider: 'twilio', weight: 1 }]]]);
});

it('reads which providers carry the texts to a country, with their weights', () => {
  const { routes, problems } = read('KR=solapi:80+gateway:20, US = twilio + gateway');
  expect(problems).toEqual([]);
  expect(routes.get('KR')).toEqual([
    { provider: 'solapi', weight: 80 },
    { provider: 'gateway', weight: 20 },
  ]);
  expect(routes.get('US')?.map(({ weight }) => weight)).toEqual([1, 1]);
  expect(routes.get('*')).toEqual([{ provider: 'twilio', weight: 1 }]);
  expect(read('*=twilio:100+gateway:0').routes.get('*')?.[1]).toEqual({ provider: 'gateway', weight: 0 });
});

it.each([
  ['KR', /^has "KR", which is not a country, =, and providers/],
  ['KR=', /^has "KR=", which is not/],
  ['KR=solapi=gateway', /which is not a country, =/],
  ['KR=solapi,', /^has ""/],
  ['KO=solapi', /^has "KO", which is neither a country/],
  ['UK=solapi', /^has "UK", which is neither a country/],
  ['KR=solapi,KR=gateway', /^has two rules for KR/],
  ['KR=pigeon', /^has the provider "pigeon" at KR=, which is not one of twilio, solapi, gateway$/],
  ['KR=sandbox', /^has the provider "sandbox" at KR=/],
  ['KR=solapi+solapi', /^names a provider twice at KR=/],
  ['KR=solapi:80+gateway', /^needs a whole weight .* at KR=/],
  ['KR=solapi:101+gateway:1', /^needs a whole weight/],
  ['KR=solapi:1.5+gateway:1', /^needs a whole weight/],
  ['KR=solapi:8:2+gateway:1', /^needs a whole weight/],
  ['KR=solapi:0+gateway:0', /^needs a whole weight/],
  ['*=solapi', /^sends nothing through twilio at \*=, which SMS_PROVIDER names/],
])('says what is wrong with %s, and where', (list, problem) => {
  expect(read(list).problems).toEqual([expect.stringMatching(problem)]);
});
