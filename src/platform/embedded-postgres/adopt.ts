import { join } from 'node:path';
import { Client } from 'pg';
import { urlsFor } from './cluster.js';
import { errorCode } from './embedded-postgres.error.js';
import { isLocked, permissionError } from './file-lock.js';
import { knownFolder } from './home.js';
import { isServerOf, readPostmaster } from './postmaster.js';

/** Held by the Node process that stops the server when it ends; not by the server. */
export const ownerLockIn = (dataDir: string): string => join(dataDir, 'postgres-owner.lock');

/**
 * The port of the server that runs on this data folder, when it is ready and will stay: its owner lives. One whose owner
 * is gone is on its way down, or was left behind by somebody who killed its watcher; it is asked to stop, and the caller
 * waits for its lock.
 */
export async function runningServer(dataDir: string): Promise<{ port: number; dataPath: string } | null> {
  const dataPath = join(knownFolder(dataDir), 'postgres');
  // Read before looking at the owner: a server that appears after that look must not be stopped for it.
  const postmaster = readable(dataPath, () => readPostmaster(dataPath));
  if (!postmaster) return null;
  if (!(await hasOwner(dataDir))) {
    interrupt(dataPath, postmaster.pid);
    return null;
  }
  if (!postmaster.ready || !(await takesConnections(dataDir, postmaster.port))) return null;
  return (await hasOwner(dataDir)) ? { port: postmaster.port, dataPath } : null;
}

const hasOwner = (dataDir: string): Promise<boolean> => isLocked(ownerLockIn(dataDir));

function interrupt(dataPath: string, pid: number): void {
  if (!isServerOf(dataPath, pid)) return;
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw permissionError(dataPath, error);
  }
}

/**
 * The least privileged role is made last but for its grant, so it can connect only when all is prepared. And as SCRAM
 * proves the server to the client, too, no stranger on that port passes for ours.
 */
async function takesConnections(dataDir: string, port: number): Promise<boolean> {
  const urls = readable(dataDir, () => urlsFor(dataDir, port));
  if (!urls) return false;
  const client = new Client({ connectionString: urls.appUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function readable<T>(path: string, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw permissionError(path, error);
  }
}
