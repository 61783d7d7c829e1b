import { Injectable } from '@nestjs/common';
import { actorOf, type Caller, callerIdOf, callerToKeep } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { Journal } from '../../core/proof/journal.service.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { formatOf } from './file-format.js';
import { Import, ImportChunk, type ImportRefused } from './import.entities.js';
import { type ImportView, noCounts, undecided } from './import.schema.js';
import { ImportsService } from './imports.service.js';
import { importProblems } from './imports.words.js';
import { ImportStates } from './states.js';

const pieceBytes = 512 * 1024;

/** Undecided imports that one caller may have; each keeps a file of up to 200 MB. */
const mostUndecided = 20;

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
    private readonly states: ImportStates,
  ) {}

  /** Takes a file in as `takeFile` does, and wakes a worker. */
  async takeForWorker(...upload: Parameters<ImportIntake['takeFile']>): Promise<ImportView> {
    const taken = await this.takeFile(...upload);
    // A queue that is away just now is no harm: unfinished imports are searched for.
    await this.states.enqueue(taken.id).catch(() => undefined);
    return taken;
  }

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
