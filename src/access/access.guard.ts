import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '../platform/app-error.js';
import { ApiKeysService } from './api-keys.service.js';
import { type CalledRequest, type Rule, ruleKey } from './rules.js';

/** Denies what no rule allows. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly apiKeys: ApiKeysService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<Rule | undefined>(ruleKey, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === 'public' || rule === 'webhook') return true;
    const request = context.switchToHttp().getRequest<CalledRequest>();
    if (!rule) throw new AppError('forbidden', 'no-rule', 'This route has no access rule.');
    const caller = await this.apiKeys.authenticate(bearerOf(request.headers.authorization));
    if (!caller) {
      this.logger.warn({ from: request.ip, route: request.routeOptions.url }, 'authentication failed');
      throw new AppError(
        'unauthenticated',
        'unauthenticated',
        'Send a valid API key as "Authorization: Bearer chr_…"; this one is missing, unknown, expired or revoked.',
      );
    }
    if (!rule.includes(caller.role)) {
      this.logger.warn({ key: caller.keyId, route: request.routeOptions.url }, 'authorisation failed');
      throw new AppError(
        'forbidden',
        'forbidden',
        `The role ${caller.role} may not do this; ${rule.join(', ')} may.`,
      );
    }
    request.caller = caller;
    return true;
  }
}

function bearerOf(header: string | undefined): string {
  return header?.startsWith('Bearer ') ? header.slice('Bearer '.length).trim() : '';
}
