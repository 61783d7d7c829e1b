import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import type pg from 'pg';
import {
  DataSource,
  DefaultNamingStrategy,
  type EntityManager,
  type EntityTarget,
  type ObjectLiteral,
  QueryFailedError,
  type Repository,
} from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { breathe, mapInTurns } from '../breathe.js';
import { KeptPlans } from './kept-plans.js';

type Action = () => Promise<void> | void;

interface Running {
  manager: EntityManager;
  afterCommit: Action[];
  afterFailure: Action[];
  /** What `readOnce` has read. */
  read: Map<string, Promise<unknown>>;
  client: pg.ClientBase;
  /** What work in `together` has inserted and nobody has written yet; null outside of such work. */
  pending: Insert[] | null;
  /** Settles when all that was sent on behalf of `together` is written. */
  written: Promise<unknown>;
}

/** An Insert writes rows, given as JSON, into columns of a table. */
interface Insert {
  table: string;
  columns: string;
  count: number;
  recordset: string;
}

/** A row's type has its columns in camel case, because that is how `Database.rows` returns them. */
type Camel<T> = { [K in keyof T]: K extends `${string}_${string}` ? never : T[K] };

/** Undone undoes a transaction, and carries out of it what the work returned. */
class Undone extends Error {
  constructor(readonly result: unknown) {
    super('undone');
  }
}

/** What is written in bulk is cut into statements of this many rows, so that no parameter grows without a bound. */
export const rowsOfOneStatement = 2000;

/** So many rows that wait in `together` are sent, to be written while the work goes on. */
const rowsThatGo = 500;

/**
 * Database is the one way to PostgreSQL. A service that owns a use case opens its transaction with `inTransaction`;
 * every statement made inside, however deep, joins it, so that an idempotency key, a change and its alerts commit
 * together. Queue calls belong into `afterCommit`.
 */
@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly storage = new AsyncLocalStorage<Running>();
  private readonly turns = new Map<string, Promise<unknown>>();
  private readonly plans = new KeptPlans();

  constructor(private readonly dataSource: DataSource) {
    // A repository's statements too have to find written what was inserted before them.
    dataSource.subscribers.push({ beforeQuery: () => this.writeInserts() });
  }

  /**
   * Returns the rows of a statement, also of one with RETURNING. Columns in snake case arrive in camel case. `kept` is for
   * statements whose plan each text would pay for (see `KeptPlans`); these name their columns, since a plan outlives `*`.
   */
  async rows<T extends Camel<T>>(sql: string, parameters: unknown[] = [], plan?: 'kept'): Promise<T[]> {
    const { rows } = await this.execute(sql, parameters, plan);
    return (await mapInTurns(rows, renamerOf(rows))) as unknown as T[];
  }

  /** Runs a statement and returns the number of rows that it changed. */
  async run(sql: string, parameters: unknown[] = [], plan?: 'kept'): Promise<number> {
    return (await this.execute(sql, parameters, plan)).rowCount ?? 0;
  }

  /** Inserts many rows by one statement and one parameter. A property that the first row lacks keeps its default. */
  async insert<T extends ObjectLiteral>(entity: EntityTarget<T>, rows: Partial<T>[]): Promise<void> {
    const { tableName: table } = this.dataSource.getMetadata(entity);
    const columns = this.columnsOf(entity, rows[0] ?? {})
      .map((column) => column.databaseName)
      .join(', ');
    for (let from = 0; from < rows.length; from += rowsOfOneStatement) {
      const part = rows.slice(from, from + rowsOfOneStatement);
      const insert = { table, columns, count: part.length, recordset: this.recordset(entity, part) };
      const running = this.storage.getStore();
      if (!running?.pending) await this.run(...statementOf([insert]), 'kept');
      else {
        running.pending.push(insert);
        const waiting = running.pending.reduce((sum, { count }) => sum + count, 0);
        if (waiting >= rowsThatGo) this.sendInserts(running);
      }
      await breathe();
    }
  }

  /**
   * Lets inserts of the work that follow each other go as one statement, whatever their tables, and lets the work go on
   * while they are written. Each other statement of the transaction finds them written. Before it returns, all are.
   */
  async together<T>(work: () => Promise<T>): Promise<T> {
    const running = this.storage.getStore();
    if (!running) return this.inTransaction(() => this.together(work));
    const isOuter = running.pending === null;
    running.pending ??= [];
    try {
      const result = await work();
      await this.writeInserts(running);
      return result;
    } catch (error) {
      running.pending = [];
      await running.written.catch(() => undefined);
      throw error;
    } finally {
      if (isOuter) running.pending = null;
    }
  }

  /** Writes rows as the parameter of `json_populate_recordset(NULL::table, $1::json)`. */
  recordset<T extends ObjectLiteral>(entity: EntityTarget<T>, rows: Partial<T>[]): string {
    const columns = this.columnsOf(entity, rows[0] ?? {});
    const named = rows.map((row) => {
      const values: Record<string, unknown> = {};
      for (const { databaseName, propertyName } of columns) values[databaseName] = asJson(row[propertyName]);
      return values;
    });
    return JSON.stringify(named);
  }

  /** Returns the repository of an entity, in the running transaction if there is one. */
  repository<T extends ObjectLiteral>(entity: EntityTarget<T>): Repository<T> {
    return (this.storage.getStore()?.manager ?? this.dataSource.manager).getRepository(entity);
  }

  /**
   * Runs the work in a transaction. Work inside a running transaction joins it. `kept` is for work that consists of kept
   * statements: they are planned once, for whatever parameters, where PostgreSQL would plan each of them five times before that.
   */
  async inTransaction<T>(work: () => Promise<T>, plans?: 'kept'): Promise<T> {
    if (this.storage.getStore()) return work();
    const [afterCommit, afterFailure]: [Action[], Action[]] = [[], []];
    const running = this.dataSource.transaction(async (manager) => {
      const client = (await manager.queryRunner?.connect()) as pg.ClientBase;
      if (plans) await client.query('SET LOCAL plan_cache_mode = force_generic_plan');
      const rest = { read: new Map<string, Promise<unknown>>(), pending: null, written: Promise.resolve() };
      return this.storage.run({ manager, client, afterCommit, afterFailure, ...rest }, work);
    });
    const result = await running.catch(async (error: unknown) => {
      if (!(error instanceof Undone)) for (const action of afterFailure) await this.attempt(action);
      throw error;
    });
    for (const action of afterCommit) await this.attempt(action);
    return result;
  }

  /**
   * Runs the work in a transaction that waits for others of the same name. Those of this process wait before they take a
   * connection: else some that wait for one would hold the whole pool, and nobody else would get any.
   */
  async inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const locked = () =>
      this.inTransaction(async () => {
        await this.run(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [name]);
        return work();
      });
    if (this.storage.getStore()) return locked();
    const turn = (this.turns.get(name) ?? Promise.resolve()).then(locked, locked);
    this.turns.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.turns.get(name) === turn) this.turns.delete(name);
    }
  }

  /** Runs the work in a transaction, unless one of the same name is under way anywhere: then what `otherwise` gives is returned. */
  ifFree<T>(name: string, work: () => Promise<T>, otherwise: () => T): Promise<T> {
    return this.inTransaction(async () => {
      const [lock] = await this.rows<{ isFree: boolean }>(
        `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS is_free`,
        [name],
      );
      return lock?.isFree ? work() : otherwise();
    });
  }

  /** Runs the work, undoes whatever it wrote, and returns what it returned: for dry runs. */
  rehearse<T>(work: () => Promise<T>): Promise<T> {
    return this.keepIf(() => false, work);
  }

  /** Runs the work and returns what it returned; whatever it wrote is undone unless the result is one to keep. */
  async keepIf<T>(isKept: (result: T) => boolean, work: () => Promise<T>): Promise<T> {
    const running = this.storage.getStore();
    if (running) return this.keepInside(running, isKept, work);
    try {
      return await this.inTransaction(async () => {
        const result = await work();
        if (isKept(result)) return result;
        throw new Undone(result);
      });
    } catch (error) {
      if (error instanceof Undone) return error.result as T;
      throw error;
    }
  }

  /** Reads something once in a transaction, for all its steps to go by; outside of one it is read each time. */
  async readOnce<T>(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.storage.getStore()?.read;
    const reading = (known?.get(name) as Promise<T> | undefined) ?? read();
    known?.set(name, reading);
    return reading;
  }

  /** Lets the transaction read again what it has changed itself. */
  readAgain(name: string): void {
    this.storage.getStore()?.read.delete(name);
  }

  /** Runs the action once the transaction has committed; its failure is logged and never undoes the commit. */
  afterCommit(action: Action): void {
    const running = this.storage.getStore();
    if (running) running.afterCommit.push(action);
    else void this.attempt(action);
  }

  /** Runs the action once the transaction is undone by an error, which must leave a trace; its own failure is logged. */
  afterFailure(action: Action): void {
    const running = this.storage.getStore();
    if (!running) throw new Error('no transaction is running that could fail');
    running.afterFailure.push(action);
  }

  /** Writes what waits in `together`, and awaits what is being written. */
  private async writeInserts(running = this.storage.getStore()): Promise<void> {
    if (!running?.pending) return;
    this.sendInserts(running);
    await running.written;
  }

  private sendInserts(running: Running): void {
    if (!running.pending || running.pending.length === 0) return;
    const [sql, parameters] = statementOf(running.pending);
    running.pending = [];
    const send = async () => {
      await running.written;
      try {
        await running.client.query(sql, parameters);
      } catch (error) {
        throw new QueryFailedError(sql, parameters, error as Error);
      }
    };
    running.written = send();
    // Whoever comes next awaits it.
    running.written.catch(() => undefined);
  }

  /** The columns that a row fills. Throws when it has a property that is no column, which would be lost. */
  private columnsOf<T extends ObjectLiteral>(entity: EntityTarget<T>, row: Partial<T>): ColumnMetadata[] {
    const { columns, tableName } = this.dataSource.getMetadata(entity);
    return Object.keys(row).map((name) => {
      const column = columns.find(({ propertyName }) => propertyName === name);
      if (!column) throw new Error(`the table ${tableName} has no column for ${name}`);
      return column;
    });
  }

  private async execute(
    text: string,
    values: unknown[],
    plan?: 'kept',
  ): Promise<pg.QueryResult<Record<string, unknown>>> {
    await this.writeInserts();
    const running = this.storage.getStore()?.manager.queryRunner;
    const runner = running ?? this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as pg.ClientBase;
      const name = plan ? { name: this.plans.nameOf(text) } : {};
      try {
        if (plan && this.plans.areOld(client)) await client.query('DISCARD PLANS');
        return await client.query({ ...name, text, values });
      } catch (error) {
        throw new QueryFailedError(text, values, error as Error);
      }
    } finally {
      if (!running) await runner.release();
    }
  }

  /** An idempotency key has opened the transaction, and will commit: only the work is undone. */
  private async keepInside<T>(
    { afterCommit, read }: Running,
    isKept: (result: T) => boolean,
    work: () => Promise<T>,
  ): Promise<T> {
    const actions = afterCommit.length;
    await this.run('SAVEPOINT attempt');
    const result = await work();
    if (isKept(result)) {
      await this.run('RELEASE SAVEPOINT attempt');
      return result;
    }
    await this.run('ROLLBACK TO SAVEPOINT attempt');
    read.clear();
    afterCommit.length = actions;
    return result;
  }

  private async attempt(action: Action): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.logger.warn({ err: error }, 'an action after a transaction failed');
    }
  }
}

/** Foreign keys are checked at the end of a statement, so that its parts may stand in any order. */
function statementOf(inserts: Insert[]): [sql: string, parameters: string[]] {
  const parts = inserts.map(
    ({ table, columns }, n) =>
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $${n + 1}::json)`,
  );
  const before = parts.slice(0, -1).map((part, n) => `part_${n} AS (${part})`);
  const sql = `${before.length > 0 ? `WITH ${before.join(', ')} ` : ''}${parts.at(-1)}`;
  return [sql, inserts.map(({ recordset }) => recordset)];
}

/** Returns the code that PostgreSQL gave a statement's error (SQLSTATE); undefined for every other error. */
export function sqlStateOf(error: unknown): unknown {
  return error instanceof QueryFailedError ? (error.driverError as { code?: unknown }).code : undefined;
}

/** Tells whether a statement failed because what this constraint keeps unique is there already. */
export function isTaken(error: unknown, constraint: string): boolean {
  return (
    error instanceof QueryFailedError &&
    (error.driverError as { constraint?: unknown }).constraint === constraint
  );
}

/** Reads a bigint column as a number. Sizes and counts stay below 2^53; a larger value would lose its last digits. */
export const wholeNumber = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** SnakeNames maps the camel case of properties to the snake case of columns, so that no entity repeats its names. */
export class SnakeNames extends DefaultNamingStrategy {
  override tableName(className: string, given?: string): string {
    return given ?? snakeOf(className);
  }

  override columnName(property: string, given?: string): string {
    return given ?? snakeOf(property);
  }
}

/** Returns the name of a column for that of a property; one that is in snake case stays. */
export function snakeOf(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

function camelOf(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Renames the columns of rows that did not come through `Database.rows`. All have those of the first. */
export function camelRows(rows: Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.map(renamerOf(rows));
}

function renamerOf([first = {}]: Record<string, unknown>[]) {
  if (!Object.keys(first).some((name) => name.includes('_'))) return (row: Record<string, unknown>) => row;
  const names = Object.keys(first).map((name) => [name, camelOf(name)] as const);
  return (row: Record<string, unknown>) => {
    const renamed: Record<string, unknown> = {};
    for (const [name, camel] of names) renamed[camel] = row[name];
    return renamed;
  };
}

/** Turns a value into what `json_populate_recordset` reads back: bytes become the hexadecimal form of bytea. */
function asJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJson);
  return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value;
}

/**
 * A Transition moves a row from one of the statuses in `from` to `to`. Without a `from`, it makes the row; with several
 * `to`, the statement that carries it out brings the status along.
 */
export interface Transition<Status extends string = string> {
  from: readonly Status[];
  to: Status | readonly Status[];
}

/** Writes what an UPDATE sets for a transition. */
export function setStatus({ to }: { to: string }): string {
  return `status = '${to}'`;
}

/**
 * Writes the condition of a transition's UPDATE, so that it changes no row that has moved on meanwhile. No index fits it: the
 * rows are looked up by what else is asked for, and not among all that have the status, however few these are believed to be.
 */
export function inStatus({ from }: Transition, table: string): string {
  return `${table}.status || '' IN (${from.map((status) => `'${status}'`).join(', ')})`;
}
