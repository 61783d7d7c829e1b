import { Module } from '@nestjs/common';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { Deciders } from './deciders.js';
import { ProposalReader } from './proposal-reader.js';
import { ProposalsController } from './proposals.controller.js';
import { Proposals } from './proposals.service.js';

@Module({
  imports: [DepartmentsModule, SettingsModule],
  controllers: [ProposalsController],
  providers: [Deciders, ProposalReader, Proposals],
  exports: [Deciders, ProposalReader, Proposals],
})
export class ProposalsModule {}
