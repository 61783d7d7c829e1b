import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Answers } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { ContractReader } from '../contracts/contract.reader.js';
import { FlagInbox } from './flag-inbox.js';
import {
  type AssigningBody,
  assigningBody,
  closedView,
  type ClosingBody,
  closingBody,
  flagListView,
  type InboxQuery,
  inboxQuery,
  inboxView,
  type NotingBody,
  notingBody,
  type OfficerFiguresQuery,
  officerFiguresQuery,
  officerFiguresView,
} from './flags.schema.js';
import { FlagsService } from './flags.service.js';
import { OfficerFigures } from './officer-figures.js';

@Controller()
@Allow('auditor')
export class FlagsController {
  constructor(
    private readonly flags: FlagsService,
    private readonly inbox: FlagInbox,
    private readonly contracts: ContractReader,
    private readonly officers: OfficerFigures,
  ) {}

  @Get('flags')
  @Answers(
    200,
    inboxView,
    'The flags that auditors look into, a row for each contract and kind, the heaviest first and then the newest; as CSV with format=csv',
  )
  list(@CurrentCaller() caller: Caller, @Query({ schema: inboxQuery }) { format, ...query }: InboxQuery) {
    return format === 'json' ? this.inbox.page(caller, query) : this.inbox.file(caller, query);
  }

  @Get('flags/officers')
  @Answers(
    200,
    officerFiguresView,
    'What happened by the officer of the time, each measure against the agency’s own distribution, outliers first',
  )
  async byOfficer(@Query({ schema: officerFiguresQuery }) query: OfficerFiguresQuery) {
    return this.officers.figures(query);
  }

  @Get('contracts/:id/flags')
  @Answers(
    200,
    flagListView,
    'What changes of a contract kept from whom, and what was odd about its texts, newest first, with what auditors did about it',
  )
  async ofContract(@CurrentCaller() caller: Caller, @Id() id: string) {
    await this.contracts.requireVisible(caller, id);
    return { items: await this.flags.flagsOf(id), history: await this.flags.historyOf(id) };
  }

  @Post('flags/assign')
  @Answers(204, z.null(), 'Gives the flags of a kind that a contract has to an auditor, or to nobody')
  async assign(@CurrentCaller() caller: Caller, @Body({ schema: assigningBody }) body: AssigningBody) {
    await this.flags.assign(caller, body);
  }

  @Post('flags/note')
  @Answers(204, z.null(), 'Notes something about the flags of a kind that a contract has')
  async note(@CurrentCaller() caller: Caller, @Body({ schema: notingBody }) body: NotingBody) {
    await this.flags.note(caller, body);
  }

  @Post('flags/close')
  @Answers(200, closedView, 'Closes the open flags of a kind that a contract has, with a finding')
  async close(@CurrentCaller() caller: Caller, @Body({ schema: closingBody }) body: ClosingBody) {
    return { closed: await this.flags.close(caller, body) };
  }
}
