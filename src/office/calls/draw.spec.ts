import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { candidatesOf, countOf, digestOf, drawn, listOf, weightOf } from './draw.js';

const seed = createHash('sha256').update('a checkpoint').digest();
const of = (entry: string, weight = 1) => ({ entry, weight });

describe('drawing by lot', () => {
  // printf 'aa 0' | openssl dgst -sha256 -mac HMAC -macopt hexkey:8c51bcbc… gives 8114…, bb 0 dcd9…, cc 0 2f25…,
  // bb 1 1543…, aa 1 dec8…, aa 2 13fe….
  it.each([
    [[of('aa'), of('bb'), of('cc')], 'cc aa bb'],
    [[of('aa'), of('bb', 2), of('cc')], 'bb cc aa'],
    [[of('cc'), of('bb', 2), of('aa', 3)], 'aa bb cc'],
  ])('takes those with the lowest tickets: %j', async (candidates, order) => {
    expect((await drawn(seed, candidates, 3)).join(' ')).toBe(order);
    expect((await drawn(seed, candidates, 2)).join(' ')).toBe(order.slice(0, 5));
  });

  it('takes a number with three tickets three times as often for the first', async () => {
    let heavy = 0;
    for (let n = 0; n < 4000; n += 1)
      heavy += Number((await drawn(seed, [of(`a${n}`, 3), of(`b${n}`)], 1))[0] === `a${n}`);
    expect(heavy / 4000).toBeCloseTo(0.75, 1);
  });

  it.each([
    [100, 5, 5],
    [101, 5, 6],
    [1, 5, 1],
    [0, 5, 0],
    [7, 100, 7],
  ])('of %d numbers, at %d percent, takes %d', (candidates, share, count) => {
    expect(countOf(candidates, share)).toBe(count);
  });

  it.each([
    [false, false, 1],
    [true, false, 3],
    [false, true, 2],
    [true, true, 6],
  ])(
    'weighs a number that is new (%s), of a contract that no list knows (%s), by %d',
    (isNew, isUnmatched, weight) => {
      expect(weightOf({ isNew, isUnmatched })).toBe(weight);
    },
  );
});

describe('the list of candidates', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];

  it('is one text, in whichever order they come', () => {
    expect(listOf([of(b, 3), of(a)])).toBe(`${a} 1\n${b} 3\n`);
    // printf '…' | sha256sum
    expect(digestOf('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('is read as it was written', () => {
    const entry = fc.stringMatching(/^[0-9a-f]{64}$/);
    const list = fc.uniqueArray(fc.record({ entry, weight: fc.integer({ min: 1, max: 9999 }) }), {
      selector: (one) => one.entry,
    });
    fc.assert(
      fc.property(list, (candidates) => {
        expect(listOf(candidatesOf(listOf(candidates)))).toBe(listOf(candidates));
      }),
    );
  });

  it.each([`${a} 0\n`, `${a}\n`, `${a.slice(1)} 1\n`, `${a} 1.5\n`, '\n'])(
    'is refused with a line %j',
    (line) => {
      expect(() => candidatesOf(line)).toThrow(/no line/);
    },
  );
});
