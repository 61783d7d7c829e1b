import { Injectable } from '@nestjs/common';
import { Journal } from '../../core/proof/journal.service.js';
import { actorOf, type Caller, callerIdOf, callerToKeep } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { Import, ImportChunk, ImportEffect, type ImportRefused } from './import.entities.js';
import { ImportEffects } from './import-effects.js';
import { formatOf } from './import-format.js';
import { ImportStates, undoDays } from './import-states.js';
import { type ImportView, noCounts, undecided } from './import.schema.js';
import { ImportsService } from './imports.service.js';
import { importProblems } from './imports.words.js';

const pieceBytes = 512 * 1024;

/** Undecided imports that one caller may have; each keeps a file of up to 200 MB. */
const mostUndecided = 20;

/** Days after which an import that nobody decided on is discarded. */
const waitingDays = 7;

const settleEveryMs = 3_600_000;

/** A shelf is a table of pieces: those of the uploaded file, or those of the workbook of its refused rows. */
type Shelf = typeof ImportChunk | typeof ImportRefused;

export interface UploadedFile {
  name: string;
  bytes: AsyncIterable<Buffer>;
  /** True, once the bytes have been read, when there were more than are accepted. */
  truncated: () => boolean;
}

/**
 * ImportFiles keeps files in the database, in sealed pieces: they hold numbers, and a worker on another host has to read
 * them.
 */
@Injectable()
export class ImportFiles {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Returns the number of bytes stored. */
  async storeFile(
    importId: string,
    bytes: AsyncIterable<Buffer>,
    shelf: Shelf = ImportChunk,
  ): Promise<number> {
    let ordinal = 0;
    let size = 0;
    for await (const piece of inPieces(bytes)) {
      const id = newId();
      // Base64, because what is sealed is text and a piece may end inside a character.
      const sealed = this.sealer.seal(piece.toString('base64'), this.placeOf(shelf, id));
      await this.database.repository(shelf).insert({ id, importId, ordinal, sealed });
      ordinal += 1;
      size += piece.length;
    }
    return size;
  }

  async *readFile(importId: string, shelf: Shelf = ImportChunk): AsyncGenerator<Buffer> {
    for (let ordinal = 0; ; ordinal += 1) {
      const row = await this.database.repository(shelf).findOneBy({ importId, ordinal });
      if (!row) return;
      yield Buffer.from(this.sealer.open(row.sealed, this.placeOf(shelf, row.id)), 'base64');
    }
  }

  hasFile(importId: string, shelf: Shelf = ImportChunk): Promise<boolean> {
    return this.database.repository(shelf).existsBy({ importId });
  }

  async forgetFile(importId: string, shelf: Shelf = ImportChunk): Promise<void> {
    await this.database.repository(shelf).delete({ importId });
  }

  private placeOf(shelf: Shelf, rowId: string) {
    const table = this.database.repository(shelf).metadata.tableName;
    return { table, column: 'sealed', rowId };
  }
}

/** ImportIntake takes uploads. */
@Injectable()
export class ImportIntake {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly imports: ImportsService,
    private readonly files: ImportFiles,
    private readonly journal: Journal,
  ) {}

  /**
   * Stores the file whole before anything of it is read. With `preview` nothing is applied before a person says so. An
   * upload that breaks off leaves nothing.
   */
  async takeFile(
    caller: Caller,
    file: UploadedFile,
    departmentId: string | null,
    { preview }: { preview: boolean } = { preview: false },
  ): Promise<ImportView> {
    if (departmentId) await this.departments.mustSee(caller, departmentId);
    const id = newId();
    const fileName = file.name.slice(0, 200);
    const { format, bytes } = await formatOf(file.name, file.bytes);
    await this.database.inTransaction(async () => {
      await this.requireFewUndecided(caller);
      const owned = { departmentId: departmentId ?? caller.departmentId, actor: actorOf(caller) };
      const started = { status: 'queued' as const, preview, counts: noCounts, caller: callerToKeep(caller) };
      await this.database.insert(Import, [{ id, fileName, format, ...owned, ...started }]);
    });
    const size = await this.storeWhole(id, { ...file, bytes });
    await this.database.inTransaction(async () => {
      // From now on a worker may claim it.
      await this.database.repository(Import).update({ id }, { size });
      await this.journal.record({
        subject: 'import',
        subjectId: id,
        what: 'file-uploaded',
        before: null,
        after: { fileName, format, size, preview },
        actor: actorOf(caller),
        reason: null,
      });
    });
    return this.imports.importOf(caller, id);
  }

  private async storeWhole(id: string, file: UploadedFile): Promise<number> {
    try {
      const size = await this.files.storeFile(id, file.bytes);
      if (file.truncated()) throw importProblems.error('file-too-large');
      if (size === 0) throw importProblems.error('file-empty');
      return size;
    } catch (error) {
      // When the database is what failed, ImportRetention forgets it later.
      await this.forgetImport(id).catch(() => undefined);
      throw error;
    }
  }

  private async forgetImport(id: string): Promise<void> {
    await this.database.inTransaction(async () => {
      await this.files.forgetFile(id);
      await this.database.repository(Import).delete({ id });
    });
  }

  /** Waits for an upload of the same caller that is just starting, so that two at once are counted one after the other. */
  private async requireFewUndecided(caller: Caller): Promise<void> {
    const id = callerIdOf(caller);
    await this.database.run(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`imports of ${id}`]);
    const [found] = await this.database.rows<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM import WHERE status = ANY($1) AND caller ->> $2 = $3`,
      [undecided, caller.accountId === null ? 'keyId' : 'accountId', id],
    );
    if ((found?.waiting ?? 0) >= mostUndecided)
      throw importProblems.error('imports-undecided', { most: mostUndecided });
  }
}

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
           WHERE e.import_id = i.id AND e.applied AND a.status = 'messaged'
             AND (e.result = 'created' OR a.id = ANY(e.alert_ids))))
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
      `SELECT id FROM import WHERE status = 'queued' AND size = 0
         AND created_at < clock_timestamp() - interval '1 hour' FOR UPDATE`,
    );
    const ids = rows.map((row) => row.id);
    await this.database.run(`DELETE FROM import_chunk WHERE import_id = ANY($1)`, [ids]);
    await this.database.run(`DELETE FROM import WHERE id = ANY($1)`, [ids]);
  }
}

async function* inPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    gathered.push(chunk);
    size += chunk.length;
    if (size >= pieceBytes) {
      yield Buffer.concat(gathered);
      gathered = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(gathered);
}
