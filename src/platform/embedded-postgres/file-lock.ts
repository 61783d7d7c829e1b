import { closeSync, constants, openSync, statSync } from 'node:fs';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres.error.js';
import { runProgram } from './run-program.js';

/** From <sys/fcntl.h> of macOS, where open() itself takes the lock; Node has no name for it. */
const DARWIN_O_EXLOCK = 0x20;

export interface FileLock {
  /** Give it to a child and the lock lives until the last process holding it is gone. */
  readonly fd: number;
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
  const lock = { fd, release: () => closeSync(fd) };
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

/** Whether somebody holds the lock at this instant. */
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

/** Turns EACCES into advice: the usual cause is a first start as root and a second one as somebody else. */
export function permissionError(path: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code !== 'EACCES' && code !== 'EPERM') return error;
  return new EmbeddedPostgresError(
    'no-permission',
    `${path} belongs to another user. Start as the user who started the service here before, or use another data folder.`,
    { cause: error },
  );
}
