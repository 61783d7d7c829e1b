import { Get, Post } from '@nestjs/common';
import { Allow } from '../../core/access/rules.js';
import { FlagInbox } from '../../core/flags/flag-inbox.js';
import { flagStates, inboxQuery, type InboxRow, officerFiguresQuery } from '../../core/flags/flags.schema.js';
import { OfficerFigures } from '../../core/flags/officer-figures.js';
import { flagKinds, ofAgency } from '../../core/planning/flag.entity.js';
import { AccountRecords } from '../accounts/account-records.js';
import { FormChoices } from './choices.js';
import { ConsolePage } from './console-page.js';
import { actorText, changedText, namedBy, reasonShown } from './contracts/history.js';
import { at, ExportedFiles, fileAsked, type FileFormat } from './exported-files.js';
import { FlagsApart } from './flags-apart.js';
import { addressOf, waysOn } from './form.js';
import { numberText } from './formats.js';
import { Live } from './looks.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from './visit.js';
import './flags.words.js';

const path = '/console/flags';

/** Returns the colour by which a weight is shown. */
const toneOf = (weight: number) => (weight >= 4 ? 'bad' : weight >= 2 ? 'wait' : '');

/** FlagInboxPages show auditors the flags that they look into; a row leads to its contract, where it is dealt with. */
@ConsolePage('console/flags')
@Allow('auditor')
export class FlagInboxPages {
  constructor(
    private readonly inbox: FlagInbox,
    private readonly names: AccountRecords,
    private readonly choices: FormChoices,
    private readonly figures: OfficerFigures,
    private readonly files: ExportedFiles,
  ) {}

  @Get()
  @Live()
  async list(@Visiting() visit: Visit) {
    const { caller } = visit;
    const { format, ...query } = visit.query(inboxQuery.extend(fileAsked));
    if (format) return this.inbox.file(caller, query, await this.describe(visit, format));
    const { items, nextCursor } = await this.inbox.page(caller, query);
    const auditors = await this.names.auditors();
    const ways = waysOn(path, query, nextCursor);
    return page('flags/list', 'navigation.flags', {
      query,
      ...ways,
      filtered: query.state !== 'open' || Object.keys(ways.filters).length > 1,
      self: caller.accountId,
      items: await this.rows(visit, items),
      flagKinds: visit.choices('contracts.flag-', flagKinds),
      states: visit.choices('flags.state-', flagStates),
      assignees: auditors.map(({ id, name }) => ({ value: id, text: name })),
      ...(await this.choices.forContract(visit)),
    });
  }

  @Get('officers')
  async officers(@Visiting() visit: Visit) {
    const { items, medians, ...rest } = await this.figures.figures(visit.query(officerFiguresQuery));
    const percent = (share: number | null) =>
      share === null ? '–' : `${numberText(Math.round(share * 1000) / 10, visit.locale)}%`;
    const shown = <T extends { share: number | null }>(all: T[]) =>
      all.map((one) => ({ ...one, share: percent(one.share) }));
    return page('flags/officers', 'flags.officers', {
      ...rest,
      filtered: Object.keys(visit.filled).length > 0,
      cut: rest.total > items.length,
      medians: shown(medians),
      items: (await this.choices.withOfficers(visit, items)).map(({ officer, measures }) => ({
        officer,
        measures: shown(measures),
        inbox: addressOf(path, { officerId: officer.id }),
      })),
    });
  }

  /** Writes rows for people: who did what, and who looks after it. */
  private async rows(visit: Visit, items: InboxRow[]) {
    const { locale } = visit;
    const named = await this.choices.withOfficers(visit, items);
    const actors = await this.names.namesOfActors(items.flatMap(namedBy));
    const who = (actor: string | null) => actor && actorText(actor, actors, locale);
    const nameOf = new Map((await this.names.auditors()).map(({ id, name }) => [id, name]));
    const others = await this.choices.namesSeen(visit);
    const milestones = new Map((await this.choices.milestoneNames(locale)).toReversed());
    return named.map((row) => ({
      ...row,
      who: who(row.actor),
      approver: who(row.approvedBy),
      closer: who(row.closedBy),
      reason: reasonShown(row.reason, locale),
      changed: changedText(row, { actors, others, milestones }, locale),
      tone: toneOf(row.weight),
      isOfAgency: row.contract.id === ofAgency,
      assigned: row.assignee && (nameOf.get(row.assignee) ?? visit.t('common.unknown')),
      texts: row.milestones.map(({ code, name }) => name?.[locale] ?? code).join(', '),
    }));
  }

  private describe(visit: Visit, format: FileFormat) {
    const { locale } = visit;
    return this.files.describe(
      visit,
      { name: 'flags', title: visit.t('navigation.flags') },
      { format },
      {
        flag: ({ kind }) => visit.t(`contracts.flag-${kind}`),
        count: ({ count }) => count,
        first: ({ firstAt }) => at(firstAt),
        last: ({ lastAt }) => at(lastAt),
        contract: ({ contract }) => contract.reference,
        title: ({ contract }) => contract.title,
        companies: ({ contract }) => contract.companies.join(', '),
        department: ({ department }) => department?.name[locale] ?? null,
        officer: ({ officer }) => officer?.name ?? null,
        who: ({ who }) => who,
        whoseReason: ({ reason }) => reason,
        approver: ({ approver }) => approver,
        changed: ({ changed }) => changed,
        people: ({ people }) => people,
        milestone: ({ texts }) => texts,
        assigned: ({ assigned }) => assigned,
        closed: ({ closedAt }) => at(closedAt),
        closer: ({ closer }) => closer,
        finding: ({ finding }) => finding && visit.t(`contracts.finding-${finding}`),
        note: ({ note }) => note,
      },
      (rows: InboxRow[]) => this.rows(visit, rows),
    );
  }
}

/** AgencyFlagPages show auditors the flags that are about the whole agency, and let them deal with these. */
@ConsolePage('console/flags/agency')
@Allow('auditor')
export class AgencyFlagPages {
  constructor(private readonly flags: FlagsApart) {}

  @Get()
  async show(@Visiting() visit: Visit) {
    return page(
      'flags/agency',
      'flags.agency',
      await this.flags.shown(visit, await this.flags.listOf(ofAgency)),
    );
  }

  @Post()
  @ShownAgainBy('show')
  async look(@Visiting() visit: Visit) {
    const done = await this.flags.look(visit, { contractId: ofAgency, kind: 'log-misfit' });
    return redirect(`${path}/agency`, done);
  }
}
