import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { idOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import { LogScope } from './log-scope.js';
import { type MessageFilters, pageOf } from './message-query.js';
import { MessageRows } from './message-rows.js';
import type { MessageItemView, MessageListQuery, MessageSearch } from './message.schema.js';
import { SearchedMessages } from './searched-messages.js';
import { Database } from '../../platform/database/database.js';

/** The message log, newest first: a page is one statement by index, and a few for what belongs to its messages. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly database: Database,
    private readonly scope: LogScope,
    private readonly searched: SearchedMessages,
    private readonly rows: MessageRows,
  ) {}

  async list(caller: Caller, query: MessageListQuery): Promise<Page<MessageItemView>> {
    const filters = await this.scope.filters(caller, query);
    return this.page(caller, query, filters);
  }

  async search(caller: Caller, search: MessageSearch): Promise<Page<MessageItemView>> {
    const filters = await this.scope.filters(caller, search, await this.searched.by(search));
    return this.searched.inTime(() => this.page(caller, search, filters));
  }

  private async page(
    caller: Caller,
    { cursor, limit, departmentId }: Pick<MessageListQuery, 'cursor' | 'limit' | 'departmentId'>,
    filters: MessageFilters,
  ): Promise<Page<MessageItemView>> {
    const { sql, parameters } = pageOf(filters, { after: idOfCursor(cursor), limit: limit + 1 });
    const found = await this.database.rows<{ id: string }>(sql, parameters);
    const { items, nextCursor } = pageFrom(found, limit);
    const seen = departmentId === undefined ? filters.departments : await this.scope.seen(caller);
    const rows = await this.rows.of(items.map(({ id }) => id));
    return { items: await this.rows.views(rows, seen), nextCursor };
  }
}
