import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { AppError } from '../../platform/app-error.js';
import { ImportAccess } from './import-access.js';
import { ImportEffects } from './import-effects.js';
import { ImportRuns } from './import-runs.js';
import { type ImportRow, viewOf } from './import-view.js';
import { importStatusWords } from './import-words.js';
import type { ImportStatus, ImportView } from './import.schema.js';
import { ImportsService } from './imports.service.js';
import { Database } from '../../platform/database/database.js';

type Next = 'previewing' | 'running' | 'discarded';

/** Moves an import on as a person decides: once, from where it stands, with what belongs to the move. */
@Injectable()
export class ImportDecisions {
  constructor(
    private readonly database: Database,
    private readonly access: ImportAccess,
    private readonly runs: ImportRuns,
    private readonly effects: ImportEffects,
    private readonly imports: ImportsService,
  ) {}

  /** `work` runs in the transaction of the move. Throws a conflict when the import is elsewhere. */
  async decide(
    caller: Caller,
    row: ImportRow,
    from: ImportStatus[],
    to: Next,
    work: () => Promise<void> = () => Promise.resolve(),
  ): Promise<ImportView> {
    await this.database.inTransaction(async () => {
      if (!(await this.runs.decide(row.id, from, to, caller)))
        throw notNow(row, to === 'running' ? 'applied' : to === 'previewing' ? 'previewed' : to);
      await this.clear(row.id, to);
      await work();
      if (to !== 'discarded') this.database.afterCommit(() => this.imports.enqueue(row.id));
    });
    return viewOf(await this.access.mustSee(caller, row.id));
  }

  /** What was said of the pass before is said afresh; a preview's effects stay until the real ones take their place. */
  private async clear(id: string, to: Next): Promise<void> {
    if (to !== 'running') await this.effects.forget(id);
    if (to !== 'discarded') await this.database.run(`DELETE FROM import_problem WHERE import_id = $1`, [id]);
    if (to === 'previewing') {
      await this.database.run(
        `UPDATE import SET preview_counts = NULL, people_texted_today = NULL, previewed_on = NULL WHERE id = $1`,
        [id],
      );
    }
  }
}

export function notNow(row: ImportRow, what: string): AppError {
  return new AppError(
    'conflict',
    'import-elsewhere',
    `This import cannot be ${what} now: it is "${row.status}" (${importStatusWords[row.status].en}).`,
  );
}
