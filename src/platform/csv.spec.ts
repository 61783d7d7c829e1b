import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvText } from './csv.js';

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
