import { Body, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { ImportDecisions } from '../../imports/import-decisions.js';
import type { AppError } from '../../../platform/app-error.js';
import { idParam } from '../../../platform/http/query.schema.js';
import { ConsolePage } from '../console-page.js';
import { Form } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import { isMendable, shownProblem } from '../problem-words.js';
import { ColumnsPage } from './columns-page.js';
import { ImportShown } from './import-shown.js';

/** What people decide of an import before it is applied. */
@ConsolePage('console/imports/:id')
@Allow('officer', 'manager', 'admin')
export class ImportStepPages {
  constructor(
    private readonly decisions: ImportDecisions,
    private readonly columns: ColumnsPage,
    private readonly shown: ImportShown,
    private readonly writer: PageWriter,
  ) {}

  @Get('columns')
  async columnsForm(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    return this.columns.of(caller, id, await this.writer.localeOf(request));
  }

  @Post('columns')
  async chooseColumns(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      await this.columns.choose(caller, id, form);
      return redirect(`/console/imports/${id}`);
    } catch (error) {
      if (!isMendable(error)) throw error;
      if (error.code !== 'columns-unsound') return this.stays(request, caller, id, error);
      const locale = await this.writer.localeOf(request);
      return this.columns.of(caller, id, locale, { form, problem: shownProblem(error, locale) });
    }
  }

  @Post('preview')
  async previewAgain(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    return this.move(request, caller, id, () => this.decisions.previewAgain(caller, id));
  }

  /** Above the agency's number it asks again, with the number that is confirmed by pressing its button. */
  @Post('apply')
  @HttpCode(200)
  async apply(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const confirmed = Number(new Form(body).text('confirmTexts') ?? NaN);
    const confirmTexts = Number.isSafeInteger(confirmed) ? { confirmTexts: confirmed } : {};
    return this.move(request, caller, id, () => this.decisions.applyImport(caller, id, confirmTexts));
  }

  @Get('discard')
  async discardForm(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    const head = await this.shown.head(caller, id, await this.writer.localeOf(request));
    return page('imports/discard', 'imports.discardTitle', head);
  }

  @Post('discard')
  async discard(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    return this.move(request, caller, id, () => this.decisions.discardImport(caller, id), 'import-discarded');
  }

  private async move(
    request: PageRequest,
    caller: Caller,
    id: string,
    decide: () => Promise<unknown>,
    done?: string,
  ): Promise<PageAnswer> {
    try {
      await decide();
      return redirect(`/console/imports/${id}`, done);
    } catch (error) {
      if (!isMendable(error)) throw error;
      return this.stays(request, caller, id, error);
    }
  }

  private async stays(
    request: PageRequest,
    caller: Caller,
    id: string,
    error: AppError,
  ): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    if (error.code !== 'texts-to-confirm')
      return this.shown.page(caller, id, locale, { problem: shownProblem(error, locale) });
    return page('imports/confirm', 'imports.title', await this.shown.withLimit(caller, id, locale));
  }
}
