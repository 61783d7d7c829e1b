// Runs the unit tests, and one contract through the built service, under each Node that the README names: `npm run test:nodes`, or
// with versions behind it. npm has each Node as a package, so that nothing has to be installed by hand.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const named = process.argv.slice(2);
const versions = named.length > 0 ? named : ['20.19', '22', '24', '26'];
const place = mkdtempSync(join(tmpdir(), 'chorong-nodes-'));
const platform = `node-${process.platform}-${process.arch}`;

/** Fetches a Node, and returns where its binary is. */
function fetched(version) {
  const prefix = join(place, version);
  const flags = ['--no-audit', '--no-fund', '--silent', '--ignore-scripts'];
  execFileSync('npm', ['install', ...flags, '--prefix', prefix, `${platform}@${version}`]);
  return join(prefix, 'node_modules', platform, 'bin/node');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** Starts the service in a folder of its own, registers a contract, lets its day come, and returns how many texts arrived. */
async function textsUnder(node, version) {
  const [port, key] = [await freePort(), `chr_nodetest_${'k'.repeat(40)}`];
  const dataDir = join(place, `data-${version}`);
  const env = {
    PATH: process.env.PATH,
    PORT: String(port),
    BOOTSTRAP_API_KEY: key,
    CHORONG_DATA_DIR: dataDir,
  };
  const service = spawn(node, ['dist/src/main.js'], {
    env: { ...env, CHORONG_SANDBOX: 'empty', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const call = async (method, path, body) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  try {
    for (
      let tries = 0;
      !(await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null))?.ok;
      tries++
    ) {
      if (service.exitCode !== null || tries > 1200) throw new Error('the service did not start');
      await pause(100);
    }
    await call('POST', '/api/v1/sandbox/clock', { startAt: '2026-03-02T09:00:00+09:00' });
    const { items } = await call('GET', '/api/v1/departments');
    await call('POST', '/api/v1/contracts', {
      reference: 'N-2026-1',
      kind: 'works',
      title: '시험 공사',
      departmentId: items[0].id,
      signedOn: '2026-03-03',
      startsOn: '2026-03-16',
      endsOn: '2026-06-30',
      counterparties: [
        {
          name: '(주)가나',
          country: 'KR',
          contacts: [{ name: '이가람', phone: '010-0000-4105', locale: 'ko' }],
        },
      ],
    });
    await call('POST', '/api/v1/sandbox/clock', { advanceTo: '2026-03-20T09:00:00+09:00' });
    return (await call('GET', '/api/v1/messages?status=delivered')).items.length;
  } finally {
    service.kill('SIGTERM');
    if (service.exitCode === null) await once(service, 'exit');
  }
}

let failed = 0;
for (const version of versions) {
  const node = fetched(version);
  const release = execFileSync(node, ['--version']).toString().trim();
  const tests = spawn(node, ['node_modules/jest/bin/jest.js', 'src', '--silent'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  tests.stderr.on('data', (chunk) => (said += chunk));
  const [code] = await once(tests, 'exit');
  const texts = await textsUnder(node, version).catch((error) => error.message);
  const isWell = code === 0 && texts === 2;
  failed += isWell ? 0 : 1;
  console.log(
    `${release}: ${/^Tests:.*/m.exec(said)?.[0] ?? `unit tests exited ${code}`}; texts delivered: ${texts}, expected 2`,
  );
  if (code !== 0) console.log(said.slice(-4000));
}
rmSync(place, { recursive: true, force: true });
process.exit(failed === 0 ? 0 : 1);
