// `npm run drill`: proves that a backup can be restored. It makes one of the running service's database, or takes one that is there, restores
// it into a PostgreSQL of its own beside it, verifies the copy, compares it with the original, and starts the service on it, cut off from
// everything. It only reads the original, and texts nobody.
import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync } from 'node:fs';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import pg from 'pg';
import { parseConfig } from '../dist/src/config/config.js';
import { providers } from '../dist/src/core/providers/providers.js';
import { lockDataDir } from '../dist/src/platform/embedded-postgres/file-lock.js';
import { startEmbeddedPostgres } from '../dist/src/platform/embedded-postgres/embedded-postgres.js';

const usage = `npm run drill -- [--backup PATH] [--keep PATH] [--scratch FOLDER] [--bin FOLDER]

  Reads the environment of the service, and its embedded database or the one that DATABASE_OWNER_URL, DATABASE_DIRECT_URL or DATABASE_URL
  names, in that order.

  --backup   a backup that is there: a file of pg_dump --format=custom, or, of an embedded database, a folder that --keep has made.
             Without it, one is made now
  --keep     where the backup that is made stays
  --scratch  a folder with room for the backup and a copy of the database; the system's for temporary files without it
  --bin      where pg_dump and pg_restore are, of the server's version or newer; those of the PATH without it

  It ends with 0 when the backup was proved to be whole, with 1 when it was not, and with 2 when that could not be found out.
`;

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** What is wrong with the backup, in contrast to what keeps the drill from finding out. */
class NotProved extends Error {}

const { values: wish } = parseArgs({
  options: {
    backup: { type: 'string' },
    keep: { type: 'string' },
    scratch: { type: 'string' },
    bin: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (wish.help) {
  process.stdout.write(usage);
  process.exit(0);
}

// Texts can be read in a backup, though numbers are sealed: it is nobody else's.
process.umask(0o077);
const cleanUps = [];
let scratch = '';
const began = Date.now();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void leave().then(() => process.exit(2)));
let code = 0;
try {
  scratch = mkdtempSync(join(resolve(wish.scratch ?? tmpdir()), 'chorong-drill-'));
  // As root, PostgreSQL runs as another user, who has to pass through.
  chmodSync(scratch, 0o711);
  await drill(parseConfig({ LOG_LEVEL: 'warn', ...process.env }, providers));
  console.log(`PROVED in ${secondsSince(began)} s: the backup can be restored.`);
} catch (error) {
  code = error instanceof NotProved ? 1 : 2;
  const what = code === 1 ? 'NOT PROVED: the backup will not do.' : 'The drill could not be held.';
  console.error(`${what}\n${error.message ?? error}`);
} finally {
  await leave();
}
process.exit(code);

async function drill(config) {
  const original = config.database ? await namedDatabase(config) : await embeddedDatabase(config);
  const before = await stateOf(original.url, original.role);
  const backup = wish.backup ? resolve(wish.backup) : await original.makeBackup();
  if (!existsSync(backup)) throw new Error(`There is no backup ${backup}.`);
  if (!wish.backup) report('backup', `${original.how}, ${sizeOf(backup)} MB in ${secondsSince(began)} s`);
  const after = await stateOf(original.url, original.role);

  const restoring = Date.now();
  const copy = { ...(await original.restore(backup)), environment: original.environment };
  const restored = await stateOf(copy.url, original.role);
  report('restored', `into a PostgreSQL of its own, in ${secondsSince(restoring)} s`);
  await compare(original, restored, wish.backup ? null : before, after);
  report('verified', await verify(copy));
  report('started', await startPaused(copy, restored));
  report('back within', `${secondsSince(restoring)} s from the backup to a service that answers`);
}

/** The database that the environment names, backed up by pg_dump. */
async function namedDatabase({ database }) {
  const url = process.env.DATABASE_OWNER_URL || process.env.DATABASE_DIRECT_URL || database.url;
  const role = decodeURIComponent(new URL(database.url).username);
  const tool = async (name, args, env = {}) => {
    const program = wish.bin ? join(wish.bin, name) : name;
    return run(program, args, { env: { PATH: process.env.PATH, LC_ALL: 'C', ...env }, maxBuffer: 2 ** 26 });
  };
  // What the dump names, the scratch server has to have.
  const [{ roles, owner }] = await asking(url, (rows) =>
    rows(`SELECT array_agg(rolname::text) AS roles, (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'leaf'::regclass) AS owner
          FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%'`),
  );
  return {
    url,
    role,
    how: 'pg_dump',
    environment: {},
    makeBackup: async () => {
      const file = wish.keep ? resolve(wish.keep) : join(scratch, 'backup.dump');
      const { password, href } = withoutPassword(url);
      await tool('pg_dump', ['--format=custom', `--file=${file}`, href], { PGPASSWORD: password }).catch(
        because(
          'pg_dump made no backup. It has to be there (--bin), of the server’s version or newer, and the role has to read every table: give DATABASE_OWNER_URL.',
        ),
      );
      return file;
    },
    restore: async (file) => {
      const server = await scratchServer();
      const passwords = { [role]: randomBytes(16).toString('hex'), [owner]: randomBytes(16).toString('hex') };
      const admin = new pg.Client({ connectionString: server.superuserUrl });
      await admin.connect();
      const known = (await admin.query('SELECT rolname FROM pg_roles')).rows.map(({ rolname }) => rolname);
      const named = pg.escapeIdentifier;
      for (const name of roles.filter((each) => !known.includes(each)))
        await admin.query(`CREATE ROLE ${named(name)}`);
      for (const [name, password] of Object.entries(passwords))
        await admin.query(`ALTER ROLE ${named(name)} LOGIN PASSWORD '${password}'`);
      await admin.query(`CREATE DATABASE drill OWNER ${named(owner)}`);
      await admin.query('REVOKE ALL ON DATABASE drill FROM PUBLIC');
      await admin.query(`GRANT CONNECT ON DATABASE drill TO ${named(role)}`);
      await admin.end();
      const at = (name, password) =>
        Object.assign(new URL(server.superuserUrl), { pathname: '/drill', username: name, password }).href;
      const target = withoutPassword(
        Object.assign(new URL(server.superuserUrl), { pathname: '/drill' }).href,
      );
      await tool('pg_restore', ['--exit-on-error', `--dbname=${target.href}`, file], {
        PGPASSWORD: target.password,
      }).catch(because('pg_restore could not restore it.', NotProved));
      return { url: at(role, passwords[role]), ownerUrl: at(owner, passwords[owner]), port: server.port };
    },
  };
}

/** The embedded database, backed up by PostgreSQL itself: its files, with a list of their hashes and what recovers them. */
async function embeddedDatabase({ dataDir }) {
  const passwords = join(dataDir, 'postgres-passwords.json');
  if (!existsSync(passwords))
    throw new Error(
      `${dataDir} holds no database: start the service there, or set CHORONG_DATA_DIR or DATABASE_URL.`,
    );
  // Where no service runs on it, none shall start and then lose this server when the drill is over.
  const lock = await lockDataDir(dataDir, 'a drill').catch(() => null);
  const server = await startEmbeddedPostgres({ dataDir });
  cleanUps.push(() => server.stop().then(() => lock?.release()));
  const { uid, gid } = statSync(server.dataPath);
  const { username: role } = new URL(server.appUrl);
  const secrets = join(dataDir, 'secrets.json');
  const kept = existsSync(secrets) ? JSON.parse(readFileSync(secrets, 'utf8')) : {};
  const environment = { CHORONG_SEALING_KEYS: kept.sealingKeys, CHORONG_INDEX_KEY: kept.indexKey };
  return {
    url: server.ownerUrl,
    role,
    how: 'a base backup',
    environment: process.env.CHORONG_SEALING_KEYS ? {} : environment,
    makeBackup: async () => {
      // PostgreSQL writes it, as its own user.
      const place = join(scratch, 'made');
      mkdirSync(place, { mode: 0o700 });
      chownSync(place, uid, gid);
      const client = new pg.Client({ connectionString: server.superuserUrl, replication: 'database' });
      await client.connect();
      await client.query(
        `BASE_BACKUP (LABEL 'drill', TARGET 'server', TARGET_DETAIL '${place}/backup', CHECKPOINT 'fast', WAL, WAIT false,
                      MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')`,
      );
      await client.end();
      if (!wish.keep) return join(place, 'backup');
      cpSync(join(place, 'backup'), resolve(wish.keep), {
        recursive: true,
        errorOnExist: true,
        force: false,
      });
      return resolve(wish.keep);
    },
    restore: async (folder) => {
      const data = join(scratch, 'server/postgres');
      mkdirSync(data, { recursive: true, mode: 0o711 });
      await run('tar', ['-xf', join(folder, 'base.tar'), '-C', data]).catch(
        because('base.tar cannot be unpacked.', NotProved),
      );
      mustBeWhole(folder, data);
      chmodSync(data, 0o700);
      chownSync(data, uid, gid);
      cpSync(passwords, join(scratch, 'server/postgres-passwords.json'));
      const { appUrl, ownerUrl, port } = await scratchServer().catch(
        because('PostgreSQL does not start from it.', NotProved),
      );
      return { url: appUrl, ownerUrl, port };
    },
  };
}

/** Throws unless each file of a base backup is as the manifest beside it says. */
function mustBeWhole(folder, data) {
  const manifest = readFileSync(join(folder, 'backup_manifest'), 'utf8');
  const [, signed = ''] = /"Manifest-Checksum": "([0-9a-f]{64})"/.exec(manifest) ?? [];
  // It is the hash of all lines before its own.
  const lines = manifest.slice(0, manifest.lastIndexOf('"Manifest-Checksum"'));
  if (signed === '' || sha256(lines) !== signed)
    throw new NotProved('backup_manifest is not as it was written.');
  for (const file of JSON.parse(manifest).Files) {
    const path = file.Path ?? Buffer.from(file['Encoded-Path'], 'hex').toString();
    if (!existsSync(join(data, path))) throw new NotProved(`the backup lacks the file ${path}.`);
    if (sha256(readFileSync(join(data, path))) !== file.Checksum)
      throw new NotProved(`the file ${path} is damaged in the backup.`);
  }
}

async function scratchServer() {
  const folder = join(scratch, 'server');
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataDir: folder, durability: 'fast' });
  cleanUps.push(async () => {
    await server.stop();
    if (!server.dataPath.startsWith(scratch))
      rmSync(dirname(server.dataPath), { recursive: true, force: true });
  });
  return server;
}

/** Counts rows of the tables that the service's role deletes nothing from, and so only grow, and reads the newest checkpoint. */
async function stateOf(url, role) {
  return asking(url, async (rows) => {
    const tables = await rows(
      `SELECT relname AS name FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT has_table_privilege($1, oid, 'DELETE')
         AND has_table_privilege(oid, 'SELECT') ORDER BY relname`,
      [role],
    );
    const counts = {};
    for (const { name } of tables)
      counts[name] = (await rows(`SELECT count(*)::int AS n FROM ${pg.escapeIdentifier(name)}`))[0].n;
    const [checkpoint = null] = await rows(
      `SELECT size::int, note FROM log_checkpoint ORDER BY log_checkpoint.size DESC LIMIT 1`,
    );
    const [{ alive }] = await rows('SELECT max(active_at) AS alive FROM instance');
    if (!alive) throw new Error('No service has worked on this database yet.');
    const [{ texts }] = await rows('SELECT count(*)::int AS texts FROM sandbox_text');
    return { counts, checkpoint, alive, texts };
  });
}

/** Throws unless the copy is the original at one moment: between two looks at it, or, of a backup that was there, before the last. */
async function compare({ url }, copy, before, after) {
  const most = Object.entries(after.counts);
  const strange = most.flatMap(([table, max]) => {
    const least = before?.counts[table] ?? 0;
    const n = copy.counts[table] ?? 0;
    return n < least || n > max ? [`${table}: ${n} rows, where the original had ${least} to ${max}`] : [];
  });
  if (strange.length > 0) throw new NotProved(strange.join('\n'));
  const size = copy.checkpoint?.size ?? 0;
  if (size < (before?.checkpoint?.size ?? 0))
    throw new NotProved(
      `its last checkpoint is of ${size} entries, where the original had ${before.checkpoint.size}.`,
    );
  if (copy.checkpoint) {
    const same = await asking(url, (rows) =>
      rows('SELECT 1 FROM log_checkpoint WHERE size = $1 AND note = $2', [size, copy.checkpoint.note]),
    );
    if (same.length === 0)
      throw new NotProved(`its last checkpoint, of ${size} entries, is none of the original.`);
  }
  const total = Object.values(copy.counts).reduce((sum, n) => sum + n, 0);
  report('the same', `${most.length} tables, ${total} rows; the last checkpoint, of ${size} entries`);
  const age = Math.max(0, Math.round((began - copy.alive) / 1000));
  const lost = after.counts.leaf - copy.counts.leaf;
  report(
    'would be lost',
    `what came after ${copy.alive.toISOString()}, ${age} s before the drill: ${lost} entries of the log`,
  );
}

async function verify(copy) {
  const args = [join(root, 'dist/src/verify.cli.js'), '--state', join(scratch, 'verified.json')];
  const env = environmentOf(copy);
  const { stdout } = await run(process.execPath, args, { env }).catch(({ stdout, stderr }) => {
    throw new NotProved(`it does not verify: ${stdout}${stderr}`);
  });
  return stdout.trim().replaceAll('\n', ' ');
}

/** Starts the service on the copy, cut off from everything but its database, and throws unless it answers and pauses by itself. */
async function startPaused(copy, restored) {
  const starting = Date.now();
  const port = await freePort();
  const refused = join(scratch, 'refused');
  const logPath = join(scratch, 'service.log');
  const log = openSync(logPath, 'a');
  const child = spawn(
    process.execPath,
    ['--import', join(root, 'deploy/cut-off.mjs'), join(root, 'dist/src/main.js')],
    {
      env: {
        ...environmentOf(copy),
        PORT: port,
        CUT_OFF_BUT_PORT: copy.port,
        CUT_OFF_REFUSED: refused,
      },
      stdio: ['ignore', log, log],
    },
  );
  const exited = once(child, 'exit');
  cleanUps.push(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const words = () => readFileSync(logPath, 'utf8').split('\n').slice(-15).join('\n');
  const answers = async () =>
    (await fetch(`http://127.0.0.1:${port}/health/live`).catch(() => null))?.ok === true;
  const isPaused = async () => {
    const brakes = await asking(copy.url, (rows) =>
      rows(`SELECT reason FROM brake WHERE scope = 'instance' AND released_at IS NULL`),
    );
    return brakes.length > 0;
  };
  for (const [what, condition] of [
    ['answer', answers],
    ['pause', isPaused],
  ])
    while (!(await condition())) {
      if (child.exitCode !== null || Date.now() - starting > 120_000)
        throw new NotProved(`the service does not ${what} on it:\n${words()}`);
      await sleep(100);
    }
  const seconds = secondsSince(starting);
  // Ticks and drains would send by now.
  await sleep(5000);
  const { texts } = await stateOf(copy.url, new URL(copy.url).username);
  if (texts !== restored.texts || !(await isPaused()))
    throw new NotProved('the service has sent texts on it.');
  child.kill('SIGTERM');
  await exited;
  const elsewhere = readFileSync(refused, 'utf8').split('\n').filter(Boolean);
  const places = [...new Set(elsewhere)].join(', ');
  return `in ${seconds} s, paused; ${elsewhere.length} connections elsewhere were refused${places ? ` (${places})` : ''}, no text was sent`;
}

/** The provider, the keys and the limits of the service; neither its queue nor anything else that leads outside, nor the id that vouches for it. */
function environmentOf(copy) {
  const names =
    /^(SMS|TWILIO|SOLAPI|GATEWAY|SEND|RECONCILE)_|^CHORONG_(SEALING_KEYS|INDEX_KEY|LOG_KEY|LOG_ORIGIN)$|^PUBLIC_URL$/;
  const own = Object.entries(process.env).filter(([name]) => names.test(name));
  const dataDir = join(scratch, 'data');
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    CHORONG_DATA_DIR: dataDir,
    ...Object.fromEntries(own),
    ...copy.environment,
    DATABASE_URL: copy.url,
    DATABASE_OWNER_URL: copy.ownerUrl,
  };
}

/** Asks in one transaction that reads, so that nothing is written, through a pooler neither. */
async function asking(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect().catch(because('The database cannot be reached.'));
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await work(async (sql, values) => (await client.query(sql, values)).rows);
  } finally {
    await client.end();
  }
}

/** A password in an argument could be read by everybody on the machine. */
function withoutPassword(address) {
  const url = new URL(address);
  const password = decodeURIComponent(url.password);
  url.password = '';
  return { password, href: url.href };
}

function because(what, kind = Error) {
  return (error) => {
    // A program that is not there says nothing of the backup.
    const isMissing = error.code === 'ENOENT' && error.syscall?.startsWith('spawn');
    throw new (isMissing ? Error : kind)(`${what}\n${String(error.stderr || error.message).trim()}`);
  };
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function sizeOf(path) {
  const file = statSync(path).isDirectory() ? join(path, 'base.tar') : path;
  return (statSync(file).size / 2 ** 20).toFixed(1);
}

function secondsSince(start) {
  return ((Date.now() - start) / 1000).toFixed(1);
}

function report(what, found) {
  console.log(`${what.padEnd(14)} ${found}`);
}

async function leave() {
  for (const cleanUp of cleanUps.splice(0).reverse())
    await cleanUp().catch((error) => console.error(String(error)));
  if (scratch) rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
