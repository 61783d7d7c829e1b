import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { SheetColumns } from '../../imports/sheet-columns.js';
import { Form } from '../form.js';
import { type PageAnswer, page } from '../page.js';
import type { ShownProblem } from '../problem-words.js';
import type { Locale } from '../../../platform/words/words.js';
import { columnsShown, mappingIn } from './columns-shown.js';
import { ImportShown } from './import-shown.js';

/** What the columns of a sheet are, to be corrected. */
@Injectable()
export class ColumnsPage {
  constructor(
    private readonly columns: SheetColumns,
    private readonly shown: ImportShown,
  ) {}

  /** `form`: what was chosen and could not be taken. */
  async of(
    caller: Caller,
    id: string,
    locale: Locale,
    { form, problem }: { form?: Form; problem?: ShownProblem } = {},
  ): Promise<PageAnswer> {
    const view = await this.columns.columnsOf(caller, id);
    const columns = columnsShown(view, form ? mappingIn(form, view) : null, locale);
    return page(
      'imports/columns',
      'imports.columnsTitle',
      {
        ...(await this.shown.head(caller, id, locale)),
        ...columns,
        // What is wrong stands beside each column, and what is missing above them.
        problem: problem && { ...problem, list: [] },
      },
      { status: problem?.status ?? 200 },
    );
  }

  async choose(caller: Caller, id: string, form: Form): Promise<void> {
    const mapping = mappingIn(form, await this.columns.columnsOf(caller, id));
    await this.columns.chooseColumns(caller, id, { mapping });
  }
}
