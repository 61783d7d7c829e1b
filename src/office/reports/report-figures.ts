import { Injectable } from '@nestjs/common';
import { type Caller, seesAll } from '../../core/access/roles.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { FlagInbox } from '../../core/flags/flag-inbox.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { type AlertCounts, AlertDays, noAlerts } from '../../core/log/alert-days.service.js';
import type { Figures } from '../coverage/coverage.schema.js';
import { noFigures } from '../coverage/coverage-figures.js';
import { CoverageService } from '../coverage/coverage.service.js';
import { daysOfMonth } from './months.js';
import type { ReportFigures, ReportLine } from './report.entity.js';

/** FiguresOfMonth counts what a report says, as it is now. */
@Injectable()
export class FiguresOfMonth {
  constructor(
    private readonly coverage: CoverageService,
    private readonly alertDays: AlertDays,
    private readonly departments: DepartmentsService,
    private readonly inbox: FlagInbox,
    private readonly settings: SettingsService,
  ) {}

  /** Counts for a department with those below it, or for the agency. Throws `figures-being-counted`. */
  async count(caller: Caller, month: string, departmentId: string | null): Promise<ReportFigures> {
    const asked = { ...daysOfMonth(month), ...(departmentId === null ? {} : { departmentId }) };
    const coverage = await this.coverage.statistics(caller, {
      ...asked,
      groupBy: ['department'],
      rollUp: false,
    });
    const alerts = await this.alertDays.countedByDepartment(caller, asked);
    const figuresOf = new Map(coverage.rows.map(({ department, figures }) => [department?.id, figures]));
    const departments = (await this.departments.list(caller)).flatMap(({ id, code, name, nameEn }) => {
      const line = lineOf(figuresOf.get(id), alerts.get(id));
      return isEmpty(line)
        ? []
        : [{ department: { id, code, name: { ko: name, en: nameEn ?? name } }, ...line }];
    });
    return {
      ...lineOf(coverage.total, sumOf([...alerts.values()])),
      departments,
      costs: { ...(await this.pricesNow()), counts: await this.alertDays.countedTexts(caller, asked) },
      promptness: departmentId === null ? await this.alertDays.promptness(daysOfMonth(month)) : null,
      flags: departmentId === null && seesAll(caller) ? await this.flagsOf(month) : null,
    };
  }

  private async pricesNow() {
    const { currency, prices } = (await this.settings.agency()).value;
    return { currency, prices };
  }

  private flagsOf(month: string) {
    const { from, to } = daysOfMonth(month);
    return this.inbox.countWithin(from, to);
  }
}

/** Tells whether nothing called for an alert and nothing went out. */
export function isEmpty({ coverage, alerts }: ReportLine): boolean {
  return coverage.called + alerts.sent + alerts.failed === 0;
}

function lineOf(coverage: Figures = noFigures(), alerts: AlertCounts = noAlerts()): ReportLine {
  const { sent, delivered, failed } = alerts;
  return { coverage, alerts: { sent, delivered, failed } };
}

function sumOf(counts: AlertCounts[]): AlertCounts {
  const total = noAlerts();
  for (const one of counts)
    for (const key of Object.keys(total) as (keyof AlertCounts)[]) total[key] += one[key];
  return total;
}
