import { Injectable } from '@nestjs/common';
import { AccountRecords } from '../../accounts/account-records.js';
import type { SettingName } from '../../../core/settings/settings.schema.js';
import { SettingsService, type Versioned } from '../../../core/settings/settings.service.js';
import { actorText } from '../contracts/history-shown.js';
import type { Locale } from '../../../platform/words/words.js';

/** A setting in force, with who made it. */
@Injectable()
export class SettingInForce {
  constructor(
    private readonly settings: SettingsService,
    private readonly names: AccountRecords,
  ) {}

  async of<T>(name: SettingName, locale: Locale): Promise<Versioned<T> & { who: string }> {
    const found = await this.settings.inForce<T>(name);
    return { ...found, who: await this.who(found.actor, locale) };
  }

  async who(actor: string, locale: Locale): Promise<string> {
    return actorText(actor, await this.names.namesOfActors([actor]), locale);
  }
}
