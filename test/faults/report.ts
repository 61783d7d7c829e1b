import type { Row } from './bench.js';

const headings = ['fault', 'how', 'alerts', 'lost', 'doubled', 'unfinished', 'seconds', 'figure'];

/** A Markdown table that a terminal shows in columns, too. */
export function table(rows: Row[], { heading = true } = {}): string {
  const cells = rows.map(({ fault, how, tally, seconds, figure, problems }) => [
    fault,
    how,
    String(tally.alerts),
    String(tally.lost),
    String(tally.doubled),
    String(tally.unfinished),
    seconds === null ? '–' : seconds.toFixed(1),
    [figure, ...(tally.strays > 0 ? [`${tally.strays} texts unknown`] : []), ...problems].join('; '),
  ]);
  const lines = heading ? [headings, headings.map(() => '-'), ...cells] : cells;
  const widths = headings.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0), 3));
  return lines
    .map(
      (line) =>
        `| ${line.map((cell, i) => (cell === '-' ? '-'.repeat(widths[i] ?? 3) : cell.padEnd(widths[i] ?? 0))).join(' | ')} |`,
    )
    .join('\n');
}

export function summary(rows: Row[]): string {
  const real = rows.filter((row) => !row.mustDouble);
  const sum = (of: 'lost' | 'doubled' | 'unfinished') => real.reduce((n, row) => n + row.tally[of], 0);
  const mutants = rows
    .filter((row) => row.mustDouble)
    .map((row) => `mutant: ${row.how}: doubled ${row.tally.doubled} (expected > 0)`);
  return [...mutants, `lost ${sum('lost')}, doubled ${sum('doubled')}, unfinished ${sum('unfinished')}`].join(
    '\n',
  );
}

/** Whether the run passed. */
export function verdict(rows: Row[]): boolean {
  return rows.every(({ tally, problems, mustDouble }) =>
    mustDouble
      ? tally.doubled > 0
      : tally.lost + tally.doubled + tally.unfinished + tally.strays + problems.length === 0,
  );
}
