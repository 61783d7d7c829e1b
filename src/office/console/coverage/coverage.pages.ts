import { Readable } from 'node:stream';
import { Get, Query, Req, StreamableFile } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { CoverageFiles } from '../../coverage/coverage-files.js';
import { dimensions } from '../../coverage/coverage-figures.js';
import { reasons, reasonWords } from '../../coverage/coverage-rules.js';
import { addressOf } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { FormChoices } from '../contracts/form-choices.js';
import { withoutBlanks, parsed } from '../form.js';
import { type PageAnswer, page } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { Locale } from '../../../platform/words/words.js';
import { translate } from '../words/words.js';
import { type CoverageAsked, coveragePageQuery } from './coverage-page.schema.js';
import { CoverageShown, requestOf } from './coverage-shown.js';

const path = '/console/coverage';

/** Who was not told, in figures; monitors read these and no more. */
@ConsolePage('console/coverage')
@Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
export class CoveragePages {
  constructor(
    private readonly shown: CoverageShown,
    private readonly files: CoverageFiles,
    private readonly choices: FormChoices,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  async show(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Query() sent: Record<string, unknown>,
  ): Promise<PageAnswer | StreamableFile> {
    const { csv, ...query } = parsed(coveragePageQuery, withoutBlanks(sent));
    const usual = await this.shown.period();
    const asked = { ...query, from: query.from ?? usual.from, to: query.to ?? usual.to };
    if (csv) return this.file(caller, asked, csv);
    const locale = await this.writer.localeOf(request);
    const { departments, officers, kinds } = await this.choices.of(caller, locale);
    const monitor = caller.role === 'monitor';
    return page('coverage/show', 'coverage.title', {
      query: asked,
      filtered: Object.keys(withoutBlanks(sent)).length > 0,
      departments,
      kinds,
      officers: monitor
        ? null
        : [{ value: 'none', text: translate(locale, 'coverage.nobodyNamed') }, ...officers],
      groups: dimensions.filter((one) => !monitor || one !== 'officer').map((one) => choice(one, locale)),
      groupName: choice(asked.groupBy, locale).text,
      reasons: reasons.map((reason) => reasonWords[reason]),
      exportTable: addressOf(path, { ...asked, csv: 'table' }),
      exportHeat: addressOf(path, { ...asked, csv: 'heat' }),
      ...(await this.shown.of(caller, asked, locale)),
    });
  }

  private async file(caller: Caller, asked: CoverageAsked, csv: 'table' | 'heat'): Promise<StreamableFile> {
    const groupBy = csv === 'table' ? [asked.groupBy] : (['department', 'month'] as const);
    const text = await this.files.statistics(caller, { ...requestOf(asked, [...groupBy]), format: 'csv' });
    return new StreamableFile(Readable.from([text]), {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="coverage.csv"',
    });
  }
}

function choice(dimension: (typeof dimensions)[number], locale: Locale) {
  return { value: dimension, text: translate(locale, `coverage.by-${dimension}`) };
}
