import { Body, Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { type DryRunQuery, dryRunQuery } from '../../core/contracts/contract.schema.js';
import { Answers } from '../../platform/http/answers.js';
import { idParam } from '../../platform/http/query.schema.js';
import { HandOverService } from './hand-over.service.js';
import {
  handedOverView,
  type HandOver,
  handOverSchema,
  type Merge,
  mergedView,
  mergeSchema,
} from './handing-over.schema.js';
import { MergeService } from './merge.service.js';

@Controller()
@Allow('manager', 'admin')
export class HandingOverController {
  constructor(
    private readonly handOvers: HandOverService,
    private readonly merges: MergeService,
  ) {}

  @Post('contracts/hand-over')
  @HttpCode(200)
  @Answers(200, handedOverView, 'Gives contracts to another officer, and into his department')
  handOver(
    @CurrentCaller() caller: Caller,
    @Body({ schema: handOverSchema }) body: HandOver,
    @Query({ schema: dryRunQuery }) query: DryRunQuery,
  ) {
    return this.handOvers.handOver(caller, body, query);
  }

  @Post('departments/:id/merge')
  @Allow('admin')
  @HttpCode(200)
  @Answers(200, mergedView, 'Makes a department part of another, with all that is its own')
  merge(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: mergeSchema }) body: Merge,
    @Query({ schema: dryRunQuery }) query: DryRunQuery,
  ) {
    return this.merges.merge(caller, id, body, query);
  }
}
