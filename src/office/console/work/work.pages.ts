import { Readable } from 'node:stream';
import { Get, Param, Query, Req, StreamableFile } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { WorkFiles } from '../../work/work-files.js';
import { workListParam, workListQuery, workQuery } from '../../work/work.schema.js';
import { WorkService } from '../../work/work.service.js';
import { addressOf } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { FormChoices } from '../contracts/form-choices.js';
import { withoutBlanks, parsed } from '../form.js';
import { type PageAnswer, page } from '../page.js';
import { PageWriter } from '../page-writer.js';
import { groupsOf, WorkShown } from './work-shown.js';

const path = '/console/work';

/** What waits for somebody, and the shortest way to mend it. */
@ConsolePage('console/work')
@Allow('officer', 'manager', 'admin', 'auditor')
export class WorkPages {
  constructor(
    private readonly work: WorkService,
    private readonly files: WorkFiles,
    private readonly shown: WorkShown,
    private readonly choices: FormChoices,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  async overview(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Query() sent: Record<string, unknown>,
  ): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const query = parsed(workQuery, withoutBlanks(sent));
    const work = await this.work.overview(caller, query);
    return page('work/overview', 'work.title', {
      query,
      action: path,
      filtered: isFiltered(query),
      reads: caller.role === 'auditor',
      groups: groupsOf(work, query, locale),
      nothing: work.items.every(({ count }) => count === 0),
      ...(await this.choices.of(caller, locale)),
    });
  }

  @Get(':list')
  async list(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('list', { schema: workListParam }) list: string,
    @Query() sent: Record<string, unknown>,
  ): Promise<PageAnswer | StreamableFile> {
    const query = parsed(workListQuery, withoutBlanks(sent));
    if (query.format === 'csv') {
      return new StreamableFile(Readable.from(await this.files.start(caller, list, query)), {
        type: 'text/csv; charset=utf-8',
        disposition: `attachment; filename="${list}.csv"`,
      });
    }
    const locale = await this.writer.localeOf(request);
    const { format: _format, limit: _limit, cursor, ...filters } = query;
    const { items, nextCursor, name, todo } = await this.work.page(caller, list, query);
    const here = `${path}/${list}`;
    const rows = await this.shown.rows(caller, list, items, addressOf(here, filters), locale);
    return page('work/list', name[locale], {
      query,
      action: here,
      name,
      todo,
      filtered: isFiltered(query),
      overview: addressOf(path, filters),
      items: rows,
      mends: rows.some(({ mend, record }) => mend ?? record),
      exportTo: addressOf(here, { ...filters, format: 'csv' }),
      next: nextCursor && addressOf(here, { ...filters, cursor: nextCursor }),
      first: cursor && addressOf(here, filters),
      ...(await this.choices.of(caller, locale)),
    });
  }
}

function isFiltered({
  departmentId,
  officerId,
}: {
  departmentId?: string | undefined;
  officerId?: string | undefined;
}) {
  return (departmentId ?? officerId) !== undefined;
}
