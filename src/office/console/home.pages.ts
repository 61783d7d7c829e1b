import { AgencyChanges } from '../../core/settings/agency-changes.service.js';
import { Get, Injectable, Post } from '@nestjs/common';
import { AppError } from '../../platform/app-error.js';
import { httpProblems } from '../../platform/http/http.words.js';
import type { Caller } from '../../core/access/roles.js';
import { Allow, Public } from '../../core/access/rules.js';
import { FlagInbox } from '../../core/flags/flag-inbox.js';
import { AlertsService } from '../../core/log/alerts.service.js';
import { MessagesService } from '../../core/log/messages.service.js';
import { ProposalReader } from '../../core/proposals/proposal-reader.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { BrakesService } from '../../core/sending/brakes.service.js';
import { LogStandings } from '../../core/transparency/log-standings.js';
import { adminLists } from '../work/work-lists.js';
import { AccessReviews } from '../accesses/access-reviews.service.js';
import { WorkService } from '../work/work.service.js';
import { ConsolePage } from './console-page.js';
import { CoverageShown } from './coverage/coverage-shown.js';
import { Live } from './looks.js';
import { page, Visit, Visiting } from './visit.js';
import { waitedOf } from './work.pages.js';
import './flags.words.js';
import '../../core/transparency/log-findings.words.js';

/** How many work lists a home has room for. */
const shownLists = 6;

/** For how many days an auditor's home tells that accounts or keys of auditors were touched. */
const daysOfAccess = 7;

const ofAdmins = new Set(adminLists.map(({ code }) => code));

/** HomeLists read what stands on a home beside figures: what is about to go out, what was sent, what the reader decides or looks into. */
@Injectable()
export class HomeLists {
  constructor(
    private readonly alerts: AlertsService,
    private readonly messages: MessagesService,
    private readonly proposals: ProposalReader,
    private readonly inbox: FlagInbox,
    private readonly agency: AgencyChanges,
    private readonly log: LogStandings,
  ) {}

  async listsFor(caller: Caller) {
    const planned = await this.alerts.list(caller, { view: 'planned', limit: 6 });
    const sent = await this.messages.list(caller, { limit: 5 });
    const toDecide = await this.proposals.toDecide(caller);
    const lists = { planned: planned.items, sent: sent.items, toDecide: toDecide.length };
    if (caller.role !== 'auditor') return lists;
    return {
      ...lists,
      flags: await this.inbox.countOpen(),
      access: await this.agency.countOfAccess(daysOfAccess),
      log: await this.log.standing(),
    };
  }
}

/** HomePages show what needs somebody today, by role. */
@ConsolePage('console')
@Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
export class HomePages {
  constructor(
    private readonly lists: HomeLists,
    private readonly brakes: BrakesService,
    private readonly work: WorkService,
    private readonly coverage: CoverageShown,
    private readonly settings: SettingsService,
    private readonly reviews: AccessReviews,
  ) {}

  @Get()
  @Live()
  async show(@Visiting() visit: Visit) {
    const { caller } = visit;
    const calendar = await this.settings.calendar();
    const brakes = await this.brakes.stopsFor(caller);
    const shown = caller.role === 'monitor' ? {} : await this.lists.listsFor(caller);
    return page('home', 'navigation.home', {
      person: caller,
      brakes,
      asksForTerms: caller.role === 'admin' && calendar.setting.terms === undefined,
      reads: caller.role !== 'monitor',
      unreviewed: caller.role === 'auditor' ? await this.reviews.unreviewed() : [],
      callShare: await this.callShareFor(caller),
      mayRegister: caller.role !== 'auditor' && caller.role !== 'monitor',
      ...shown,
      ...(await this.figuresOf(visit)),
    });
  }

  /** Whoever registers numbers is told that some are called, and never which: announced calls keep numbers right. */
  private async callShareFor({ role }: Caller): Promise<number> {
    if (role !== 'officer' && role !== 'manager') return 0;
    return (await this.settings.agency()).value.callShare;
  }

  /** A home is shown without its figures while these are being counted. */
  private async figuresOf(visit: Visit) {
    const { role } = visit.caller;
    try {
      if (role === 'monitor') return { coverage: await this.coverageOf(visit, 12, 'lastYear') };
      const coverage = role === 'auditor' ? await this.coverageOf(visit, 1, 'thisMonth') : null;
      return { work: await this.workOf(visit), coverage };
    } catch (error) {
      if (error instanceof AppError && error.code === 'figures-being-counted') return { isCounting: true };
      throw error;
    }
  }

  /** Returns the lists with something in them: first what no department can deal with, then what has waited longest. */
  private async workOf(visit: Visit) {
    const { items } = await this.work.overview(visit.caller, {});
    return items
      .flatMap(({ list, count, name, oldest }) =>
        oldest ? [{ list, count, title: name, days: oldest.days }] : [],
      )
      .sort((a, b) => Number(ofAdmins.has(b.list)) - Number(ofAdmins.has(a.list)) || b.days - a.days)
      .slice(0, shownLists)
      .map((item) => ({ ...item, waited: waitedOf(item.days, visit) }));
  }

  private async coverageOf(visit: Visit, months: number, period: string) {
    return { ...(await this.coverage.headline(visit, months)), period: `coverage.${period}` };
  }
}

/** UnknownPages answer every address below the pages at which there is none: by a page, to whoever asks. */
@ConsolePage('console*')
@Public()
export class UnknownPages {
  @Get()
  refuse(): never {
    throw httpProblems.error('not-found.route');
  }

  /** What was typed is shown with it. */
  @Post()
  refuseForm(): never {
    return this.refuse();
  }
}
