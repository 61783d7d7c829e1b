import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { entityTag, idParam, versionOf } from '../../platform/http/query.schema.js';
import { ChangesService } from './changes.service.js';
import { ContactsService } from './contacts.service.js';
import { ContractReader } from './contract.reader.js';
import {
  type ContactPatch,
  contactPatchSchema,
  contractListQuery,
  type ContractListQuery,
  type ContractPatch,
  contractPatchSchema,
  type DryRunQuery,
  dryRunQuery,
  type MoveBody,
  moveSchema,
  type NewContact,
  newContactSchema,
  type NewContract,
  newContractSchema,
  type NewCounterparty,
  newCounterpartySchema,
  type NewOccurrence,
  newOccurrenceSchema,
  removalQuery,
  type RemovalQuery,
} from './contract.schema.js';
import {
  changeListView,
  type ChangeView,
  contractListView,
  type ContractView,
  contractView,
} from './contract.view.js';
import { ContractViewer } from './contract.viewer.js';
import { ContractsService } from './contracts.service.js';
import { type Move, moves } from './lifecycle.js';

const moveParam = z.enum(moves);
const codeParam = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/);

@Controller('contracts')
@Allow('officer', 'manager', 'admin')
export class ContractsController {
  constructor(
    private readonly contracts: ContractsService,
    private readonly contacts: ContactsService,
    private readonly reader: ContractReader,
    private readonly viewer: ContractViewer,
    private readonly history: ChangesService,
  ) {}

  @Post()
  @Answers(201, contractView, 'Registers a contract and plans its alerts')
  async register(
    @CurrentCaller() caller: Caller,
    @Body({ schema: newContractSchema }) body: NewContract,
    @Query({ schema: dryRunQuery }) query: DryRunQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    const view = await this.contracts.register(caller, body, query);
    if (query.dryRun) void reply.status(200);
    else void reply.header('location', `/api/v1/contracts/${view.id}`);
    return tagged(reply, view, query);
  }

  @Get()
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, contractListView, 'Contracts, newest first')
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: contractListQuery }) query: ContractListQuery,
  ) {
    const { items, nextCursor } = await this.reader.list(caller, query);
    return { items: await this.viewer.views(items), nextCursor };
  }

  @Get(':id')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, contractView, 'A contract with its milestones and alerts')
  async get(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    return tagged(reply, await this.viewer.view(await this.reader.mustSee(caller, id)), { dryRun: false });
  }

  @Patch(':id')
  @Answers(200, contractView, 'Changes a contract; what has not been claimed is planned afresh')
  async amend(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: contractPatchSchema }) body: ContractPatch,
    @Query({ schema: dryRunQuery }) { dryRun }: DryRunQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    return tagged(
      reply,
      await this.contracts.amend(caller, id, body, { dryRun, ifVersion: versionOf(ifMatch) }),
      { dryRun },
    );
  }

  @Get(':id/changes')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, changeListView, 'Who changed what, when and why')
  async changes(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    const contract = await this.reader.mustSee(caller, id);
    const history = await this.history.of(contract.id);
    return { items: history.map(({ params: _, ...change }): ChangeView => change), nextCursor: null };
  }

  @Post(':id/counterparties')
  @Answers(201, contractView, 'Adds a counterparty')
  async addCounterparty(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: newCounterpartySchema }) body: NewCounterparty,
    @Query({ schema: dryRunQuery }) query: DryRunQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    return tagged(reply, await this.contacts.addCounterparty(caller, id, body, query), query);
  }

  @Post(':id/counterparties/:counterpartyId/contacts')
  @Answers(201, contractView, 'Adds a contact of a counterparty')
  async addContact(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('counterpartyId', { schema: idParam }) counterpartyId: string,
    @Body({ schema: newContactSchema }) body: NewContact,
    @Query({ schema: dryRunQuery }) query: DryRunQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    return tagged(reply, await this.contacts.addContact(caller, id, counterpartyId, body, query), query);
  }

  @Patch(':id/contacts/:contactId')
  @Answers(200, contractView, 'Changes a contact')
  async changeContact(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('contactId', { schema: idParam }) contactId: string,
    @Body({ schema: contactPatchSchema }) body: ContactPatch,
    @Query({ schema: dryRunQuery }) { dryRun }: DryRunQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    const how = { dryRun, ifVersion: versionOf(ifMatch) };
    return tagged(reply, await this.contacts.changeContact(caller, id, contactId, body, how), how);
  }

  @Delete(':id/contacts/:contactId')
  @Answers(200, contractView, 'Removes a contact; its unsent alerts are cancelled, and the removal is kept')
  async removeContact(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('contactId', { schema: idParam }) contactId: string,
    @Query({ schema: removalQuery }) { dryRun, reason }: RemovalQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    const how = { dryRun, ifVersion: versionOf(ifMatch) };
    return tagged(reply, await this.contacts.removeContact(caller, id, contactId, reason ?? null, how), how);
  }

  @Post(':id/milestones/:code/occurrences')
  @Answers(201, contractView, 'Records that a milestone happened, or will on a day to come')
  async recordOccurrence(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('code', { schema: codeParam }) code: string,
    @Body({ schema: newOccurrenceSchema }) body: NewOccurrence,
    @Query({ schema: dryRunQuery }) query: DryRunQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    return tagged(reply, await this.contracts.recordOccurrence(caller, id, code, body, query), query);
  }

  @Post(':id/:move')
  @HttpCode(200)
  @Answers(200, contractView, 'Moves the contract: sign, start, suspend, resume, complete or terminate')
  async move(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Param('move', { schema: moveParam }) move: Move,
    @Body({ schema: moveSchema }) body: MoveBody,
    @Query({ schema: dryRunQuery }) { dryRun }: DryRunQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractView> {
    return tagged(
      reply,
      await this.contracts.move(caller, id, move, body, { dryRun, ifVersion: versionOf(ifMatch) }),
      { dryRun },
    );
  }
}

/** A dry run has no tag: its version does not exist, and another's change may come to have it. */
function tagged(reply: FastifyReply, view: ContractView, { dryRun }: DryRunQuery): ContractView {
  if (!dryRun) void reply.header('etag', entityTag(view.version));
  return view;
}
