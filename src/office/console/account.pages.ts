import { Get, Inject, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Config } from '../../config/config.js';
import { callerIdOf } from '../../core/access/roles.js';
import { Allow, Public } from '../../core/access/rules.js';
import { notFound } from '../../platform/app-error.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { DepartmentsService } from '../../core/departments/departments.service.js';
import { emailField, ownAccountSchema, passkeyNameSchema } from '../accounts/account.schema.js';
import { OwnAccountService } from '../accounts/own-account.service.js';
import { Passkeys } from '../accounts/passkeys.js';
import { SessionCookie } from '../accounts/session-cookie.js';
import { type Proof, SessionsService } from '../accounts/sessions.service.js';
import { SignInSlowed } from '../accounts/sign-in-throttle.js';
import { oidcProblems } from '../oidc/oidc.words.js';
import { localeChoices } from './choices.js';
import { ConsolePage, keepPreference, preferences, Surroundings } from './console-page.js';
import { type Form, ownAddress, type ShownProblem } from './form.js';
import { SignInSteps } from './sign-in-steps.js';
import { page, type PageAnswer, redirect, ShownAgainBy, Visit, Visiting } from './visit.js';
import './account.words.js';

/** SigningInPages are for signing in and out, choosing a first password or a new one, and how a reader likes the pages. */
@ConsolePage('console')
@Public()
export class SigningInPages {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'oidc'>,
    private readonly sessions: SessionsService,
    private readonly own: OwnAccountService,
    private readonly cookie: SessionCookie,
    private readonly steps: SignInSteps,
    private readonly surroundings: Surroundings,
  ) {}

  @Get('sign-in')
  form(@Visiting() { request }: Visit): PageAnswer {
    const { next, again } = request.query as { next?: unknown; again?: unknown };
    if (request.signedIn && again === undefined) return redirect(ownAddress(next));
    return page('sign-in', 'signingIn.title', {
      next: ownAddress(next),
      needed: next !== undefined && again === undefined,
    });
  }

  /** Takes the password, or with a `ticket` what is asked for after it. */
  @Post('sign-in')
  signIn(@Visiting() visit: Visit) {
    const { request, reply, form } = visit;
    const next = ownAddress(form.text('next'));
    const ticket = form.text('ticket');
    const comer = { from: request.ip, replaces: this.cookie.read(request) };
    return visit.submit(
      async () => {
        if (!ticket && this.config.oidc?.only) throw oidcProblems.error('issuer-only');
        const entered = ticket
          ? await this.sessions.finish({ ...comer, ticket, otp: form.raw('otp') })
          : await this.sessions.signIn({
              ...comer,
              email: form.text('email') ?? '',
              password: form.raw('password'),
            });
        return this.steps.goOn(visit, entered, next);
      },
      async ({ problem }, error) => {
        if (error instanceof SignInSlowed) void reply.header('retry-after', error.seconds);
        const shown = { next, problem, email: form.text('email'), typed: form.raw('typed') };
        const step = ticket && (await this.steps.page(ticket, shown));
        return step || page('sign-in', 'signingIn.title', shown);
      },
    );
  }

  @Post('sign-out')
  async signOut(@Visiting() { request, reply }: Visit) {
    const token = this.cookie.read(request);
    if (token) await this.sessions.signOut(token);
    this.cookie.clear(request, reply);
    return redirect('/console/sign-in', 'signed-out');
  }

  @Get('forgotten')
  forgotten(@Visiting() { shown }: Visit): PageAnswer {
    this.requireMail();
    return page('forgotten', 'signingIn.forgottenTitle', { ...shown });
  }

  /** Answers the same whether there is such an account or not. */
  @Post('forgotten')
  @ShownAgainBy('forgotten')
  async sendLink(@Visiting() { request, form }: Visit) {
    this.requireMail();
    const { email } = form.read(z.object({ email: emailField }));
    await this.own.sendLinkTo(email, request.ip);
    return page('forgotten', 'signingIn.forgottenTitle', { sentTo: email });
  }

  @Get('welcome/:token')
  welcome(@Param('token') token: string) {
    return this.choosePassword(token);
  }

  @Post('welcome/:token')
  async accept(@Visiting() visit: Visit, @Param('token') token: string) {
    const { request, form } = visit;
    if (!(await this.own.linkOf(token))) return this.choosePassword(token);
    return visit.submit(
      async () => {
        const made = await this.own.acceptLink(token, form.raw('password'));
        // Whoever was signed in here before is another person now.
        const before = this.cookie.read(request);
        if (before) await this.sessions.signOut(before);
        return this.steps.goOn(visit, made, '/console?done=password-changed');
      },
      ({ problem }) => this.choosePassword(token, problem),
    );
  }

  @Post('preferences')
  async prefer(@Visiting() { request, reply, form }: Visit) {
    const theme = form.text('theme');
    if (preferences.theme.values.some((value) => value === theme))
      keepPreference(reply, 'theme', theme ?? '');
    const locale = form.text('locale');
    const caller = request.signedIn?.caller;
    if (locale === 'ko' || locale === 'en') {
      if (caller) await this.own.setLocale(caller, locale);
      keepPreference(reply, 'locale', caller ? `${locale}.${locale}` : locale);
    }
    return redirect(ownAddress(form.text('next')));
  }

  private requireMail(): void {
    if (!this.surroundings.writesMail || this.config.oidc?.only) throw notFound('page');
  }

  private async choosePassword(token: string, problem?: ShownProblem) {
    const link = await this.own.linkOf(token);
    if (!link) return page('link-over', 'signingIn.linkOver', {}, { status: 404 });
    return page('welcome', 'signingIn.welcomeTitle', { link, token, problem });
  }
}

/** AccountPages show people their own account. */
@ConsolePage('console/account')
@Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
export class AccountPages {
  constructor(
    private readonly own: OwnAccountService,
    private readonly sessions: SessionsService,
    private readonly departments: DepartmentsService,
    private readonly cookie: SessionCookie,
    private readonly steps: SignInSteps,
    private readonly passkeys: Passkeys,
  ) {}

  @Get()
  async show(@Visiting() visit: Visit) {
    const { caller } = visit;
    const department = caller.departmentId
      ? await this.departments.mustSee(caller, caller.departmentId)
      : null;
    const factor = await this.own.secondFactorOf(caller);
    const { name, email, locale } = await this.own.detailsOf(caller);
    const { values, problem } = visit.shown;
    return page('account', 'common.account', {
      person: { ...caller, email },
      department,
      factor,
      locales: localeChoices(visit),
      problem,
      passkeys: await this.passkeys.listOf(caller),
      values: { name, locale, ...values },
    });
  }

  @Post()
  @ShownAgainBy('show')
  async save(@Visiting() { reply, caller, form }: Visit) {
    const { name, locale } = form.read(ownAccountSchema);
    await this.own.rename(caller, name);
    await this.own.setLocale(caller, locale);
    keepPreference(reply, 'locale', `${locale}.${locale}`);
    return redirect('/console/account', 'account-saved');
  }

  /** Asks for the address that somebody wants; with the `change` of a mailed link, whether it is to be theirs from now on. */
  @Get('email')
  async newAddress(@Visiting() visit: Visit) {
    const { change } = { ...(visit.request.query as { change?: unknown }), ...visit.shown.values };
    const link = typeof change === 'string' && change ? change : null;
    const email = link && (await this.own.newAddressOf(visit.caller, link));
    const factor = await this.own.secondFactorOf(visit.caller);
    return page('new-address', 'account.newAddress', { ...visit.shown, change: link, email, factor });
  }

  @Post('email')
  @ShownAgainBy('newAddress')
  async changeAddress(@Visiting() { caller, form }: Visit) {
    const change = form.text('change');
    if (change) {
      await this.own.takeAddress(caller, change);
      return redirect('/console/account', 'address-changed');
    }
    const { email } = form.read(z.object({ email: emailField }));
    await this.own.askForAddress(caller, proofIn(form), email);
    return page('new-address', 'account.newAddress', { sentTo: email });
  }

  /** For the script of a page that is open: asking is being seen, and a new session has a new token for its forms. */
  @Get('session')
  session(@Visiting() { request, caller }: Visit) {
    return {
      account: callerIdOf(caller),
      csrf: request.signedIn?.csrf,
      secondsLeft: request.signedIn?.secondsLeft,
    };
  }

  @Post('password')
  @ShownAgainBy('show')
  async changePassword(@Visiting() { request, reply, caller, form }: Visit) {
    const { token } = await this.own.changePassword(caller, form.raw('old'), form.raw('password'));
    this.cookie.set(request, reply, token);
    return redirect('/console/account', 'password-changed');
  }

  /** `step` sets up a second factor or moves it to another app, makes new recovery codes, or takes it away. */
  @Post('second-factor')
  @ShownAgainBy('show')
  async changeSecondFactor(@Visiting() { request, reply, caller, form }: Visit) {
    const proof = proofIn(form);
    const next = '/console/account';
    const step = form.text('step');
    if (step === 'codes') {
      const recoveryCodes = await this.own.remakeRecoveryCodes(caller, proof);
      return page('recovery-codes', 'secondFactor.codes', { recoveryCodes, next });
    }
    if (step === 'remove') {
      const { token } = await this.own.removeSecondFactor(caller, proof);
      this.cookie.set(request, reply, token);
      return redirect(next, 'second-factor-removed');
    }
    const ticket = await this.own.startSecondFactor(caller, proof);
    return (await this.steps.page(ticket, { next })) ?? redirect(next);
  }

  /** Asks for a new passkey, takes what the authenticator answers, or removes a passkey. */
  @Post('passkeys')
  @ShownAgainBy('show')
  async changePasskeys(@Visiting() { request, reply, caller, form }: Visit) {
    const next = '/console/account';
    const answer = form.raw('passkey');
    if (answer) {
      const asked = this.cookie.way(request);
      this.cookie.keepWay(request, reply, null);
      await this.passkeys.add(caller, asked, answer);
      return redirect(next, 'passkey-added');
    }
    const removed = form.text('remove');
    const name = removed ? '' : form.read(passkeyNameSchema).passkeyName;
    const account = await this.own.proved(caller, proofIn(form));
    if (removed) {
      await this.passkeys.remove(account, removed);
      this.cookie.set(request, reply, await this.sessions.renew(account.id));
      return redirect(next, 'passkey-removed');
    }
    const { asked, options } = await this.passkeys.askToAdd(account, name);
    this.cookie.keepWay(request, reply, asked);
    return page('passkey', 'passkeys.add', { options: JSON.stringify(options) });
  }

  @Post('sign-out-everywhere')
  async signOutEverywhere(@Visiting() { request, reply, caller }: Visit) {
    await this.sessions.signOutEverywhere(callerIdOf(caller));
    this.cookie.clear(request, reply);
    return redirect('/console/sign-in', 'signed-out');
  }
}

function proofIn(form: Form): Proof {
  return { present: form.raw('present'), otp: form.raw('otp') };
}
