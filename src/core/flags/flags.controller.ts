import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Answers } from '../../platform/http/answers.js';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import {
  closedView,
  type ClosingBody,
  closingBody,
  flagListView,
  type FlagsQuery,
  flagsQuery,
} from './flags.schema.js';
import { FlagsService } from './flags.service.js';

@Controller('flags')
@Allow('auditor')
export class FlagsController {
  constructor(private readonly flags: FlagsService) {}

  @Get()
  @Answers(
    200,
    flagListView,
    'What changes of a contract kept from whom, and what was odd about its texts, newest first',
  )
  async list(@Query({ schema: flagsQuery }) { contractId }: FlagsQuery) {
    return { items: await this.flags.flagsOf(contractId) };
  }

  @Post('close')
  @Answers(200, closedView, 'Closes the open flags of a kind that a contract has, with a finding')
  async close(@CurrentCaller() caller: Caller, @Body({ schema: closingBody }) body: ClosingBody) {
    return { closed: await this.flags.close(caller, body) };
  }
}
