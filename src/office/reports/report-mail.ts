import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { translate } from '../../platform/words/words.js';
import type { Addressee } from '../accounts/account-records.js';
import { Mails } from '../mail/mails.service.js';
import type { DaysOfRound, PartOfRounds } from '../rounds/rounds.service.js';
import { monthAfter } from './months.js';
import { Reports } from './reports.service.js';

/** ReportMail tells, in the first round of a month, what was reported of the month before. */
@Injectable()
export class ReportMail implements PartOfRounds {
  constructor(
    private readonly reports: Reports,
    private readonly mails: Mails,
  ) {}

  async prepare(): Promise<void> {
    await this.reports.makeDue();
  }

  /** The agency's report goes to those who see all of it, a department's to its managers. */
  async paragraphsFor({ caller, locale }: Addressee, { from, today }: DaysOfRound): Promise<string[]> {
    const month = today.slice(0, 7);
    const departmentId = readBy(caller);
    if (from >= `${month}-01` || departmentId === undefined) return [];
    const kept = await this.reports.kept(monthAfter(month, -1), departmentId);
    if (!kept) return [];
    const { coverage, alerts } = kept.figures;
    const told = coverage.delivered + coverage.alerted;
    const figures = { called: coverage.called, told, untold: coverage.called - told, ...alerts };
    const path = `/console/figures/report?month=${kept.month}`;
    return [
      [
        translate(locale, 'mails.report', { month: kept.month, ...figures }),
        this.mails.addressOf(departmentId === null ? path : `${path}&departmentId=${departmentId}`),
      ].join('\n'),
    ];
  }
}

/** Returns the department whose report somebody reads; null for the agency's, undefined for nobody's. */
function readBy({ role, departmentId }: Caller): string | null | undefined {
  if (role === 'admin' || role === 'auditor') return null;
  return role === 'manager' ? (departmentId ?? undefined) : undefined;
}
