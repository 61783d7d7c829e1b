import fc from 'fast-check';
import { amountOf, JsonSplitter, type JsonEntry, parseExactly } from './json.js';

function split(text: string | Buffer, chunkSize = 1_000_000, largest = 1_000_000): JsonEntry[] {
  const splitter = new JsonSplitter(['releases', 'records'], largest);
  const bytes = Buffer.from(text);
  const entries: JsonEntry[] = [];
  for (let i = 0; i < bytes.length; i += chunkSize)
    entries.push(...splitter.write(bytes.subarray(i, i + chunkSize)));
  splitter.end();
  return entries;
}

const parsed = (entries: JsonEntry[]) =>
  entries.map(({ at, bytes, line }) => [at, JSON.parse(bytes.toString()) as unknown, line]);

const pack = {
  version: '1.1',
  releases: [{ id: 'a', tag: ['x'] }, { id: 'b]}"\\' }],
  publisher: { releases: [{ id: 'no' }] },
};

describe('JsonSplitter', () => {
  it('takes releases out of their package, and gives the rest behind them', () => {
    expect(parsed(split(JSON.stringify(pack)))).toEqual([
      ['element', pack.releases[0], 1],
      ['element', pack.releases[1], 1],
      ['top', { ...pack, releases: [] }, 1],
    ]);
  });

  it('knows the line of each, however the text is cut', () => {
    const text = `\ufeff\n${JSON.stringify(pack, null, 2)}\n\n${JSON.stringify({ ocid: '한' })}\n[{"id":1},\n{"id":2}]`;
    const whole = parsed(split(text));
    expect(whole.map(([at, , line]) => [at, line])).toEqual([
      ['element', 5],
      ['element', 11],
      ['top', 2],
      ['top', 24],
      ['element', 25],
      ['element', 26],
    ]);
    for (const size of [1, 2, 3, 5, 17]) expect(parsed(split(text, size))).toEqual(whole);
  });

  it.each([
    ['one a line', (values: string[]) => values.join('\n')],
    ['one directly behind the other', (values: string[]) => values.join('')],
    ['a sequence of RFC 7464', (values: string[]) => values.map((v) => `\x1e${v}\n`).join('')],
  ])('reads several values: %s', (_, join) => {
    const values = [{ a: 1 }, { releases: [{ id: 1 }] }, {}, []].map((v) => JSON.stringify(v));
    expect(parsed(split(join(values))).map(([at, value]) => [at, value])).toEqual([
      ['top', { a: 1 }],
      ['element', { id: 1 }],
      ['top', { releases: [] }],
      ['top', {}],
    ]);
  });

  it('leaves out what is no object among the elements', () => {
    expect(parsed(split('{"records":["x",1,null,{"id":1},[2]]}'))).toEqual([
      ['element', { id: 1 }, 1],
      ['element', [2], 1],
      ['top', { records: [] }, 1],
    ]);
  });

  it('holds no more of an array at the top than its largest element', () => {
    const text = `[${Array.from({ length: 100 }, (_, id) => JSON.stringify({ id })).join(',')}]`;
    expect(split(text, 64, 50)).toHaveLength(100);
  });

  it('gives back any package, in chunks of any size', () => {
    const release = fc.record({ id: fc.string({ unit: 'binary' }), nested: fc.jsonValue() });
    const value = fc.record({ version: fc.jsonValue(), releases: fc.array(release), more: fc.jsonValue() });
    fc.assert(
      fc.property(fc.array(value), fc.integer({ min: 1, max: 40 }), fc.nat(2), (values, size, indent) => {
        const entries = split(values.map((v) => JSON.stringify(v, null, indent)).join('\n'), size);
        const plain = (v: unknown) => JSON.parse(JSON.stringify(v)) as unknown;
        const expected = values.flatMap((v) => [...v.releases, { ...v, releases: [] }]).map(plain);
        expect(parsed(entries).map(([, v]) => v)).toEqual(expected);
      }),
    );
  });

  it.each([
    ['<html>', 'json-expected', 1],
    ['\n\n"text"', 'json-expected', 3],
    ['{"a":1},{"b":2}', 'json-expected', 1],
    ['null', 'json-expected', 1],
    ['{"a":\n[1}', 'json-malformed', 2],
    ['{"a":1}}', 'json-malformed', 1],
    ['{"releases":[{"a":1},\n{"a"', 'json-truncated', 2],
    ['{"a":"never closed', 'json-truncated', 1],
    ['['.repeat(100_000), 'json-too-deep', 1],
    [`{"a":"${'x'.repeat(2000)}"}`, 'json-too-large', 1],
    [`{"a":\n[{"b":"${'x'.repeat(2000)}"}]}`, 'json-too-large', 1],
    [`{"releases":\n[{"b":"${'x'.repeat(2000)}"}]}`, 'json-too-large', 2],
  ])('refuses %.30s: %s', (text, code, line) => {
    for (const size of [7, 100_000]) {
      expect(() => split(text, size, 1000)).toThrow(expect.objectContaining({ code, line }) as Error);
    }
  });
});

describe('the amount of a value', () => {
  it.each([
    [1000, '1000'],
    [1000.5, '1000.50'],
    ['1000.5', '1000.50'],
    [' 1000.00 ', '1000'],
    ['007', '7'],
    ['999999999999999.37', '999999999999999.37'],
    ['1e3', '1000'],
    ['1e16', null],
    [-1, null],
    ['much', null],
    ['', null],
    [null, null],
  ])('%p is %p', (amount, read) => {
    expect(amountOf({ amount })).toBe(read);
  });
});

describe('parseExactly', () => {
  it.each([
    ['[20261125000000012345, 1.10, 1e3, -0.50]', ['20261125000000012345', '1.10', '1e3', '-0.50']],
    ['{"a":[12,1.5,-3],"b":12345678901234567}', { a: [12, 1.5, -3], b: '12345678901234567' }],
    ['{"1e3 \\" 2.0":"12345678901234567 \\\\"}', { '1e3 " 2.0': '12345678901234567 \\' }],
  ])('keeps every digit of %s', (text, value) => {
    expect(parseExactly(text)).toEqual(value);
  });

  it.each(['[01.0]', '[1.0', '[12345678901234567 8]', '{"a":1.0.0}'])('refuses %s', (text) => {
    expect(() => parseExactly(text)).toThrow(SyntaxError);
  });
});
