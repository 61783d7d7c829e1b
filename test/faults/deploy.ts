import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from './bench.js';
import { secondsSince } from './waiting.js';

const deployments = 5;

/** Stopped as a deployment does it, again and again, while contracts come in: calls under way are finished and kept. */
export const deployScenario: Scenario = {
  name: 'deploy',
  run: async (bench) => {
    const world = await bench.world({ extra: { SMS_RATE: '40' }, receiptsTo: 'api' });
    try {
      const problems: string[] = [];
      let longest = 0;
      await world.play({ latencyMs: 60 });
      for (let n = 0; n < deployments; n += 1) {
        const service = await world.start();
        await world.register('T', 20);
        await sleep(100 * n);
        const asked = performance.now();
        await service.stop();
        longest = Math.max(longest, secondsSince(asked));
        if (service.exitCode !== 0)
          problems.push(`stop ${n + 1} ended with ${service.exitCode ?? 'a signal'}`);
      }
      const since = performance.now();
      await world.start();
      const { seconds, tally } = await world.settle('T', 90, since);
      const cutOff = await world.count(`attempt WHERE detail = 'lease-ran-out'`);
      if (cutOff > 0) problems.push(`${cutOff} calls cut off`);
      const figure = `no call cut off, longest stop ${longest.toFixed(1)} s`;
      return [
        {
          fault: 'deployed under load',
          how: `SIGTERM, ${deployments} times mid-run`,
          tally,
          seconds,
          figure: problems.length === 0 ? figure : '',
          problems,
        },
      ];
    } finally {
      await world.end();
    }
  },
};
