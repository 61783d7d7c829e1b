import { spawn } from 'node:child_process';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Nothing of the operator's environment (PGDATA, PGPORT, LC_ALL, secrets) may reach the server. */
export const SERVER_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

export interface ProgramResult {
  /** Exit code, or `null` when a signal ended it or it could not be started at all. */
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
    const child = spawn(command, args, {
      // The folder Node stands in may be closed to the other user, and initdb refuses to run there.
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe', ...inherit],
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
    });
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
