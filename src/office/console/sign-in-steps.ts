import { Injectable } from '@nestjs/common';
import { qrCodeOf } from '../../platform/qr-code.js';
import { SecondFactors } from '../accounts/second-factors.js';
import { SessionCookie } from '../accounts/session-cookie.js';
import { type Entered, SessionsService } from '../accounts/sessions.service.js';
import { TypedWork } from '../accounts/typed-work.js';
import { keepPreference, preferenceOf } from './console-page.js';
import { ownAddress, type ShownProblem } from './form.js';
import { page, type PageAnswer, redirect, type Visit } from './visit.js';

/** SignInSteps lead whoever signs in, by whichever way, through what is still asked of them to where they wanted to go. */
@Injectable()
export class SignInSteps {
  constructor(
    private readonly sessions: SessionsService,
    private readonly factors: SecondFactors,
    private readonly cookie: SessionCookie,
    private readonly typed: TypedWork,
  ) {}

  /** Writes the page of a second step: of its code, or of setting it up. Returns null for a ticket that is over. */
  async page(
    ticket: string,
    data: { next: string; typed?: string | null; problem?: ShownProblem },
  ): Promise<PageAnswer | null> {
    const asked = await this.factors.readTicket(ticket);
    if (!asked) return null;
    const shown = { ...data, ticket };
    // Only a passkey is left to prove themselves by, which the page for signing in asks for.
    const byPasskey = asked.secret === null && !asked.account.totpSealed;
    if (byPasskey) return page('sign-in', 'signingIn.title', { ...data, byPasskey });
    if (asked.secret === null) return page('sign-in-code', 'secondFactor.heading', shown);
    const { typed: secret, uri } = await this.factors.forApp(asked.account, asked.secret);
    return page('second-factor', 'secondFactor.title', { ...shown, secret, qr: qrCodeOf(uri) });
  }

  /** Shows the next step or, with a session, what leads on to `next`. What was typed before goes along. */
  async goOn(visit: Visit, entered: Entered, next: string): Promise<PageAnswer> {
    const { request, reply, form } = visit;
    const typed = form.raw('typed');
    if ('ticket' in entered) {
      return (await this.page(entered.ticket, { next, typed })) ?? redirect('/console/sign-in');
    }
    const { token, recoveryCodes } = entered;
    this.cookie.set(request, reply, token);
    const session = await this.sessions.callerOf(token);
    const chosen = preferenceOf(request, 'locale');
    if (session && chosen) keepPreference(reply, 'locale', `${chosen}.${session.locale}`);
    const kept = this.typed.open(typed);
    if (!kept && !recoveryCodes) return redirect(next);
    // The form goes back to where it was sent, with the token of the new session.
    if (session) request.signedIn = session;
    const back = kept ? { action: ownAddress(kept.url), typed } : { next };
    return recoveryCodes
      ? page('recovery-codes', 'secondFactor.codes', { ...back, recoveryCodes })
      : page('typed', 'signingIn.typedTitle', back);
  }
}
