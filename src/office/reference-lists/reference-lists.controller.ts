import { Body, Controller, Get, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import { parsed } from '../../platform/http/schema.pipe.js';
import { fileHolds } from '../imports/import.schema.js';
import { UploadEnvelope } from '../imports/upload-envelope.js';
import {
  fileBody,
  listFilesView,
  listFileView,
  listsView,
  type MatchBody,
  matchBody,
  type NewListBody,
  newListBody,
  type RecordsQuery,
  recordsQuery,
  recordsView,
  recordView,
} from './reference-list.schema.js';
import { ReferenceIntake } from './reference-intake.js';
import { ReferenceLists } from './reference-lists.service.js';

/** Lists are the audit office's alone, by its people and by the keys of its systems: whoever is compared with them sees none. */
@Controller()
@Allow('auditor')
export class ReferenceListsController {
  constructor(
    private readonly lists: ReferenceLists,
    private readonly intake: ReferenceIntake,
  ) {}

  @Get('reference-lists')
  @Answers(200, listsView, 'What other systems know of contracts, and how much of it is registered here')
  async list() {
    return { items: await this.lists.lists() };
  }

  @Post('reference-lists')
  @Answers(201, listsView.shape.items.element, 'Makes a list, which plans nothing')
  add(@CurrentCaller() caller: Caller, @Body({ schema: newListBody }) body: NewListBody) {
    return this.lists.addList(caller, body);
  }

  @Post('reference-lists/:id/files')
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        holds: {
          type: 'string',
          enum: [...fileHolds],
          default: 'contracts',
          description:
            'Before the file; payments: what was paid and inspected, and no officer recorded, becomes an occurrence.',
        },
        file: { type: 'string', format: 'binary', description: 'What imports read: OCDS, .xlsx or CSV.' },
      },
    },
  })
  @Answers(
    202,
    listFileView,
    'Takes a file for a list. A worker keeps of each contract its newest revision and flags what differs, or records what was paid and inspected',
  )
  take(@CurrentCaller() caller: Caller, @Id() id: string, @Req() request: FastifyRequest) {
    return UploadEnvelope.opened(request, Object.keys(fileBody.shape), (envelope) => {
      const file = envelope.file();
      return this.intake.takeFile(caller, id, file, parsed(fileBody, envelope.fields));
    });
  }

  @Get('reference-lists/:id/files')
  @Answers(200, listFilesView, 'The newest files of a list, how far each is read, and what came of it')
  async files(@Id() id: string) {
    return { items: await this.intake.filesOf(id) };
  }

  @Get('reference-lists/:id/records')
  @Answers(200, recordsView, 'The records of a list with the contract that each is taken for')
  records(@Id() id: string, @Query({ schema: recordsQuery }) query: RecordsQuery) {
    return this.lists.recordsPage(id, query);
  }

  @Get('reference-records/:id')
  @Answers(200, recordView, 'One record, with its companies and the flags of its not being registered')
  record(@Id() id: string) {
    return this.lists.recordOf(id);
  }

  @Post('reference-records/:id/match')
  @Answers(
    200,
    recordView,
    'Corrects which contract a record is; what is decided stands until it is decided again',
  )
  match(@CurrentCaller() caller: Caller, @Id() id: string, @Body({ schema: matchBody }) body: MatchBody) {
    return this.lists.correct(caller, id, body);
  }
}
