import { Controller, Get, HttpCode, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { MultipartFile } from '@fastify/multipart';
import { z } from 'zod';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { AppError } from '../../platform/app-error.js';
import { Answers } from '../../platform/http/answers.js';
import { idParam } from '../../platform/http/query.schema.js';
import { ImportIntake } from './import-intake.js';
import {
  effectList,
  effectsQuery,
  type EffectsQuery,
  importList,
  importListQuery,
  type ImportListQuery,
  importProblemView,
  importView,
  problemsQuery,
  type ProblemsQuery,
} from './import.schema.js';
import { RefusedRows } from './import-refused.js';
import { ImportsReader } from './imports-reader.js';
import { ImportsService } from './imports.service.js';
import { refusedWorkbookName } from './sheets/refused-workbook.js';

const departmentField = z.uuid().nullable();
const previewField = z.enum(['true', 'false']).nullable();
const createQuery = z.strictObject({ preview: z.enum(['true', 'false']).optional() });

const workbook = z.string().meta({ description: 'An .xlsx.' });
const asWorkbook = (name: string) => ({
  type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  disposition: `attachment; filename="${name}.xlsx"`,
});

@Controller('imports')
@Allow('officer', 'manager', 'admin')
export class ImportsController {
  constructor(
    private readonly intake: ImportIntake,
    private readonly imports: ImportsService,
    private readonly reader: ImportsReader,
    private readonly sheets: RefusedRows,
  ) {}

  @Post()
  @HttpCode(202)
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
        file: {
          type: 'string',
          format: 'binary',
          description: 'OCDS 1.0 or 1.1 JSON, or a sheet as .xlsx or CSV.',
        },
      },
    },
  })
  @Answers(202, importView, 'Takes a file in; it is read in the background')
  async create(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Query({ schema: createQuery }) query: z.infer<typeof createQuery>,
  ) {
    const file = await fileOf(request);
    const departmentId = fieldOf(file, 'departmentId', departmentField, 'an id as GET /departments shows it');
    const preview = fieldOf(file, 'preview', previewField, 'true or false') ?? query.preview ?? 'false';
    const taken = await this.intake.take(
      caller,
      { name: file.filename, bytes: file.file, truncated: () => file.file.truncated },
      departmentId,
      { preview: preview === 'true' },
    );
    await this.imports.enqueue(taken.id).catch(() => undefined);
    return taken;
  }

  @Get()
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, importList, 'One’s own imports and those of the departments one sees, newest first')
  list(@CurrentCaller() caller: Caller, @Query({ schema: importListQuery }) query: ImportListQuery) {
    return this.reader.list(caller, query);
  }

  @Get('template.xlsx')
  @Answers(200, workbook, 'A sheet to fill in, with explanations and choices in both languages')
  async template(@CurrentCaller() caller: Caller): Promise<StreamableFile> {
    return new StreamableFile(await this.sheets.template(caller), asWorkbook('contracts'));
  }

  @Get(':id/refused.xlsx')
  @Answers(200, workbook, 'The refused rows and what is wrong with them, to mend and bring back')
  async refused(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.sheets.workbook(caller, id), asWorkbook(refusedWorkbookName(id)));
  }

  @Get(':id')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, importView, 'How far an import is, and what it did')
  get(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    return this.reader.view(caller, id);
  }

  @Get(':id/errors')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(
    200,
    z.object({ items: z.array(importProblemView), nextCursor: z.string().nullable() }),
    'What could not be taken, and what to do, by line',
  )
  errors(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: problemsQuery }) query: ProblemsQuery,
  ) {
    return this.reader.problems(caller, id, query);
  }

  @Get(':id/effects')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, effectList, 'What it did, or would do, to each contract, field by field')
  effects(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: effectsQuery }) query: EffectsQuery,
  ) {
    return this.reader.effects(caller, id, query);
  }
}

async function fileOf(request: FastifyRequest): Promise<MultipartFile> {
  if (!request.isMultipart()) {
    throw new AppError(
      'malformed',
      'multipart-needed',
      'Send the file as multipart/form-data, in a field named file.',
    );
  }
  const file = await request.file();
  if (file) return file;
  throw new AppError('malformed', 'file-missing', 'There is no file in the field named file.');
}

/** A field that came before the file; null when there is none. */
function fieldOf<T>(file: MultipartFile, name: string, schema: z.ZodType<T>, expected: string): T {
  const field = file.fields[name];
  const parsed = schema.safeParse(field && 'value' in field ? field.value : null);
  if (parsed.success) return parsed.data;
  throw new AppError('malformed', 'validation-failed', `${name} is not what it has to be: ${expected}.`, [
    { path: name, code: 'invalid', message: expected },
  ]);
}
