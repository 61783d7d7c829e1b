import type { Columns } from '../../platform/sheets/table-file.js';
import { type Dimension, dimensions, type Figures, type StatisticsRow } from './coverage.schema.js';
import { type Outcome, outcomes, type Reason, reasons } from './coverage.words.js';

/** The values that milestones of one cell share, by what was asked for. A null `officer`: the contract names nobody. */
export type CellKey = Partial<Record<Dimension, string | null>>;

/** Milestones of one key, outcome and reason, as the database counts them. */
export interface Counted {
  key: CellKey;
  outcome: Outcome | 'to-come';
  reason: Reason | null;
  count: number;
  /** How many of them were notified by the neutral wording. */
  neutral: number;
}

export interface Cell {
  key: CellKey;
  figures: Figures;
}

/** Adds up cells. `above` returns a department and those above it, all of which count what the department counts. */
export function cellsOf(
  counted: Counted[],
  above: (departmentId: string) => string[] = (id) => [id],
): Cell[] {
  const cells = new Map<string, Cell>();
  for (const one of counted) {
    for (const key of keysOf(one.key, above)) {
      const name = dimensions.map((dimension) => key[dimension] ?? '').join(' ');
      const cell = cells.get(name) ?? { key, figures: noFigures() };
      add(cell.figures, one);
      cells.set(name, cell);
    }
  }
  return [...cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}

export function totalOf(counted: Counted[]): Figures {
  const figures = noFigures();
  for (const one of counted) add(figures, one);
  return figures;
}

/** A row of a file of figures; the total is of no key. */
export type CountedRow = StatisticsRow & { isTotal?: true };

/** Returns the columns of a file of figures, in their order: the keys, and what was counted under them. */
export function figuresTable(
  groupBy: readonly Dimension[],
  keyOf: (row: CountedRow, dimension: Dimension) => string,
  total: string,
): Columns<CountedRow> {
  const keys = groupBy.map((dimension, i) => [
    dimension,
    (row: CountedRow) => (row.isTotal ? (i === 0 ? total : '') : keyOf(row, dimension)),
  ]);
  const figures = Object.keys(figureColumns(noFigures())).map((name) => [
    name,
    (row: CountedRow) => figureColumns(row.figures)[name] ?? null,
  ]);
  return Object.fromEntries([...keys, ...figures]) as Columns<CountedRow>;
}

/** Writes figures as the columns of a file, in their order. */
export function figureColumns(figures: Figures): Record<string, number | null> {
  const because = (outcome: 'partly' | 'missed') =>
    reasons.map((reason) => [
      `${outcome}_${reason}`.replaceAll('-', '_'),
      figures[`${outcome}Because`][reason] ?? 0,
    ]);
  return Object.fromEntries([
    ['called', figures.called],
    ...outcomes.map((outcome) => [outcome, figures[outcome]]),
    ['neutral', figures.neutral],
    ['to_come', figures.toCome],
    ['share', figures.share],
    ...because('partly'),
    ...because('missed'),
  ]) as Record<string, number | null>;
}

function keysOf(key: CellKey, above: (departmentId: string) => string[]): CellKey[] {
  const { department } = key;
  return typeof department === 'string' ? above(department).map((id) => ({ ...key, department: id })) : [key];
}

export function noFigures(): Figures {
  const counts = { called: 0, delivered: 0, alerted: 0, partly: 0, missed: 0, neutral: 0, toCome: 0 };
  return { ...counts, share: null, partlyBecause: {}, missedBecause: {} };
}

function add(figures: Figures, { outcome, reason, count, neutral }: Counted): void {
  if (outcome === 'to-come') {
    figures.toCome += count;
    return;
  }
  figures.called += count;
  figures[outcome] += count;
  figures.neutral += neutral;
  figures.share = Math.round(((figures.delivered + figures.alerted) / figures.called) * 10_000) / 10_000;
  if (reason === null || (outcome !== 'partly' && outcome !== 'missed')) return;
  const because = figures[`${outcome}Because`];
  because[reason] = (because[reason] ?? 0) + count;
}
