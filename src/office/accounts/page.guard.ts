import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  Logger,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { accessProblems } from '../../core/access/access.words.js';
import { logFailedSignIn, markOf, requireRole } from '../../core/access/access.guard.js';
import { pageKey, type Rule, ruleKey } from '../../core/access/rules.js';
import { Turns } from '../../core/access/turns.js';
import { requireEachOnce, requirePlain } from '../../platform/http/plain-request.js';
import { accountProblems } from './accounts.words.js';
import { CsrfCheck } from './csrf.js';
import { lookOf, type PageRequest } from './page-request.js';
import { SessionCookie } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';
import { TypedWork } from './typed-work.js';

const csrfInBodyKey = 'chorong:csrf-in-body';

/**
 * The form's token comes inside a body that the page reads itself, such as an upload. Until the page has handed it to
 * `CsrfCheck.verify`, the request has no caller.
 */
export const CsrfInBody = () => SetMetadata(csrfInBodyKey, true);

/** PageGuard lets people into pages by their sessions, never by a key, and checks the origin and token of their forms. */
@Injectable()
export class PageGuard implements CanActivate {
  private readonly logger = new Logger(PageGuard.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
    private readonly csrf: CsrfCheck,
    private readonly turns: Turns,
    private readonly typed: TypedWork,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = markOf<Rule>(this.reflector, context, ruleKey);
    if (!rule) throw accessProblems.error('no-rule');
    // The origin of a form is told only where the referrer may be: everywhere else it stays `no-referrer`.
    context.switchToHttp().getResponse<FastifyReply>().header('referrer-policy', 'same-origin');
    const request = context.switchToHttp().getRequest<PageRequest>();
    await this.enter(request, rule, markOf<boolean>(this.reflector, context, csrfInBodyKey) ?? false);
    requirePlain(request);
    requireEachOnce(request.body);
    return true;
  }

  private async enter(request: PageRequest, rule: Rule, csrfInBody: boolean): Promise<void> {
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    if (changes) this.refusing(request, () => this.csrf.mustBeOwnOrigin(request));
    const token = this.cookie.read(request);
    const session = token ? await this.sessions.callerOf(token, { isSeen: lookOf(request) === null }) : null;
    if (session) {
      request.signedIn = session;
      await this.turns.recognise(request, session.caller);
    }
    if (typeof rule === 'object') {
      if (!session) {
        if (token || changes) logFailedSignIn(this.logger, request);
        throw accountProblems.error('sign-in-needed');
      }
      requireRole(this.logger, request, session.caller, rule);
    }
    if (!changes) {
      if (session) request.caller = session.caller;
      return;
    }
    request.csrf = 'awaited';
    if (!csrfInBody) this.refusing(request, () => this.verifyForm(request));
  }

  private verifyForm(request: PageRequest): void {
    const token = takenOut(request, '_csrf');
    this.csrf.verify(request, request.headers['x-csrf-token'] ?? token);
    const sealed = takenOut(request, '_typed');
    if (sealed === undefined) return;
    const typed = this.typed.open(sealed);
    if (typed?.url !== request.url) throw accountProblems.error('form-stale');
    request.body = typed.fields;
    request.onlyShown = true;
  }

  private refusing(request: PageRequest, check: () => unknown): void {
    try {
      check();
    } catch (error) {
      this.logger.warn({ from: request.ip, route: request.routeOptions.url }, 'a form was refused');
      throw error;
    }
  }
}

/** Takes out of the body what belongs to the form itself, so that the page's own schema need not know of it. */
function takenOut(request: PageRequest, name: '_csrf' | '_typed'): unknown {
  const { body } = request;
  if (typeof body !== 'object' || body === null || !(name in body)) return undefined;
  const { [name]: taken, ...rest } = body as Record<string, unknown>;
  request.body = rest;
  return taken;
}

/** A page for people: the session's cookie tells who calls, never a key. Every other route takes keys alone. */
export const Page = () =>
  applyDecorators(SetMetadata(pageKey, true), UseGuards(PageGuard), ApiExcludeController());
