import { Global, Module } from '@nestjs/common';
import { SecondLook } from '../access/second-look.js';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { AgencyActs } from './agency-acts.js';
import { Deciders } from './deciders.js';
import { ProposalReader } from './proposal-reader.js';
import { ProposalsController } from './proposals.controller.js';
import { Proposals } from './proposals.service.js';

/** It is global for `SecondLook`: settings and departments, on which it rests itself, ask for that. */
@Global()
@Module({
  imports: [DepartmentsModule, SettingsModule],
  controllers: [ProposalsController],
  providers: [Deciders, ProposalReader, Proposals, { provide: SecondLook, useClass: AgencyActs }],
  exports: [Deciders, ProposalReader, Proposals, SecondLook],
})
export class ProposalsModule {}
