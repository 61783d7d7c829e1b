import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SettingsModule } from '../settings/settings.module.js';
import { Department, Officer } from './department.entity.js';
import { DepartmentsController } from './departments.controller.js';
import { DepartmentsService } from './departments.service.js';
import { Labels } from './labels.js';
import { OfficersService } from './officers.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Department, Officer]), SettingsModule],
  controllers: [DepartmentsController],
  providers: [DepartmentsService, Labels, OfficersService],
  exports: [DepartmentsService, Labels, OfficersService],
})
export class DepartmentsModule {}
