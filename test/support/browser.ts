import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { cookieName, type PageClient } from './page-client.js';
import type { TestService } from './service.js';

const axePath = createRequire(__filename).resolve('axe-core/axe.min.js');

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Debian's Chromium, or the one that CHROMIUM names; null where there is none. */
export const chromiumPath =
  [process.env['CHROMIUM'], ...places].find((path) => path && existsSync(path)) ?? null;

/** Skips, with a line that says so, where there is no browser. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (chromiumPath) {
    describe(name, tests);
    return;
  }
  process.stdout.write(
    `skipped "${name}": there is no Chromium here (apt-get install chromium, or set CHROMIUM)\n`,
  );
  describe.skip(name, tests);
}

/** Chromium asks the world for updates unless it is told not to. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Only what never comes is to meet it, however busy the machine. */
const patienceMs = 120_000;

export class Browser {
  private constructor(
    private readonly service: TestService,
    private readonly launched: Awaited<ReturnType<typeof chromium.launch>>,
    /** Errors of the pages' console, and of their scripts. */
    readonly complaints: string[] = [],
  ) {}

  /** The service listens from now on. */
  static async of(service: TestService): Promise<Browser> {
    await service.app.listen(service.config.port, '127.0.0.1');
    const launched = await chromium.launch({
      executablePath: chromiumPath ?? '',
      args: flags,
      timeout: patienceMs,
    });
    return new Browser(service, launched);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.service.config.port}`;
  }

  async context(options: BrowserContextOptions & { as?: PageClient } = {}): Promise<BrowserContext> {
    const { as, ...rest } = options;
    const context = await this.launched.newContext({
      baseURL: this.origin,
      viewport: { width: 1200, height: 900 },
      ...rest,
    });
    context.setDefaultTimeout(patienceMs);
    if (as?.token) {
      await context.addCookies([
        { name: cookieName, value: as.token, url: this.origin, httpOnly: true, sameSite: 'Lax' },
      ]);
    }
    context.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.page()?.url()}: ${message.text()}`);
    });
    context.on('weberror', (error) => this.complaints.push(error.error().message));
    return context;
  }

  async page(options: Parameters<Browser['context']>[0] = {}): Promise<Page> {
    return (await this.context(options)).newPage();
  }

  async close(): Promise<void> {
    await this.launched.close();
  }
}

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Returns what axe finds wrong on a page. */
export async function violationsOn(page: Page): Promise<Violation[]> {
  await page.evaluate(readFileSync(axePath, 'utf8'));
  // Code of the page, as text: this side of the wire knows no document. What is folded away is read too, opened.
  return page.evaluate(`(async () => {
    for (const folded of document.querySelectorAll('main details')) folded.setAttribute('open', '');
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const only = { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'], iframes: false };
    return (await axe.run(document, only)).violations;
  })()`);
}
