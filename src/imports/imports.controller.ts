import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { AppError } from '../platform/app-error.js';
import { Answers } from '../platform/http/answers.js';
import { idParam } from '../platform/http/query.schema.js';
import { ImportIntake } from './import-intake.js';
import { importProblemView, importView, problemsQuery, type ProblemsQuery } from './import.schema.js';
import { ImportsService } from './imports.service.js';

const departmentField = z.uuid().nullable();

@Controller('imports')
@Allow('officer', 'manager', 'admin')
export class ImportsController {
  constructor(
    private readonly intake: ImportIntake,
    private readonly imports: ImportsService,
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
        file: { type: 'string', format: 'binary', description: 'OCDS 1.0 or 1.1 JSON, or a sheet as CSV.' },
      },
    },
  })
  @Answers(202, importView, 'Takes a file in; it is read in the background')
  async create(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest) {
    if (!request.isMultipart()) {
      throw new AppError(
        'malformed',
        'multipart-needed',
        'Send the file as multipart/form-data, in a field named file.',
      );
    }
    const file = await request.file();
    if (!file) throw new AppError('malformed', 'file-missing', 'There is no file in the field named file.');
    const field = file.fields['departmentId'];
    const value = field && 'value' in field ? field.value : null;
    const departmentId = departmentField.safeParse(value);
    if (!departmentId.success) {
      throw new AppError('malformed', 'validation-failed', 'departmentId is no id of a department.', [
        { path: 'departmentId', code: 'invalid', message: 'an id as GET /api/v1/departments shows it' },
      ]);
    }
    const taken = await this.intake.take(
      caller,
      { name: file.filename, bytes: file.file, truncated: () => file.file.truncated },
      departmentId.data,
    );
    await this.imports.enqueue(taken.id).catch(() => undefined);
    return taken;
  }

  @Get(':id')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(200, importView, 'How far an import is, and what it did')
  get(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    return this.intake.view(caller, id);
  }

  @Get(':id/errors')
  @Allow('officer', 'manager', 'admin', 'auditor')
  @Answers(
    200,
    z.object({ items: z.array(importProblemView), nextCursor: z.string().nullable() }),
    'What could not be taken, and what to do',
  )
  errors(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: problemsQuery }) query: ProblemsQuery,
  ) {
    return this.intake.problems(caller, id, query);
  }
}
