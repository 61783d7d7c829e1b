import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../platform/platform.tokens.js';
import { SettingsService } from '../settings/settings.service.js';
import type { ReadingRules } from './contract-facts.js';

/** How numbers and locales that leave something unsaid are read at this agency. */
@Injectable()
export class ReadingRulesService {
  constructor(
    @Inject(CONFIG) private readonly config: { allowFictionalNumbers: boolean },
    private readonly settings: SettingsService,
  ) {}

  async inForce(): Promise<ReadingRules> {
    const { setting } = await this.settings.calendar();
    const { value: agency } = await this.settings.agency();
    return {
      country: setting.country,
      locale: agency.locale,
      allowFiction: this.config.allowFictionalNumbers,
    };
  }
}
