import { Get, Post } from '@nestjs/common';
import { Allow } from '../../core/access/rules.js';
import { ExportsService } from '../../core/log/exports.service.js';
import { messageExportQuery, messageListQuery, messageSearchSchema } from '../../core/log/log.schema.js';
import { MessagesService } from '../../core/log/messages.service.js';
import { releaseSchema } from '../../core/sending/brake.schema.js';
import { messageStatuses } from '../../core/sending/sending.entities.js';
import { MessageStates } from '../../core/sending/message-states.js';
import { kinds } from '../../core/settings/plan.schema.js';
import { Id } from '../../platform/http/query.schema.js';
import { FormChoices } from './choices.js';
import { TemplateNames } from './template-names.js';
import { parsed } from '../../platform/http/schema.pipe.js';
import { ConsolePage } from './console-page.js';
import { ExportedFiles, fileAsked } from './exported-files.js';
import { filesOf, type ShownProblem, waysOn } from './form.js';
import { Live } from './looks.js';
import { page, redirect, ShownAgainBy, Submits, Visit, Visiting } from './visit.js';
import './messages.words.js';

const path = '/console/messages';

/** MessagePages show the message log. All filters stand in the address but numbers, which no log of addresses may keep. */
@ConsolePage('console/messages')
@Allow('officer', 'manager', 'admin', 'auditor')
export class MessagePages {
  constructor(
    private readonly messages: MessagesService,
    private readonly exporting: ExportsService,
    private readonly states: MessageStates,
    private readonly choices: FormChoices,
    private readonly files: ExportedFiles,
    private readonly templates: TemplateNames,
  ) {}

  @Get()
  @Live()
  async list(@Visiting() visit: Visit) {
    const query = visit.query(messageListQuery);
    const { items, nextCursor } = await this.messages.list(visit.caller, query);
    const ways = waysOn(path, query, nextCursor);
    return page('messages/list', 'navigation.messages', {
      query,
      items,
      ...ways,
      exportTo: visit.caller.role === 'officer' ? null : filesOf(`${path}/export`, ways.filters),
      ...(await this.filtersFor(visit)),
    });
  }

  @Post('search')
  @Submits()
  search(@Visiting() visit: Visit) {
    const answer = async (found: { items: unknown[]; problem?: ShownProblem }) =>
      page('messages/list', 'navigation.messages', {
        values: visit.form.values(),
        searched: true,
        ...(await this.filtersFor(visit)),
        ...found,
      });
    return visit.submit(
      async (form) => {
        const wanted = { number: form.text('number'), words: form.text('words'), limit: 200 };
        const { items } = await this.messages.search(visit.caller, parsed(messageSearchSchema, wanted));
        return answer({ items });
      },
      ({ problem }) => answer({ problem, items: [] }),
    );
  }

  @Get('export')
  @Allow('manager', 'admin', 'auditor')
  async export(@Visiting() visit: Visit) {
    const { format = 'csv', ...query } = visit.query(messageExportQuery.extend(fileAsked));
    const file = await this.files.messages(visit, { ...query, format });
    return this.exporting.start(visit.caller, query, file);
  }

  @Get(':id')
  @Live()
  async show(@Visiting() visit: Visit, @Id() id: string) {
    const { caller, shown, locale } = visit;
    const message = await this.messages.get(caller, id);
    const template = await this.templates.inWords(locale);
    return page('messages/show', 'messages.one', {
      ...shown,
      message,
      templateName: template(message.template.key),
      mayRelease: caller.role === 'admin' && message.status === 'held',
    });
  }

  @Post(':id/release')
  @Allow('admin')
  @ShownAgainBy('show')
  async release(@Visiting() { caller, form }: Visit, @Id() id: string) {
    await this.states.release(caller, id, form.read(releaseSchema).reason);
    return redirect(`${path}/${id}`, 'released');
  }

  private async filtersFor(visit: Visit) {
    const { locale } = visit;
    const names = await this.choices.milestoneNames(locale);
    // A code that several plans have stands once, under the name of the first.
    const milestones = names.filter(([code], i) => names.findIndex(([first]) => first === code) === i);
    return {
      statuses: visit.choices('messageStatuses.', messageStatuses),
      kinds: visit.choices('kinds.', kinds),
      departments: await this.choices.departmentsFor(visit),
      milestones: milestones.map(([value, text]) => ({ value, text })),
    };
  }
}
