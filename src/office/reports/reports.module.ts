import { type DynamicModule, Module } from '@nestjs/common';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { FlagsModule } from '../../core/flags/flags.module.js';
import { MessagesModule } from '../../core/log/messages.module.js';
import { SandboxModule } from '../../core/sandbox/sandbox.module.js';
import { SandboxService } from '../../core/sandbox/sandbox.service.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { CoverageModule } from '../coverage/coverage.module.js';
import { Rounds } from '../rounds/rounds.service.js';
import { FiguresOfMonth } from './report-figures.js';
import { ReportMail } from './report-mail.js';
import { Reports } from './reports.service.js';

/** In the sandbox, whose clock people move, reports follow the clock. */
@Module({ imports: [SandboxModule] })
class ReportsOfSandbox {
  constructor(sandbox: SandboxService, reports: Reports) {
    sandbox.afterEachStep(() => reports.makeDue());
  }
}

@Module({
  imports: [CoverageModule, DepartmentsModule, FlagsModule, MessagesModule, SettingsModule],
  providers: [FiguresOfMonth, ReportMail, Reports],
  exports: [Reports],
})
export class ReportsModule {
  constructor(rounds: Rounds, mail: ReportMail) {
    rounds.join(mail);
  }

  static with({ provider }: { provider: string }): DynamicModule[] {
    const reports = { module: ReportsModule };
    return provider === 'sandbox' ? [reports, { module: ReportsOfSandbox, imports: [reports] }] : [reports];
  }
}
