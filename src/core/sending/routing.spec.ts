import type { SmsProvider } from '../providers/sms-provider.js';
import { type Part, RoutesNow } from './routing.js';
import { allOfIt } from './shares.js';

const [one, other] = [{ name: 'one' }, { name: 'other' }] as SmsProvider[] as [SmsProvider, SmsProvider];
const part = (
  country: string,
  provider: SmsProvider,
  share: number,
  why: Part['why'] = allOfIt.why,
): Part => ({
  ...allOfIt,
  country,
  provider,
  part: share,
  configured: 0.5,
  why,
});
const routes = new RoutesNow([
  part('KR', one, 0.25),
  part('KR', other, 0.75),
  part('GB', one, 0, 'braked'),
  part('GB', other, 0, 'braked'),
  part('*', one, 0, 'braked'),
  part('*', other, 1),
]);

it('divides the slots of each country between its providers, in their order and without a gap', () => {
  const countries = ['KR', 'KR', 'GB', 'GB', '*', '*'];
  expect(routes.slicesOf([one])).toEqual({
    countries,
    lows: [0, 16_384, 0, 0, 0, 0],
    highs: [16_384, 16_384, 0, 0, 0, 0],
  });
  expect(routes.slicesOf([other])).toEqual({
    countries,
    lows: [0, 16_384, 0, 0, 0, 0],
    highs: [0, 65_536, 0, 0, 0, 65_536],
  });
});

it('asks for no slots where the providers carry all, and for none at all where they carry nothing', () => {
  expect(routes.slicesOf([one, other])).toBeNull();
  expect(new RoutesNow([part('*', one, 1), part('*', other, 0)]).slicesOf([one])).toBeNull();
  expect(new RoutesNow([part('*', one, 0), part('*', other, 1)]).slicesOf([one])).toEqual({
    countries: [],
    lows: [],
    highs: [],
  });
  expect(routes.slicesOf([])).toEqual({ countries: [], lows: [], highs: [] });
});

it('says which countries no provider carries for brakes, and whether that is so of the rest of the world', () => {
  expect(routes.braked()).toEqual({ known: ['KR', 'GB'], paused: ['GB'], elsewhere: false });
  const rest = [part('KR', one, 0, 'braked'), part('KR', other, 1), part('*', one, 0, 'braked')];
  expect(new RoutesNow(rest).braked()).toEqual({ known: ['KR'], paused: [], elsewhere: true });
});
