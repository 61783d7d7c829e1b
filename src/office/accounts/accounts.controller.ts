import { Body, Controller, Get, Inject, Patch, Post, Req } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../../core/access/roles.js';
import { Allow, type CalledRequest, CurrentCaller, ShownOnce } from '../../core/access/rules.js';
import { Answers, listOf } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import {
  type AccountPatch,
  accountPatchSchema,
  resetSchema,
  accountView,
  linkView,
  type NewAccount,
  newAccountSchema,
} from './account.schema.js';
import { AccountsService, type AccountWithLink } from './accounts.service.js';
import { welcomeLink } from './session-cookie.js';

@Controller('accounts')
@Allow('admin')
export class AccountsController {
  constructor(
    @Inject(CONFIG) private readonly config: { publicUrl: string | null },
    private readonly accounts: AccountsService,
  ) {}

  @Post()
  @ShownOnce('link')
  @Answers(201, linkView, 'Invites a person; the link is shown this once')
  async invite(
    @CurrentCaller() caller: Caller,
    @Body({ schema: newAccountSchema }) body: NewAccount,
    @Req() request: CalledRequest,
  ) {
    return this.withLink(request, await this.accounts.invite(caller, body));
  }

  @Get()
  @Answers(200, listOf(accountView), 'The accounts of people')
  async list() {
    return { items: await this.accounts.list(), nextCursor: null };
  }

  @Patch(':id')
  @Answers(200, accountView, 'Changes a role, a department or a name; disables and enables')
  amend(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: accountPatchSchema }) body: AccountPatch,
  ) {
    return this.accounts.amend(caller, id, body);
  }

  @Post(':id/reset')
  @ShownOnce('link')
  @Answers(200, linkView, 'Ends the password and the sessions; the link for a new one is shown this once')
  async reset(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: resetSchema }) body: z.infer<typeof resetSchema>,
    @Req() request: CalledRequest,
  ) {
    return this.withLink(request, await this.accounts.reset(caller, id, body.reason ?? null));
  }

  private withLink(request: CalledRequest, { account, token }: AccountWithLink) {
    return { account, link: welcomeLink(request, this.config.publicUrl, token) };
  }
}
