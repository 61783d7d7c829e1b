import { chooseDigest, chooseTemplate, templateKey, type TemplatePlacement } from './template-placement.js';

const wanted: TemplatePlacement = { locale: 'en', kind: 'works', milestone: 'signing', wording: 'milestone' };
const order = [
  'en/works/signing',
  'en/any/signing',
  'en/works/default',
  'en/any/default',
  'ko/works/signing',
  'ko/any/signing',
  'ko/works/default',
  'ko/any/default',
];

describe('which template serves', () => {
  it.each(order.map((_, missing) => missing))('takes the next when the first %i are missing', (missing) => {
    const available = new Set(order.slice(missing).reverse());
    expect(chooseTemplate(available, wanted, 'ko')).toBe(order[missing]);
  });

  it('keeps the neutral wording all the way', () => {
    const neutral = { ...wanted, wording: 'neutral' } as const;
    for (let missing = 0; missing < order.length; missing++) {
      const available = new Set([...order, ...order.slice(missing).map((key) => `${key}.neutral`)]);
      expect(chooseTemplate(available, neutral, 'ko')).toBe(`${order[missing]}.neutral`);
    }
    expect(chooseTemplate(new Set(order), neutral, 'ko')).toBeNull();
  });

  it('finds none when there is none', () => {
    expect(chooseTemplate(new Set(['ko/any/digest', 'en/any/signing.neutral']), wanted, 'ko')).toBeNull();
  });

  it('finds the digest', () => {
    expect(chooseDigest(new Set(['ko/any/digest', 'en/any/digest']), 'en', 'ko')).toBe('en/any/digest');
    expect(chooseDigest(new Set(['ko/any/digest']), 'en', 'ko')).toBe('ko/any/digest');
    expect(chooseDigest(new Set(order), 'en', 'ko')).toBeNull();
  });

  it('writes keys as templates stand in their folder', () => {
    expect(templateKey({ ...wanted, wording: 'neutral' })).toBe('en/works/signing.neutral');
  });
});
