import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { errorCode } from './embedded-postgres.error.js';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Nothing of the operator's environment (PGDATA, PGPORT, LC_ALL, secrets) may reach the server. */
const SERVER_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

interface ProgramResult {
  /** It is `null` when a signal ended the program, or it could not be started at all. */
  readonly code: number | null;
  readonly output: string;
  readonly spawnError?: NodeJS.ErrnoException;
}

/** Runs a program to its end. `inherit` lists file descriptors that the program gets as 3, 4, … */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { user?: SystemUser | null; inherit?: readonly number[] } = {},
): Promise<ProgramResult> {
  const { user, inherit = [] } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...runAs(user), stdio: ['ignore', 'pipe', 'pipe', ...inherit] });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', (spawnError) => resolve({ code: null, output, spawnError }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/**
 * Runs its arguments, and interrupts them when standard input ends, which the kernel sees to when Node dies in whatever
 * way. Why it is as it is:
 * - it repeats the interrupt, as one that comes before the server has set up its handlers is lost;
 * - only the server keeps descriptors 3 and 4, the locks: they must be free when it is gone;
 * - a background job has no standard input, so the pipe goes to the reader as 9.
 */
const WATCH = `
trap '' HUP INT TERM
exec 9<&0 </dev/null
"$@" 9<&- &
server=$!
exec 3>&- 4>&- >/dev/null 2>&1
( read -r nothing <&9; while kill -INT "$server"; do sleep 1; done ) &
reader=$!
wait "$server"
code=$?
kill -KILL "$reader"
wait "$reader"
exit "$code"
`;

export interface WatchedProcess {
  /** Set once the process has ended. */
  readonly exitCode: number | null;
  readonly exited: Promise<void>;
  /** Interrupts the process, as the death of Node would, and waits for its end. */
  stop(): Promise<void>;
}

/** Starts a server in a session of its own, so that Ctrl-C reaches Node alone; it ends when Node does. */
export function startWatched(
  command: string,
  args: readonly string[],
  options: { user?: SystemUser | null; logFd?: number; locks?: readonly number[] } = {},
): WatchedProcess {
  const output = options.logFd ?? 'ignore';
  const { user, locks = [] } = options;
  const child = spawn('/bin/sh', ['-c', WATCH, 'sh', command, ...args], {
    ...runAs(user),
    detached: true,
    stdio: ['pipe', output, output, ...locks],
  });
  return watch(child);
}

/** The folder Node stands in may be closed to the other user, and initdb refuses to run there. */
function runAs(user: SystemUser | null | undefined) {
  return { cwd: '/', env: SERVER_ENVIRONMENT, ...(user ? { uid: user.uid, gid: user.gid } : {}) };
}

function watch(child: ChildProcess): WatchedProcess {
  let exitCode: number | null = null;
  const exited = new Promise<void>((resolve) => {
    const end = (code: number | null) => {
      exitCode = code ?? -1;
      resolve();
    };
    child.once('error', () => end(-1));
    child.once('exit', end);
  });
  const pipe = child.stdin;
  // The shell may be gone already; then there is nothing left to tell it.
  pipe?.on('error', () => undefined);
  // Neither may keep a Node alive that has finished its own work.
  child.unref();
  if (pipe instanceof Socket) pipe.unref();
  return {
    get exitCode() {
      return exitCode;
    },
    exited,
    stop: async () => {
      child.ref();
      pipe?.end();
      await exited;
    },
  };
}

/** Returns whether a process is there, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
