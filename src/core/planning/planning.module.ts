import { Alert, Milestone } from './planning.entities.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { AlertStore } from './alert.store.js';
import { MilestoneStore } from './milestone.store.js';
import { PlanningService } from './planning.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Alert, Milestone]), SettingsModule],
  providers: [AlertStore, MilestoneStore, PlanningService],
  exports: [PlanningService],
})
export class PlanningModule {}
