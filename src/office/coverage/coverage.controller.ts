import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { csvFile } from '../../platform/csv.js';
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
  async statistics(
    @CurrentCaller() caller: Caller,
    @Body({ schema: statisticsSchema }) asked: StatisticsRequest,
  ) {
    if (asked.format === 'json') return this.coverage.statistics(caller, asked);
    return csvFile('coverage', await this.coverage.statisticsFile(caller, asked));
  }

  @Get('milestones')
  @Answers(200, coveredMilestonesView, 'The milestones behind a figure, by time; as CSV with format=csv')
  async milestones(
    @CurrentCaller() caller: Caller,
    @Query({ schema: coveredMilestonesQuery }) query: CoveredMilestonesQuery,
  ) {
    if (query.format === 'json') return this.coverage.milestones(caller, query);
    return csvFile('coverage-milestones', await this.coverage.milestonesFile(caller, query));
  }
}
