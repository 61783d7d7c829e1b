import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres.error.js';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** Reads `postmaster.pid`, whose lines PostgreSQL documents in src/include/utils/pidfile.h. */
export function readPostmaster(dataPath: string): Postmaster | null {
  let lines: string[];
  try {
    lines = readFileSync(join(dataPath, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** A pid file that outlived its server may name any process by now, so look at what the process was started as. */
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
 * PostgreSQL itself refuses to start when the pid in a stale file is in use again, which in a container, where pids are
 * few, is the usual case after a kill. Call it only while holding the server's lock.
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
