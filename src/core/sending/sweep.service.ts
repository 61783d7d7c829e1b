import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { ContractReader } from '../contracts/contract.reader.js';
import { ContractChanges } from '../contracts/contract-changes.js';
import { AlertStates } from '../planning/alert-states.js';
import { Receipts } from './receipts.service.js';
import { ReconcileService } from './reconcile.service.js';

/** SweepService looks for what is stranded. Every step takes its rows conditionally, so any number may sweep at once. */
@Injectable()
export class SweepService {
  private readonly logger = new Logger(SweepService.name);

  constructor(
    private readonly database: Database,
    private readonly changes: ContractChanges,
    private readonly reader: ContractReader,
    private readonly alerts: AlertStates,
    private readonly reconciler: ReconcileService,
    private readonly receipts: Receipts,
  ) {}

  /** Takes each step even if the one before it failed. */
  async sweepStranded(): Promise<void> {
    await this.step('stranded alerts', () => this.releaseStranded());
    await this.step('reconciliation', () => this.reconciler.reconcileAttempts());
    await this.step('polling', () => this.receipts.pollMessages());
    await this.step('old idempotency keys', () => this.forgetIdempotencyKeys());
  }

  private async step(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, `the sweep could not finish: ${name}`);
    }
  }

  /**
   * A claim that ran out before anything was frozen is planned again, and now and then what no text could be made for:
   * with its contract as it now is, since that, or the template, may have changed.
   */
  private async releaseStranded(): Promise<void> {
    for (const contractId of await this.alerts.contractsWithStranded()) {
      await this.database.inTransaction(async () => {
        const [contract] = await this.reader.lockContracts([contractId]);
        if (contract && (await this.alerts.releaseStranded(contractId)) > 0) {
          await this.changes.replanOne(contract);
        }
      });
    }
  }

  private async forgetIdempotencyKeys(): Promise<void> {
    await this.database.run(
      `DELETE FROM idempotency_key WHERE created_at < clock_timestamp() - interval '24 hours'`,
    );
  }
}
