import { Get } from '@nestjs/common';
import { Public } from '../../core/access/rules.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Kept } from '../../platform/kept.js';
import type { Locale } from '../../platform/words/words.js';
import { ConsolePage } from './console-page.js';
import { ExampleTexts, planLines } from './example-texts.js';
import { page, Visit, Visiting } from './visit.js';

/** GenuinePages show contractors, whom others may text in our name, what our texts look like and where they come from. */
@ConsolePage('genuine')
@Public()
export class GenuinePages {
  constructor(
    private readonly settings: SettingsService,
    private readonly examples: ExampleTexts,
  ) {}

  /** Visitors without an account, however many, cost one reading a second; whoever is signed in sees the newest. */
  private readonly shown = {
    ko: new Kept(1000, () => this.shownIn('ko')),
    en: new Kept(1000, () => this.shownIn('en')),
  };

  @Get()
  async show(@Visiting() { locale, request }: Visit) {
    const kept = this.shown[locale];
    return page('genuine', 'common.genuine', await (request.signedIn ? kept.read() : kept.get()));
  }

  private async shownIn(locale: Locale) {
    const { value: agency } = await this.settings.agency();
    const { value: reporting } = await this.settings.reportingChannels();
    const examples = await this.examples.textsIn(locale);
    return {
      agencyName: agency.name[locale],
      domains: agency.linkDomains.join(', '),
      channels: reporting.channels,
      senders: this.examples.senders,
      kinds: examples.map(({ kind, plan, texts }) => ({ kind, lines: planLines(plan, locale), texts })),
    };
  }
}
