import type { Bench, Row, Scenario } from './bench.js';
import { must } from './waiting.js';

const alerts = 65;

/** The provider accepts every text and answers no send, so that each has to be looked for; some of its lists hang. */
export const hangingListScenarios: Scenario[] = [
  { how: 'control: none does', hang: false, figure: 'all adopted' },
  { how: 'half of them do', hang: 0.5, figure: 'ten numbers asked about at once' },
].map(({ how, hang, figure }) => ({
  name: `hanging-list: ${how}`,
  run: async (bench) => [await hung(bench, how, hang, figure)],
}));

async function hung(bench: Bench, how: string, hang: boolean | number, figure: string): Promise<Row> {
  const world = await bench.world({ extra: { SMS_CONCURRENCY: '40' } });
  try {
    await world.play({
      rules: [{ behaviour: { kind: 'hang', accept: true }, receipts: { copies: 0 } }],
      list: { hang },
      seed: bench.seed,
    });
    await world.start();
    await world.register('L', alerts);
    await must(
      'each answer is lost',
      async () => (await world.count(`attempt WHERE status <> 'open'`)) >= alerts * 0.8,
      30_000,
    );
    const { seconds, tally } = await world.settle('L', 60);
    return { fault: "the provider's lists hang", how, tally, seconds, figure, problems: [] };
  } finally {
    await world.end();
  }
}
