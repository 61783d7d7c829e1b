import { Get, type StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { type Caller, seesAll } from '../../../core/access/roles.js';
import { Allow } from '../../../core/access/rules.js';
import { FormChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { fileAsked } from '../exported-files.js';
import { filesOf } from '../form.js';
import { monthText } from '../formats.js';
import { page, Visit, Visiting } from '../visit.js';
import { CostFiles } from './costs-shown.js';
import { ReportShown } from './report-shown.js';
import './figures.words.js';

const listQuery = z.object({ departmentId: z.uuid().optional() });
const reportQuery = listQuery.extend({ month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) });

/** ReportPages show the monthly reports: the agency's to those who see all of it, a department's to its manager. */
@ConsolePage('console/figures')
@Allow('manager', 'admin', 'auditor')
export class ReportPages {
  constructor(
    private readonly shown: ReportShown,
    private readonly choices: FormChoices,
    private readonly files: CostFiles,
  ) {}

  @Get('reports')
  async list(@Visiting() visit: Visit) {
    const { departmentId } = visit.query(listQuery);
    return page('figures/reports', 'navigation.reports', {
      query: { departmentId: departmentId ?? ownOf(visit.caller) },
      departments: await this.choices.departmentsFor(visit),
      readsAgency: seesAll(visit.caller),
      ...(await this.shown.list(visit, departmentId ?? ownOf(visit.caller))),
      exportTo: filesOf('/console/figures/costs', { departmentId }),
    });
  }

  @Get('costs')
  costs(@Visiting() visit: Visit): Promise<StreamableFile> {
    const { departmentId, format = 'csv' } = visit.query(listQuery.extend(fileAsked));
    return this.files.file(visit, departmentId ?? ownOf(visit.caller), format);
  }

  @Get('report')
  async report(@Visiting() visit: Visit) {
    const { month, departmentId } = visit.query(reportQuery);
    return page('figures/report', 'reports.title', {
      titleWords: { month: monthText(month, visit.locale) },
      person: visit.caller,
      ...(await this.shown.inFull(visit, month, departmentId ?? ownOf(visit.caller))),
    });
  }
}

/** Returns the department whose report somebody reads who has not asked for one; null for the agency's. */
function ownOf(caller: Caller): string | null {
  return seesAll(caller) ? null : caller.departmentId;
}
