import { accessProblems } from './access.words.js';
import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { requirePlain } from '../../platform/http/plain-request.js';
import { ApiKeysService } from './api-keys.service.js';
import { type Caller, callerIdOf } from './roles.js';
import { type CalledRequest, pageKey, type Rule, ruleKey } from './rules.js';
import { Turns } from './turns.js';

/**
 * AccessGuard denies each call that no rule allows. It lets programs in by their API keys; a page is left to the guard
 * that its own decorator brings along, because people come by sessions.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly apiKeys: ApiKeysService,
    private readonly turns: Turns,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = markOf<Rule>(this.reflector, context, ruleKey);
    if (!rule) throw accessProblems.error('no-rule');
    if (markOf<boolean>(this.reflector, context, pageKey)) return true;
    const request = context.switchToHttp().getRequest<CalledRequest>();
    if (typeof rule === 'object') {
      request.caller = await this.callerByKey(request);
      await this.turns.recognise(request, request.caller);
      requireRole(this.logger, request, request.caller, rule);
    }
    requirePlain(request);
    return true;
  }

  private async callerByKey(request: CalledRequest): Promise<Caller> {
    const caller = await this.apiKeys.authenticate(bearerOf(request.headers.authorization));
    if (caller) return caller;
    logFailedSignIn(this.logger, request);
    throw accessProblems.error('unauthenticated');
  }
}

/** Reads the mark that a route's handler, or else its controller, carries under this key. */
export function markOf<T>(reflector: Reflector, context: ExecutionContext, key: string): T | undefined {
  return reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
}

/** Throws `forbidden`, and logs it, unless the rule names the caller's role. */
export function requireRole(
  logger: Logger,
  request: CalledRequest,
  caller: Caller,
  allowed: Exclude<Rule, string>,
): void {
  if (allowed.includes(caller.role)) return;
  logger.warn({ by: callerIdOf(caller), route: request.routeOptions.url }, 'authorisation failed');
  throw accessProblems.error('forbidden', { role: caller.role, allowed });
}

/** Logs that somebody could not prove who they are; the log keeps the address and the route, and no secret. */
export function logFailedSignIn(logger: Logger, request: CalledRequest): void {
  logger.warn({ from: request.ip, route: request.routeOptions.url }, 'authentication failed');
}

/** Reads the key that a request shows; empty for none. */
export function bearerOf(header: string | undefined): string {
  return header?.startsWith('Bearer ') ? header.slice('Bearer '.length).trim() : '';
}
