import type { z } from 'zod';
import { defaultPlans } from '../planning/plans.default.js';
import * as city from '../setup/fictional-city.js';
import {
  agencyInputSchema,
  agencySchema,
  calendarBody,
  reportingChannelsSchema,
  schemasOf,
} from './settings.schema.js';
import { planSchema } from './plan.schema.js';

/** What nobody may put where it reaches texts, with the code of the refusal. */
const hostile: [what: string, words: string, code: string][] = [
  ['nothing', '', 'too-small'],
  ['blanks', ' \u3000\t', 'too-small'],
  ['3,000 characters', '한'.repeat(3000), 'too-big'],
  ['one character too many', 'a'.repeat(201), 'too-big'],
  ['a line break', '한빛시\n110', 'characters-unusable'],
  ['a line separator', '한빛시\u2028110', 'characters-unusable'],
  ['NUL', '한빛\0시', 'characters-unusable'],
  ['a bell', '한빛\u0007시', 'characters-unusable'],
  ['half of a pair', '한빛\ud83d시', 'characters-unusable'],
  ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'].map(
    (control): [string, string, string] => [
      `U+${control.charCodeAt(0).toString(16)}, which turns words round`,
      `한빛${control}시`,
      'characters-invisible',
    ],
  ),
  ['a zero-width space', '한빛\u200b시', 'characters-invisible'],
  ['a soft hyphen', 'Han\u00adbit', 'characters-invisible'],
  ['a Hangul filler', '한빛\u3164시', 'characters-invisible'],
  ['a link', '한빛시 https://hanbit.example/a', 'words-link'],
  ['a bare domain', '한빛시 bit.ly/abc', 'words-link'],
  ['a domain in full-width letters', '한빛시 ｂｉｔ．ｌｙ', 'words-link'],
  ['an address of e-mail', 'a@hanbit.example', 'words-link'],
  ['an IPv4 address', '10.0.0.1', 'words-link'],
];

const channel = { name: { ko: '신고', en: 'Report' }, kind: 'telephone', languages: ['ko'], anonymous: true };
const offset = { amount: 0, unit: 'days' };
const milestone = { code: 'signing', anchor: { type: 'signed' }, offset };

/** Every place of a setting whose words reach a text: its schema, and its value with these words in it. */
const places = {
  'the name of the agency': (words: string) =>
    agencyInputSchema.safeParse({ ...city.agency, name: { ko: words, en: 'Hanbit' } }),
  'its English name': (words: string) =>
    agencyInputSchema.safeParse({ ...city.agency, name: { ko: '한빛시', en: words } }),
  'the name of a channel': (words: string) =>
    reportingChannelsSchema.safeParse({
      channels: [{ ...channel, address: '1398', name: { ko: words, en: 'Report' } }],
    }),
  'the hours of a channel': (words: string) =>
    reportingChannelsSchema.safeParse({
      channels: [{ ...channel, address: '1398', hours: { ko: '평일', en: words } }],
    }),
  'the name of a milestone': (words: string) =>
    planSchema.safeParse({
      kind: 'works',
      milestones: [{ ...milestone, name: { ko: words, en: 'Signing' } }],
    }),
};

describe.each(Object.entries(places))('%s', (_place, read) => {
  it.each(hostile)('is not %s', (_what, words, code) => {
    const issues = read(words).error?.issues ?? [];
    expect(issues.map(codeOf)).toContain(code);
  });

  it.each([
    '한빛시',
    'Hanbit City',
    '청렴 (24h) · 110',
    "O'Neill & Söhne",
    '평일 09:00–18:00',
    '도로과 2.5팀',
  ])('may be %s', (words) => {
    expect(read(words).error).toBeUndefined();
  });

  it('is kept without the blanks around it', () => {
    expect(JSON.stringify(read('  한빛시 ').data)).toContain('"한빛시"');
  });
});

function codeOf(issue: z.core.$ZodIssue): string {
  const phrase =
    issue.code === 'custom' ? (issue.params?.['phrase'] as { code: string } | undefined) : undefined;
  return phrase?.code ?? issue.code.replaceAll('_', '-');
}

describe('the agency', () => {
  const read = (fields: object) => agencyInputSchema.safeParse({ ...city.agency, ...fields }).success;

  it('may be called by a domain that texts may link to, and by no other', () => {
    const name = { ko: 'GOV.UK', en: 'GOV.UK' };
    expect(read({ name, linkDomains: ['gov.uk'] })).toBe(true);
    expect(read({ name })).toBe(false);
    expect(read({ name, linkDomains: ['hanbit.example'] })).toBe(false);
  });

  it.each([
    ['KRW', true],
    ['EUR', true],
    ['XQQ', false],
    ['krw', false],
  ])('has %s as its currency: %s', (currency, accepted) => {
    expect(read({ currency })).toBe(accepted);
  });

  it('lets texts be late by 20 business days at the most; what was stored before that limit is still read', () => {
    expect([read({ lateDays: 20 }), read({ lateDays: 21 })]).toEqual([true, false]);
    expect(agencySchema.safeParse({ ...city.agency, lateDays: 60 }).success).toBe(true);
  });

  it('rehearses on numbers that can be stored', () => {
    const rehearsal = (number: string) => read({ rehearsal: { on: true, numbers: [number] } });
    expect([rehearsal('010-0000-1234'), rehearsal('010\0'), rehearsal('1'.repeat(41))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the calendar', () => {
  const read = (fields: object) => calendarBody.safeParse({ ...city.calendar, ...fields }).success;

  it.each([
    [{ country: 'KR' }, true],
    [{ country: 'GB' }, true],
    [{ country: 'UK' }, false],
    [{ country: 'ZZ' }, false],
    [{ country: 'kr' }, false],
    [{ closed: ['2026-02-28'] }, true],
    [{ closed: ['2026-02-29'] }, false],
    [{ open: ['2026-13-01'] }, false],
    [{ open: ['tomorrow'] }, false],
    [{ timeZone: 'Asia/Nowhere' }, false],
    [{ reason: 'a bridge day' }, true],
    [{ reason: ' ' }, false],
    [{ reason: 'a'.repeat(501) }, false],
    [{ reason: 'a\0b' }, false],
  ])('with %j is accepted: %s', (fields, accepted) => {
    expect(read(fields)).toBe(accepted);
  });
});

describe('what a new agency is given', () => {
  it('is what an admin could put', () => {
    expect(schemasOf('agency')?.put.safeParse(city.agency).error).toBeUndefined();
    expect(schemasOf('calendar')?.put.safeParse(city.calendar).error).toBeUndefined();
    expect(schemasOf('reporting-channels')?.put.safeParse(city.reportingChannels).error).toBeUndefined();
    for (const plan of Object.values(defaultPlans)) expect(planSchema.safeParse(plan).error).toBeUndefined();
  });
});

describe('what was stored before', () => {
  const old = { ko: '한\u202e'.repeat(150), en: 'https://hanbit.example\n' };

  it.each([
    ['agency', { ...city.agency, name: old, currency: 'XQQ', linkDomains: [`${'a'.repeat(246)}.example`] }],
    ['calendar', { ...city.calendar, country: 'ZZ' }],
    ['reporting-channels', { channels: [{ ...channel, name: old, hours: old, address: '  ' }] }],
    ['plan:works', { kind: 'works', milestones: [{ ...milestone, name: old }] }],
    ['plan:works:dense', { kind: 'works', fromAmount: '1', milestones: [{ ...milestone, name: old }] }],
  ])('is read as it stands, though it could not be put: %s', (name, value) => {
    const schemas = schemasOf(name);
    expect(schemas?.stored.parse(value)).toMatchObject(value);
    expect(schemas?.put.safeParse(value).success).toBe(false);
  });

  it.each(['agency', 'calendar', 'reporting-channels', 'plan:works'])(
    'is not read without its parts: %s',
    (name) => {
      expect(schemasOf(name)?.stored.safeParse({}).success).toBe(false);
    },
  );
});
