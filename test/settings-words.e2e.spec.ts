import { hasWords, translate } from '../src/platform/words/words.js';
import { agencyForm } from './support/agency-form.js';
import { ok, problem } from './support/api-client.js';
import type { PageClient } from './support/page-client.js';
import { startService, type TestService } from './support/service.js';

let service: TestService;
let admin: PageClient;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  admin = await service.person('admin');
});
afterAll(() => service.close());

type Values = Record<string, unknown>;
interface Channel {
  name: { ko: string; en: string };
  address: string;
  kind: string;
}

/** Reads the value in force, without what is given in another form than it is kept. */
async function valueOf<T = Values>(name: string): Promise<T> {
  const { items } = ok(await service.admin.get<{ items: { value: Values }[] }>(`/${name}`));
  const { rehearsal: _rehearsal, ...value } = items[0]?.value ?? {};
  return value as T;
}
const versions = () => service.sql(`SELECT name, version FROM setting ORDER BY name, version`);

const calendarForm = {
  timeZone: 'Asia/Seoul',
  country: 'KR',
  from: '09:00',
  to: '18:00',
  closed: '',
  open: '',
};
const channelForm = {
  place: '0',
  nameKo: '신고',
  nameEn: 'Report',
  address: '1398',
  kind: 'telephone',
  'speaks-ko': 'on',
  anonymous: 'on',
};

const firstChannel = (change: Values) => async () => {
  const { channels } = await valueOf<{ channels: Channel[] }>('reporting-channels');
  return { channels: channels.map((channel, place) => (place === 0 ? { ...channel, ...change } : channel)) };
};
const name = (ko: string) => ({ name: { ko, en: 'Report' } });
const long = 'a'.repeat(501);

/** A value of a setting, as the API and as its page would send it, with the code that both give. */
interface Case {
  what: string;
  code: string;
  api: [name: string, change: Values | (() => Promise<Values>)];
  page: [place: string, form: Record<string, string>];
}

const nameCases = (
  [
    ['a link', '한빛시 bit.ly/a', 'words-link'],
    ['a character that turns words round', '한빛\u202e시', 'characters-invisible'],
    ['a line break', '한빛\n시', 'characters-unusable'],
    ['a bell', '한빛\u0007시', 'characters-unusable'],
    ['3,000 characters', 'a'.repeat(3000), 'too-big'],
  ] as const
).flatMap(([what, words, code]): Case[] => [
  {
    what: `${what} in the name of the agency`,
    code,
    api: ['agency', { name: { ko: words, en: 'Hanbit City' } }],
    page: ['agency', { ...agencyForm, nameKo: words }],
  },
  {
    what: `${what} in the name of a channel`,
    code,
    api: ['reporting-channels', firstChannel(name(words))],
    page: ['channels', { ...channelForm, nameKo: words }],
  },
]);

const cases: Case[] = [
  ...nameCases,
  ...['  ', 'clean.go.kr', '1', '1398 or 110'].map((address): Case => ({
    what: `the telephone ${JSON.stringify(address)}`,
    code: address.trim().length < 2 ? '' : 'channel-number',
    api: ['reporting-channels', firstChannel({ address })],
    page: ['channels', { ...channelForm, address }],
  })),
  {
    what: 'a currency that is none',
    code: 'currency-unknown',
    api: ['agency', { currency: 'XQQ' }],
    page: ['agency', { ...agencyForm, currency: 'XQQ' }],
  },
  {
    what: 'a country that is none',
    code: 'country-unknown',
    api: ['calendar', { country: 'ZZ' }],
    page: ['calendar', { ...calendarForm, country: 'ZZ' }],
  },
  {
    what: 'a time zone that nobody knows, or PostgreSQL does not',
    code: 'time-zone-unknown',
    api: ['calendar', { timeZone: 'US/Pacific-New' }],
    page: ['calendar', { ...calendarForm, timeZone: 'JST' }],
  },
  {
    what: 'a day that is none',
    code: 'invalid-format',
    api: ['calendar', { closed: ['2026-02-30'] }],
    page: ['calendar', { ...calendarForm, closed: '2026-02-30' }],
  },
  {
    what: 'a reason that is too long',
    code: 'too-big',
    api: ['calendar', { reason: long }],
    page: ['calendar', { ...calendarForm, reason: long }],
  },
];

it.each(cases)('$what is refused by the API and by the page alike', async ({ code, api, page }) => {
  const before = await versions();
  const [setting, change] = api;
  const changed = typeof change === 'function' ? await change() : change;
  const refused = problem(
    await service.admin.post(`/${setting}`, { ...(await valueOf(setting)), ...changed }),
  );
  expect(refused).toMatchObject({ status: 400, code: 'validation-failed' });
  expect(refused.fields?.map((field) => field.code).join()).toContain(code);

  const shown = await admin.post(`/console/settings/${page[0]}`, page[1]);
  expect(shown.status).toBe(400);
  if (hasWords(`problems.${code}`)) expect(shown.text).toContain(translate('ko', `problems.${code}`));
  expect(await versions()).toEqual(before);
});

it('a plan whose milestone has a link for its name is refused', async () => {
  const { items } = ok(await service.admin.get<{ items: { value: { milestones: Values[] } }[] }>('/plans'));
  const plan = items[0]?.value;
  const milestones = plan?.milestones.map((one) => ({ ...one, name: { ko: 'bit.ly/a', en: 'a\u202eb' } }));
  const refused = problem(await service.admin.post('/plans', { plan: { ...plan, milestones } }));
  const codes = refused.fields?.map((field) => `${field.path} ${field.code}`);
  expect(codes).toContain('plan.milestones[0].name.ko words-link');
  expect(codes).toContain('plan.milestones[0].name.en characters-invisible');
});

describe('the place of a channel', () => {
  const addresses = async () =>
    (await valueOf<{ channels: Channel[] }>('reporting-channels')).channels.map(({ address }) => address);

  it.each(['-1', 'abc', '1.5', '0x1', '3', '99'])('%s takes none off the list', async (place) => {
    const before = await addresses();
    const answer = await admin.post('/console/settings/channels', { ...channelForm, place, take: 'on' });
    expect(answer.status).toBe(400);
    expect(await addresses()).toEqual(before);
  });

  it('that is missing takes none off the list', async () => {
    const before = await addresses();
    expect((await admin.post('/console/settings/channels', { take: 'on' })).status).toBe(400);
    expect(await addresses()).toEqual(before);
  });

  it.each(['-1', 'abc', '4'])('%s changes none and adds none', async (place) => {
    const before = await addresses();
    expect((await admin.post('/console/settings/channels', { ...channelForm, place })).status).toBe(400);
    expect(await addresses()).toEqual(before);
  });

  it('is where one is changed, added at the end, and taken off', async () => {
    const [first, second, third] = await addresses();
    const post = async (form: Record<string, string>) =>
      expect((await admin.post('/console/settings/channels', { ...channelForm, ...form })).status).toBe(303);
    await post({ place: '1', address: '111' });
    expect(await addresses()).toEqual([first, '111', third]);
    await post({ place: '3', address: '112' });
    expect(await addresses()).toEqual([first, '111', third, '112']);
    await post({ place: '3', take: 'on' });
    await post({ place: '1', address: second ?? '' });
    expect(await addresses()).toEqual([first, second, third]);
  });
});

describe('a setting in force that could not be put today', () => {
  const store = (setting: string, change: Values) =>
    service.sql(
      `INSERT INTO setting (name, version, value, actor)
       SELECT name, version + 1, value || $2::jsonb, 'admin:bootstrap' FROM setting WHERE name = $1
       ORDER BY version DESC LIMIT 1`,
      [setting, JSON.stringify(change)],
    );

  it('goes on to be sent, and is shown to whoever mends it', async () => {
    const old = '한빛'.repeat(150);
    await store('agency', { name: { ko: old, en: `${old} bit.ly/a` }, currency: 'XQQ' });
    await store('calendar', { country: 'ZZ' });
    const { reference } = await service.register();
    await service.advanceTo('2026-03-04T12:00:00+09:00');
    const sent = (await service.texts()).filter(({ text }) => text.includes(reference));
    expect(sent.map(({ text }) => text.includes(old))).toEqual([true]);

    const page = await admin.get('/console/settings/agency');
    expect([page.status, page.text.includes(old)]).toEqual([200, true]);
    expect((await admin.post('/console/settings/agency', { ...agencyForm, nameEn: 'bit.ly/a' })).status).toBe(
      400,
    );
    expect((await admin.post('/console/settings/agency', agencyForm)).status).toBe(303);
    expect((await admin.post('/console/settings/calendar', calendarForm)).status).toBe(303);
  });
});
