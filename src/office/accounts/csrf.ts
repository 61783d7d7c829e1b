import { createHmac } from 'node:crypto';
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CONFIG } from '../../platform/platform.tokens.js';
import { isSameSecret } from '../../platform/same-secret.js';
import { map, type Observable } from 'rxjs';
import type { Caller } from '../../core/access/roles.js';
import { accountProblems } from './accounts.words.js';
import type { PageRequest } from './page-request.js';
import { originAskedFor, SessionCookie } from './session-cookie.js';

/** CsrfCheck tells whether a page's form was shown by this service to the very browser that sends it. */
@Injectable()
export class CsrfCheck {
  constructor(
    @Inject(CONFIG) private readonly config: { publicUrl: string | null },
    private readonly cookie: SessionCookie,
  ) {}

  /** Returns the token that a page puts into its forms as `_csrf`; gives a browser without a session the cookie for it. */
  tokenFor(request: PageRequest, reply: FastifyReply): string {
    return this.tokenOf(request) ?? csrfTokenOf(this.cookie.makeFormSecret(request, reply));
  }

  /** Checks a form's token in constant time and returns who calls, if anybody is signed in. Throws `form-stale`. */
  verify(request: PageRequest, token: unknown): Caller | undefined {
    const known = this.tokenOf(request);
    if (known === null || typeof token !== 'string' || !isSameSecret(token, known))
      throw accountProblems.error('form-stale');
    request.csrf = 'verified';
    if (request.signedIn) request.caller = request.signedIn.caller;
    return request.caller;
  }

  /** Refuses another site's form, and one of unknown origin: a browser names where a form stood. */
  mustBeOwnOrigin(request: PageRequest): void {
    const { origin, referer } = request.headers;
    const stated = origin ?? (referer && URL.canParse(referer) ? new URL(referer).origin : undefined);
    const own = [originAskedFor(request)];
    if (this.config.publicUrl) own.push(new URL(this.config.publicUrl).origin);
    if (stated !== undefined && own.includes(stated)) return;
    throw accountProblems.error('origin-foreign');
  }

  private tokenOf(request: PageRequest): string | null {
    const secret = this.cookie.formSecret(request);
    return request.signedIn?.csrf ?? (secret && csrfTokenOf(secret));
  }
}

/** CsrfInterceptor fails a page that promised to check its form's token, and did not. */
@Injectable()
export class CsrfInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<PageRequest>();
    return next.handle().pipe(
      map((answer: unknown) => {
        if (request.csrf === 'awaited') throw new Error('a page did not check the token of its form');
        return answer;
      }),
    );
  }
}

/** Derives a form's token from a secret that only the browser's cookie holds, and that the token does not reveal. */
export function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('form').digest('base64url');
}
