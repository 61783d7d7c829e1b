import { Injectable } from '@nestjs/common';
import { type Caller, callerToKeep } from '../../core/access/roles.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Queues } from '../../platform/queue/queues.js';
import { Import } from './import.entities.js';
import {
  type ColumnMapping,
  importCountsSchema,
  type ImportCounts,
  type ImportStatus,
  noCounts,
  sumOfCounts,
  undecided,
  type UndoCounts,
} from './import.schema.js';
import { importProblems, type ImportStep } from './imports.words.js';

export const importQueue = 'import';

/** Days for which an import that was applied can be undone. */
export const undoDays = 30;

/** Seconds after which an import whose worker is silent may be taken over by another worker. */
const leaseSeconds = 60;

/** An import in one of these is a worker's; in the others it waits for people, or is over. */
type UnderWay = 'reading' | 'previewing' | 'running';
const underWay = `('reading', 'previewing', 'running')`;
const unclaimed = `claimed_by = NULL, lease_until = NULL`;
const renewedLease = `lease_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'`;

/**
 * ClaimedImport is an import that this process has claimed. Its progress is kept up to date as batches commit, and it
 * counts the bytes that it reads in `bytesRead`.
 */
export interface ClaimedImport extends Import {
  status: UnderWay;
}

/** Overtaken is thrown when another process took the import, or a person stopped it: the running batch is undone. */
export class Overtaken extends Error {}

/**
 * ImportStates holds every change of an import's status, each as a conditional update, so that each step is taken once.
 * A worker's updates also ask for its claim. docs/design.md shows the states.
 */
@Injectable()
export class ImportStates {
  constructor(
    private readonly database: Database,
    private readonly queues: Queues,
    private readonly settings: SettingsService,
  ) {}

  /** Wakes a worker. A lost job loses nothing, because unfinished imports are searched for. */
  async enqueue(importId: string): Promise<void> {
    await this.queues.add(importQueue, { importId }, { deduplication: { id: `import-${importId}` } });
  }

  /** Finds imports that wait for a worker: their queue was wiped, or the worker that had them died. */
  async unfinishedImports(): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `SELECT id FROM import
       WHERE status IN ('queued', 'reading', 'previewing', 'running') AND size > 0
         AND (lease_until IS NULL OR lease_until < clock_timestamp()) LIMIT 20`,
    );
    return rows.map((row) => row.id);
  }

  /** Claims an import: a queued one starts, an interrupted one goes on. Null when there is nothing to do for this process. */
  async claimImport(id: string): Promise<ClaimedImport | null> {
    const claimedBy = newId();
    await this.database.run(
      `UPDATE import SET
         status = CASE WHEN status <> 'queued' THEN status WHEN preview THEN 'reading' ELSE 'running' END,
         started_at = coalesce(started_at, clock_timestamp()), claimed_by = $2, ${renewedLease}
       WHERE id = $1 AND size > 0 AND (status = 'queued' OR (status IN ${underWay}
         AND (lease_until IS NULL OR lease_until < clock_timestamp())))`,
      [id, claimedBy],
    );
    const claimed = await this.database.repository(Import).findOneBy({ id, claimedBy });
    return claimed && Object.assign(claimed as ClaimedImport, { bytesRead: 0 });
  }

  /** Adds what a batch did to the progress, in the batch's transaction. Throws Overtaken. */
  async keepProgress(row: ClaimedImport, units: number, done: ImportCounts): Promise<void> {
    const position = row.position + units;
    const counts = sumOfCounts(importCountsSchema.parse(row.counts), done);
    const kept = await this.updateClaimed(
      row,
      `bytes_read = $4, position = $5, counts = $6, ${renewedLease}`,
      [row.bytesRead, position, JSON.stringify(counts)],
    );
    if (!kept) throw new Overtaken();
    // The transaction may yet be undone: progress counts once it has committed.
    this.database.afterCommit(() => void Object.assign(row, { position, counts }));
  }

  /** Renews the lease, and shows how far the file is read; false when the import was taken away from this process. */
  renewLease(row: ClaimedImport): Promise<boolean> {
    return this.updateClaimed(row, `bytes_read = $4, ${renewedLease}`, [row.bytesRead]);
  }

  async keepTotal(row: ClaimedImport, units: number): Promise<void> {
    await this.updateClaimed(row, `total = $4`, [units]);
  }

  /** Gives up the claim when the process ends, so that another need not wait for the lease to run out. */
  async releaseImport(row: ClaimedImport): Promise<void> {
    await this.updateClaimed(row, unclaimed);
  }

  /** Waits for a person to say what the columns of the sheet are. */
  async awaitColumns(row: ClaimedImport): Promise<void> {
    await this.updateClaimed(row, `status = 'columns', ${unclaimed}`);
  }

  /** Goes on to the preview with a mapping that nobody has to be asked about; false when it was overtaken. */
  async startPreview(row: ClaimedImport, mapping: ColumnMapping): Promise<boolean> {
    const started = await this.updateClaimed(row, `status = 'previewing', bytes_read = 0, mapping = $4`, [
      JSON.stringify(mapping),
    ]);
    if (started) Object.assign(row, { status: 'previewing', mapping });
    return started;
  }

  /** Waits for a person to apply what was previewed on this day, when it would text so many people. */
  async finishPreview(row: ClaimedImport, people: number): Promise<void> {
    await this.updateClaimed(
      row,
      `status = 'ready', people_texted_today = $4, previewed_on = $5, preview_counts = counts, ${unclaimed}`,
      [people, await this.settings.today()],
    );
  }

  /** Ends an import that went through to its end, and forgets its file. */
  async completeImport(row: ClaimedImport): Promise<void> {
    await this.end(row, `status = 'completed', finished_at = clock_timestamp(), ${unclaimed}`);
  }

  /** Ends an import for a fault of this service, and forgets its file. What a preview did cannot be undone: it is nothing. */
  async failImport(row: ClaimedImport): Promise<void> {
    const settled = row.status === 'running' ? '' : 'settled_at = clock_timestamp(),';
    await this.end(
      row,
      `status = 'failed', failure = $4, finished_at = clock_timestamp(), ${settled} ${unclaimed}`,
      [row.status === 'running' ? failures.applying : failures.reading],
    );
  }

  /** Makes the preview again, by the columns that a person chose or by those that it had. */
  async restartPreview(row: Import, caller: Caller, mapping: ColumnMapping | null): Promise<void> {
    await this.decide(row, caller, mapping === null ? 'preview' : 'chooseColumns', {
      from: mapping === null ? ['ready'] : ['columns', 'ready'],
      set: `status = 'previewing', position = 0, bytes_read = 0, counts = $4, mapping = coalesce($5, mapping),
            preview_counts = NULL, people_texted_today = NULL, previewed_on = NULL`,
      parameters: [JSON.stringify(noCounts), mapping && JSON.stringify(mapping)],
    });
    await this.database.run(`DELETE FROM import_effect WHERE import_id = $1`, [row.id]);
    await this.forgetProblems(row.id);
    this.database.afterCommit(() => this.enqueue(row.id));
  }

  /** Applies what was previewed. The preview's effects stay until the real ones take their place. */
  async startApplying(row: Import, caller: Caller, actor: string): Promise<void> {
    await this.decide(row, caller, 'apply', {
      from: ['ready'],
      set: `status = 'running', position = 0, bytes_read = 0, counts = $4, applied_by = $5`,
      parameters: [JSON.stringify(noCounts), actor],
    });
    await this.forgetProblems(row.id);
    this.database.afterCommit(() => this.enqueue(row.id));
  }

  /** Discards an import of which nothing was applied; what it would have done is forgotten, and so is its file. */
  async discardImport(row: Import, caller: Caller): Promise<void> {
    await this.decide(row, caller, 'discard', {
      from: undecided,
      set: `status = 'discarded', finished_at = clock_timestamp()`,
    });
    await this.forgetDiscarded([row.id]);
  }

  /** Discards imports that nobody decided on for some days, because their files hold numbers. */
  async discardAbandoned(days: number): Promise<void> {
    const rows = await this.database.rows<{ id: string }>(
      `UPDATE import SET status = 'discarded', finished_at = clock_timestamp()
       WHERE status IN ('columns', 'ready') AND created_at < clock_timestamp() - $1 * interval '1 day' RETURNING id`,
      [days],
    );
    await this.forgetDiscarded(rows.map((row) => row.id));
  }

  /** Marks an import as undone, before the undoing in the same transaction. Throws when its time is over. */
  async startUndoing(row: Import, caller: Caller, by: { actor: string; reason: string }): Promise<void> {
    await this.decide(row, caller, 'undo', {
      from: ['completed', 'failed'],
      set: `status = 'undone', undone_at = clock_timestamp(), undone_by = $4, undo_reason = $5`,
      parameters: [by.actor, by.reason],
    });
    const [inTime] = await this.database.rows(
      `SELECT 1 FROM import WHERE id = $1 AND settled_at IS NULL
         AND finished_at > clock_timestamp() - $2 * interval '1 day'`,
      [row.id, undoDays],
    );
    if (!inTime) throw importProblems.error('undo-time-over', { days: undoDays });
  }

  /** Keeps what undoing did; the import can not be undone again. */
  async finishUndoing({ id }: Import, undoCounts: UndoCounts): Promise<void> {
    await this.database
      .repository(Import)
      .update({ id }, { undoCounts, settledAt: () => 'clock_timestamp()' });
  }

  private async updateClaimed(row: ClaimedImport, set: string, parameters: unknown[] = []): Promise<boolean> {
    const updated = await this.database.run(
      `UPDATE import SET ${set} WHERE id = $1 AND claimed_by = $2 AND status = $3`,
      [row.id, row.claimedBy, row.status, ...parameters],
    );
    return updated > 0;
  }

  private async end(row: ClaimedImport, set: string, parameters: unknown[] = []): Promise<void> {
    await this.database.inTransaction(async () => {
      if (await this.updateClaimed(row, set, parameters)) await this.forgetFiles([row.id]);
    });
  }

  /** From then on the import runs with the rights of who decided. Throws a conflict when it is, by now, elsewhere. */
  private async decide(
    row: Import,
    caller: Caller,
    step: ImportStep,
    { from, set, parameters = [] }: { from: ImportStatus[]; set: string; parameters?: unknown[] },
  ): Promise<void> {
    const decided = await this.database.run(
      `UPDATE import SET ${set}, caller = caller || jsonb_build_object('decidedBy', $3::jsonb), ${unclaimed}
       WHERE id = $1 AND status = ANY($2)`,
      [row.id, from, JSON.stringify(callerToKeep(caller)), ...parameters],
    );
    if (decided === 0) throw isElsewhere(row, step);
  }

  private async forgetDiscarded(ids: string[]): Promise<void> {
    await this.forgetFiles(ids);
    await this.database.run(`DELETE FROM import_effect WHERE import_id = ANY($1)`, [ids]);
  }

  private async forgetFiles(ids: string[]): Promise<void> {
    await this.database.run(`DELETE FROM import_chunk WHERE import_id = ANY($1)`, [ids]);
  }

  /** Clears the problems of the previous pass, so that the next one reports its own. */
  private async forgetProblems(id: string): Promise<void> {
    await this.database.run(`DELETE FROM import_problem WHERE import_id = $1`, [id]);
  }
}

/** Makes the conflict of a step that an import cannot take from where it stands. */
export function isElsewhere({ status }: Import, step: ImportStep) {
  return importProblems.error('import-elsewhere', {
    step: { word: `importSteps.${step}` },
    status,
    statusText: { word: `importStatuses.${status}` },
  });
}

const failures = {
  reading: 'Something went wrong here, and nothing was applied. Bring the file again.',
  applying: 'Something went wrong here; what had gone in stays in. Bring the file again.',
};
