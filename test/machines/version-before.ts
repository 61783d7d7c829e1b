import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../faults/bench.js';

/** A version of the service that was there before this one, as a folder that holds its `dist`. */
export interface Version {
  commit: string;
  program: string;
}

/**
 * Builds the version that an upgrade comes from: the one that `--before` names, or the newest that lacked the last migration. It uses the
 * packages of today. Returns null, and says so, where git does not know it.
 */
export function buildVersionBefore({ workplace, before }: Bench): Version | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  let commit: string;
  try {
    const added = ['log', '-1', '--diff-filter=A', '--format=%H', '--', 'migrations/[0-9]*'];
    commit = git('rev-parse', '--short=7', '--verify', `${before ?? `${git(...added)}~1`}^{commit}`);
  } catch {
    const what = before ?? 'the version before the last migration';
    process.stderr.write(`git does not know ${what}, so that nothing is upgraded here\n`);
    return null;
  }
  const program = join(workplace.folder, `version-${commit}`);
  // Another scenario of the run may have built it.
  if (existsSync(program)) return { commit, program };
  mkdirSync(program);
  execFileSync('sh', ['-c', 'git archive "$1" | tar -x -C "$2"', 'sh', commit, program]);
  symlinkSync(join(process.cwd(), 'node_modules'), join(program, 'node_modules'));
  // The types were right when it was committed.
  const compiler = join(process.cwd(), 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noCheck'], {
    cwd: program,
    stdio: 'inherit',
  });
  return { commit, program };
}
