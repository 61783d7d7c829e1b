import { Module } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { MessagesModule } from '../../core/log/messages.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
import { WorkQuery } from './work-query.js';
import { WorkController } from './work.controller.js';
import { WorkService } from './work.service.js';

@Module({
  imports: [ContractsModule, DepartmentsModule, MessagesModule, SettingsModule],
  controllers: [WorkController],
  providers: [WorkQuery, WorkService],
  exports: [WorkService],
})
export class WorkModule {}
