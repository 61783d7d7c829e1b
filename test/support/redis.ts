import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { startWatched } from '../../src/platform/embedded-postgres/programs.js';

export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Returns the arguments of a Redis that begins empty and keeps nothing. */
export function emptyRedis(port: number): string[] {
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction' };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** Starts an empty Redis that keeps nothing and ends with the tests, or returns `null` where none is installed. */
export async function startRedis(): Promise<RedisServer | null> {
  const program = installedRedis();
  if (!program) return null;
  const port = await freePort();
  const server = startWatched(program, [...emptyRedis(port), '--dir', '/tmp']);
  const deadline = Date.now() + 60_000;
  while (!(await answersPing(port))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await server.stop();
      throw new Error(`redis-server did not start on port ${port}`);
    }
    await sleep(20);
  }
  return { url: `redis://127.0.0.1:${port}`, stop: () => server.stop() };
}

/** A `describe` with a Redis of its own. Where none is installed it is skipped, and says so. */
export function describeWithRedis(name: string, tests: (url: () => string) => void): void {
  if (!installedRedis()) {
    process.stderr.write(`\nSKIPPED, as redis-server is not installed: ${name}\n`);
    describe.skip(name, () => tests(() => ''));
    return;
  }
  describe(name, () => {
    let redis: RedisServer | null = null;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis?.stop());
    tests(() => redis?.url ?? '');
  });
}

/** Returns the path of `redis-server`; null where there is none. */
export function installedRedis(): string | null {
  const { stdout } = spawnSync('/bin/sh', ['-c', 'command -v redis-server'], { encoding: 'utf8' });
  return stdout.trim() || null;
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const answer = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(5000, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('data', (data) => answer(data.toString().startsWith('+PONG')));
  });
}
