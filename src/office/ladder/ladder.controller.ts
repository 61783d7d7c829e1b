import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { MayWait } from '../../core/access/second-look.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { ladderSchema } from '../../core/settings/ladder.schema.js';
import { SettingActs } from '../../core/settings/setting-acts.js';
import { versionOf } from '../../core/settings/settings.controller.js';
import { ladderBody } from '../../core/settings/settings.schema.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Answers } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import type { z } from 'zod';
import {
  type AcknowledgeBody,
  acknowledgeBody,
  type LadderQuery,
  ladderQuery,
  ladderView,
} from './ladder.schema.js';
import { Ladder } from './ladder.service.js';

@Controller('ladder')
@Allow('admin', 'auditor')
export class LadderController {
  constructor(
    private readonly ladder: Ladder,
    private readonly settings: SettingsService,
    private readonly acts: SettingActs,
  ) {}

  @Get()
  @Answers(200, ladderView, 'What waited so long that auditors, or the head of audit, learned of it')
  steps(@CurrentCaller() caller: Caller, @Query({ schema: ladderQuery }) query: LadderQuery) {
    return this.ladder.stepsPage(caller, query);
  }

  @Get('setting')
  @Answers(200, ladderSchema, 'After how many business days each kind of work climbs')
  setting() {
    return this.settings.ladder();
  }

  @Post('setting')
  @Allow('admin')
  @Answers(201, versionOf(ladderSchema), 'Makes the next version of it')
  @MayWait()
  put(
    @CurrentCaller() caller: Caller,
    @Body({ schema: ladderBody }) { reason, ...value }: z.infer<typeof ladderBody>,
  ) {
    return this.acts.put(caller, 'ladder', value, reason);
  }

  @Post(':id/acknowledge')
  @Allow('auditor')
  @HttpCode(200)
  @Answers(200, ladderView, 'Takes note of a step, so that it climbs no further; answers what was noted')
  async acknowledge(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: acknowledgeBody }) { note }: AcknowledgeBody,
  ) {
    await this.ladder.acknowledge(caller, id, note);
    return this.ladder.stepsPage(caller, ladderQuery.parse({ state: 'acknowledged' }));
  }
}
