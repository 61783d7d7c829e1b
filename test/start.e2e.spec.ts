import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ContractView } from '../src/core/contracts/contract.view.js';
import { aContract } from './support/builders.js';
import { freePort } from './support/free-port.js';
import { until } from './support/until.js';

// The built service as a process of its own: the other tests run the source, and as CommonJS.

const main = join(process.cwd(), 'dist/src/main.js');
/** A space in the name, as in many a home. */
const home = mkdtempSync(join(tmpdir(), 'chorong start '));
const dataDir = join(home, 'data');
const running = new Set<Started>();
/** Where the embedded server has put its data: elsewhere, when its own user cannot reach the folder. */
const dataPaths = new Set<string>();

class Started {
  output = '';
  readonly exited: Promise<number | null>;

  constructor(readonly child: ChildProcess) {
    running.add(this);
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exited = once(child, 'exit').then(([code]) => {
      running.delete(this);
      return code as number | null;
    });
  }

  async ready(): Promise<{ address: string; key: string }> {
    await until(`it says where its data lies, and not only: ${this.output}`, () => {
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.output}`);
      return /Data:/.test(this.output);
    });
    dataPaths.add(/Data: +(.+)/.exec(this.output)?.[1] ?? '');
    return {
      address: /running at (\S+)/.exec(this.output)?.[1] ?? '',
      key: /Key \(admin\): +(\S+)/.exec(this.output)?.[1] ?? '',
    };
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }
}

function start(environment: Record<string, string> = {}): Started {
  const { PATH = '', HOME = '' } = process.env;
  return new Started(
    spawn(process.execPath, [main], {
      cwd: home,
      env: { PATH, HOME, CHORONG_DATA_DIR: dataDir, PORT: '0', CHORONG_SANDBOX: 'empty', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

const get = async (address: string, path: string, key?: string) => {
  const response = await fetch(`${address}${path}`, {
    headers: key ? { authorization: `Bearer ${key}` } : {},
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

async function post<T>(address: string, path: string, key: string, body: unknown): Promise<T> {
  const response = await fetch(`${address}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

afterAll(async () => {
  for (const each of [...running]) await each.stop('SIGKILL');
  for (const path of dataPaths) {
    // Its own watcher stops the server when the service has died.
    await until('the server has stopped', () => !existsSync(join(path, 'postmaster.pid'))).catch(
      () => undefined,
    );
    rmSync(dirname(path), { recursive: true, force: true });
  }
  rmSync(home, { recursive: true, force: true });
});

describe('the built service', () => {
  let first: { address: string; key: string };
  let contract: ContractView;
  let service: Started;

  it('prints its address, a key, three things to try, and how to be rid of its data', async () => {
    service = start();
    first = await service.ready();
    expect(first.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(first.key).toMatch(/^chr_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}$/);
    expect(service.output).toContain('Three things to try:');
    expect(service.output).toMatch(/Remove: .*rm -rf "/);
    expect(service.output).not.toMatch(/\n\s+at /);
  });

  it('prints one person of each role, whose passwords its owner alone can read', () => {
    const people = [...service.output.matchAll(/^ {2}(\w+) +(\w+)@hanbit\.example +([a-z2-9-]{19})$/gm)];
    expect(people.map(([, role]) => role)).toEqual(['officer', 'manager', 'admin', 'auditor', 'monitor']);
    const secrets = join(dataDir, 'secrets.json');
    expect(statSync(secrets).mode & 0o777).toBe(0o600);
    for (const [, , , password] of people) expect(readFileSync(secrets, 'utf8')).toContain(password);
  });

  it('is ready, and answers its key', async () => {
    expect(await get(first.address, '/health/ready')).toEqual({ status: 200, body: { status: 'up' } });
    expect(await get(first.address, '/health/live')).toEqual({ status: 200, body: { status: 'up' } });
    const departments = await get(first.address, '/api/v1/departments', first.key);
    expect(departments.status).toBe(200);
    expect((await get(first.address, '/api/v1/departments')).status).toBe(401);
  });

  it('leaves its sandbox empty where it is told to', async () => {
    const { status, body } = await get(first.address, '/api/v1/contracts', first.key);
    expect([status, body['items']]).toEqual([200, []]);
    expect(service.output).not.toContain('Filling the sandbox');
  });

  it('describes itself', async () => {
    const { body } = await get(first.address, '/openapi.json');
    expect(body['openapi']).toBe('3.1.0');
    const page = await fetch(`${first.address}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
  });

  it('registers a contract and sends its texts', async () => {
    await post(first.address, '/sandbox/clock', first.key, { startAt: '2026-03-02T09:00:00+09:00' });
    const departments = await get(first.address, '/api/v1/departments', first.key);
    const [department] = departments.body['items'] as { id: string }[];
    contract = await post(
      first.address,
      '/contracts',
      first.key,
      aContract({ departmentId: department?.id ?? '' }),
    );
    await post(first.address, '/sandbox/clock', first.key, { advanceTo: '2026-03-04T12:00:00+09:00' });
    await until('the text has been received', async () => (await texts(first)).length === 1);
  });

  it('refuses a second start on the same data, and says why', async () => {
    const second = start();
    expect(await second.exited).toBe(1);
    expect(second.output).toContain('Chorong cannot start.');
    expect(second.output).toContain(dataDir);
    expect(second.output).not.toMatch(/\n\s+at /);
    expect((await get(first.address, '/health/ready')).status).toBe(200);
  });

  it('finds its data again after a kill -9, with the same key, and sends nothing twice', async () => {
    await service.stop('SIGKILL');
    service = start();
    const again = await service.ready();
    expect(again.key).toBe(first.key);
    const { status, body } = await get(again.address, `/api/v1/contracts/${contract.id}`, again.key);
    expect(status).toBe(200);
    expect(body).toMatchObject({ reference: contract.reference, state: 'signed' });
    await post(again.address, '/sandbox/clock', again.key, { advanceTo: '2026-03-05T12:00:00+09:00' });
    expect(await texts(again)).toHaveLength(1);
    expect(await get(again.address, '/api/v1/brakes', again.key)).toMatchObject({ body: { items: [] } });
    first = again;
  });

  it('logs no number and no key, even where it is told to log everything', async () => {
    await service.stop('SIGTERM');
    service = start({ LOG_LEVEL: 'trace' });
    const { address, key } = await service.ready();
    const welcome = service.output.length;
    await fetch(`${address}/api/v1/contracts?reference=010-0000-1001`, {
      headers: { authorization: `Bearer ${key}` },
    });
    await fetch(`${address}/api/v1/contracts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{"phone":"010-0000-1001"',
    });
    await until('the call is logged', () => service.output.includes('"statusCode":400'));
    expect(service.output.slice(welcome)).not.toContain('0000-1001');
    expect(service.output.slice(welcome)).not.toContain(key);
  });

  it('ends in order when it is asked to', async () => {
    expect(await service.stop('SIGTERM')).toBe(0);
  });

  async function texts({ address, key }: { address: string; key: string }): Promise<unknown[]> {
    const { body } = await get(address, '/api/v1/sandbox/texts', key);
    return body['items'] as unknown[];
  }
});

describe('a start', () => {
  it('of two at once succeeds once, and tells the other why', async () => {
    const both = [start(), start()];
    const ended = await Promise.race(both.map(async (each) => (await each.exited, each)));
    const other = both.find((each) => each !== ended);
    expect(ended.output).toContain('Chorong cannot start.');
    await other?.ready();
    expect(await other?.stop('SIGTERM')).toBe(0);
  });

  it('with wrong variables names each of them, what is wrong, and an example', async () => {
    const wrong = {
      PORT: ['eighty', 'a number such as 3000'],
      CHORONG_ROLE: ['boss', 'all, api, worker'],
      DATABASE_URL: ['db.example', 'postgres://'],
      SMS_PROVIDER: ['pigeon', 'sandbox, twilio'],
      CHORONG_SEALING_KEYS: ['secret', 'openssl rand'],
      BOOTSTRAP_API_KEY: ['letmein', 'chr_'],
    };
    const refused = start(
      Object.fromEntries(Object.entries(wrong).map(([name, [value = '']]) => [name, value])),
    );
    expect(await refused.exited).toBe(1);
    const lines = refused.output.split('\n').filter((line) => line.startsWith('  - '));
    expect(lines).toEqual(
      Object.entries(wrong).map(
        ([name, [, example]]) => expect.stringMatching(new RegExp(`^  - ${name} is .*${example}`)) as unknown,
      ),
    );
    expect(refused.output).not.toContain('letmein');
    expect(refused.output).not.toMatch(/\n\s+at /);
  });

  it('with a real provider and no secrets of its own refuses, and names all that is missing', async () => {
    const refused = start({ SMS_PROVIDER: 'twilio' });
    expect(await refused.exited).toBe(1);
    for (const variable of [
      'TWILIO_ACCOUNT_SID',
      'TWILIO_AUTH_TOKEN',
      'TWILIO_FROM',
      'PUBLIC_URL',
      'CHORONG_SEALING_KEYS',
      'CHORONG_INDEX_KEY',
    ])
      expect(refused.output).toContain(variable);
  });

  it('on a port that is taken says so', async () => {
    const port = await freePort();
    const { createServer } = await import('node:net');
    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
    const refused = start({ PORT: String(port) });
    expect(await refused.exited).toBe(1);
    expect(refused.output).toContain(`PORT ${port} is taken`);
    taken.close();
  });
});
