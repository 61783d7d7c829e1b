import {
  Import,
  ImportChunk,
  ImportEffect,
  ImportHeading,
  ImportProblem,
  ImportRefused,
  OcdsRecord,
} from './import.entities.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Module } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { PlanningModule } from '../../core/planning/planning.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { ContractImporter } from './contract-importer.js';
import { ContractRestorer } from './contract-restorer.js';
import { HeadingMemory } from './heading-memory.js';
import { ImportAccess } from './import-access.js';
import { ImportBatches } from './import-batches.js';
import { ImportColumns } from './import-columns.js';
import { ImportDecisions } from './import-decisions.js';
import { ImportDirectory } from './import-directory.js';
import { ImportEffects } from './import-effects.js';
import { ImportFiles } from './import-files.js';
import { ImportIntake } from './import-intake.js';
import { ImportBringing } from './import-bringing.js';
import { ApplyPass } from './apply-pass.js';
import { PreviewPass } from './preview-pass.js';
import { ImportPreviews } from './import-previews.js';
import { ImportReading } from './import-reading.js';
import { RefusedRows } from './import-refused.js';
import { ImportRunner } from './import-runner.js';
import { ImportRuns } from './import-runs.js';
import { ImportSettling } from './import-settling.js';
import { ImportSnapshots } from './import-snapshots.js';
import { ImportSource } from './import-source.js';
import { ImportSteps } from './import-steps.js';
import { ImportStepsController } from './import-steps.controller.js';
import { ImportUndo } from './import-undo.js';
import { ImportedStates } from './imported-states.js';
import { ImportsController } from './imports.controller.js';
import { ImportsReader } from './imports-reader.js';
import { ImportsService } from './imports.service.js';
import { ImportsUndone } from './imports-undone.js';
import { PartyMerger } from './party-merger.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      Import,
      ImportChunk,
      ImportEffect,
      ImportHeading,
      ImportProblem,
      ImportRefused,
      OcdsRecord,
    ]),
    ContractsModule,
    DepartmentsModule,
    PlanningModule,
    SettingsModule,
  ],
  controllers: [ImportsController, ImportStepsController],
  providers: [
    ContractImporter,
    ContractRestorer,
    HeadingMemory,
    ImportAccess,
    ImportBatches,
    ImportColumns,
    ImportDecisions,
    ImportDirectory,
    ImportEffects,
    ImportFiles,
    ImportIntake,
    ImportBringing,
    ApplyPass,
    PreviewPass,
    ImportPreviews,
    ImportReading,
    ImportRunner,
    ImportRuns,
    ImportSettling,
    ImportSnapshots,
    ImportSource,
    ImportSteps,
    ImportUndo,
    ImportedStates,
    ImportsReader,
    ImportsService,
    ImportsUndone,
    PartyMerger,
    RefusedRows,
  ],
  exports: [
    ImportIntake,
    ImportPreviews,
    ImportSteps,
    ImportUndo,
    ImportsReader,
    ImportsService,
    ImportsUndone,
    RefusedRows,
  ],
})
export class ImportsModule {}
