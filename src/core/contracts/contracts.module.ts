import { ContractRevision } from './contract.entity.js';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DepartmentsModule } from '../departments/departments.module.js';
import { PlanningModule } from '../planning/planning.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { ChangesService } from './changes.service.js';
import { Contact } from './contact.entity.js';
import { ContactsService } from './contacts.service.js';
import { Contract } from './contract.entity.js';
import { ContractChanges } from './contract-changes.js';
import { ContractEditor } from './contract-editor.js';
import { ContractReader } from './contract.reader.js';
import { ContractSearch } from './contract-search.service.js';
import { ContractTransfer } from './contract-transfer.js';
import { ContractViewer } from './contract.viewer.js';
import { ContractsController } from './contracts.controller.js';
import { ContractsService } from './contracts.service.js';
import { Counterparty } from './counterparty.entity.js';
import { PartyRows } from './party-rows.js';
import { ReadingRulesService } from './reading-rules.js';
import { RegistrationService } from './registration.service.js';
import { Replanning } from './replanning.js';
import { StatedFacts } from './stated-facts.js';
import { TakingOver } from './taking-over.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Contract, Counterparty, Contact, ContractRevision]),
    DepartmentsModule,
    PlanningModule,
    SettingsModule,
  ],
  controllers: [ContractsController],
  providers: [
    ChangesService,
    ContactsService,
    ContractChanges,
    ContractEditor,
    ContractReader,
    ContractSearch,
    ContractTransfer,
    ContractViewer,
    ContractsService,
    PartyRows,
    ReadingRulesService,
    RegistrationService,
    Replanning,
    StatedFacts,
    TakingOver,
  ],
  exports: [
    ChangesService,
    ContactsService,
    ContractChanges,
    ContractReader,
    ContractSearch,
    ContractTransfer,
    ContractViewer,
    ContractsService,
    PartyRows,
    ReadingRulesService,
    RegistrationService,
    Replanning,
    TakingOver,
  ],
})
export class ContractsModule {}
