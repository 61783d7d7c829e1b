import { Get, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { notFound } from '../../../platform/app-error.js';
import { Id } from '../../../platform/http/query.schema.js';
import { parsed } from '../../../platform/http/schema.pipe.js';
import { CsrfCheck } from '../../accounts/csrf.js';
import { CsrfInBody } from '../../accounts/page.guard.js';
import { fileHolds } from '../../imports/import.schema.js';
import { UploadEnvelope } from '../../imports/upload-envelope.js';
import {
  fileBody,
  matchBody,
  newListBody,
  recordStates,
  recordsQuery,
} from '../../reference-lists/reference-list.schema.js';
import { ReferenceIntake } from '../../reference-lists/reference-intake.js';
import { ReferenceLists } from '../../reference-lists/reference-lists.service.js';
import { FormChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { FlagsApart } from '../flags-apart.js';
import { type ShownProblem, waysOn } from '../form.js';
import { page, redirect, ShownAgainBy, Visit, Visiting } from '../visit.js';
import './reference-lists.words.js';

const path = '/console/reference-lists';

/** ReferenceListPages show auditors what other systems know of contracts, and take their files. */
@ConsolePage('console/reference-lists')
@Allow('auditor')
export class ReferenceListPages {
  constructor(
    private readonly lists: ReferenceLists,
    private readonly intake: ReferenceIntake,
    private readonly csrf: CsrfCheck,
    private readonly choices: FormChoices,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    return page('reference-lists/list', 'referenceLists.title', {
      lists: await this.lists.lists(),
      departments: await this.choices.departmentsFor(visit),
      values: visit.shown.values,
      problem: visit.shown.problem,
    });
  }

  @Post()
  @ShownAgainBy('list')
  async add(@Visiting() { caller, form }: Visit) {
    const { id } = await this.lists.addList(caller, form.read(newListBody));
    return redirect(`${path}/${id}`);
  }

  @Get(':id')
  show(@Visiting() visit: Visit, @Id() id: string) {
    return this.recordsPage(visit, id);
  }

  /** The form's token comes before the file, and is looked at before a byte of the file is read. */
  @Post(':id/files')
  @CsrfInBody()
  bring(@Visiting() visit: Visit, @Id() id: string) {
    return UploadEnvelope.opened(
      visit.request,
      ['_csrf', ...Object.keys(fileBody.shape)],
      async (envelope) => {
        const { _csrf: token, ...fields } = envelope.fields;
        if (!this.csrf.verify(visit.request, token)) throw notFound('page');
        return visit.submit(
          async () => {
            const file = envelope.file();
            const body = parsed(fileBody, fields);
            await this.intake.takeFile(visit.caller, id, file, body);
            return redirect(`${path}/${id}`);
          },
          ({ problem }) => this.recordsPage(visit, id, problem),
        );
      },
    );
  }

  private async recordsPage(visit: Visit, id: string, problem?: ShownProblem) {
    const query = visit.query(recordsQuery);
    const list = await this.lists.listOf(id);
    const { items, nextCursor } = await this.lists.recordsPage(id, query);
    return page('reference-lists/records', list.name, {
      list,
      query,
      items,
      problem,
      holdings: visit.choices('referenceLists.holds-', fileHolds),
      files: (await this.intake.filesOf(id)).map(
        ({ problems, progress: { bytes, totalBytes }, ...file }) => ({
          ...file,
          percent: totalBytes === 0 ? 0 : Math.floor((100 * bytes) / totalBytes),
          problems: problems.map(({ message, ...one }) => ({ ...one, message: message[visit.locale] })),
        }),
      ),
      ...waysOn(`${path}/${id}`, query, nextCursor),
      states: visit.choices('referenceLists.state-', recordStates),
    });
  }
}

/** ReferenceRecordPages show one record of a list, where an auditor says which contract it is and deals with its flag. */
@ConsolePage('console/reference-lists/records/:id')
@Allow('auditor')
export class ReferenceRecordPages {
  constructor(
    private readonly lists: ReferenceLists,
    private readonly flags: FlagsApart,
  ) {}

  @Get()
  async show(@Visiting() visit: Visit, @Id() id: string) {
    const { flags: items, history, ...record } = await this.lists.recordOf(id);
    return page('reference-lists/record', record.reference, {
      record,
      ...(await this.flags.shown(visit, { items, history })),
    });
  }

  /** A blank reference says that the record is no contract that has to be registered here. */
  @Post('match')
  @ShownAgainBy('show')
  async match(@Visiting() { caller, form }: Visit, @Id() id: string) {
    await this.lists.correct(caller, id, form.read(matchBody));
    return redirect(`${path}/records/${id}`, 'reference-matched');
  }

  /** Notes something about the flag and, with a finding, closes it. */
  @Post('flags')
  @ShownAgainBy('show')
  async look(@Visiting() visit: Visit, @Id() id: string) {
    const done = await this.flags.look(visit, { contractId: id, kind: 'not-registered' });
    return redirect(`${path}/records/${id}`, done);
  }
}
