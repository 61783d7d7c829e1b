import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Answers, listOf } from '../../../platform/http/answers.js';
import { Id } from '../../../platform/http/query.schema.js';
import type { Caller } from '../../access/roles.js';
import { Allow, CurrentCaller, ShownOnce } from '../../access/rules.js';
import { endpointSecret, endpointView, type NewEndpoint, newEndpoint } from './endpoint.schema.js';
import { FeedEndpoints } from './endpoints.service.js';

@Controller('feed/endpoints')
@Allow('admin')
export class EndpointsController {
  constructor(private readonly endpoints: FeedEndpoints) {}

  @Get()
  @Answers(200, listOf(endpointView), 'The addresses that the feed is pushed to, and how far they are')
  async list() {
    return { items: await this.endpoints.list(), nextCursor: null };
  }

  @Post()
  @ShownOnce('secret')
  @Answers(
    201,
    endpointSecret,
    'Lets the feed be pushed to an address by Standard Webhooks; the secret that signs is shown this once (docs/feed.md)',
  )
  register(@CurrentCaller() caller: Caller, @Body({ schema: newEndpoint }) body: NewEndpoint) {
    return this.endpoints.register(caller, body);
  }

  @Post(':id/secret')
  @ShownOnce('secret')
  @Answers(201, endpointSecret, 'Makes another secret; the one before signs beside it for a day')
  rotate(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.endpoints.rotate(caller, id);
  }

  @Post(':id/resume')
  @Answers(204, z.null(), 'Goes on with an endpoint that was paused, from where it was')
  resume(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.endpoints.resume(caller, id);
  }

  @Delete(':id')
  @Answers(204, z.null(), 'Pushes nothing to it any more')
  remove(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.endpoints.remove(caller, id);
  }
}
