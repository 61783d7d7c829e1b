import { Body, Controller, Get, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../../core/access/roles.js';
import { answerWaiting } from '../../core/access/second-look.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { Answers, AnswersToo, pageOf } from '../../platform/http/answers.js';
import { parsed } from '../../platform/http/schema.pipe.js';
import { Id } from '../../platform/http/query.schema.js';
import { ImportIntake } from './uploads.js';
import {
  applyBody,
  type ApplyBody,
  columnsBody,
  type ColumnsBody,
  columnsView,
  effectList,
  effectsQuery,
  type EffectsQuery,
  importList,
  importListQuery,
  type ImportListQuery,
  importProblemView,
  importView,
  namesBody,
  type NamesBody,
  namesView,
  problemsQuery,
  type ProblemsQuery,
  undoBody,
  type UndoBody,
  uploadFields,
  type UploadQuery,
  uploadQuery,
} from './import.schema.js';
import { UploadEnvelope } from './upload-envelope.js';
import { ImportUndo } from './undo.js';
import { ocdsKinds } from './ocds/kinds.js';
import { ImportsService } from './imports.service.js';
import { ImportNames, withoutPerson } from './names.js';
import { RefusedRows } from './refused-rows.js';
import { SheetColumns } from './sheet/columns.js';

const workbook = z.string().meta({ description: 'An .xlsx.' });

@Controller('imports')
@Allow('officer', 'manager', 'admin')
export class ImportsController {
  constructor(
    private readonly intake: ImportIntake,
    private readonly imports: ImportsService,
    private readonly sheets: RefusedRows,
  ) {}

  @Post()
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        departmentId: {
          type: 'string',
          format: 'uuid',
          description: 'Before the file; for rows that name none.',
        },
        preview: {
          type: 'string',
          enum: ['true', 'false'],
          description: 'Before the file; true: nothing is applied before somebody says so.',
        },
        kind: {
          type: 'string',
          enum: [...ocdsKinds],
          description: 'Before the file; of OCDS contracts whose tender names no category.',
        },
        buyerKinds: {
          type: 'string',
          description: 'The same for single buyers, a line for each: their name, =, and the kind.',
        },
        awardsAsContracts: {
          type: 'string',
          enum: ['true', 'false'],
          description: 'Before the file; true: an OCDS process without contracts has one for each award.',
        },
        file: {
          type: 'string',
          format: 'binary',
          description: 'OCDS 1.0 or 1.1 JSON, or a sheet as .xlsx or CSV.',
        },
      },
    },
  })
  @Answers(202, importView, 'Takes a file in; it is read in the background')
  create(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Query({ schema: uploadQuery }) query: UploadQuery,
  ) {
    return UploadEnvelope.opened(request, Object.keys(uploadFields.shape), (envelope) => {
      const file = envelope.file();
      const {
        departmentId = null,
        preview = query.preview,
        ...options
      } = parsed(uploadFields, envelope.fields);
      return this.intake.takeForWorker(caller, file, departmentId, { preview: preview === 'true', options });
    });
  }

  @Get()
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, importList, 'One’s own imports and those of the departments one sees, newest first')
  list(@CurrentCaller() caller: Caller, @Query({ schema: importListQuery }) query: ImportListQuery) {
    return this.imports.importsFor(caller, query);
  }

  @Get('template.xlsx')
  @Answers(200, workbook, 'A sheet to fill in, with explanations and choices in both languages')
  template(@CurrentCaller() caller: Caller): Promise<StreamableFile> {
    return this.sheets.templateFor(caller);
  }

  @Get(':id/refused.xlsx')
  @Answers(200, workbook, 'The refused rows and what is wrong with them, to mend and bring back')
  refused(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.sheets.workbookOf(caller, id);
  }

  @Get(':id')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, importView, 'How far an import is, and what it did')
  get(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.imports.importOf(caller, id);
  }

  @Get(':id/errors')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, pageOf(importProblemView), 'What could not be taken, and what to do, by line')
  errors(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Query({ schema: problemsQuery }) query: ProblemsQuery,
  ) {
    return this.imports.problemsOf(caller, id, query);
  }

  @Get(':id/effects')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, effectList, 'What it did, or would do, to each contract, field by field')
  effects(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Query({ schema: effectsQuery }) query: EffectsQuery,
  ) {
    return this.imports.effectsOf(caller, id, query);
  }
}

/** ImportStepsController has the steps of an import that people look at before they apply it. */
@Controller('imports')
@Allow('officer', 'manager', 'admin')
export class ImportStepsController {
  constructor(
    private readonly sheetColumns: SheetColumns,
    private readonly importNames: ImportNames,
    private readonly imports: ImportsService,
    private readonly undoing: ImportUndo,
  ) {}

  @Get(':id/columns')
  @Answers(200, columnsView, 'What the columns of a sheet are known, remembered or guessed to be')
  columns(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.sheetColumns.columnsOf(caller, id);
  }

  @Post(':id/columns')
  @Answers(
    202,
    importView,
    'Says what the columns are, and has the preview made; remembered for the next file',
  )
  chooseColumns(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: columnsBody }) body: ColumnsBody,
  ) {
    return this.sheetColumns.chooseColumns(caller, id, body);
  }

  @Get(':id/names')
  @Answers(200, namesView, 'Names of departments and officers that nobody goes by, and whom they mean')
  async names(@CurrentCaller() caller: Caller, @Id() id: string) {
    return { names: (await this.importNames.namesOf(caller, id)).map(withoutPerson) };
  }

  @Post(':id/names')
  @Answers(
    202,
    importView,
    'Says whom names mean, and has the preview made by it; remembered once it is applied',
  )
  chooseNames(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: namesBody }) body: NamesBody,
  ) {
    return this.importNames.chooseNames(caller, id, body);
  }

  @Post(':id/preview')
  @Answers(202, importView, 'Makes the preview afresh')
  previewAgain(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.imports.previewAgain(caller, id);
  }

  @Post(':id/apply')
  @Answers(202, importView, 'Applies what was previewed; asks again when it texts many people today')
  apply(@CurrentCaller() caller: Caller, @Id() id: string, @Body({ schema: applyBody }) body: ApplyBody) {
    return this.imports.applyImport(caller, id, body);
  }

  @Post(':id/discard')
  @Answers(200, importView, 'Stops a preview, and forgets the file')
  discard(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.imports.discardImport(caller, id);
  }

  @Post(':id/undo')
  @Answers(
    200,
    importView,
    'Takes the whole import back, while nothing of it was sent and nothing changed since',
  )
  @AnswersToo(202, importView, 'The undoing waits for a second person; the import is answered as it is')
  async undo(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: undoBody }) body: UndoBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const view = await this.undoing.undoImport(caller, id, body);
    answerWaiting(reply, view);
    return view;
  }
}
