import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Bench, Row, Scenario } from './bench.js';
import type { DatabaseServer } from './database-server.js';
import { must, until } from './waiting.js';
import type { World } from './world.js';

const alerts = 40;

/** A copy of a data folder, marker included. A snapshot of the disk keeps the inodes as well. */
export function copyDataFolder(from: string, to: string, { isSnapshot }: { isSnapshot: boolean }): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true, force: true });
  if (!isSnapshot) return;
  const marker = join(to, 'instance.json');
  const { ino, birthtimeNs } = statSync(marker, { bigint: true });
  const written = JSON.parse(readFileSync(marker, 'utf8')) as object;
  writeFileSync(marker, JSON.stringify({ ...written, file: `${ino}:${birthtimeNs}` }));
}

interface Variant {
  how: string;
  figure: string;
  isSnapshot: boolean;
  /** Runs both lives; returns what was not as it should be. */
  live: (lives: Lives) => Promise<string[]>;
}

/** The whole installation was copied before anything was sent: the database with the data folder beside it. */
class Lives {
  constructor(
    readonly world: World,
    private readonly copied: DatabaseServer,
    private readonly database: string,
  ) {}

  async startOriginal(): Promise<void> {
    await this.world.start({ role: 'api', name: 'api' });
    await this.world.start();
  }

  /** Its receipts come to the original, whose address it has. */
  async startCopy(): Promise<void> {
    await this.world.start({
      role: 'worker',
      name: 'copy',
      extra: { DATABASE_URL: this.copied.urls(this.database).app },
    });
  }

  async isCopyPaused(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.copied.urls(this.database).superuser });
    await client.connect();
    const { rows } = await client
      .query(`SELECT 1 FROM brake WHERE scope = 'instance' AND released_at IS NULL`)
      .finally(() => client.end());
    return rows.length > 0;
  }

  isOriginalPaused(): Promise<boolean> {
    return this.world
      .count(`brake WHERE scope = 'instance' AND released_at IS NULL`)
      .then((count) => count > 0);
  }

  async texts(): Promise<number> {
    return (await this.world.fake.received()).messages.length;
  }
}

const variants: Variant[] = [
  {
    how: 'control: the copy is not started',
    figure: 'all sent',
    isSnapshot: false,
    live: async (lives) => {
      await lives.startOriginal();
      return [];
    },
  },
  {
    how: 'by its files, and both run',
    figure: 'the copy is paused at its start',
    isSnapshot: false,
    live: async (lives) => {
      await Promise.all([lives.startOriginal(), lives.startCopy()]);
      return isPausedAtOnce(lives);
    },
  },
  {
    how: 'by a snapshot of the disk, and the copy starts later',
    figure: 'the copy is paused at its start',
    isSnapshot: true,
    live: async (lives) => {
      await lives.startOriginal();
      await must('the original sends', async () => (await lives.texts()) > 0, 20_000);
      await lives.startCopy();
      return isPausedAtOnce(lives);
    },
  },
  {
    how: 'by a snapshot of the disk, and the copy sends what a brake keeps in the original',
    figure: 'the original is paused by its first receipt, and asks about all of it',
    isSnapshot: true,
    live: async (lives) => {
      const { api } = lives.world;
      await lives.world.start({ role: 'api', name: 'api' });
      const brake = { scope: 'agency', target: 'all', reason: 'A rehearsal of the original' };
      const { id } = await api.must<{ id: string }>('POST', '/brakes', brake);
      await lives.world.start();
      await lives.startCopy();
      await must('the copy sends', async () => (await lives.texts()) === alerts, 30_000);
      const isPaused = await until(() => lives.isOriginalPaused(), 5000);
      await api.must('POST', `/brakes/${id}/release`, { reason: 'The rehearsal is over' });
      if (!isPaused) return ['the original was not paused'];
      await must('the original has asked about everything', () => release(lives.world), 60_000);
      return [];
    },
  },
];

async function isPausedAtOnce(lives: Lives): Promise<string[]> {
  const isPaused = await lives.isCopyPaused();
  await sleep(3000);
  return isPaused ? [] : ['the copy was not paused'];
}

async function release({ api }: World): Promise<boolean> {
  const { items } = await api.must<{ items: { id: string; scope: string; releasedAt: string | null }[] }>(
    'GET',
    '/brakes',
  );
  const brake = items.find(({ scope, releasedAt }) => scope === 'instance' && releasedAt === null);
  const reason = { reason: 'The copy is stopped' };
  return brake ? (await api.call('POST', `/brakes/${brake.id}/release`, reason)).status === 200 : true;
}

/** The whole installation is copied, and its copy runs beside it: the two have the same past and send the same texts. */
export const copyScenarios: Scenario[] = variants.map((variant) => ({
  name: `copy: ${variant.how}`,
  run: async (bench) => [await copied(bench, variant)],
}));

async function copied(bench: Bench, { how, figure, isSnapshot, live }: Variant): Promise<Row> {
  const world = await bench.worldWithServer(`copied-${variants.findIndex((one) => one.how === how)}`);
  let copy: DatabaseServer | null = null;
  try {
    // A marker, and something that was sent before the copy was made.
    const service = await world.start();
    await world.register('S', 5);
    await world.settle('S', 30);
    await service.stop();
    await world.register('K', alerts);
    await world.stopAll();
    copy = await world.server.copyTo(bench.program);
    copyDataFolder(world.dataFolder('service'), world.dataFolder('copy'), { isSnapshot });
    await world.fake.reset();
    const since = performance.now();
    const problems = await live(new Lives(world, copy, world.database));
    const { seconds, tally } = await world.settle('K', 60, since);
    return { fault: 'the whole installation copied', how, tally, seconds, figure, problems };
  } finally {
    await world.end();
    await copy?.end();
  }
}
