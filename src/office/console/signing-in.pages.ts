import { Body, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { OwnAccountService } from '../accounts/own-account.service.js';
import { SessionsService } from '../accounts/sessions.service.js';
import { SignInSlowed } from '../accounts/sign-in-throttle.js';
import { Public } from '../../core/access/rules.js';
import type { PageRequest } from '../accounts/page-request.js';
import { SessionCookie } from '../accounts/session-cookie.js';
import { AppError } from '../../platform/app-error.js';
import { ConsolePage } from './console-page.js';
import { Form, ownAddress } from './form.js';
import { type PageAnswer, page, redirect } from './page.js';
import { PageWriter } from './page-writer.js';
import { isValue, type Preference, prefer } from './preferences.js';
import { shownProblem } from './problem-words.js';

/** The doors: signing in and out, choosing a first password, and how a reader likes the pages. */
@ConsolePage('console')
@Public()
export class SigningInPages {
  constructor(
    private readonly sessions: SessionsService,
    private readonly own: OwnAccountService,
    private readonly cookie: SessionCookie,
    private readonly writer: PageWriter,
  ) {}

  @Get('sign-in')
  form(@Req() request: PageRequest, @Query('next') next: unknown): PageAnswer {
    if (request.signedIn) return redirect(ownAddress(next));
    return page('sign-in', 'signingIn.title', { next: ownAddress(next), needed: next !== undefined });
  }

  @Post('sign-in')
  async signIn(
    @Req() request: PageRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    const next = ownAddress(form.text('next'));
    try {
      const { token } = await this.sessions.signIn({
        email: form.text('email') ?? '',
        password: form.raw('password'),
        from: request.ip,
        replaces: this.cookie.read(request),
      });
      this.cookie.set(request, reply, token);
      return redirect(next);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error instanceof SignInSlowed) void reply.header('retry-after', error.seconds);
      const problem = shownProblem(error, await this.writer.localeOf(request));
      return page(
        'sign-in',
        'signingIn.title',
        { next, problem, email: form.text('email') },
        { status: problem.status },
      );
    }
  }

  @Post('sign-out')
  async signOut(
    @Req() request: PageRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const token = this.cookie.read(request);
    if (token) await this.sessions.signOut(token);
    this.cookie.clear(request, reply);
    return redirect('/console/sign-in', 'signed-out');
  }

  @Get('welcome/:token')
  async welcome(@Param('token') token: string): Promise<PageAnswer> {
    const link = await this.own.linkOf(token);
    if (!link) return page('link-over', 'signingIn.linkOver', {}, { status: 404 });
    return page('welcome', 'signingIn.welcomeTitle', { link, token });
  }

  @Post('welcome/:token')
  async accept(
    @Req() request: PageRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('token') token: string,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const link = await this.own.linkOf(token);
    if (!link) return page('link-over', 'signingIn.linkOver', {}, { status: 404 });
    try {
      const made = await this.own.acceptLink(token, new Form(body).raw('password'));
      // Whoever was signed in here before is another person now.
      const before = this.cookie.read(request);
      if (before) await this.sessions.signOut(before);
      this.cookie.set(request, reply, made.token);
      return redirect('/console', 'password-changed');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const problem = shownProblem(error, await this.writer.localeOf(request));
      return page('welcome', 'signingIn.welcomeTitle', { link, token, problem }, { status: problem.status });
    }
  }

  @Post('preferences')
  async prefer(
    @Req() request: PageRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<PageAnswer> {
    const form = new Form(body);
    for (const preference of ['locale', 'theme'] satisfies Preference[]) {
      const value = form.text(preference);
      if (isValue(preference, value)) prefer(reply, preference, value);
    }
    const locale = form.text('locale');
    const caller = request.signedIn?.caller;
    if (caller && (locale === 'ko' || locale === 'en')) await this.own.setLocale(caller, locale);
    return redirect(ownAddress(form.text('next')));
  }
}
