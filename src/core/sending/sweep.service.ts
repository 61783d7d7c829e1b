import { Injectable, Logger } from '@nestjs/common';
import { ContractReader } from '../contracts/contract.reader.js';
import { Replanning } from '../contracts/replanning.js';
import { Receipts } from './receipts.service.js';
import { ReconcileService } from './reconcile.service.js';
import { Database } from '../../platform/database/database.js';

const isStranded = `(status = 'claimed' AND lease_until < clock_timestamp())
  OR (status = 'held' AND starts_with(reason, 'text-failed') AND updated_at < clock_timestamp() - interval '10 minutes')`;

/** The periodic search for what is stranded. Every step takes its rows conditionally, so any number may sweep at once. */
@Injectable()
export class SweepService {
  private readonly logger = new Logger(SweepService.name);

  constructor(
    private readonly database: Database,
    private readonly replanning: Replanning,
    private readonly reader: ContractReader,
    private readonly reconciler: ReconcileService,
    private readonly receipts: Receipts,
  ) {}

  async sweep(): Promise<void> {
    await this.step('stranded alerts', () => this.releaseStranded());
    await this.step('reconciliation', () => this.reconciler.reconcile());
    await this.step('polling', () => this.receipts.poll());
    await this.step('old idempotency keys', () => this.forgetIdempotencyKeys());
  }

  /**
   * A claim that ran out before anything was frozen is planned again, and now and then what no text could be made for:
   * with its contract as it now is, since that, or the template, may have changed.
   */
  async releaseStranded(): Promise<number> {
    const stranded = await this.database.rows<{ contractId: string }>(
      `SELECT DISTINCT contract_id
       FROM (SELECT contract_id FROM alert WHERE ${isStranded} LIMIT 200 FOR UPDATE SKIP LOCKED) AS stranded`,
    );
    for (const { contractId } of stranded) await this.releaseOf(contractId);
    return stranded.length;
  }

  private async releaseOf(contractId: string): Promise<void> {
    await this.database.inTransaction(async () => {
      const [contract] = await this.reader.lock([contractId]);
      if (!contract) return;
      const released = await this.database.rows<{ id: string }>(
        `UPDATE alert SET status = 'planned', reason = NULL, claimed_by = NULL, lease_until = NULL,
                updated_at = clock_timestamp()
         WHERE contract_id = $1 AND (${isStranded}) RETURNING id`,
        [contractId],
      );
      if (released.length > 0) await this.replanning.replan(contract);
    });
  }

  private async forgetIdempotencyKeys(): Promise<void> {
    await this.database.run(
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
