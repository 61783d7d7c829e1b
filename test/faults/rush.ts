import type { Scenario } from './bench.js';

const alerts = 60;
const rate = 4;
/** The sender's rate alone needs so long. */
const leastSeconds = alerts / rate;

const variants = [
  { how: 'control: one worker', workers: 1 },
  { how: 'three workers, more opened than one lease has turns for', workers: 3 },
];

/** More falls due at once than the sender's rate can carry: nobody may use up turns that come too late for a call. */
export const rushScenarios: Scenario[] = variants.map(({ how, workers }) => ({
  name: `rush: ${how}`,
  run: async (bench) => {
    const world = await bench.world({ extra: { SMS_RATE: String(rate) }, receiptsTo: 'api' });
    try {
      await world.register('L', alerts);
      await world.start({ role: 'worker', name: 'worker-1' });
      const { id } = await world.api.must<{ id: string }>('GET', '/instance');
      const since = performance.now();
      const others = Array.from({ length: workers - 1 }, (_, i) =>
        world.start({ role: 'worker', name: `worker-${i + 2}`, extra: { CHORONG_INSTANCE: id } }),
      );
      await Promise.all(others);
      const { seconds, tally } = await world.settle('L', 90, since);
      const refused = await world.count(`attempt WHERE detail = 'deadline-passed'`);
      const problems =
        seconds > leastSeconds * 1.5 ? [`${seconds.toFixed(0)} s for ${leastSeconds} s of work`] : [];
      const figure = `${leastSeconds} s at ${rate}/s; ${refused} calls given up`;
      return [{ fault: 'a rush at a low rate', how, tally, seconds, figure, problems }];
    } finally {
      await world.end();
    }
  },
}));
