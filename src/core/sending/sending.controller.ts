import { Body, Controller, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../access/roles.js';
import { answerWaiting, waitingView } from '../access/second-look.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { Answers, AnswersToo } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import { brakeView, newBrakeSchema, releaseSchema } from './brake.schema.js';
import { BrakeActs } from './brake-acts.js';
import { BrakesService } from './brakes.service.js';
import { InstanceService, instanceView } from './instance.service.js';
import { MessageStates } from './message-states.js';

const releasedView = z.object({ id: z.uuid(), status: z.literal('waiting') });

@Controller()
@Allow('admin')
export class SendingController {
  constructor(
    private readonly brakes: BrakesService,
    private readonly acts: BrakeActs,
    private readonly instance: InstanceService,
    private readonly messages: MessageStates,
  ) {}

  @Get('brakes')
  @Allow('admin', 'auditor')
  @Answers(
    200,
    z.object({ items: z.array(brakeView), nextCursor: z.null() }),
    'What is paused and was, and why',
  )
  async list() {
    return { items: await this.brakes.listBrakes(), nextCursor: null };
  }

  @Post('brakes')
  @Answers(
    201,
    brakeView,
    'Pauses sending, for a day unless a second person approves it; what falls due waits',
  )
  @AnswersToo(202, waitingView, 'The caller has paused for a day of this week: it waits for a second person')
  async pull(
    @CurrentCaller() caller: Caller,
    @Body({ schema: newBrakeSchema }) body: z.infer<typeof newBrakeSchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const pulled = await this.acts.pull(caller, body);
    if (!('id' in pulled)) answerWaiting(reply, pulled);
    return pulled;
  }

  @Post('brakes/:id/release')
  @Answers(200, brakeView, 'Resumes sending')
  release(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: releaseSchema }) body: z.infer<typeof releaseSchema>,
  ) {
    return this.brakes.releaseBrake(caller, id, body.reason);
  }

  @Post('messages/:id/release')
  @Answers(200, releasedView, 'Attempts a held message again, on a person’s word')
  releaseMessage(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: releaseSchema }) body: z.infer<typeof releaseSchema>,
  ) {
    return this.messages.release(caller, id, body.reason);
  }

  @Get('instance')
  @Allow('admin', 'auditor')
  @Answers(200, instanceView, 'Which database this is, and what a restore left to settle')
  instanceStatus() {
    return this.instance.describeInstance();
  }
}
