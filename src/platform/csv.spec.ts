import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvFile, csvPages, csvText } from './csv.js';

const cellsOf = (line: string): string[] => parse(line, { relax_column_count: true })[0] as string[];

it.each(['=1+1', '+82', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1+1', '=cmd|"/c calc"!A1'])(
  'never lets a cell begin like a formula: %j',
  (value) => {
    expect(cellsOf(csvText([['id', value]]))).toEqual(['id', `'${value}`]);
  },
);

it('keeps what is no formula as it is, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      fc.pre(!/^['=+\-@\t\r\n＝＋－＠]/.test(value));
      expect(cellsOf(csvText([['id', value]]))).toEqual(['id', value]);
    }),
  );
});

it('writes numbers as numbers and nothing as an empty cell', () => {
  expect(csvText([[-1, null, 'a']])).toBe('-1,,a\r\n');
});

it('begins a file for Excel with a byte order mark, also one without rows', () => {
  expect(csvText([['a'], ['b']], { bom: true })).toBe('\ufeffa\r\nb\r\n');
  expect(csvText([], { bom: true })).toBe('\ufeff');
  expect(csvText([])).toBe('');
});

it('quotes what would break a row apart, and doubles quotes', () => {
  expect(csvText([['a,b', 'a"b', 'a\nb', 'a\rb', '']])).toBe('"a,b","a""b","a\nb","a\rb",\r\n');
});

it('writes a list page after page, with its headings once, also when the list is empty', async () => {
  const pages = new Map([
    [undefined, { items: [1, 2], nextCursor: 'b' }],
    ['b', { items: [3], nextCursor: null }],
  ]);
  const columns = { number: (n: number) => n, double: (n: number) => 2 * n };
  const none = { items: [], nextCursor: null };
  const written = async (all: typeof pages) => {
    let text = '';
    for await (const part of csvPages(columns, (at) => Promise.resolve(all.get(at) ?? none))) text += part;
    return text;
  };
  expect(await written(pages)).toBe('\ufeffnumber,double\r\n1,2\r\n2,4\r\n3,6\r\n');
  expect(await written(new Map())).toBe('\ufeffnumber,double\r\n');
});

it.each<[string, Parameters<typeof csvFile>[1]]>([
  ['a text', '이름\r\n가람\r\n'],
  ['parts', Readable.from(['이름\r\n', '가람\r\n'])],
  [
    'pages',
    (async function* () {
      yield await Promise.resolve('이름\r\n');
      yield '가람\r\n';
    })(),
  ],
])('answers %s as a file that is kept', async (_, content) => {
  const file = csvFile('coverage', content);
  expect(file.getHeaders()).toMatchObject({
    type: 'text/csv; charset=utf-8',
    disposition: 'attachment; filename="coverage.csv"',
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.getStream()) chunks.push(Buffer.from(chunk as Buffer));
  expect(Buffer.concat(chunks).toString()).toBe('이름\r\n가람\r\n');
});
