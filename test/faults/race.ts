import type { Scenario } from './bench.js';
import { faulty } from './kills.js';

const workers = 4;

/** Four workers on one database: dispatchers and reconcilers race for the same rows. */
export const raceScenario: Scenario = {
  name: 'race',
  run: async (bench) => {
    const world = await bench.world({ receiptsTo: 'api' });
    try {
      await world.start({ role: 'worker', name: 'worker-1' });
      const { id } = await world.api.must<{ id: string }>('GET', '/instance');
      const names = Array.from({ length: workers - 1 }, (_, i) => `worker-${i + 2}`);
      await Promise.all(
        names.map((name) => world.start({ role: 'worker', name, extra: { CHORONG_INSTANCE: id } })),
      );
      await world.play({ rules: faulty, seed: bench.seed });
      const since = performance.now();
      await world.register('R', bench.quick ? 80 : 250);
      await world.play({});
      const { seconds, tally } = await world.settle('R', 90, since);
      const twice = await world.count(
        `(SELECT message_id FROM attempt WHERE status IN ('accepted', 'open', 'ambiguous')
          GROUP BY message_id HAVING count(*) > 1) AS twice`,
      );
      return [
        {
          fault: 'dispatchers and reconcilers race',
          how: `${workers} workers, provider faults 4 in 10`,
          tally,
          seconds,
          figure: 'one open attempt each',
          problems: twice === 0 ? [] : [`${twice} messages with several attempts that were not closed`],
        },
      ];
    } finally {
      await world.end();
    }
  },
};
