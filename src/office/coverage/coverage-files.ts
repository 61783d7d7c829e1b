import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { ExportJournal } from '../../core/log/export-journal.js';
import { type CsvCell, csvText } from '../../platform/csv.js';
import { figureCells, figureColumns } from './coverage-figures.js';
import type { CoveredMilestone, CoveredMilestonesQuery, StatisticsRequest } from './coverage.schema.js';
import { CoverageService } from './coverage.service.js';

const pageSize = 5000;

const milestoneColumns = [
  'at',
  'department',
  'contract',
  'title',
  'kind',
  'officer',
  'milestone',
  'milestone_name',
  'occurrence',
  'outcome',
  'outcome_text_ko',
  'outcome_text_en',
  'reason',
  'reason_text_ko',
  'reason_text_en',
  'neutral',
  'counterparties',
  'untold',
  'contract_id',
];

/** Coverage as files of CSV; each is journalled before its first line. */
@Injectable()
export class CoverageFiles {
  constructor(
    private readonly coverage: CoverageService,
    private readonly journal: ExportJournal,
  ) {}

  /** The total is the last line, under no key. */
  async statistics(caller: Caller, asked: StatisticsRequest): Promise<string> {
    const { rows, total, groupBy } = await this.coverage.statistics(caller, asked);
    await this.journal.say(caller, 'statistics', asked);
    const lines = rows.map((row) => [
      ...groupBy.map((dimension) => {
        if (dimension === 'department') return row.department?.code ?? '';
        if (dimension === 'officer') return row.officer?.name ?? '';
        return row[dimension] ?? '';
      }),
      ...figureCells(row.figures),
    ]);
    const last = [...groupBy.map((_, i) => (i === 0 ? 'total' : '')), ...figureCells(total)];
    return csvText([[...groupBy, ...figureColumns()], ...lines, last], { bom: true });
  }

  /** Pages are read one after another, so that one statement never holds the whole. */
  async *milestones(caller: Caller, query: CoveredMilestonesQuery): AsyncGenerator<string> {
    yield csvText([milestoneColumns], { bom: true });
    let cursor: string | null = null;
    do {
      const page = await this.coverage.milestones(caller, {
        ...query,
        cursor: cursor ?? undefined,
        limit: pageSize,
      });
      yield csvText(page.items.map(cellsOf));
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  say(caller: Caller, query: CoveredMilestonesQuery): Promise<void> {
    return this.journal.say(caller, 'coverage', query);
  }
}

function cellsOf(item: CoveredMilestone): CsvCell[] {
  return [
    item.at,
    item.department.code,
    item.contract.reference,
    item.contract.title,
    item.contract.kind,
    item.officer?.name ?? null,
    item.milestone.code,
    item.milestone.name?.ko ?? null,
    item.milestone.occurrence,
    item.outcome,
    item.outcomeText.ko,
    item.outcomeText.en,
    item.reason,
    item.reasonText?.ko ?? null,
    item.reasonText?.en ?? null,
    item.neutral ? 'yes' : 'no',
    item.counterparties,
    item.untold,
    item.contract.id,
  ];
}
