import { Controller, Get, Param, Query } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { Answers } from '../../platform/http/answers.js';
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
  constructor(private readonly work: WorkService) {}

  @Get()
  @Answers(200, workView, 'What waits for you: how much of each kind, and since when')
  overview(@CurrentCaller() caller: Caller, @Query({ schema: workQuery }) query: WorkQuery) {
    return this.work.overview(caller, query);
  }

  @Get(':list')
  @Answers(200, workListView, 'A work list, what has waited longest first; as CSV with format=csv')
  list(
    @CurrentCaller() caller: Caller,
    @Param('list', { schema: workListParam }) list: string,
    @Query({ schema: workListQuery }) { format, ...query }: WorkListQuery,
  ) {
    return format === 'json' ? this.work.page(caller, list, query) : this.work.file(caller, list, query);
  }
}
