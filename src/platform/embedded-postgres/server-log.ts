import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { copyFile, stat, truncate } from 'node:fs/promises';

const MAX_BYTES = 5 * 1024 * 1024;
const CHECK_EVERY_MS = 60_000;

export interface ServerLog {
  readonly path: string;
  readonly fd: number;
  /** What was logged since it was opened, its last 2 kB. */
  tail(): string;
  /** Keeps one older file beside it, and so at most about 10 MB, until `close`. */
  close(): void;
}

/** Opened for appending, so that the server writes on at the new end when the file is cut under it. */
export async function openServerLog(path: string): Promise<ServerLog> {
  await rotate(path);
  const fd = openSync(path, 'a+', 0o600);
  const begin = statSync(path).size;
  const timer = setInterval(() => void rotate(path), CHECK_EVERY_MS);
  timer.unref();
  return {
    path,
    fd,
    tail: () => {
      const size = statSync(path).size;
      const from = Math.max(begin, size - 2048);
      const buffer = Buffer.alloc(Math.max(0, size - from));
      readSync(fd, buffer, 0, buffer.length, from);
      return buffer.toString('utf8').trim();
    },
    close: () => {
      clearInterval(timer);
      closeSync(fd);
    },
  };
}

async function rotate(path: string): Promise<void> {
  try {
    if ((await stat(path)).size <= MAX_BYTES) return;
    await copyFile(path, `${path}.1`);
    await truncate(path);
  } catch {
    // No file yet, or a full disk: the server's log is not worth failing for.
  }
}
