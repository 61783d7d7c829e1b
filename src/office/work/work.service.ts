import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { zonedIso } from '../../core/calendar/zoned-iso.js';
import { PartyRows } from '../../core/contracts/party-rows.js';
import { Labels } from '../../core/departments/labels.js';
import { ExportJournal } from '../../core/log/export-journal.js';
import { Providers } from '../../core/providers/providers.module.js';
import type { ReasonOrigin } from '../../core/sending/sending.entities.js';
import { explainCode } from '../../core/sending/sending.words.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { notFound } from '../../platform/app-error.js';
import {
  type Columns,
  pagesOf,
  plainTable,
  type TableFile,
  tableFile,
} from '../../platform/sheets/table-file.js';
import { type Words, wordsOf } from '../../platform/words/words.js';
import { listsFor } from './work-lists.js';
import { type Asked, type Facts, type FoundRow, type WorkList, WorkQuery } from './work-query.js';
import type { Work, WorkListPage, WorkListQuery, WorkQuery as Wanted, WorkRow } from './work.schema.js';
import { rowWords } from './work.words.js';

const exportPage = 1000;

/** The columns of a list's file; its names and numbers are masked. */
const columnsFor = ({ todo }: { todo: Words }): Columns<WorkRow> => ({
  since: ({ since }) => since,
  days: ({ days }) => days,
  department: ({ department }) => department?.code ?? null,
  contract: ({ contract }) => contract?.reference ?? null,
  title: ({ contract }) => contract?.title ?? null,
  kind: ({ contract }) => contract?.kind ?? null,
  state: ({ contract }) => contract?.state ?? null,
  officer: ({ officer }) => officer?.name ?? null,
  contact: ({ contact }) => contact?.name ?? null,
  role: ({ contact }) => contact?.role ?? null,
  number: ({ contact }) => contact?.number ?? null,
  what_ko: ({ what }) => what.ko,
  what_en: ({ what }) => what.en,
  todo_ko: () => todo.ko,
  todo_en: () => todo.en,
  contract_id: ({ contract }) => contract?.id ?? null,
});

/** WorkService shows what waits for somebody: what officers and managers can put right and, for the auditor, signs of avoidance. */
@Injectable()
export class WorkService {
  constructor(
    private readonly query: WorkQuery,
    private readonly providers: Providers,
    private readonly settings: SettingsService,
    private readonly labels: Labels,
    private readonly parties: PartyRows,
    private readonly journal: ExportJournal,
  ) {}

  /** Counts how much there is of each list that the caller may read. */
  async overview(caller: Caller, query: Wanted): Promise<Work> {
    const asked = await this.query.asked(caller, query);
    const items: Work['items'] = [];
    for (const list of listsFor(caller)) {
      const { count, oldest } = await this.query.count(list, asked);
      items.push({ ...headOf(list), count, oldest: oldest && waited(oldest, asked) });
    }
    return { items };
  }

  /** Reads a page of a list. */
  async page(caller: Caller, code: string, query: Omit<WorkListQuery, 'format'>): Promise<WorkListPage> {
    const list = requireList(caller, code);
    const asked = await this.query.asked(caller, query);
    const { items, nextCursor } = await this.query.page(list, asked, query);
    return { ...headOf(list), items: await this.views(list, items, asked), nextCursor };
  }

  /** Writes a list as a file. The export is journalled before the first line, and a list that is not the caller's never. */
  async file(
    caller: Caller,
    code: string,
    query: Omit<WorkListQuery, 'format'>,
    fileFor: (list: Head) => TableFile<WorkRow> | Promise<TableFile<WorkRow>> = (list) =>
      plainTable(code, columnsFor(list)),
  ): Promise<StreamableFile> {
    const file = await fileFor(headOf(requireList(caller, code)));
    await this.journal.recordExport(caller, 'work-list', { list: code, ...query, format: file.format });
    return tableFile(
      file,
      pagesOf((cursor) => this.page(caller, code, { ...query, cursor, limit: exportPage })),
    );
  }

  private async views(list: WorkList, rows: FoundRow[], asked: Asked): Promise<WorkRow[]> {
    const departments = await this.labels.departments(rows.map((row) => row.departmentId));
    const officers = await this.labels.officers(rows.map((row) => row.officerId));
    const views: WorkRow[] = [];
    for (const row of rows) {
      const named = {
        milestone: await this.milestone(row),
        carrier: this.carrier(row.facts),
      };
      views.push({
        id: row.id,
        contract: contractOf(row),
        department: departments.get(row.departmentId ?? '') ?? null,
        officer: officers.get(row.officerId ?? '') ?? null,
        contact: this.contactOf(row),
        ...waited(row.since, asked),
        what: rowWords(list, row.facts, named),
        facts: list.published?.(row.facts) ?? row.facts,
      });
    }
    return views;
  }

  private contactOf(row: FoundRow): WorkRow['contact'] {
    const { contactId: id, role, nameSealed, phoneSealed } = row;
    if (id === null) return null;
    return {
      id,
      name: this.parties.maskedNameOf({ id, nameSealed }),
      role,
      number: this.parties.maskedNumberOf({ id, phoneSealed }),
    };
  }

  private async milestone(row: FoundRow): Promise<Words | null> {
    const code = row.facts['milestone'];
    return typeof code === 'string' && row.contractId ? this.settings.milestoneName({ ...row, code }) : null;
  }

  private carrier({ provider, carrierCode, origin }: Facts): Words | null {
    return typeof provider === 'string' && typeof carrierCode === 'string'
      ? explainCode(this.providers, provider, carrierCode, origin as ReasonOrigin | null)
      : null;
  }
}

/** Finds a list of the caller's. One that is not for them does not exist for them. */
function requireList(caller: Caller, code: string): WorkList {
  const list = listsFor(caller).find((one) => one.code === code);
  if (!list) throw notFound('work list');
  return list;
}

export type Head = ReturnType<typeof headOf>;

function headOf({ code }: WorkList) {
  return { list: code, name: wordsOf(`workLists.${code}.name`), todo: wordsOf(`workLists.${code}.todo`) };
}

function waited(since: Date, { now, timeZone }: Asked) {
  const days = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 86_400_000));
  return { since: zonedIso(since, timeZone), days };
}

function contractOf({ contractId: id, reference, title, kind, state }: FoundRow): WorkRow['contract'] {
  return id === null ? null : { id, reference, title, kind, state };
}
