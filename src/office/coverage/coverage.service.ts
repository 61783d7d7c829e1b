import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { zonedIso } from '../../core/calendar/zoned-iso.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { momentOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import { milestoneName } from '../../core/log/milestone-names.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import type { Kind } from '../../core/settings/plan.schema.js';
import { type Cell, cellsOf, type Dimension, totalOf } from './coverage-figures.js';
import type { CoverageFilters } from './coverage-query.js';
import { type CoveredRow, CoverageRows } from './coverage-rows.js';
import { outcomeWords, reasonWords } from './coverage-rules.js';
import type {
  CoveredMilestone,
  CoveredMilestonesQuery,
  Statistics,
  StatisticsRequest,
  StatisticsRow,
} from './coverage.schema.js';
import { coverageProblems } from './coverage.words.js';
import { Labels } from './labels.js';

/** Milestones that called for an alert, against those that were told; see docs/coverage.md. */
@Injectable()
export class CoverageService {
  constructor(
    private readonly rows: CoverageRows,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly labels: Labels,
  ) {}

  async statistics(caller: Caller, { groupBy, rollUp, ...asked }: StatisticsRequest): Promise<Statistics> {
    mayReadByOfficer(caller, asked.officerId !== undefined || groupBy.includes('officer'));
    const moment = await this.rows.moment();
    const filters = await this.filters(caller, asked);
    const counted = await this.rows.counted(filters, groupBy, moment);
    const cells = cellsOf(counted, rollUp ? await this.labels.above(filters.departments) : undefined);
    return {
      asOf: zonedIso(moment.now, moment.timeZone),
      groupBy,
      total: totalOf(counted),
      rows: await this.labelled(cells, groupBy),
    };
  }

  /** What stands behind a cell, in the order of time. */
  async milestones(
    caller: Caller,
    query: Omit<CoveredMilestonesQuery, 'format'>,
  ): Promise<Page<CoveredMilestone>> {
    const { outcome, reason, only, cursor, limit } = query;
    const moment = await this.rows.moment();
    const found = await this.rows.listed(
      await this.filters(caller, query),
      {
        outcome: outcome ?? null,
        reason: reason ?? null,
        neutralOnly: only === 'neutral',
        after: momentOfCursor(cursor),
        limit: limit + 1,
      },
      moment,
    );
    const { items, nextCursor } = pageFrom(found, limit, (row) => row.exactly);
    return { items: await this.views(items, moment.timeZone), nextCursor };
  }

  /** A department that the caller does not see is not found. */
  private async filters(
    caller: Caller,
    asked: Pick<CoveredMilestonesQuery, 'from' | 'to' | 'departmentId' | 'below' | 'kind' | 'officerId'>,
  ): Promise<CoverageFilters> {
    const { departmentId: id, below } = asked;
    if (id !== undefined) await this.departments.mustSee(caller, id);
    return {
      departments: id && below === 'no' ? [id] : await this.departments.seenWithin(caller, id),
      kind: asked.kind ?? null,
      officerId: asked.officerId ?? null,
      from: asked.from ?? null,
      to: asked.to ?? null,
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
      const department = departments.get(row.departmentId);
      if (!department) throw new Error('a contract is of no department');
      views.push({
        id: row.id,
        at: zonedIso(row.at, timeZone),
        contract: { id: row.contractId, reference: row.reference, title: row.title, kind: row.kind },
        department,
        officer: officers.get(row.officerId ?? '') ?? null,
        milestone: {
          code: row.code,
          occurrence: row.occurrence,
          name: await milestoneName(this.settings, row),
        },
        outcome: row.outcome,
        outcomeText: outcomeWords[row.outcome],
        reason: row.reason,
        reasonText: row.reason && reasonWords[row.reason],
        neutral: row.neutral,
        counterparties: row.parties ?? 0,
        untold: row.untold ?? 0,
      });
    }
    return views;
  }
}

/** Monitors are no part of the agency: they read a department's figures, not a person's. */
function mayReadByOfficer(caller: Caller, asked: boolean): void {
  if (!asked || caller.role !== 'monitor') return;
  throw coverageProblems.error('figures-by-officer');
}
