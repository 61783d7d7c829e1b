import type { Scenario } from './bench.js';
import { must } from './waiting.js';

const alerts = 40;

const variants = [
  { how: 'control: it crashes, and comes back as it was', lagged: false },
  { how: 'to a replica that lacks what was sent last', lagged: true },
];

/**
 * The database fails over while the service runs: what comes up is an older state of the same cluster, on a new timeline. A
 * backup whose recovery has ended is that, without a replica.
 */
export const failoverScenarios: Scenario[] = variants.map(({ how, lagged }) => ({
  name: `fail-over: ${how}`,
  run: async (bench) => {
    const world = await bench.worldWithServer(lagged ? 'failover' : 'failover-control');
    try {
      const { server } = world;
      await world.start();
      await world.register('S', 5);
      await world.settle('S', 30);
      await world.stopAll();
      await world.start({ role: 'api', name: 'api' });
      await world.register('O', alerts);
      await world.stopAll();
      await server.halt();
      server.backUp();
      await server.restart();
      await world.start({ role: 'api', name: 'api' });
      await world.start();
      const sent = async () => (await world.fake.received()).messages.length;
      await must('it sends', async () => (await sent()) > alerts / 2, 20_000);
      await server.crash('SIGQUIT');
      if (lagged) server.promoteBackup();
      await server.restart();
      const { seconds, tally } = await world.settle('O', 60);
      const brakes = await world.count(`brake WHERE released_at IS NULL`);
      const adopted = await world.count(`attempt WHERE suspect AND status = 'accepted'`);
      const problems = brakes > 0 ? ['sending was paused'] : [];
      if (lagged && adopted === 0) problems.push('nothing was asked about');
      const figure = lagged ? `nothing paused; ${adopted} texts adopted` : 'all sent';
      return [{ fault: 'PostgreSQL fails over', how, tally, seconds, figure, problems }];
    } finally {
      await world.end();
    }
  },
}));
