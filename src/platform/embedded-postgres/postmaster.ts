import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { readPasswords, type Urls, urlsOf } from './cluster.js';
import {
  EmbeddedPostgresError,
  errorCode,
  permissionError,
  readIfPresent,
} from './embedded-postgres.error.js';
import { isLocked } from './file-lock.js';
import { knownFolder } from './home.js';
import { isAlive } from './programs.js';

interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** Reads `postmaster.pid`, whose lines PostgreSQL documents in src/include/utils/pidfile.h. */
export function readPostmaster(dataPath: string): Postmaster | null {
  const lines = readIfPresent(join(dataPath, 'postmaster.pid'))?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' };
}

/** Looks at what a process was started as: a pid file that outlived its server may name any process by now. */
export function isServerOf(dataPath: string, pid: number): boolean {
  if (!isAlive(pid)) return false;
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataPath);
    }
    return execFileSync('/bin/ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(
      dataPath,
    );
  } catch {
    return false;
  }
}

/**
 * Removes the pid file of a server that was killed. PostgreSQL itself refuses to start when the pid in it is in use again,
 * which in a container, where pids are few, is the usual case. Call it only while holding the server's lock.
 */
export function removeStalePidFile(dataPath: string): void {
  const postmaster = readPostmaster(dataPath);
  if (postmaster && isServerOf(dataPath, postmaster.pid)) {
    throw new EmbeddedPostgresError(
      'data-dir-in-use',
      `A PostgreSQL that this service did not start (process ${postmaster.pid}) runs on ${dataPath}. Stop it first.`,
    );
  }
  rmSync(join(dataPath, 'postmaster.pid'), { force: true });
}

/** Returns the lock that the Node process holds which stops the server when it ends; the server does not hold it. */
export const ownerLockIn = (dataDir: string): string => join(dataDir, 'postgres-owner.lock');

/**
 * Finds the server that runs on this data folder, when it is ready and will stay because its owner lives. One whose owner is
 * gone is on its way down, or was left behind by somebody who killed its watcher; it is asked to stop, and the caller waits
 * for its lock.
 */
export async function runningServer(
  dataDir: string,
): Promise<(Urls & { port: number; dataPath: string }) | null> {
  const dataPath = join(knownFolder(dataDir), 'postgres');
  // This is read before looking at the owner: a server that appears after that look must not be stopped for it.
  const postmaster = readPostmaster(dataPath);
  if (!postmaster) return null;
  if (!(await hasOwner(dataDir))) {
    interrupt(dataPath, postmaster.pid);
    return null;
  }
  const passwords = readPasswords(dataDir);
  if (!postmaster.ready || !passwords) return null;
  const { port } = postmaster;
  const urls = urlsOf(passwords, port);
  return (await takesConnections(urls)) && (await hasOwner(dataDir)) ? { port, dataPath, ...urls } : null;
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
 * Tries to connect as the least privileged role, which is made last but for its grant and so can connect only when all is
 * prepared. As SCRAM proves the server to the client, too, no stranger on that port passes for ours.
 */
async function takesConnections({ appUrl }: Urls): Promise<boolean> {
  const client = new Client({ connectionString: appUrl, connectionTimeoutMillis: 2_000 });
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
