import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { makeKey } from '../../src/core/access/api-keys.service.js';
import type { Caller, Role } from '../../src/core/access/roles.js';
import { Journal } from '../../src/core/proof/journal.service.js';
import { Proposals } from '../../src/core/proposals/proposals.service.js';
import { type Config, parseConfig } from '../../src/config/config.js';
import type { ProviderDefinition } from '../../src/core/providers/sms-provider.js';
import { providers as registered } from '../../src/core/providers/providers.js';
import type { ContractView } from '../../src/core/contracts/contract.view.js';
import { addDays, localDateOf } from '../../src/core/calendar/local-date.js';
import type { SealingKeys } from '../../src/platform/sealing/sealing-keys.js';
import { workAtOnce } from '../../src/platform/at-once.js';
import { AppModule } from '../../src/app.module.js';
import { createApp } from '../../src/create-app.js';
import { findOffice } from '../../src/wings.js';
import type { TextView } from '../../src/core/sandbox/sandbox.service.js';
import { DrainService } from '../../src/core/sending/drain.service.js';
import { InstanceService } from '../../src/core/sending/instance.service.js';
import { ReconcileService } from '../../src/core/sending/reconcile.service.js';
import { SweepService } from '../../src/core/sending/tick.service.js';
import { SettingsService } from '../../src/core/settings/settings.service.js';
import { SetupService } from '../../src/core/setup/setup.service.js';
import { ApiClient, ok } from './api-client.js';
import { aContract, type ContractInput } from './builders.js';
import type { PageClient } from './page-client.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import type { FakeProvider } from './fake-twilio.js';
import { freePort } from './free-port.js';

export interface ServiceOptions {
  /** `api`: no timers run, and the test drives drains and sweeps itself. Default `api`. */
  role?: 'all' | 'api' | 'worker';
  /** Sends through this fake; without it, through the sandbox. */
  twilio?: FakeProvider;
  /** Environment variables beside or in place of the test's own. */
  environment?: Record<string, string>;
  /** Limits in place of those that nobody waits for in a test. */
  limits?: Partial<Config['limits']>;
  /** Providers of the test's own, beside the service's. */
  providers?: ProviderDefinition[];
  /** Controllers of the test's own, beside the service's. */
  controllers?: Type[];
  /** A database that was lived in before, with what opens it; or all that a service left behind when it stopped. */
  existing?: ExistingGround;
}

/** What a service leaves behind when it stops, and goes on from when it starts again. */
interface TestGround {
  database: TestDatabase;
  dataDir: string;
  port: number;
  keys: SealingKeys;
  adminKey: string;
  /** Everything that was answered, and every line that was logged. */
  heard: { answers: string[]; logs: string[] };
}

type ExistingGround = Pick<TestGround, 'database' | 'keys' | 'adminKey'> & Partial<TestGround>;

/** The number that texts are sent from, of a range reserved for fiction. */
export const senderNumber = '+12125550100';

/** The calendar of an agency where it is noon now, on a business day among business days. */
export function calendarOpenNow() {
  const now = new Date();
  const hour = now.getUTCHours();
  // The signs of these zones are the other way round: Etc/GMT-9 is Seoul.
  const timeZone = hour === 12 ? 'Etc/GMT' : `Etc/GMT${hour > 12 ? '+' : '-'}${Math.abs(hour - 12)}`;
  const today = localDateOf(now, timeZone);
  const open = Array.from({ length: 21 }, (_, n) => addDays(today, n - 15));
  return { timeZone, country: 'KR', window: { from: '00:00', to: '23:59' }, closed: [], open };
}

/** The hash of a password that nobody uses: whoever has it has accepted their invitation. */
export const nobodysPassword =
  '$argon2id$v=19$m=8,t=1,p=1$JvHm0Xx9R8RxOc9/ej/WWg$l6hWvlJP6J7/a9zeNgv47auawhirKgscblVb5RtI02A';

/** Whoever approves what waits in tests that are about something else. */
const secondPerson: Caller = {
  keyId: '01996f3e-0000-7000-8000-0000000000aa',
  accountId: null,
  name: 'second person',
  role: 'auditor',
  departmentId: null,
  officerId: null,
};

const keptFigures = [
  'tally_mark',
  'status_count',
  'log_span',
  'work_candidate',
  'work_dead_number',
  'coverage_basis',
  'coverage_count',
  'coverage_milestone',
  // What the sequencer makes of leaves, when it comes to it.
  'leaf_waiting',
  'log_entry',
  'log_node',
  'log_checkpoint',
  'log_cosignature',
  'log_witness',
  'log_check',
];

/** The whole service in this process, on a database of its own. What needs the office loads it when it is asked for. */
export class TestService {
  readonly admin: ApiClient;
  readonly heard: TestGround['heard'];
  /** Whether an auditor approves at once whatever waits for a second person, as if it had needed nobody. */
  approvesAtOnce = true;
  private readonly keys = new Map<string, Promise<string>>();
  private readonly people = new Map<string, Promise<PageClient>>();

  constructor(
    readonly app: NestFastifyApplication,
    readonly config: Config,
    readonly ground: TestGround,
    private readonly owner: pg.Pool,
  ) {
    this.heard = ground.heard;
    this.admin = this.client(ground.adminKey);
  }

  client(key: string | null): ApiClient {
    return new ApiClient(this.app, key, this.heard.answers, async (proposalId) => {
      if (this.approvesAtOnce) await this.approveAsAuditor(proposalId);
      return this.approvesAtOnce;
    });
  }

  /** Approves all that waits, as an auditor would whom nobody has to tell; but not that brakes stay, which may be released by now. */
  async approveWaiting(): Promise<void> {
    const waiting = await this.sql<{ id: string }>(
      `SELECT id FROM proposal WHERE state = 'waiting' AND act <> 'keepBrake' ORDER BY id`,
    );
    for (const { id } of waiting) await this.approveAsAuditor(id);
  }

  /**
   * Approves as a program of the audit office may, once whoever was drawn has let the days pass; what an admin does to the whole
   * agency, as somebody who may.
   */
  private async approveAsAuditor(id: string): Promise<void> {
    await this.sql(`UPDATE proposal SET open_from = at WHERE id = $1`, [id]);
    const [person] = await this.sql<{ accountId: string; role: Role }>(
      `SELECT a.id AS "accountId", a.role FROM account a JOIN proposal p ON a.role = ANY (p.deciders)
       WHERE p.id = $1 AND NOT 'manager' = ANY (p.deciders) AND a.disabled_at IS NULL AND a.password_hash IS NOT NULL
         AND a.id::text IS DISTINCT FROM p.caller ->> 'accountId' ORDER BY a.role DESC, a.id LIMIT 1`,
      [id],
    );
    const caller = person ? { ...secondPerson, keyId: null, ...person } : secondPerson;
    await this.app.get(Proposals).approve(caller, id, {});
  }

  /** A client of that role; made once for a role and department. */
  async as(role: Role, departmentId: string | null = null): Promise<ApiClient> {
    return this.client(await this.keyFor(role, departmentId));
  }

  keyFor(role: Role, departmentId: string | null = null): Promise<string> {
    const name = `${role} ${departmentId}`;
    const known = this.keys.get(name);
    if (known) return known;
    const made = this.admin
      .post<{ key: string; proposal?: { id: string } }>('/api-keys', { name, role, departmentId })
      .then(async (answer) => {
        const { key, proposal } = ok(answer);
        if (proposal && answer.status === 202) await this.approveAsAuditor(proposal.id);
        return key;
      });
    this.keys.set(name, made);
    return made;
  }

  /** Somebody of that role who is signed in; made once for a role and department. */
  person(role: Role, departmentId: string | null = null): Promise<PageClient> {
    const name = `${role} ${departmentId}`;
    const known = this.people.get(name);
    if (known) return known;
    const made = this.newcomer(role, departmentId);
    this.people.set(name, made);
    return made;
  }

  /** Somebody of that role whom no other part of a test relies on. */
  async newcomer(role: Role, departmentId: string | null = null): Promise<PageClient> {
    const id = await this.makePerson(role, departmentId);
    const { SessionsService } = await import('../../src/office/accounts/sessions.service.js');
    const { PageClient: Client } = await import('./page-client.js');
    const token = await this.app.get(SessionsService).open(id);
    return new Client(this.app, token, this.heard.answers, async () => {
      if (this.approvesAtOnce) await this.approveWaiting();
    });
  }

  /** Somebody of that role who has accepted their invitation, so that they may be drawn as a second person. */
  async signedIn(role: Role, departmentId: string | null = null): Promise<{ id: string; page: PageClient }> {
    const page = await this.newcomer(role, departmentId);
    const [account] = await this.sql<{ id: string }>(
      `UPDATE account SET password_hash = $1 WHERE id = (SELECT max(id::text)::uuid FROM account) RETURNING id`,
      [nobodysPassword],
    );
    const id = account?.id ?? '';
    await this.app.get(Journal).state('account', [id]);
    return { id, page };
  }

  /** An account of that role, without a password. Returns its id. */
  async makePerson(role: Role, departmentId: string | null = null): Promise<string> {
    const email = `${role}-${randomBytes(4).toString('hex')}@hanbit.example`;
    const { AccountsService } = await import('../../src/office/accounts/accounts.service.js');
    const wanted = { email, name: '한여울', role, departmentId, locale: 'ko' as const };
    return (await this.app.get(AccountsService).make(wanted)).id;
  }

  /** Of the fictional city, by code: CITY, AUDIT, ROADS, PARKS or WELFARE. */
  async departmentId(code: string): Promise<string> {
    const [row] = await this.sql<{ id: string }>(`SELECT id FROM department WHERE code = $1`, [code]);
    if (!row) throw new Error(`there is no department ${code}`);
    return row.id;
  }

  /** Registers a contract of the department of roads, as its admin. */
  async register(input: Partial<ContractInput> = {}): Promise<ContractView> {
    const departmentId = input.departmentId ?? (await this.departmentId('ROADS'));
    return ok(await this.admin.post<ContractView>('/contracts', aContract({ ...input, departmentId })));
  }

  /** Registers a contract whose signing is due now, by the system's clock, and nothing else of it for months. */
  async registerDue(input: Partial<ContractInput> = {}): Promise<ContractView> {
    const calendar = await this.app.get(SettingsService).calendar();
    const today = calendar.localDateOf(new Date());
    return this.register({
      signedOn: addDays(today, -2),
      startsOn: addDays(today, 90),
      endsOn: addDays(today, 400),
      ...input,
    });
  }

  /** Puts the agency where it is noon now, on a business day among business days, so that texts may go out. */
  async openAtAllHours(): Promise<void> {
    ok(await this.admin.post('/calendar', calendarOpenNow()));
  }

  async contract(id: string): Promise<ContractView> {
    return ok(await this.admin.get<ContractView>(`/contracts/${id}`));
  }

  /** Rows as the tables' owner sees them. */
  async sql<T extends object>(text: string, parameters: unknown[] = []): Promise<T[]> {
    return (await this.owner.query<T>(text, parameters)).rows;
  }

  /**
   * Every row of every table but the keys, the sessions and the processes, whose last use is noted, what the queue notes of itself, and the figures that are kept, which are
   * counted from the others whenever somebody reads them: two equal ones mean that nothing was changed.
   */
  async contents(): Promise<Record<string, string[]>> {
    const tables = await this.sql<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND NOT tablename = ANY($1) ORDER BY 1`,
      [['api_key', 'session', 'meta', 'sealing_process', ...keptFigures]],
    );
    const contents: Record<string, string[]> = {};
    for (const { name } of tables) {
      const rows = await this.sql<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
      contents[name] = rows.map(({ row }) => row);
    }
    return contents;
  }

  async startAt(moment: string): Promise<void> {
    ok(await this.admin.post('/sandbox/clock', { startAt: moment }));
  }

  async advanceTo(moment: string): Promise<{ steps: number; attempted: number }> {
    return ok(
      await this.admin.post<{ steps: number; attempted: number }>('/sandbox/clock', { advanceTo: moment }),
    );
  }

  /** What the sandbox's phones received, oldest first, numbers masked. */
  async texts(): Promise<TextView[]> {
    return ok(await this.admin.get<{ items: TextView[] }>('/sandbox/texts?limit=1000')).items;
  }

  /** Sends what is due now. Returns how many messages were attempted. */
  drain(): Promise<number> {
    return this.app.get(DrainService).drainAllShards();
  }

  /** Expired claims, reconciliation, polling. */
  sweep(): Promise<void> {
    return sweepOnce(this.app.get(SweepService));
  }

  /** Lets everything that waits have waited: for an attempt, a look, a poll, and past lease and grace. */
  async letTimePass(): Promise<void> {
    await this.sql(`UPDATE message SET next_attempt_at = clock_timestamp() WHERE status = 'waiting'`);
    await this.sql(`UPDATE message SET poll_at = clock_timestamp() WHERE poll_at IS NOT NULL`);
    await this.sql(`UPDATE alert SET retry_at = NULL WHERE status = 'planned'`);
    const attempts = await this.sql<{ id: string }>(
      `UPDATE attempt SET check_at = clock_timestamp() WHERE status = 'ambiguous' RETURNING id`,
    );
    for (const { id } of attempts) this.watched(id, 3600);
  }

  /** Lets the reconciler have watched an attempt for so many seconds. */
  watched(attemptId: string, seconds: number): void {
    this.app.get(ReconcileService)['seenSince'].set(attemptId, performance.now() - seconds * 1000);
  }

  /** Stops the process; its database and its data folder stay, for another start on `ground`. */
  async stop(): Promise<void> {
    await this.app.close();
    await this.owner.end();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.ground.database.drop();
    rmSync(this.config.dataDir, { recursive: true, force: true });
  }
}

/** Takes each step of a sweep, and throws the first failure in the end. */
export async function sweepOnce(sweeper: SweepService): Promise<void> {
  await workAtOnce(1, sweeper.steps(), ([, take]) => take());
}

class WithTest {}

async function groundOf(existing: ExistingGround | undefined): Promise<TestGround> {
  return {
    dataDir: existing?.dataDir ?? mkdtempSync(join(tmpdir(), 'chorong-service-')),
    port: existing?.port ?? (await freePort()),
    heard: existing?.heard ?? { answers: [], logs: [] },
    ...(existing ?? {
      database: await createTestDatabase(),
      keys: { sealing: [{ id: 'test', key: randomBytes(32) }], index: randomBytes(32) },
      adminKey: makeKey(),
    }),
  };
}

/** The process has one logger, made with the first service: its lines go to the service that was started last. */
let heardBy: TestGround['heard'];

export async function startService(options: ServiceOptions = {}): Promise<TestService> {
  const ground = await groundOf(options.existing);
  const { database, port, keys } = ground;
  heardBy = ground.heard;
  const providers = [...registered, ...(options.providers ?? [])];
  const parsed = parseConfig(await environmentOf(options, ground), providers);
  const config = { ...parsed, limits: { ...parsed.limits, ...options.limits } };
  const platform = {
    config,
    databaseUrl: database.appUrl,
    keys,
    logTo: { write: (line: string) => void heardBy.logs.push(line) },
  };
  const app = await createApp(platform, {
    module: WithTest,
    imports: [AppModule.with(platform, await findOffice(), providers)],
    controllers: options.controllers ?? [],
  });
  await app.get(SetupService).setUp(ground.adminKey);
  // A process without timers has not looked at its database, and so would not send.
  if (config.role === 'api') await app.get(InstanceService).recogniseDatabase();
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 3 });
  // Dropping the database cuts off what is just ending.
  owner.on('error', () => undefined);
  const service = new TestService(app, config, ground, owner);
  if (options.twilio) {
    // The fake calls back.
    await app.listen(port, '127.0.0.1');
    if (!options.existing) await makeDepartments(service);
  }
  return service;
}

/** A real provider's database starts without the fictional city. */
async function makeDepartments({ admin }: TestService): Promise<void> {
  const { id: parentId } = ok(
    await admin.post<{ id: string }>('/departments', { code: 'CITY', name: '한빛시', nameEn: 'Hanbit City' }),
  );
  ok(await admin.post('/departments', { code: 'ROADS', name: '도로과', nameEn: 'Roads', parentId }));
  ok(await admin.post('/departments', { code: 'PARKS', name: '공원녹지과', nameEn: 'Parks', parentId }));
}

async function environmentOf(
  { role = 'api', twilio, environment }: ServiceOptions,
  { database, dataDir, port }: TestGround,
) {
  return {
    PORT: String(port),
    DATABASE_URL: database.appUrl,
    DATABASE_POOL: '8',
    CHORONG_DATA_DIR: dataDir,
    CHORONG_ROLE: role,
    LOG_LEVEL: 'trace',
    SMS_RATE: '1000',
    SMS_CONCURRENCY: '10',
    // Far beyond what the fake needs on a busy machine, for only what hangs waits that long; a lease is never waited for.
    SMS_TIMEOUT_MS: '3000',
    SEND_LEASE_SECONDS: '60',
    RECONCILE_GRACE_SECONDS: '1',
    ...(twilio ? await environmentBy(twilio, port) : {}),
    ...environment,
  };
}

/** What a service needs that sends through a real provider, or a fake of one. */
async function environmentBy(fake: FakeProvider, port: number): Promise<Record<string, string>> {
  return {
    ...(await fake.environment(`http://127.0.0.1:${port}`)),
    CHORONG_SEALING_KEYS: `test:${randomBytes(32).toString('base64')}`,
    CHORONG_INDEX_KEY: randomBytes(32).toString('base64'),
    ALLOW_FICTIONAL_NUMBERS: 'true',
  };
}
