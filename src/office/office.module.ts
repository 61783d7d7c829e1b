import { type DynamicModule, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import type { Passwords, PersonToWelcome } from '../wings.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { SandboxPeople, sandboxPeople } from './accounts/sandbox-people.js';
import { ConsoleModule } from './console/console.module.js';
import { CoverageModule } from './coverage/coverage.module.js';
import { HandingOverModule } from './handing-over/handing-over.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { MailModule } from './mail/mail.module.js';
import { ReferenceListsModule } from './reference-lists/reference-lists.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { RoundsModule } from './rounds/rounds.module.js';
import { LivingCityModule } from './sandbox/living-city.module.js';
import { LivingCity } from './sandbox/living-city.service.js';
import { WorkModule } from './work/work.module.js';

/** The office is what people use: accounts, sheets, figures and pages. The core runs without its folder. */
@Module({})
export class OfficeModule {
  static with(config: Config): DynamicModule {
    return {
      module: OfficeModule,
      imports: [
        AccountsModule,
        MailModule,
        ReportsModule,
        ...RoundsModule.with(config),
        HandingOverModule,
        CoverageModule,
        WorkModule,
        ImportsModule,
        ReferenceListsModule,
        ConsoleModule.with(config),
        ...(config.provider === 'sandbox' ? [LivingCityModule] : []),
      ],
    };
  }

  /** Makes the people of a fresh sandbox, and returns those whom its start may name. */
  static async welcomePeople(app: NestFastifyApplication, passwords: Passwords): Promise<PersonToWelcome[]> {
    await app.get(SandboxPeople).ensure(passwords);
    return sandboxPeople(passwords);
  }

  /** Fills a fresh sandbox with three months of its city. */
  static async fillSandbox(app: NestFastifyApplication, report: (share: number) => void): Promise<void> {
    await app.get(LivingCity).play(report);
  }
}
