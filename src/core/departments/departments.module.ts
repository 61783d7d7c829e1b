import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SettingsModule } from '../settings/settings.module.js';
import { Department } from './department.entity.js';
import { DepartmentsController } from './departments.controller.js';
import { DepartmentsService } from './departments.service.js';
import { Officer } from './officer.entity.js';
import { Labels } from './labels.js';
import { OfficerNames } from './officer-names.js';
import { OfficersService } from './officers.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Department, Officer]), SettingsModule],
  controllers: [DepartmentsController],
  providers: [DepartmentsService, Labels, OfficerNames, OfficersService],
  exports: [DepartmentsService, Labels, OfficerNames, OfficersService],
})
export class DepartmentsModule {}
