import { Get, Post } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { notFound } from '../../../platform/app-error.js';
import { CsrfCheck } from '../../accounts/csrf.js';
import { CsrfInBody } from '../../accounts/page.guard.js';
import { ImportIntake } from '../../imports/uploads.js';
import { UploadEnvelope } from '../../imports/upload-envelope.js';
import { ImportUndo } from '../../imports/undo.js';
import {
  applyBody,
  columnsBody,
  importListQuery,
  namesBody,
  undoBody,
  uploadFields,
} from '../../imports/import.schema.js';
import { ImportsService } from '../../imports/imports.service.js';
import { ImportNames } from '../../imports/names.js';
import { RefusedRows } from '../../imports/refused-rows.js';
import { ocdsKinds } from '../../imports/ocds/kinds.js';
import { SheetColumns } from '../../imports/sheet/columns.js';
import { sheetLimits } from '../../../platform/sheets/sheet-limits.js';
import { Id } from '../../../platform/http/query.schema.js';
import { FormChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { parsed } from '../../../platform/http/schema.pipe.js';
import { addressOf, filled, type ShownProblem, waysOn } from '../form.js';
import { Live } from '../looks.js';
import { fragment, page, redirect, ShownAgainBy, Visit, Visiting } from '../visit.js';
import { choicesIn, columnsShown, importQuery, ImportShown, mappingIn } from './import-shown.js';

const path = '/console/imports';

/** The page has no field for a preview, because it always previews. */
const pageFields = uploadFields.omit({ preview: true });
const fieldNames = Object.keys(pageFields.shape);

/** ImportListPages take files in, and list those that were uploaded before. */
@ConsolePage('console/imports')
@Allow('officer', 'manager', 'admin')
export class ImportListPages {
  constructor(
    private readonly shown: ImportShown,
    private readonly intake: ImportIntake,
    private readonly choices: FormChoices,
    private readonly csrf: CsrfCheck,
  ) {}

  @Get()
  @Live()
  @Allow('officer', 'manager', 'admin', 'auditor')
  list(@Visiting() visit: Visit) {
    return this.listPage(visit);
  }

  /** The form's token comes before the file, and is looked at before a byte of the file is kept. */
  @Post()
  @CsrfInBody()
  bring(@Visiting() visit: Visit) {
    return UploadEnvelope.opened(visit.request, ['_csrf', ...fieldNames], async (envelope) => {
      const { _csrf: token, ...fields } = envelope.fields;
      if (!this.csrf.verify(visit.request, token)) throw notFound('page');
      return this.take(visit, envelope, filled(fields));
    });
  }

  private take(visit: Visit, envelope: UploadEnvelope, fields: Record<string, unknown>) {
    return visit.submit(
      async () => {
        const file = envelope.file();
        const { departmentId = null, ...options } = parsed(pageFields, fields);
        const how = { preview: true, options };
        const taken = await this.intake.takeForWorker(visit.caller, file, departmentId, how);
        return redirect(`${path}/${taken.id}`);
      },
      ({ problem }) => this.listPage(visit, { problem: fileProblem(problem), ...fields }),
    );
  }

  private async listPage(visit: Visit, again: { problem?: ShownProblem } = {}) {
    const query = { ...visit.query(importListQuery), limit: 25 };
    const { items, nextCursor } = await this.shown.listed(visit, query);
    return page('imports/list', 'navigation.imports', {
      ...again,
      items,
      ...waysOn(path, query, nextCursor),
      mayBring: visit.caller.role !== 'auditor',
      departments: await this.choices.departmentsFor(visit),
      ocdsKinds: visit.choices('kinds.', ocdsKinds),
      without: visit.caller.departmentId === null ? 'noDepartment' : 'ownDepartment',
      megabytes: sheetLimits.fileBytes / 1024 / 1024,
      rows: sheetLimits.rows,
    });
  }
}

/** ImportPages show one import at the step where it stands, take what people decide about it, and give its sheets. */
@ConsolePage('console/imports')
@Allow('officer', 'manager', 'admin')
export class ImportPages {
  constructor(
    private readonly shown: ImportShown,
    private readonly sheets: RefusedRows,
    private readonly columns: SheetColumns,
    private readonly names: ImportNames,
    private readonly imports: ImportsService,
    private readonly undoing: ImportUndo,
  ) {}

  @Get('template.xlsx')
  template(@Visiting() { caller }: Visit) {
    return this.sheets.templateFor(caller);
  }

  @Get(':id')
  @Allow('officer', 'manager', 'admin', 'auditor')
  async show(@Visiting() visit: Visit, @Id() id: string) {
    const query = visit.query(importQuery);
    const head = await this.shown.head(visit, id);
    const { status } = head.import;
    if (visit.isFromHtmx) {
      // Once it is at another step, the whole page is another.
      return status === query.at ? fragment('imports/progress', head) : redirect(`${path}/${id}`);
    }
    if (status === 'columns' && visit.caller.role !== 'auditor') return this.columnsPage(visit, id);
    return this.shown.page(visit, id, { query });
  }

  @Get(':id/refused.xlsx')
  refused(@Visiting() { caller }: Visit, @Id() id: string) {
    return this.sheets.workbookOf(caller, id);
  }

  @Get(':id/columns')
  columnsForm(@Visiting() visit: Visit, @Id() id: string) {
    return this.columnsPage(visit, id);
  }

  @Post(':id/columns')
  chooseColumns(@Visiting() visit: Visit, @Id() id: string) {
    return this.decide(visit, id, async () => {
      const mapping = mappingIn(visit.form, await this.columns.columnsOf(visit.caller, id));
      return this.columns.chooseColumns(visit.caller, id, parsed(columnsBody, { mapping }));
    });
  }

  @Post(':id/names')
  chooseNames(@Visiting() visit: Visit, @Id() id: string) {
    return this.decide(visit, id, async () => {
      const choices = choicesIn(visit.form, await this.names.namesOf(visit.caller, id));
      return this.names.chooseNames(visit.caller, id, parsed(namesBody, { choices }));
    });
  }

  @Post(':id/preview')
  previewAgain(@Visiting() visit: Visit, @Id() id: string) {
    return this.decide(visit, id, () => this.imports.previewAgain(visit.caller, id));
  }

  /** Above the agency's number it asks again, with the number that is confirmed by pressing its button. */
  @Post(':id/apply')
  apply(@Visiting() visit: Visit, @Id() id: string) {
    return this.decide(visit, id, () => {
      const body = visit.form.read(applyBody, { confirmTexts: visit.form.whole('confirmTexts') });
      return this.imports.applyImport(visit.caller, id, body);
    });
  }

  @Get(':id/discard')
  async discardForm(@Visiting() visit: Visit, @Id() id: string) {
    return page('imports/discard', 'imports.discardTitle', await this.shown.head(visit, id));
  }

  @Post(':id/discard')
  discard(@Visiting() visit: Visit, @Id() id: string) {
    return this.decide(visit, id, () => this.imports.discardImport(visit.caller, id), 'import-discarded');
  }

  @Get(':id/undo')
  async undoForm(@Visiting() visit: Visit, @Id() id: string) {
    const { values, problem } = visit.shown;
    const head = await this.shown.head(visit, id);
    const { updated, corrected } = head.import.counts;
    // Its paths are contracts instead of fields.
    const inTheWay = problem?.code === 'import-not-undoable' ? problem.list : null;
    return page('imports/undo', 'imports.undoTitle', {
      ...head,
      changed: updated + corrected,
      values,
      problem: problem && inTheWay ? { ...problem, list: [] } : problem,
      inTheWay: inTheWay?.map(({ path: reference, message }) => ({
        reference,
        message,
        to: addressOf('/console/contracts', { q: reference }),
      })),
    });
  }

  @Post(':id/undo')
  @ShownAgainBy('undoForm')
  async undo(@Visiting() { caller, form }: Visit, @Id() id: string) {
    const { proposal } = await this.undoing.undoImport(caller, id, form.read(undoBody));
    return redirect(`${path}/${id}`, proposal ? 'proposed' : 'import-undone');
  }

  private decide(visit: Visit, id: string, work: () => Promise<unknown>, done?: string) {
    return visit.submit(
      async () => {
        await work();
        return redirect(`${path}/${id}`, done);
      },
      ({ problem }) => this.stay(visit, id, problem),
    );
  }

  private async stay(visit: Visit, id: string, problem: ShownProblem) {
    if (problem.code === 'columns-unsound') return this.columnsPage(visit, id, problem);
    if (problem.code === 'texts-to-confirm')
      return page('imports/confirm', 'navigation.imports', await this.shown.head(visit, id));
    return this.shown.page(visit, id, { problem });
  }

  /** With a problem, the columns stand as they were chosen in the form. */
  private async columnsPage(visit: Visit, id: string, problem?: ShownProblem) {
    const view = await this.columns.columnsOf(visit.caller, id);
    return page('imports/columns', 'imports.columnsTitle', {
      ...(await this.shown.head(visit, id)),
      ...columnsShown(view, problem ? mappingIn(visit.form, view) : null, visit),
      // What is wrong stands beside each column, and what is missing above them.
      problem: problem && { ...problem, list: [] },
    });
  }
}

/** Shows why a file was not taken in beside the field in which it was chosen: what it is, and what to do. */
function fileProblem(problem: ShownProblem): ShownProblem {
  return problem.list.length > 0 ? problem : { ...problem, fields: { file: problem.message } };
}
