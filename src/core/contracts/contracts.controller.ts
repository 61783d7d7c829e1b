import {
  Body,
  type CallHandler,
  Controller,
  Delete,
  type ExecutionContext,
  Get,
  Headers,
  type NestInterceptor,
  Param,
  Patch,
  Post,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { z } from 'zod';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { answerWaiting } from '../access/second-look.js';
import { Answers, AnswersToo } from '../../platform/http/answers.js';
import { entityTag, Id, versionOf } from '../../platform/http/query.schema.js';
import { milestoneCode } from '../settings/plan.schema.js';
import { ContactsService } from './contacts.service.js';
import { ContractReader } from './contract.reader.js';
import * as api from './contract.schema.js';
import {
  changeListView,
  changeViewOf,
  contractListView,
  type ContractView,
  contractView,
  ContractViewer,
} from './contract.view.js';
import { ContractsService } from './contracts.service.js';
import { type Move, moves } from './lifecycle.js';

const moveParam = z.enum(moves);

/** A dry run of the route answers what it would do. */
const Rehearsed = () => AnswersToo(200, contractView, 'What a dry run would have done');

/** A change that keeps somebody from being told waits. */
const Waits = () =>
  AnswersToo(202, contractView, 'The change waits for a second person; the contract is answered as it is');

/**
 * EntityTags tags the contract that is answered with its version. A dry run has no tag: its version does not exist, and
 * another change may come to have it. Nor does it create anything, so that it answers 200. What waits for a second person
 * answers 202, and where its proposal is.
 */
class EntityTags implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { query } = http.getRequest<{ query: { dryRun?: string } }>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      tap((answer: Partial<ContractView>) => {
        if (query.dryRun === 'true') void reply.status(200);
        else if (!answerWaiting(reply, answer) && answer.version !== undefined)
          void reply.header('etag', entityTag(answer.version));
      }),
    );
  }
}

@Controller('contracts')
@UseInterceptors(EntityTags)
@Allow('officer', 'manager', 'admin')
export class ContractsController {
  constructor(
    private readonly contracts: ContractsService,
    private readonly contacts: ContactsService,
    private readonly reader: ContractReader,
    private readonly viewer: ContractViewer,
  ) {}

  @Post()
  @Answers(201, contractView, 'Registers a contract and plans its alerts')
  @Rehearsed()
  async register(
    @CurrentCaller() caller: Caller,
    @Body({ schema: api.newContractSchema }) body: api.NewContract,
    @Query({ schema: api.dryRunQuery }) query: api.DryRunQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    const view = await this.contracts.register({ caller, ...query }, body);
    if (!query.dryRun) void reply.header('location', `/api/v1/contracts/${view.id}`);
    return view;
  }

  @Get()
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, contractListView, 'Contracts, newest first')
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: api.contractListQuery }) query: api.ContractListQuery,
  ) {
    const { items, nextCursor } = await this.reader.contractsPage(caller, query);
    return { items: await this.viewer.views(items), nextCursor };
  }

  @Get(':id')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, contractView, 'A contract with its milestones and alerts')
  async get(@CurrentCaller() caller: Caller, @Id() id: string): Promise<ContractView> {
    return this.viewer.view(await this.reader.requireVisible(caller, id));
  }

  @Patch(':id')
  @Answers(200, contractView, 'Changes a contract; what is not in a message yet is planned again')
  @Waits()
  amend(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: api.contractPatchSchema }) body: api.ContractPatch,
    @Query({ schema: api.dryRunQuery }) { dryRun }: api.DryRunQuery,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    return this.contracts.amend({ caller, id, dryRun, ifVersion: versionOf(ifMatch) }, body);
  }

  @Get(':id/changes')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, changeListView, 'Who changed what, when and why')
  async changes(@CurrentCaller() caller: Caller, @Id() id: string) {
    const contract = await this.reader.requireVisible(caller, id);
    const history = await this.reader.historyOf(contract.id);
    return { items: history.map(changeViewOf), nextCursor: null };
  }

  @Post(':id/counterparties')
  @Answers(201, contractView, 'Adds a counterparty')
  @Rehearsed()
  @Waits()
  addCounterparty(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: api.newCounterpartySchema }) body: api.NewCounterparty,
    @Query({ schema: api.dryRunQuery }) query: api.DryRunQuery,
  ) {
    return this.contacts.addCounterparty({ caller, id, ...query }, body);
  }

  @Post(':id/counterparties/:counterpartyId/contacts')
  @Answers(201, contractView, 'Adds a contact of a counterparty')
  @Rehearsed()
  @Waits()
  addContact(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Id('counterpartyId') counterpartyId: string,
    @Body({ schema: api.newContactSchema }) body: api.NewContact,
    @Query({ schema: api.dryRunQuery }) query: api.DryRunQuery,
  ) {
    return this.contacts.addContact({ caller, id, ...query }, counterpartyId, body);
  }

  @Patch(':id/contacts/:contactId')
  @Answers(200, contractView, 'Changes a contact')
  @Waits()
  changeContact(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Id('contactId') contactId: string,
    @Body({ schema: api.contactPatchSchema }) body: api.ContactPatch,
    @Query({ schema: api.dryRunQuery }) { dryRun }: api.DryRunQuery,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    const edit = { caller, id, dryRun, ifVersion: versionOf(ifMatch) };
    return this.contacts.changeContact(edit, contactId, body);
  }

  @Delete(':id/contacts/:contactId')
  @Answers(200, contractView, 'Removes a contact; its unsent alerts are cancelled, and the removal is kept')
  @Waits()
  async removeContact(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Id('contactId') contactId: string,
    @Query({ schema: api.removalQuery }) { dryRun, reason }: api.RemovalQuery,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<ContractView> {
    const edit = { caller, id, dryRun, ifVersion: versionOf(ifMatch) };
    return this.contacts.removeContact(edit, contactId, reason ?? null);
  }

  @Post(':id/milestones/:code/occurrences')
  @Answers(201, contractView, 'Records that a milestone happened, or will on a day to come')
  @Rehearsed()
  @Waits()
  async recordOccurrence(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Param('code', { schema: milestoneCode }) code: string,
    @Body({ schema: api.newOccurrenceSchema }) body: api.NewOccurrence,
    @Query({ schema: api.dryRunQuery }) query: api.DryRunQuery,
  ): Promise<ContractView> {
    return this.contracts.recordOccurrence({ caller, id, ...query }, code, body);
  }

  @Patch(':id/milestones/:code/occurrences/:occurrence')
  @Answers(200, contractView, 'Puts another day to a recorded occurrence')
  @Waits()
  async correctOccurrence(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Param('code', { schema: milestoneCode }) code: string,
    @Param('occurrence', { schema: api.occurrenceNumber }) occurrence: number,
    @Body({ schema: api.occurrencePatchSchema }) { occurredOn, reason }: api.OccurrencePatch,
    @Query({ schema: api.dryRunQuery }) { dryRun }: api.DryRunQuery,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<ContractView> {
    const edit = { caller, id, dryRun, ifVersion: versionOf(ifMatch) };
    return this.contracts.correctOccurrence(edit, { code, occurrence, occurredOn }, reason ?? null);
  }

  @Delete(':id/milestones/:code/occurrences/:occurrence')
  @Answers(
    200,
    contractView,
    'Takes a recorded occurrence back; a text that was sent for it is never sent again',
  )
  @Waits()
  async withdrawOccurrence(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Param('code', { schema: milestoneCode }) code: string,
    @Param('occurrence', { schema: api.occurrenceNumber }) occurrence: number,
    @Query({ schema: api.withdrawalQuery }) { dryRun, reason }: api.WithdrawalQuery,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<ContractView> {
    const edit = { caller, id, dryRun, ifVersion: versionOf(ifMatch) };
    return this.contracts.withdrawOccurrence(edit, { code, occurrence }, reason);
  }

  @Post(':id/:move')
  @Answers(200, contractView, 'Moves the contract: sign, start, suspend, resume, complete or terminate')
  @Waits()
  async move(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Param('move', { schema: moveParam }) move: Move,
    @Body({ schema: api.moveSchema }) body: api.MoveBody,
    @Query({ schema: api.dryRunQuery }) { dryRun }: api.DryRunQuery,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<ContractView> {
    return this.contracts.move({ caller, id, dryRun, ifVersion: versionOf(ifMatch) }, move, body);
  }
}
