import { Injectable } from '@nestjs/common';
import { SettingsService } from '../../core/settings/settings.service.js';
import { Kept } from '../../platform/kept.js';
import { type Locale, type Words, wordsOf } from '../../platform/words/words.js';
import type { PageRequest } from '../accounts/page-request.js';
import './console.words.js';

/** A visitor who has not signed in may see for so long what the agency was called before. */
const keptMs = 1000;

/** AgencyShown is what the frame of every page shows of the agency, and what its pages are written by. */
export interface AgencyShown {
  name: Words;
  locale: Locale;
  timeZone: string;
}

/** Surroundings read what the frame of pages needs of the settings; a flood of visitors costs one reading a second. */
@Injectable()
export class Surroundings {
  private readonly kept: Kept<AgencyShown>;

  constructor(settings: SettingsService) {
    this.kept = new Kept(keptMs, async () => {
      const { name, locale } = (await settings.agency()).value;
      return { name, locale, timeZone: (await settings.calendar()).setting.timeZone };
    });
  }

  /** Whoever is signed in may have changed it just now. */
  for(request: PageRequest): Promise<AgencyShown> {
    return request.signedIn ? this.kept.read() : this.kept.get();
  }

  /** Returns what was last read, for pages that must wait for nothing; before anything was read, the product's own. */
  get known(): AgencyShown {
    return this.kept.last ?? { name: wordsOf('common.product'), locale: 'ko', timeZone: 'Asia/Seoul' };
  }
}
