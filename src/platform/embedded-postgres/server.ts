import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { copyFile, stat, truncate } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { FileLock } from './file-lock.js';
import type { Home } from './home.js';
import { readPostmaster, removeStalePidFile } from './postmaster.js';
import { startWatched, type WatchedProcess } from './programs.js';

/** `fast` gives up what survives a power cut: for tests only. */
export type Durability = 'safe' | 'fast';

export interface RunningServer {
  readonly port: number;
  readonly process: WatchedProcess;
}

interface ServerOptions {
  readonly home: Home;
  readonly binaries: string;
  readonly durability: Durability;
  readonly logPath: string;
  /** The server inherits them, so that they are held for as long as any process of it lives. */
  readonly locks: readonly FileLock[];
}

/** Crash recovery after a kill may replay up to a gigabyte of log. */
const READY_WITHIN_MS = 5 * 60_000;
const PORTS = 5;
/** Processes of a server that was killed notice within a moment, and let go of its memory. */
const LETTING_GO_MS = 10_000;

/** Starts PostgreSQL and waits until it takes connections. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const began = Date.now();
  for (let ports = 1; ;) {
    const failure = await tryStart(options, await freePort());
    if (typeof failure !== 'string') return failure;
    if (failure.includes('is still in use') && Date.now() - began < LETTING_GO_MS) await sleep(250);
    else if (isPortTaken(failure) && ports < PORTS) ports += 1;
    else {
      throw new EmbeddedPostgresError(
        'start-failed',
        `The embedded PostgreSQL did not start (${options.logPath}): ${failure}`,
      );
    }
  }
}

/** Returns whether somebody else has taken the port between its being found free and being used. */
function isPortTaken(failure: string): boolean {
  return failure.includes('could not create any TCP/IP sockets') || failure.includes('could not bind');
}

async function tryStart(options: ServerOptions, port: number): Promise<RunningServer | string> {
  const { home, binaries, durability, locks } = options;
  removeStalePidFile(home.dataPath);
  const serverLog = await openServerLog(options.logPath);
  const server = startWatched(
    join(binaries, 'bin', 'postgres'),
    serverArguments(home.dataPath, port, durability),
    {
      user: home.user,
      logFd: serverLog.fd,
      locks: locks.map((lock) => lock.fd),
    },
  );
  if (await becomesReady(server, home.dataPath, port)) {
    void server.exited.then(() => serverLog.close()).catch(() => undefined);
    return { port, process: server };
  }
  await server.stop();
  const failure = serverLog.tail() || `exit code ${server.exitCode ?? 'none'}`;
  serverLog.close();
  return failure;
}

async function becomesReady(server: WatchedProcess, dataPath: string, port: number): Promise<boolean> {
  const start = Date.now();
  while (server.exitCode === null && Date.now() - start < READY_WITHIN_MS) {
    const postmaster = readPostmaster(dataPath);
    if (postmaster?.ready && postmaster.port === port) return true;
    await sleep(15);
  }
  return false;
}

function serverArguments(dataPath: string, port: number, durability: Durability): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '64MB',
    huge_pages: 'off',
    // Without the worker processes that version 18 adds by default.
    io_method: 'sync',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_checkpoints: 'off',
    // Failed statements and the details of constraint errors hold people's names and numbers.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(durability === 'fast' ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return ['-D', dataPath, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

const LOG_MAX_BYTES = 5 * 1024 * 1024;
const LOG_CHECK_EVERY_MS = 60_000;

interface ServerLog {
  readonly fd: number;
  /** Returns the last 2 kB of what was logged since it was opened. */
  tail(): string;
  close(): void;
}

/**
 * Opens the server's log for appending, so that the server writes on at the new end when the file is cut under it. Until it
 * is closed, one older file is kept beside it, and so at most about 10 MB.
 */
async function openServerLog(path: string): Promise<ServerLog> {
  await rotate(path);
  const fd = openSync(path, 'a+', 0o600);
  const begin = statSync(path).size;
  const timer = setInterval(() => void rotate(path), LOG_CHECK_EVERY_MS);
  timer.unref();
  return {
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
    if ((await stat(path)).size <= LOG_MAX_BYTES) return;
    await copyFile(path, `${path}.1`);
    await truncate(path);
  } catch {
    // No file yet, or a full disk: the server's log is not worth failing for.
  }
}
