import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller, Role } from './roles.js';

export const ruleKey = 'chorong:rule';

/** `public`: no key needed. `webhook`: proves itself by its own signature. A list: the roles that may call. */
export type Rule = 'public' | 'webhook' | readonly Role[];

/** Only these roles may call the route. A route without a rule stops the service from starting. */
export const Allow = (...allowed: [Role, ...Role[]]) => SetMetadata(ruleKey, allowed);
export const Public = () => SetMetadata(ruleKey, 'public');
export const Webhook = () => SetMetadata(ruleKey, 'webhook');

export interface CalledRequest extends FastifyRequest {
  caller?: Caller;
}

export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<CalledRequest>();
  if (!caller) throw new Error('a route that needs a caller is public');
  return caller;
});
