import { Module } from '@nestjs/common';
import { ContractsModule } from '../contracts/contracts.module.js';
import { DepartmentsModule } from '../departments/departments.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TextsModule } from '../texts/texts.module.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsService } from './alerts.service.js';
import { AttemptRows } from './attempt-rows.js';
import { ExportJournal } from './export-journal.js';
import { ExportRows } from './export-rows.js';
import { ExportsService } from './exports.service.js';
import { LogScope } from './log-scope.js';
import { Masked } from './masked.js';
import { MessageInFull } from './message-in-full.js';
import { MessageRows } from './message-rows.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';
import { PreviewSubjects } from './preview-subject.js';
import { PreviewController } from './preview.controller.js';
import { PreviewService } from './preview.service.js';
import { SearchedMessages } from './searched-messages.js';
import { TimelineEntries } from './timeline-entries.js';
import { TimelineRows } from './timeline-rows.js';
import { TimelineController } from './timeline.controller.js';
import { TimelineService } from './timeline.service.js';

@Module({
  imports: [ContractsModule, DepartmentsModule, SettingsModule, TextsModule],
  controllers: [AlertsController, MessagesController, PreviewController, TimelineController],
  providers: [
    AlertsService,
    AttemptRows,
    ExportJournal,
    ExportRows,
    ExportsService,
    LogScope,
    Masked,
    MessageInFull,
    MessageRows,
    MessagesService,
    PreviewService,
    PreviewSubjects,
    SearchedMessages,
    TimelineEntries,
    TimelineRows,
    TimelineService,
  ],
  exports: [
    AlertsService,
    ExportJournal,
    ExportsService,
    Masked,
    MessageInFull,
    MessagesService,
    PreviewService,
    TimelineService,
  ],
})
export class MessagesModule {}
