import { Inject, Injectable } from '@nestjs/common';
import { maskPhoneNumber, parsePhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { unusableNumber } from '../../platform/phone-numbers/phone-numbers.words.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Agency, AgencyInput } from './settings.schema.js';
import { SettingsService } from './settings.service.js';

/** AgencyNumbers reads phone numbers that come without a country as numbers of the agency's. */
@Injectable()
export class AgencyNumbers {
  constructor(
    @Inject(CONFIG) private readonly config: { allowFictionalNumbers: boolean },
    private readonly sealer: Sealer,
    private readonly settings: SettingsService,
  ) {}

  /** Returns a number in E.164. Throws `number-unusable` for the request's field at `path`. */
  async e164Of(raw: string, path: string): Promise<string> {
    const { country } = (await this.settings.calendar()).setting;
    const parsed = parsePhoneNumber(raw, country, { allowFiction: this.config.allowFictionalNumbers });
    if (parsed.ok) return parsed.e164;
    throw unusableNumber(parsed.code, path);
  }

  /** Replaces the numbers of a rehearsal by their blind indexes: settings are kept for good. */
  async indexed(input: AgencyInput): Promise<Agency> {
    const numbers: Agency['rehearsal']['numbers'] = [];
    for (const [i, raw] of input.rehearsal.numbers.entries()) {
      const e164 = await this.e164Of(raw, `rehearsal.numbers[${i}]`);
      const index = this.sealer.blindIndex(e164).toString('hex');
      numbers.push({ index, masked: maskPhoneNumber(e164) });
    }
    return { ...input, rehearsal: { on: input.rehearsal.on, numbers } };
  }
}
