import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { FakeScript } from '../support/fake-twilio.script.js';
import { spawnFake, type FakeProvider } from '../support/fake-twilio.js';
import type { WireName } from '../support/fake-wires.js';
import { Api, type ContractToRegister } from './api.js';
import type { DatabaseServer } from './database-server.js';
import { Ledger, type Tally } from './ledger.js';
import { Service } from './service.js';
import { freePort, must, secondsSince, until } from './waiting.js';
import type { Workplace } from './workplace.js';

/** Short, so that a run takes minutes; the relations between them are those of the default configuration. */
export const timing = { leaseSeconds: 4, timeoutMs: 1000, graceSeconds: 4 };

export interface ServiceWish {
  role?: 'all' | 'worker' | 'api';
  /** A process of its own keeps a data folder of its own; the same name again is the same process restarted. */
  name?: string;
  program?: string;
  extra?: Record<string, string>;
}

export interface WorldWish {
  /** A provider that the service may send through, too. */
  beside?: WireName;
  /** The provider whose fake there is, where it has to be this one. */
  provider?: WireName;
  extra?: Record<string, string>;
  /** Returns the address at which the services find the database, where something stands before it. */
  through?: (databaseUrl: string) => string;
  /** Whether receipts come to the process that is killed, so that some are lost, or to the API, which lives on. */
  receiptsTo?: 'service' | 'api';
}

export interface Settled {
  seconds: number;
  tally: Tally;
}

const template = 'faults_template';

/** The template that every world's database is a copy of: migrated, set up, and open for sending all day. */
export async function prepareTemplate(
  workplace: Workplace,
  server: DatabaseServer,
  program: string,
): Promise<void> {
  const world = await World.of(workplace, server, program, 'chorong');
  const api = await world.start({
    role: 'api',
    name: 'set-up',
    extra: { DATABASE_OWNER_URL: world.urls.owner },
  });
  await world.api.setUp();
  await api.stop();
  await world.end();
  await server.run(`ALTER DATABASE chorong RENAME TO ${template}`);
}

/** One database, one fake provider, and the service's processes on them. */
export class World {
  readonly urls: { owner: string; app: string; superuser: string };
  readonly ledger: Ledger;
  /** The fake of a provider beside the one that `SMS_PROVIDER` names. */
  readonly beside: FakeProvider | null;
  readonly api: Api;
  private readonly environment: Record<string, string>;
  private readonly services = new Set<Service>();
  private readonly ports = new Map<string, number>();
  private forget: () => void = () => undefined;

  private constructor(
    private readonly workplace: Workplace,
    readonly server: DatabaseServer,
    private readonly program: string,
    readonly database: string,
    readonly pool: pg.Pool,
    readonly fake: FakeProvider,
    private readonly apiPort: number,
    private readonly servicePort: number,
    extra: Record<string, string>,
    beside: FakeProvider | null,
  ) {
    this.urls = server.urls(database);
    const key = `chr_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
    this.api = new Api(`http://127.0.0.1:${apiPort}`, key);
    this.beside = beside;
    this.ledger = new Ledger(pool, fake, ...(beside ? [beside] : []));
    this.environment = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      DATABASE_URL: this.urls.app,
      DATABASE_POOL: '8',
      ALLOW_FICTIONAL_NUMBERS: 'true',
      BOOTSTRAP_API_KEY: key,
      CHORONG_SEALING_KEYS: `faults:${randomBytes(32).toString('base64')}`,
      CHORONG_INDEX_KEY: randomBytes(32).toString('base64'),
      SMS_RATE: '400',
      SMS_CONCURRENCY: '8',
      SMS_TIMEOUT_MS: String(timing.timeoutMs),
      SEND_LEASE_SECONDS: String(timing.leaseSeconds),
      RECONCILE_GRACE_SECONDS: String(timing.graceSeconds),
      ...extra,
    };
  }

  static async of(
    workplace: Workplace,
    server: DatabaseServer,
    program: string,
    database: string,
    wish: WorldWish = {},
  ): Promise<World> {
    const fake = await spawnFake(wish.provider ?? workplace.provider);
    const beside = wish.beside ? await spawnFake(wish.beside) : null;
    const pool = new pg.Pool({ connectionString: server.urls(database).superuser, max: 3 });
    // Some faults take the database away from under it.
    pool.on('error', () => undefined);
    const ports = [await freePort(), await freePort()] as const;
    const [apiPort, servicePort] = ports;
    const told = wish.receiptsTo === 'api' ? apiPort : servicePort;
    const { app } = server.urls(database);
    const toldUrl = `http://127.0.0.1:${told}`;
    const extra = {
      ...(await beside?.environment(toldUrl)),
      ...(await fake.environment(toldUrl)),
      ...(wish.through ? { DATABASE_URL: wish.through(app) } : {}),
      ...wish.extra,
    };
    const world = new World(
      ...([workplace, server, program, database, pool, fake, apiPort, servicePort, extra, beside] as const),
    );
    world.forget = workplace.atTheEnd(() => world.end());
    return world;
  }

  /** On a fresh copy of the template, with an API of its own that is never killed. */
  static async make(
    workplace: Workplace,
    server: DatabaseServer,
    program: string,
    wish: WorldWish = {},
  ): Promise<World> {
    const database = `faults_${randomBytes(6).toString('hex')}`;
    await server.run(...copying(template, database));
    const world = await World.of(workplace, server, program, database, wish);
    await world.start({ role: 'api', name: 'api' });
    return world;
  }

  /** Where the process answers that is killed. */
  get serviceUrl(): string {
    return `http://127.0.0.1:${this.servicePort}`;
  }

  async start(wish: ServiceWish = {}): Promise<Service> {
    const service = await this.spawn(wish);
    if (!(await service.ready())) throw new Error(`the service ended at its start:\n${service.lastWords()}`);
    return service;
  }

  /** Runs a command of a version, such as `migrate.cli.js`, with the environment of the service. Returns what it printed. */
  async runCommand(program: string, file: string, extra: Record<string, string> = {}): Promise<string> {
    const dataDir = this.dataFolder('commands');
    mkdirSync(dataDir, { recursive: true });
    const env = { PATH: process.env['PATH'], ...this.environment, CHORONG_DATA_DIR: dataDir, ...extra };
    const args = [join(program, 'dist/src', file)];
    return (await promisify(execFile)(process.execPath, args, { cwd: program, env })).stdout;
  }

  /** Without waiting until it answers. */
  async spawn({
    role = 'all',
    name = 'service',
    program = this.program,
    extra = {},
  }: ServiceWish): Promise<Service> {
    if (this.workplace.isLeft) throw new Error('the run is ending');
    const dataDir = this.dataFolder(name);
    mkdirSync(dataDir, { recursive: true });
    const service = new Service({
      program,
      port: await this.portOf(name, role),
      logPath: join(this.workplace.folder, `${this.database}-${name}.log`),
      environment: { ...this.environment, CHORONG_ROLE: role, CHORONG_DATA_DIR: dataDir, ...extra },
    });
    this.services.add(service);
    void service.exited.then(() => this.services.delete(service));
    return service;
  }

  /** The folder in which a process keeps what it remembers outside of the database. */
  dataFolder(name: string): string {
    return join(this.workplace.folder, this.database, name);
  }

  /** As it was made, but for what is in the database and at the provider. */
  async clear(): Promise<void> {
    const others = [...this.services].filter((service) => service.url !== this.api.url);
    await Promise.all(others.map((service) => service.kill()));
    await this.play({});
  }

  /** The processes of the service that run. */
  running(): Service[] {
    return [...this.services];
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.services].map((service) => service.stop()));
  }

  /** A backup as a copy, which is a database of its own to PostgreSQL. */
  async copyDatabase(): Promise<void> {
    await this.server.run(disconnecting(this.database), ...copying(this.database, `${this.database}_copy`));
  }

  async putCopyInPlace(): Promise<void> {
    await this.server.run(
      `DROP DATABASE ${this.database} WITH (FORCE)`,
      `ALTER DATABASE ${this.database}_copy RENAME TO ${this.database}`,
    );
  }

  async play(script: Partial<FakeScript>): Promise<void> {
    await this.fake.play(script);
  }

  async query<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.pool.query<T>(sql, values)).rows;
  }

  async count(sql: string, values: unknown[] = []): Promise<number> {
    const [row] = await this.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, values);
    return row?.n ?? 0;
  }

  /** Contracts signed some days ago, each with one alert that is due at once. */
  async register(prefix: string, n: number, terms?: ContractToRegister['terms']): Promise<void> {
    const wanted = this.ledger.expect(prefix, n, terms);
    await this.api.registerAll(wanted);
  }

  /** What a restore took away. */
  async registerAgain(prefix: string): Promise<void> {
    await this.api.registerAll(this.ledger.orderedAs(prefix));
  }

  /** Waits until everything is settled, and compares what the provider holds with the database. */
  async settle(prefix: string, limitSeconds: number, since = performance.now()): Promise<Settled> {
    await until(() => this.ledger.isSettled(prefix).catch(() => false), limitSeconds * 1000, 100);
    const seconds = secondsSince(since);
    await this.confirm(prefix);
    return { seconds, tally: await this.ledger.tally(prefix) };
  }

  async crashed(service: Service, limitSeconds: number): Promise<void> {
    await must(`the service dies:\n${service.lastWords()}`, () => !service.running, limitSeconds * 1000);
    if (!service.killedBySignal) throw new Error(`it ended by itself:\n${service.lastWords()}`);
  }

  async end(): Promise<void> {
    this.forget();
    await Promise.all([...this.services].map((service) => service.kill()));
    await this.pool.end().catch(() => undefined);
    await this.fake.stop();
    await this.beside?.stop();
  }

  /** Receipts that nobody was there to take are asked for: the polls, which are minutes apart, are brought forward. */
  private async confirm(prefix: string): Promise<void> {
    if (await until(() => this.ledger.isConfirmed(prefix), 1000)) return;
    await this.query(
      `UPDATE message SET poll_at = clock_timestamp(), polls = 0 WHERE status IN ('accepted', 'sent')`,
    );
    await until(() => this.ledger.isConfirmed(prefix), 20_000, 200);
  }

  private async portOf(name: string, role: string): Promise<number> {
    if (role === 'api') return this.apiPort;
    if (name === 'service') return this.servicePort;
    const known = this.ports.get(name) ?? (await freePort());
    this.ports.set(name, known);
    return known;
  }
}

/** A copy has the contents, but not the privileges as a database. */
function copying(from: string, to: string): string[] {
  return [
    `CREATE DATABASE ${to} TEMPLATE ${from} OWNER chorong_owner`,
    `REVOKE ALL ON DATABASE ${to} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${to} TO chorong_app`,
  ];
}

function disconnecting(database: string): string {
  return `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`;
}
