import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { rowsOf } from '../../platform/database/rows.js';
import { Transactions } from '../../platform/database/transactions.js';
import { undoDays } from './import-view.js';

/** Days after which a file that nobody decided on is discarded: it holds numbers. */
const waitingDays = 7;

const lookEveryMs = 3_600_000;

/** Forgets what is kept only for a while: what was before an import, refused rows, files nobody decided on, and broken uploads. */
@Injectable()
export class ImportSettling {
  private lookedAt = 0;

  constructor(private readonly transactions: Transactions) {}

  /** Once an hour, however often it is called. */
  async settleOld(): Promise<void> {
    if (Date.now() - this.lookedAt < lookEveryMs) return;
    this.lookedAt = Date.now();
    await this.settle();
  }

  async settle(): Promise<void> {
    const over = await rowsOf<{ id: string }>(
      this.transactions.manager,
      `SELECT i.id FROM import i
       WHERE i.status IN ('completed', 'failed') AND i.settled_at IS NULL
         AND (i.finished_at < clock_timestamp() - $1 * interval '1 day' OR EXISTS (
           SELECT 1 FROM import_effect e JOIN alert a ON a.contract_id = e.contract_id
           WHERE e.import_id = i.id AND e.applied AND a.status = 'messaged'
             AND (e.result = 'created' OR a.id = ANY(e.alert_ids))))
       LIMIT 100`,
      [undoDays],
    );
    for (const { id } of over) await this.transactions.run((manager) => forgetBefore(manager, id));
    await this.transactions.run(async (manager) => {
      await manager.query(
        `DELETE FROM import_refused r USING import i WHERE i.id = r.import_id
           AND i.finished_at < clock_timestamp() - $1 * interval '1 day'`,
        [undoDays],
      );
      await discardAbandoned(manager);
      await forgetBrokenOff(manager);
    });
  }
}

/** It can no longer be undone; that it was, and what it did, stays. */
async function forgetBefore(manager: EntityManager, importId: string): Promise<void> {
  await manager.query(`UPDATE import SET settled_at = clock_timestamp() WHERE id = $1`, [importId]);
  await manager.query(
    `UPDATE import_effect SET undo_sealed = NULL, alert_ids = '{}', due_today = '{}' WHERE import_id = $1`,
    [importId],
  );
  await manager.query(`DELETE FROM import_effect WHERE import_id = $1 AND result = 'unchanged'`, [importId]);
}

async function discardAbandoned(manager: EntityManager): Promise<void> {
  const rows = await rowsOf<{ id: string }>(
    manager,
    `UPDATE import SET status = 'discarded', finished_at = clock_timestamp()
     WHERE status IN ('columns', 'ready') AND created_at < clock_timestamp() - $1 * interval '1 day' RETURNING id`,
    [waitingDays],
  );
  const ids = rows.map((row) => row.id);
  await manager.query(`DELETE FROM import_chunk WHERE import_id = ANY($1)`, [ids]);
  await manager.query(`DELETE FROM import_effect WHERE import_id = ANY($1)`, [ids]);
}

/** Uploads whose process ended before the file had come: an upload takes minutes, not an hour. */
async function forgetBrokenOff(manager: EntityManager): Promise<void> {
  const rows = await rowsOf<{ id: string }>(
    manager,
    `SELECT id FROM import WHERE status = 'queued' AND size = 0
       AND created_at < clock_timestamp() - interval '1 hour' FOR UPDATE`,
  );
  const ids = rows.map((row) => row.id);
  await manager.query(`DELETE FROM import_chunk WHERE import_id = ANY($1)`, [ids]);
  await manager.query(`DELETE FROM import WHERE id = ANY($1)`, [ids]);
}
