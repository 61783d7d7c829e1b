import type { Scenario } from '../faults/bench.js';
import { runScenarios } from '../faults/main.js';
import { archiveScenario } from './archive.js';
import { composeScenario } from './compose.js';
import { poolerScenarios } from './pooler.js';
import { redisScenarios } from './redis.js';
import { rollingScenario } from './rolling.js';
import { pageOfMachines, seenPage } from './seen.js';

const usage = `Runs the service as several machines would: real servers and processes here, and a fake provider that keeps what it accepted.

  npm run test:machines                    everything; says what it skips for want of a program
  npm run test:machines -- --only compose  scenarios whose name holds the word
  npm run test:machines -- --before COMMIT the version that the rolling upgrade comes from; without it, the newest that lacked
                                           the last migration
  npm run test:machines -- --write         writes what was seen into ${pageOfMachines}
`;

const scenarios: Scenario[] = [
  composeScenario,
  ...poolerScenarios,
  rollingScenario,
  archiveScenario,
  ...redisScenarios,
];

export function main(args: string[]): Promise<void> {
  // One after another: some of them measure.
  const page = { path: pageOfMachines, write: seenPage, isAsked: true };
  return runScenarios(args, { usage, quickly: scenarios, all: scenarios, lanes: 1, page });
}
