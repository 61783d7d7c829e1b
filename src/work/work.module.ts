import { Module } from '@nestjs/common';
import { CoverageModule } from '../coverage/coverage.module.js';
import { DepartmentsModule } from '../departments/departments.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { WorkFiles } from './work-files.js';
import { WorkRows } from './work-rows.js';
import { WorkController } from './work.controller.js';
import { WorkService } from './work.service.js';

@Module({
  imports: [CoverageModule, DepartmentsModule, MessagesModule, SettingsModule],
  controllers: [WorkController],
  providers: [WorkFiles, WorkRows, WorkService],
  exports: [WorkFiles, WorkService],
})
export class WorkModule {}
