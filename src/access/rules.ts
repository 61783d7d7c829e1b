import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiExcludeController, ApiExcludeEndpoint } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Caller, Role } from './roles.js';

export const ruleKey = 'chorong:rule';
export const pageKey = 'chorong:page';
export const shownOnceKey = 'chorong:shown-once';
export const csrfInBodyKey = 'chorong:csrf-in-body';

/** `public`: no key needed. `webhook`: proves itself by its own signature. A list: the roles that may call. */
export type Rule = 'public' | 'webhook' | readonly Role[];

/** Only these roles may call the route. A route without a rule stops the service from starting. */
export const Allow = (...allowed: [Role, ...Role[]]) => SetMetadata(ruleKey, allowed);
export const Public = () => SetMetadata(ruleKey, 'public');
export const Webhook = () => SetMetadata(ruleKey, 'webhook');

/** This member of the answer is a secret: a repeated call with the same Idempotency-Key is answered without it. */
export const ShownOnce = (member: string) => SetMetadata(shownOnceKey, member);

/** A page for people: the session's cookie tells who calls, never a key. Every other route takes keys alone. */
export const Page =
  (): ClassDecorator & MethodDecorator =>
  (target: object, name?: string | symbol, of?: PropertyDescriptor) => {
    if (name === undefined || of === undefined) {
      SetMetadata(pageKey, true)(target as () => void);
      ApiExcludeController()(target as () => void);
    } else {
      SetMetadata(pageKey, true)(target, name, of);
      ApiExcludeEndpoint()(target, name, of);
    }
  };

/**
 * The form's token comes inside a body that the page reads itself, such as an upload. Until the page has handed it to
 * `CsrfCheck.verify`, the request has no caller.
 */
export const CsrfInBody = () => SetMetadata(csrfInBodyKey, true);

/** Whose session it is, and what the pages need of it. */
export interface SignedIn {
  caller: Caller;
  /** The token that the session's forms carry. */
  csrf: string;
  locale: 'ko' | 'en';
}

export interface CalledRequest extends FastifyRequest {
  caller?: Caller;
  /** On pages, also on public ones, when a session is there. */
  signedIn?: SignedIn;
  /** On pages that change something. */
  csrf?: 'awaited' | 'verified';
}

export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller, csrf } = context.switchToHttp().getRequest<CalledRequest>();
  if (csrf === 'awaited')
    throw new Error('the caller is known once CsrfCheck.verify has seen the form’s token');
  if (!caller) throw new Error('a route that needs a caller is public');
  return caller;
});
