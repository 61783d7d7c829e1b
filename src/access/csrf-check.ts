import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AppError } from '../platform/app-error.js';
import { CONFIG } from '../platform/platform.tokens.js';
import { originAskedFor } from './own-origin.js';
import { csrfTokenOf } from './csrf-token.js';
import type { Caller } from './roles.js';
import type { CalledRequest } from './rules.js';
import { SessionCookie } from './session-cookie.js';

/** Whether a page's form was shown by this service to the very browser that sends it. */
@Injectable()
export class CsrfCheck {
  constructor(
    @Inject(CONFIG) private readonly config: { publicUrl: string | null },
    private readonly cookie: SessionCookie,
  ) {}

  /** The token that a page puts into its forms as `_csrf`; gives a browser without a session the cookie for it. */
  tokenFor(request: CalledRequest, reply: FastifyReply): string {
    if (request.signedIn) return request.signedIn.csrf;
    return csrfTokenOf(this.cookie.formSecret(request) ?? this.cookie.makeFormSecret(request, reply));
  }

  /** Compared in constant time. Throws; returns who calls, if anybody is signed in. */
  verify(request: CalledRequest, token: unknown): Caller | undefined {
    const expected = this.expected(request);
    const given = Buffer.from(typeof token === 'string' ? token : '');
    if (!expected || given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new AppError(
        'forbidden',
        'form-stale',
        'This form is no longer valid: open the page again, and repeat what you did.',
      );
    }
    request.csrf = 'verified';
    if (request.signedIn) request.caller = request.signedIn.caller;
    return request.caller;
  }

  /** A browser names where a form stood; another site's form, and one of unknown origin, are refused. */
  mustBeOwnOrigin(request: CalledRequest): void {
    const { origin, referer } = request.headers;
    const stated = origin ?? (referer && URL.canParse(referer) ? new URL(referer).origin : undefined);
    const own = [originAskedFor(request)];
    if (this.config.publicUrl) own.push(new URL(this.config.publicUrl).origin);
    if (stated !== undefined && own.includes(stated)) return;
    throw new AppError('forbidden', 'origin-foreign', 'This was not sent from a page of this service.');
  }

  private expected(request: CalledRequest): Buffer | null {
    if (request.signedIn) return Buffer.from(request.signedIn.csrf);
    const secret = this.cookie.formSecret(request);
    return secret ? Buffer.from(csrfTokenOf(secret)) : null;
  }
}
