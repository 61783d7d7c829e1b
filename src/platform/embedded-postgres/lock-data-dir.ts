import { ftruncateSync, mkdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { permissionError, tryLock } from './file-lock.js';
import { isAlive } from './postmaster.js';

export interface DataDirLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly purpose: string;
}

/**
 * Makes this process the only one of its kind on a data folder, until it releases the lock or dies, however it dies.
 * Throws `data-dir-in-use`, naming the holder. `purpose` is what the other one will read: 'the service', 'an import'.
 */
export async function lockDataDir(dataDir: string, purpose: string): Promise<DataDirLock> {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw permissionError(dataDir, error);
  }
  const path = join(dataDir, 'service.lock');
  const lock = await tryLock(path);
  if (!lock) throw inUse(dataDir, await holderOf(path));

  ftruncateSync(lock.fd);
  writeSync(lock.fd, JSON.stringify({ pid: process.pid, purpose } satisfies Holder), 0);
  let released = false;
  return {
    release: () => {
      if (released) return;
      released = true;
      ftruncateSync(lock.fd);
      lock.release();
    },
  };
}

/** The holder may have the lock and not have written its name yet, over that of one who was killed: look a few times. */
async function holderOf(path: string): Promise<Holder | null> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const holder = readHolder(path);
    if (holder && isAlive(holder.pid)) return holder;
    await sleep(25);
  }
  return null;
}

function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function inUse(dataDir: string, holder: Holder | null): EmbeddedPostgresError {
  const who = holder
    ? `process ${holder.pid} (${holder.purpose})`
    : 'a process that cannot be seen from here (in another container, perhaps)';
  return new EmbeddedPostgresError(
    'data-dir-in-use',
    `The data folder ${dataDir} is in use by ${who}. Stop that one first, or start this one with another data folder.`,
  );
}
