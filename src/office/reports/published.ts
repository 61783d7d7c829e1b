import { reasons } from '../coverage/coverage.words.js';
import type { Report } from './report.entity.js';

/** Counts below this are joined: who knows the agency might know a person behind a single one. */
export const leastShown = 5;

export interface Cell {
  /** A reason, a promptness, or `other` for those that are joined. */
  key: string;
  count: number;
}

/** PublishedMonth is what anybody may read of a month that is over. Its cells add up to its counts. */
export interface PublishedMonth {
  month: string;
  /** Milestones that called for an alert: told + untold. Null where there were fewer than `leastShown`, as is all else then. */
  called: number | null;
  told: number;
  untold: number;
  /** Why not all were told. */
  because: Cell[];
  /** By how long after it was due each text was taken; none for months before it was counted. */
  texts: Cell[];
}

/** Returns what anybody may read of a month's report. */
export function publishedOf({ month, figures: { coverage, promptness } }: Report): PublishedMonth {
  const { called, delivered, alerted, partly, missed } = coverage;
  if (called < leastShown) return { month, called: null, told: 0, untold: 0, because: [], texts: [] };
  const because = reasons.map((reason) => ({
    key: reason,
    count: (coverage.missedBecause[reason] ?? 0) + (coverage.partlyBecause[reason] ?? 0),
  }));
  const texts = Object.entries<number>({ ...promptness }).map(([key, count]) => ({ key, count }));
  return {
    month,
    called,
    told: delivered + alerted,
    untold: partly + missed,
    because: joined(because),
    texts: joined(texts),
  };
}

/** Joins the smallest cells into `other` until no count is below the least, or one cell is left; they add up to the same. */
export function joined(cells: Cell[]): Cell[] {
  const sorted = cells.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count);
  let other = 0;
  while (sorted.length > 0 && ((sorted[0]?.count ?? 0) < leastShown || (other > 0 && other < leastShown)))
    other += sorted.shift()?.count ?? 0;
  return [...sorted.reverse(), ...(other > 0 ? [{ key: 'other', count: other }] : [])];
}
