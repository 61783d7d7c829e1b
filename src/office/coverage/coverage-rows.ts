import { Injectable } from '@nestjs/common';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import type { Kind } from '../../core/settings/plan.schema.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import type { Counted, Dimension } from './coverage-figures.js';
import { type CoverageFilters, coverageModel, type Moment } from './coverage-query.js';
import type { Outcome, Reason } from './coverage-rules.js';
import { Paused } from './paused.js';
import { exactMoment, type Place } from '../../platform/paging.js';
import { Database } from '../../platform/database/database.js';

export interface CoveredRow {
  id: string;
  contractId: string;
  code: string;
  occurrence: number;
  departmentId: string;
  officerId: string | null;
  kind: Kind;
  reference: string;
  title: string;
  planName: string;
  planVersion: number;
  at: Date;
  /** As the database orders by it: UTC, to the microsecond. */
  exactly: string;
  outcome: Outcome | 'to-come';
  reason: Reason | null;
  neutral: boolean;
  parties: number | null;
  untold: number | null;
}

/** Which of the covered milestones, and where the page before ended. */
export interface CoveredPage {
  outcome: Outcome | 'to-come' | null;
  reason: Reason | null;
  neutralOnly: boolean;
  after: Place | null;
  limit: number;
}

const columnOf: Record<Dimension, string> = {
  department: 'department_id',
  kind: 'kind',
  officer: 'officer_id',
  month: 'month',
};

/** Milestones that call for an alert, counted or listed, by one statement each. */
@Injectable()
export class CoverageRows {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly clock: ServiceClock,
    private readonly paused: Paused,
  ) {}

  async moment(): Promise<Moment> {
    const { timeZone } = (await this.settings.calendar()).setting;
    return { now: await this.clock.now(), timeZone };
  }

  async counted(filters: CoverageFilters, groupBy: Dimension[], moment: Moment): Promise<Counted[]> {
    const { sql, parameters } = coverageModel(filters, await this.paused.now(), moment);
    const columns = groupBy.map((dimension) => `${columnOf[dimension]} AS "${dimension}"`);
    const rows = await this.database.rows<Omit<Counted, 'key'> & Counted['key']>(
      `${sql} SELECT ${[...columns, 'outcome', 'reason'].join(', ')}, count(*)::int AS count,
          count(*) FILTER (WHERE neutral)::int AS neutral
        FROM coverage GROUP BY ${[...groupBy.map((one) => columnOf[one]), 'outcome', 'reason'].join(', ')}`,
      parameters,
    );
    return rows.map(({ outcome, reason, count, neutral, ...key }) => ({
      key,
      outcome,
      reason,
      count,
      neutral,
    }));
  }

  /** In the order of time. */
  async listed(filters: CoverageFilters, page: CoveredPage, moment: Moment): Promise<CoveredRow[]> {
    const { sql, parameters } = coverageModel(filters, await this.paused.now(), moment);
    const place = (value: unknown) => `$${parameters.push(value)}`;
    const conditions = [
      'true',
      ...(page.outcome === null ? [] : [`outcome = ${place(page.outcome)}`]),
      ...(page.reason === null ? [] : [`reason = ${place(page.reason)}`]),
      ...(page.neutralOnly ? ['neutral'] : []),
      ...(page.after === null
        ? []
        : [`(at, id) > (${place(page.after.value)}::timestamptz, ${place(page.after.id)}::uuid)`]),
    ];
    return this.database.rows<CoveredRow>(
      `${sql} SELECT id, contract_id, code, occurrence, department_id,
          officer_id, kind, reference, title, plan_name, plan_version,
          at, ${exactMoment('at')} AS exactly, outcome, reason, neutral,
          parties, untold
        FROM coverage WHERE ${conditions.join(' AND ')} ORDER BY at, id LIMIT ${place(page.limit)}`,
      parameters,
    );
  }
}
