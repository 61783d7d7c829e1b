import { Body, Controller, Post, Query } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { type DryRunQuery, dryRunQuery } from '../../core/contracts/contract.schema.js';
import { Answers } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import {
  handedOverView,
  type HandOver,
  handOverSchema,
  type Merge,
  mergedView,
  mergeSchema,
} from './handing-over.schema.js';
import { HandingOverService } from './handing-over.service.js';

@Controller()
@Allow('manager', 'admin')
export class HandingOverController {
  constructor(private readonly handingOver: HandingOverService) {}

  @Post('contracts/hand-over')
  @Answers(200, handedOverView, 'Gives contracts to another officer, and into their department')
  handOver(
    @CurrentCaller() caller: Caller,
    @Body({ schema: handOverSchema }) body: HandOver,
    @Query({ schema: dryRunQuery }) query: DryRunQuery,
  ) {
    return this.handingOver.handOver(caller, body, query);
  }

  @Post('departments/:id/merge')
  @Allow('admin')
  @Answers(200, mergedView, 'Makes a department part of another, with all that belongs to it')
  merge(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: mergeSchema }) body: Merge,
    @Query({ schema: dryRunQuery }) query: DryRunQuery,
  ) {
    return this.handingOver.merge(caller, id, body, query);
  }
}
