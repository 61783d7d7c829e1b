import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { AlertStates } from './alert-states.js';
import { Flags } from './flags.js';
import { MilestoneStore } from './milestone.store.js';
import { PlanningService } from './planning.service.js';

@Module({
  imports: [SettingsModule],
  providers: [AlertStates, Flags, MilestoneStore, PlanningService],
  exports: [AlertStates, Flags, PlanningService],
})
export class PlanningModule {}
