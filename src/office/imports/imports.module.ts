import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { PlanningModule } from '../../core/planning/planning.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { ContractImporter, ImportedStates } from './contract-importer.js';
import { ContractSnapshots } from './contract-snapshots.js';
import { ImportBatches } from './import-batches.js';
import { ImportDecisions } from './import-decisions.js';
import { ImportEffects } from './import-effects.js';
import * as entities from './import.entities.js';
import { ImportFiles, ImportIntake, ImportRetention } from './import-files.js';
import { ImportJobs, ImportPasses } from './import-jobs.js';
import { ImportDirectory, ImportReading } from './import-reading.js';
import { ImportSource } from './import-source.js';
import { ImportedParties } from './imported-parties.js';
import { ImportStates } from './import-states.js';
import { ContractRestorer, ImportUndo } from './import-undo.js';
import { ImportsController, ImportStepsController } from './imports.controller.js';
import { ImportsService } from './imports.service.js';
import { RefusedRows } from './refused-rows.js';
import { SheetColumns } from './sheet-columns.js';

/** What the pages use as well. */
const shared = [
  ImportDecisions,
  ImportIntake,
  ImportJobs,
  ImportsService,
  ImportStates,
  ImportUndo,
  RefusedRows,
  SheetColumns,
];

@Module({
  imports: [
    TypeOrmModule.forFeature(Object.values(entities)),
    ContractsModule,
    DepartmentsModule,
    PlanningModule,
    SettingsModule,
  ],
  controllers: [ImportsController, ImportStepsController],
  providers: [
    ...shared,
    ContractImporter,
    ContractRestorer,
    ContractSnapshots,
    ImportBatches,
    ImportDirectory,
    ImportedParties,
    ImportedStates,
    ImportEffects,
    ImportFiles,
    ImportPasses,
    ImportReading,
    ImportRetention,
    ImportSource,
  ],
  exports: shared,
})
export class ImportsModule {}
