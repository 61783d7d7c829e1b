import { Injectable } from '@nestjs/common';
import type { Contract } from '../../core/contracts/contract.entity.js';
import type { Milestone } from '../../core/planning/planning.entities.js';
import { addDays, addMonths } from '../../core/calendar/local-date.js';
import { Conditions } from '../../platform/database/conditions.js';
import { Database } from '../../platform/database/database.js';
import { exactMoment, momentOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import type { Moment } from '../../core/tally/tally.service.js';
import type { CellKey, Counted } from './coverage-figures.js';
import type { CoveredMilestonesQuery, Dimension } from './coverage.schema.js';
import type { Outcome, Reason } from './coverage.words.js';

/** CoverageFilters say which milestones are asked for; days are in the agency's zone. */
export interface CoverageFilters extends Pick<CoveredMilestonesQuery, 'from' | 'to' | 'kind' | 'officerId'> {
  /** Null: all. */
  departments: string[] | null;
}

type PageWanted = Pick<CoveredMilestonesQuery, 'outcome' | 'reason' | 'only' | 'cursor' | 'limit'>;

export interface CoveredRow
  extends
    Pick<
      Contract,
      'reference' | 'title' | 'kind' | 'departmentId' | 'officerId' | 'planName' | 'planVersion'
    >,
    Pick<Milestone, 'id' | 'contractId' | 'code' | 'occurrence'> {
  at: Date;
  /** As the database orders by it: UTC, to the microsecond. */
  exactly: string;
  outcome: Outcome | 'to-come';
  reason: Reason | null;
  neutral: boolean;
  parties: number | null;
  untold: number | null;
}

const columnOf: Record<Dimension, string> = {
  department: 'department_id',
  kind: 'kind',
  officer: 'officer_id',
  month: `to_char(day, 'YYYY-MM')`,
};

/** CoverageQuery counts and lists milestones that call for an alert, as CoverageTally keeps them. */
@Injectable()
export class CoverageQuery {
  constructor(private readonly database: Database) {}

  async counted(filters: CoverageFilters, groupBy: Dimension[]): Promise<Counted[]> {
    const where = new Conditions();
    addFilters(where, filters);
    addPeriod(where, filters);
    const columns = groupBy.map((dimension) => `${columnOf[dimension]} AS "${dimension}"`);
    const rows = await this.database.rows<Omit<Counted, 'key'> & CellKey>(
      `SELECT ${[...columns, 'outcome', 'reason'].join(', ')}, sum(count)::int AS count, sum(neutral)::int AS neutral
       FROM coverage_count k WHERE ${where.sql}
       GROUP BY ${[...groupBy.map((one) => columnOf[one]), 'outcome', 'reason'].join(', ')}`,
      where.parameters,
    );
    return rows.map(({ outcome, reason, count, neutral, ...key }) => ({
      key,
      outcome,
      reason,
      count,
      neutral,
    }));
  }

  /** Lists milestones in the order in which they called for an alert; the counts tell on which days the page's rows are. */
  async listed(
    filters: CoverageFilters,
    wanted: PageWanted,
    { timeZone }: Moment,
  ): Promise<Page<CoveredRow>> {
    const behind = momentOfCursor(wanted.cursor);
    const onlyNeutral = wanted.only === 'neutral';
    const where = new Conditions();
    addFilters(where, filters);
    where.compare('k.outcome =', wanted.outcome);
    where.compare('k.reason =', wanted.reason);
    const counts = new Conditions(where.parameters);
    counts.add(`NOT k.whole_month AND ${where.sql}`);
    if (onlyNeutral) counts.add('k.neutral > 0');
    const days = new Conditions(where.parameters);
    days.compare('k.day >=', filters.from);
    days.compare('k.day <=', filters.to);
    // Of the day on which the page before ended, nothing may be left.
    const begun = behind
      ? `(${days.place(behind.value)}::timestamptz AT TIME ZONE ${days.place(timeZone)})::date`
      : `'-infinity'::date`;
    const rowsOf = new Conditions(where.parameters);
    if (onlyNeutral) rowsOf.add('k.neutral');
    rowsOf.addBehind(behind, { value: 'k.at', type: 'timestamptz', id: 'k.id' });
    const rows = await this.database.rows<CoveredRow>(
      `WITH days AS (
         SELECT k.day, sum(CASE WHEN k.day > ${begun} THEN k.${onlyNeutral ? 'neutral' : 'count'} ELSE 0 END) AS n
         FROM coverage_count k WHERE ${counts.sql} AND ${days.sql} AND k.day >= ${begun}
         GROUP BY k.day ORDER BY k.day LIMIT ${wanted.limit + 2}
       ), needed AS (
         SELECT d.day FROM (SELECT day, sum(n) OVER (ORDER BY day) - n AS before FROM days) d WHERE before <= ${wanted.limit}
       ), cells AS (
         SELECT DISTINCT k.department_id, k.day, k.outcome, coalesce(k.reason, '') AS reason
         FROM coverage_count k JOIN needed ON needed.day = k.day WHERE ${counts.sql}
       ), page AS (
         SELECT first.* FROM cells CROSS JOIN LATERAL (
           SELECT k.* FROM coverage_milestone k
           WHERE k.department_id = cells.department_id AND k.day = cells.day AND k.outcome = cells.outcome
             AND coalesce(k.reason, '') = cells.reason AND ${where.sql} AND ${rowsOf.sql}
           ORDER BY k.at, k.id LIMIT ${wanted.limit + 1}) first
         ORDER BY first.at, first.id LIMIT ${wanted.limit + 1})
       SELECT k.*, ${exactMoment('k.at')} AS exactly, m.code, m.occurrence, c.reference, c.title, c.plan_name, c.plan_version
       FROM page k JOIN milestone m ON m.id = k.id JOIN contract c ON c.id = k.contract_id ORDER BY k.at, k.id`,
      where.parameters,
    );
    return pageFrom(rows, wanted.limit, (row) => row.exactly);
  }
}

/** Adds what a count or a milestone `k` has to satisfy, but for its day. */
function addFilters(where: Conditions, { departments, kind, officerId }: CoverageFilters): void {
  if (departments) where.add(`k.department_id = ANY(${where.place(departments)}::uuid[])`);
  where.compare('k.kind =', kind);
  if (officerId === 'none') where.add('k.officer_id IS NULL');
  else where.compare('k.officer_id =', officerId);
}

/** Adds that counts `k` are of a period: those of its whole months, and of the days before the first and after the last of them. */
function addPeriod(where: Conditions, { from = '-infinity', to = 'infinity' }: CoverageFilters): void {
  const monthOf = (day: string) => `${day.slice(0, 7)}-01`;
  const first = from === '-infinity' ? from : monthOf(addDays(addMonths(from, 1), -1));
  const last = to === 'infinity' ? to : monthOf(addDays(to, 1));
  const hasMonths = from === '-infinity' || to === 'infinity' || first < last;
  const of = (day: string) => `${where.place(day)}::date`;
  where.add(
    hasMonths
      ? `((k.whole_month AND k.day >= ${of(first)} AND k.day < ${of(last)})
          OR (NOT k.whole_month AND k.day >= ${of(from)} AND k.day < ${of(first)})
          OR (NOT k.whole_month AND k.day >= ${of(last)} AND k.day <= ${of(to)}))`
      : `NOT k.whole_month AND k.day BETWEEN ${of(from)} AND ${of(to)}`,
  );
}
