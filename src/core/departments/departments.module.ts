import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { DepartmentsController } from './departments.controller.js';
import { DepartmentsService } from './departments.service.js';
import { Labels } from './labels.js';
import { OfficersService } from './officers.service.js';

@Module({
  imports: [SettingsModule],
  controllers: [DepartmentsController],
  providers: [DepartmentsService, Labels, OfficersService],
  exports: [DepartmentsService, Labels, OfficersService],
})
export class DepartmentsModule {}
