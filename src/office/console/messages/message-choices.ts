import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { messageStatuses, messageWords } from '../../../core/log/status-words.js';
import { kinds } from '../../../core/settings/plan.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { type Choice, departmentChoices, kindChoices } from '../choices.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';
import type { Locale } from '../../../platform/words/words.js';

/** What the log is filtered by. */
@Injectable()
export class MessageChoices {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly writer: PageWriter,
  ) {}

  problem(request: PageRequest, error: unknown): Promise<ShownProblem> {
    return this.writer.problem(request, error);
  }

  async of(request: PageRequest, caller: Caller) {
    const locale = await this.writer.localeOf(request);
    return {
      statuses: messageStatuses.map((status) => ({ value: status, text: messageWords[status][locale] })),
      kinds: kindChoices(locale),
      departments: departmentChoices(await this.departments.list(caller), locale),
      milestones: await this.milestones(locale),
    };
  }

  /** Of the plans in force, each code once under the name of the first kind that has it. */
  private async milestones(locale: Locale): Promise<Choice[]> {
    const names = new Map<string, string>();
    for (const kind of kinds) {
      const { plain } = await this.settings.plansFor(kind);
      for (const { code, name } of plain.value.milestones)
        if (!names.has(code)) names.set(code, name[locale]);
    }
    return [...names].map(([value, text]) => ({ value, text }));
  }
}
