import fc from 'fast-check';
import { comparedWords } from './comparing.js';

const marked = (before: string, after: string) =>
  comparedWords(before, after)
    .map(({ kind, text }) => ({ same: text, gone: `[-${text}-]`, new: `[+${text}+]` })[kind])
    .join('');

describe('two texts compared', () => {
  it('mark the words that one has alone, a placeholder being a word', () => {
    expect(marked('Report gifts: {{> channels}}', 'Report every gift: {{> channels}}')).toBe(
      'Report [-gifts-][+every gift+]: {{> channels}}',
    );
    expect(marked('{{contract.reference}} 계약체결', '{{contract.title}} 계약체결.')).toBe(
      '[-{{contract.reference}}-][+{{contract.title}}+] 계약체결[+.+]',
    );
    expect(marked('same', 'same')).toBe('same');
  });

  it('give both texts back', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', ' ', '{{x}}', '.'), { maxLength: 30 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const pieces = comparedWords(before, after);
        const without = (kind: string) =>
          pieces
            .filter((one) => one.kind !== kind)
            .map((one) => one.text)
            .join('');
        expect([without('new'), without('gone')]).toEqual([before, after]);
      }),
    );
  });
});
