import { Injectable } from '@nestjs/common';
import { In, type QueryDeepPartialEntity } from 'typeorm';
import { type Caller, callerToKeep } from '../../core/access/roles.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Queues } from '../../platform/queue/queues.js';
import { Import, ImportChunk, ImportEffect, ImportName, ImportProblem } from './import.entities.js';
import {
  type ColumnMapping,
  importCountsSchema,
  type ImportCounts,
  type ImportStatus,
  type ListedFile,
  noCounts,
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
type UnderWay = 'reading' | 'previewing' | 'running' | 'listing';
const underWay = `('reading', 'previewing', 'running', 'listing')`;

type Columns = QueryDeepPartialEntity<Import>;
const now = () => 'clock_timestamp()';
const renewal = `clock_timestamp() + ${leaseSeconds} * interval '1 second'`;
const renewed: Columns = { leaseUntil: () => renewal };
const unclaimed: Columns = { claimedBy: null, leaseUntil: null };
const fromTheStart: Columns = { position: 0, bytesRead: 0, counts: noCounts };

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
 * A worker's updates also ask for its claim.
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
       WHERE (status = 'queued' OR status IN ${underWay}) AND size > 0
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
         started_at = coalesce(started_at, clock_timestamp()), claimed_by = $2, lease_until = ${renewal}
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
    const kept = await this.updateClaimed(row, { bytesRead: row.bytesRead, position, counts, ...renewed });
    if (!kept) throw new Overtaken();
    // The transaction may yet be undone: progress counts once it has committed.
    this.database.afterCommit(() => void Object.assign(row, { position, counts }));
  }

  /** Renews the lease, and shows how far the file is read; false when the import was taken away from this process. */
  renewLease(row: ClaimedImport): Promise<boolean> {
    return this.updateClaimed(row, { bytesRead: row.bytesRead, ...renewed });
  }

  async keepTotal(row: ClaimedImport, units: number): Promise<void> {
    await this.updateClaimed(row, { total: units });
  }

  /** Gives up the claim when the process ends, so that another need not wait for the lease to run out. */
  async releaseImport(row: ClaimedImport): Promise<void> {
    await this.updateClaimed(row, unclaimed);
  }

  /** Waits for a person to say what the columns of the sheet are. */
  async awaitColumns(row: ClaimedImport): Promise<void> {
    await this.updateClaimed(row, { status: 'columns', ...unclaimed });
  }

  /** Goes on to the preview with a mapping that nobody has to be asked about; false when it was overtaken. */
  async startPreview(row: ClaimedImport, mapping: ColumnMapping): Promise<boolean> {
    const started = await this.updateClaimed(row, { status: 'previewing', bytesRead: 0, mapping });
    if (started) Object.assign(row, { status: 'previewing', mapping });
    return started;
  }

  /** Waits for a person to apply what was previewed on this day, when it would text so many people. */
  async finishPreview(row: ClaimedImport, peopleTextedToday: number): Promise<void> {
    const previewedOn = await this.settings.today();
    const preview = { peopleTextedToday, previewedOn, previewCounts: () => 'counts' };
    await this.updateClaimed(row, { status: 'ready', ...preview, ...unclaimed });
  }

  /** Begins with a file of a reference list, also once more: what was reported of it is reported again. */
  async startListing(row: ClaimedImport, listed: ListedFile): Promise<void> {
    await this.keepListed(row, listed);
    await this.forget([row.id], ImportProblem);
  }

  /** Keeps what came of a file of a reference list so far. Throws Overtaken. */
  async keepListed(row: ClaimedImport, listed: ListedFile): Promise<void> {
    if (!(await this.updateClaimed(row, { listed, bytesRead: row.bytesRead, ...renewed })))
      throw new Overtaken();
  }

  /** Ends an import that went through to its end, and forgets its file. */
  completeImport(row: ClaimedImport): Promise<void> {
    return this.end(row, { status: 'completed' });
  }

  /** Ends an import for a fault of this service, and forgets its file. What a preview did cannot be undone: it is nothing. */
  failImport(row: ClaimedImport): Promise<void> {
    return row.status === 'running' || row.status === 'listing'
      ? this.end(row, { status: 'failed', failure: failures.applying })
      : this.end(row, { status: 'failed', failure: failures.reading, settledAt: now });
  }

  /** Makes the preview again, by the columns that a person chose or by those that it had. */
  async restartPreview(row: Import, caller: Caller, mapping: ColumnMapping | null): Promise<void> {
    const noPreview = { previewCounts: null, peopleTextedToday: null, previewedOn: null };
    const again: Columns = { status: 'previewing', ...fromTheStart, ...noPreview };
    if (mapping === null) await this.decide(row, caller, 'preview', ['ready'], again);
    else await this.decide(row, caller, 'chooseColumns', ['columns', 'ready'], { ...again, mapping });
    await this.forget([row.id], ImportEffect, ImportProblem);
    this.database.afterCommit(() => this.enqueue(row.id));
  }

  /** Applies what was previewed. The preview's effects stay until the real ones take their place. */
  async startApplying(row: Import, caller: Caller, appliedBy: string): Promise<void> {
    await this.decide(row, caller, 'apply', ['ready'], { status: 'running', ...fromTheStart, appliedBy });
    await this.forget([row.id], ImportProblem);
    this.database.afterCommit(() => this.enqueue(row.id));
  }

  /** Discards an import of which nothing was applied; what it would have done is forgotten, and so is its file. */
  async discardImport(row: Import, caller: Caller): Promise<void> {
    await this.decide(row, caller, 'discard', undecided, { status: 'discarded', finishedAt: now });
    await this.forget([row.id], ImportChunk, ImportEffect, ImportName);
  }

  /** Discards imports that nobody decided on for some days, because their files hold numbers. */
  async discardAbandoned(days: number): Promise<void> {
    const rows = await this.database.rows<{ id: string }>(
      `UPDATE import SET status = 'discarded', finished_at = clock_timestamp()
       WHERE status IN ('columns', 'ready') AND created_at < clock_timestamp() - $1 * interval '1 day' RETURNING id`,
      [days],
    );
    const ids = rows.map((row) => row.id);
    await this.forget(ids, ImportChunk, ImportEffect, ImportName);
  }

  /** Marks an import as undone, before the undoing in the same transaction. Throws when its time is over. */
  async startUndoing(row: Import, caller: Caller, by: { actor: string; reason: string }): Promise<void> {
    const undone: Columns = { status: 'undone', undoneAt: now, undoneBy: by.actor, undoReason: by.reason };
    await this.decide(row, caller, 'undo', ['completed', 'failed'], undone);
    const [inTime] = await this.database.rows(
      `SELECT 1 FROM import WHERE id = $1 AND settled_at IS NULL
         AND finished_at > clock_timestamp() - $2 * interval '1 day'`,
      [row.id, undoDays],
    );
    if (!inTime) throw importProblems.error('undo-time-over', { days: undoDays });
  }

  /** Keeps what undoing did; the import cannot be undone again. */
  async finishUndoing({ id }: Import, undoCounts: UndoCounts): Promise<void> {
    await this.database.repository(Import).update({ id }, { undoCounts, settledAt: now });
  }

  /** False when the import is no longer claimed by this process, or no longer in the status that it had then. */
  private async updateClaimed({ id, claimedBy, status }: ClaimedImport, columns: Columns): Promise<boolean> {
    const claim = { id, status, claimedBy: claimedBy ?? '' };
    const { affected } = await this.database.repository(Import).update(claim, columns);
    return affected === 1;
  }

  private async end(row: ClaimedImport, columns: Columns): Promise<void> {
    await this.database.inTransaction(async () => {
      const ended = await this.updateClaimed(row, { ...columns, finishedAt: now, ...unclaimed });
      if (!ended) return;
      await this.forget([row.id], ImportChunk);
      // What a person decided about names is remembered once it is applied.
      const forgotten = { importId: row.id, ...(columns.status === 'completed' && { decided: false }) };
      await this.database.repository(ImportName).delete(forgotten);
    });
  }

  /** Makes the import run with the rights of who decided. Throws a conflict when it is, by now, elsewhere. */
  private async decide(
    row: Import,
    caller: Caller,
    step: ImportStep,
    from: ImportStatus[],
    columns: Columns,
  ): Promise<void> {
    const rights = { caller: { ...row.caller, decidedBy: callerToKeep(caller) } };
    const { affected } = await this.database
      .repository(Import)
      .update({ id: row.id, status: In(from) }, { ...columns, ...rights, ...unclaimed });
    if (affected === 0) throw isElsewhere(row, step);
  }

  /** Forgets the files of imports, what they would have done, or the problems of a pass, so that the next reports its own. */
  private async forget(ids: string[], ...kept: Kept[]): Promise<void> {
    for (const entity of kept) await this.database.repository(entity).delete({ importId: In(ids) });
  }
}

type Kept = typeof ImportChunk | typeof ImportEffect | typeof ImportName | typeof ImportProblem;

/** Adds up what two parts of a file came to. */
function sumOfCounts(total: ImportCounts, part: ImportCounts): ImportCounts {
  const keys = Object.keys(noCounts) as (keyof ImportCounts)[];
  return Object.fromEntries(keys.map((key) => [key, (total[key] ?? 0) + part[key]])) as ImportCounts;
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
