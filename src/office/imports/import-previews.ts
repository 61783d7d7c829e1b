import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { ImportAccess } from './import-access.js';
import { ImportColumns } from './import-columns.js';
import { ImportDecisions, notNow } from './import-decisions.js';
import type { ColumnsBody, ColumnsView, ImportStatus, ImportView } from './import.schema.js';

/** While an import is in one of these, its file is there. */
const withFile: ImportStatus[] = ['queued', 'reading', 'columns', 'previewing', 'ready', 'running'];

/** What people do before they apply: say what the columns are, and have the preview made again. */
@Injectable()
export class ImportPreviews {
  constructor(
    private readonly access: ImportAccess,
    private readonly columns: ImportColumns,
    private readonly decisions: ImportDecisions,
  ) {}

  async columnsOf(caller: Caller, id: string): Promise<ColumnsView> {
    const row = await this.access.mustSee(caller, id);
    if (!withFile.includes(row.status)) throw notNow(row, 'looked at by its columns');
    return this.columns.view(row);
  }

  /** Also of an import that is ready: it is previewed again by them. */
  async chooseColumns(caller: Caller, id: string, body: ColumnsBody): Promise<ImportView> {
    const row = await this.access.mustDecide(caller, id);
    const from: ImportStatus[] = ['columns', 'ready'];
    if (!from.includes(row.status)) throw notNow(row, 'given columns');
    const settled = await this.columns.settled(row, body.mapping);
    return this.decisions.decide(caller, row, from, 'previewing', () =>
      this.columns.keep(caller, id, settled),
    );
  }

  /** Afresh, because a day has passed or contracts were changed. */
  async previewAgain(caller: Caller, id: string): Promise<ImportView> {
    const row = await this.access.mustDecide(caller, id);
    return this.decisions.decide(caller, row, ['ready'], 'previewing');
  }
}
