import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { KnownElsewhere } from '../../core/contracts/known-elsewhere.js';
import { FlagsModule } from '../../core/flags/flags.module.js';
import { PlanningModule } from '../../core/planning/planning.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { Timers } from '../../platform/timers.js';
import { ImportsModule } from '../imports/imports.module.js';
import { ListedContracts } from './listed-contracts.js';
import { Matching } from './matching.js';
import { Procurement, ProcurementClient } from './procurement.js';
import { ReferenceFiles } from './reference-files.js';
import { ReferenceListsController } from './reference-lists.controller.js';
import { ReferenceIntake, ReferencePasses } from './reference-intake.js';
import { ReferenceLists } from './reference-lists.service.js';
import { ReferenceRecords } from './reference-records.js';
import { Treasury } from './treasury.js';

/** Contracts change every day: lists are compared with them again so often. */
const compareEveryMs = 3_600_000;
/** A pass over e-procurement is due every few hours, and goes on soon after it broke off. */
const pollEveryMs = 60_000;

@Module({
  imports: [ContractsModule, FlagsModule, ImportsModule, PlanningModule, SettingsModule],
  controllers: [ReferenceListsController],
  providers: [
    ListedContracts,
    Matching,
    Procurement,
    ProcurementClient,
    ReferenceFiles,
    ReferenceIntake,
    ReferenceLists,
    ReferencePasses,
    ReferenceRecords,
    Treasury,
  ],
  exports: [ReferenceIntake, ReferenceLists],
})
export class ReferenceListsModule implements OnApplicationBootstrap {
  constructor(
    private readonly timers: Timers,
    private readonly matching: Matching,
    private readonly procurement: Procurement,
    private readonly client: ProcurementClient,
    records: ReferenceRecords,
    known: KnownElsewhere,
  ) {
    known.knowBy((contractIds) => records.knownAmong(contractIds));
  }

  onApplicationBootstrap(): void {
    this.timers.every(compareEveryMs, 'the comparison with reference lists', () => this.matching.lookAtAll());
    if (this.client.isConfigured)
      this.timers.every(pollEveryMs, 'the reading of e-procurement', () => this.procurement.pollDue());
  }
}
