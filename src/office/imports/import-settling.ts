import { Injectable } from '@nestjs/common';
import { undoDays } from './import-view.js';
import { Database } from '../../platform/database/database.js';

/** Days after which a file that nobody decided on is discarded: it holds numbers. */
const waitingDays = 7;

const lookEveryMs = 3_600_000;

/** Forgets what is kept only for a while: what was before an import, refused rows, files nobody decided on, and broken uploads. */
@Injectable()
export class ImportSettling {
  private lookedAt = 0;

  constructor(private readonly database: Database) {}

  /** Once an hour, however often it is called. */
  async settleOld(): Promise<void> {
    if (Date.now() - this.lookedAt < lookEveryMs) return;
    this.lookedAt = Date.now();
    await this.settle();
  }

  async settle(): Promise<void> {
    const over = await this.database.rows<{ id: string }>(
      `SELECT i.id FROM import i
       WHERE i.status IN ('completed', 'failed') AND i.settled_at IS NULL
         AND (i.finished_at < clock_timestamp() - $1 * interval '1 day' OR EXISTS (
           SELECT 1 FROM import_effect e JOIN alert a ON a.contract_id = e.contract_id
           WHERE e.import_id = i.id AND e.applied AND a.status = 'messaged'
             AND (e.result = 'created' OR a.id = ANY(e.alert_ids))))
       LIMIT 100`,
      [undoDays],
    );
    for (const { id } of over) await this.database.inTransaction(() => forgetBefore(this.database, id));
    await this.database.inTransaction(async () => {
      await this.database.run(
        `DELETE FROM import_refused r USING import i WHERE i.id = r.import_id
           AND i.finished_at < clock_timestamp() - $1 * interval '1 day'`,
        [undoDays],
      );
      await discardAbandoned(this.database);
      await forgetBrokenOff(this.database);
    });
  }
}

/** It can no longer be undone; that it was, and what it did, stays. */
async function forgetBefore(database: Database, importId: string): Promise<void> {
  await database.run(`UPDATE import SET settled_at = clock_timestamp() WHERE id = $1`, [importId]);
  await database.run(
    `UPDATE import_effect SET undo_sealed = NULL, alert_ids = '{}', due_today = '{}' WHERE import_id = $1`,
    [importId],
  );
  await database.run(`DELETE FROM import_effect WHERE import_id = $1 AND result = 'unchanged'`, [importId]);
}

async function discardAbandoned(database: Database): Promise<void> {
  const rows = await database.rows<{ id: string }>(
    `UPDATE import SET status = 'discarded', finished_at = clock_timestamp()
     WHERE status IN ('columns', 'ready') AND created_at < clock_timestamp() - $1 * interval '1 day' RETURNING id`,
    [waitingDays],
  );
  const ids = rows.map((row) => row.id);
  await database.run(`DELETE FROM import_chunk WHERE import_id = ANY($1)`, [ids]);
  await database.run(`DELETE FROM import_effect WHERE import_id = ANY($1)`, [ids]);
}

/** Uploads whose process ended before the file had come: an upload takes minutes, not an hour. */
async function forgetBrokenOff(database: Database): Promise<void> {
  const rows = await database.rows<{ id: string }>(
    `SELECT id FROM import WHERE status = 'queued' AND size = 0
       AND created_at < clock_timestamp() - interval '1 hour' FOR UPDATE`,
  );
  const ids = rows.map((row) => row.id);
  await database.run(`DELETE FROM import_chunk WHERE import_id = ANY($1)`, [ids]);
  await database.run(`DELETE FROM import WHERE id = ANY($1)`, [ids]);
}
