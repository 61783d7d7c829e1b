import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import {
  type CoveredMilestonesQuery,
  coveredMilestonesQuery,
  coveredMilestonesView,
  type StatisticsRequest,
  statisticsSchema,
  statisticsView,
} from './coverage.schema.js';
import { CoverageService } from './coverage.service.js';

/** Figures of who was notified and who was not. */
@Controller('statistics')
@Allow('officer', 'manager', 'admin', 'auditor')
export class CoverageController {
  constructor(private readonly coverage: CoverageService) {}

  @Post()
  @Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
  @Answers(200, statisticsView, 'Coverage by department, kind, officer and month; as CSV with format: csv')
  statistics(
    @CurrentCaller() caller: Caller,
    @Body({ schema: statisticsSchema }) { format, ...asked }: StatisticsRequest,
  ) {
    return format === 'json'
      ? this.coverage.statistics(caller, asked)
      : this.coverage.statisticsFile(caller, asked);
  }

  @Get('milestones')
  @Answers(200, coveredMilestonesView, 'The milestones behind a figure, by time; as CSV with format=csv')
  milestones(
    @CurrentCaller() caller: Caller,
    @Query({ schema: coveredMilestonesQuery }) { format, ...query }: CoveredMilestonesQuery,
  ) {
    return format === 'json'
      ? this.coverage.milestones(caller, query)
      : this.coverage.milestonesFile(caller, query);
  }
}
