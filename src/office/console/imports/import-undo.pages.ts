import { Body, Get, Param, Post, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { undoBody } from '../../imports/import.schema.js';
import { ImportUndo } from '../../imports/import-undo.js';
import { idParam } from '../../../platform/http/query.schema.js';
import { addressOf } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { Form, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import type { ShownProblem } from '../problem-words.js';
import { ImportShown } from './import-shown.js';

/** Taking an import back: it is said what that does, and asked why. */
@ConsolePage('console/imports/:id/undo')
@Allow('officer', 'manager', 'admin')
export class ImportUndoPages {
  constructor(
    private readonly undoing: ImportUndo,
    private readonly shown: ImportShown,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  form(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    return this.asked(request, caller, id, {});
  }

  @Post()
  async undo(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      await this.undoing.undoImport(caller, id, parsed(undoBody, { reason: form.text('reason') }));
      return redirect(`/console/imports/${id}`, 'import-undone');
    } catch (error) {
      const problem = await this.writer.problem(request, error);
      return this.asked(request, caller, id, form.values(), problem);
    }
  }

  private async asked(
    request: PageRequest,
    caller: Caller,
    id: string,
    values: Record<string, string>,
    problem?: ShownProblem,
  ): Promise<PageAnswer> {
    const head = await this.shown.head(caller, id, await this.writer.localeOf(request));
    const { updated, corrected } = head.import.counts;
    // Its paths are contracts instead of fields.
    const isRefused = problem?.code === 'import-not-undoable';
    return page(
      'imports/undo',
      'imports.undoTitle',
      {
        ...head,
        changed: updated + corrected,
        values,
        problem: isRefused ? { ...problem, list: [] } : problem,
        inTheWay:
          isRefused &&
          problem.list.map(({ path, message }) => ({
            reference: path,
            message,
            to: addressOf('/console/contracts', { q: path }),
          })),
      },
      { status: problem?.status ?? 200 },
    );
  }
}
