import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Answers, pageOf } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import { z } from 'zod';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { ProposalReader } from './proposal-reader.js';
import * as api from './proposal.schema.js';
import { Proposals } from './proposals.service.js';

@Controller('proposals')
@Allow('officer', 'manager', 'admin', 'auditor')
export class ProposalsController {
  constructor(
    private readonly proposals: Proposals,
    private readonly reader: ProposalReader,
  ) {}

  @Get()
  @Answers(
    200,
    pageOf(api.proposalView),
    'Changes that wait for a second person, and what was decided; newest first',
  )
  list(@CurrentCaller() caller: Caller, @Query({ schema: api.proposalsQuery }) query: api.ProposalsQuery) {
    return this.reader.proposalsPage(caller, query);
  }

  @Get(':id')
  @Answers(200, api.proposalNow, 'A proposal, with what it would do now')
  get(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.reader.proposalNow(caller, id);
  }

  @Post(':id/approve')
  @Allow('manager', 'admin', 'auditor')
  @Answers(200, api.proposalNow, 'Does what was proposed')
  async approve(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: api.approvalBody }) body: api.ApprovalBody,
  ) {
    await this.proposals.approve(caller, id, body);
    return this.reader.proposalNow(caller, id);
  }

  @Post(':id/refuse')
  @Allow('manager', 'admin', 'auditor')
  @Answers(200, api.proposalNow, 'Refuses what was proposed; nothing of it is done')
  async refuse(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: api.refusalBody }) { reason }: z.infer<typeof api.refusalBody>,
  ) {
    await this.proposals.refuse(caller, id, reason);
    return this.reader.proposalNow(caller, id);
  }

  @Post(':id/withdraw')
  @Allow('officer', 'manager', 'admin')
  @Answers(200, api.proposalNow, 'Takes back what the caller has proposed')
  async withdraw(@CurrentCaller() caller: Caller, @Id() id: string) {
    await this.proposals.withdraw(caller, id);
    return this.reader.proposalNow(caller, id);
  }
}
