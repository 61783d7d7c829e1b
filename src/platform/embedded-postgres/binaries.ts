import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { runProgram, type SystemUser } from './programs.js';

/** Finds the folder with bin, lib and share that npm installed for this platform. */
export function installedBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'no-binaries',
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (the optional package ${name} is not installed). Set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

interface Refusal {
  /** The kernel forbade it (EACCES); otherwise the program, its loader or a library of it does not work. */
  readonly isForbidden: boolean;
  readonly reason: string;
}

/** Where `user` can run PostgreSQL from: as installed, or a copy in `folder` when it cannot be run in place. */
export async function runnableBinaries(
  installed: string,
  folder: string,
  user: SystemUser | null,
): Promise<string> {
  if (linkLibraries(installed) && (await whyNotRunnable(installed, user)) === null) return installed;

  const copy = join(folder, `binaries-${versionOf(installed)}`);
  if (!existsSync(copy)) copyBinaries(installed, copy);
  const refusal = await whyNotRunnable(copy, user);
  if (refusal === null) return copy;
  rmSync(copy, { recursive: true, force: true });
  throw cannotRun(copy, user, refusal);
}

/** Returns false when links are missing and cannot be made. npm cannot pack links, and skips postinstall scripts at times. */
export function linkLibraries(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) {
      const path = join(native, target.replace(/^native\//, ''));
      if (!existsSync(path)) linkUnlessRaced(basename(source), path);
    }
    return true;
  } catch {
    return false;
  }
}

function linkUnlessRaced(source: string, path: string): void {
  try {
    symlinkSync(source, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

/** Says why the program does not run, or returns null when it does. */
async function whyNotRunnable(native: string, user: SystemUser | null): Promise<Refusal | null> {
  const program = join(native, 'bin', 'postgres');
  const { code, output, spawnError } = await runProgram(program, ['--version'], { user });
  if (code === 0) return null;
  return {
    isForbidden: spawnError?.code === 'EACCES',
    reason: output.trim() || (spawnError?.message ?? `exit code ${code ?? 'none'}`),
  };
}

function cannotRun(copy: string, user: SystemUser | null, refusal: Refusal): EmbeddedPostgresError {
  const runner = user?.name ?? 'this user';
  const [problem, remedy] = refusal.isForbidden
    ? [
        `was copied to ${copy}, and ${runner} may not run it there (is that file system mounted noexec?)`,
        'Set CHORONG_DATA_DIR to a folder where programs may run, or DATABASE_URL',
      ]
    : [
        'does not run on this system (it needs glibc: Alpine and other musl systems have none)',
        'Set DATABASE_URL',
      ];
  return new EmbeddedPostgresError(
    'no-binaries',
    `The embedded PostgreSQL ${problem}: ${refusal.reason}. ${remedy} to a PostgreSQL server.`,
  );
}

function versionOf(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

function copyBinaries(from: string, to: string): void {
  for (const name of readdirSync(dirname(to))) {
    if (name.startsWith('binaries-')) rmSync(join(dirname(to), name), { recursive: true, force: true });
  }
  const draft = `${to}.new`;
  // A package may be installed as a link, which copied as it is would lead back to where the user cannot go.
  cpSync(realpathSync(from), draft, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });
  openToAll(draft);
  linkLibraries(draft);
  renameSync(draft, to);
}

/** With a umask of 077 npm makes files that PostgreSQL's user could not read; and folders may be copied as read-only. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
