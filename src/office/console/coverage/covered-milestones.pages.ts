import { Readable } from 'node:stream';
import { Get, Query, Req, StreamableFile } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { CoverageFiles } from '../../coverage/coverage-files.js';
import { type Outcome, outcomes, outcomeWords, reasons, reasonWords } from '../../coverage/coverage-rules.js';
import { coveredMilestonesQuery } from '../../coverage/coverage.schema.js';
import { CoverageService } from '../../coverage/coverage.service.js';
import { addressOf } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { FormChoices } from '../contracts/form-choices.js';
import { withoutBlanks, parsed } from '../form.js';
import { type PageAnswer, page } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { Locale } from '../../../platform/words/words.js';
import { translate } from '../words/words.js';

const path = '/console/coverage/milestones';

const tones: Record<Outcome | 'to-come', string> = {
  delivered: 'good',
  alerted: 'now',
  partly: 'wait',
  missed: 'bad',
  'to-come': 'plan',
};

/** The milestones behind a figure. */
@ConsolePage('console/coverage/milestones')
@Allow('officer', 'manager', 'admin', 'auditor')
export class CoveredMilestonesPages {
  constructor(
    private readonly coverage: CoverageService,
    private readonly files: CoverageFiles,
    private readonly choices: FormChoices,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  async list(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Query() sent: Record<string, unknown>,
  ): Promise<PageAnswer | StreamableFile> {
    const query = parsed(coveredMilestonesQuery, withoutBlanks(sent));
    if (query.format === 'csv') {
      await this.files.say(caller, query);
      return new StreamableFile(Readable.from(this.files.milestones(caller, query)), {
        type: 'text/csv; charset=utf-8',
        disposition: 'attachment; filename="coverage-milestones.csv"',
      });
    }
    const locale = await this.writer.localeOf(request);
    const { format: _format, limit: _limit, cursor, ...filters } = query;
    const { outcome: _outcome, reason: _reason, only: _only, below: _below, ...broader } = filters;
    const { items, nextCursor } = await this.coverage.milestones(caller, query);
    return page('coverage/milestones', 'coverage.milestones', {
      query,
      filtered: Object.values(filters).some((value) => value !== undefined),
      back: addressOf('/console/coverage', broader),
      items: items.map((item) => ({ ...item, tone: tones[item.outcome] })),
      exportTo: addressOf(path, { ...filters, format: 'csv' }),
      next: nextCursor && addressOf(path, { ...filters, cursor: nextCursor }),
      first: cursor && addressOf(path, filters),
      ...(await this.choicesOf(caller, locale)),
    });
  }

  private async choicesOf(caller: Caller, locale: Locale) {
    const { departments, officers, kinds } = await this.choices.of(caller, locale);
    return {
      departments,
      kinds,
      officers: [{ value: 'none', text: translate(locale, 'coverage.nobodyNamed') }, ...officers],
      outcomes: [...outcomes, 'to-come' as const].map((value) => ({
        value,
        text: outcomeWords[value][locale],
      })),
      reasons: reasons.map((value) => ({ value, text: reasonWords[value][locale] })),
    };
  }
}
