import { Injectable } from '@nestjs/common';
import { actorOf, type Caller } from '../../core/access/roles.js';
import { type ChangeEntry, Journal } from '../../core/proof/journal.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import type { Import } from './import.entities.js';
import { ImportStates, isElsewhere } from './import-states.js';
import type { ApplyBody, ImportView } from './import.schema.js';
import { ImportsService } from './imports.service.js';
import { importProblems } from './imports.words.js';

/** ImportDecisions takes what people decide about a previewed import: to apply it, to preview it again, to leave it. */
@Injectable()
export class ImportDecisions {
  constructor(
    private readonly database: Database,
    private readonly imports: ImportsService,
    private readonly states: ImportStates,
    private readonly settings: SettingsService,
    private readonly journal: Journal,
  ) {}

  /** Throws a conflict that names the number of people when the caller has to confirm it. */
  async applyImport(caller: Caller, id: string, { confirmTexts }: ApplyBody): Promise<ImportView> {
    const row = await this.imports.requireDecidable(caller, id);
    if (row.status !== 'ready') throw isElsewhere(row, 'apply');
    if (row.previewedOn !== (await this.settings.today())) throw importProblems.error('preview-out-of-date');
    await this.requireConfirmed(row.peopleTextedToday ?? 0, confirmTexts);
    await this.database.inTransaction(async () => {
      await this.states.startApplying(row, caller, actorOf(caller));
      await this.record(caller, row, 'applied', {
        peopleTextedToday: row.peopleTextedToday,
        confirmed: confirmTexts ?? null,
      });
    });
    return this.imports.importOf(caller, id);
  }

  /** Makes the preview again, because a day has passed or contracts were changed. */
  async previewAgain(caller: Caller, id: string): Promise<ImportView> {
    const row = await this.imports.requireDecidable(caller, id);
    await this.database.inTransaction(() => this.states.restartPreview(row, caller, null));
    return this.imports.importOf(caller, id);
  }

  /** Stops a preview too. */
  async discardImport(caller: Caller, id: string): Promise<ImportView> {
    const row = await this.imports.requireDecidable(caller, id);
    await this.database.inTransaction(async () => {
      await this.states.discardImport(row, caller);
      await this.record(caller, row, 'discarded', null);
    });
    return this.imports.importOf(caller, id);
  }

  private async requireConfirmed(people: number, confirmed: number | undefined): Promise<void> {
    const { importAskAbove: most } = (await this.settings.agency()).value;
    if (confirmed === people || (confirmed === undefined && people <= most)) return;
    const fields = [importProblems.field('confirmTexts', 'texts-to-confirm.people', { people })];
    throw people > most
      ? importProblems.error('texts-to-confirm.above', { people, most }, { fields })
      : importProblems.error('texts-to-confirm', { people }, { fields });
  }

  private record(
    caller: Caller,
    row: Import,
    what: 'applied' | 'discarded',
    after: ChangeEntry['after'],
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
