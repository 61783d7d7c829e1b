import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { ImportEffects, isBecauseOf } from './effects.js';
import { Import, ImportEffect } from './import.entities.js';
import { ImportStates, undoDays } from './states.js';

/** Days after which an import that nobody decided on is discarded. */
const waitingDays = 7;

const settleEveryMs = 3_600_000;

/**
 * ImportRetention forgets what is kept only for a while: earlier values of contracts and refused rows (30 days), files
 * that nobody decided on (7 days), and uploads whose process died (1 hour).
 */
@Injectable()
export class ImportRetention {
  private settledAt = 0;

  constructor(
    private readonly database: Database,
    private readonly states: ImportStates,
    private readonly effects: ImportEffects,
  ) {}

  /** Works once an hour, however often it is called. */
  async forgetHourly(): Promise<void> {
    if (Date.now() - this.settledAt < settleEveryMs) return;
    this.settledAt = Date.now();
    await this.forgetOld();
  }

  async forgetOld(): Promise<void> {
    const over = await this.database.rows<{ id: string }>(
      `SELECT i.id FROM import i
       WHERE i.status IN ('completed', 'failed') AND i.settled_at IS NULL
         AND (i.finished_at < clock_timestamp() - $1 * interval '1 day' OR EXISTS (
           SELECT 1 FROM import_effect e JOIN alert a ON a.contract_id = e.contract_id
           WHERE e.import_id = i.id AND a.status = 'messaged' AND ${isBecauseOf}))
       LIMIT 100`,
      [undoDays],
    );
    for (const { id } of over) await this.database.inTransaction(() => this.settle(id));
    await this.database.inTransaction(async () => {
      await this.database.run(
        `DELETE FROM import_refused r USING import i WHERE i.id = r.import_id
           AND i.finished_at < clock_timestamp() - $1 * interval '1 day'`,
        [undoDays],
      );
      await this.states.discardAbandoned(waitingDays);
      await this.forgetBrokenOff();
    });
  }

  /** Makes undoing impossible; that the import was, and what it did, stays. */
  private async settle(importId: string): Promise<void> {
    await this.database.repository(Import).update({ id: importId }, { settledAt: () => 'clock_timestamp()' });
    await this.effects.forgetBefore(importId);
    await this.database.repository(ImportEffect).delete({ importId, result: 'unchanged' });
  }

  /** Forgets uploads whose process ended before the file was complete: an upload takes minutes, not an hour. */
  private async forgetBrokenOff(): Promise<void> {
    const rows = await this.database.rows<{ id: string }>(
      `SELECT id FROM import WHERE status IN ('queued', 'listing') AND size = 0
         AND created_at < clock_timestamp() - interval '1 hour' FOR UPDATE`,
    );
    const ids = rows.map((row) => row.id);
    await this.database.run(`DELETE FROM import_chunk WHERE import_id = ANY($1)`, [ids]);
    await this.database.run(`DELETE FROM import WHERE id = ANY($1)`, [ids]);
  }
}
