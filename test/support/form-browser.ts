import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { cookieName, ownOrigin } from './page-client.js';

/** A FormBrowser keeps its cookies, and sends the fields that a page's form hides, as a browser does. */
export class FormBrowser {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly app: NestFastifyApplication,
    token?: string,
  ) {
    if (token !== undefined) this.cookies.set(cookieName, token);
  }

  async get(url: string) {
    const answer = await this.app.inject({ method: 'GET', url, headers: { cookie: this.sent } });
    this.keep(answer.cookies);
    return answer;
  }

  async send(url: string, form: Record<string, string>, headers: Record<string, string> = {}) {
    const answer = await this.app.inject({
      method: 'POST',
      url,
      headers: {
        cookie: this.sent,
        origin: ownOrigin,
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      payload: new URLSearchParams(form).toString(),
    });
    this.keep(answer.cookies);
    return answer;
  }

  /** Sends the form of a page whose hidden fields go along, and what is typed into the others. */
  submit(page: { body: string }, url: string, typed: Record<string, string>) {
    const form = page.body.split('<form').find((one) => one.includes(`action="${url}"`)) ?? '';
    const own = Object.fromEntries(
      ['_csrf', 'ticket', 'next', 'typed'].map((name) => [name, hidden(form, name)]),
    );
    return this.send(url, { ...own, ...typed });
  }

  cookieOf(name: string): string {
    return this.cookies.get(name) ?? '';
  }

  keepCookie(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  get token(): string {
    return this.cookieOf(cookieName);
  }

  private get sent(): string {
    return [...this.cookies].map((pair) => pair.join('=')).join('; ');
  }

  private keep(cookies: { name: string; value: string }[]): void {
    for (const { name, value } of cookies) this.cookies.set(name, value);
  }
}

/** Reads a hidden field of a page. */
export const hidden = (page: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
