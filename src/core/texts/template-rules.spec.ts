import { cpuMsOf } from '../../../test/support/cpu-time.js';
import { koreanLength } from './lengths.js';
import {
  checkTemplate as check,
  describeProblem,
  templateLimit,
  type TemplatePlace,
} from './template-rules.js';
import { locales, purposes } from './variables.service.js';

const good = '{{> agency}}: {{contract.reference}}. {{> channels}}.';
const en: TemplatePlace = { locale: 'en', purpose: 'milestone' };
const ko: TemplatePlace = { locale: 'ko', purpose: 'milestone' };

/** As the API shows them. */
const checkTemplate = (body: string, place: TemplatePlace) =>
  check(body, place).map((problem) => {
    const { code, message } = describeProblem(problem);
    const { line, column, allowed } = problem;
    return { code, line, column, message: message.en, allowed };
  });
const codes = (body: string, place = en) => checkTemplate(body, place).map(({ code }) => code);

describe('the allow-list of templates', () => {
  it.each([
    good,
    '{{contract.reference}} {{contract.title}} {{contract.kind}} {{department.name}} {{agency.name}} {{channel.number}}',
    '{{ contract.reference }} {{date  milestone.date}} {{channel.name}} {{channel.number}} {{channel.hours}}',
    '{{contract.reference}} {{>channels}} {{! for the auditor }}{{!-- {{x}} --}} {{sender.number}}',
    'Line\r\nline {{contract.reference}} {{> channels}}',
    'One } and one { and <b> & "quotes" {{contract.reference}} {{> channels}}',
  ])('takes %j', (body) => {
    expect(checkTemplate(body, en)).toEqual([]);
  });

  it.each([
    ['{{constructor}}', 'unknown-variable', /no variable here/],
    ['{{__proto__}}', 'unknown-variable', /no variable here/],
    ['{{contract.constructor.name}}', 'unknown-variable', /no variable here/],
    ['{{contract.__proto__.polluted}}', 'unknown-variable', /no variable here/],
    ['{{contract}}', 'unknown-variable', /no variable here/],
    ['{{contact.name}}', 'unknown-variable', /no variable here/],
    ['{{digest.count}}', 'unknown-variable', /no variable here/],
    ['{{partials.agency}}', 'unknown-variable', /no variable here/],
    ['{{lookup}}', 'unknown-variable', /no variable here/],
    ['{{contract/reference}}', 'unknown-variable', /no variable here/],
    ['{{contract.}}', 'not-allowed', /this and/],
    ['{{contract..title}}', 'not-allowed', /is not allowed/],
    ['{{[contract].reference}}', 'not-allowed', /plainly/],
    ['{{contract.[reference]}}', 'not-allowed', /plainly/],
    ['{{milestone.date}}', 'not-allowed', /\{\{date milestone\.date\}\}/],
    ['{{date}}', 'not-allowed', /needs one date/],
    ['{{date contract.reference}}', 'not-allowed', /exactly one/],
    ['{{date milestone.date milestone.date}}', 'not-allowed', /exactly one/],
    ['{{date "2026-01-01"}}', 'not-allowed', /literal/],
    ['{{date milestone.date format="x"}}', 'not-allowed', /Named parameters/],
    ['{{date (lookup this "x")}}', 'not-allowed', /Sub-expressions/],
    ['{{(lookup . "constructor")}}', 'syntax', /cannot be read/],
    ['{{lookup contract "constructor"}}', 'not-allowed', /literal/],
    ['{{lookup contract contract.title}}', 'unknown-helper', /no helper/],
    ['{{log contract.title}}', 'unknown-helper', /no helper/],
    ['{{contract.title contract.kind}}', 'not-allowed', /takes no parameter/],
    ['{{{contract.title}}}', 'not-allowed', /neither/],
    ['{{&contract.title}}', 'not-allowed', /neither/],
    ['{{this}}', 'not-allowed', /this/],
    ['{{this.contract.title}}', 'not-allowed', /this/],
    ['{{./contract.title}}', 'not-allowed', /this/],
    ['{{.}}', 'not-allowed', /this/],
    ['{{../contract.title}}', 'not-allowed', /\.\.\//],
    ['{{@root.contract.title}}', 'not-allowed', /@/],
    ['{{@index}}', 'not-allowed', /@/],
    ['{{"contract.title"}}', 'not-allowed', /literal/],
    ['{{1}}', 'not-allowed', /literal/],
    ['{{true}}', 'not-allowed', /literal/],
    ['{{undefined}}', 'not-allowed', /literal/],
    ['{{#if contract.title}}a{{else}}b{{/if}}', 'not-allowed', /Blocks/],
    ['{{#each contract}}{{this}}{{/each}}', 'not-allowed', /Blocks/],
    ['{{#with contract}}{{title}}{{/with}}', 'not-allowed', /Blocks/],
    ['{{^contract}}x{{/contract}}', 'not-allowed', /Blocks/],
    ['{{#contract.title}}x{{/contract.title}}', 'not-allowed', /Blocks/],
    ['{{{{raw}}}} {{x}} {{{{/raw}}}}', 'not-allowed', /Blocks/],
    ['{{#> layout}}x{{/layout}}', 'not-allowed', /Partial blocks/],
    ['{{#*inline "channels"}}x{{/inline}}', 'not-allowed', /Inline partials/],
    ['{{* decorate}}', 'not-allowed', /Decorators/],
    ['{{> evil}}', 'unknown-partial', /no partial/],
    ['{{> @partial-block}}', 'not-allowed', /@/],
    ['{{> (lookup . "x")}}', 'not-allowed', /Sub-expressions/],
    ['{{> agency contract}}', 'not-allowed', /no parameter/],
    ['{{> agency name="x"}}', 'not-allowed', /no parameter/],
    ['{{> [agency]}}', 'not-allowed', /plainly/],
    ['{{> "agency"}}', 'not-allowed', /literal/],
    ['{{~contract.title}}', 'not-allowed', /Whitespace control/],
    ['{{contract.title ~}}', 'not-allowed', /Whitespace control/],
    ['{{~> agency}}', 'not-allowed', /Whitespace control/],
    ['{{~! note }}', 'not-allowed', /Whitespace control/],
    ['\\{{contract.title}}', 'not-allowed', /backslash/],
    ['\\\\{{contract.title}}', 'not-allowed', /backslash/],
    ['}} ', 'syntax', /other half/],
    ['a\u202eb', 'invisible', /U\+202E/],
    ['a\u200bb', 'invisible', /U\+200B/],
    ['a\u0007b', 'invisible', /U\+0007/],
    ['a\tb', 'invisible', /U\+0009/],
    ['http://evil.example', 'link', /not listed/],
    ['evil.{{! nothing }}com', 'link', /evil\.com/],
    ['evil.{{contract.kind}}', 'link', /not listed/],
    ['{{contract.kind}}.com', 'link', /not listed/],
    ['htt{{! nothing }}p://evil', 'link', /not listed/],
  ])('refuses %j', (hostile, code, message) => {
    const problems = checkTemplate(`Hi\n  ${hostile} ${good}`, en);
    const first = problems.find((problem) => problem.code === code && message.test(problem.message));
    expect(first).toMatchObject({ code, line: 2 });
    expect(first?.message).toMatch(message);
  });

  it.each([
    ['{{', 1, 1],
    ['ab {{contract.reference', 1, 4],
    ['ok {{contract.reference}}\n and {{contract.+}} x', 2, 6],
    ['x {{}}', 1, 3],
    ['x {{else}}', 1, 3],
    ['a\n{{#if x}} open', 2, 1],
    ['{{contract.title)}}', 1, 1],
    ['{{a=b}}', 1, 1],
  ])('says where %j cannot be read', (body, line, column) => {
    expect(checkTemplate(body, en)).toEqual([expect.objectContaining({ code: 'syntax', line, column })]);
  });

  it('names the place, what is wrong and what may be used', () => {
    expect(
      checkTemplate(`Hello\n\n  {{contract.name}} ${good}`, { locale: 'en', purpose: 'neutral' }),
    ).toEqual([
      {
        code: 'unknown-variable',
        line: 3,
        column: 3,
        message: '“contract.name” is no variable here.',
        allowed: expect.arrayContaining(['contract.reference', 'channel.number']) as string[],
      },
    ]);
  });

  it('knows no date where nobody recorded one', () => {
    expect(codes(`{{date milestone.date}} ${good}`, { locale: 'en', purpose: 'neutral' })).toEqual([
      'not-allowed',
    ]);
  });

  it('wants the reference, of a digest its count and day, and a reporting channel', () => {
    expect(codes('{{> channels}}')).toEqual(['missing-reference']);
    expect(codes('{{contract.reference}} {{channel.name}}')).toEqual(['missing-channel']);
    expect(codes('{{!-- {{contract.reference}} {{> channels}} --}}')).toEqual([
      'missing-reference',
      'missing-channel',
    ]);
    const digest: TemplatePlace = { locale: 'en', purpose: 'digest' };
    expect(codes('{{digest.count}} on {{date digest.day}} {{> channels}}', digest)).toEqual([]);
    expect(codes('{{digest.count}} {{> channels}}', digest)).toEqual(['missing-reference']);
    expect(codes('{{date digest.day}} {{> channels}}', digest)).toEqual(['missing-reference']);
  });

  it('refuses a template of 0.9 MB without parsing it', async () => {
    const body = '{{#if a}}'.repeat(100_000);
    // Parsing it takes half a minute.
    expect(await cpuMsOf(() => checkTemplate(body, en))).toBeLessThan(1000);
    expect(checkTemplate(body, en)).toEqual([expect.objectContaining({ code: 'too-long' })]);
    expect(codes(good.padEnd(templateLimit))).toEqual([]);
    expect(codes(good.padEnd(templateLimit + 1))).toEqual(['too-long']);
  });

  it.each([
    '{'.repeat(1000),
    '{{('.repeat(333),
    '{{#a}}'.repeat(166),
    '{{a.'.repeat(250),
    '\\{{'.repeat(333),
    '{{!--'.repeat(200),
  ])('is done with a hostile one of full length quickly %#', async (body) => {
    expect(await cpuMsOf(() => codes(body))).toBeLessThan(2000);
    expect(codes(body).length).toBeGreaterThan(0);
  });

  it('refuses an empty template', () => {
    expect(codes(' \n')).toEqual(['empty']);
  });

  it('says in Korean templates what cannot be sent, where, and what to write instead', () => {
    const problems = checkTemplate(`안내 – 뷁\n😀 ${good}`, ko);
    expect(problems.map(({ code, line, column, allowed }) => ({ code, line, column, allowed }))).toEqual([
      { code: 'unencodable', line: 1, column: 4, allowed: ['-'] },
      { code: 'unencodable', line: 1, column: 6, allowed: [] },
      { code: 'unencodable', line: 2, column: 1, allowed: [] },
    ]);
    expect(codes(`안내 – 뷁\n😀 ${good}`, en)).toEqual([]);
  });

  it('allows links to listed domains', () => {
    const body = `${good} https://www.clean.go.kr/a`;
    expect(codes(body)).toEqual(['link']);
    expect(codes(body, { ...en, allowedDomains: ['clean.go.kr'] })).toEqual([]);
  });

  it('puts nothing into its messages that a Korean console could not show', () => {
    for (const purpose of purposes) {
      for (const locale of locales) {
        const [problem] = checkTemplate('{{x}}', { locale, purpose });
        expect(koreanLength(problem?.message ?? '–').unencodable).toEqual([]);
      }
    }
  });
});
