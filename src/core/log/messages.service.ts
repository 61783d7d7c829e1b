import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/roles.js';
import { rowsOf } from '../../platform/database/rows.js';
import { Transactions } from '../../platform/database/transactions.js';
import { encodeCursor, idOfCursor } from './cursor.js';
import { LogScope } from './log-scope.js';
import { type MessageFilters, pageOf } from './message-query.js';
import { MessageRows } from './message-rows.js';
import type { MessageItemView, MessageListQuery, MessageSearch } from './message.schema.js';
import { SearchedMessages } from './searched-messages.js';

interface MessagePage {
  items: MessageItemView[];
  nextCursor: string | null;
}

/** The message log, newest first: a page is one statement by index, and a few for what belongs to its messages. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly scope: LogScope,
    private readonly searched: SearchedMessages,
    private readonly rows: MessageRows,
  ) {}

  async list(caller: Caller, query: MessageListQuery): Promise<MessagePage> {
    const filters = await this.scope.filters(caller, query);
    return this.page(this.transactions.manager, caller, query, filters);
  }

  async search(caller: Caller, search: MessageSearch): Promise<MessagePage> {
    const filters = await this.scope.filters(caller, search, await this.searched.by(search));
    return this.searched.inTime((manager) => this.page(manager, caller, search, filters));
  }

  private async page(
    manager: EntityManager,
    caller: Caller,
    { cursor, limit, departmentId }: Pick<MessageListQuery, 'cursor' | 'limit' | 'departmentId'>,
    filters: MessageFilters,
  ): Promise<MessagePage> {
    const { sql, parameters } = pageOf(filters, { after: idOfCursor(cursor), limit: limit + 1 });
    const found = await rowsOf<{ id: string }>(manager, sql, parameters);
    const ids = found.slice(0, limit).map((row) => row.id);
    const seen = departmentId === undefined ? filters.departments : await this.scope.seen(caller);
    const last = ids.at(-1);
    return {
      items: await this.rows.views(await this.rows.of(ids), seen),
      nextCursor: found.length > limit && last !== undefined ? encodeCursor(last) : null,
    };
  }
}
