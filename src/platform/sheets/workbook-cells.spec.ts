import { dayOf, inPattern, shapeOf, shapeOfBuiltIn } from './workbook-cells.js';

describe('shapeOf', () => {
  it.each([
    ['yyyy-mm-dd', 'date'],
    ['yyyy"년" m"월" d"일"', 'date'],
    ['[$-412]yyyy"."m"."d"."', 'date'],
    ['yy\\/mm\\/dd;@', 'date'],
    ['mmm-yy', 'date'],
    ['[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', 'date'],
    ['h:mm:ss', 'number'],
    ['[h]:mm', 'number'],
    ['mm:ss.0', 'number'],
    ['General', 'number'],
    ['G/표준', 'number'],
    ['#,##0', 'number'],
    ['#,##0"원"', 'number'],
    ['0.00E+00', 'number'],
    ['[Red]#,##0', 'number'],
    ['_-* #,##0_-;\\-* #,##0_-', 'number'],
    ['"day "0', 'pattern'],
    ['0', 'number'],
    ['0.0%', 'percent'],
    ['00000', 'pattern'],
    ['000-00-00000', 'pattern'],
    ['"C-2026-"0000', 'pattern'],
    ['#,##0"천원"', 'unit'],
    ['#,##0,"천원"', 'unit'],
  ])('%s is a %s', (code, expected) => {
    expect(shapeOf(code).as).toBe(expected);
  });

  it.each([
    [14, 'date'],
    [20, 'number'],
    [22, 'date'],
    [31, 'date'],
    [32, 'number'],
    [45, 'number'],
    [57, 'date'],
    [9, 'percent'],
    [0, 'number'],
  ])('built-in %d is a %s', (id, expected) => {
    expect(shapeOfBuiltIn(id).as).toBe(expected);
  });

  it.each([
    ['00000', 123, '00123'],
    ['000-00-00000', 1234567, '000-12-34567'],
    ['0##-####-####', 1000001234, '010-0000-1234'],
    ['"C-2026-"0000', 143, 'C-2026-0143'],
    ['000', 12345, '12345'],
    ['000', -1, null],
    ['000', 1.5, null],
  ])('%s shows %d as %s', (code, value, expected) => {
    const shape = shapeOf(code);
    expect(shape.as === 'pattern' ? inPattern(value, shape.tokens) : shape.as).toBe(expected);
  });
});

describe('dayOf', () => {
  it.each([
    [46083, false, '2026-03-02'],
    [46083.99, false, '2026-03-02'],
    [44621, true, '2026-03-02'],
    [32874, false, '1990-01-01'],
    [60, false, null],
    [20260302, false, null],
    [-1, false, null],
  ])('%d since 1904: %s is %s', (serial, since1904, expected) => {
    expect(dayOf(serial, since1904)).toBe(expected);
  });
});
