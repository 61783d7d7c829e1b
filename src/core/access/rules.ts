import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller, Role } from './roles.js';

export const ruleKey = 'chorong:rule';
/** Marks a page for people, which a session opens and a key never does. Whoever sets it brings the page's guard. */
export const pageKey = 'chorong:page';
export const shownOnceKey = 'chorong:shown-once';

/**
 * A Rule says who may call a route: `public` needs no key, a `webhook` proves itself by its own signature, and a list
 * names the roles.
 */
export type Rule = 'public' | 'webhook' | readonly Role[];

/** Lets only these roles call the route. A route without a rule stops the service from starting. */
export const Allow = (...allowed: [Role, ...Role[]]) => SetMetadata(ruleKey, allowed);
export const Public = () => SetMetadata(ruleKey, 'public');
export const Webhook = () => SetMetadata(ruleKey, 'webhook');

/** Marks a member of the answer as a secret: a repeated call with the same Idempotency-Key is answered without it. */
export const ShownOnce = (member: string) => SetMetadata(shownOnceKey, member);

/** A CalledRequest is a request that its guard has seen. */
export interface CalledRequest extends FastifyRequest {
  /** Missing on public routes, and on a page's form until its token has been checked. */
  caller?: Caller;
}

/** Gives a handler the caller. Throws on a route that lets anybody in, which is a programmer's error. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<CalledRequest>();
  if (!caller)
    throw new Error('there is no caller: the route is public, or its form’s token was not checked');
  return caller;
});
