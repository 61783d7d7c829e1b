import fc from 'fast-check';
import { canonicalJson, type CanonicalValue } from './canonical-json.js';

describe('canonicalJson', () => {
  it('writes the example of RFC 8785, 3.2.2, without its floats', () => {
    const value = {
      numbers: [333333333, 4, -2, 0],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      `{"literals":[null,true,false],"numbers":[333333333,4,-2,0],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
    );
  });

  it('orders keys by UTF-16 code units (RFC 8785, 3.2.3)', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonicalJson(value)) as object).sort()).toHaveLength(7);
    expect([...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map((m) => m[1])).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.each<[CanonicalValue, string]>([
    [{}, '{}'],
    [[], '[]'],
    [-0, '0'],
    [9007199254740991, '9007199254740991'],
    [{ b: [{ d: 1, c: null }], a: '한빛시' }, '{"a":"한빛시","b":[{"c":null,"d":1}]}'],
    ['\u2028\u007f</script>', '"\u2028\u007f</script>"'],
    [JSON.parse('{"__proto__":1}') as CanonicalValue, '{"__proto__":1}'],
  ])('writes %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    [{ a: [1, 1.5] }, /^\$\.a\[1\] is 1\.5/],
    [NaN, /^\$ is NaN/],
    [Infinity, /^\$ is Infinity/],
    [2 ** 53, /within 2\^53/],
    [{ a: undefined }, /^\$\.a is undefined/],
    [new Array(1), /^\$\[0\] is undefined/],
    [{ at: new Date(0) }, /^\$\.at is a Date/],
    [new Map(), /a Map/],
    [Buffer.from('x'), /a Buffer/],
    [10n, /bigint/],
    [() => 1, /function/],
    ['\ud83d', /surrogate/],
    [{ '\ude00': 1 }, /surrogate/],
  ])('refuses %p', (value, message) => {
    expect(() => canonicalJson(value as CanonicalValue)).toThrow(message);
  });

  it('gives the same text for the same value, whatever the order of its keys', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), leaf), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(value)).toBe(canonicalJson(reversed));
        expect(canonicalJson(JSON.parse(canonicalJson(value)) as CanonicalValue)).toBe(canonicalJson(value));
      }),
    );
  });
});
