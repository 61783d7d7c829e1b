import { Get, Req } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import type { PageRequest } from '../accounts/page-request.js';
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
  async show(@Req() request: PageRequest, @CurrentCaller() caller: Caller): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    return page('home', 'home.title', await this.home.of(caller, locale));
  }
}
