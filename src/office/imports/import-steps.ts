import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { AppError } from '../../platform/app-error.js';
import { Journal } from '../../core/proof/journal.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { ImportAccess } from './import-access.js';
import { ImportDecisions, notNow } from './import-decisions.js';
import { ImportReading } from './import-reading.js';
import type { ImportRow } from './import-view.js';
import { type ApplyBody, type ImportView, undecided } from './import.schema.js';
import { Database } from '../../platform/database/database.js';

/** What people decide of an import: to apply it, or to leave it. */
@Injectable()
export class ImportSteps {
  constructor(
    private readonly database: Database,
    private readonly access: ImportAccess,
    private readonly decisions: ImportDecisions,
    private readonly reading: ImportReading,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
  ) {}

  /** Throws a conflict that names the number of people when it is to be confirmed. */
  async apply(caller: Caller, id: string, { confirmTexts }: ApplyBody): Promise<ImportView> {
    const row = await this.access.mustDecide(caller, id);
    if (row.status !== 'ready') throw notNow(row, 'applied');
    if (row.previewedOn !== (await this.settings.today())) {
      throw new AppError(
        'conflict',
        'preview-out-of-date',
        'The preview was made on another day, and whom it would text today may have changed: preview it again, and look.',
      );
    }
    await this.mustBeConfirmed(row.peopleTextedToday ?? 0, confirmTexts);
    return this.decisions.decide(caller, row, ['ready'], 'running', async () => {
      await this.database.run(`UPDATE import SET applied_by = $2 WHERE id = $1`, [id, actorOf(caller)]);
      await this.record(caller, row, 'applied', {
        peopleTextedToday: row.peopleTextedToday,
        confirmed: confirmTexts ?? null,
      });
    });
  }

  /** Stops a preview too. What it would have done is forgotten, and so is the file. */
  async discard(caller: Caller, id: string): Promise<ImportView> {
    const row = await this.access.mustDecide(caller, id);
    return this.decisions.decide(caller, row, undecided, 'discarded', async () => {
      await this.reading.forget(id);
      await this.record(caller, row, 'discarded', null);
    });
  }

  private async mustBeConfirmed(people: number, confirmed: number | undefined): Promise<void> {
    const { importAskAbove } = (await this.settings.agency()).value;
    if (confirmed === people || (confirmed === undefined && people <= importAskAbove)) return;
    const more = people > importAskAbove ? `, which is more than ${importAskAbove}` : '';
    throw new AppError(
      'conflict',
      'texts-to-confirm',
      `This would text ${people} people today${more}: look at it again, and send confirmTexts: ${people} if it is right.`,
      [{ path: 'confirmTexts', code: 'texts-to-confirm', message: String(people) }],
    );
  }

  private record(
    caller: Caller,
    row: ImportRow,
    what: 'applied' | 'discarded',
    after: Record<string, unknown> | null,
  ): Promise<void> {
    return this.journal.record({
      subject: 'import',
      subjectId: row.id,
      what,
      before: { status: row.status },
      after,
      actor: actorOf(caller),
      reason: null,
    });
  }
}
