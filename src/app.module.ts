import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { ConsoleModule } from './console/console.module.js';
import { ContractsModule } from './contracts/contracts.module.js';
import { CoverageModule } from './coverage/coverage.module.js';
import { DepartmentsModule } from './departments/departments.module.js';
import { HandingOverModule } from './handing-over/handing-over.module.js';
import { HealthModule } from './health/health.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { LoggingModule } from './platform/http/logging.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { PlatformModule, type PlatformOptions } from './platform/platform.module.js';
import { ProofModule } from './proof/proof.module.js';
import { ProvidersModule } from './providers/providers.module.js';
import { SandboxModule } from './sandbox/sandbox.module.js';
import { SendingModule } from './sending/sending.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { SetupModule } from './setup/setup.module.js';
import { TextsModule } from './texts/texts.module.js';
import { WorkModule } from './work/work.module.js';

@Module({})
export class AppModule {
  static with(options: PlatformOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggingModule.with(options.config.logLevel, options.logTo),
        PlatformModule.with(options),
        ProofModule,
        AccessModule,
        ProvidersModule,
        SettingsModule,
        DepartmentsModule,
        ContractsModule,
        HandingOverModule,
        TextsModule,
        SendingModule,
        MessagesModule,
        CoverageModule,
        WorkModule,
        ImportsModule,
        HealthModule,
        SetupModule,
        ConsoleModule.with(options.config),
        ...(options.config.provider === 'sandbox' ? [SandboxModule] : []),
      ],
    };
  }
}
