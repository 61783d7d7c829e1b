import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench, type Row, type Scenario, startServer } from './bench.js';
import { databaseScenario } from './database.js';
import { failpointScenarios } from './failpoints.js';
import { freezeScenario } from './freeze.js';
import { killsScenario, mutantScenario } from './kills.js';
import { mutate } from './mutant.js';
import { queueScenario } from './queue.js';
import { raceScenario } from './race.js';
import { summary, table, verdict } from './report.js';
import { restoreScenarios } from './restore.js';
import { secondsSince } from './waiting.js';
import { copyProgram, Workplace } from './workplace.js';

const scenarios: Scenario[] = [
  killsScenario,
  ...restoreScenarios,
  queueScenario,
  databaseScenario,
  freezeScenario,
  raceScenario,
  ...failpointScenarios,
  mutantScenario,
];
const lanes = 2;

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      dist: { type: 'string', default: 'dist' },
    },
  });
  const began = performance.now();
  const workplace = new Workplace();
  try {
    const bench = await prepare(workplace, values);
    const chosen = scenarios.filter(({ name }) => !values.only || name.includes(values.only));
    const rows = await runAll(chosen, bench);
    const text = `${table(rows)}\n\n${summary(rows)}`;
    process.stdout.write(`\n${text}\n(${secondsSince(began).toFixed(0)} s, seed ${values.seed})\n`);
    process.exitCode = verdict(rows) ? 0 : 1;
  } finally {
    await workplace.leave();
  }
  process.exit();
}

async function prepare(
  workplace: Workplace,
  values: { quick: boolean; seed: string; dist: string },
): Promise<Bench> {
  const root = process.cwd();
  const copy = (name: string) => copyProgram(resolve(root, values.dist), join(workplace.folder, name), root);
  const program = copy('program');
  const mutant = copy('mutant');
  mutate(mutant);
  const server = await startServer(workplace, program, 'shared');
  return new Bench(workplace, program, mutant, server, values.quick, Number(values.seed));
}

async function runAll(chosen: Scenario[], bench: Bench): Promise<Row[]> {
  const results = new Map<Scenario, Row[]>();
  const left = [...chosen];
  const lane = async () => {
    for (let scenario = left.shift(); scenario; scenario = left.shift()) {
      const rows = await scenario.run(bench);
      results.set(scenario, rows);
      process.stdout.write(`${table(rows, { heading: false })}\n`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return chosen.flatMap((scenario) => results.get(scenario) ?? []);
}
