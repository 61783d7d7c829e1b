import { Injectable } from '@nestjs/common';
import { actorOf, type Caller, callerIdOf, callerToKeep } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { AppError } from '../../platform/app-error.js';
import { newId } from '../../platform/ids.js';
import { Journal } from '../../core/proof/journal.service.js';
import { ImportAccess } from './import-access.js';
import { ImportFiles } from './import-files.js';
import { formatOf } from './import-format.js';
import { viewOf } from './import-view.js';
import { type ImportView, noCounts, undecided } from './import.schema.js';
import { Database } from '../../platform/database/database.js';

/** Of one caller: each keeps a file of up to 200 MB. */
const mostUndecided = 20;

export interface FileToTake {
  name: string;
  bytes: AsyncIterable<Buffer>;
  /** True, once the bytes have been read, when there were more than are taken. */
  truncated: () => boolean;
}

/** Takes files in. */
@Injectable()
export class ImportIntake {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly access: ImportAccess,
    private readonly files: ImportFiles,
    private readonly journal: Journal,
  ) {}

  /** Stores the file whole before anything is read of it. `preview`: nothing is applied before somebody says so. */
  async take(
    caller: Caller,
    file: FileToTake,
    departmentId: string | null,
    { preview }: { preview: boolean } = { preview: false },
  ): Promise<ImportView> {
    if (departmentId) await this.departments.mustSee(caller, departmentId);
    const id = newId();
    const { format, bytes } = await formatOf(file.name, file.bytes);
    await this.database.inTransaction(async () => {
      await mustHaveDecided(this.database, caller);
      await this.database.run(
        `INSERT INTO import (id, file_name, format, status, preview, department_id, actor, caller, counts)
         VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7, $8)`,
        [
          id,
          file.name.slice(0, 200),
          format,
          preview,
          departmentId ?? caller.departmentId,
          actorOf(caller),
          JSON.stringify(callerToKeep(caller)),
          JSON.stringify(noCounts),
        ],
      );
    });
    const size = await this.stored(id, bytes);
    if (file.truncated() || size === 0) {
      await this.forget(id);
      throw file.truncated()
        ? new AppError('too-large', 'file-too-large', 'The file is larger than 200 MB: split it.')
        : new AppError('invalid', 'file-empty', 'The file is empty: check that the right one was chosen.');
    }
    await this.database.inTransaction(async () => {
      // From now on a worker may take it.
      await this.database.run(`UPDATE import SET size = $2 WHERE id = $1`, [id, size]);
      await this.journal.record({
        subject: 'import',
        subjectId: id,
        what: 'file-uploaded',
        before: null,
        after: { fileName: file.name.slice(0, 200), format, size, preview },
        actor: actorOf(caller),
        reason: null,
      });
    });
    return viewOf(await this.access.mustSee(caller, id));
  }

  /** Of an upload that breaks off nothing stays: what had come is sealed, and nobody's to decide on. */
  private async stored(id: string, bytes: AsyncIterable<Buffer>): Promise<number> {
    try {
      return await this.files.store(id, bytes);
    } catch (error) {
      // When the database is what failed, the hourly settling forgets it.
      await this.forget(id).catch(() => undefined);
      throw error;
    }
  }

  private async forget(id: string): Promise<void> {
    await this.database.inTransaction(async () => {
      await this.files.forget(id);
      await this.database.run(`DELETE FROM import WHERE id = $1`, [id]);
    });
  }
}

/** Waits for what the same caller is just bringing, so that two at once are counted one after the other. */
async function mustHaveDecided(database: Database, caller: Caller): Promise<void> {
  const id = callerIdOf(caller);
  await database.run(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`imports of ${id}`]);
  const [found] = await database.rows<{ waiting: number }>(
    `SELECT count(*)::int AS waiting FROM import WHERE status = ANY($1) AND caller ->> $2 = $3`,
    [undecided, caller.accountId === null ? 'keyId' : 'accountId', id],
  );
  if ((found?.waiting ?? 0) < mostUndecided) return;
  throw new AppError(
    'limit',
    'imports-undecided',
    `${mostUndecided} of your imports wait to be read, applied or discarded: apply or discard some, and bring this file then.`,
  );
}
