import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { idParam } from '../../platform/http/query.schema.js';
import { ImportPreviews } from './import-previews.js';
import { ImportSteps } from './import-steps.js';
import { ImportUndo } from './import-undo.js';
import {
  applyBody,
  type ApplyBody,
  columnsBody,
  type ColumnsBody,
  columnsView,
  importView,
  undoBody,
  type UndoBody,
} from './import.schema.js';

/** The steps of an import that people look at before they apply it. */
@Controller('imports')
@Allow('officer', 'manager', 'admin')
export class ImportStepsController {
  constructor(
    private readonly previews: ImportPreviews,
    private readonly steps: ImportSteps,
    private readonly undoing: ImportUndo,
  ) {}

  @Get(':id/columns')
  @Answers(200, columnsView, 'What the columns of a sheet are known, remembered or guessed to be')
  columns(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    return this.previews.columnsOf(caller, id);
  }

  @Post(':id/columns')
  @HttpCode(202)
  @Answers(
    202,
    importView,
    'Says what the columns are, and has the preview made; remembered for the next file',
  )
  chooseColumns(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: columnsBody }) body: ColumnsBody,
  ) {
    return this.previews.chooseColumns(caller, id, body);
  }

  @Post(':id/preview')
  @HttpCode(202)
  @Answers(202, importView, 'Makes the preview afresh')
  previewAgain(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    return this.previews.previewAgain(caller, id);
  }

  @Post(':id/apply')
  @HttpCode(202)
  @Answers(202, importView, 'Applies what was previewed; asks again when it texts many people today')
  apply(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: applyBody }) body: ApplyBody,
  ) {
    return this.steps.apply(caller, id, body);
  }

  @Post(':id/discard')
  @HttpCode(200)
  @Answers(200, importView, 'Stops a preview, and forgets the file')
  discard(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string) {
    return this.steps.discard(caller, id);
  }

  @Post(':id/undo')
  @HttpCode(200)
  @Answers(
    200,
    importView,
    'Takes the whole import back, while nothing of it was sent and nothing changed since',
  )
  undo(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: undoBody }) body: UndoBody,
  ) {
    return this.undoing.undo(caller, id, body);
  }
}
