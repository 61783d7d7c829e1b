import { Get, Req } from '@nestjs/common';
import { Public } from '../../../core/access/rules.js';
import type { PageRequest } from '../../accounts/page-request.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import { ConsolePage } from '../console-page.js';
import { type PageAnswer, page } from '../page.js';
import { PageWriter } from '../page-writer.js';
import { planLines } from '../plan-words.js';
import { ExampleTexts } from './example-texts.js';

/** For contractors, who are impersonated and impersonated to: what our texts look like, and where they come from. */
@ConsolePage('genuine')
@Public()
export class GenuinePages {
  constructor(
    private readonly settings: SettingsService,
    private readonly examples: ExampleTexts,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  async show(@Req() request: PageRequest): Promise<PageAnswer> {
    const locale = await this.writer.localeOf(request);
    const { value: agency } = await this.settings.agency();
    const { value: reporting } = await this.settings.reportingChannels();
    const examples = await this.examples.of(locale);
    return page('genuine', 'genuine.title', {
      agencyName: agency.name[locale],
      domains: agency.linkDomains.join(', '),
      channels: reporting.channels,
      sender: this.examples.sender,
      kinds: examples.map(({ kind, plan, texts }) => ({ kind, lines: planLines(plan, locale), texts })),
    });
  }
}
