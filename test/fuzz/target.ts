import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { TestService } from '../support/service.js';
import { until } from '../support/until.js';
import { exchange, type RawAnswer } from './wire.js';

type Report = { request: string; cpuMs: number } | { heldMegabytes: number };

/** A Target is the built service as a process of its own, on the database of a service that runs in the tests. */
export class Target {
  /** Lines of the log that were not looked at yet. */
  log = '';
  private readonly cpuMs = new Map<string, number>();
  private held: ((megabytes: number) => void) | null = null;

  private constructor(
    private readonly child: ChildProcess,
    private port = 0,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    }
    child.on('message', (report: Report) => {
      if ('request' in report) this.cpuMs.set(report.request, report.cpuMs);
      else this.held?.(report.heldMegabytes);
    });
  }

  static async start({ ground: { database, dataDir, keys, adminKey } }: TestService): Promise<Target> {
    const { PATH = '', HOME = '' } = process.env;
    const probe = join(process.cwd(), 'test/fuzz/probe.mjs');
    const environment = {
      PORT: '0',
      DATABASE_URL: database.appUrl,
      CHORONG_DATA_DIR: dataDir,
      CHORONG_ROLE: 'api',
      CHORONG_SEALING_KEYS: keys.sealing.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
      CHORONG_INDEX_KEY: keys.index.toString('base64'),
      BOOTSTRAP_API_KEY: adminKey,
      // Each request comes from an address of its own, so that none is slowed down for another's sake.
      TRUSTED_PROXIES: '127.0.0.1',
      LOG_LEVEL: 'trace',
    };
    const child = spawn(process.execPath, ['--expose-gc', '--import', probe, 'dist/src/main.js'], {
      env: { PATH, HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const target = new Target(child);
    const listening = /running at http:\/\/127\.0\.0\.1:(\d+)/;
    await until(`the service runs: ${target.log}`, () => target.ended ?? listening.test(target.log));
    target.port = Number(listening.exec(target.log)?.[1]);
    if (!target.port) throw new Error(`the service did not start: ${target.log}`);
    return target;
  }

  /** How the process ended; null while it runs. */
  get ended(): string | null {
    const { exitCode, signalCode } = this.child;
    return exitCode === null && signalCode === null ? null : `it ended with ${exitCode ?? signalCode}`;
  }

  /** What the log says of the last error that it holds. */
  get lastError(): string {
    const [last = '{}'] = this.log
      .split('\n')
      .filter((line) => line.startsWith('{"level":50'))
      .slice(-1);
    const { err, msg = '' } = JSON.parse(last) as { err?: { stack?: string }; msg?: string };
    return (err?.stack ?? msg).split('\n').slice(0, 3).join(' ');
  }

  /** Waits a moment for the end of a process that did not answer. */
  async endsSoon(): Promise<void> {
    for (let turns = 0; turns < 20 && !this.ended; turns += 1) await sleep(25);
  }

  /** Sends bytes as they are, on a connection of their own, and reads the answer. */
  exchange(request: Buffer): Promise<RawAnswer> {
    return exchange(this.port, request);
  }

  /** Milliseconds of CPU between the arrival of a request and its answer's end; 0 where the process did not see it as one. */
  async cpuOf(request: number): Promise<number> {
    const name = String(request);
    // The report comes on a channel of its own, just before or after the answer.
    for (let turns = 0; turns < 50 && !this.cpuMs.has(name); turns += 1) await setImmediate();
    const measured = this.cpuMs.get(name) ?? 0;
    this.cpuMs.delete(name);
    return measured;
  }

  /** Megabytes that are reachable, after the garbage was collected. */
  async memory(): Promise<number> {
    const megabytes = new Promise<number>((resolve) => (this.held = resolve));
    this.child.send('memory');
    return megabytes;
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}
