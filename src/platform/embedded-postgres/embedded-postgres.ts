import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installedBinaries, runnableBinaries } from './binaries.js';
import { ensureCluster, ensureDatabase, type Passwords, type Urls, urlsOf } from './cluster.js';
import { EmbeddedPostgresError, permissionError } from './embedded-postgres.error.js';
import { tryLock, type FileLock } from './file-lock.js';
import { findHome, type Home } from './home.js';
import { type Durability, ownerLockIn, runningServer, type RunningServer, startServer } from './server.js';

export interface EmbeddedServer extends Urls {
  readonly port: number;
  /** The folder that really holds the data: in `dataDir`, or in /var/tmp when PostgreSQL's user cannot reach that. */
  readonly dataPath: string;
  /** Another process started it, and stops it. */
  readonly adopted: boolean;
  /** Stops the server and waits for its end; leaves an adopted one alone. */
  stop(): Promise<void>;
}

/** Another process may take as long to create its database, or to shut down with much to write. */
const WAIT_MS = 120_000;

/**
 * Starts the PostgreSQL of a data folder, creating it when there is none, or adopts the one that runs there. It listens on
 * 127.0.0.1 alone, and ends when this process does. Throws `EmbeddedPostgresError`.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  durability?: Durability;
}): Promise<EmbeddedServer> {
  const { durability = 'safe' } = options;
  const installed = installedBinaries();
  const dataDir = ensureFolder(options.dataDir);
  const lockPath = join(dataDir, 'postgres.lock');
  const start = Date.now();
  while (Date.now() - start < WAIT_MS) {
    const lock = await tryLock(lockPath);
    if (lock) return startOwn(dataDir, installed, durability, lock);

    const running = await runningServer(dataDir);
    if (running) return { ...running, adopted: true, stop: () => Promise.resolve() };
    await sleep(30);
  }
  throw new EmbeddedPostgresError(
    'data-dir-in-use',
    `Another process has held ${lockPath} for ${WAIT_MS / 1000} seconds without offering a database. Find it (fuser ${lockPath}) and stop it.`,
  );
}

async function startOwn(
  dataDir: string,
  installed: string,
  durability: Durability,
  lock: FileLock,
): Promise<EmbeddedServer> {
  const locks = [lock];
  let ownerLock: FileLock | undefined;
  try {
    ownerLock = await lockAsOwner(dataDir);
    const home = await findHome(dataDir);
    if (home.isElsewhere) locks.push(await lockElsewhere(home));
    const binaries = await runnableBinaries(installed, home.folder, home.user);
    const passwords = await ensureCluster(dataDir, home, binaries, { lock, sync: durability === 'safe' });
    const logPath = join(dataDir, 'postgres.log');
    const server = await startServer({ home, binaries, durability, logPath, locks });
    return await own(home, passwords, server, ownerLock);
  } catch (error) {
    ownerLock?.release();
    throw error;
  } finally {
    // From here on the server's own copies hold them.
    for (const each of locks) each.release();
  }
}

async function own(
  { dataPath }: Home,
  passwords: Passwords,
  server: RunningServer,
  ownerLock: FileLock,
): Promise<EmbeddedServer> {
  const urls = urlsOf(passwords, server.port);
  try {
    await ensureDatabase(passwords, urls);
  } catch (error) {
    await server.process.stop();
    throw error;
  }
  // A lock that cannot be released ends with this process.
  void server.process.exited.then(() => ownerLock.release()).catch(() => undefined);
  return {
    ...urls,
    port: server.port,
    dataPath,
    adopted: false,
    stop: async () => {
      // The lock is released first, so that nobody adopts the server from now on.
      ownerLock.release();
      await server.process.stop();
    },
  };
}

/** Takes the owner's lock. Those who look whether there is an owner hold it for an instant, so it is tried again. */
async function lockAsOwner(dataDir: string): Promise<FileLock> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const lock = await tryLock(ownerLockIn(dataDir));
    if (lock) return lock;
    await sleep(10);
  }
  throw new EmbeddedPostgresError(
    'data-dir-in-use',
    `The process that ran the embedded PostgreSQL of ${dataDir} lives on without it (fuser ${ownerLockIn(dataDir)}). Stop it first.`,
  );
}

/**
 * Locks a home outside of the data folder, because a copied data folder points to the same home as the original. And
 * systemd-tmpfiles, which deletes what is old in /var/tmp, leaves alone what is below a locked folder (tmpfiles.d(5), "Age").
 */
async function lockElsewhere(home: Home): Promise<FileLock> {
  const lock = await tryLock(home.folder);
  if (lock) return lock;
  throw new EmbeddedPostgresError(
    'data-dir-in-use',
    `The database in ${home.folder} is in use through another data folder, of which this one seems to be a copy. Delete postgres-location here to begin with an empty database.`,
  );
}

function ensureFolder(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true });
    return realpathSync(dataDir);
  } catch (error) {
    throw permissionError(dataDir, error);
  }
}
