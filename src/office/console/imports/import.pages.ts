import { Get, Param, Query, Req, StreamableFile } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { RefusedRows } from '../../imports/refused-rows.js';
import { refusedWorkbookName } from '../../imports/sheets/refused-workbook.js';
import { idParam } from '../../../platform/http/query.schema.js';
import { ConsolePage } from '../console-page.js';
import { isFromHtmx } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { PageWriter } from '../page-writer.js';
import { ColumnsPage } from './columns-page.js';
import { importQuery, ImportShown } from './import-shown.js';

const workbookNamed = (name: string) => ({
  type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  disposition: `attachment; filename="${name}.xlsx"`,
});

/** One import at the step where it stands, and the sheets that go with it. */
@ConsolePage('console/imports')
@Allow('officer', 'manager', 'admin')
export class ImportPages {
  constructor(
    private readonly shown: ImportShown,
    private readonly columns: ColumnsPage,
    private readonly sheets: RefusedRows,
    private readonly writer: PageWriter,
  ) {}

  @Get('template.xlsx')
  async template(@CurrentCaller() caller: Caller): Promise<StreamableFile> {
    return new StreamableFile(await this.sheets.templateFor(caller), workbookNamed('contracts'));
  }

  @Get(':id')
  @Allow('officer', 'manager', 'admin', 'auditor')
  async show(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Query() sent: Record<string, unknown>,
  ): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    if (isFromHtmx(request)) {
      const head = await this.shown.head(caller, id, locale);
      // Once it is at another step, the whole page is another.
      if (head.import.status !== sent['at']) return redirect(`/console/imports/${id}`);
      return page('imports/progress', '', head, { fragment: true });
    }
    const head = await this.shown.head(caller, id, locale);
    if (head.import.status === 'columns' && caller.role !== 'auditor')
      return this.columns.of(caller, id, locale);
    return this.shown.page(caller, id, locale, { query: importQuery.parse(sent) });
  }

  @Get(':id/refused.xlsx')
  async refused(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<StreamableFile> {
    return new StreamableFile(
      await this.sheets.workbookOf(caller, id),
      workbookNamed(refusedWorkbookName(id)),
    );
  }
}
