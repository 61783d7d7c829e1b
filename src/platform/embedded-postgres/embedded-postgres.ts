import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownerLockIn, runningServer } from './adopt.js';
import { installedBinaries, runnableBinaries } from './binaries.js';
import { DATABASE, ensureCluster, ensureDatabase, urlsFor, type Urls } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { permissionError, tryLock, type FileLock } from './file-lock.js';
import { findHome, type Home } from './home.js';
import { startServer, type Durability, type RunningServer } from './server.js';

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly log?: (message: string) => void;
  readonly durability?: Durability;
}

export interface EmbeddedServer extends Urls {
  readonly port: number;
  readonly database: string;
  /** Where the data really is: in `dataDir`, or in /var/tmp when PostgreSQL's user cannot reach that. */
  readonly dataPath: string;
  /** Another process started it, and stops it. */
  readonly adopted: boolean;
  /** Stops the server and waits for its end; leaves an adopted one alone. */
  stop(): Promise<void>;
}

/** As long as another process may take to create its database, or to shut down with much to write. */
const WAIT_MS = 120_000;

/**
 * Starts the PostgreSQL of a data folder, creating it when there is none, or adopts the one that runs there. It listens on
 * 127.0.0.1 alone, and ends when this process does. Throws `EmbeddedPostgresError`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedServer> {
  const { durability = 'safe', log = () => undefined } = options;
  const installed = installedBinaries();
  const dataDir = ensureFolder(options.dataDir);
  const lockPath = join(dataDir, 'postgres.lock');
  const start = Date.now();
  let announced = false;
  while (Date.now() - start < WAIT_MS) {
    const lock = await tryLock(lockPath);
    if (lock) return startOwn({ dataDir, installed, durability, log, lock });

    const running = await runningServer(dataDir);
    if (running) {
      log(`Using the embedded PostgreSQL that another process runs on port ${running.port}`);
      return describe(dataDir, running, true, () => Promise.resolve());
    }
    if (!announced && Date.now() - start > 3_000) {
      log(`Waiting for another process that is starting or stopping the embedded PostgreSQL of ${dataDir}`);
      announced = true;
    }
    await sleep(30);
  }
  throw new EmbeddedPostgresError(
    'data-dir-in-use',
    `Another process has held ${lockPath} for ${WAIT_MS / 1000} seconds without offering a database. Find it (fuser ${lockPath}) and stop it.`,
  );
}

interface OwnStart {
  readonly dataDir: string;
  readonly installed: string;
  readonly durability: Durability;
  readonly log: (message: string) => void;
  readonly lock: FileLock;
}

async function startOwn({ dataDir, installed, durability, log, lock }: OwnStart): Promise<EmbeddedServer> {
  const locks = [lock];
  let ownerLock: FileLock | undefined;
  try {
    ownerLock = await lockAsOwner(dataDir);
    const home = await findHome(dataDir);
    if (home.isElsewhere) locks.push(await lockElsewhere(home));
    const binaries = await runnableBinaries(installed, home.folder, home.user);
    await ensureCluster(dataDir, home, binaries, { lock, sync: durability === 'safe', log });
    const logPath = join(dataDir, 'postgres.log');
    const server = await startServer({ home, binaries, durability, logPath, locks, log });
    return await own(dataDir, home, server, ownerLock, log);
  } catch (error) {
    ownerLock?.release();
    throw error;
  } finally {
    // From here on the server's own copies hold them.
    for (const each of locks) each.release();
  }
}

async function own(
  dataDir: string,
  home: Home,
  server: RunningServer,
  ownerLock: FileLock,
  log: (message: string) => void,
): Promise<EmbeddedServer> {
  try {
    await ensureDatabase(dataDir, server.port);
  } catch (error) {
    await server.process.stop();
    throw error;
  }
  let disowned = false;
  const disown = () => {
    if (!disowned) ownerLock.release();
    disowned = true;
  };
  void server.process.exited.then(() => {
    if (!disowned) log(`The embedded PostgreSQL ended by itself (${join(dataDir, 'postgres.log')} says why)`);
    disown();
  });
  return describe(dataDir, { port: server.port, dataPath: home.dataPath }, false, async () => {
    // First of all: from now on nobody may adopt it.
    disown();
    await server.process.stop();
  });
}

function describe(
  dataDir: string,
  { port, dataPath }: { port: number; dataPath: string },
  adopted: boolean,
  stop: () => Promise<void>,
): EmbeddedServer {
  return { port, dataPath, database: DATABASE, adopted, stop, ...urlsFor(dataDir, port) };
}

/** Those who look whether there is an owner hold this lock for an instant: try again. */
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
 * A copied data folder points to the same home as the original. And systemd-tmpfiles, which deletes what is old in
 * /var/tmp, leaves alone what is below a folder that is locked (tmpfiles.d(5), "Age").
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
