import { Injectable } from '@nestjs/common';
import type { Caller } from '../../core/access/roles.js';
import { AlertsService } from '../../core/log/alerts.service.js';
import { MessagesService } from '../../core/log/messages.service.js';
import { BrakesService } from '../../core/sending/brakes.service.js';
import { WorkService } from '../work/work.service.js';
import { CoverageShown } from './coverage/coverage-shown.js';
import { withTones } from './tones.js';
import type { Locale } from '../../platform/words/words.js';
import { waitedOf } from './work/work-shown.js';

/** The lists that a home has room for. */
const shownLists = 6;

/** What the home of each role shows. */
@Injectable()
export class HomeShown {
  constructor(
    private readonly alerts: AlertsService,
    private readonly messages: MessagesService,
    private readonly brakes: BrakesService,
    private readonly work: WorkService,
    private readonly coverage: CoverageShown,
  ) {}

  async of(caller: Caller, locale: Locale) {
    const brakes = await this.brakes.brakesFor(caller);
    const common = { person: caller, brakes, reads: caller.role !== 'monitor' };
    if (caller.role === 'monitor')
      return { ...common, coverage: await this.coverageOf(caller, 12, 'lastYear', locale) };
    const planned = await this.alerts.list(caller, { view: 'planned', limit: 6 });
    const sent = await this.messages.list(caller, { limit: 5 });
    return {
      ...common,
      mayRegister: caller.role !== 'auditor',
      work: await this.workOf(caller, locale),
      coverage: caller.role === 'auditor' ? await this.coverageOf(caller, 1, 'thisMonth', locale) : null,
      planned: planned.items,
      sent: withTones(sent.items),
    };
  }

  /** What has waited longest comes first. */
  private async workOf(caller: Caller, locale: Locale) {
    const { items } = await this.work.overview(caller, {});
    return items
      .flatMap(({ list, count, name, oldest }) =>
        oldest ? [{ list, count, title: name, days: oldest.days }] : [],
      )
      .sort((a, b) => b.days - a.days)
      .slice(0, shownLists)
      .map((item) => ({ ...item, waited: waitedOf(item.days, locale) }));
  }

  private async coverageOf(caller: Caller, months: number, period: string, locale: Locale) {
    return { ...(await this.coverage.headline(caller, months, locale)), period: `coverage.${period}` };
  }
}
