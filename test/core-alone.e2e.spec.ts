import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './support/free-port.js';
import { until } from './support/until.js';

// The core is the microservice; the office is what people use, and comes off with its folder. This test takes it off.

const execute = promisify(execFile);
const project = process.cwd();
const copy = mkdtempSync(join(tmpdir(), 'chorong-core-'));
const removed = ['src/office', 'templates/console'];
const copied = [
  'src',
  'data',
  'docs',
  'templates',
  'migrations',
  'test',
  'package.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'jest.config.mjs',
];

/** The core's tests: what stands beside its code, and its end-to-end tests; `npm run test:core` runs them all. */
const beside = ['src/core', 'src/platform/(words|database|phone-numbers|sealing)'];
const endToEnd = ['registering', 'settings', 'receipts'];
const more = [
  'brakes',
  'idempotency',
  'message-exports',
  'message-log',
  'migrating',
  'replanning',
  'sending',
  'telling',
  'templates',
];
const chosen = process.env['CORE'] === 'all' ? [...endToEnd, ...more] : endToEnd;

const run = (program: string, args: string[]) =>
  execute(process.execPath, [join(project, 'node_modules', program), ...args], {
    cwd: copy,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, CI: 'true' },
  });

describe('the core without the office', () => {
  beforeAll(() => {
    for (const name of copied) {
      cpSync(join(project, name), join(copy, name), {
        recursive: true,
        filter: (from) => !removed.includes(relative(project, from)),
      });
    }
    symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('builds', async () => {
    await run('@nestjs/cli/bin/nest.js', ['build']);
  });

  it('starts, and names no page', async () => {
    const port = await freePort();
    const child = spawn(process.execPath, ['dist/src/main.js'], {
      cwd: copy,
      env: {
        PATH: process.env['PATH'],
        HOME: copy,
        PORT: String(port),
        CHORONG_DATA_DIR: join(copy, 'kept'),
      },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    try {
      await until(`it is ready: ${output}`, () => /Remove:/.test(output));
      expect(output).not.toContain('/console');
      expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
      expect((await fetch(`http://127.0.0.1:${port}/console`)).status).toBe(404);
    } finally {
      child.kill('SIGTERM');
      await until('it has ended', () => child.exitCode !== null || child.signalCode !== null);
    }
  });

  it('passes its tests', async () => {
    const files = [...beside, ...chosen.map((name) => `test/${name}\\.e2e`)];
    const { stderr } = await run('jest/bin/jest.js', ['--ci', '-i', ...files]);
    expect(stderr).toMatch(/^Tests: +\d+ passed, \d+ total$/m);
  }, 900_000);
});
