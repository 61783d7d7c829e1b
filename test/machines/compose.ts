import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Api } from '../faults/api.js';
import type { Bench, Row, Scenario } from '../faults/bench.js';
import { DatabaseServer } from '../faults/database-server.js';
import { Ledger } from '../faults/ledger.js';
import { Service } from '../faults/service.js';
import { freePort, must, secondsSince, until } from '../faults/waiting.js';
import { parseEnvironment, readCompose } from '../support/compose.js';
import { spawnFake } from '../support/fake-twilio.js';
import { isOpen } from './machines.js';

const alerts = 300;

/**
 * compose.yaml without Docker: each of its services as a process, with the command and the environment that stand there. Host
 * names and ports are replaced, since all are on one machine; nothing else is, but that numbers reserved for fiction may be texted.
 */
export const composeScenario: Scenario = {
  name: 'compose',
  run: async (bench) => {
    const machine = await Machine.start(bench);
    const began = performance.now();
    await machine.start();
    const up = secondsSince(began);
    const problems = await machine.strangers();
    await machine.api.setUp();
    const since = performance.now();
    await machine.api.registerAll(machine.ledger.expect('C', alerts));
    await until(() => machine.ledger.isSettled('C').catch(() => false), 120_000, 100);
    const seconds = secondsSince(since);
    const tally = await machine.ledger.tally('C');
    const witnessed = await until(() => machine.isWitnessed(), 30_000, 500);
    if (!witnessed) problems.push('the witness has signed nothing');
    const figure = `up in ${up.toFixed(1)} s; ${machine.memory()}; checkpoint witnessed`;
    const how = 'PostgreSQL, Redis, migrate, api, 2 workers, witness';
    return [{ fault: 'compose.yaml by hand', how, tally, seconds, figure, problems }] satisfies Row[];
  },
};

/** One machine on which the services of compose.yaml run as processes. */
class Machine {
  readonly api: Api;
  readonly ledger: Ledger;
  private readonly services: Service[] = [];
  private witnessKey = '';

  private constructor(
    private readonly bench: Bench,
    private readonly variables: Record<string, string>,
    private readonly ports: Record<'postgres' | 'redis' | 'api' | 'witness', number>,
    private readonly pool: pg.Pool,
    fake: Awaited<ReturnType<typeof spawnFake>>,
  ) {
    this.api = new Api(`http://127.0.0.1:${ports.api}`, variables['BOOTSTRAP_API_KEY'] ?? '');
    this.ledger = new Ledger(pool, fake);
  }

  static async start(bench: Bench): Promise<Machine> {
    const { workplace } = bench;
    const made = execFileSync(process.execPath, ['deploy/new-environment.mjs'], { encoding: 'utf8' });
    const fake = await spawnFake('twilio');
    workplace.atTheEnd(() => fake.stop());
    const port = { redis: await freePort(), api: await freePort(), witness: await freePort() };
    const variables = {
      ...parseEnvironment(made),
      SMS_PROVIDER: 'twilio',
      ...(await fake.environment(`http://127.0.0.1:${port.api}`)),
      PUBLIC_URL: `http://127.0.0.1:${port.api}`,
    };
    const server = await DatabaseServer.start(bench.program, join(workplace.folder, 'postgres-compose'));
    workplace.atTheEnd(() => server.end());
    // What the launcher has made is made again by the script that the image of PostgreSQL runs.
    await server.run('DROP DATABASE chorong', 'DROP ROLE chorong_app', 'DROP ROLE chorong_owner');
    const superuser = new URL(server.urls('chorong').superuser);
    execFileSync('sh', ['deploy/roles.sh'], {
      env: {
        PATH: process.env['PATH'],
        PGHOST: superuser.hostname,
        PGPORT: superuser.port,
        POSTGRES_USER: superuser.username,
        PGPASSWORD: decodeURIComponent(superuser.password),
        ...variables,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const pool = new pg.Pool({ connectionString: superuser.href, max: 3 });
    pool.on('error', () => undefined);
    workplace.atTheEnd(() => pool.end());
    return new Machine(bench, variables, { ...port, postgres: Number(superuser.port) }, pool, fake);
  }

  /** Starts everything in the order of `depends_on`; what does not wait for anything of each other starts at once. */
  async start(): Promise<void> {
    await this.startRedis();
    await this.startWitness();
    this.variables['CHORONG_LOG_WITNESSES'] = `${this.witnessKey} http://127.0.0.1:${this.ports.witness}`;
    const { migrate, workers } = this.compose();
    execFileSync(process.execPath, commandOf(migrate?.command).slice(1), {
      cwd: this.bench.program,
      env: this.environmentOf('migrate'),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const names = Array.from({ length: workers?.deploy?.replicas ?? 0 }, (_, n) => `worker-${n + 1}`);
    await Promise.all([
      this.startService('api', 'api', this.ports.api),
      ...names.map(async (name) => this.startService('workers', name, await freePort())),
    ]);
  }

  /** Returns why the workers took their new database for a strange one: each has to know it by the id that all are given. */
  async strangers(): Promise<string[]> {
    const { rows } = await this.pool.query<{ reason: string }>(
      `SELECT 'a brake is on: ' || coalesce(reason, scope) AS reason FROM brake WHERE released_at IS NULL
       UNION ALL SELECT 'the database has an id of its own' FROM instance WHERE id <> $1`,
      [this.variables['CHORONG_INSTANCE']],
    );
    return rows.map(({ reason }) => reason);
  }

  /** Returns whether the witness shows a checkpoint of the log. */
  async isWitnessed(): Promise<boolean> {
    const origin = createHash('sha256')
      .update(this.variables['CHORONG_LOG_ORIGIN'] ?? '')
      .digest('hex');
    const answer = await fetch(`http://127.0.0.1:${this.ports.witness}/${origin}/checkpoint`);
    return answer.ok;
  }

  /** Returns how much memory each process holds. */
  memory(): string {
    const resident = this.services.map(({ pid }) => {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
    });
    return `at most ${resident[0]} MB (api), ${resident.slice(1).join(' and ')} MB (workers)`;
  }

  private async startRedis(): Promise<void> {
    const { redis } = this.compose();
    const [, , script = ''] = redis?.command ?? [];
    this.keep(
      spawn('sh', ['-c', `${script} --port ${this.ports.redis} --bind 127.0.0.1 --dir /tmp`], {
        env: { PATH: process.env['PATH'], ...redis?.environment },
        stdio: 'ignore',
      }),
    );
    await must('Redis answers', () => isOpen(this.ports.redis), 20_000);
  }

  private async startWitness(): Promise<void> {
    const folder = join(this.bench.workplace.folder, 'witness');
    const args = commandOf(this.compose()['witness']?.command)
      .slice(1)
      .map((word) =>
        word
          .replace(/^\/witness\//, `${process.cwd()}/witness/`)
          .replace('/data', folder)
          .replace('0.0.0.0', '127.0.0.1')
          .replace('8580', String(this.ports.witness)),
      );
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.keep(child);
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const key = () => /\S+\+[0-9a-f]{8}\+B[A-Za-z0-9+/]{43}/.exec(said)?.[0];
    await must('the witness prints its key', () => key() !== undefined, 20_000);
    this.witnessKey = key() ?? '';
  }

  private async startService(service: 'api' | 'workers', name: string, port: number): Promise<void> {
    const { workplace, program } = this.bench;
    // Replicas share the volume of their service.
    const dataDir = join(workplace.folder, `data-${service}`);
    mkdirSync(dataDir, { recursive: true });
    const started = new Service({
      program,
      port,
      logPath: join(workplace.folder, `compose-${name}.log`),
      environment: {
        ...this.environmentOf(service),
        CHORONG_DATA_DIR: dataDir,
        ALLOW_FICTIONAL_NUMBERS: 'true',
      },
    });
    workplace.atTheEnd(() => started.kill());
    this.services[service === 'api' ? 0 : Number(name.split('-')[1])] = started;
    if (!(await started.ready())) throw new Error(`${name} ended at its start:\n${started.lastWords()}`);
  }

  private environmentOf(service: string): Record<string, string> {
    const environment = this.compose()[service]?.environment ?? {};
    const here = (value: string) =>
      value
        .replace('@postgres:5432', `@127.0.0.1:${this.ports.postgres}`)
        .replace('@redis:6379', `@127.0.0.1:${this.ports.redis}`);
    return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, here(value)]));
  }

  private compose() {
    return readCompose(this.variables);
  }

  private keep(child: ChildProcess): void {
    this.bench.workplace.atTheEnd(() => void child.kill('SIGKILL'));
  }
}

function commandOf(command: string[] | undefined): string[] {
  if (command?.[0] !== 'node') throw new Error('the command is none of Node');
  return command;
}
