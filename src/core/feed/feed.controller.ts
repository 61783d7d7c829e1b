import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Answers } from '../../platform/http/answers.js';
import type { Caller } from '../access/roles.js';
import { Allow, type CalledRequest, CurrentCaller } from '../access/rules.js';
import { bearerOf } from '../access/access.guard.js';
import { ApiKeysService } from '../access/api-keys.service.js';
import { Turns } from '../access/turns.js';
import { Feed } from './feed.service.js';
import { type FeedPage, feedPage, type FeedQuery, feedQuery } from './feed.schema.js';
import { FeedWatch } from './feed-watch.js';

/** FeedController lets programs follow what happens. One that waits for news holds neither a turn nor a connection to the database. */
@Controller('feed')
@Allow('officer', 'manager', 'admin', 'auditor')
export class FeedController {
  constructor(
    private readonly feed: Feed,
    private readonly watch: FeedWatch,
    private readonly turns: Turns,
    private readonly keys: ApiKeysService,
  ) {}

  @Get()
  @Answers(
    200,
    feedPage,
    'Every change of a status of contracts, milestones, messages and, for auditors, flags, in one order, each at least once (docs/feed.md)',
  )
  async read(
    @CurrentCaller() caller: Caller,
    @Query({ schema: feedQuery }) { after, limit, wait }: FeedQuery,
    @Req() request: CalledRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FeedPage> {
    const page = await this.feed.pageFor(caller, { after, limit });
    const isNews = page.items.length > 0 || !page.isAtEnd;
    return isNews || wait === 0 ? page : this.readLater(page, { limit, wait }, request, reply);
  }

  /** Waits for the feed to grow, and reads on, until there is something to tell or the time is over. */
  private async readLater(
    before: FeedPage,
    { limit, wait }: Pick<FeedQuery, 'limit' | 'wait'>,
    request: CalledRequest,
    reply: FastifyReply,
  ): Promise<FeedPage> {
    const until = performance.now() + wait * 1000;
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    let page = before;
    const grows = () =>
      this.watch.growsBeyond(page.nextAfter, Math.max(0, until - performance.now()), gone.signal);
    while (page.items.length === 0 && page.isAtEnd && (await this.turns.waitWithout(request, grows))) {
      // The key may have been revoked, or its department moved, meanwhile.
      const caller = await this.keys.authenticate(bearerOf(request.headers.authorization));
      if (!caller) break;
      page = await this.feed.pageFor(caller, { after: page.nextAfter, limit });
    }
    return page;
  }
}
