import {
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, errorCode, permissionError } from './embedded-postgres.error.js';
import { isAlive, runProgram } from './programs.js';

/** From <sys/fcntl.h> of macOS, where open() itself takes the lock; Node has no name for it. */
const DARWIN_O_EXLOCK = 0x20;

export interface FileLock {
  /** Given to a child, it keeps the lock until the last process that holds it is gone. */
  readonly fd: number;
  /** Releases the lock; a second call does nothing, for the descriptor may be another file's by then. */
  release(): void;
}

/**
 * Takes an exclusive flock(2), or returns `null` when somebody has it. The kernel drops it with its last holder, so that
 * nothing is stale after kill -9, two takers in one instant cannot both win, and containers sharing a volume see each
 * other. Node cannot call flock(2), hence flock(1) on an inherited descriptor: the lock belongs to the open file, which
 * stays open here. The file is never deleted: the next taker would lock another inode.
 */
export async function tryLock(path: string): Promise<FileLock | null> {
  const fd = openForLock(path);
  if (fd === null) return null;
  let isOpen = true;
  const release = () => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  const lock = { fd, release };
  if (process.platform === 'darwin') return lock;

  const { code, output, spawnError } = await runProgram('flock', ['-n', '3'], { inherit: [fd] });
  if (code === 0) return lock;
  lock.release();
  if (code === 1 && output === '') return null;
  throw new EmbeddedPostgresError(
    'start-failed',
    errorCode(spawnError) === 'ENOENT'
      ? 'The embedded PostgreSQL needs the program flock (package util-linux). Install it, or set DATABASE_URL.'
      : `Cannot lock ${path}: ${output.trim() || String(spawnError)}. Put the data folder on a local disk.`,
  );
}

/** Returns whether somebody holds the lock at this instant. */
export async function isLocked(path: string): Promise<boolean> {
  const lock = await tryLock(path);
  lock?.release();
  return lock === null;
}

function openForLock(path: string): number | null {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const flags = isFolder ? constants.O_RDONLY : constants.O_RDWR | constants.O_CREAT;
  const darwin = process.platform === 'darwin' ? DARWIN_O_EXLOCK | constants.O_NONBLOCK : 0;
  try {
    return openSync(path, flags | darwin, 0o600);
  } catch (error) {
    if (darwin !== 0 && errorCode(error) === 'EAGAIN') return null;
    throw permissionError(path, error);
  }
}

interface Holder {
  readonly pid: number;
  readonly purpose: string;
}

/**
 * Makes this process the only one of its kind on a data folder, until it releases the lock or dies, however it dies.
 * Throws `data-dir-in-use`, naming the holder. `purpose` is what the other one will read: 'the service', 'an import'.
 */
export async function lockDataDir(dataDir: string, purpose: string): Promise<Pick<FileLock, 'release'>> {
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

/** Reads who holds the lock, a few times: they may not have written their name yet over that of one who was killed. */
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
