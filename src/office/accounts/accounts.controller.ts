import { Body, Controller, Get, Inject, Patch, Post, Req } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../../core/access/roles.js';
import { isWaiting, MayWait, type Waiting } from '../../core/access/second-look.js';
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
import { AccountActs } from './account-acts.js';
import { AccountsService, type AccountWithLink } from './accounts.service.js';
import { welcomeLink } from './session-cookie.js';

@Controller('accounts')
@Allow('admin')
export class AccountsController {
  constructor(
    @Inject(CONFIG) private readonly config: { publicUrl: string | null },
    private readonly accounts: AccountsService,
    private readonly acts: AccountActs,
  ) {}

  @Post()
  @ShownOnce('link')
  @Answers(201, linkView, 'Invites a person; the link is shown this once')
  @MayWait()
  async invite(
    @CurrentCaller() caller: Caller,
    @Body({ schema: newAccountSchema }) body: NewAccount,
    @Req() request: CalledRequest,
  ) {
    return this.withLink(request, await this.acts.invite(caller, body));
  }

  @Get()
  @Answers(200, listOf(accountView), 'The accounts of people')
  async list(@CurrentCaller() caller: Caller) {
    return { items: await this.accounts.listFor(caller), nextCursor: null };
  }

  @Patch(':id')
  @Answers(200, accountView, 'Changes a role, a department or a name; disables and enables')
  @MayWait()
  amend(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: accountPatchSchema }) body: AccountPatch,
  ) {
    return this.acts.amend(caller, id, body);
  }

  @Post(':id/reset')
  @ShownOnce('link')
  @Answers(200, linkView, 'Ends the password and the sessions; the link for a new one is shown this once')
  @MayWait()
  async reset(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body({ schema: resetSchema }) body: z.infer<typeof resetSchema>,
    @Req() request: CalledRequest,
  ) {
    return this.withLink(request, await this.acts.reset(caller, id, body));
  }

  private withLink(request: CalledRequest, made: AccountWithLink | Waiting) {
    if (isWaiting(made)) return made;
    const { account, token } = made;
    return token === null
      ? { account }
      : { account, link: welcomeLink(request, this.config.publicUrl, token) };
  }
}
