import { Module } from '@nestjs/common';
import { ContractsModule } from '../contracts/contracts.module.js';
import { DepartmentsModule } from '../departments/departments.module.js';
import { MessagesModule } from '../log/messages.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { FlagInbox } from './flag-inbox.js';
import { FlagsController } from './flags.controller.js';
import { FlagsService } from './flags.service.js';
import { OfficerFigures } from './officer-figures.js';

@Module({
  imports: [ContractsModule, DepartmentsModule, MessagesModule, SettingsModule],
  controllers: [FlagsController],
  providers: [FlagInbox, FlagsService, OfficerFigures],
  exports: [FlagInbox, FlagsService, OfficerFigures],
})
export class FlagsModule {}
