import { Module } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { HandingOverController } from './handing-over.controller.js';
import { HandingOverService } from './handing-over.service.js';

@Module({
  imports: [ContractsModule, DepartmentsModule],
  controllers: [HandingOverController],
  providers: [HandingOverService],
  exports: [HandingOverService],
})
export class HandingOverModule {}
