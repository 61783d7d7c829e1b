import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from './bench.js';
import { must } from './waiting.js';

const alerts = 150;
const latencyMs = 300;
/** What a process knows of the brakes is half a second old at the most; a call that was made before that may still arrive. */
const takesEffectMs = 500 + latencyMs + 200;

const variants = [
  { how: 'control: none', isPulled: false },
  { how: 'of the agency, for 5 s', isPulled: true },
];

/** A brake is pulled in the middle of a rush: what is opened, but not called yet, stays. */
export const brakeScenarios: Scenario[] = variants.map(({ how, isPulled }) => ({
  name: `brake: ${how}`,
  run: async (bench) => {
    const world = await bench.world({ extra: { SMS_RATE: '60', SMS_CONCURRENCY: '32' }, receiptsTo: 'api' });
    try {
      await world.play({ latencyMs });
      await world.register('P', alerts);
      await world.start({ role: 'worker' });
      const texts = async () => (await world.fake.received()).messages;
      await must('it sends', async () => (await texts()).length > 20, 20_000);
      const problems: string[] = [];
      if (isPulled) {
        const brake = { scope: 'agency', target: 'all', reason: 'A wrong text' };
        const { id } = await world.api.must<{ id: string }>('POST', '/brakes', brake);
        const stopped = Date.now() + takesEffectMs;
        await sleep(5000);
        const late = (await texts()).filter(({ createdAt }) => createdAt > stopped);
        if (late.length > 0) problems.push(`${late.length} texts after the brake was pulled`);
        await world.api.must('POST', `/brakes/${id}/release`, { reason: 'The text was mended' });
      }
      const { seconds, tally } = await world.settle('P', 60);
      const figure = isPulled ? `nothing sent from ${takesEffectMs / 1000} s after it` : 'all sent';
      return [{ fault: 'a brake is pulled in a rush', how, tally, seconds, figure, problems }];
    } finally {
      await world.end();
    }
  },
}));
