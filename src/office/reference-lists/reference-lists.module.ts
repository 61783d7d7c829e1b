import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { FlagsModule } from '../../core/flags/flags.module.js';
import { PlanningModule } from '../../core/planning/planning.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { inBackground } from '../../platform/background.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Matching } from './matching.js';
import { Procurement } from './procurement.js';
import { ReferenceFiles } from './reference-files.js';
import { ReferenceListsController } from './reference-lists.controller.js';
import { ReferenceIntake, ReferenceLists } from './reference-lists.service.js';
import { ReferenceRecords } from './reference-records.js';

/** Contracts change every day: lists are compared with them again so often. */
const everyMs = 3_600_000;

@Module({
  imports: [ContractsModule, FlagsModule, PlanningModule, SettingsModule],
  controllers: [ReferenceListsController],
  providers: [Matching, Procurement, ReferenceFiles, ReferenceIntake, ReferenceLists, ReferenceRecords],
  exports: [ReferenceIntake, ReferenceLists],
})
export class ReferenceListsModule implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: { role: string },
    private readonly matching: Matching,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role === 'api') return;
    this.timer = setInterval(
      () => inBackground('the comparison with reference lists', () => this.matching.lookAtAll()),
      everyMs,
    );
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }
}
