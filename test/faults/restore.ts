import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Row, Scenario } from './bench.js';
import { copyDataFolder } from './copies.js';
import { must } from './waiting.js';
import type { Service } from './service.js';
import type { World } from './world.js';

interface Variant {
  how: string;
  world(bench: Bench): Promise<World>;
  /** Both with no process of the service on the database. */
  backUp(world: World): Promise<void>;
  restore(world: World): Promise<void>;
}

/** The files of the whole server: same cluster, same database, same tables. Only what the service keeps outside tells. */
const files: Variant = {
  how: 'files of the server put back',
  world: (bench) => bench.worldWithServer('restore'),
  backUp: async ({ server }) => {
    await server.halt();
    server.backUp();
    await server.restart();
  },
  restore: async ({ server }) => {
    await server.halt();
    server.restoreBackup();
    await server.restart();
  },
};

/** All that an installation keeps, with what tells that its database is older than what was done. */
const wholeFolder = (how: string, isSnapshot: boolean): Variant => ({
  how,
  world: (bench) => bench.worldWithServer(isSnapshot ? 'restore-disk' : 'restore-folder'),
  backUp: async (world) => {
    await files.backUp(world);
    copyDataFolder(world.dataFolder('service'), world.dataFolder('backup'), { isSnapshot });
  },
  restore: async (world) => {
    await files.restore(world);
    rmSync(world.dataFolder('service'), { recursive: true });
    copyDataFolder(world.dataFolder('backup'), world.dataFolder('service'), { isSnapshot });
  },
});

const copy: Variant = {
  how: 'a copy of the database in its place',
  world: (bench) => bench.world(),
  backUp: (world) => world.copyDatabase(),
  restore: (world) => world.putCopyInPlace(),
};

/** A backup is restored after more was sent: the service must find out, ask the provider, and wait for a person. */
export const restoreScenarios: Scenario[] = [
  files,
  copy,
  wholeFolder('the whole data folder put back, marker included', false),
  wholeFolder('a snapshot of the disk put back', true),
].map((variant) => ({
  name: `restore: ${variant.how}`,
  run: async (bench) => {
    const world = await variant.world(bench);
    try {
      return [await restored(world, variant)];
    } finally {
      await world.end();
    }
  },
}));

/**
 * Of the alerts in the backup, `S` were sent before it, `B` and `W` after it, `E` never. `C` were registered and sent
 * after it, so that the agency registers them again; `N` are new.
 */
async function restored(world: World, variant: Variant): Promise<Row> {
  const problems: string[] = [];
  await beforeTheBackup(world);
  await variant.backUp(world);
  await theOtherLife(world);
  const sent = await textsAtProvider(world);
  await variant.restore(world);

  await world.play({});
  const { release, brake } = await startAgain(world, problems);
  const early = await release();
  if (early !== 409) problems.push(`released before it was settled (${early})`);
  const since = performance.now();
  await must('the provider was asked about everything', () => isSettled(world), 90_000);
  const settledAfter = (performance.now() - since) / 1000;
  if ((await textsAtProvider(world)) !== sent) problems.push('something was sent while it was paused');
  const released = await release();
  if (released !== 200) problems.push(`brake ${brake} was not released (${released})`);
  const after = performance.now();
  await world.registerAgain('C');
  await world.register('N', 5);
  const { seconds, tally } = await world.settle('', 60, after);
  const adopted = await world.count(
    `attempt WHERE suspect AND status = 'accepted' AND reference IS NOT NULL`,
  );
  const figure = `paused at the start; settled in ${settledAfter.toFixed(1)} s; ${adopted} texts of the other life adopted`;
  return { fault: 'backup restored', how: variant.how, tally, seconds, figure, problems };
}

async function beforeTheBackup(world: World): Promise<void> {
  const service = await world.start();
  await world.register('S', 10);
  await world.settle('S', 60);
  // Frozen in a message and not accepted: these wait for their next attempt when the backup is taken.
  await world.play({ rules: [{ textIncludes: 'W-', behaviour: { kind: 'too-many', retryAfter: 5 } }] });
  await world.register('W', 6);
  await must(
    'messages wait',
    async () => (await world.count(`message WHERE status = 'waiting'`)) === 6,
    30_000,
  );
  await service.stop();
  await world.register('B', 12);
  await world.register('E', 6);
  await world.stopAll();
}

async function theOtherLife(world: World): Promise<void> {
  await world.play({ rules: [{ textIncludes: 'E-', behaviour: { kind: 'too-many', retryAfter: 2 } }] });
  await world.start({ role: 'api', name: 'api' });
  await world.start();
  await world.register('C', 6);
  const isSent = async (prefix: string) => world.ledger.isSettled(prefix);
  await must(
    'the other life sends',
    async () => (await isSent('B')) && (await isSent('W')) && (await isSent('C')),
    60_000,
  );
  await world.stopAll();
}

async function startAgain(
  world: World,
  problems: string[],
): Promise<{ release: () => Promise<number>; brake: string; service: Service }> {
  await world.start({ role: 'api', name: 'api' });
  const service = await world.start();
  const { items } = await world.api.must<{
    items: { id: string; scope: string; releasedAt: string | null }[];
  }>('GET', '/brakes');
  const brake = items.find((one) => one.scope === 'instance' && one.releasedAt === null);
  if (!brake) problems.push('it did not start paused');
  const release = async () => {
    const reason = { reason: 'The restore was looked at' };
    return (await world.api.call('POST', `/brakes/${brake?.id}/release`, reason)).status;
  };
  return { release, brake: brake?.id ?? 'none', service };
}

async function isSettled(world: World): Promise<boolean> {
  const { unsettled } = await world.api.must<{ unsettled: { alerts: number; attempts: number } }>(
    'GET',
    '/instance',
  );
  await sleep(100);
  return unsettled.alerts + unsettled.attempts === 0;
}

async function textsAtProvider(world: World): Promise<number> {
  return (await world.fake.received()).messages.length;
}
