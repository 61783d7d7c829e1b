import { Module } from '@nestjs/common';
import { ContractsModule } from '../contracts/contracts.module.js';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TallyModule } from '../tally/tally.module.js';
import { TextsModule } from '../texts/texts.module.js';
import { AlertDays } from './alert-days.service.js';
import { AlertsService } from './alerts.service.js';
import { ExportJournal } from './export-journal.js';
import { ExportsService } from './exports.service.js';
import {
  AlertsController,
  MessagesController,
  PreviewController,
  TimelineController,
} from './log.controller.js';
import { LogFilters } from './log-filters.js';
import { LogSpans } from './log-spans.js';
import { MessagePages } from './message-pages.js';
import { MessageReader } from './message-reader.js';
import { MessagesService } from './messages.service.js';
import { PreviewService } from './preview.service.js';
import { TimelineService } from './timeline.service.js';

const forOthers = [
  AlertDays,
  AlertsService,
  ExportJournal,
  ExportsService,
  MessagesService,
  PreviewService,
  TimelineService,
];

@Module({
  imports: [ContractsModule, DepartmentsModule, SettingsModule, TallyModule, TextsModule],
  controllers: [AlertsController, MessagesController, PreviewController, TimelineController],
  providers: [...forOthers, LogFilters, LogSpans, MessagePages, MessageReader],
  exports: forOthers,
})
export class MessagesModule {}
