import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Role } from '../../core/access/roles.js';
import { CsrfCheck } from '../accounts/csrf.js';
import type { PageRequest } from '../accounts/page-request.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { AssetFiles } from './asset-files.js';
import type { ShownPage } from './page.js';
import { preferenceOf } from './preferences.js';
import { mendableProblem, type ShownProblem } from './problem-words.js';
import { Views } from './views.js';
import type { Locale } from '../../platform/words/words.js';
import { hasWords, translate } from './words/words.js';

const everything: Role[] = ['officer', 'manager', 'admin', 'auditor', 'monitor'];
const contents: Role[] = ['officer', 'manager', 'admin', 'auditor'];

const navigation: { key: string; path: string; roles: Role[]; sandboxOnly?: boolean }[] = [
  { key: 'home', path: '/console', roles: everything },
  { key: 'contracts', path: '/console/contracts', roles: contents },
  { key: 'imports', path: '/console/imports', roles: contents },
  { key: 'work', path: '/console/work', roles: contents },
  { key: 'messages', path: '/console/messages', roles: contents },
  { key: 'coverage', path: '/console/coverage', roles: everything },
  { key: 'settings', path: '/console/settings', roles: ['manager', 'admin', 'auditor'] },
  { key: 'phones', path: '/console/phones', roles: contents, sandboxOnly: true },
];

/** Nothing but what this service itself serves, and no code inside the page. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Puts a view into the frame that all pages share. */
@Injectable()
export class PageWriter {
  constructor(
    @Inject(CONFIG) private readonly config: { provider: string },
    private readonly views: Views,
    private readonly assets: AssetFiles,
    private readonly settings: SettingsService,
    private readonly csrf: CsrfCheck,
  ) {}

  async write(request: PageRequest, reply: FastifyReply, answer: ShownPage): Promise<string> {
    const locale = await this.localeOf(request);
    void reply
      .status(answer.status)
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-language', locale)
      .header('content-security-policy', policy)
      .header('vary', 'cookie, accept-language, hx-request');
    const common = {
      ...answer.data,
      locale,
      csrf: this.csrf.tokenFor(request, reply),
      provider: this.config.provider,
    };
    const content = this.views.render(`pages/${answer.view}`, common);
    return answer.fragment
      ? content
      : this.views.render('layout', { ...(await this.frame(request, locale, answer)), ...common, content });
  }

  /** The reader's choice, else his account's language, else his browser's, else the agency's. */
  async localeOf(request: PageRequest): Promise<Locale> {
    const chosen = preferenceOf(request, 'locale');
    if (chosen === 'ko' || chosen === 'en') return chosen;
    if (request.signedIn) return request.signedIn.locale;
    const [browser] = /\b(ko|en)\b/i.exec(request.headers['accept-language'] ?? '') ?? [];
    return browser ? (browser.toLowerCase() as Locale) : (await this.settings.agency()).value.locale;
  }

  /** See `mendableProblem`. */
  async problem(request: PageRequest, error: unknown): Promise<ShownProblem> {
    return mendableProblem(error, await this.localeOf(request));
  }

  private async frame(request: PageRequest, locale: Locale, { title, data }: ShownPage) {
    const caller = request.signedIn?.caller;
    const path = request.url.split('?')[0] ?? '';
    const said = (request.query as Record<string, unknown> | undefined)?.['done'];
    return {
      pageTitle: hasWords(title)
        ? translate(locale, title, data['titleWords'] as Record<string, unknown>)
        : title,
      agency: (await this.settings.agency()).value.name[locale],
      theme: preferenceOf(request, 'theme') ?? 'auto',
      otherLocale: locale === 'ko' ? 'en' : 'ko',
      here: request.method === 'GET' ? request.url : path,
      assets: this.assets.addresses,
      sandbox: this.config.provider === 'sandbox',
      done: typeof said === 'string' && hasWords(`done.${said}`) ? said : null,
      caller: caller ?? null,
      navigation: caller ? this.navigationFor(caller.role, path) : [],
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
