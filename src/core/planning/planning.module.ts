import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings/settings.module.js';
import { AlertStates } from './alert-states.js';
import { Flags } from './flags.js';
import { FormerNumbers } from './former-numbers.js';
import { MilestoneStore } from './milestone.store.js';
import { PlanningService } from './planning.service.js';

@Module({
  imports: [SettingsModule],
  providers: [AlertStates, Flags, FormerNumbers, MilestoneStore, PlanningService],
  exports: [AlertStates, Flags, FormerNumbers, PlanningService],
})
export class PlanningModule {}
