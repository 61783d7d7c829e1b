import { closeSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { copyFile, stat, truncate } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  EmbeddedPostgresError,
  errorCode,
  permissionError,
  readIfPresent,
} from './embedded-postgres.error.js';
import { type FileLock, isLocked } from './file-lock.js';
import { type Home, knownFolder } from './home.js';
import { isAlive, startWatched, type WatchedProcess } from './programs.js';
import { execFileSync } from 'node:child_process';
import { Client } from 'pg';
import { readPasswords, type Urls, urlsOf } from './cluster.js';

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

/**
 * Opens the server's log for appending, so that the server writes on at the new end when the file is cut under it. Until it
 * is closed, one older file is kept beside it, and so at most about 10 MB.
 */
async function openServerLog(path: string) {
  await rotate(path);
  const fd = openSync(path, 'a+', 0o600);
  const begin = statSync(path).size;
  const timer = setInterval(() => void rotate(path), LOG_CHECK_EVERY_MS);
  timer.unref();
  return {
    fd,
    /** Returns the last 2 kB of what was logged since it was opened. */
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

/** Reads `postmaster.pid`, whose lines PostgreSQL documents in src/include/utils/pidfile.h. */
export function readPostmaster(dataPath: string) {
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
