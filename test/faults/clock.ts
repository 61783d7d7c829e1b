import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from './bench.js';
import { faulty } from './kills.js';
import { must } from './waiting.js';
import type { World } from './world.js';

const alerts = 60;

const variants: { how: string; jumpsByHours: number[]; figure: string }[] = [
  { how: 'control: it does not', jumpsByHours: [], figure: 'all sent' },
  { how: 'an hour back', jumpsByHours: [-1], figure: 'what waits is brought back' },
  { how: 'an hour forth, and back after 2 s', jumpsByHours: [1, -1], figure: 'what waits is brought back' },
];

/**
 * The clock of the database is set forth or back. It is the database's alone that leases, waits and paces are kept by, so
 * that moving all times that it has written the other way comes to the same.
 */
export const clockScenarios: Scenario[] = variants.map(({ how, jumpsByHours, figure }) => ({
  name: `clock: ${how}`,
  run: async (bench) => {
    const world = await bench.world({ extra: { SMS_RATE: '20' } });
    try {
      await world.start();
      await world.play({ rules: faulty, seed: bench.seed, latencyMs: 100 });
      await world.register('J', alerts);
      await must(
        'some wait and some are under way',
        async () => (await world.count(`attempt WHERE status IN ('open', 'ambiguous')`)) > 0,
        10_000,
      );
      for (const hours of jumpsByHours) {
        await jump(world, hours);
        await sleep(2000);
      }
      const since = performance.now();
      await world.play({});
      const { seconds, tally } = await world.settle('J', 60, since);
      return [{ fault: "the database's clock jumps", how, tally, seconds, figure, problems: [] }];
    } finally {
      await world.end();
    }
  },
}));

const written: Record<string, string[]> = {
  attempt: ['opened_at', 'lease_until', 'check_at', 'settled_at'],
  message: ['next_attempt_at', 'poll_at', 'frozen_at', 'final_at'],
  alert: ['retry_at', 'updated_at'],
  pace: ['next_at'],
  instance: ['active_at', 'failing_at'],
};

async function jump(world: World, hours: number): Promise<void> {
  for (const [table, columns] of Object.entries(written)) {
    const moved = columns.map((column) => `${column} = ${column} - $1 * interval '1 hour'`);
    const move = () => world.query(`UPDATE ${table} SET ${moved.join(', ')}`, [hours]);
    // It may get into the way of a transaction of the service's, which then is the one that goes on.
    const isMoved = () =>
      move().then(
        () => true,
        () => false,
      );
    await must(`the times of ${table} are moved`, isMoved, 10_000);
  }
}
