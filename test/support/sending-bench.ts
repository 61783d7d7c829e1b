import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import pg from 'pg';
import { AppModule } from '../../src/app.module.js';
import { parseConfig } from '../../src/config/config.js';
import type { Caller } from '../../src/core/access/roles.js';
import { Providers } from '../../src/core/providers/providers.module.js';
import {
  type BrakesOn,
  BrakesService,
  type Situation,
  Situations,
} from '../../src/core/sending/brakes.service.js';
import { DrainService } from '../../src/core/sending/drain.service.js';
import { Failpoints } from '../../src/core/sending/failpoints.js';
import { MessageFreezer } from '../../src/core/sending/message-freezer.js';
import { Outcomes } from '../../src/core/sending/outcomes.js';
import { ReconcileService } from '../../src/core/sending/reconcile.service.js';
import { Pace, ProviderCalls } from '../../src/core/sending/provider-calls.js';
import { RoutesNow } from '../../src/core/sending/routing.js';
import { allOfIt } from '../../src/core/sending/shares.js';
import type { SmsProvider } from '../../src/core/providers/sms-provider.js';
import { type DueInShard, Schedule } from '../../src/core/sending/schedule.js';
import { WaitingMessages } from '../../src/core/sending/waiting-messages.js';
import { WindowOpener } from '../../src/core/sending/window-opener.js';
import { Database } from '../../src/platform/database/database.js';
import { InstanceMarker, InstanceService } from '../../src/core/sending/instance.service.js';
import { SettingsService } from '../../src/core/settings/settings.service.js';
import { SetupService } from '../../src/core/setup/setup.service.js';
import { newId } from '../../src/platform/ids.js';
import { Sealer } from '../../src/platform/sealing/sealer.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { Pigeon, pigeonDefinition } from './pigeon.js';
import { calendarOpenNow } from './service.js';

/** Routes by which one provider carries everything. */
export const routesTo = (provider: SmsProvider) =>
  new RoutesNow([{ ...allOfIt, country: '*', provider, part: 1, configured: 1 }]);

/** An admin by a key, for what a person decides. */
export const admin: Caller = {
  keyId: '01900000-0000-7000-8000-00000000000a',
  accountId: null,
  name: 'test',
  role: 'admin',
  departmentId: null,
  officerId: null,
};

export type Row = Record<string, unknown>;

/**
 * The parts of sending on a database of their own, without HTTP, timers or pages: rows are put where a test wants them,
 * a part is asked to act, and the rows are looked at again. Texts go through `pigeon`; `gull` is there beside it.
 */
export class SendingBench {
  readonly pigeon = new Pigeon('pigeon', 'PIGEON');
  readonly gull = new Pigeon('gull', 'GULL');
  readonly logs: string[] = [];
  readonly sealer: Sealer;
  private made = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly dataDir: string,
    private readonly owner: pg.Pool,
    private readonly keys: ConstructorParameters<typeof Sealer>[0],
  ) {
    this.sealer = new Sealer(keys);
  }

  private app: INestApplicationContext | null = null;

  static async start(environment: Record<string, string> = {}): Promise<SendingBench> {
    const database = await createTestDatabase();
    const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 3 });
    owner.on('error', () => undefined);
    const keys = { sealing: [{ id: 'test', key: randomBytes(32) }], index: randomBytes(32) };
    const bench = new SendingBench(database, mkdtempSync(join(tmpdir(), 'chorong-bench-')), owner, keys);
    await bench.boot(environment);
    await bench.get(SetupService).setUp(null);
    await bench.get(SettingsService).put('set-up', 'calendar', calendarOpenNow());
    await bench.get(InstanceService).recogniseDatabase();
    return bench;
  }

  /** Starts the parts, or starts them again on the same database and data folder. */
  async boot(environment: Record<string, string> = {}): Promise<void> {
    await this.app?.close();
    const definitions = [pigeonDefinition(this.pigeon), pigeonDefinition(this.gull)];
    const config = parseConfig({ ...this.environment(), ...environment }, definitions);
    const logTo = { write: (line: string) => void this.logs.push(line) };
    const options = { config, databaseUrl: this.database.appUrl, keys: this.keys, logTo };
    this.app = await NestFactory.createApplicationContext(AppModule.with(options, null, definitions), {
      bufferLogs: true,
      abortOnError: false,
    });
    this.app.useLogger(this.app.get(Logger));
  }

  get<T>(part: Type<T>): T {
    if (!this.app) throw new Error('the bench is not started');
    return this.app.get(part);
  }

  /** The calls of a process of its own: nothing that another has kept of turns or brakes is known to it. */
  calls(given: Partial<CallsGiven> = {}): ProviderCalls {
    const sending = { leaseSeconds: 30, timeoutMs: 1000, concurrency: 10, ...given };
    const [outcomes, failpoints] = [this.get(Outcomes), this.get(Failpoints)];
    // What it knows of the brakes is never older than a moment, unlike in a process that has looked at them lately.
    const fresh = { recentBrakes: () => this.get(BrakesService).brakesOn() } as BrakesService;
    const { marker = this.get(InstanceMarker), brakes = fresh } = given;
    return new ProviderCalls({ sending }, this.pace(), outcomes, marker, brakes, failpoints);
  }

  pace(rate: number | null = null): Pace {
    return new Pace({ sending: { rate } }, this.get(Database));
  }

  /** The drains of a process of its own. */
  drains(calls = this.calls(), concurrency = 10): DrainService {
    const [situations, schedule] = [this.get(Situations), this.get(Schedule)];
    const [freezer, waiting] = [this.get(MessageFreezer), this.get(WaitingMessages)];
    const config = { sending: { concurrency } };
    const opener = new WindowOpener(config, situations, schedule, freezer, waiting, calls);
    return new DrainService(this.get(Providers), opener);
  }

  async stop(): Promise<void> {
    await this.app?.close();
    await this.owner.end();
    await this.database.drop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async sql<T extends object = Row>(text: string, parameters: unknown[] = []): Promise<T[]> {
    return (await this.owner.query<T>(text, parameters)).rows;
  }

  /** The one row of a table with this id. */
  async row(table: string, id: string): Promise<Row> {
    const [row] = await this.sql(`SELECT * FROM ${table} WHERE id = $1`, [id]);
    if (!row) throw new Error(`${table} has no row ${id}`);
    return row;
  }

  /** All rows of these tables as text: two equal ones mean that nothing was changed there. */
  async contents(...tables: string[]): Promise<string[]> {
    const all: string[] = [];
    for (const table of tables) {
      const rows = await this.sql<{ row: string }>(`SELECT t::text AS row FROM ${table} t ORDER BY 1`);
      all.push(...rows.map(({ row }) => `${table} ${row}`));
    }
    return all;
  }

  /** Empties what tests write, and lets the providers forget. */
  async clear(): Promise<void> {
    const tables = `flag alert milestone contact counterparty contract attempt receipt message brake pace leaf change`;
    const emptied = tables.split(' ').map((table) => `DELETE FROM ${table};`);
    await this.sql(`${emptied.join('')} UPDATE instance SET suspect_from = NULL, suspect_until = NULL`);
    // The brakes of the test before are known for a moment longer.
    await this.get(BrakesService)['recent'].read();
    // Else the database would seem to be another that does not know it.
    await this.get(InstanceMarker).rememberAttempt(null);
    this.logs.length = 0;
    this.pigeon.reset();
    this.gull.reset();
  }

  /** A number of 010-0000-xxxx, which nobody holds, in E.164. */
  number(): string {
    this.made += 1;
    return `+8210000${String(this.made).padStart(5, '0')}`;
  }

  async department(parentId: string | null = null): Promise<string> {
    const id = newId();
    await this.sql(`INSERT INTO department (id, parent_id, code, name) VALUES ($1, $2, $3, '도로과')`, [
      id,
      parentId,
      `D${id}`,
    ]);
    return id;
  }

  /** An alert with all that it needs; by default it is planned, and has just fallen due. */
  async alert(given: AlertGiven = {}): Promise<AlertMade> {
    const to = given.to ?? this.number();
    const index = this.sealer.blindIndex(to);
    const id = newId();
    const contactId = newId();
    const departmentId = given.departmentId ?? (await this.department());
    const contractId = given.contractId ?? (await this.contract(departmentId, given));
    await this.contact(contactId, contractId, to, given);
    const milestoneId = newId();
    const code = given.code ?? 'signing';
    await this.sql(
      `INSERT INTO milestone (id, contract_id, code, occurrence, date, wording, due_at)
       SELECT $1, $2, $3, coalesce(max(occurrence), 0) + 1, '2026-03-03', $4, date_trunc('milliseconds', now() + $5::float8 * interval '1 second')
       FROM milestone WHERE contract_id = $2 AND code = $3`,
      [milestoneId, contractId, code, given.wording ?? 'milestone', given.dueInSeconds ?? -1],
    );
    await this.sql(
      `INSERT INTO alert (id, milestone_id, contract_id, contact_id, department_id, number_index, shard, wording, due_at,
                          due_day, status, planned_at, reason, retry_at, message_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT due_at FROM milestone WHERE id = $2), $9, $10, now(), $11,
               now() + $12::float8 * interval '1 second', $13)`,
      [
        id,
        milestoneId,
        contractId,
        contactId,
        departmentId,
        index,
        given.shard ?? shardOf(index),
        given.wording ?? 'milestone',
        given.dueDay ?? '2026-03-04',
        given.status ?? (given.messageId ? 'messaged' : 'planned'),
        given.reason ?? null,
        given.retryInSeconds ?? null,
        given.messageId ?? null,
      ],
    );
    return { id, contractId, contactId, milestoneId, departmentId, to, index, shard: shardOf(index) };
  }

  private async contract(departmentId: string, given: AlertGiven): Promise<string> {
    const id = newId();
    this.made += 1;
    await this.sql(
      `INSERT INTO contract (id, source, reference, revision, kind, title, department_id, state, signed_on,
                             starts_on, ends_on, plan_name, plan_version)
       VALUES ($1, 'test', $2, 0, 'works', '중앙로 보도정비공사', $3, 'signed', '2026-03-03', '2026-03-16', '2026-11-27',
               'plan:works', 1)`,
      [id, given.reference ?? `C-${String(this.made).padStart(5, '0')}`, departmentId],
    );
    return id;
  }

  private async contact(id: string, contractId: string, to: string, given: AlertGiven): Promise<void> {
    const counterpartyId = newId();
    await this.sql(
      `INSERT INTO counterparty (id, contract_id, name_sealed, name_index) VALUES ($1, $2, '\\x00', '\\x00')`,
      [counterpartyId, contractId],
    );
    const sealed = this.sealer.seal(to, { table: 'contact', column: 'phone_sealed', rowId: id });
    await this.sql(
      `INSERT INTO contact (id, contract_id, counterparty_id, phone_sealed, phone_index, phone_country, locale,
                            legal_basis, salt)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'contract', '\\x00')`,
      [
        id,
        contractId,
        counterpartyId,
        sealed,
        this.sealer.blindIndex(to),
        given.country ?? 'KR',
        given.locale ?? 'ko',
      ],
    );
  }

  /** A message in this status, without an alert or an attempt. Columns that are given win. */
  async message(given: MessageGiven = {}): Promise<MessageMade> {
    const { to = this.number(), status = 'sending', templateKey = 'ko/any/signing', ...columns } = given;
    const id = newId();
    const index = this.sealer.blindIndex(to);
    const text = columns.text ?? `[한빛시] C-${id} 계약 체결을 축하드립니다.`;
    const [template] = await this.sql<{ id: string }>(
      `SELECT id FROM template_version WHERE key = $1 ORDER BY version DESC LIMIT 1`,
      [templateKey],
    );
    if (!template) throw new Error(`there is no template ${templateKey}`);
    await this.insert('message', {
      id,
      provider: 'pigeon',
      sender: 'PIGEON',
      country: 'KR',
      shard: shardOf(index),
      locale: 'ko',
      number_sealed: this.sealer.seal(to, { table: 'message', column: 'number_sealed', rowId: id }),
      number_index: index,
      template_version_id: template.id,
      status,
      salt: randomBytes(16),
      text_hash: createHash('sha256').update(text).digest(),
      encoding: 'ucs2',
      parts: 1,
      attempts: 1,
      next_attempt_at: status === 'waiting' ? ago(1) : null,
      due_at: ago(60),
      service_time: ago(60),
      reason: null,
      ...columns,
      text,
    });
    return { id, to, text, index, shard: shardOf(index) };
  }

  /** An attempt of a message; by default it is open, within its lease. */
  async attempt(message: Pick<MessageMade, 'id' | 'index'>, given: Row = {}): Promise<string> {
    const id = newId();
    await this.insert('attempt', {
      id,
      message_id: message.id,
      number_index: message.index,
      provider: 'pigeon',
      status: 'open',
      opened_at: ago(10),
      lease_until: ago(-60),
      ...given,
    });
    return id;
  }

  /** A text that this provider has accepted and lists, so that its lists without another are believed. */
  async knownText(provider = this.pigeon, to?: string): Promise<string> {
    const message = await this.message({
      status: 'delivered',
      provider: provider.name,
      ...(to ? { to } : {}),
    });
    const reference = provider.hold(message);
    await this.attempt(message, {
      status: 'accepted',
      provider: provider.name,
      reference,
      settled_at: ago(10),
    });
    return reference;
  }

  /** Lets the reconciler have watched an attempt for so many seconds. */
  watch(attempt: string, seconds: number): void {
    this.get(ReconcileService)['seenSince'].set(attempt, performance.now() - seconds * 1000);
  }

  async insert(table: string, columns: Row): Promise<void> {
    const names = Object.keys(columns);
    await this.sql(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(columns),
    );
  }

  /** What may be opened in a shard, for `pigeon` or another. */
  async dueIn(
    shard: number,
    situation = this.situation(),
    { provider = this.pigeon, limit = 100 } = {},
  ): Promise<DueInShard> {
    const [due] = await this.get(Schedule).countDue(
      { shards: [shard], providers: [provider], limit },
      situation,
    );
    if (!due) throw new Error(`nothing is known of shard ${shard}`);
    return due;
  }

  /** What a drain goes by, with nothing braked and no restore behind it. */
  situation({ brakes, ...given }: SituationGiven = {}): Situation {
    const none = {
      everything: false,
      unreadable: false,
      instance: false,
      departments: [],
      senders: new Set<string>(),
    };
    const all = { ...none, templates: new Set<string>(), routes: new Set<string>(), ...brakes };
    return {
      now: new Date(),
      readAt: performance.now(),
      isClockStopped: false,
      aheadMs: 250,
      routes: routesTo(this.pigeon),
      brakes: all,
      suspicion: null,
      ...given,
    };
  }

  /** Lets the database have the suspicion that a situation was read with. */
  async suspect({ suspicion }: Situation): Promise<void> {
    const { from = null, until = null } = suspicion ?? {};
    await this.sql(`UPDATE instance SET suspect_from = $1, suspect_until = $2`, [from, until]);
  }

  /** Runs work while another connection holds these rows, as a process does that stands still inside a transaction. */
  async whileLocked<T>(table: string, ids: string[], work: () => Promise<T>): Promise<T> {
    const holder = await this.owner.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT 1 FROM ${table} WHERE id = ANY($1) FOR UPDATE`, [ids]);
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error('it waited for a locked row')), 5000).unref();
      });
      return await Promise.race([work(), late]);
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
  }

  async brake(scope: string, target = 'all'): Promise<string> {
    const id = newId();
    await this.insert('brake', { id, scope, target, reason: 'a test', actor: 'test' });
    return id;
  }

  private environment() {
    return {
      DATABASE_URL: this.database.appUrl,
      DATABASE_POOL: '6',
      CHORONG_DATA_DIR: this.dataDir,
      CHORONG_ROLE: 'api',
      LOG_LEVEL: 'trace',
      SMS_PROVIDER: 'pigeon',
      SMS_CONCURRENCY: '10',
      SMS_TIMEOUT_MS: '1000',
      SEND_LEASE_SECONDS: '30',
      CHORONG_SEALING_KEYS: `test:${randomBytes(32).toString('base64')}`,
      CHORONG_INDEX_KEY: randomBytes(32).toString('base64'),
      ALLOW_FICTIONAL_NUMBERS: 'true',
    };
  }
}

interface CallsGiven {
  leaseSeconds: number;
  timeoutMs: number;
  concurrency: number;
  marker: InstanceMarker;
  brakes: BrakesService;
}

type SituationGiven = Partial<Omit<Situation, 'brakes'>> & { brakes?: Partial<BrakesOn> };

interface AlertGiven {
  to?: string;
  departmentId?: string;
  contractId?: string;
  reference?: string;
  code?: string;
  wording?: 'milestone' | 'neutral';
  locale?: 'ko' | 'en';
  country?: string;
  shard?: number;
  dueDay?: string;
  /** Seconds from now; by default it fell due a second ago. */
  dueInSeconds?: number;
  retryInSeconds?: number;
  status?: string;
  reason?: string;
  messageId?: string;
}

export interface AlertMade {
  id: string;
  contractId: string;
  contactId: string;
  milestoneId: string;
  departmentId: string;
  to: string;
  index: Buffer;
  shard: number;
}

type MessageGiven = Row & { to?: string; status?: string; text?: string; templateKey?: string };

export interface MessageMade {
  id: string;
  to: string;
  text: string;
  index: Buffer;
  shard: number;
}

/** A moment so many seconds ago by this machine's clock, which is the database's too. */
export function ago(seconds: number): Date {
  return new Date(Date.now() - seconds * 1000);
}

function shardOf(index: Buffer): number {
  return (index[0] ?? 0) % 8;
}
