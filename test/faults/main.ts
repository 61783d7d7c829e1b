import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type WireName, wires } from '../support/fake-wires.js';
import { absenceScenarios } from './absence.js';
import { Bench, type Row, type Scenario, startServer } from './bench.js';
import { brakeScenarios } from './brake.js';
import { clockScenarios } from './clock.js';
import { copyScenarios } from './copies.js';
import { darkScenarios } from './dark.js';
import { databaseScenario } from './database.js';
import { deployScenario } from './deploy.js';
import { failoverScenarios } from './failover.js';
import { failpointScenarios } from './failpoints.js';
import { feedScenario } from './feed.js';
import { freezeScenario } from './freeze.js';
import { hangingListScenarios } from './hanging-list.js';
import { killsScenario, mutantScenario, oneKillScenario } from './kills.js';
import { mutate } from './mutant.js';
import { proposalsScenario } from './proposals.js';
import { queueScenario } from './queue.js';
import { raceScenario } from './race.js';
import { page, passed, summary, table } from './report.js';
import { restoreScenarios } from './restore.js';
import { routingScenarios } from './routing.js';
import { redisStallScenarios } from './stalls.js';
import { rushScenarios } from './rush.js';
import { soakScenario } from './soak.js';
import { twoPhaseScenarios } from './two-phase.js';
import { secondsSince } from './waiting.js';
import { workerClockScenarios } from './worker-clock.js';
import { copyProgram, Workplace } from './workplace.js';

/** The longest first, so that none is left to run alone at the end. */
const quickly: Scenario[] = [killsScenario, ...failpointScenarios];
const all: Scenario[] = [
  killsScenario,
  oneKillScenario,
  proposalsScenario,
  feedScenario,
  freezeScenario,
  mutantScenario,
  ...darkScenarios,
  ...hangingListScenarios,
  ...workerClockScenarios,
  ...restoreScenarios,
  ...copyScenarios,
  ...clockScenarios,
  ...rushScenarios,
  ...brakeScenarios,
  ...failoverScenarios,
  ...routingScenarios,
  queueScenario,
  ...redisStallScenarios,
  ...absenceScenarios,
  ...twoPhaseScenarios,
  databaseScenario,
  raceScenario,
  deployScenario,
  ...failpointScenarios,
];

/** Scenarios run side by side: most of a scenario is waiting for leases to run out. */
const lanes = 3;

const usage = `Kills, freezes and cuts off the built service while it sends to a fake provider, and counts what was lost or doubled.

  npm run test:faults                     everything; writes docs/faults.md, or docs/faults-NAME.md for another provider
  npm run test:faults -- --quick          the failpoints and ten random kills
  npm run test:faults -- --only freeze    scenarios whose name holds the word
  npm run test:faults -- --soak 30        all of it at random, for so many minutes
  npm run test:faults -- --seed 7         the random choices of an earlier run
  npm run test:faults -- --provider NAME  through a fake of twilio, solapi, solapi-groups or gateway
`;

export function main(args: string[]): Promise<void> {
  return runScenarios(args, { usage, quickly, all, page: { path: 'docs/faults', write: page } });
}

/** Runs chosen scenarios in lanes, prints a line for each and the counts at the end, and writes the page of a whole run. */
export async function runScenarios(
  args: string[],
  set: {
    usage: string;
    quickly: Scenario[];
    all: Scenario[];
    lanes?: number;
    /** `path` is without its ending. `isAsked`: the page is written when `--write` asks for it, and not by each whole run. */
    page?: { path: string; write: typeof page; isAsked?: boolean };
  },
): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      soak: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      provider: { type: 'string', default: 'twilio' },
      dist: { type: 'string', default: 'dist' },
      before: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(set.usage);
  if (!isWire(values.provider)) throw new Error(`there is no fake of ${values.provider}`);
  const began = performance.now();
  const known = values.quick ? set.quickly : set.all;
  const chosen =
    values.soak === undefined
      ? known.filter(({ name }) => name.includes(values.only ?? ''))
      : [soakScenario(Number(values.soak))];
  const workplace = new Workplace(values.provider);
  try {
    const rows = await runAll(chosen, await prepare(workplace, values), set.lanes ?? lanes);
    // Interrupted: the clean-up is under way, and ends the process.
    if (workplace.isLeft) return;
    const { seed, provider } = values;
    const run = { seconds: secondsSince(began), seed, date: new Date(), provider };
    process.stdout.write(
      `\n${table(rows)}\n\n(${run.seconds.toFixed(0)} s, seed ${run.seed})\n${summary(rows)}\n`,
    );
    const isWhole = !values.quick && values.only === undefined && values.soak === undefined;
    if (set.page && (set.page.isAsked ? values.write : isWhole))
      writeFileSync(
        `${set.page.path}${provider === 'twilio' ? '' : `-${provider}`}.md`,
        set.page.write(rows, run),
      );
    process.exitCode = passed(rows) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await workplace.leave();
  }
  process.exit();
}

function isWire(name: string): name is WireName {
  return Object.hasOwn(wires, name);
}

async function prepare(
  workplace: Workplace,
  values: { quick: boolean; seed: string; dist: string; before?: string | undefined },
): Promise<Bench> {
  const root = process.cwd();
  const copy = (name: string) => copyProgram(resolve(root, values.dist), join(workplace.folder, name), root);
  const program = copy('program');
  const mutant = copy('mutant');
  mutate(mutant);
  const server = await startServer(workplace, program, 'shared');
  return new Bench(workplace, program, mutant, server, values.quick, Number(values.seed), values.before);
}

async function runAll(chosen: Scenario[], bench: Bench, lanes: number): Promise<Row[]> {
  const results = new Map<Scenario, Row[]>();
  const left = [...chosen];
  const lane = async () => {
    for (let scenario = left.shift(); scenario && !bench.workplace.isLeft; scenario = left.shift()) {
      const rows = await scenario.run(bench).catch(notRun(scenario, bench));
      results.set(scenario, rows);
      if (rows.length > 0) process.stdout.write(`${table(rows, { heading: false })}\n`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return chosen.flatMap((scenario) => results.get(scenario) ?? []);
}

/** A scenario that breaks is a line of the table, and the others go on. */
function notRun({ name }: Scenario, { workplace }: Bench): (error: unknown) => Row[] {
  return (error) => {
    if (workplace.isLeft) return [];
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
    const tally = { alerts: 0, texts: 0, lost: 0, doubled: 0, unfinished: 0, strays: 0 };
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return [{ fault: name, how: '', tally, seconds: null, figure: 'could not be run', problems: [problem] }];
  };
}
