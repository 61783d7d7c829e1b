import { Module } from '@nestjs/common';
import { ContractsModule } from '../contracts/contracts.module.js';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { ContractImporter } from './contract-importer.js';
import { ImportDirectory } from './import-directory.js';
import { ImportFiles } from './import-files.js';
import { ImportIntake } from './import-intake.js';
import { ImportRunner } from './import-runner.js';
import { ImportSource } from './import-source.js';
import { ImportedStates } from './imported-states.js';
import { ImportsController } from './imports.controller.js';
import { ImportsService } from './imports.service.js';
import { PartyMerger } from './party-merger.js';

@Module({
  imports: [ContractsModule, DepartmentsModule, SettingsModule],
  controllers: [ImportsController],
  providers: [
    ContractImporter,
    ImportDirectory,
    ImportFiles,
    ImportIntake,
    ImportRunner,
    ImportSource,
    ImportedStates,
    ImportsService,
    PartyMerger,
  ],
})
export class ImportsModule {}
