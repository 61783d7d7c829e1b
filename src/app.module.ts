import { type DynamicModule, Module } from '@nestjs/common';
import { AccessesModule } from './core/accesses/accesses.module.js';
import { AccessModule } from './core/access/access.module.js';
import { ContractsModule } from './core/contracts/contracts.module.js';
import { DepartmentsModule } from './core/departments/departments.module.js';
import { EvidenceModule } from './core/evidence/evidence.module.js';
import { HealthModule } from './core/health/health.module.js';
import { LoggingModule } from './platform/http/logging.module.js';
import { FeedModule } from './core/feed/feed.module.js';
import { FlagsModule } from './core/flags/flags.module.js';
import { ProposalsModule } from './core/proposals/proposals.module.js';
import { MessagesModule } from './core/log/messages.module.js';
import { PlatformModule, type PlatformOptions } from './platform/platform.module.js';
import { ProofModule } from './core/proof/proof.module.js';
import { providers as registeredProviders } from './core/providers/providers.js';
import { ProvidersModule } from './core/providers/providers.module.js';
import { RetentionModule } from './core/retention/retention.module.js';
import { SandboxModule } from './core/sandbox/sandbox.module.js';
import { SendingModule } from './core/sending/sending.module.js';
import { SettingsModule } from './core/settings/settings.module.js';
import { SetupModule } from './core/setup/setup.module.js';
import { TextsModule } from './core/texts/texts.module.js';
import { TransparencyModule } from './core/transparency/transparency.module.js';
import type { Office } from './wings.js';

@Module({})
export class AppModule {
  /** `office`: null for the core alone. `providers`: other ones only in a test. */
  static with(
    options: PlatformOptions,
    office: Office | null,
    providers = registeredProviders,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggingModule.with(options.config.logLevel, options.logTo),
        PlatformModule.with(options),
        ProofModule,
        AccessesModule,
        AccessModule,
        ProvidersModule.with(providers),
        SettingsModule,
        DepartmentsModule,
        ContractsModule,
        TextsModule,
        SendingModule,
        MessagesModule,
        FlagsModule,
        ProposalsModule,
        TransparencyModule,
        EvidenceModule,
        FeedModule,
        RetentionModule,
        HealthModule,
        SetupModule,
        ...(options.config.provider === 'sandbox' ? [SandboxModule] : []),
        ...(office ? [office.with(options.config)] : []),
      ],
      controllers: providers.flatMap((provider) => provider.controllers),
    };
  }
}
