import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { ExportJournal } from '../../core/log/export-journal.js';
import { type CsvCell, csvText } from '../../platform/csv.js';
import type { WorkListPage, WorkListQuery, WorkRow } from './work.schema.js';
import { WorkService } from './work.service.js';

const pageSize = 1000;

const columns = [
  'since',
  'days',
  'department',
  'contract',
  'title',
  'kind',
  'state',
  'officer',
  'contact',
  'role',
  'number',
  'what_ko',
  'what_en',
  'todo_ko',
  'todo_en',
  'contract_id',
];

/** Work lists as files of CSV, names and numbers masked. */
@Injectable()
export class WorkFiles {
  constructor(
    private readonly work: WorkService,
    private readonly journal: ExportJournal,
  ) {}

  /** Journalled before the first line; nothing is written of a list that is not the caller's. */
  async start(caller: Caller, list: string, query: WorkListQuery): Promise<AsyncIterable<string>> {
    this.work.mustHave(caller, list);
    await this.journal.say(caller, 'work-list', { list, ...query });
    return this.lines(caller, list, query);
  }

  private async *lines(caller: Caller, list: string, query: WorkListQuery): AsyncGenerator<string> {
    yield csvText([columns], { bom: true });
    let cursor: string | null = null;
    do {
      const page: WorkListPage = await this.work.page(caller, list, {
        ...query,
        cursor: cursor ?? undefined,
        limit: pageSize,
      });
      yield csvText(page.items.map((row) => cellsOf(row, page)));
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
}

function cellsOf(row: WorkRow, { todo }: WorkListPage): CsvCell[] {
  return [
    row.since,
    row.days,
    row.department?.code ?? null,
    row.contract?.reference ?? null,
    row.contract?.title ?? null,
    row.contract?.kind ?? null,
    row.contract?.state ?? null,
    row.officer?.name ?? null,
    row.contact?.name ?? null,
    row.contact?.role ?? null,
    row.contact?.number ?? null,
    row.what.ko,
    row.what.en,
    todo.ko,
    todo.en,
    row.contract?.id ?? null,
  ];
}
