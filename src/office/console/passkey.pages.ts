import { Get, Post } from '@nestjs/common';
import { Public } from '../../core/access/rules.js';
import { Passkeys } from '../accounts/passkeys.js';
import { SessionCookie } from '../accounts/session-cookie.js';
import { SessionsService } from '../accounts/sessions.service.js';
import { SignInSlowed } from '../accounts/sign-in-throttle.js';
import { ConsolePage } from './console-page.js';
import { ownAddress } from './form.js';
import { SignInSteps } from './sign-in-steps.js';
import { page, Visit, Visiting } from './visit.js';

/** PasskeyPages sign in by a passkey: the page's script asks for it, and sends what the authenticator answers. */
@ConsolePage('console/sign-in/passkey')
@Public()
export class PasskeyPages {
  constructor(
    private readonly passkeys: Passkeys,
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
    private readonly steps: SignInSteps,
  ) {}

  @Get()
  async ask(@Visiting() { request, reply }: Visit) {
    const { asked, options } = await this.passkeys.askToSignIn();
    this.cookie.keepWay(request, reply, asked);
    return options;
  }

  @Post()
  signIn(@Visiting() visit: Visit) {
    const { request, reply, form } = visit;
    const next = ownAddress(form.text('next'));
    const [asked, replaces] = [this.cookie.way(request), this.cookie.read(request)];
    this.cookie.keepWay(request, reply, null);
    return visit.submit(
      async () => {
        const sent = { answer: form.raw('passkey'), asked, from: request.ip, replaces };
        return this.steps.goOn(visit, await this.sessions.signInByPasskey(sent), next);
      },
      ({ problem }, error) => {
        if (error instanceof SignInSlowed) void reply.header('retry-after', error.seconds);
        return page('sign-in', 'signingIn.title', { next, problem, typed: form.raw('typed') });
      },
    );
  }
}
