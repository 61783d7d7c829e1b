import fc from 'fast-check';
import { namePartsOf, soughtPartsOf } from './name-parts.js';

const finds = (sought: string, name: string) => {
  const [parts, has] = [soughtPartsOf(sought), new Set(namePartsOf(name))];
  return parts.length > 0 && parts.every((part) => has.has(part));
};

describe('the parts of a name', () => {
  it.each([
    ['한빛', '(주)한빛건설'],
    ['빛건', '㈜한빛건설'],
    ['(주)한빛건설', '한빛건설 주식회사'],
    ['한빛 건설', '(주)한빛건설'],
    ['건설', '한빛종합건설(주)'],
    ['HANBIT', 'Hanbit Construction Co., Ltd.'],
    ['bit con', 'Hanbit Construction Co., Ltd.'],
    ['주)한빛', '(주)한빛건설'],
  ])('finds %s in %s', (sought, name) => expect(finds(sought, name)).toBe(true));

  it.each([
    ['한별', '(주)한빛건설'],
    ['건빛', '(주)한빛건설'],
    ['한빛설', '(주)한빛건설'],
    ['한', '(주)한빛건설'],
  ])('does not find %s in %s', (sought, name) => expect(finds(sought, name)).toBe(false));

  it('finds every name by any two letters or more that stand in it in a row', () => {
    const letter = fc.constantFrom(...'가나다라마바사abc12');
    fc.assert(
      fc.property(fc.array(letter, { minLength: 2, maxLength: 12 }), fc.nat(), fc.nat(), (letters, a, b) => {
        const from = a % (letters.length - 1);
        const to = from + 2 + (b % (letters.length - from - 1));
        expect(finds(letters.slice(from, to).join(''), letters.join(''))).toBe(true);
      }),
    );
  });
});
