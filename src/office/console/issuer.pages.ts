import { Get } from '@nestjs/common';
import { Public } from '../../core/access/rules.js';
import { SessionCookie } from '../accounts/session-cookie.js';
import { Issuer } from '../oidc/issuer.js';
import { ConsolePage } from './console-page.js';
import { ownAddress } from './form.js';
import { SignInSteps } from './sign-in-steps.js';
import { page, type PageAnswer, redirect, Visit, Visiting } from './visit.js';

/** IssuerPages lead to the agency's OpenID Connect issuer and back. */
@ConsolePage('console/sign-in/issuer')
@Public()
export class IssuerPages {
  constructor(
    private readonly issuer: Issuer,
    private readonly cookie: SessionCookie,
    private readonly steps: SignInSteps,
  ) {}

  @Get()
  begin(@Visiting() visit: Visit): Promise<PageAnswer> {
    const { request, reply } = visit;
    const next = ownAddress((request.query as { next?: unknown }).next);
    return visit.submit(
      async () => {
        const { to, way } = await this.issuer.begin(next);
        this.cookie.keepWay(request, reply, way);
        return redirect(to);
      },
      ({ problem }) => page('sign-in', 'signingIn.title', { next, problem }),
    );
  }

  @Get('back')
  back(@Visiting() visit: Visit): Promise<PageAnswer> {
    const { request, reply } = visit;
    const way = this.cookie.way(request);
    this.cookie.keepWay(request, reply, null);
    const search = /\?.*$/.exec(request.url)?.[0] ?? '';
    return visit.submit(
      async () => {
        const { entered, next } = await this.issuer.finish(way, search, this.cookie.read(request));
        return this.steps.goOn(visit, entered, next);
      },
      ({ problem }) => page('sign-in', 'signingIn.title', { next: '/console', problem }),
    );
  }
}
