import { Module } from '@nestjs/common';
import { ContractsModule } from '../contracts/contracts.module.js';
import { PlanningModule } from '../planning/planning.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { CalendarController } from './calendar.controller.js';
import { CalendarPreview } from './calendar-preview.js';
import { CalendarService, Replanning } from './replanning.service.js';

@Module({
  imports: [ContractsModule, PlanningModule, SettingsModule],
  controllers: [CalendarController],
  providers: [CalendarPreview, CalendarService, Replanning],
  exports: [CalendarService, Replanning],
})
export class ReplanningModule {}
