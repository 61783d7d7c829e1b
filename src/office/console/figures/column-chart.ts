/** Column is what stands over one place of the axis: parts on top of each other, the first at the bottom. */
export interface Column {
  /** Under the axis; null where there is no room for one. */
  label: string | null;
  /** What a pointer on the column is told. */
  title: string;
  parts: { kind: string; value: number }[];
  /** What stands over the column. */
  crown?: string | null;
}

interface Scale {
  /** The value at the upper edge; without it, a round one above the highest column. */
  top?: number;
  written: (value: number) => string;
}

/** The drawing in its own units; it leaves room for the axis' figures on the left, for labels below and for figures above. */
const [width, height] = [720, 220];
const [left, right, above, below] = [44, 8, 20, 26];

/**
 * Draws columns beside each other, in units of the view box, as templates/console/partials/columnChart.hbs writes them. A part that
 * is not nothing is a unit high at least, so that one failure among thousands is seen.
 */
export function columnChart(columns: Column[], { top: wanted, written }: Scale) {
  const sums = columns.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const top = wanted ?? roundTop(Math.max(0, ...sums));
  const base = height - below;
  const room = base - above;
  const step = (width - left - right) / Math.max(columns.length, 1);
  const gap = Math.min(step * 0.25, 8);
  return {
    width,
    height,
    left,
    base,
    end: width - right,
    ticks: [0, top / 2, top].map((value) => ({
      y: rounded(base - (value / top) * room),
      label: written(value),
    })),
    columns: columns.map(({ label, title, parts, crown = null }, i) => {
      let y = base;
      const drawn = parts
        .filter(({ value }) => value > 0)
        .map(({ kind, value }) => {
          // Measured between rounded edges, so that a part ends just where the next begins.
          const bottom = rounded(y);
          y -= Math.max(1, (value / top) * room);
          return { kind, y: rounded(y), height: rounded(bottom - rounded(y)) };
        });
      const x = left + i * step;
      return {
        ...{ title, label, crown, parts: drawn },
        x: rounded(x + gap / 2),
        width: rounded(step - gap),
        middle: rounded(x + step / 2),
        crownY: rounded(y - 5),
      };
    }),
  };
}

/** Returns the lowest of 2, 4, 6, 8, 10, 20, 40 and so on that is no lower than the highest: its half is a whole number too. */
export function roundTop(highest: number): number {
  for (let unit = 1; ; unit *= 10)
    for (const times of [2, 4, 6, 8, 10]) if (times * unit >= highest) return times * unit;
}

const rounded = (value: number) => Math.round(value * 10) / 10;
