import { unusableNumber } from '../../platform/phone-numbers/phone-numbers.words.js';
import { Inject, Injectable } from '@nestjs/common';
import { maskPhoneNumber, parsePhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import type { Agency, AgencyInput } from './settings.schema.js';
import { SettingsService } from './settings.service.js';

/** Settings are kept for good, so the numbers of a rehearsal stand in them as blind indexes only. */
@Injectable()
export class RehearsalNumbers {
  constructor(
    @Inject(CONFIG) private readonly config: { allowFictionalNumbers: boolean },
    private readonly sealer: Sealer,
    private readonly settings: SettingsService,
  ) {}

  async indexed(input: AgencyInput): Promise<Agency> {
    const { country } = (await this.settings.calendar()).setting;
    const numbers = input.rehearsal.numbers.map((raw, i) => {
      const parsed = parsePhoneNumber(raw, country, { allowFiction: this.config.allowFictionalNumbers });
      if (parsed.ok) {
        return {
          index: this.sealer.blindIndex(parsed.e164).toString('hex'),
          masked: maskPhoneNumber(parsed.e164),
        };
      }
      throw unusableNumber(parsed.code, `rehearsal.numbers[${i}]`);
    });
    return { ...input, rehearsal: { on: input.rehearsal.on, numbers } };
  }
}
