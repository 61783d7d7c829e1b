import { Module } from '@nestjs/common';
import { ContractsModule } from '../contracts/contracts.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { ErasingRequests } from './erasing-requests.js';
import { Erasing } from './erasing.js';
import { Holds } from './holds.service.js';
import { PersonalData } from './personal-data.service.js';
import { RetentionController } from './retention.controller.js';
import { Retention } from './retention.service.js';

@Module({
  imports: [ContractsModule, ProposalsModule, SettingsModule],
  controllers: [RetentionController],
  providers: [Erasing, ErasingRequests, Holds, PersonalData, Retention],
  exports: [Holds, PersonalData],
})
export class RetentionModule {}
