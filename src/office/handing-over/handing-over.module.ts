import { Module } from '@nestjs/common';
import { ContractsModule } from '../../core/contracts/contracts.module.js';
import { DepartmentsModule } from '../../core/departments/departments.module.js';
import { Batches } from './batches.js';
import { HandOverService } from './hand-over.service.js';
import { HandingOverController } from './handing-over.controller.js';
import { MergeService } from './merge.service.js';

@Module({
  imports: [ContractsModule, DepartmentsModule],
  controllers: [HandingOverController],
  providers: [Batches, HandOverService, MergeService],
  exports: [HandOverService, MergeService],
})
export class HandingOverModule {}
