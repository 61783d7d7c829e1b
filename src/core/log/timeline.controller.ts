import { Controller, Get, Param } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { idParam } from '../../platform/http/query.schema.js';
import { timelineView } from './timeline.schema.js';
import { TimelineService } from './timeline.service.js';

@Controller('contracts')
@Allow('officer', 'manager', 'admin', 'auditor')
export class TimelineController {
  constructor(private readonly timeline: TimelineService) {}

  @Get(':id/timeline')
  @Answers(200, timelineView, 'What was planned, sent and reported for a contract, in the order of time')
  async of(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    return { items: await this.timeline.of(caller, id), nextCursor: null };
  }
}
