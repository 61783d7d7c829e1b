import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench, startServer } from '../faults/bench.js';
import { secondsSince } from '../faults/waiting.js';
import { copyProgram, Workplace } from '../faults/workplace.js';
import { type FloodRow, measureFloods } from './floods.js';
import { type Outage, type OutageRow, outages } from './outages.js';

const usage = `Takes away what the built service stands on, and floods it, while texts are under way; says what everybody was answered.

  npm run test:outage                     everything; writes docs/outages.md
  npm run test:outage -- --only redis     outages whose name holds the word, or "flood"
`;

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { only: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return void process.stdout.write(usage);
  const began = performance.now();
  const isChosen = (name: string) => name.toLowerCase().includes((values.only ?? '').toLowerCase());
  const workplace = new Workplace();
  try {
    const root = process.cwd();
    const program = copyProgram(resolve(root, 'dist'), join(workplace.folder, 'program'), root);
    const server = await startServer(workplace, program, 'shared');
    const bench = new Bench(workplace, program, program, server, false, 1);
    const rows: OutageRow[] = [];
    for (const outage of outages.filter(({ name }) => isChosen(name))) {
      const row = await outage.run(bench).catch(notRun(outage));
      if (row) rows.push(row);
      if (row) process.stdout.write(`${outageTable([row])}\n\n`);
    }
    const floods = isChosen('flood') ? await measureFloods(bench) : { rows: [], problems: [] };
    if (workplace.isLeft) return;
    const said = `${outageTable(rows)}\n\n${floodTable(floods.rows)}\n\n${summary(rows, floods.problems)}`;
    process.stdout.write(`${said}\n(${secondsSince(began).toFixed(0)} s)\n`);
    if (values.only === undefined) writeFileSync('docs/outages.md', page(said, secondsSince(began)));
    process.exitCode = failures(rows, floods.problems).length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await workplace.leave();
  }
  process.exit();
}

/** An outage that could not be tried is a line of the table, and the others go on. */
function notRun({ name }: Outage): (error: unknown) => OutageRow {
  return (error) => {
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
    const [problem = ''] = String(error).split('\n');
    return { outage: name, seen: {}, flood: '', back: null, tally: null, problems: [problem] };
  };
}

function table(headings: string[], rows: string[][]): string {
  return [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const probes = [
  'API',
  'API, writing',
  'pages',
  'public pages',
  'API ready',
  'worker ready',
  'API live',
  'worker live',
];

function outageTable(rows: OutageRow[]): string {
  return table(
    ['outage', ...probes, 'strangers', 'back after', 'alerts', 'lost', 'doubled', 'unfinished'],
    rows.map(({ outage, seen, flood, back, tally }) => [
      outage,
      ...probes.map((probe) => seen[probe] ?? '–'),
      flood,
      back === null ? '–' : `${back.toFixed(1)} s`,
      ...(['alerts', 'lost', 'doubled', 'unfinished'] as const).map((of) => String(tally?.[of] ?? '–')),
    ]),
  );
}

function floodTable(rows: FloodRow[]): string {
  const ms = ({ half, most }: { half: number; most: number }) => `${half.toFixed(0)} / ${most.toFixed(0)}`;
  return table(
    [
      'load',
      'texts',
      'late, ms (half / p99)',
      'page of a person, ms (half / p99)',
      'memory, MB',
      'strangers',
    ],
    rows.map((row) => [
      row.load,
      String(row.texts),
      ms(row.lateMs),
      ms(row.pageMs),
      row.memoryMb.toFixed(0),
      row.flood,
    ]),
  );
}

function failures(rows: OutageRow[], ofFloods: string[]): string[] {
  return [
    ...rows.flatMap(({ outage, tally, problems }) => [
      ...problems.map((problem) => `${outage}: ${problem}`),
      ...(tally && tally.lost + tally.doubled + tally.unfinished + tally.strays > 0
        ? [`${outage}: lost ${tally.lost}, doubled ${tally.doubled}, unfinished ${tally.unfinished}`]
        : []),
    ]),
    ...ofFloods.map((problem) => `flood: ${problem}`),
  ];
}

function summary(rows: OutageRow[], ofFloods: string[]): string {
  const failed = failures(rows, ofFloods);
  return failed.length === 0
    ? 'Everything was answered by 200 or by a 503 in words; nothing was lost or doubled.'
    : failed.map((failure) => `FAILED: ${failure}`).join('\n');
}

function page(said: string, seconds: number): string {
  return `# Outages and floods, and what everybody was answered

Written by \`npm run test:outage\` on ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, in ${seconds.toFixed(0)} s on ${cpus().length} processors with Node ${process.version}. Do not
edit: run it again.

Real processes throughout: an API with the pages, a worker, PostgreSQL, and a fake provider. Texts are under way when each outage
begins, contracts are registered while it lasts, and strangers flood the public pages. The columns say what was answered meanwhile, each
asked five times a second; *back after*: from the end of the outage until all answered 200. For the floods, one process does everything;
*late* is the time from the answer to the registration until the provider had the text.

${said}
`;
}
