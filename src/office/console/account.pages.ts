import { Body, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { OwnAccountService } from '../accounts/own-account.service.js';
import { SessionsService } from '../accounts/sessions.service.js';
import { type Caller, callerIdOf } from '../../core/access/roles.js';
import { Allow, CurrentCaller } from '../../core/access/rules.js';
import type { PageRequest } from '../accounts/page-request.js';
import { SessionCookie } from '../accounts/session-cookie.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { ConsolePage } from './console-page.js';
import { Form } from './form.js';
import { type PageAnswer, page, redirect } from './page.js';
import { PageWriter } from './page-writer.js';

/** A person's own account. */
@ConsolePage('console/account')
@Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
export class AccountPages {
  constructor(
    private readonly own: OwnAccountService,
    private readonly sessions: SessionsService,
    private readonly departments: DepartmentsService,
    private readonly cookie: SessionCookie,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  async show(@CurrentCaller() caller: Caller): Promise<PageAnswer> {
    return page('account', 'account.title', await this.shown(caller));
  }

  @Post('password')
  async changePassword(
    @Req() request: PageRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    try {
      const { token } = await this.own.changePassword(caller, form.raw('old'), form.raw('password'));
      this.cookie.set(request, reply, token);
      return redirect('/console/account', 'password-changed');
    } catch (error) {
      const problem = await this.writer.problem(request, error);
      return page(
        'account',
        'account.title',
        { ...(await this.shown(caller)), problem },
        { status: problem.status },
      );
    }
  }

  @Post('sign-out-everywhere')
  async signOutEverywhere(
    @Req() request: PageRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentCaller() caller: Caller,
  ): Promise<PageAnswer> {
    await this.sessions.signOutEverywhere(callerIdOf(caller));
    this.cookie.clear(request, reply);
    return redirect('/console/sign-in', 'signed-out');
  }

  private async shown(caller: Caller) {
    const department = caller.departmentId
      ? await this.departments.mustSee(caller, caller.departmentId)
      : null;
    return { person: caller, department };
  }
}
