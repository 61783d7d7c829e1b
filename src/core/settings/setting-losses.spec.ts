import { defaultPlans } from '../planning/plans.default.js';
import { mayKeepFrom } from './setting-losses.js';
import { agencySchema } from './settings.schema.js';

const agency = agencySchema.parse({ name: { ko: '한빛시', en: 'Hanbit' }, locale: 'ko', currency: 'KRW' });
const rehearsing = { ...agency, rehearsal: { on: true, numbers: [] } };
const { works } = defaultPlans;
const [first, ...others] = works.milestones;

it.each([
  ['hours of grace', { ...agency, graceHours: 0 }],
  ['a domain that texts may link to', { ...agency, linkDomains: ['hanbit.example'] }],
  ['fewer failures that pause sending', { ...agency, failureShare: 29 }],
  ['a rehearsal that begins', rehearsing],
])('of the agency, %s may keep people from being told', (_what, after) => {
  expect(mayKeepFrom('agency', agency, after)).toBe(true);
});

it.each([
  ['nothing', agency, agency],
  ['the name at the head of texts', agency, { ...agency, name: { ko: '한빛', en: 'Hanbit' } }],
  ['when an import asks again', agency, { ...agency, importAskAbove: 1 }],
  ['which defaults are offered', agency, { ...agency, koreanTexts: 'long' }],
  ['more failures before sending pauses', agency, { ...agency, failureShare: 31 }],
  ['no pause for failures', agency, { ...agency, failureShare: 0 }],
  ['a rehearsal that ends', rehearsing, agency],
])('of the agency, %s may not', (_what, before, after) => {
  expect(mayKeepFrom('agency', before, after)).toBe(false);
});

it('of the agency, that failures pause sending again may keep people from being told', () => {
  expect(mayKeepFrom('agency', { ...agency, failureShare: 0 }, { ...agency, failureShare: 99 })).toBe(true);
});

it('of a plan, only milestones besides may not', () => {
  const added = { ...first, code: 'another' };
  expect(mayKeepFrom('plan:works', works, { ...works, milestones: [...works.milestones, added] })).toBe(
    false,
  );
  expect(mayKeepFrom('plan:works', works, { ...works, milestones: others })).toBe(true);
  const later = { ...first, offset: { amount: 9, unit: 'days' } };
  expect(mayKeepFrom('plan:works', works, { ...works, milestones: [later, ...others] })).toBe(true);
  expect(mayKeepFrom('plan:works:dense', { ...works, fromAmount: '1' }, { ...works, fromAmount: '2' })).toBe(
    true,
  );
});

it('any channel and day may, unless what is in force cannot be read', () => {
  expect(mayKeepFrom('reporting-channels', { channels: [1] }, { channels: [1, 2] })).toBe(true);
  expect(mayKeepFrom('calendar', { closed: [] }, { closed: ['2026-03-04'] })).toBe(true);
  expect(mayKeepFrom('calendar', undefined, { closed: ['2026-03-04'] })).toBe(false);
  expect(mayKeepFrom('plan:works:dense', null, works)).toBe(true);
});
