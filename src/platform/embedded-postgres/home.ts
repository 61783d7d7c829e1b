import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError, permissionError, readIfPresent } from './embedded-postgres.error.js';
import { runProgram, type SystemUser } from './programs.js';

/** A Home is where a data folder's PostgreSQL lives, with the user who runs it. */
export interface Home {
  /** The data folder itself, or one in /var/tmp when PostgreSQL's user cannot reach the data folder. */
  readonly folder: string;
  readonly dataPath: string;
  readonly isElsewhere: boolean;
  /** `null`: the user who runs Node. */
  readonly user: SystemUser | null;
}

const ELSEWHERE = '/var/tmp/chorong-';
const pointerIn = (dataDir: string) => join(dataDir, 'postgres-location');

/** Returns the home that earlier starts made, and makes none. */
export function knownFolder(dataDir: string): string {
  return readIfPresent(pointerIn(dataDir))?.trim() ?? dataDir;
}

/** Finds or makes the home. Call it only while holding the server's lock: it may make a folder and point to it. */
export async function findHome(dataDir: string): Promise<Home> {
  const folder = knownFolder(dataDir);
  const isElsewhere = folder !== dataDir;
  if (isElsewhere && !existsSync(folder)) throw goneError(dataDir, folder);

  const dataPath = join(folder, 'postgres');
  const owner = statSync(dataPath, { throwIfNoEntry: false });
  const self = process.geteuid?.();
  if (self !== 0) {
    if (owner && owner.uid !== self)
      throw permissionError(dataPath, Object.assign(new Error(), { code: 'EACCES' }));
    return { folder, dataPath, isElsewhere, user: null };
  }

  // PostgreSQL refuses to run as root.
  const user = owner && owner.uid !== 0 ? userOf(owner) : unprivilegedUser();
  if (await canEnter(folder, user)) return { folder, dataPath, isElsewhere, user };
  if (owner) throw unreachableError(dataPath, user);
  return makeHomeElsewhere(dataDir, user);
}

function makeHomeElsewhere(dataDir: string, user: SystemUser): Home {
  // A random name: /var/tmp is open to all, and a name that can be guessed can be taken first.
  const folder = mkdtempSync(ELSEWHERE);
  chmodSync(folder, 0o755);
  const draft = `${pointerIn(dataDir)}.new`;
  writeFileSync(draft, `${folder}\n`);
  renameSync(draft, pointerIn(dataDir));
  return { folder, dataPath: join(folder, 'postgres'), isElsewhere: true, user };
}

/** Tries to enter the folder as the user: beside its mode bits, access lists and mount options decide. */
async function canEnter(folder: string, user: SystemUser): Promise<boolean> {
  const { code, spawnError } = await runProgram('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { user });
  if (spawnError) {
    throw new EmbeddedPostgresError(
      'no-permission',
      `PostgreSQL does not run as root, and this root may not start it as ${user.name}. Start the service as an ordinary user, or set DATABASE_URL.`,
      { cause: spawnError },
    );
  }
  return code === 0;
}

function unprivilegedUser(): SystemUser {
  const users = systemUsers();
  const user = users.find((each) => each.name === 'postgres') ?? users.find((each) => each.name === 'nobody');
  if (user) return user;
  throw new EmbeddedPostgresError(
    'no-permission',
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody. Start the service as an ordinary user, or set DATABASE_URL.',
  );
}

function userOf(owner: { uid: number; gid: number }): SystemUser {
  const name = systemUsers().find((each) => each.uid === owner.uid)?.name ?? `user ${owner.uid}`;
  return { name, uid: owner.uid, gid: owner.gid };
}

function systemUsers(): SystemUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

function unreachableError(dataPath: string, user: SystemUser): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'no-permission',
    `The data in ${dataPath} belongs to ${user.name}, who cannot reach that folder. Open the folders above it to that user (chmod a+x), or move the data folder.`,
  );
}

/** Makes the error of a home that is gone: an empty database in its place would look like a log that was wiped. */
function goneError(dataDir: string, folder: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data-missing',
    `The data of ${dataDir} was in ${folder}, which is gone. Restore it; or, to begin with an empty database, delete ${pointerIn(dataDir)}.`,
  );
}
