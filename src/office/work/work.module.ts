import { Module } from '@nestjs/common';
import { CoverageModule } from '../coverage/coverage.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { MessagesModule } from '../../core/log/messages.module.js';
import { SettingsModule } from '../../core/settings/settings.module.js';
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
