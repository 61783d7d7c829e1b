import { Get } from '@nestjs/common';
import { Public } from '../../core/access/rules.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { ConsolePage } from './console-page.js';
import { ExampleTexts, planLines } from './example-texts.js';
import { page } from './page.js';
import { Visit, Visiting } from './visit.js';

/** GenuinePages show contractors, whom others may text in our name, what our texts look like and where they come from. */
@ConsolePage('genuine')
@Public()
export class GenuinePages {
  constructor(
    private readonly settings: SettingsService,
    private readonly examples: ExampleTexts,
  ) {}

  @Get()
  async show(@Visiting() { locale }: Visit) {
    const { value: agency } = await this.settings.agency();
    const { value: reporting } = await this.settings.reportingChannels();
    const examples = await this.examples.textsIn(locale);
    return page('genuine', 'genuine.title', {
      agencyName: agency.name[locale],
      domains: agency.linkDomains.join(', '),
      channels: reporting.channels,
      sender: this.examples.sender,
      kinds: examples.map(({ kind, plan, texts }) => ({ kind, lines: planLines(plan, locale), texts })),
    });
  }
}
