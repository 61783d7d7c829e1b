import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { WorkFiles } from './work-files.js';
import {
  type WorkListQuery,
  workListParam,
  workListQuery,
  workListView,
  type WorkQuery,
  workQuery,
  workView,
} from './work.schema.js';
import { WorkService } from './work.service.js';

@Controller('work')
@Allow('officer', 'manager', 'admin', 'auditor')
export class WorkController {
  constructor(
    private readonly work: WorkService,
    private readonly files: WorkFiles,
  ) {}

  @Get()
  @Answers(200, workView, 'What waits for you: how much of each kind, and since when')
  overview(@CurrentCaller() caller: Caller, @Query({ schema: workQuery }) query: WorkQuery) {
    return this.work.overview(caller, query);
  }

  @Get(':list')
  @Answers(200, workListView, 'A work list, what has waited longest first; as CSV with format=csv')
  async list(
    @CurrentCaller() caller: Caller,
    @Param('list', { schema: workListParam }) list: string,
    @Query({ schema: workListQuery }) query: WorkListQuery,
  ) {
    if (query.format === 'json') return this.work.page(caller, list, query);
    return new StreamableFile(Readable.from(await this.files.start(caller, list, query)), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${list}.csv"`,
    });
  }
}
