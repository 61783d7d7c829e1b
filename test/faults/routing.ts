import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import type { FakeRule } from '../support/fake-twilio.script.js';
import type { Bench, Row, Scenario } from './bench.js';
import { mutate, resendByTheOther } from './mutant.js';
import { must, randomBy, secondsSince } from './waiting.js';
import { copyProgram } from './workplace.js';
import type { World } from './world.js';

/** Every call goes wrong, and half of the texts are accepted all the same. */
const down: FakeRule[] = [
  { probability: 0.25, behaviour: { kind: 'server-error', status: 503, accept: true } },
  { probability: 0.34, behaviour: { kind: 'drop', accept: true } },
  { probability: 0.5, behaviour: { kind: 'drop', accept: false } },
  { behaviour: { kind: 'server-error', status: 502, accept: false } },
];

const kills = 8;
const alerts = 150;
/**
 * So many calls err within a minute before a share is taken. Beside them there is what each process had open when it was killed, a dozen
 * on a fast machine: what was cut off says nothing of the provider.
 */
const mostErrors = 50 + kills * 12;

const routes = {
  provider: 'twilio',
  beside: 'solapi',
  extra: { SMS_ROUTES: '*=twilio:100+solapi:0' },
} as const;

/** A provider goes down while the service is killed: its texts go by another, but for those whose calls are open. */
async function failsOver(bench: Bench): Promise<Row> {
  const world = await bench.world({ ...routes, receiptsTo: 'api' });
  try {
    const random = randomBy(bench.seed);
    await world.play({ rules: down, seed: bench.seed });
    await world.register('D', alerts);
    const began = performance.now();
    for (let n = 0; n < kills; n += 1) {
      const service = await world.start();
      await sleep(300 + random() * 1200);
      await service.kill();
    }
    await world.start();
    await must('all but what is open went by the other', () => isCarried(world), 90_000);
    const carried = secondsSince(began);
    await world.register('E', 40);
    await must('what is new goes by the other', () => isCarried(world), 20_000);
    const errors = await world.count(`message WHERE provider = 'twilio'`);
    await world.play({});
    const { seconds, tally } = await world.settle('D', 120);
    const later = (await world.settle('E', 60)).tally;
    const problems =
      later.lost + later.doubled + later.unfinished > 0 ? ['texts after the switch went wrong'] : [];
    const moved = await world.count(
      `attempt t JOIN message m ON m.id = t.message_id WHERE t.provider <> m.provider`,
    );
    if (moved > 0) problems.push(`${moved} attempts through another provider than their message's`);
    if (errors > mostErrors) problems.push(`${errors} texts went to the provider that was down`);
    const figure = `${errors} texts went to it, the rest by the other within ${carried.toFixed(0)} s, starts included`;
    const how = `every call errs, half of them accepted; kill -9 ${kills} times`;
    return { fault: 'a provider is down', how, tally, seconds, figure, problems };
  } finally {
    await world.end();
  }
}

/** Nothing is left to send but what waits for its own provider. */
async function isCarried(world: World): Promise<boolean> {
  const planned = await world.count(`alert WHERE status = 'planned' AND due_at <= now()`);
  const other = await world.count(`message WHERE provider = 'solapi' AND status IN ('sending', 'waiting')`);
  return planned + other === 0;
}

/** The same test has to find out a service that sends an ambiguous text by the other at once. */
async function resends(bench: Bench): Promise<Row> {
  const program = copyProgram(
    join(bench.program, 'dist'),
    join(bench.workplace.folder, 'resends'),
    bench.program,
  );
  mutate(program, resendByTheOther);
  const world = await bench.world({ ...routes, receiptsTo: 'api' });
  try {
    await world.play({ rules: down, seed: bench.seed });
    await world.register('D', 40);
    await world.start({ program });
    const { tally } = await world.settle('D', 60);
    const how = 'mutant: what is ambiguous goes by the other at once';
    const figure = tally.doubled > 0 ? 'caught by the same test' : 'not caught';
    return { fault: 'a provider is down', how, tally, seconds: null, figure, problems: [], mustDouble: true };
  } finally {
    await world.end();
  }
}

export const routingScenarios: Scenario[] = [
  { name: 'routing: fail-over', run: async (bench) => [await failsOver(bench)] },
  { name: 'routing: mutant', run: async (bench) => [await resends(bench)] },
];
