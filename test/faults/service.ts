import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from './waiting.js';

const endsWithRunner = fileURLToPath(new URL('./ends-with-runner.mjs', import.meta.url));

export interface ServiceOptions {
  /** Folder that holds `dist`. */
  program: string;
  port: number;
  logPath: string;
  environment: Record<string, string>;
}

/** One process of the real service. */
export class Service {
  readonly exited: Promise<void>;
  private readonly child: ChildProcess;

  constructor(private readonly options: ServiceOptions) {
    this.child = spawn(
      process.execPath,
      ['--import', endsWithRunner, join(options.program, 'dist/src/main.js')],
      {
        cwd: options.program,
        env: { PATH: process.env['PATH'] ?? '', ...options.environment, PORT: String(options.port) },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    // A pipe to a process that was killed.
    this.child.stdin?.on('error', () => undefined);
    const log = createWriteStream(options.logPath, { flags: 'a' });
    this.child.stdout?.pipe(log, { end: false });
    this.child.stderr?.pipe(log, { end: false });
    this.exited = once(this.child, 'exit')
      .then(() => log.end())
      .then(() => undefined);
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Null while it runs, and after a signal. */
  get exitCode(): number | null {
    return this.child.exitCode;
  }

  get killedBySignal(): boolean {
    return this.child.signalCode === 'SIGKILL';
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.running) this.child.kill('SIGKILL');
    await this.exited;
  }

  /** As a deployment stops it. */
  async stop(): Promise<void> {
    if (this.running) this.child.kill('SIGTERM');
    await this.exited;
  }

  /** Answers whether it came up; false when it ended before. */
  async ready(limitMs = 60_000): Promise<boolean> {
    await must(
      `the service answers (${this.options.logPath}):\n${this.lastWords()}`,
      async () => !this.running || (await answers(`${this.url}/health/ready`)),
      limitMs,
    );
    return this.running;
  }

  lastWords(): string {
    return this.log().trimEnd().split('\n').slice(-15).join('\n');
  }

  /** All that the process, and those of its name before it, have logged. */
  readonly log = (): string => {
    try {
      return readFileSync(this.options.logPath, 'utf8');
    } catch {
      return '';
    }
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
