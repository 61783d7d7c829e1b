import { Injectable } from '@nestjs/common';
import { AccountRecords } from '../../accounts/account-records.js';
import type { Caller } from '../../../core/access/roles.js';
import { zonedIso } from '../../../core/calendar/zoned-iso.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { type ImportListQuery, type ImportView, importListQuery } from '../../imports/import.schema.js';
import { ImportsService } from '../../imports/imports.service.js';
import { sheetLimits } from '../../imports/sheets/sheet-limits.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { addressOf, departmentChoices } from '../choices.js';
import { actorText } from '../contracts/history-shown.js';
import { numberText } from '../formats.js';
import { type PageAnswer, page } from '../page.js';
import type { ShownProblem } from '../problem-words.js';
import type { Locale } from '../../../platform/words/words.js';
import { translate } from '../words/words.js';
import { importTones } from './import-tones.js';

const path = '/console/imports';

/** The form that a file is brought with, and the files that were brought before. */
@Injectable()
export class ImportList {
  constructor(
    private readonly imports: ImportsService,
    private readonly departments: DepartmentsService,
    private readonly names: AccountRecords,
    private readonly settings: SettingsService,
  ) {}

  async page(
    caller: Caller,
    locale: Locale,
    {
      cursor,
      problem,
      departmentId,
    }: { cursor?: unknown; problem?: ShownProblem; departmentId?: string } = {},
  ): Promise<PageAnswer> {
    const query =
      importListQuery.safeParse({ cursor, limit: 25 }).data ?? importListQuery.parse({ limit: 25 });
    const { items, nextCursor } = await this.listed(caller, query, locale);
    return page(
      'imports/list',
      'imports.title',
      {
        problem,
        departmentId,
        items,
        next: nextCursor && addressOf(path, { cursor: nextCursor }),
        first: query.cursor && path,
        mayBring: caller.role !== 'auditor',
        departments: departmentChoices(await this.departments.list(caller), locale),
        without: caller.departmentId === null ? 'noDepartment' : 'ownDepartment',
        megabytes: sheetLimits.fileBytes / 1024 / 1024,
        rows: sheetLimits.rows,
      },
      { status: problem?.status ?? 200 },
    );
  }

  private async listed(caller: Caller, query: ImportListQuery, locale: Locale) {
    const { items, nextCursor } = await this.imports.importsFor(caller, query);
    const names = await this.names.namesOfActors(items.map((one) => one.actor));
    const { timeZone } = (await this.settings.calendar()).setting;
    return {
      nextCursor,
      items: items.map((one) => ({
        ...one,
        at: zonedIso(new Date(one.createdAt), timeZone),
        who: actorText(one.actor, names, locale),
        tone: importTones[one.status],
        counted: isCounted(one) ? countedText(one, locale) : '',
        refused: isCounted(one) ? one.counts.refused : 0,
      })),
    };
  }
}

/** What is refused stands beside it, marked. */
function countedText({ counts }: ImportView, locale: Locale): string {
  const counted = {
    listedCreated: counts.created,
    listedChanged: counts.updated + counts.corrected,
    listedUnchanged: counts.unchanged,
  };
  return Object.entries(counted)
    .filter(([, count]) => count > 0)
    .map(([key, count]) => translate(locale, `imports.${key}`, { count: numberText(count, locale) }))
    .join(' · ');
}

/** Before, there is nothing to count; of what was discarded, nothing came. */
function isCounted({ status, counts }: ImportView): boolean {
  const total = counts.contracts + counts.refused;
  return total > 0 && ['ready', 'running', 'completed', 'failed', 'undone'].includes(status);
}
