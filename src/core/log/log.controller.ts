import { Body, Controller, Get, Post, Query, type StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { Answers } from '../../platform/http/answers.js';
import { streamedList } from '../../platform/http/streamed-list.js';
import { Id } from '../../platform/http/query.schema.js';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { AlertDays } from './alert-days.service.js';
import { AlertsService } from './alerts.service.js';
import { ExportsService, plainMessages } from './exports.service.js';
import {
  type AlertDaysQuery,
  alertDaysQuery,
  alertDaysView,
  type AlertListQuery,
  alertListQuery,
  alertListView,
  type MessageExportQuery,
  messageExportQuery,
  type MessageListQuery,
  messageListQuery,
  messageListView,
  type MessageSearch,
  messageSearchSchema,
  type MessageView,
  messageView,
  type PreviewBody,
  previewSchema,
  type PreviewView,
  previewView,
  timelineView,
} from './log.schema.js';
import { MessagesService } from './messages.service.js';
import { PreviewService } from './preview.service.js';
import { TimelineService } from './timeline.service.js';

/** MessagesController is the message log. Monitors read figures, and have no part in what was written to whom. */
@Controller('messages')
@Allow('officer', 'manager', 'admin', 'auditor')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly exporting: ExportsService,
  ) {}

  @Get()
  @Answers(200, messageListView, 'The message log, newest first')
  list(@CurrentCaller() caller: Caller, @Query({ schema: messageListQuery }) query: MessageListQuery) {
    return this.messages.list(caller, query);
  }

  /** By POST, since a number must not stand in an address: addresses are kept in logs. */
  @Post('search')
  @Answers(200, messageListView, 'Messages to a number, or with words in their text')
  search(@CurrentCaller() caller: Caller, @Body({ schema: messageSearchSchema }) search: MessageSearch) {
    return this.messages.search(caller, search);
  }

  @Get('export')
  @Allow('manager', 'admin', 'auditor')
  @Answers(200, z.string(), 'The message log as a file (CSV or NDJSON), streamed; each export is journalled')
  export(
    @CurrentCaller() caller: Caller,
    @Query({ schema: messageExportQuery }) { format, ...asked }: MessageExportQuery,
  ): Promise<StreamableFile> {
    return this.exporting.start(caller, asked, plainMessages(format));
  }

  @Get(':id')
  @Answers(200, messageView, 'A message with its text, attempts and receipts')
  get(@CurrentCaller() caller: Caller, @Id() id: string): Promise<MessageView> {
    return this.messages.get(caller, id);
  }
}

@Controller('alerts')
@Allow('officer', 'manager', 'admin', 'auditor')
export class AlertsController {
  constructor(
    private readonly alerts: AlertsService,
    private readonly alertDays: AlertDays,
  ) {}

  @Get()
  @Answers(200, alertListView, 'Alerts that are planned, due, missed or held, by due time')
  list(@CurrentCaller() caller: Caller, @Query({ schema: alertListQuery }) query: AlertListQuery) {
    return this.alerts.list(caller, query);
  }

  @Get('days')
  @Answers(200, alertDaysView, 'How many alerts are planned, held, missed, sent and failed, by day')
  async days(@CurrentCaller() caller: Caller, @Query({ schema: alertDaysQuery }) query: AlertDaysQuery) {
    return { items: await this.alertDays.countedByDay(caller, query) };
  }
}

@Controller('contracts')
@Allow('officer', 'manager', 'admin', 'auditor')
export class TimelineController {
  constructor(private readonly timeline: TimelineService) {}

  @Get(':id/timeline')
  @Answers(200, timelineView, 'What was planned, sent and reported for a contract, in the order of time')
  async of(@CurrentCaller() caller: Caller, @Id() id: string) {
    return streamedList(await this.timeline.timelineOf(caller, id));
  }
}

/** PreviewController is here, and not with the templates: a text is previewed for a contract, which they do not know. */
@Controller('templates')
@Allow('officer', 'manager', 'admin', 'auditor')
export class PreviewController {
  constructor(private readonly previews: PreviewService) {}

  @Post('preview')
  @Answers(200, previewView, 'The text that a contact would get, and what it counts as')
  preview(
    @CurrentCaller() caller: Caller,
    @Body({ schema: previewSchema }) body: PreviewBody,
  ): Promise<PreviewView> {
    return this.previews.preview(caller, body);
  }
}
