import { Body, Controller, Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Answers, listOf } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { answerSchema, offerSchema } from './defaults.schema.js';
import { DefaultsService } from './defaults.service.js';

/** DefaultsController shows what a newer release would put in force, and takes an admin's answers. */
@Controller('defaults')
@Allow('admin')
export class DefaultsController {
  constructor(private readonly defaults: DefaultsService) {}

  @Get()
  @Allow('admin', 'auditor')
  @Answers(
    200,
    listOf(offerSchema),
    'Plans and templates of this release that the agency has neither been given nor answered',
  )
  async list() {
    return { items: await this.defaults.offers(), nextCursor: null };
  }

  @Post(':id/accept')
  @Answers(200, z.object({ name: z.string(), version: z.int() }), 'Puts it in force as the next version')
  accept(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: answerSchema }) { reason }: z.infer<typeof answerSchema>,
  ) {
    return this.defaults.accept(caller, id, reason ?? null);
  }

  @Post(':id/decline')
  @Answers(204, z.null(), 'Leaves in force what is; offered again when a release changes it')
  decline(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: answerSchema }) { reason }: z.infer<typeof answerSchema>,
  ) {
    return this.defaults.decline(caller, id, reason ?? null);
  }
}
