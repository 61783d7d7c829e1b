import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

interface Running {
  manager: EntityManager;
  afterCommit: (() => Promise<void> | void)[];
}

/**
 * One transaction for one use case. A service opens it with `run`; a call made inside joins it, so that an
 * idempotency key, a change and its alerts commit together. Queue calls belong into `afterCommit`.
 */
@Injectable()
export class Transactions {
  private readonly logger = new Logger(Transactions.name);
  private readonly storage = new AsyncLocalStorage<Running>();

  constructor(private readonly dataSource: DataSource) {}

  /** The manager of the running transaction, or one without. */
  get manager(): EntityManager {
    return this.storage.getStore()?.manager ?? this.dataSource.manager;
  }

  async run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const running = this.storage.getStore();
    if (running) return work(running.manager);
    const afterCommit: Running['afterCommit'] = [];
    const result = await this.dataSource.transaction((manager) =>
      this.storage.run({ manager, afterCommit }, () => work(manager)),
    );
    for (const action of afterCommit) await this.attempt(action);
    return result;
  }

  /** Undoes at the end whatever the work did, and returns what it returned: for dry runs. */
  async rehearse<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const running = this.storage.getStore();
    if (running) return this.rehearseInside(running, work);
    let result: { value: T } | undefined;
    const undo = new Error('dry run');
    try {
      await this.run(async (manager) => {
        result = { value: await work(manager) };
        throw undo;
      });
    } catch (error) {
      if (error !== undo || !result) throw error;
    }
    if (!result) throw new Error('the dry run returned nothing');
    return result.value;
  }

  /** Runs once the transaction has committed; a failure is logged and never undoes the commit. */
  afterCommit(action: () => Promise<void> | void): void {
    const running = this.storage.getStore();
    if (running) running.afterCommit.push(action);
    else void this.attempt(action);
  }

  /** An idempotency key has opened the transaction, and will commit: only the work is undone. */
  private async rehearseInside<T>(
    { manager, afterCommit }: Running,
    work: (manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    const actions = afterCommit.length;
    await manager.query('SAVEPOINT rehearsal');
    const result = await work(manager);
    await manager.query('ROLLBACK TO SAVEPOINT rehearsal');
    afterCommit.length = actions;
    return result;
  }

  private async attempt(action: () => Promise<void> | void): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.logger.warn({ err: error }, 'an action after a commit failed');
    }
  }
}
