import { Body, Controller, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../access/roles.js';
import { Allow, CurrentCaller } from '../access/rules.js';
import { Answers } from '../../platform/http/answers.js';
import { idParam } from '../../platform/http/query.schema.js';
import { ExportsService } from './exports.service.js';
import { MessageInFull } from './message-in-full.js';
import {
  type MessageExportQuery,
  messageExportQuery,
  type MessageListQuery,
  messageListQuery,
  messageListView,
  type MessageSearch,
  messageSearchSchema,
  type MessageView,
  messageView,
} from './message.schema.js';
import { MessagesService } from './messages.service.js';

const contentTypes = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8' };

/** The message log. Monitors read figures, and have no part in what was written to whom. */
@Controller('messages')
@Allow('officer', 'manager', 'admin', 'auditor')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly inFull: MessageInFull,
    private readonly exporting: ExportsService,
  ) {}

  @Get()
  @Answers(200, messageListView, 'The message log, newest first')
  list(@CurrentCaller() caller: Caller, @Query({ schema: messageListQuery }) query: MessageListQuery) {
    return this.messages.list(caller, query);
  }

  /** By POST, since a number must not stand in an address: addresses are kept in logs. */
  @Post('search')
  @HttpCode(200)
  @Answers(200, messageListView, 'Messages to a number, or with words in their text')
  search(@CurrentCaller() caller: Caller, @Body({ schema: messageSearchSchema }) search: MessageSearch) {
    return this.messages.search(caller, search);
  }

  @Get('export')
  @Allow('manager', 'admin', 'auditor')
  @Answers(200, z.string(), 'The message log as a file (CSV or NDJSON), streamed; each export is journalled')
  async export(
    @CurrentCaller() caller: Caller,
    @Query({ schema: messageExportQuery }) query: MessageExportQuery,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.exporting.start(caller, query), {
      type: contentTypes[query.format],
      disposition: `attachment; filename="messages.${query.format}"`,
    });
  }

  @Get(':id')
  @Answers(200, messageView, 'A message with its text, attempts and receipts')
  get(@CurrentCaller() caller: Caller, @Param('id', { schema: idParam }) id: string): Promise<MessageView> {
    return this.inFull.get(caller, id);
  }
}
