import { setTimeout as sleep } from 'node:timers/promises';
import type { Row, Scenario } from './bench.js';
import { must } from './waiting.js';
import { timing, type World } from './world.js';

const rounds = 3;
const alerts = 30;

/**
 * A worker stands still past its lease with attempts committed and not yet called; another settles them and sends.
 * Woken, the first must not call any more.
 */
export const freezeScenario: Scenario = {
  name: 'freeze',
  run: async (bench) => {
    // Slowly, so that there is always something committed whose turn to be called has not come.
    const world = await bench.world({ extra: { SMS_RATE: '12', SMS_CONCURRENCY: '30' }, receiptsTo: 'api' });
    try {
      return [await freeze(world)];
    } finally {
      await world.end();
    }
  },
};

async function freeze(world: World): Promise<Row> {
  const problems: string[] = [];
  let frozen = 0;
  let since = performance.now();
  const first = await world.start({ role: 'worker', name: 'first' });
  const { id } = await world.api.must<{ id: string }>('GET', '/instance');
  const second = await world.start({ role: 'worker', name: 'second', extra: { CHORONG_INSTANCE: id } });
  second.signal('SIGSTOP');
  for (let round = 0; round < rounds; round += 1) {
    first.signal('SIGSTOP');
    await world.register(`Z${round}`, alerts);
    first.signal('SIGCONT');
    await must('attempts wait for their turn', () => waitingForTheirTurn(world), 30_000);
    first.signal('SIGSTOP');
    const opened = await world.query<{ id: string }>(`SELECT id FROM attempt WHERE status = 'open'`);
    frozen += opened.length;
    second.signal('SIGCONT');
    const { tally } = await world.settle(`Z${round}`, 60);
    if (tally.unfinished > 0)
      problems.push(`round ${round}: ${tally.unfinished} not settled by the second worker`);
    const wokenAt = Date.now();
    since = performance.now();
    second.signal('SIGSTOP');
    first.signal('SIGCONT');
    await sleep(timing.timeoutMs + 2500);
    const late = await sentAfter(
      world,
      wokenAt,
      opened.map((attempt) => attempt.id),
    );
    if (late > 0) problems.push(`round ${round}: ${late} sent after waking`);
  }
  second.signal('SIGCONT');
  const { seconds, tally } = await world.settle('Z', 60, since);
  const figure = `${rounds} freezes, ${frozen} attempts open in them, ${problems.length === 0 ? 'none' : 'some'} sent after waking`;
  return {
    fault: 'worker frozen past its lease',
    how: 'SIGSTOP, second worker, SIGCONT',
    tally,
    seconds,
    figure,
    problems,
  };
}

async function waitingForTheirTurn(world: World): Promise<boolean> {
  return (await world.count(`attempt WHERE status = 'open'`)) >= 5;
}

async function sentAfter(world: World, moment: number, attempts: string[]): Promise<number> {
  const { messages } = await world.fake.received();
  return messages.filter(
    (text) => text.createdAt >= moment && attempts.some((id) => text.statusCallback?.endsWith(id)),
  ).length;
}
