import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from './bench.js';
import { faulty } from './kills.js';
import { secondsSince } from './waiting.js';

const signals = ['SIGQUIT', 'SIGKILL', 'SIGQUIT'] as const;

/** PostgreSQL goes away in the middle of the sending, and comes back; the service's processes live on. */
export const databaseScenario: Scenario = {
  name: 'postgres',
  run: async (bench) => {
    const world = await bench.worldWithServer('crash');
    try {
      const service = await world.start();
      await world.play({ rules: faulty, seed: bench.seed, latencyMs: 30 });
      let since = performance.now();
      let away = 0;
      for (const signal of signals) {
        await world.register('D', 25);
        await sleep(150);
        const gone = performance.now();
        await world.server.crash(signal);
        await sleep(1500);
        await world.server.restart();
        away += secondsSince(gone);
        since = performance.now();
      }
      await world.play({});
      const { seconds, tally } = await world.settle('D', 90, since);
      return [
        {
          fault: 'PostgreSQL crashes',
          how: 'immediate stop, kill -9 of its first process, immediate stop',
          tally,
          seconds,
          figure: `resumed after ${signals.length} crashes, ${away.toFixed(1)} s away in all`,
          problems: service.running ? [] : ['the service ended'],
        },
      ];
    } finally {
      await world.end();
    }
  },
};
