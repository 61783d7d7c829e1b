import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Post, Query, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { CoverageFiles } from './coverage-files.js';
import {
  type CoveredMilestonesQuery,
  coveredMilestonesQuery,
  coveredMilestonesView,
  type StatisticsRequest,
  statisticsSchema,
  statisticsView,
} from './coverage.schema.js';
import { CoverageService } from './coverage.service.js';

/** Who was not told. */
@Controller('statistics')
@Allow('officer', 'manager', 'admin', 'auditor')
export class CoverageController {
  constructor(
    private readonly coverage: CoverageService,
    private readonly files: CoverageFiles,
  ) {}

  @Post()
  @HttpCode(200)
  @Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
  @Answers(200, statisticsView, 'Coverage by department, kind, officer and month; as CSV with format: csv')
  async statistics(
    @CurrentCaller() caller: Caller,
    @Body({ schema: statisticsSchema }) asked: StatisticsRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (asked.format === 'json') return this.coverage.statistics(caller, asked);
    const file = await this.files.statistics(caller, asked);
    void reply.headers({ 'content-disposition': 'attachment; filename="coverage.csv"' });
    void reply.type('text/csv; charset=utf-8');
    return file;
  }

  @Get('milestones')
  @Answers(200, coveredMilestonesView, 'The milestones behind a figure, by time; as CSV with format=csv')
  async milestones(
    @CurrentCaller() caller: Caller,
    @Query({ schema: coveredMilestonesQuery }) query: CoveredMilestonesQuery,
  ) {
    if (query.format === 'json') return this.coverage.milestones(caller, query);
    await this.files.say(caller, query);
    return new StreamableFile(Readable.from(this.files.milestones(caller, query)), {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="coverage-milestones.csv"',
    });
  }
}
