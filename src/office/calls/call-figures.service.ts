import { Injectable } from '@nestjs/common';
import { Labels } from '../../core/departments/labels.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Database } from '../../platform/database/database.js';
import { groupedBy } from '../../platform/grouped-by.js';
import { lastMonthOver, monthAfter } from '../reports/months.js';
import type { CallCandidate } from './call.entities.js';
import { type CallFigures, type CallFiguresQuery, wrongOutcomes } from './calls.schema.js';
import { type CountedCall, type Rate, rateOf } from './interval.js';

type CountedRow = CountedCall & Pick<CallCandidate, 'departmentId' | 'officerId'>;

/** CallFigureReader counts what calls came to, by the officer and the department of the time. */
@Injectable()
export class CallFigureReader {
  constructor(
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly labels: Labels,
  ) {}

  /** Returns the rates of wrong numbers of months, both included: of the last twelve where none are given. The surest come first. */
  async figures(query: CallFiguresQuery): Promise<CallFigures> {
    const { now } = await this.settings.moment();
    const to = query.to ?? lastMonthOver(await this.settings.calendar(), now);
    const from = query.from ?? monthAfter(to, -11);
    const rows = await this.rows(from, to);
    const departments = await this.labels.departments(rows.map(({ departmentId }) => departmentId));
    const officers = await this.labels.officers(rows.map(({ officerId }) => officerId));
    return {
      from,
      to,
      all: rateOf(rows),
      departments: ratesBy(rows, ({ departmentId }) => departments.get(departmentId)).map(
        ([department, rate]) => ({ department, ...rate }),
      ),
      officers: ratesBy(rows, ({ officerId }) => officers.get(officerId ?? '')).map(([officer, rate]) => ({
        officer,
        ...rate,
      })),
    };
  }

  private rows(from: string, to: string): Promise<CountedRow[]> {
    return this.database.rows<CountedRow>(
      `SELECT c.department_id, c.officer_id, c.weight, r.outcome = ANY($3) AS is_wrong
       FROM call_candidate c CROSS JOIN LATERAL (
         SELECT outcome FROM call_result WHERE candidate_id = c.id ORDER BY id DESC LIMIT 1) r
       WHERE c.month BETWEEN $1 AND $2 AND c.place IS NOT NULL`,
      [from, to, wrongOutcomes],
    );
  }
}

/** Calls of contracts that named nobody are nobody's. */
function ratesBy<T extends { id: string }>(
  rows: CountedRow[],
  whose: (row: CountedRow) => T | undefined,
): [T, Rate][] {
  const owned = rows.flatMap((row) => {
    const owner = whose(row);
    return owner ? [{ ...row, owner }] : [];
  });
  return [...groupedBy(owned, ({ owner }) => owner.id).values()]
    .flatMap((own) => (own[0] ? [[own[0].owner, rateOf(own)] as [T, Rate]] : []))
    .toSorted(([, one], [, other]) => other.low - one.low || other.calls - one.calls);
}
