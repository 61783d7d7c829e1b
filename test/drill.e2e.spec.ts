import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync } from 'node:fs';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, startWatched, type SystemUser } from '../src/platform/embedded-postgres/programs.js';
import { aContract } from './support/builders.js';
import { rowsAt } from './support/database.js';
import { freePort } from './support/free-port.js';
import { until } from './support/until.js';

const home = mkdtempSync(join(tmpdir(), 'chorong-drill-test-'));
// As root, PostgreSQL runs as another user, who has to pass through.
chmodSync(home, 0o711);
const scratch = join(home, 'scratch');
const environmentOfAll = { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn' };
const running = new Set<ChildProcess>();

afterAll(async () => {
  await Promise.all([...running].map(stop));
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

/** Starts the built service with a contract in it, whose text the sandbox has taken. */
async function startWithContract(environment: Record<string, string>): Promise<ChildProcess> {
  const key = `chr_ABCD1234_${randomBytes(24).toString('hex')}`;
  const port = await freePort();
  const child = spawn(process.execPath, ['dist/src/main.js'], {
    env: {
      ...environmentOfAll,
      CHORONG_SANDBOX: 'empty',
      BOOTSTRAP_API_KEY: key,
      PORT: String(port),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const call = async <T>(path: string, body?: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  await until(`the service answers, and not: ${output}`, async () => {
    if (child.exitCode !== null) throw new Error(output);
    return (await fetch(`http://127.0.0.1:${port}/health/live`).catch(() => null))?.ok === true;
  });
  await call('/sandbox/clock', { startAt: '2026-03-02T09:00:00+09:00' });
  const { items } = await call<{ items: { id: string }[] }>('/departments');
  await call('/contracts', aContract({ departmentId: items[0]?.id ?? '' }));
  await call('/sandbox/clock', { advanceTo: '2026-03-04T12:00:00+09:00' });
  await until('the text is taken', async () => {
    const texts = await call<{ items: unknown[] }>('/sandbox/texts');
    return texts.items.length > 0;
  });
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function drill(environment: Record<string, string>, ...args: string[]) {
  mkdirSync(scratch, { recursive: true });
  chmodSync(scratch, 0o711);
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(
      process.execPath,
      ['deploy/drill.mjs', '--scratch', scratch, ...args],
      { env: { ...environmentOfAll, ...environment } },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: `${stdout}${stderr}` }),
    );
  });
}

/** Flips the bits of so many bytes in the middle of a file. */
function damage(path: string, count: number): void {
  const file = openSync(path, 'r+');
  const middle = Math.floor(statSync(path).size / 2);
  const flipped = readFileSync(path)
    .subarray(middle, middle + count)
    .map((byte) => byte ^ 0xff);
  writeSync(file, flipped, 0, count, middle);
  closeSync(file);
}

const everything = `SELECT (SELECT count(*) FROM leaf) AS leaves, (SELECT count(*) FROM brake) AS brakes,
  (SELECT count(*) FROM attempt) AS attempts, (SELECT count(*) FROM sandbox_text) AS texts`;

describe('a drill of an embedded database', () => {
  const dataDir = join(home, 'data');
  const kept = join(home, 'kept');
  const environment = { CHORONG_DATA_DIR: dataDir };
  let superuserUrl: string;

  beforeAll(async () => {
    await startWithContract(environment);
    const secret = JSON.parse(readFileSync(join(dataDir, 'postgres-passwords.json'), 'utf8')) as {
      superuser: string;
    };
    const port = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[3];
    superuserUrl = `postgres://postgres:${secret.superuser}@127.0.0.1:${port}/chorong`;
  });

  it('proves a backup of the running service, touches nothing of it, and leaves nothing behind', async () => {
    const before = await rowsAt(superuserUrl, everything);
    const { code, output } = await drill(environment, '--keep', kept);
    expect([code, output]).toEqual([0, expect.stringContaining('PROVED')]);
    expect(output).toMatch(/The log fits: \d+ entries.* The tables fit: [1-9]\d* rows/);
    expect(output).toContain('paused');
    expect(await rowsAt(superuserUrl, everything)).toEqual(before);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('proves a backup that was made before, and says what would be lost', async () => {
    await rowsAt(superuserUrl, `UPDATE instance SET active_at = clock_timestamp()`);
    const { code, output } = await drill(environment, '--backup', kept);
    expect([code, output]).toEqual([0, expect.stringMatching(/would be lost .* s before the drill/)]);
  });

  it('cuts the copy off from the provider, which it would call at its start', async () => {
    let calls = 0;
    const provider: Server = createServer((_, response) => {
      calls += 1;
      response.end('{}');
    });
    await new Promise<void>((done) => provider.listen(0, '127.0.0.1', done));
    const { port } = provider.address() as AddressInfo;
    const { sealingKeys, indexKey } = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as {
      sealingKeys: string;
      indexKey: string;
    };
    const [instance] = await rowsAt(superuserUrl, 'SELECT id FROM instance');
    const { code, output } = await drill({
      ...environment,
      // It vouches for further workers, and may not vouch for a copy.
      CHORONG_INSTANCE: (instance as { id: string }).id,
      SMS_PROVIDER: 'twilio',
      TWILIO_BASE_URL: `http://127.0.0.1:${port}`,
      TWILIO_FROM: '+12125550100',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: '0'.repeat(32),
      CHORONG_SEALING_KEYS: sealingKeys,
      CHORONG_INDEX_KEY: indexKey,
      PUBLIC_URL: 'http://127.0.0.1:3000',
      CHORONG_LOG_ORIGIN: 'localhost/log',
    });
    provider.close();
    expect([code, output]).toEqual([0, expect.stringContaining(`127.0.0.1:${port}`)]);
    expect(calls).toBe(0);
  });

  it.each([
    ['a damaged byte', (folder: string) => damage(join(folder, 'base.tar'), 1)],
    ['a file cut short', (folder: string) => truncateSync(join(folder, 'base.tar'), 20_000_000)],
    [
      'another manifest',
      (folder: string) => {
        const manifest = readFileSync(join(folder, 'backup_manifest'), 'utf8');
        writeFileSync(join(folder, 'backup_manifest'), manifest.replace('"Size": 3', '"Size": 4'));
      },
    ],
  ])('refuses a backup with %s', async (_, harm) => {
    const bad = join(home, 'bad');
    await runProgram('/bin/cp', ['-R', kept, bad]);
    harm(bad);
    const { code, output } = await drill(environment, '--backup', bad);
    rmSync(bad, { recursive: true });
    expect([code, output]).toEqual([1, expect.stringContaining('NOT PROVED')]);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('refuses a backup of a database in which somebody altered a row', async () => {
    await rowsAt(superuserUrl, `UPDATE message SET text = text || '!'`);
    const { code, output } = await drill(environment);
    expect([code, output]).toEqual([1, expect.stringContaining('does not verify')]);
  });

  it('refuses a backup that is of another life: its checkpoint is none of the original', async () => {
    await rowsAt(superuserUrl, `ALTER TABLE log_checkpoint DISABLE TRIGGER USER`);
    await rowsAt(superuserUrl, `UPDATE log_checkpoint SET note = note || 'x'`);
    const { code, output } = await drill(environment, '--backup', kept);
    expect([code, output]).toEqual([1, expect.stringContaining('is none of the original')]);
  });

  it('refuses a backup with more in it than the original has', async () => {
    await rowsAt(superuserUrl, `DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)`);
    const { code, output } = await drill(environment, '--backup', kept);
    expect([code, output]).toEqual([1, expect.stringMatching(/migrations: \d+ rows, where/)]);
  });

  it('says that it could not be held where there is nothing', async () => {
    const { code, output } = await drill(environment, '--backup', join(home, 'nowhere'));
    expect([code, output]).toEqual([2, expect.stringContaining('There is no backup')]);
    const nothing = await drill({ CHORONG_DATA_DIR: join(home, 'empty') });
    expect([nothing.code, nothing.output]).toEqual([2, expect.stringContaining('holds no database')]);
  });
});

/** The newest server that is installed beside its pg_dump: one of an agency's own, which is none of ours. */
const bin = ['/usr/lib/postgresql', '/usr/pgsql']
  .flatMap((place) =>
    existsSync(place) ? readdirSync(place).map((version) => join(place, version, 'bin')) : [],
  )
  .filter((folder) => ['initdb', 'pg_dump', 'pg_restore'].every((name) => existsSync(join(folder, name))))
  .sort()
  .at(-1);

(bin ? describe : describe.skip)('a drill by pg_dump', () => {
  const folder = join(home, 'agency');
  const ofRole = (role: string) => `postgres://${role}:${role}@127.0.0.1:${port}/chorong`;
  const keys = {
    CHORONG_SEALING_KEYS: `2026a:${randomBytes(32).toString('base64')}`,
    CHORONG_INDEX_KEY: randomBytes(32).toString('base64'),
  };
  let port: number;
  let environment: Record<string, string>;
  let server: ReturnType<typeof startWatched>;

  beforeAll(async () => {
    const user = process.geteuid?.() === 0 ? userPostgres() : null;
    mkdirSync(folder);
    if (user) chownSync(folder, user.uid, user.gid);
    const data = join(folder, 'data');
    const args = [
      '-D',
      data,
      '-U',
      'postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ];
    const made = await runProgram(join(bin ?? '', 'initdb'), args, { user });
    if (made.code !== 0) throw new Error(made.output);
    port = await freePort();
    const settings = [
      '-c',
      `unix_socket_directories=${folder}`,
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'fsync=off',
    ];
    server = startWatched(join(bin ?? '', 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      user,
    });
    const maintenance = `postgres://postgres@127.0.0.1:${port}/postgres`;
    await until('the server answers', () =>
      rowsAt(maintenance, 'SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    for (const role of ['agency_owner', 'agency_app', 'agency_reader'])
      await rowsAt(maintenance, `CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
    await rowsAt(maintenance, 'CREATE DATABASE chorong OWNER agency_owner');
    environment = {
      ...keys,
      CHORONG_DATA_DIR: join(folder, 'kept'),
      DATABASE_URL: ofRole('agency_app'),
      DATABASE_OWNER_URL: ofRole('agency_owner'),
    };
    await startWithContract({ ...environment, CHORONG_DATA_DIR: join(home, 'agency-service') });
    await rowsAt(ofRole('agency_owner'), 'GRANT SELECT ON contract TO agency_reader');
  });
  afterAll(async () => {
    await Promise.all([...running].map(stop));
    await server.stop();
  });

  it('proves a dump of a server of another version, with roles of other names', async () => {
    const before = await rowsAt(ofRole('agency_owner'), everything);
    const { code, output } = await drill(environment, '--bin', bin ?? '', '--keep', join(home, 'kept.dump'));
    expect([code, output]).toEqual([0, expect.stringContaining('PROVED')]);
    expect(output).toMatch(/pg_dump.*\n.*\n.*[1-9]\d* rows/);
    expect(statSync(join(home, 'kept.dump')).mode & 0o077).toBe(0);
    expect(await rowsAt(ofRole('agency_owner'), everything)).toEqual(before);
  });

  it('does so with the address of the service’s role alone', async () => {
    const { DATABASE_URL = '' } = environment;
    const { code, output } = await drill({ ...keys, DATABASE_URL }, '--bin', bin ?? '');
    expect([code, output]).toEqual([0, expect.stringContaining('PROVED')]);
  });

  it('refuses a damaged dump', async () => {
    // A page of a disk: a single byte may lie where nothing is read that is restored, such as in a statement that drops a table.
    damage(join(home, 'kept.dump'), 4096);
    const { code, output } = await drill(
      environment,
      '--bin',
      bin ?? '',
      '--backup',
      join(home, 'kept.dump'),
    );
    expect([code, output]).toEqual([1, expect.stringContaining('NOT PROVED')]);
  });

  it('says what it needs where pg_dump is missing', async () => {
    const { code, output } = await drill(environment, '--bin', join(home, 'nowhere'));
    expect([code, output]).toEqual([2, expect.stringContaining('pg_dump made no backup')]);
  });
});

function userPostgres(): SystemUser {
  const [, , uid, gid] =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.startsWith('postgres:'))
      ?.split(':') ?? [];
  return { name: 'postgres', uid: Number(uid), gid: Number(gid) };
}
