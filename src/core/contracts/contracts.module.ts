import { Module } from '@nestjs/common';
import { DepartmentsModule } from '../departments/departments.module.js';
import { PlanningModule } from '../planning/planning.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { ContactsService } from './contacts.service.js';
import { ContractActs } from './contract-acts.js';
import { ContractChanges } from './contract-changes.js';
import { FactsRules } from './contract-facts.js';
import { ContractRevisions } from './contract-revisions.js';
import { ContractReader } from './contract.reader.js';
import { ContractViewer } from './contract.view.js';
import { ContractsController } from './contracts.controller.js';
import { ContractEditor, ContractsService } from './contracts.service.js';
import { KnownElsewhere } from './known-elsewhere.js';
import { PartyParts } from './party-parts.js';
import { PartyRows } from './party-rows.js';

const forOthers = [
  ContactsService,
  ContractChanges,
  ContractReader,
  ContractRevisions,
  ContractsService,
  ContractViewer,
  FactsRules,
  KnownElsewhere,
  PartyRows,
];

@Module({
  imports: [DepartmentsModule, PlanningModule, ProposalsModule, SettingsModule],
  controllers: [ContractsController],
  providers: [...forOthers, ContractActs, ContractEditor, PartyParts],
  exports: forOthers,
})
export class ContractsModule {}
