import { Body, Get, HttpCode, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { ExportsService } from '../../../core/log/exports.service.js';
import { MessageInFull } from '../../../core/log/message-in-full.js';
import {
  messageExportQuery,
  messageListQuery,
  messageSearchSchema,
} from '../../../core/log/message.schema.js';
import { MessagesService } from '../../../core/log/messages.service.js';
import { idParam } from '../../../platform/http/query.schema.js';
import { MessageStates } from '../../../core/sending/message-states.js';
import { addressOf } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { Form, withoutBlanks, parsed } from '../form.js';
import { type PageAnswer, page, redirect } from '../page.js';
import { messageTones, withTones } from '../tones.js';
import { MessageChoices } from './message-choices.js';

const path = '/console/messages';

/** The message log, all its filters in the address but for numbers. */
@ConsolePage('console/messages')
@Allow('officer', 'manager', 'admin', 'auditor')
export class MessagePages {
  constructor(
    private readonly messages: MessagesService,
    private readonly inFull: MessageInFull,
    private readonly exporting: ExportsService,
    private readonly states: MessageStates,
    private readonly choices: MessageChoices,
  ) {}

  @Get()
  async list(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Query() sent: Record<string, unknown>,
  ): Promise<PageAnswer> {
    const query = parsed(messageListQuery, withoutBlanks(sent));
    const { cursor, limit: _limit, ...filters } = query;
    const { items, nextCursor } = await this.messages.list(caller, query);
    return page('messages/list', 'messages.title', {
      query,
      filtered: Object.values(filters).some((value) => value !== undefined),
      items: withTones(items),
      next: nextCursor && addressOf(path, { ...filters, cursor: nextCursor }),
      first: cursor && addressOf(path, filters),
      exportTo: caller.role === 'officer' ? null : addressOf(`${path}/export`, filters),
      ...(await this.choices.of(request, caller)),
    });
  }

  @Post('search')
  @HttpCode(200)
  async search(
    @Req() request: PageRequest,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    const shown = { values: form.values(), searched: true, ...(await this.choices.of(request, caller)) };
    try {
      const search = parsed(messageSearchSchema, {
        number: form.text('number'),
        words: form.text('words'),
        limit: 200,
      });
      const { items } = await this.messages.search(caller, search);
      return page('messages/list', 'messages.title', {
        ...shown,
        items: withTones(items),
      });
    } catch (error) {
      const problem = await this.choices.problem(request, error);
      return page(
        'messages/list',
        'messages.title',
        { ...shown, problem, items: [] },
        { status: problem.status },
      );
    }
  }

  @Get('export')
  @Allow('manager', 'admin', 'auditor')
  async export(
    @CurrentCaller() caller: Caller,
    @Query() sent: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const query = parsed(messageExportQuery, withoutBlanks(sent));
    void reply.header('cache-control', 'no-store');
    return new StreamableFile(await this.exporting.start(caller, query), {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="messages.csv"',
    });
  }

  @Get(':id')
  async show(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
  ): Promise<PageAnswer> {
    const message = await this.inFull.get(caller, id);
    return page('messages/show', 'messages.one', {
      message,
      tone: messageTones[message.status],
      mayRelease: caller.role === 'admin' && message.status === 'held',
    });
  }

  @Post(':id/release')
  @Allow('admin')
  async release(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idParam }) id: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    await this.states.release(caller, id, new Form(body).text('reason') ?? '');
    return redirect(`${path}/${id}`, 'released');
  }
}
