import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { AppError } from '../platform/app-error.js';
import { SessionsService } from '../accounts/sessions.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { CsrfCheck } from './csrf-check.js';
import { type Caller, callerIdOf, type Role } from './roles.js';
import { type CalledRequest, csrfInBodyKey, pageKey, type Rule, ruleKey } from './rules.js';
import { SessionCookie } from './session-cookie.js';

/** Denies what no rule allows. Programs call the API by key, people the pages by session; neither opens the other. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly apiKeys: ApiKeysService,
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
    private readonly csrf: CsrfCheck,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const marked = <T>(key: string) =>
      this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
    const rule = marked<Rule>(ruleKey);
    if (!rule) throw new AppError('forbidden', 'no-rule', 'This route has no access rule.');
    const request = context.switchToHttp().getRequest<CalledRequest>();
    if (marked<boolean>(pageKey)) {
      // The origin of a form is told only where the referrer may be: everywhere else it stays `no-referrer`.
      context.switchToHttp().getResponse<FastifyReply>().header('referrer-policy', 'same-origin');
      await this.enterPage(request, rule, marked<boolean>(csrfInBodyKey) ?? false);
    } else if (typeof rule === 'object') {
      request.caller = await this.callerByKey(request);
      this.mustBeAllowed(request, request.caller, rule);
    }
    return true;
  }

  private async enterPage(request: CalledRequest, rule: Rule, csrfInBody: boolean): Promise<void> {
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    if (changes) this.refusing(request, () => this.csrf.mustBeOwnOrigin(request));
    const token = this.cookie.read(request);
    const session = token ? await this.sessions.callerOf(token) : null;
    if (session) request.signedIn = session;
    if (typeof rule === 'object') {
      if (!session) {
        if (token || changes) this.failed(request);
        throw new AppError('unauthenticated', 'sign-in-needed', 'Sign in to see this page.');
      }
      this.mustBeAllowed(request, session.caller, rule);
    }
    if (!changes) {
      if (session) request.caller = session.caller;
      return;
    }
    request.csrf = 'awaited';
    if (!csrfInBody) this.refusing(request, () => this.csrf.verify(request, presentedToken(request)));
  }

  private async callerByKey(request: CalledRequest): Promise<Caller> {
    const caller = await this.apiKeys.authenticate(bearerOf(request.headers.authorization));
    if (caller) return caller;
    this.failed(request);
    throw new AppError(
      'unauthenticated',
      'unauthenticated',
      'Send a valid API key as "Authorization: Bearer chr_…"; this one is missing, unknown, expired or revoked.',
    );
  }

  private mustBeAllowed(request: CalledRequest, caller: Caller, allowed: readonly Role[]): void {
    if (allowed.includes(caller.role)) return;
    this.logger.warn({ by: callerIdOf(caller), route: request.routeOptions.url }, 'authorisation failed');
    throw new AppError(
      'forbidden',
      'forbidden',
      `The role ${caller.role} may not do this; ${allowed.join(', ')} may.`,
    );
  }

  private failed(request: CalledRequest): void {
    this.logger.warn({ from: request.ip, route: request.routeOptions.url }, 'authentication failed');
  }

  private refusing(request: CalledRequest, check: () => unknown): void {
    try {
      check();
    } catch (error) {
      this.logger.warn({ from: request.ip, route: request.routeOptions.url }, 'a form was refused');
      throw error;
    }
  }
}

function bearerOf(header: string | undefined): string {
  return header?.startsWith('Bearer ') ? header.slice('Bearer '.length).trim() : '';
}

/** Taken out of the body, so that the page's own schema need not know of it. */
function presentedToken(request: CalledRequest): unknown {
  const header = request.headers['x-csrf-token'];
  const { body } = request;
  if (typeof body !== 'object' || body === null || !('_csrf' in body)) return header;
  const { _csrf: token, ...rest } = body;
  request.body = rest;
  return header ?? token;
}
