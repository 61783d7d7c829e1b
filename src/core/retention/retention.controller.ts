import { Body, Controller, Get, Post } from '@nestjs/common';
import type { z } from 'zod';
import { Answers } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import type { Caller } from '../access/roles.js';
import { MayWait } from '../access/second-look.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { ContractReader } from '../contracts/contract.reader.js';
import { Holds } from './holds.service.js';
import { PersonalData } from './personal-data.service.js';
import {
  holdBody,
  holdView,
  personFile,
  type PersonRequest,
  personRequest,
  personSearch,
  personView,
} from './retention.schema.js';

/** RetentionController finds, gives and erases what is kept of a person, and lets auditors hold what they look into. */
@Controller()
@Allow('admin', 'auditor')
export class RetentionController {
  constructor(
    private readonly people: PersonalData,
    private readonly holds: Holds,
    private readonly contracts: ContractReader,
  ) {}

  @Post('personal-data/search')
  @Answers(200, personView, 'Where a number stands, masked; the access log has the search')
  find(@CurrentCaller() caller: Caller, @Body({ schema: personSearch }) body: z.infer<typeof personSearch>) {
    return this.people.find(caller, body);
  }

  @Post('personal-data/export')
  @Answers(
    200,
    personFile,
    'All that is kept of the person with a number, unmasked; the access log has who took it, and why',
  )
  export(@CurrentCaller() caller: Caller, @Body({ schema: personRequest }) body: PersonRequest) {
    return this.people.file(caller, body);
  }

  @Post('personal-data/erasure')
  @MayWait()
  erase(@CurrentCaller() caller: Caller, @Body({ schema: personRequest }) body: PersonRequest) {
    return this.people.askToErase(caller, body);
  }

  @Get('contracts/:id/hold')
  @Allow('auditor')
  @Answers(200, holdView, 'Whether an auditor holds the personal data of a contract')
  async hold(@CurrentCaller() caller: Caller, @Id() id: string) {
    await this.contracts.requireVisible(caller, id);
    return this.holds.holdOf(id);
  }

  @Post('contracts/:id/hold')
  @Allow('auditor')
  @Answers(200, holdView, 'Holds the personal data of a contract: nothing of it is erased')
  async put(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: holdBody }) { reason }: z.infer<typeof holdBody>,
  ) {
    await this.contracts.requireVisible(caller, id);
    await this.holds.hold(caller, id, reason);
    return this.holds.holdOf(id);
  }

  @Post('contracts/:id/hold/release')
  @Allow('auditor')
  @Answers(200, holdView, 'Ends the hold')
  async release(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: holdBody }) { reason }: z.infer<typeof holdBody>,
  ) {
    await this.holds.release(caller, id, reason);
    return this.holds.holdOf(id);
  }
}
