import { cpus } from 'node:os';
import type { WireName } from '../support/fake-wires.js';
import type { Row } from './bench.js';
import { timing } from './world.js';

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

/** The last line is the result; before it stands what else went otherwise than expected. */
export function summary(rows: Row[]): string {
  const real = rows.filter((row) => !row.mustDouble);
  const sum = (of: 'lost' | 'doubled' | 'unfinished') => real.reduce((n, row) => n + row.tally[of], 0);
  const failures = rows
    .filter((row) => !isAsExpected(row))
    .map((row) => `FAILED: ${row.fault} (${row.how}) ${row.problems.join('; ')}`.trimEnd());
  const mutants = rows
    .filter((row) => row.mustDouble)
    .map((row) => `${row.fault}: ${row.how}: doubled ${row.tally.doubled} (expected > 0)`);
  const counts = `lost ${sum('lost')}, doubled ${sum('doubled')}, unfinished ${sum('unfinished')}`;
  return [...failures, ...mutants, counts].join('\n');
}

export function passed(rows: Row[]): boolean {
  return rows.length > 0 && rows.every(isAsExpected);
}

function isAsExpected({ tally, problems, mustDouble }: Row): boolean {
  if (mustDouble) return tally.doubled > 0 && problems.length === 0;
  const { lost, doubled, unfinished, strays } = tally;
  return lost + doubled + unfinished + strays + problems.length === 0;
}

/** What docs/faults.md says, and the pages of other providers' fakes. */
export function page(
  rows: Row[],
  { seconds, seed, date, provider }: { seconds: number; seed: string; date: Date; provider: WireName },
): string {
  const command = `npm run test:faults${provider === 'twilio' ? '' : ` -- --provider ${provider}`}`;
  return `# Faults, and what came of them: ${provider}

Written by \`${command}\` on ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC, in ${seconds.toFixed(0)} s on ${cpus().length} processors
with Node ${process.version} (seed ${seed}). Do not edit: run it again.

Real processes throughout: the built service, its embedded PostgreSQL, and a fake provider that keeps what it accepted
whatever the service believes. Leases (${timing.leaseSeconds} s), time-outs (${timing.timeoutMs / 1000} s) and the grace (${timing.graceSeconds} s) are short; the relations between them are the
default ones. *Lost*: an alert that should have been sent, and of which the provider holds no text. *Doubled*: texts of an
alert beyond its first. *Unfinished*: not settled within the time limit. *Seconds*: from the end of the fault, or the start of
the service after it, until everything was settled.

${table(rows)}

\`\`\`
${summary(rows)}
\`\`\`
`;
}
