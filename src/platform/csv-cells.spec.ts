import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine } from './csv-cells.js';

const cellsOf = (line: string): string[] => parse(line, { relax_column_count: true })[0] as string[];

it.each(['=1+1', '+82', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1+1', '=cmd|"/c calc"!A1'])(
  'never lets a cell begin like a formula: %j',
  (value) => {
    expect(cellsOf(csvLine(['id', value]))).toEqual(['id', `'${value}`]);
  },
);

it('keeps what is no formula as it is, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      fc.pre(!/^['=+\-@\t\r\n＝＋－＠]/.test(value));
      expect(cellsOf(csvLine(['id', value]))).toEqual(['id', value]);
    }),
  );
});

it('writes numbers as numbers and nothing as an empty cell', () => {
  expect(csvLine([-1, null, 'a'])).toBe('-1,,a\r\n');
});
