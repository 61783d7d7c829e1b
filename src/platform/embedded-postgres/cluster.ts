import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, escapeLiteral } from 'pg';
import { EmbeddedPostgresError, readIfPresent } from './embedded-postgres.error.js';
import type { FileLock } from './file-lock.js';
import type { Home } from './home.js';
import { runProgram, type SystemUser } from './programs.js';

const DATABASE = 'chorong';
const OWNER_ROLE = 'chorong_owner';
const APP_ROLE = 'chorong_app';
const SUPERUSER = 'postgres';

export interface Urls {
  /** It leads to the maintenance database `postgres`, the others to the service's own. */
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
}

export interface Passwords {
  readonly superuser: string;
  readonly owner: string;
  readonly app: string;
}

const passwordFile = (dataDir: string) => join(dataDir, 'postgres-passwords.json');

/** Reads the passwords of the roles; null when no start has got as far as choosing them. */
export function readPasswords(dataDir: string): Passwords | null {
  const json = readIfPresent(passwordFile(dataDir));
  return json === null ? null : (JSON.parse(json) as Passwords);
}

export function urlsOf(passwords: Passwords, port: number): Urls {
  const url = (role: string, password: string, database: string) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  return {
    superuserUrl: url(SUPERUSER, passwords.superuser, 'postgres'),
    ownerUrl: url(OWNER_ROLE, passwords.owner, DATABASE),
    appUrl: url(APP_ROLE, passwords.app, DATABASE),
  };
}

/**
 * Makes the cluster when there is none, beside its place, and moves it there whole, so that a start cut short leaves nothing
 * half made. Returns the passwords of its roles.
 */
export async function ensureCluster(
  dataDir: string,
  home: Home,
  binaries: string,
  options: { lock: FileLock; sync: boolean },
): Promise<Passwords> {
  const known = readPasswords(dataDir);
  if (existsSync(join(home.dataPath, 'PG_VERSION'))) {
    if (known) return known;
    throw new EmbeddedPostgresError(
      'data-missing',
      `${passwordFile(dataDir)} is gone, and with it the passwords of the data in ${home.dataPath}. Restore it from a backup.`,
    );
  }
  const passwords = known ?? choosePasswords(dataDir);
  const draft = `${home.dataPath}.new`;
  const passwordDraft = `${home.dataPath}-password.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordDraft, `${passwords.superuser}\n`, { mode: 0o600 });
  giveTo(home.user, draft, passwordDraft);

  const args = ['-D', draft, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordDraft}`];
  const result = await runProgram(
    join(binaries, 'bin', 'initdb'),
    [...args, ...localeArguments(), '--no-instructions', ...(options.sync ? [] : ['--no-sync'])],
    // Holding the lock itself, an initdb whose Node was killed keeps the next start waiting until it is done.
    { user: home.user, inherit: [options.lock.fd] },
  );
  rmSync(passwordDraft, { force: true });
  if (result.code !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new EmbeddedPostgresError(
      'start-failed',
      `Cannot create a database in ${home.dataPath}: ${result.output.trim() || String(result.spawnError)}`,
    );
  }
  renameSync(draft, home.dataPath);
  return passwords;
}

/** Makes the roles and the database. It may be repeated, since a first start may have been cut short anywhere in it. */
export async function ensureDatabase(passwords: Passwords, { superuserUrl }: Urls): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const existing = await client.query<{ name: string }>(
      'SELECT rolname AS name FROM pg_roles UNION ALL SELECT datname FROM pg_database',
    );
    const names = new Set(existing.rows.map((row) => row.name));
    for (const [role, password] of [
      [OWNER_ROLE, passwords.owner],
      [APP_ROLE, passwords.app],
    ] as const) {
      if (!names.has(role))
        await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${escapeLiteral(password)}`);
    }
    if (!names.has(DATABASE)) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER_ROLE}`);
    // PUBLIC may make temporary tables by default; the service's role makes nothing.
    await client.query(`REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${DATABASE} TO ${APP_ROLE}`);
  } finally {
    await client.end();
  }
}

/**
 * Writes the locale: texts sort by code point, the same on every system, and character classes come from a UTF-8 locale,
 * without which trigram search takes Korean for punctuation. macOS calls that locale by another name.
 */
function localeArguments(): string[] {
  const libc = process.platform === 'darwin' ? ['--locale=C', '--lc-ctype=UTF-8'] : ['--locale=C.UTF-8'];
  return [
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...libc,
    '--lc-messages=C',
  ];
}

function giveTo(user: SystemUser | null, ...paths: string[]): void {
  if (user) for (const path of paths) chownSync(path, user.uid, user.gid);
}

function choosePasswords(dataDir: string): Passwords {
  const password = () => randomBytes(24).toString('base64url');
  const passwords = { superuser: password(), owner: password(), app: password() };
  const draft = `${passwordFile(dataDir)}.new`;
  writeFileSync(draft, JSON.stringify(passwords), { mode: 0o600 });
  renameSync(draft, passwordFile(dataDir));
  return passwords;
}
