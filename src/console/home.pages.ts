import { Get, Req } from '@nestjs/common';
import type { Caller } from '../access/roles.js';
import { Allow, type CalledRequest, CurrentCaller } from '../access/rules.js';
import { ConsolePage } from './console-page.js';
import { HomeShown } from './home-shown.js';
import { type PageAnswer, page } from './page.js';
import { PageWriter } from './page-writer.js';

/** What needs somebody today. */
@ConsolePage('console')
@Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
export class HomePages {
  constructor(
    private readonly home: HomeShown,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  async show(@Req() request: CalledRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    return page('home', 'home.title', await this.home.of(caller, locale));
  }
}
