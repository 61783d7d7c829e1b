import fc from 'fast-check';
import { type Column, columnChart, roundTop } from './column-chart.js';

const written = String;
const of = (...values: number[]): Column => ({
  label: null,
  title: values.join('+'),
  parts: values.map((value, i) => ({ kind: `kind-${i}`, value })),
});

it('draws a column as high as its value, from the axis up', () => {
  const { columns, base, ticks } = columnChart([of(100), of(50), of(0)], { top: 100, written });
  const [whole, half, none] = columns.map(({ parts }) => parts);
  expect(ticks.map(({ label }) => label)).toEqual(['0', '50', '100']);
  expect(whole).toEqual([{ kind: 'kind-0', y: ticks[2]?.y, height: base - (ticks[2]?.y ?? 0) }]);
  expect(half).toEqual([{ kind: 'kind-0', y: ticks[1]?.y, height: base - (ticks[1]?.y ?? 0) }]);
  expect(none).toEqual([]);
});

it('puts the parts of a column on each other, and shows one among thousands', () => {
  const { columns, base } = columnChart([of(3000, 1)], { written });
  const [lower, upper] = columns[0]?.parts ?? [];
  expect((lower?.y ?? 0) + (lower?.height ?? 0)).toBe(base);
  expect((upper?.y ?? 0) + (upper?.height ?? 0)).toBe(lower?.y);
  expect(upper?.height).toBe(1);
});

it('keeps every column within the picture and beside the others, whatever the figures are', () => {
  const anyColumns = fc.array(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 3 }), { maxLength: 62 });
  fc.assert(
    fc.property(anyColumns, (values) => {
      const chart = columnChart(
        values.map((parts) => of(...parts)),
        { written },
      );
      let end = 0;
      for (const { x, width, parts, crownY } of chart.columns) {
        expect(x).toBeGreaterThanOrEqual(end);
        expect(width).toBeGreaterThan(0);
        end = x + width;
        expect(crownY).toBeGreaterThan(0);
        for (const part of parts) expect(part.y + part.height).toBeLessThanOrEqual(chart.base + 0.1);
      }
      expect(end).toBeLessThanOrEqual(100);
    }),
  );
});

it('has a round top whose half is whole', () => {
  expect([0, 1, 2, 3, 7, 10, 11, 45, 81, 1234].map(roundTop)).toEqual([2, 2, 2, 4, 8, 10, 20, 60, 100, 2000]);
});
