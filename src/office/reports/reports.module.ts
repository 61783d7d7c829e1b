import { Module } from '@nestjs/common';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { FlagsModule } from '../../core/flags/flags.module.js';
import { MessagesModule } from '../../core/log/messages.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { CoverageModule } from '../coverage/coverage.module.js';
import { Rounds } from '../rounds/rounds.service.js';
import { FiguresOfMonth } from './report-figures.js';
import { ReportMail } from './report-mail.js';
import { Reports } from './reports.service.js';

@Module({
  imports: [CoverageModule, DepartmentsModule, FlagsModule, MessagesModule, SettingsModule],
  providers: [FiguresOfMonth, ReportMail, Reports],
  exports: [Reports],
})
export class ReportsModule {
  constructor(rounds: Rounds, mail: ReportMail) {
    rounds.join(mail);
  }
}
