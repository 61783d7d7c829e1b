import { Module } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { MessagesModule } from '../../core/log/messages.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { TallyModule } from '../../core/tally/tally.module.js';
import { WorkQuery } from './work-query.js';
import { WorkTally } from './work-tally.js';
import { WorkController } from './work.controller.js';
import { WorkService } from './work.service.js';

@Module({
  imports: [ContractsModule, DepartmentsModule, MessagesModule, SettingsModule, TallyModule],
  controllers: [WorkController],
  providers: [WorkQuery, WorkService, WorkTally],
  exports: [WorkQuery, WorkService],
})
export class WorkModule {}
