import {
  applyDecorators,
  type ArgumentsHost,
  type CallHandler,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Inject,
  Injectable,
  Logger,
  type NestInterceptor,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable, of } from 'rxjs';
import type { Config } from '../../config/config.js';
import type { Role } from '../../core/access/roles.js';
import { cookieValues } from '../../platform/http/cookies.js';
import { retryHeaders } from '../../platform/http/problem.filter.js';
import { ClockMoves } from '../../platform/clock/clock-moves.js';
import { ServiceClock } from '../../platform/clock/service-clock.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { hasWords, type Locale, type Words, wordsOf } from '../../platform/words/words.js';
import { sessionLimits } from '../accounts/account.schema.js';
import { CsrfCheck } from '../accounts/csrf.js';
import { Page } from '../accounts/page.guard.js';
import { passkeyOrigin } from '../accounts/passkeys.js';
import { lookOf, type PageRequest } from '../accounts/page-request.js';
import { SessionCookie } from '../accounts/session-cookie.js';
import { typedInto, TypedWork } from '../accounts/typed-work.js';
import { Mails } from '../mail/mails.service.js';
import { ProposalReader } from '../../core/proposals/proposal-reader.js';
import { actsShown, isShownOn } from './settings/agency-act-shown.js';
import { shownProblem } from './form.js';
import { isLive, Looks } from './looks.js';
import {
  page,
  type PageAnswer,
  redirect,
  type ShownPage,
  submits,
  Visit,
  type VisitedRequest,
} from './visit.js';
import { Assets, type Prices, Views } from './views.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Kept } from '../../platform/kept.js';
import './console.words.js';

const everything: Role[] = ['officer', 'manager', 'admin', 'auditor', 'monitor'];
const contents: Role[] = ['officer', 'manager', 'admin', 'auditor'];

const navigation: { key: string; path: string; roles: Role[]; sandboxOnly?: boolean }[] = [
  { key: 'home', path: '/console', roles: everything },
  { key: 'figures', path: '/console/figures', roles: ['admin', 'auditor'] },
  { key: 'reports', path: '/console/figures/reports', roles: ['manager'] },
  { key: 'contracts', path: '/console/contracts', roles: contents },
  { key: 'outgoing', path: '/console/outgoing', roles: contents },
  { key: 'imports', path: '/console/imports', roles: contents },
  { key: 'work', path: '/console/work', roles: contents },
  { key: 'flags', path: '/console/flags', roles: ['auditor'] },
  { key: 'calls', path: '/console/calls', roles: ['auditor'] },
  { key: 'ladder', path: '/console/ladder', roles: ['admin', 'auditor'] },
  { key: 'messages', path: '/console/messages', roles: contents },
  { key: 'accesses', path: '/console/accesses', roles: ['admin', 'auditor'] },
  { key: 'coverage', path: '/console/coverage', roles: everything },
  { key: 'settings', path: '/console/settings', roles: ['manager', 'admin', 'auditor'] },
  { key: 'phones', path: '/console/phones', roles: contents, sandboxOnly: true },
];

/** Pages may load nothing but what this service itself serves, and hold no code. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** A cookie keeps how a reader likes the pages. It holds nothing of a person's, and may stay for a year. */
export const preferences = {
  locale: { cookie: 'chorong-locale', values: ['ko', 'en'] },
  theme: { cookie: 'chorong-theme', values: ['auto', 'light', 'dark'] },
} as const;

/** A session is noted as seen once a minute: so long at least it lasts after a page was shown. */
const idleSeconds = (sessionLimits.idleMinutes - 1) * 60;

/** A visitor who has not signed in may see for so long what the agency was called before. */
const keptMs = 1000;

/** AgencyShown is what the frame of every page shows of the agency, and what its pages are written by. */
interface AgencyShown extends Prices {
  name: Words;
  locale: Locale;
  timeZone: string;
  /** Where the sandbox's clock was stopped, which all that is shown goes by. */
  stoppedAt: Date | null;
  moves: ClockMoves;
}

/** Surroundings read what the frame of pages needs of the settings; a flood of visitors costs one reading a second. */
@Injectable()
export class Surroundings {
  private readonly kept: Kept<AgencyShown>;

  constructor(
    settings: SettingsService,
    clock: ServiceClock,
    private readonly mails: Mails,
  ) {
    this.kept = new Kept(keptMs, async () => {
      const { name, locale, currency, prices } = (await settings.agency()).value;
      const { timeZone } = (await settings.calendar()).setting;
      const [stoppedAt, moves] = [await clock.stoppedAt(), await clock.moves()];
      return { name, locale, currency, prices, timeZone, stoppedAt, moves };
    });
  }

  /** Whether people can have a link mailed. */
  get writesMail(): boolean {
    return this.mails.isOn;
  }

  /** Whoever is signed in may have changed it just now. */
  for(request: PageRequest): Promise<AgencyShown> {
    return request.signedIn ? this.kept.read() : this.kept.get();
  }

  /** Returns what was last read, for pages that must wait for nothing; before anything was read, the product's own. */
  get known(): AgencyShown {
    return (
      this.kept.last ?? {
        name: wordsOf('common.product'),
        locale: 'ko',
        timeZone: 'Asia/Seoul',
        stoppedAt: null,
        moves: new ClockMoves([], new Date()),
        currency: 'KRW',
        prices: { sms: null, lms: null, part: null },
      }
    );
  }
}

/** PageWriter puts a view into the frame that all pages share. */
@Injectable()
export class PageWriter {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'provider' | 'oidc' | 'publicUrl' | 'port'>,
    private readonly views: Views,
    private readonly assets: Assets,
    private readonly surroundings: Surroundings,
    private readonly csrf: CsrfCheck,
    private readonly proposals: ProposalReader,
  ) {}

  /** Chooses the language: the reader's choice, else the account's language, else the browser's, else the agency's. */
  async visit(request: PageRequest, reply: FastifyReply): Promise<Visit> {
    const locale = localeOf(request) ?? (await this.surroundings.for(request)).locale;
    return new Visit(request, reply, locale);
  }

  async write(visit: Visit, answer: ShownPage): Promise<string> {
    const data = { ...answer.data, ...(await this.waitingOn(visit, answer)) };
    return this.render(visit, { ...answer, data }, await this.surroundings.for(visit.request));
  }

  /** What would change the page's settings and waits for a second person: whoever asks again would ask twice. */
  private async waitingOn({ request }: Visit, answer: ShownPage) {
    const caller = request.signedIn?.caller;
    if (!caller || answer.fragment || !answer.view.startsWith('settings/')) return {};
    const waiting = await this.proposals.waitingToDo(caller, actsShown());
    return { waiting: waiting.filter((one) => isShownOn(answer, one)) };
  }

  /** Visits for an error. It must wait for nothing, because the database may be what failed. */
  visitForError(request: PageRequest, reply: FastifyReply): Visit {
    return new Visit(request, reply, localeOf(request) ?? this.surroundings.known.locale);
  }

  /** Writes an error's page, and waits for nothing. */
  writeError(visit: Visit, answer: ShownPage): string {
    return this.render(visit, answer, this.surroundings.known);
  }

  private render(visit: Visit, answer: ShownPage, shown: AgencyShown): string {
    const { timeZone, name, stoppedAt, moves, currency, prices } = shown;
    const { request, reply, locale } = visit;
    void reply
      .status(answer.status)
      .headers(retryHeaders(answer.status))
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-language', locale)
      .header('content-security-policy', policy)
      .header('vary', 'cookie, accept-language, hx-request');
    // An address at which there is nothing may be a secret link that was spelt otherwise, and is written nowhere.
    const asked = isNowhere(answer.data)
      ? '/console'
      : request.method === 'GET'
        ? request.url
        : pathOf(request);
    const common = {
      here: asked,
      ...answer.data,
      locale,
      timeZone,
      clockMoves: moves,
      currency,
      prices,
      csrf: this.csrf.tokenFor(request, reply),
      mark: visit.mark,
      provider: this.config.provider,
      writesMail: this.surroundings.writesMail,
      issuer: this.config.oidc && { only: this.config.oidc.only },
      passkeysAt: passkeyOrigin(this.config),
    };
    const content = this.views.render(`pages/${answer.view}`, common);
    return answer.fragment
      ? content
      : this.views.render('layout', {
          ...this.frame(visit, answer),
          ...common,
          agency: name[locale],
          stoppedAt,
          content,
        });
  }

  private frame(visit: Visit, { title, data }: ShownPage) {
    const { request, locale } = visit;
    const { caller, secondsLeft } = request.signedIn ?? {};
    const done = (request.query as Record<string, unknown> | undefined)?.['done'];
    return {
      pageTitle: hasWords(title) ? visit.t(title, data['titleWords'] as Record<string, unknown>) : title,
      theme: preferenceOf(request, 'theme') ?? 'auto',
      otherLocale: locale === 'ko' ? 'en' : 'ko',
      assets: this.assets.addresses,
      sandbox: this.config.provider === 'sandbox',
      done: typeof done === 'string' && hasWords(`done.${done}`) ? done : null,
      caller: caller ?? null,
      idleSeconds,
      secondsLeft,
      navigation: caller ? this.navigationFor(caller.role, pathOf(request)) : [],
    };
  }

  private navigationFor(role: Role, path: string) {
    return navigation
      .filter(
        (entry) => entry.roles.includes(role) && (!entry.sandboxOnly || this.config.provider === 'sandbox'),
      )
      .map(({ key, path: to }) => ({
        key,
        path: to,
        current: to === '/console' ? path === to : path === to || path.startsWith(`${to}/`),
      }));
  }
}

/** Returns the language that the request asks for; undefined when it asks for none that is served. */
function localeOf(request: PageRequest): Locale | undefined {
  const [browser] = /\b(ko|en)\b/i.exec(request.headers['accept-language'] ?? '') ?? [];
  return chosenLocale(request) ?? request.signedIn?.locale ?? (browser?.toLowerCase() as Locale | undefined);
}

/**
 * Reads the language that was chosen in this browser. Behind it stands the language that the account had by then: the choice
 * holds until the account has another, and for no other account whose language is another. Without it, nobody was signed in.
 */
function chosenLocale(request: PageRequest): Locale | undefined {
  const [kept = ''] = cookieValues(request, preferences.locale.cookie);
  const [, chosen, accounts] = /^(ko|en)(?:\.(ko|en))?$/.exec(kept) ?? [];
  const own = request.signedIn?.locale ?? accounts;
  return accounts === own || accounts === undefined ? (chosen as Locale | undefined) : undefined;
}

/** Keeps a preference in the reader's browser for a year. */
export function keepPreference(
  reply: FastifyReply,
  preference: keyof typeof preferences,
  value: string,
): void {
  const { cookie } = preferences[preference];
  void reply.header('set-cookie', `${cookie}=${value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`);
}

/** Reads what the reader's browser keeps of a preference; undefined when it keeps nothing that is known. */
export function preferenceOf<P extends keyof typeof preferences>(request: FastifyRequest, preference: P) {
  const { cookie, values } = preferences[preference];
  const [kept] = cookieValues(request, cookie);
  return (values as readonly (typeof preferences)[P]['values'][number][]).find((value) => value === kept);
}

/** PageInterceptor makes a page of what its controller answers; files and whatever else a controller answers pass through. */
@Injectable()
class PageInterceptor implements NestInterceptor {
  constructor(
    private readonly writer: PageWriter,
    private readonly looks: Looks,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<VisitedRequest>();
    const visit = await this.writer.visit(request, http.getResponse<FastifyReply>());
    request.visit = visit;
    if (request.onlyShown && !submits(context.getHandler()))
      return of(await this.write(visit, redirect('/console', 'not-done-yet')));
    if (isLive(context.getHandler())) {
      visit.mark = await this.looks.mark();
      if (lookOf(request) === visit.mark) {
        void visit.reply.status(204);
        return of('');
      }
    }
    return next
      .handle()
      .pipe(mergeMap((answer: unknown) => (isPage(answer) ? this.write(visit, answer) : of(answer))));
  }

  private async write(visit: Visit, answer: PageAnswer): Promise<string> {
    if (answer.kind === 'page') return this.writer.write(visit, answer);
    leadTo(visit.reply, answer.to, visit.isFromHtmx);
    return '';
  }
}

/**
 * PageFilter shows an error that no form can correct as a page; without a session, leads to where people sign in. It
 * waits for nothing: Nest leaves a rejected filter to nobody, and the database may be what failed.
 */
@Catch()
class PageFilter implements ExceptionFilter {
  private readonly logger = new Logger(PageFilter.name);

  constructor(
    private readonly writer: PageWriter,
    private readonly typed: TypedWork,
    private readonly cookie: SessionCookie,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<VisitedRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const visit = this.writer.visitForError(request, reply);
    const problem = shownProblem(error, visit.locale);
    if (problem.code === 'sign-in-needed') {
      this.leadToSignIn(visit);
      return;
    }
    if (problem.status >= 500) this.logger.error({ err: error, requestId: request.id }, 'a page failed');
    const typed = Object.values(typedInto(request)).filter(isReadable);
    const answer = page('error', 'common.problemTitle', { problem, typed, requestId: request.id });
    void reply.send(this.writer.writeError(visit, answer));
  }

  /** What was sent goes along. htmx sends a form whose writer is still typing: nothing is done, and it stays as it is. */
  private leadToSignIn(visit: Visit): void {
    const { request, reply, isFromHtmx } = visit;
    const isForm = request.method === 'POST';
    // The page that looks has said by itself that the session is over, and keeps what stands on it.
    if ((isForm && isFromHtmx) || lookOf(request) !== null) return void reply.status(401).send('');
    const typed = isForm && this.cookie.read(request) !== null ? this.typed.seal(request) : null;
    if (typed !== null) {
      const data = { typed, next: '/console', problem: undefined };
      return void reply.send(
        this.writer.writeError(visit, page('sign-in', 'signingIn.title', data, { status: 401 })),
      );
    }
    leadTo(
      reply,
      `/console/sign-in?next=${encodeURIComponent(isForm ? '/console' : request.url)}`,
      isFromHtmx,
    );
    void reply.send('');
  }
}

/** htmx follows a redirect by itself and would put the other page into this one: it is asked to go there instead. */
function leadTo(reply: FastifyReply, to: string, isFromHtmx: boolean): void {
  void (isFromHtmx ? reply.status(200).header('hx-redirect', to) : reply.status(303).header('location', to));
}

/** Of what was sent, ids and single words are the form's own. */
function isReadable(value: string): boolean {
  return value.trim() !== '' && !/^([a-z-]+|[0-9a-f-]{36})$/.test(value);
}

const pathOf = ({ url }: PageRequest): string => url.split('?')[0] ?? '';

function isNowhere({ problem }: ShownPage['data']): boolean {
  return (problem as { status?: number } | undefined)?.status === 404;
}

function isPage(answer: unknown): answer is PageAnswer {
  const kind = (answer as { kind?: unknown } | null | undefined)?.kind;
  return kind === 'page' || kind === 'redirect';
}

/** Makes a controller of pages: behind a session, answering `page(…)` or `redirect(…)`, its errors pages as well. */
export const ConsolePage = (path: string) =>
  applyDecorators(Controller(path), Page(), UseInterceptors(PageInterceptor), UseFilters(PageFilter));
