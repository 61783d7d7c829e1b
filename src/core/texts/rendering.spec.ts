import { compileTemplate } from './rendering.js';
import { TemplateError } from './template-rules.js';
import { kindWord } from './texts.words.js';
import { channelsLine, textVariablesSchema, type TextVariables } from './variables.service.js';

function someVariables(changes: Record<string, unknown> = {}): TextVariables {
  return textVariablesSchema.parse({
    locale: 'en',
    agency: { name: 'Hanbit Metropolitan City' },
    channel: { name: 'Anti-corruption line', number: '1398', hours: '' },
    sender: { number: '02-123-4567' },
    partials: { agency: 'Hanbit City', channels: channelsLine(['1398', '110'], 'en') },
    contract: { reference: 'C-2026-0143', title: 'Bridge & road', kind: kindWord('works', 'en') },
    department: { name: 'Roads' },
    milestone: { name: 'final payment', date: '2026-10-04' },
    ...changes,
  });
}

describe('rendering', () => {
  it('fills in variables, dates and partials, and escapes nothing', () => {
    const render = compileTemplate(
      '{{> agency}} ({{agency.name}}): {{contract.title}}, {{contract.kind}}, {{milestone.name}} {{date milestone.date}}. {{> channels}}',
    );
    expect(render(someVariables())).toBe(
      'Hanbit City (Hanbit Metropolitan City): Bridge & road, works, final payment 4 Oct. Call 1398 or 110',
    );
  });

  it('writes dates in the words of the locale', () => {
    const render = compileTemplate('{{date milestone.date}} {{contract.reference}} {{> channels}}');
    const partials = { agency: '한빛시', channels: channelsLine(['1398', '110'], 'ko') };
    expect(render(someVariables({ locale: 'ko', partials }))).toBe('10월 4일 C-2026-0143 ☎1398, ☎110');
    const september = someVariables({ milestone: { name: 'x', date: '2026-09-30' } });
    expect(render(september)).toBe('30 Sep C-2026-0143 Call 1398 or 110');
  });

  it('keeps line breaks, also after a partial alone on its line', () => {
    const render = compileTemplate('{{contract.reference}}\r\n{{> channels}}\r\n  {{> agency}}\nend');
    expect(render(someVariables())).toBe('C-2026-0143\nCall 1398 or 110\n  Hanbit City\nend');
  });

  it('does not compile what the agency calls itself', () => {
    const partials = { agency: '{{contract.title}}', channels: '{{constructor}}' };
    expect(compileTemplate('{{> agency}} {{> channels}}')(someVariables({ partials }))).toBe(
      '{{contract.title}} {{constructor}}',
    );
  });

  it.each([
    ['contract.reference', { contract: undefined }],
    ['contract.reference', { contract: {} }],
    ['contract.reference', { contract: { reference: '' } }],
    ['contract.reference', { contract: { reference: null } }],
    ['contract.reference', { contract: Object.create({ reference: 'inherited' }) as object }],
    ['milestone.date', { milestone: { name: 'x' } }],
    ['partials.channels', { partials: { agency: 'x' } }],
  ])('throws when %s is missing', (path, broken) => {
    const render = compileTemplate('{{contract.reference}} {{date milestone.date}} {{> channels}}');
    expect(() => render({ ...someVariables(), ...broken } as TextVariables)).toThrow(`a text needs ${path}`);
  });

  it('throws on a date that is none', () => {
    const broken = { ...someVariables(), milestone: { name: 'x', date: '14 Oct' } };
    expect(() => compileTemplate('{{date milestone.date}}')(broken)).toThrow('not a local date');
  });

  it('lets a channel have no hours', () => {
    expect(compileTemplate('{{channel.number}}{{channel.hours}}')(someVariables())).toBe('1398');
  });

  it('shows what officers wrote as plain words: no link, no line break, no page of text', () => {
    const render = compileTemplate('{{contract.title}}|{{department.name}}|{{contract.reference}}');
    const contract = { reference: 'C-1\n[Bank] pay', title: 'Road https://evil.com/x\u202e', kind: 'works' };
    const department = { name: '가'.repeat(70) };
    expect(render(someVariables({ contract, department }))).toBe(
      `Road https   evil com x|${'가'.repeat(57)}...|C-1 [Bank] pay`,
    );
  });

  it('writes Korean texts in characters that Korean phones have', () => {
    const contract = { reference: 'C–1', title: '교량•터널😀', kind: '공사' };
    const render = compileTemplate('{{contract.reference}} {{contract.title}}');
    expect(render(someVariables({ locale: 'ko', contract }))).toBe('C-1 교량·터널');
    expect(render(someVariables({ contract }))).toBe('C–1 교량•터널😀');
  });

  it.each([
    '{{constructor}}',
    '{{__proto__}}',
    '{{#if contract}}x{{/if}}',
    '{{contract.title',
    'x'.repeat(1001),
  ])('refuses %#, wherever it came from', (body) => {
    expect(() => compileTemplate(body)).toThrow(TemplateError);
  });

  it('compiles a template once', () => {
    const body = 'once {{contract.reference}}';
    expect(compileTemplate(body)).toBe(compileTemplate(body));
  });
});

describe('the variables', () => {
  it.each([
    { contact: { name: '홍길동' } },
    { contract: { reference: 'C-1', title: 't', kind: 'works', officer: 'Kim' } },
    { milestone: { name: 'x', date: '2026-02-30' } },
    { locale: 'fr' },
  ])('take nothing that is not listed %#', (changes) => {
    expect(() => someVariables(changes)).toThrow();
  });
});
