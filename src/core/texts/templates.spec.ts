import { resolve } from 'node:path';
import { variables, widest } from '../../../test/support/default-texts.js';
import type { Locale } from '../../platform/words/words.js';
import { domesticPrefixBytes, koreanLength, smsLength } from './lengths.js';
import { compileTemplate } from './rendering.js';
import { chooseDigest, chooseTemplate, loadTemplates, purposeOf, templateKey } from './template-placement.js';
import type { LoadedTemplate } from './template-placement.js';
import { checkTemplate } from './template-rules.js';
import { channelsLine } from './variables.service.js';
import type { Kind } from '../settings/plan.schema.js';
import type { Wording } from '../planning/planning.types.js';

const dir = resolve('templates/sms');

let templates: LoadedTemplate[];
let bodies: Map<string, string>;
let longBodies: Map<string, string>;

beforeAll(async () => {
  templates = await loadTemplates(dir);
  const byKey = (all: LoadedTemplate[]) => new Map(all.map((one) => [templateKey(one), one.body]));
  bodies = byKey(templates);
  longBodies = byKey(await loadTemplates(resolve('templates/sms-long')));
});

function textOf(
  locale: Locale,
  kind: Kind,
  milestone: string,
  name = '',
  wording: Wording = 'milestone',
): string {
  const key = chooseTemplate(bodies, { locale, kind, milestone, wording }, locale);
  return compileTemplate(bodies.get(key ?? '') ?? '')(variables(locale, kind, name || milestone));
}

const korean: [Kind, string, Wording, string, number][] = [
  [
    'works',
    'signing',
    'milestone',
    '[한빛시] 계약 체결(C-2026-0143). 금품·향응 요구는 신고해 주세요 ☎1398',
    71,
  ],
  [
    'works',
    'commencement',
    'milestone',
    '[한빛시] C-2026-0143 착공일 10월 14일. 금품·향응 요구 시 신고 ☎1398',
    69,
  ],
  [
    'works',
    'advance-payment',
    'milestone',
    '[한빛시] C-2026-0143 선금 지급 10월 14일. 금품·향응 요구 시 신고 ☎1398',
    72,
  ],
  [
    'works',
    'progress-inspection',
    'milestone',
    '[한빛시] C-2026-0143 기성검사 10월 14일. 금품·향응 요구 시 신고 ☎1398',
    71,
  ],
  [
    'works',
    'variation',
    'milestone',
    '[한빛시] 설계변경 안내(C-2026-0143). 금품·향응 요구 시 신고 ☎1398',
    67,
  ],
  [
    'works',
    'completion-due',
    'milestone',
    '[한빛시] C-2026-0143 준공예정 10월 14일. 금품·향응 요구 시 신고 ☎1398',
    71,
  ],
  [
    'works',
    'completion-inspection',
    'neutral',
    '[한빛시] C-2026-0143 준공검사 관련 금품·향응 요구 시 신고 ☎1398',
    65,
  ],
  [
    'works',
    'final-payment',
    'milestone',
    '[한빛시] C-2026-0143 준공대금 지급 10월 14일. 금품 요구 시 신고 ☎1398',
    70,
  ],
  [
    'works',
    'final-payment',
    'neutral',
    '[한빛시] C-2026-0143 준공대금 청구·지급 관련 금품 요구 시 신고 ☎1398',
    70,
  ],
  [
    'goods',
    'inspection',
    'milestone',
    '[한빛시] C-2026-0143 검사·검수 10월 14일. 금품·향응 요구 시 신고 ☎1398',
    73,
  ],
  [
    'grant',
    'disbursement',
    'milestone',
    '[한빛시] C-2026-0143 보조금 교부 10월 14일. 금품 요구 시 신고 ☎1398',
    68,
  ],
  [
    'grant',
    'settlement-due',
    'milestone',
    '[한빛시] C-2026-0143 정산기한 10월 14일. 금품·향응 요구 시 신고 ☎1398',
    71,
  ],
  [
    'permit',
    'received',
    'milestone',
    '[한빛시] 인허가 접수 안내(C-2026-0143). 금품·향응 요구 시 신고 ☎1398',
    70,
  ],
  ['permit', 'decided', 'neutral', '[한빛시] C-2026-0143 인허가 처리 관련 금품·향응 요구 시 신고 ☎1398', 68],
];

const english: [Kind, string, Wording, string, number][] = [
  [
    'works',
    'signing',
    'milestone',
    'Hanbit City: contract C-2026-0143 is signed. No gift or fee is owed to any official. Asked for one? Call 1398, free and confidential.',
    133,
  ],
  [
    'works',
    'commencement',
    'milestone',
    'Hanbit City: start of works under C-2026-0143: 14 Oct. Nothing is owed for them to go ahead in order and on time. Asked? Call 1398, free and confidential.',
    154,
  ],
  [
    'works',
    'final-payment',
    'milestone',
    'Hanbit City: final payment for C-2026-0143 was made on 14 Oct. Was anything extra asked of you, or payment held back? Tell audit in confidence: 1398.',
    149,
  ],
  [
    'works',
    'final-payment',
    'neutral',
    'Hanbit City: if the final payment for C-2026-0143 was claimed or made, nothing is owed for it. Asked for anything? Kept waiting? Tell audit in confidence: 1398.',
    160,
  ],
  [
    'service',
    'acceptance',
    'milestone',
    'Hanbit City: acceptance of C-2026-0143: 14 Oct. No gift or fee is owed for it. Asked for one? Call 1398, free and confidential.',
    127,
  ],
  [
    'goods',
    'delivery-due',
    'milestone',
    'Hanbit City: delivery for C-2026-0143: due 14 Oct. Nothing is owed for its inspection or payment. Asked for anything? Call 1398, free and confidential.',
    151,
  ],
  [
    'grant',
    'settlement',
    'milestone',
    'Hanbit City: grant C-2026-0143 was settled on 14 Oct. No gift or fee is owed to any official. Asked for one? Call 1398, free and confidential.',
    142,
  ],
  [
    'permit',
    'site-visit',
    'milestone',
    'Hanbit City: site visit for permit C-2026-0143: 14 Oct. No gift or fee is owed for it. Asked for one? Call 1398, free and confidential.',
    135,
  ],
];

const expectedBy: [Kind, string][] = [
  ['works', 'completion-inspection'],
  ['works', 'final-payment'],
  ['service', 'acceptance'],
  ['service', 'payment'],
  ['consignment', 'acceptance'],
  ['consignment', 'payment'],
  ['goods', 'inspection'],
  ['goods', 'payment'],
  ['grant', 'disbursement'],
  ['grant', 'settlement'],
  ['permit', 'decided'],
];

describe('the default templates', () => {
  it.each(korean)('ko %s %s (%s)', (kind, milestone, wording, expected, bytes) => {
    const text = textOf('ko', kind, milestone, '', wording);
    expect(text).toBe(expected);
    expect(koreanLength(text, domesticPrefixBytes)).toEqual({ bytes, class: 'SMS', unencodable: [] });
  });

  it.each(english)('en %s %s (%s)', (kind, milestone, wording, expected, units) => {
    const text = textOf('en', kind, milestone, '', wording);
    expect(text).toBe(expected);
    expect(smsLength(text)).toEqual({ encoding: 'GSM-7', units, parts: 1 });
  });

  it('in Korean name no two numbers as if they were one', () => {
    expect(channelsLine(['1398', '110'], 'ko')).toBe('☎1398, ☎110');
  });

  it('have a long form in Korean', () => {
    const textOfLong = (key: string) => compileTemplate(longBodies.get(key) ?? '')(widest('ko', '준공검사'));
    expect(textOfLong('ko/any/default')).toBe(
      '[서울특별시] 준공검사 안내(C-2026-0143-01)\n' +
        '일자: 10월 14일\n' +
        '금품·향응 제공은 금지되어 있습니다. 부당한 요구를 받으시면 신고해 주시기 바랍니다. ☎1398, ☎110\n' +
        '신고자는 법에 따라 보호받습니다. 저희 기관은 문자로 금전을 요구하지 않습니다.',
    );
    expect(koreanLength(textOfLong('ko/any/default'), domesticPrefixBytes)).toMatchObject({
      class: 'LMS',
      unencodable: [],
    });
    expect(textOfLong('ko/works/commencement')).toMatch(/착공일은 10월 14일입니다/);
  });

  it('name the milestone where no template is made for it', () => {
    expect(textOf('ko', 'service', 'payment', '대가 지급')).toBe(
      '[한빛시] C-2026-0143 대가 지급 10월 14일. 금품 요구 시 신고 ☎1398',
    );
    expect(textOf('ko', 'works', 'site-handover', '현장 인계')).toBe(
      '[한빛시] C-2026-0143 현장 인계 10월 14일. 금품 요구 시 신고 ☎1398',
    );
    expect(textOf('en', 'grant', 'report', 'final report', 'neutral')).toBe(
      'Hanbit City: C-2026-0143, final report: before or after it, no gift or fee is owed to any official. Asked for one? Call 1398, free and confidential.',
    );
  });

  it('tell a former number that texts go elsewhere, and nothing else in their place', () => {
    expect(textOf('ko', 'permit', 'number-changed')).toBe(
      '[한빛시] C-2026-0143 안내는 앞으로 다른 곳으로 갑니다. 문의·신고 ☎1398',
    );
    expect(textOf('en', 'works', 'number-changed')).toBe(
      'Hanbit City: from now on, notices about C-2026-0143 go elsewhere and not to this number. Any question? Call 1398, free and confidential.',
    );
    const others = new Set([...bodies.keys()].filter((key) => !key.endsWith('/number-changed')));
    const wanted = {
      locale: 'ko',
      kind: 'works',
      milestone: 'number-changed',
      wording: 'milestone',
    } as const;
    expect(chooseTemplate(others, wanted, 'ko')).toBeNull();
  });

  it('put a day’s alerts into one digest', () => {
    const digest = (locale: Locale) =>
      compileTemplate(bodies.get(chooseDigest(bodies, locale, 'ko') ?? '') ?? '')(
        variables(locale, 'works', ''),
      );
    expect(digest('ko')).toBe('[한빛시] 10월 14일 안내 12건(C-2026-0143 등). 금품 요구 시 신고 ☎1398');
    expect(digest('en')).toBe(
      'Hanbit City: 12 notices for 14 Oct (C-2026-0143 and others). No gift or fee is owed to any official. Asked for one? Call 1398, in confidence.',
    );
  });

  it('pass their own rules, and fit one SMS with the widest of names', () => {
    expect(templates.length).toBeGreaterThan(70);
    const tooLong: string[] = [];
    for (const template of templates) {
      expect({
        key: templateKey(template),
        problems: checkTemplate(template.body, { ...template, purpose: purposeOf(template) }),
      }).toEqual({ key: templateKey(template), problems: [] });
      const name = { ko: '준공대금 지급', en: 'completion inspection' }[template.locale];
      const text = compileTemplate(template.body)(
        template.locale === 'ko' ? widest('ko', name) : variables('en', 'works', name),
      );
      const fits =
        template.locale === 'ko'
          ? koreanLength(text).bytes <= 90 - domesticPrefixBytes && !text.includes('·110')
          : smsLength(text).encoding === 'GSM-7' && smsLength(text).parts === 1;
      if (!fits) tooLong.push(`${templateKey(template)} ${text}`);
    }
    expect(tooLong).toEqual([]);
  });

  it.each(expectedBy)(
    'have a neutral wording of their own for what is expected: %s %s',
    (kind, milestone) => {
      for (const locale of ['ko', 'en'] as const) {
        const key = chooseTemplate(bodies, { locale, kind, milestone, wording: 'neutral' }, locale);
        expect(key).toMatch(new RegExp(`/${milestone}\\.neutral$`));
        expect(textOf(locale, kind, milestone, '', 'neutral')).not.toMatch(/14 Oct|10월 14일/);
      }
    },
  );

  it('exist in both locales alike', () => {
    const places = (locale: Locale) =>
      [...bodies.keys()].filter((key) => key.startsWith(locale)).map((key) => key.slice(2));
    expect(places('en')).toEqual(places('ko'));
  });

  it('are refused when a file stands where no template has its place', async () => {
    await expect(loadTemplates(resolve('src/core/texts'))).rejects.toThrow('no place for a template');
  });
});
