import { unusableNumber } from '../../platform/phone-numbers/phone-numbers.words.js';
import { Inject, Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { parsePhoneNumber } from '../../platform/phone-numbers/phone-number.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { Sealer } from '../../platform/sealing/sealer.js';
import { SettingsService } from '../settings/settings.service.js';
import { logProblems, longestSearch } from './log.words.js';
import type { MessageFilters } from './message-query.js';
import type { MessageSearch } from './message.schema.js';
import { wordsOf } from '../../platform/search-words.js';
import { Database } from '../../platform/database/database.js';

const queryCanceled = '57014';

/** What a search looks for: a number by its blind index, words in the text. */
@Injectable()
export class SearchedMessages {
  constructor(
    @Inject(CONFIG) private readonly config: { allowFictionalNumbers: boolean },
    private readonly database: Database,
    private readonly settings: SettingsService,
    private readonly sealer: Sealer,
  ) {}

  async by({ number, words }: MessageSearch): Promise<Pick<MessageFilters, 'numberIndex' | 'words'>> {
    return {
      numberIndex: number === undefined ? null : this.sealer.blindIndex(await this.readable(number)),
      words: words === undefined ? [] : wordsOf(words),
    };
  }

  /** Throws when the search takes so long that it had better be narrowed. */
  async inTime<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.database.inTransaction(async () => {
        await this.database.run(`SET LOCAL statement_timeout = '${longestSearch}s'`);
        return work();
      });
    } catch (error) {
      if (codeOf(error) !== queryCanceled) throw error;
      throw logProblems.error('search-too-wide', {}, { cause: error });
    }
  }

  private async readable(number: string): Promise<string> {
    const { country } = (await this.settings.calendar()).setting;
    const parsed = parsePhoneNumber(number, country, { allowFiction: this.config.allowFictionalNumbers });
    if (parsed.ok) return parsed.e164;
    throw unusableNumber(parsed.code, 'number');
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof QueryFailedError ? (error.driverError as { code?: unknown }).code : null;
}
