import { Injectable, Logger } from '@nestjs/common';
import { ContractReader } from '../contracts/contract.reader.js';
import { Replanning } from '../contracts/replanning.js';
import { rowsOf } from '../platform/database/rows.js';
import { Transactions } from '../platform/database/transactions.js';
import { Receipts } from './receipts.service.js';
import { ReconcileService } from './reconcile.service.js';

/** The periodic search for what is stranded. Every step takes its rows conditionally, so any number may sweep at once. */
@Injectable()
export class SweepService {
  private readonly logger = new Logger(SweepService.name);

  constructor(
    private readonly transactions: Transactions,
    private readonly replanning: Replanning,
    private readonly reader: ContractReader,
    private readonly reconciler: ReconcileService,
    private readonly receipts: Receipts,
  ) {}

  async sweep(): Promise<void> {
    await this.step('expired claims', () => this.releaseExpiredClaims());
    await this.step('reconciliation', () => this.reconciler.reconcile());
    await this.step('polling', () => this.receipts.poll());
    await this.step('old idempotency keys', () => this.forgetIdempotencyKeys());
  }

  /**
   * A claim that ran out before anything was frozen is planned again, with its contract as it now is: it may have
   * changed since.
   */
  async releaseExpiredClaims(): Promise<number> {
    const expired = await rowsOf<{ contractId: string }>(
      this.transactions.manager,
      `SELECT DISTINCT contract_id AS "contractId" FROM alert
       WHERE status = 'claimed' AND lease_until < clock_timestamp() LIMIT 200`,
    );
    for (const { contractId } of expired) {
      await this.transactions.run(async (manager) => {
        const [contract] = await this.reader.lock(manager, [contractId]);
        if (!contract) return;
        const released = await rowsOf<{ id: string }>(
          manager,
          `UPDATE alert SET status = 'planned', claimed_by = NULL, lease_until = NULL, updated_at = clock_timestamp()
           WHERE contract_id = $1 AND status = 'claimed' AND lease_until < clock_timestamp() RETURNING id`,
          [contractId],
        );
        if (released.length > 0) await this.replanning.replan(manager, contract);
      });
    }
    return expired.length;
  }

  private async forgetIdempotencyKeys(): Promise<void> {
    await this.transactions.manager.query(
      `DELETE FROM idempotency_key WHERE created_at < clock_timestamp() - interval '24 hours'`,
    );
  }

  private async step(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, `the sweep could not finish: ${name}`);
    }
  }
}
