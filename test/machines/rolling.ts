import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../faults/bench.js';
import { secondsSince } from '../faults/waiting.js';
import { startWorkers } from './machines.js';

const rounds = 2;

/**
 * Two workers and the API are started again one after another, as a rollout does it, while contracts come in. Both versions are this
 * one: the schema has not changed between two that could be had.
 */
export const rollingScenario: Scenario = {
  name: 'rolling restart',
  run: async (bench) => {
    const world = await bench.world({ receiptsTo: 'api' });
    try {
      const workers = await startWorkers(world, 2);
      let api = world.running().find(({ url }) => url === world.api.url);
      await world.play({ latencyMs: 40 });
      let isOver = false;
      let registered = 0;
      const load = (async () => {
        while (!isOver) {
          await world.register('V', 10);
          registered += 10;
        }
      })();
      const began = performance.now();
      const codes: (number | null)[] = [];
      const { id } = await world.api.must<{ id: string }>('GET', '/instance');
      for (let round = 0; round < rounds; round += 1) {
        for (const [n, worker] of workers.entries()) {
          await worker.stop();
          codes.push(worker.exitCode);
          workers[n] = await world.start({
            role: 'worker',
            name: `worker-${n + 1}`,
            extra: { CHORONG_INSTANCE: id },
          });
          await sleep(500);
        }
        await api?.stop();
        codes.push(api?.exitCode ?? null);
        api = await world.start({ role: 'api', name: 'api' });
      }
      isOver = true;
      await load;
      const running = secondsSince(began);
      const { seconds, tally } = await world.settle('V', 90);
      const cutOff = await world.count(`attempt WHERE detail = 'lease-ran-out'`);
      const problems = [
        ...codes.filter((code) => code !== 0).map((code) => `a stop ended with ${code ?? 'a signal'}`),
        ...(cutOff > 0 ? [`${cutOff} calls cut off`] : []),
      ];
      const how = `2 workers and the API, ${rounds} times each, one after another`;
      const figure = `${registered} contracts in ${running.toFixed(0)} s of it, each call made again until it was answered`;
      return [{ fault: 'rolling restart', how, tally, seconds, figure, problems }];
    } finally {
      await world.end();
    }
  },
};
