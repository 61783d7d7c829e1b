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

/** Heights are in pixels; the drawing leaves room for figures above the columns and for labels below. */
const height = 220;
const [above, below] = [20, 26];

/** A column takes this much of its place at most, so that it stands apart from the next. */
const filled = 0.75;

/**
 * Draws columns beside each other, as templates/console/partials/columnChart.hbs writes them: across in percent of the width,
 * whatever that is, and down in pixels, so that words keep their size on a phone. A part that is not nothing is a pixel high
 * at least, so that one failure among thousands is seen.
 */
export function columnChart(columns: Column[], { top: wanted, written }: Scale) {
  const sums = columns.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const top = wanted ?? roundTop(Math.max(0, ...sums));
  const base = height - below;
  const room = base - above;
  const step = 100 / Math.max(columns.length, 1);
  const labelled = columns.flatMap(({ label }, i) => (label === null ? [] : [i]));
  return {
    height,
    base,
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
      return {
        title,
        label,
        crown,
        parts: drawn,
        // Every second label gives way where there is little room; the last one stays.
        givesWay: (labelled.length - labelled.indexOf(i)) % 2 === 0,
        x: rounded((i + (1 - filled) / 2) * step),
        width: rounded(step * filled),
        middle: rounded((i + 0.5) * step),
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

const rounded = (value: number) => Math.round(value * 100) / 100;
