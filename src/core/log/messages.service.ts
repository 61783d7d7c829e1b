import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { encodeCursor, idOfCursor } from './cursor.js';
import { LogScope } from './log-scope.js';
import { type MessageFilters, pageOf } from './message-query.js';
import { MessageRows } from './message-rows.js';
import type { MessageItemView, MessageListQuery, MessageSearch } from './message.schema.js';
import { SearchedMessages } from './searched-messages.js';
import { Database } from '../../platform/database/database.js';

interface MessagePage {
  items: MessageItemView[];
  nextCursor: string | null;
}

/** The message log, newest first: a page is one statement by index, and a few for what belongs to its messages. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly database: Database,
    private readonly scope: LogScope,
    private readonly searched: SearchedMessages,
    private readonly rows: MessageRows,
  ) {}

  async list(caller: Caller, query: MessageListQuery): Promise<MessagePage> {
    const filters = await this.scope.filters(caller, query);
    return this.page(caller, query, filters);
  }

  async search(caller: Caller, search: MessageSearch): Promise<MessagePage> {
    const filters = await this.scope.filters(caller, search, await this.searched.by(search));
    return this.searched.inTime(() => this.page(caller, search, filters));
  }

  private async page(
    caller: Caller,
    { cursor, limit, departmentId }: Pick<MessageListQuery, 'cursor' | 'limit' | 'departmentId'>,
    filters: MessageFilters,
  ): Promise<MessagePage> {
    const { sql, parameters } = pageOf(filters, { after: idOfCursor(cursor), limit: limit + 1 });
    const found = await this.database.rows<{ id: string }>(sql, parameters);
    const ids = found.slice(0, limit).map((row) => row.id);
    const seen = departmentId === undefined ? filters.departments : await this.scope.seen(caller);
    const last = ids.at(-1);
    return {
      items: await this.rows.views(await this.rows.of(ids), seen),
      nextCursor: found.length > limit && last !== undefined ? encodeCursor(last) : null,
    };
  }
}
