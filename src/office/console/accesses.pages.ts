import { Get, Post } from '@nestjs/common';
import { Allow } from '../../core/access/rules.js';
import { accessActs } from '../../core/accesses/access.entities.js';
import { ExportJournal } from '../../core/log/export-journal.js';
import { pagesOf, tableFile } from '../../platform/sheets/table-file.js';
import { AccountRecords } from '../accounts/account-records.js';
import { AccessReviews, type ShownAccess } from '../accesses/access-reviews.service.js';
import { accessesQuery, accessReviewBody } from '../accesses/accesses.schema.js';
import { ConsolePage } from './console-page.js';
import { actorText } from './contracts/history.js';
import { at, ExportedFiles, fileAsked } from './exported-files.js';
import { addressOf, filesOf, waysOn } from './form.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from './visit.js';
import './accesses.words.js';

const path = '/console/accesses';

/** A file reads so many accesses at once. */
const exportPage = 200;

/** AccessPages show admins and auditors who saw whose personal data in a month, and keep that they looked through it. */
@ConsolePage('console/accesses')
@Allow('admin', 'auditor')
export class AccessPages {
  constructor(
    private readonly reviews: AccessReviews,
    private readonly names: AccountRecords,
    private readonly journal: ExportJournal,
    private readonly files: ExportedFiles,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    const { month: asked, ...rest } = visit.query(accessesQuery);
    const month = asked ?? (await this.monthOf(visit.shown.values['month']));
    const query = { ...rest, month };
    const { items, nextCursor } = await this.reviews.page(query);
    const figures = await this.reviews.figures(month);
    const { items: reviews, isReviewed } = await this.reviews.reviewsOf(month);
    const who = await this.namer(visit, [...figures, ...reviews]);
    const ways = waysOn(path, query, nextCursor);
    return page('accesses', 'navigation.accesses', {
      ...visit.shown,
      query,
      ...ways,
      exportTo: filesOf(`${path}/export`, ways.filters),
      acts: visit.choices('accesses.act-', accessActs),
      actors: figures.map(({ actor }) => ({ value: actor, text: who(actor) })),
      figures: figures.map((one) => ({ ...one, who: who(one.actor) })),
      items: items.map((one) => ({ ...one, who: who(one.actor) })),
      reviews: reviews.map((one) => ({ ...one, who: who(one.actor) })),
      isReviewed,
      isOver: month < (await this.reviews.monthBack(0)),
    });
  }

  @Post('review')
  @ShownAgainBy('list')
  async review(@Visiting() { caller, form }: Visit) {
    const body = form.read(accessReviewBody);
    await this.reviews.review(caller, body);
    return redirect(addressOf(path, { month: body.month }), 'accesses-reviewed');
  }

  @Get('export')
  async export(@Visiting() visit: Visit) {
    const { format = 'csv', month: asked, ...rest } = visit.query(accessesQuery.extend(fileAsked));
    const query = { ...rest, month: asked ?? (await this.monthOf(undefined)) };
    const figures = await this.reviews.figures(query.month);
    const who = await this.namer(visit, figures);
    const file = await this.files.describe<ShownAccess>(
      visit,
      { name: 'accesses', title: visit.t('navigation.accesses') },
      { format, from: query.month },
      {
        moment: (row) => at(row.at),
        who: ({ actor }) => who(actor),
        address: ({ address }) => address ?? visit.t('accesses.ownCommand'),
        act: ({ act }) => visit.t(`accesses.act-${act}`),
        people: ({ subjectIds }) => subjectIds.length,
        whose: ({ people }) =>
          people.map(({ name, number }) => [name, number].filter(Boolean).join(' ')).join(', '),
        contract: ({ people }) => [...new Set(people.map(({ reference }) => reference))].join(', '),
        whoseReason: ({ reason }) => reason,
      },
    );
    await this.journal.recordExport(visit.caller, 'accesses', {
      format,
      month: query.month,
      act: query.act,
      actor: query.actor,
    });
    return tableFile(
      file,
      pagesOf((cursor) => this.reviews.page({ ...query, cursor, limit: exportPage })),
    );
  }

  private async monthOf(typed: unknown): Promise<string> {
    return accessReviewBody.shape.month.safeParse(typed).data ?? this.reviews.monthBack(1);
  }

  private async namer({ locale }: Visit, of: { actor: string }[]): Promise<(actor: string) => string> {
    const names = await this.names.namesOfActors(of.map(({ actor }) => actor));
    return (actor) => actorText(actor, names, locale);
  }
}
