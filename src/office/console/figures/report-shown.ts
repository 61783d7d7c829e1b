import { Injectable } from '@nestjs/common';
import { type Caller, seesAll } from '../../../core/access/roles.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { isEmpty } from '../../reports/report-figures.js';
import type { ReportLine } from '../../reports/report.entity.js';
import { type ReportOfMonth, Reports } from '../../reports/reports.service.js';
import { nameIn } from '../choices.js';
import { reasonsOf, shareText } from '../coverage/coverage-shown.js';
import { addressOf } from '../form.js';
import type { Visit } from '../visit.js';
import { costLines, costShown } from './costs-shown.js';

/** ReportShown is a monthly report as a page shows it. */
@Injectable()
export class ReportShown {
  constructor(
    private readonly reports: Reports,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
  ) {}

  /** Lists the kept reports of the agency or of a department, the running month before them. */
  async list({ caller, locale }: Visit, departmentId: string | null) {
    const kept = await this.reports.list(caller, departmentId);
    const running = (await this.settings.today()).slice(0, 7);
    const hrefOf = (month: string) => addressOf('/console/figures/report', { month, departmentId });
    return {
      running: { month: running, href: hrefOf(running) },
      rows: kept.map(({ month, figures, madeAt }) => ({
        month,
        madeAt,
        href: hrefOf(month),
        ...lineShown(figures, locale),
        cost: costShown(figures.costs),
      })),
    };
  }

  async inFull(visit: Visit, month: string, departmentId: string | null) {
    const { caller, locale } = visit;
    const report = await this.reports.read(caller, month, departmentId);
    const { figures } = report;
    return {
      ...report,
      status: statusOf(report),
      whose: await this.whose(caller, departmentId, locale),
      isEmpty: isEmpty(figures),
      total: { ...lineShown(figures, locale), cost: costShown(figures.costs) },
      departments: figures.departments.map(({ department, ...line }) => ({
        name: department.name[locale],
        ...lineShown(line, locale),
        cost: costShown(figures.costs, department.id),
      })),
      costs: figures.costs && costLines(figures.costs, visit),
      because: reasonsOf(figures.coverage, locale),
      // The number of flags of a running month would tell an admin that an act of theirs was just flagged.
      flags: caller.role === 'auditor' || (report.isKept && seesAll(caller)) ? figures.flags : null,
    };
  }

  private async whose(caller: Caller, departmentId: string | null, locale: Visit['locale']): Promise<string> {
    if (departmentId === null) return (await this.settings.agency()).value.name[locale];
    return nameIn(await this.departments.mustSee(caller, departmentId), locale);
  }
}

function statusOf({ isKept, isRunning }: ReportOfMonth): 'kept' | 'live' | 'notKept' {
  if (isKept) return 'kept';
  return isRunning ? 'live' : 'notKept';
}

function lineShown({ coverage, alerts }: ReportLine, locale: Visit['locale']) {
  const { called, delivered, alerted, partly, missed } = coverage;
  return {
    called,
    told: delivered + alerted,
    partly,
    missed,
    share: shareText(coverage, locale),
    ...alerts,
  };
}
