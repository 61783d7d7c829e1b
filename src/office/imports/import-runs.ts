import { Injectable } from '@nestjs/common';
import { type Caller, callerToKeep } from '../../core/access/roles.js';
import { newId } from '../../platform/ids.js';
import { bringerDepartment, ownDepartment } from './import-view.js';
import type { ImportFormat } from './import-source.js';
import { type ImportCounts, type ImportStatus, noCounts } from './import.schema.js';
import { Database } from '../../platform/database/database.js';

/** Seconds. */
const lease = 60;

/** What a worker is at; the rest waits for people, or is over. */
const underWay = `('reading', 'previewing', 'running')`;

export interface RunRow {
  id: string;
  /** Only its holder may go on with the import. */
  claim: string;
  format: ImportFormat;
  status: 'reading' | 'previewing' | 'running';
  preview: boolean;
  mapping: Record<string, string | null> | null;
  /** Whose rights it runs with: of who decided the present step, as they were then; else of who brought it in. */
  caller: unknown;
  appliedBy: string | null;
  departmentId: string | null;
  /** Of who brought it in; null when he saw all. */
  within: string | null;
  size: number;
  position: number;
  counts: unknown;
  /** Of the file, in this pass. */
  bytesRead: number;
}

export interface RunProgress {
  /** Units of the file that are done. */
  position: number;
  counts: ImportCounts;
}

/** The import was taken by another process, stopped or discarded: whoever is at it stops, and undoes its batch. */
export class Overtaken extends Error {}

/** The states of imports, and who is at them: conditional updates, so that each step is taken once. */
@Injectable()
export class ImportRuns {
  constructor(private readonly database: Database) {}

  /** Null when another process is at it, or nothing is to be done. */
  async take(importId: string): Promise<RunRow | null> {
    const [row] = await this.database.rows<RunRow>(
      `UPDATE import SET
         status = CASE WHEN status <> 'queued' THEN status WHEN preview THEN 'reading' ELSE 'running' END,
         started_at = coalesce(started_at, clock_timestamp()), claimed_by = $2,
         lease_until = clock_timestamp() + $3 * interval '1 second'
       WHERE id = $1 AND size > 0 AND (status = 'queued' OR (status IN ${underWay}
         AND (lease_until IS NULL OR lease_until < clock_timestamp())))
       RETURNING id, claimed_by AS claim, format, status, preview, mapping,
         coalesce(caller -> 'decidedBy', caller) AS caller, applied_by,
         ${ownDepartment} AS department_id, ${bringerDepartment} AS within, size::float8 AS size, position::float8 AS position, counts, 0 AS bytes_read`,
      [importId, newId(), lease],
    );
    return row ?? null;
  }

  /** Throws Overtaken; run in a transaction, that undoes it. */
  async keep(row: RunRow, progress: RunProgress): Promise<void> {
    const kept = await this.database.run(
      `UPDATE import SET position = $4, counts = $5, bytes_read = $6,
              lease_until = clock_timestamp() + $7 * interval '1 second'
       WHERE id = $1 AND claimed_by = $2 AND status = $3`,
      [
        row.id,
        row.claim,
        row.status,
        progress.position,
        JSON.stringify(progress.counts),
        row.bytesRead,
        lease,
      ],
    );
    if (kept === 0) throw new Overtaken();
  }

  /** Says that somebody is still at it, and how far; false when it was taken from him. */
  async beat(row: RunRow): Promise<boolean> {
    const kept = await this.database.run(
      `UPDATE import SET bytes_read = $4, lease_until = clock_timestamp() + $5 * interval '1 second'
       WHERE id = $1 AND claimed_by = $2 AND status = $3`,
      [row.id, row.claim, row.status, row.bytesRead, lease],
    );
    return kept > 0;
  }

  async keepTotal(row: RunRow, total: number): Promise<void> {
    await this.database.run(`UPDATE import SET total = $3 WHERE id = $1 AND claimed_by = $2`, [
      row.id,
      row.claim,
      total,
    ]);
  }

  /** The worker's own next step; false when somebody else has taken the import elsewhere. */
  async step(row: RunRow, to: ImportStatus, failure: string | null = null): Promise<boolean> {
    const goesOn = to === 'previewing';
    const over = to === 'completed' || to === 'failed';
    const stepped = await this.database.run(
      `UPDATE import SET status = $4, failure = $5, bytes_read = CASE WHEN $6 THEN 0 ELSE bytes_read END,
              lease_until = CASE WHEN $6 THEN lease_until END, claimed_by = CASE WHEN $6 THEN claimed_by END,
              finished_at = CASE WHEN $7 THEN clock_timestamp() END,
              -- A preview that failed has done nothing that could be undone.
              settled_at = CASE WHEN $4 = 'failed' AND $3 <> 'running' THEN clock_timestamp() ELSE settled_at END
       WHERE id = $1 AND claimed_by = $2 AND status = $3`,
      [row.id, row.claim, row.status, to, failure, goesOn, over],
    );
    return stepped > 0;
  }

  /** What a person decides, from then on with his own rights; false when the import is not, or no longer, in one of these states. */
  async decide(
    importId: string,
    from: ImportStatus[],
    to: 'previewing' | 'running' | 'discarded' | 'undone',
    caller: Caller,
  ): Promise<boolean> {
    const again = to === 'previewing' || to === 'running';
    const decided = await this.database.run(
      `UPDATE import SET status = $3, claimed_by = NULL, lease_until = NULL,
              position = CASE WHEN $4 THEN 0 ELSE position END, bytes_read = CASE WHEN $4 THEN 0 ELSE bytes_read END,
              counts = CASE WHEN $4 THEN $5::jsonb ELSE counts END,
              caller = caller || jsonb_build_object('decidedBy', $6::jsonb),
              finished_at = CASE WHEN $3 = 'discarded' THEN clock_timestamp() ELSE finished_at END
       WHERE id = $1 AND status = ANY($2)`,
      [importId, from, to, again, JSON.stringify(noCounts), JSON.stringify(callerToKeep(caller))],
    );
    return decided > 0;
  }

  /** A process that ends gives its import back, so that another need not wait for the lease to run out. */
  async release(row: RunRow): Promise<void> {
    await this.database.run(
      `UPDATE import SET lease_until = NULL, claimed_by = NULL WHERE id = $1 AND claimed_by = $2 AND status IN ${underWay}`,
      [row.id, row.claim],
    );
  }

  /** A wiped queue or a worker that died leaves imports behind: the database knows them. */
  async unfinished(): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `SELECT id FROM import
       WHERE status IN ('queued', 'reading', 'previewing', 'running') AND size > 0
         AND (lease_until IS NULL OR lease_until < clock_timestamp()) LIMIT 20`,
    );
    return rows.map((row) => row.id);
  }
}
