import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { makeKey } from '../src/core/access/api-keys.service.js';
import { aContract } from './support/builders.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { DatabaseLine } from './support/database-line.js';
import { freePort } from './support/free-port.js';
import { until } from './support/until.js';

// The built service as a process of its own, because what is asked is whether it lives on.

const key = makeKey();
const dataDir = mkdtempSync(join(tmpdir(), 'chorong-outage-'));
let database: TestDatabase;
let line: DatabaseLine;
let service: ChildProcess;
let output = '';
let address = '';

beforeAll(async () => {
  database = await createTestDatabase();
  line = await DatabaseLine.to(database.appUrl);
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  const throwing = join(process.cwd(), 'test/support/throwing.mjs');
  service = spawn(process.execPath, ['--import', throwing, join(process.cwd(), 'dist/src/main.js')], {
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      CHORONG_DATA_DIR: dataDir,
      DATABASE_URL: line.url,
      DATABASE_POOL: '4',
      BOOTSTRAP_API_KEY: key,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [service.stdout, service.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until(`it is ready`, async () => {
    if (service.exitCode !== null) throw new Error(`it ended: ${output}`);
    return (await get('/health/ready').catch(() => null))?.status === 200;
  });
});

afterAll(async () => {
  if (isAlive()) {
    service.kill('SIGKILL');
    await once(service, 'exit');
  }
  await line.end();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const isAlive = () => service.exitCode === null && service.signalCode === null;

async function get(path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(address + path, {
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(20_000),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const withKey = { authorization: `Bearer ${key}` };

async function register(): Promise<number> {
  const departments = await get('/api/v1/departments', withKey);
  if (departments.status !== 200) return departments.status;
  const { items } = JSON.parse(departments.text) as { items: { id: string; code: string }[] };
  const departmentId = items.find(({ code }) => code === 'ROADS')?.id ?? '';
  const answer = await fetch(`${address}/api/v1/contracts`, {
    method: 'POST',
    headers: { ...withKey, 'content-type': 'application/json' },
    body: JSON.stringify(aContract({ departmentId })),
  });
  return answer.status;
}

/** What every 503 has to be, as a page and as a problem. */
function expectWords(answer: Awaited<ReturnType<typeof get>>, words: RegExp) {
  expect(answer.status).toBe(503);
  expect(answer.text).toMatch(words);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

const publicPages = ['/genuine', '/console/sign-in', '/console/welcome/a-link-of-nobody'];
/** Whoever gets no turn meanwhile is told so. */
const ko = /지금은 (자료를 읽거나 쓸 수 없습니다|요청이 너무 많습니다)/;
const en = /The database cannot be reached or written to just now|There are too many requests just now/;

/** Each begins a fault, and returns what ends it. */
const faults: [string, () => Promise<() => unknown> | (() => unknown)][] = [
  [
    'is cut off',
    () => {
      line.cut();
      return () => line.mend();
    },
  ],
  [
    'answers no more',
    () => {
      line.goDead();
      return () => line.mend();
    },
  ],
  [
    'is held by somebody’s lock, until the pool is taken',
    async () => {
      const client = new pg.Client(database.ownerUrl);
      await client.connect();
      await client.query('BEGIN; LOCK TABLE setting, api_key, account_link IN ACCESS EXCLUSIVE MODE');
      // As many as the pool has connections, and none of them comes back.
      for (let n = 0; n < 4; n += 1) void get('/api/v1/departments', withKey).catch(() => undefined);
      return () => client.end();
    },
  ],
];

describe.each(faults)('while the database %s', (_name, begin) => {
  it('public pages answer 503 in words of both languages, the process lives, and all comes back by itself', async () => {
    const end = await begin();
    try {
      await until('nothing is kept any more', async () => (await get('/console/sign-in')).status === 503);
      expect((await get('/health/live')).status).toBe(200);
      await Promise.all([
        ...publicPages.flatMap((path) => [
          get(path, { 'accept-language': 'ko' }).then((answer) => expectWords(answer, ko)),
          get(path, { 'accept-language': 'en-GB' }).then((answer) => expectWords(answer, en)),
          get(path, { cookie: 'chorong-locale=en' }).then((answer) => expectWords(answer, en)),
        ]),
        get('/health/ready').then((answer) => expectWords(answer, en)),
        get('/api/v1/departments', withKey).then((answer) => {
          expectWords(answer, en);
          const { code } = JSON.parse(answer.text) as { code: string };
          expect(['database-unavailable', 'busy']).toContain(code);
        }),
      ]);
    } finally {
      await end();
    }
    expect(isAlive()).toBe(true);
    await until('a contract can be registered again', async () => (await register()) === 201);
    for (const path of publicPages.slice(0, 2)) expect((await get(path)).status).toBe(200);
  });
});

describe('what nobody handles', () => {
  it.each(['guard', 'interceptor', 'page', 'filter'])(
    'thrown by a %s, is answered 500 in words',
    async (kind) => {
      for (const _way of ['thrown', 'rejected']) {
        const answer = await get('/console/sign-in', { 'x-throw': kind, 'accept-language': 'en' });
        expect([answer.status, answer.text]).toEqual([
          500,
          expect.stringContaining('Something went wrong here'),
        ]);
        expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      }
      expect(isAlive()).toBe(true);
    },
  );

  it('thrown by the last of the filters, ends nothing', async () => {
    for (const _way of ['thrown', 'rejected']) {
      await fetch(`${address}/api/v1/departments`, {
        headers: { 'x-throw': 'last filter' },
        signal: AbortSignal.timeout(1000),
      }).catch(() => undefined);
    }
    expect(isAlive()).toBe(true);
    expect(await register()).toBe(201);
  });

  it('thrown by a timer, a listener, a stream or a promise, is logged and counted, and ends nothing', async () => {
    service.kill('SIGUSR2');
    for (const kind of [
      'timer',
      'timer that waits',
      'listener',
      'client without a listener',
      'stream',
      'promise',
    ])
      await until(`the log has the ${kind}`, () => output.includes(`thrown by a ${kind}"`));
    expect(isAlive()).toBe(true);
    expect(await register()).toBe(201);
    const { text } = await get('/metrics');
    const counted = (kind: string) =>
      Number(new RegExp(`chorong_unhandled_errors_total\\{kind="${kind}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
    expect(counted('exception')).toBeGreaterThanOrEqual(4);
    expect(counted('rejection')).toBeGreaterThanOrEqual(2);
  });
});
