import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { zonedIso } from '../../core/calendar/zoned-iso.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { Labels } from '../../core/departments/labels.js';
import { ExportJournal } from '../../core/log/export-journal.js';
import type { Kind } from '../../core/settings/plan.schema.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import type { Page } from '../../platform/paging.js';
import {
  type Columns,
  pagesOf,
  plainTable,
  tableFile,
  type TableFile,
} from '../../platform/sheets/table-file.js';
import { TallyService } from '../../core/tally/tally.service.js';
import { type Cell, cellsOf, type CountedRow, figuresTable, totalOf } from './coverage-figures.js';
import { type CoveredRow, type CoverageFilters, CoverageQuery } from './coverage-query.js';
import type {
  CoveredMilestone,
  CoveredMilestonesQuery,
  Dimension,
  Statistics,
  StatisticsRequest,
  StatisticsRow,
} from './coverage.schema.js';
import { coverageProblems, outcomeWords, reasonWords } from './coverage.words.js';

type Asked = Pick<CoveredMilestonesQuery, 'from' | 'to' | 'departmentId' | 'below' | 'kind' | 'officerId'>;

const exportPage = 5000;

const milestoneColumns: Columns<CoveredMilestone> = {
  at: ({ at }) => at,
  department: ({ department }) => department.code,
  contract: ({ contract }) => contract.reference,
  title: ({ contract }) => contract.title,
  kind: ({ contract }) => contract.kind,
  officer: ({ officer }) => officer?.name ?? null,
  milestone: ({ milestone }) => milestone.code,
  milestone_name: ({ milestone }) => milestone.name?.ko ?? null,
  occurrence: ({ milestone }) => milestone.occurrence,
  outcome: ({ outcome }) => outcome,
  outcome_text_ko: ({ outcomeText }) => outcomeText.ko,
  outcome_text_en: ({ outcomeText }) => outcomeText.en,
  reason: ({ reason }) => reason,
  reason_text_ko: ({ reasonText }) => reasonText?.ko ?? null,
  reason_text_en: ({ reasonText }) => reasonText?.en ?? null,
  neutral: ({ neutral }) => (neutral ? 'yes' : 'no'),
  counterparties: ({ counterparties }) => counterparties,
  untold: ({ untold }) => untold,
  contract_id: ({ contract }) => contract.id,
};

function plainKey(row: CountedRow, dimension: Dimension): string {
  if (dimension === 'department') return row.department?.code ?? '';
  if (dimension === 'officer') return row.officer?.name ?? '';
  return row[dimension] ?? '';
}

/** CoverageService sets milestones that called for an alert against those that were notified; see docs/coverage.md. */
@Injectable()
export class CoverageService {
  constructor(
    private readonly query: CoverageQuery,
    private readonly tallies: TallyService,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly labels: Labels,
    private readonly journal: ExportJournal,
  ) {}

  async statistics(
    caller: Caller,
    { groupBy, rollUp, ...asked }: Omit<StatisticsRequest, 'format'>,
  ): Promise<Statistics> {
    requireFiguresOf(caller, asked.officerId !== undefined || groupBy.includes('officer'));
    const filters = await this.filters(caller, asked);
    const moment = await this.tallies.requireCounted();
    const counted = await this.query.counted(filters, groupBy);
    const cells = cellsOf(counted, rollUp ? await this.departmentsAbove(caller, filters) : undefined);
    return {
      asOf: zonedIso(moment.now, moment.timeZone),
      groupBy,
      total: totalOf(counted),
      rows: await this.labelled(cells, groupBy),
    };
  }

  /** Writes the figures as a file and journals that they were exported. The total is the last line, under no key. */
  async statisticsFile(
    caller: Caller,
    asked: Omit<StatisticsRequest, 'format'>,
    file: TableFile<CountedRow> = plainTable('coverage', figuresTable(asked.groupBy, plainKey, 'total')),
  ): Promise<StreamableFile> {
    const { rows, total } = await this.statistics(caller, asked);
    await this.journal.recordExport(caller, 'statistics', { ...asked, format: file.format });
    const items: CountedRow[] = [...rows, { figures: total, isTotal: true }];
    return tableFile(
      file,
      pagesOf(() => Promise.resolve({ items, nextCursor: null })),
    );
  }

  /** Lists what stands behind a cell, in the order of time. */
  async milestones(
    caller: Caller,
    query: Omit<CoveredMilestonesQuery, 'format'>,
  ): Promise<Page<CoveredMilestone>> {
    const filters = await this.filters(caller, query);
    const moment = await this.tallies.requireCounted();
    const { items, nextCursor } = await this.query.listed(filters, query, moment);
    return { items: await this.views(items, moment.timeZone), nextCursor };
  }

  /** Writes every milestone behind a cell as a file. The export is journalled before its first line. */
  async milestonesFile(
    caller: Caller,
    query: Omit<CoveredMilestonesQuery, 'format'>,
    file = plainTable('coverage-milestones', milestoneColumns),
  ): Promise<StreamableFile> {
    await this.journal.recordExport(caller, 'coverage', { ...query, format: file.format });
    return tableFile(
      file,
      pagesOf((cursor) => this.milestones(caller, { ...query, cursor, limit: exportPage })),
    );
  }

  /** Narrows what is asked for to what the caller sees; a department that they do not see is not found. */
  private async filters(
    caller: Caller,
    { departmentId: id, below, ...asked }: Asked,
  ): Promise<CoverageFilters> {
    if (id !== undefined) await this.departments.mustSee(caller, id);
    const departments = id && below === 'no' ? [id] : await this.departments.seenWithin(caller, id);
    return { ...asked, departments };
  }

  /** Finds, for a department, itself and those above it, as far as they are asked for. */
  private async departmentsAbove(caller: Caller, { departments: asked }: CoverageFilters) {
    const parents = new Map((await this.departments.list(caller)).map(({ id, parentId }) => [id, parentId]));
    return (departmentId: string): string[] => {
      const all: string[] = [];
      for (let id: string | null = departmentId; id !== null; id = parents.get(id) ?? null)
        if (!asked || asked.includes(id)) all.push(id);
      return all;
    };
  }

  private async labelled(cells: Cell[], groupBy: Dimension[]): Promise<StatisticsRow[]> {
    if (groupBy.length === 0) return [];
    const departments = await this.labels.departments(cells.map(({ key }) => key.department ?? null));
    const officers = await this.labels.officers(cells.map(({ key }) => key.officer ?? null));
    return cells.map(({ key, figures }) => {
      const department = departments.get(key.department ?? '');
      return {
        ...(department ? { department } : {}),
        ...(key.kind ? { kind: key.kind as Kind } : {}),
        ...(key.officer === undefined ? {} : { officer: officers.get(key.officer ?? '') ?? null }),
        ...(key.month ? { month: key.month } : {}),
        figures,
      };
    });
  }

  private async views(rows: CoveredRow[], timeZone: string): Promise<CoveredMilestone[]> {
    const departments = await this.labels.departments(rows.map((row) => row.departmentId));
    const officers = await this.labels.officers(rows.map((row) => row.officerId));
    const views: CoveredMilestone[] = [];
    for (const row of rows) {
      const { id, reference, title, kind, code, occurrence, outcome, reason, neutral } = row;
      const department = departments.get(row.departmentId);
      if (!department) throw new Error('a contract is of no department');
      views.push({
        id,
        at: zonedIso(row.at, timeZone),
        contract: { id: row.contractId, reference, title, kind },
        department,
        officer: officers.get(row.officerId ?? '') ?? null,
        milestone: { code, occurrence, name: await this.settings.milestoneName(row) },
        outcome,
        outcomeText: outcomeWords[outcome],
        reason,
        reasonText: reason && reasonWords[reason],
        neutral,
        counterparties: row.parties ?? 0,
        untold: row.untold ?? 0,
      });
    }
    return views;
  }
}

/** Monitors are no part of the agency: they read a department's figures, not a person's. */
function requireFiguresOf(caller: Caller, byOfficer: boolean): void {
  if (byOfficer && caller.role === 'monitor') throw coverageProblems.error('figures-by-officer');
}
