import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../../core/access/roles.js';
import { AppError } from '../../platform/app-error.js';
import { Transactions } from '../../platform/database/transactions.js';
import { ImportAccess } from './import-access.js';
import { ImportEffects } from './import-effects.js';
import { ImportRuns } from './import-runs.js';
import { type ImportRow, viewOf } from './import-view.js';
import { importStatusWords } from './import-words.js';
import type { ImportStatus, ImportView } from './import.schema.js';
import { ImportsService } from './imports.service.js';

type Next = 'previewing' | 'running' | 'discarded';

/** Moves an import on as a person decides: once, from where it stands, with what belongs to the move. */
@Injectable()
export class ImportDecisions {
  constructor(
    private readonly transactions: Transactions,
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
    work: (manager: EntityManager) => Promise<void> = () => Promise.resolve(),
  ): Promise<ImportView> {
    await this.transactions.run(async (manager) => {
      if (!(await this.runs.decide(manager, row.id, from, to, caller)))
        throw notNow(row, to === 'running' ? 'applied' : to === 'previewing' ? 'previewed' : to);
      await this.clear(manager, row.id, to);
      await work(manager);
      if (to !== 'discarded') this.transactions.afterCommit(() => this.imports.enqueue(row.id));
    });
    return viewOf(await this.access.mustSee(caller, row.id));
  }

  /** What was said of the pass before is said afresh; a preview's effects stay until the real ones take their place. */
  private async clear(manager: EntityManager, id: string, to: Next): Promise<void> {
    if (to !== 'running') await this.effects.forget(manager, id);
    if (to !== 'discarded') await manager.query(`DELETE FROM import_problem WHERE import_id = $1`, [id]);
    if (to === 'previewing') {
      await manager.query(
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
