import { Proxy } from '../support/proxy.js';
import type { Bench, Row, Scenario } from './bench.js';
import { must } from './waiting.js';

const alerts = 60;

interface Variant {
  how: string;
  strike: (proxy: Proxy) => void;
  figure: string;
}

const variants: Variant[] = [
  { how: 'control: they stay', strike: () => undefined, figure: 'all sent' },
  { how: 'each is cut off', strike: (proxy) => proxy.cut(), figure: 'connected anew' },
  {
    how: 'each goes dark, with no word of it',
    strike: (proxy) => proxy.darken(),
    figure: 'given up after 70 s',
  },
];

/** The connections of a worker to PostgreSQL are lost while it sends; new ones can be made. */
export const darkScenarios: Scenario[] = variants.map((variant) => ({
  name: `dark: ${variant.how}`,
  run: async (bench) => [await struck(bench, variant)],
}));

async function struck(bench: Bench, { how, strike, figure }: Variant): Promise<Row> {
  const world = await bench.world({ receiptsTo: 'api', extra: { SMS_RATE: '40' } });
  const proxy = await Proxy.to(world.urls.app);
  bench.workplace.atTheEnd(() => proxy.stop());
  try {
    const service = await world.start({ role: 'worker', extra: { DATABASE_URL: proxy.at(world.urls.app) } });
    await world.register('D', alerts);
    await must(
      'some are sent',
      async () => (await world.count(`message WHERE status <> 'sending'`)) > 5,
      20_000,
    );
    strike(proxy);
    const { seconds, tally } = await world.settle('D', 150);
    const problems = service.running ? [] : ['the worker ended'];
    return { fault: 'connections to PostgreSQL are lost', how, tally, seconds, figure, problems };
  } finally {
    await world.end();
    await proxy.stop();
  }
}
