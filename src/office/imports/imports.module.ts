import { Module } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { PlanningModule } from '../../core/planning/planning.module.js';
import { ProposalsModule } from '../../core/proposals/proposals.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { ImportBatches } from './batches.js';
import { ContractImporter, ImportedParties, ImportedStates } from './contract-importer.js';
import { ImportEffects } from './effects.js';
import { ImportsController, ImportStepsController } from './imports.controller.js';
import { ImportsService } from './imports.service.js';
import { ImportJobs, ImportPasses } from './jobs.js';
import { ImportNames } from './names.js';
import { OcdsProcesses } from './ocds/processes.js';
import { ProposedRows } from './proposed-rows.js';
import { RefusedRows } from './refused-rows.js';
import { ImportRetention } from './retention.js';
import { SheetColumns } from './sheet/columns.js';
import { ContractSnapshots } from './snapshots.js';
import { FactsReading } from './stated-facts.js';
import { ImportStates } from './states.js';
import { ContractRestorer, ImportUndo } from './undo.js';
import { ImportUnits } from './units.js';
import { ImportFiles, ImportIntake } from './uploads.js';

/** The pages use these services as well. */
const shared = [
  FactsReading,
  ImportFiles,
  ImportIntake,
  ImportJobs,
  ImportNames,
  ImportsService,
  ImportStates,
  ImportUndo,
  RefusedRows,
  SheetColumns,
];

@Module({
  imports: [ContractsModule, DepartmentsModule, PlanningModule, ProposalsModule, SettingsModule],
  controllers: [ImportsController, ImportStepsController],
  providers: [
    ...shared,
    ContractImporter,
    ContractRestorer,
    ContractSnapshots,
    ImportBatches,
    ImportedParties,
    ImportedStates,
    ImportEffects,
    ImportPasses,
    ImportRetention,
    ImportUnits,
    OcdsProcesses,
    ProposedRows,
  ],
  exports: shared,
})
export class ImportsModule {}
