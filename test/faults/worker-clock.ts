import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Bench, Row, Scenario } from './bench.js';

const alerts = 20;
const shiftedClock = fileURLToPath(new URL('./shifted-clock.mjs', import.meta.url));

/** A worker whose clock is wrong, and alerts of which half are due now, and half in thirty minutes. */
export const workerClockScenarios: Scenario[] = [
  { how: 'control: it is right', aheadSeconds: 0, figure: 'all sent, none early' },
  { how: 'an hour fast', aheadSeconds: 3600, figure: 'all sent, none early' },
].map(({ how, aheadSeconds, figure }) => ({
  name: `worker-clock: ${how}`,
  run: async (bench) => [await shifted(bench, how, aheadSeconds, figure)],
}));

async function shifted(bench: Bench, how: string, aheadSeconds: number, figure: string): Promise<Row> {
  const world = await bench.world({ receiptsTo: 'api' });
  try {
    await world.register('N', alerts);
    await world.query(
      `UPDATE alert SET due_at = clock_timestamp() + interval '30 minutes'
       WHERE id IN (SELECT id FROM alert WHERE status = 'planned' ORDER BY id LIMIT $1)`,
      [alerts / 2],
    );
    await world.start({
      role: 'worker',
      extra: { NODE_OPTIONS: `--import ${shiftedClock}`, CLOCK_AHEAD_SECONDS: String(aheadSeconds) },
    });
    await sleep(5000);
    const early = await world.count(
      `message m JOIN alert a ON a.message_id = m.id WHERE a.due_at > clock_timestamp()`,
    );
    await world.query(`UPDATE alert SET due_at = clock_timestamp() WHERE status = 'planned'`);
    const { seconds, tally } = await world.settle('N', 30);
    const problems = early > 0 ? [`${early} of ${alerts / 2} sent early`] : [];
    return { fault: "a worker's clock is wrong", how, tally, seconds, figure, problems };
  } finally {
    await world.end();
  }
}
