import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { type Caller, seesAll } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { Journal } from '../../core/proof/journal.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { notFound } from '../../platform/app-error.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { lastMonthOver, monthAfter } from './months.js';
import { type PublishedMonth, publishedOf } from './published.js';
import { Report } from './report.entity.js';
import { FiguresOfMonth, isEmpty } from './report-figures.js';

/** After a time in which nothing ran, the reports of so many months are made at once. */
const mostMonths = 12;

/** So many months are listed: five years. */
const monthsListed = 60;

/** The service itself counts what it keeps, and sees all. */
const itself: Caller = {
  keyId: null,
  accountId: null,
  name: 'reports',
  role: 'auditor',
  departmentId: null,
  officerId: null,
};

/** ReportOfMonth is a report as somebody reads it: as it was kept or, where `isKept` is false, as it is now. */
export interface ReportOfMonth extends Omit<Report, 'id'> {
  isKept: boolean;
  /** Whether the month is not over. */
  isRunning: boolean;
}

/**
 * Reports keep the figures of each month that is over, for the agency and for each department, so that what was reported does not
 * change when a contract is moved or corrected afterwards.
 */
@Injectable()
export class Reports {
  constructor(
    private readonly database: Database,
    private readonly clock: ServiceClock,
    private readonly settings: SettingsService,
    private readonly departments: DepartmentsService,
    private readonly figures: FiguresOfMonth,
    private readonly journal: Journal,
  ) {}

  /**
   * Reads a report of the agency, or of a department with those below it. Throws `not-found` for a month that has not begun, and
   * for what the caller does not see.
   */
  async read(caller: Caller, month: string, departmentId: string | null): Promise<ReportOfMonth> {
    await this.requireSeen(caller, departmentId);
    const running = (await this.settings.today()).slice(0, 7);
    if (month > running) throw notFound('report');
    const kept = await this.kept(month, departmentId);
    const isRunning = month === running;
    if (kept) return { ...kept, isRunning, isKept: true };
    const figures = await this.figures.count(caller, month, departmentId);
    return { month, departmentId, figures, madeAt: await this.clock.now(), isRunning, isKept: false };
  }

  /** Lists the reports that are kept of the agency or of a department, the newest first. Throws `not-found` as `read` does. */
  async list(caller: Caller, departmentId: string | null): Promise<Report[]> {
    await this.requireSeen(caller, departmentId);
    return this.listed(departmentId);
  }

  /** Returns what anybody may read of the agency's months, the newest first. */
  async published(): Promise<PublishedMonth[]> {
    return (await this.listed(null)).map(publishedOf);
  }

  private listed(departmentId: string | null): Promise<Report[]> {
    return this.database.repository(Report).find({
      where: { departmentId: departmentId ?? IsNull() },
      order: { month: 'DESC' },
      take: monthsListed,
    });
  }

  /** Finds what is kept; null for what is not. */
  kept(month: string, departmentId: string | null): Promise<Report | null> {
    return this.database.repository(Report).findOneBy({ month, departmentId: departmentId ?? IsNull() });
  }

  /** Makes the reports of months that are over and of which none are kept. Returns of how many months. */
  async makeDue(): Promise<number> {
    const calendar = await this.settings.calendar();
    const until = lastMonthOver(calendar, await this.clock.now());
    const last = await this.lastKept();
    const earliest = monthAfter(until, 1 - mostMonths);
    let month = last === null ? until : monthAfter(last);
    if (month < earliest) month = earliest;
    let made = 0;
    for (; month <= until; month = monthAfter(month)) {
      // Before the service was used there is nothing to report.
      if (!(await this.make(month, last === null))) break;
      made += 1;
    }
    return made;
  }

  /** Counts outside of the transaction that writes: counting lets everybody else wait who asks for a figure. */
  private async make(month: string, isFirst: boolean): Promise<boolean> {
    const agency = await this.figures.count(itself, month, null);
    if (isFirst && isEmpty(agency)) return false;
    const reports = [{ departmentId: null as string | null, figures: agency }];
    for (const { id, mergedInto } of await this.departments.list(itself))
      if (mergedInto === null)
        reports.push({ departmentId: id, figures: await this.figures.count(itself, month, id) });
    const madeAt = await this.clock.now();
    // Of two processes that make them at once, one writes them all.
    await this.database.inTransaction(async () => {
      const made = await this.database.rows<{ id: string }>(
        `INSERT INTO report (id, month, department_id, figures, made_at)
         SELECT r.id, $2, r."departmentId", r.figures, $3
         FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, "departmentId" uuid, figures jsonb)
         ON CONFLICT DO NOTHING RETURNING id`,
        [JSON.stringify(reports.map((report) => ({ id: newId(), ...report }))), month, madeAt],
      );
      await this.journal.state(
        'report',
        made.map(({ id }) => id),
      );
    });
    return true;
  }

  private async lastKept(): Promise<string | null> {
    const [row] = await this.database.rows<{ month: string | null }>(
      `SELECT max(month) AS month FROM report WHERE department_id IS NULL`,
    );
    return row?.month ?? null;
  }

  private async requireSeen(caller: Caller, departmentId: string | null): Promise<void> {
    if (departmentId !== null) await this.departments.mustSee(caller, departmentId);
    else if (!seesAll(caller)) throw notFound('report');
  }
}
