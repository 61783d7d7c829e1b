import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { DepartmentActs } from './department-acts.js';
import { DepartmentsController } from './departments.controller.js';
import { DepartmentsService } from './departments.service.js';
import { Labels } from './labels.js';
import { OfficersService } from './officers.service.js';

@Module({
  imports: [SettingsModule],
  controllers: [DepartmentsController],
  providers: [DepartmentActs, DepartmentsService, Labels, OfficersService],
  exports: [DepartmentActs, DepartmentsService, Labels, OfficersService],
})
export class DepartmentsModule {}
