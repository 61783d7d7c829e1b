import { readFileSync } from 'node:fs';
import type { Row } from '../faults/bench.js';

const markers = [
  '<!-- written by npm run test:machines -- --write -->',
  '<!-- end of what is written -->',
] as const;
const heading =
  '| what | how | alerts | lost | doubled | unfinished | seen | on |\n|---|---|---|---|---|---|---|---|\n';

/** The page whose table the runs write. */
export const pageOfMachines = 'docs/scaling.md';

/** Returns the page with the rows of a run in its table. What this run has not measured keeps its line and its day. */
export function seenPage(rows: Row[], { date }: { date: Date }): string {
  const page = readFileSync(pageOfMachines, 'utf8');
  const [from, to] = markers.map((marker) => page.indexOf(marker)) as [number, number];
  if (from < 0 || to < from) throw new Error(`${pageOfMachines} has lost the markers of its table`);
  const start = from + markers[0].length;
  const lines = page
    .slice(start, to)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1);
  const known = new Map(lines.map((line) => [line.split(' | ')[0], line]));
  for (const row of rows) {
    const { alerts, lost, doubled, unfinished } = row.tally;
    const seen = [row.figure, ...row.problems].join('; ');
    const day = date.toISOString().slice(0, 10);
    const cells = [row.fault, row.how, alerts, lost, doubled, unfinished, seen, day];
    known.set(`| ${row.fault}`, `| ${cells.join(' | ')} |`);
  }
  return `${page.slice(0, start)}\n${heading}${[...known.values()].join('\n')}\n${page.slice(to)}`;
}
