import { Inject, Injectable } from '@nestjs/common';
import { Database, sqlStateOf } from '../../platform/database/database.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { idOfCursor, type Page, pageFrom } from '../../platform/paging.js';
import { type MessageFilters, messagePageSql, readsTexts } from './log-filters.js';
import type { MessageListQuery } from './log.schema.js';
import { LogSpans } from './log-spans.js';
import { logProblems, longestSearch } from './log.words.js';

/** The code that PostgreSQL gives a statement that ran into its time limit. */
const queryCanceled = '57014';

/** MessagePages finds which messages a page has, newest first. */
@Injectable()
export class MessagePages {
  constructor(
    @Inject(CONFIG) private readonly config: { limits: { textsOfOnePage: number } },
    private readonly database: Database,
    private readonly spans: LogSpans,
  ) {}

  /** Throws when the search takes so long that it had better be narrowed. */
  async search(
    filters: MessageFilters,
    wanted: Pick<MessageListQuery, 'cursor' | 'limit'>,
  ): Promise<Page<{ id: string }>> {
    try {
      return await this.database.inTransaction(async () => {
        await this.database.run(`SET LOCAL statement_timeout = '${longestSearch}s'`);
        return this.page(filters, wanted);
      });
    } catch (error) {
      if (sqlStateOf(error) !== queryCanceled) throw error;
      throw logProblems.error('search-too-wide', {}, { cause: error });
    }
  }

  async page(
    filters: MessageFilters,
    { cursor, limit }: Pick<MessageListQuery, 'cursor' | 'limit'>,
  ): Promise<Page<{ id: string }>> {
    await this.spans.catchUp(filters);
    const after = idOfCursor(cursor);
    const last = readsTexts(filters) ? await this.lastToRead(after) : null;
    const { from, before } = filters.ids;
    const ids = {
      from: laterOf(from, last),
      before: before !== null && (after === null || before < after) ? before : after,
    };
    const { sql, parameters } = messagePageSql({ ...filters, ids }, { after, limit: limit + 1 });
    const found = await this.database.rows<{ id: string }>(sql, parameters);
    const { items, nextCursor } = pageFrom(found, limit);
    return { items, nextCursor: nextCursor ?? (ids.from === last ? last : null) };
  }

  /** Returns up to which message a page reads texts; null when it can read all that are left. */
  private async lastToRead(after: string | null): Promise<string | null> {
    const [row] = await this.database.rows<{ id: string }>(
      `SELECT id FROM message WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC OFFSET $2 LIMIT 1`,
      [after, this.config.limits.textsOfOnePage - 1],
    );
    return row?.id ?? null;
  }
}

function laterOf(one: string | null, other: string | null): string | null {
  return one !== null && (other === null || one > other) ? one : other;
}
