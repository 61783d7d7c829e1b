import { outcomes, reasons, type Outcome, type Reason } from './coverage-rules.js';

export const dimensions = ['department', 'kind', 'officer', 'month'] as const;
export type Dimension = (typeof dimensions)[number];

/** A value by which milestones are told apart; of what was not asked for there is none. `officer` null: nobody is named. */
export type CellKey = Partial<Record<Dimension, string | null>>;

/** Milestones of one key, outcome and reason, as the database counts them. */
export interface Counted {
  key: CellKey;
  outcome: Outcome | 'to-come';
  reason: Reason | null;
  count: number;
  /** How many of them were told by the neutral wording. */
  neutral: number;
}

export interface Figures {
  called: number;
  delivered: number;
  alerted: number;
  partly: number;
  missed: number;
  neutral: number;
  toCome: number;
  /** (delivered + alerted) / called, to four places; null while nothing was called for. */
  share: number | null;
  /** Why some or all were not told; each adds up to its outcome. */
  partlyBecause: Partial<Record<Reason, number>>;
  missedBecause: Partial<Record<Reason, number>>;
}

export interface Cell {
  key: CellKey;
  figures: Figures;
}

/** `above` gives of a department itself and those above it: each of them counts what it counts. */
export function cellsOf(
  counted: Counted[],
  above: (departmentId: string) => string[] = (id) => [id],
): Cell[] {
  const cells = new Map<string, Cell>();
  for (const one of counted) {
    for (const key of keysOf(one.key, above)) {
      const name = nameOf(key);
      const cell = cells.get(name) ?? { key, figures: noFigures() };
      add(cell.figures, one);
      cells.set(name, cell);
    }
  }
  return [...cells.values()].sort((a, b) => compare(nameOf(a.key), nameOf(b.key)));
}

export function totalOf(counted: Counted[]): Figures {
  const figures = noFigures();
  for (const one of counted) add(figures, one);
  return figures;
}

function keysOf(key: CellKey, above: (departmentId: string) => string[]): CellKey[] {
  const { department } = key;
  return typeof department === 'string' ? above(department).map((id) => ({ ...key, department: id })) : [key];
}

function nameOf(key: CellKey): string {
  return dimensions.map((dimension) => key[dimension] ?? '').join(' ');
}

function noFigures(): Figures {
  return {
    called: 0,
    delivered: 0,
    alerted: 0,
    partly: 0,
    missed: 0,
    neutral: 0,
    toCome: 0,
    share: null,
    partlyBecause: {},
    missedBecause: {},
  };
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
  const because = outcome === 'partly' ? figures.partlyBecause : figures.missedBecause;
  if (reason !== null && (outcome === 'partly' || outcome === 'missed'))
    because[reason] = (because[reason] ?? 0) + count;
}

/** The figures of a cell as columns of a file, in their order. */
export function figureColumns(): string[] {
  const because = (outcome: string) => reasons.map((reason) => `${outcome}_${reason}`.replaceAll('-', '_'));
  return ['called', ...outcomes, 'neutral', 'to_come', 'share', ...because('partly'), ...because('missed')];
}

export function figureCells(figures: Figures): (number | null)[] {
  return [
    figures.called,
    ...outcomes.map((outcome) => figures[outcome]),
    figures.neutral,
    figures.toCome,
    figures.share,
    ...reasons.map((reason) => figures.partlyBecause[reason] ?? 0),
    ...reasons.map((reason) => figures.missedBecause[reason] ?? 0),
  ];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
