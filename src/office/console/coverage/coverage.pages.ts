import { Get, type StreamableFile } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { coveredMilestonesQuery, dimensions } from '../../coverage/coverage.schema.js';
import { CoverageService } from '../../coverage/coverage.service.js';
import { outcomes, outcomeWords, reasons, reasonWords } from '../../coverage/coverage.words.js';
import { FormChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { ExportedFiles, fileAsked } from '../exported-files.js';
import { addressOf, filesOf, waysOn } from '../form.js';
import { page, type PageAnswer, Visit, Visiting } from '../visit.js';
import { coveragePageQuery, CoverageShown, requestOf } from './coverage-shown.js';

const path = '/console/coverage';
const milestonesPath = `${path}/milestones`;

/** CoveragePages show who was not notified, in figures, which is all that monitors read, and the milestones behind one. */
@ConsolePage('console/coverage')
@Allow('officer', 'manager', 'admin', 'auditor')
export class CoveragePages {
  constructor(
    private readonly coverage: CoverageService,
    private readonly shown: CoverageShown,
    private readonly choices: FormChoices,
    private readonly files: ExportedFiles,
  ) {}

  @Get()
  @Allow('officer', 'manager', 'admin', 'auditor', 'monitor')
  async show(@Visiting() visit: Visit): Promise<PageAnswer | StreamableFile> {
    const { file, format, ...query } = visit.query(coveragePageQuery);
    const usual = await this.shown.period();
    const asked = { ...query, from: query.from ?? usual.from, to: query.to ?? usual.to };
    if (file) {
      const request = requestOf(asked, file === 'table' ? [asked.groupBy] : ['department', 'month']);
      const described = await this.files.figures(visit, request.groupBy, { ...asked, format });
      return this.coverage.statisticsFile(visit.caller, request, described);
    }
    const { officers, ...choices } = await this.choicesFor(visit);
    const isMonitor = visit.caller.role === 'monitor';
    return page('coverage/show', 'navigation.coverage', {
      query: asked,
      filtered: Object.keys(visit.filled).length > 0,
      ...choices,
      officers: isMonitor ? null : officers,
      groups: visit.choices(
        'coverage.by-',
        dimensions.filter((one) => !isMonitor || one !== 'officer'),
      ),
      groupName: visit.t(`coverage.by-${asked.groupBy}`),
      reasons: reasons.map((reason) => reasonWords[reason]),
      exportTable: filesOf(path, { ...asked, file: 'table' }),
      exportHeat: filesOf(path, { ...asked, file: 'heat' }),
      ...(await this.shown.inFull(visit, asked)),
    });
  }

  @Get('milestones')
  async milestones(@Visiting() visit: Visit): Promise<PageAnswer | StreamableFile> {
    const { caller, locale } = visit;
    const { format, ...query } = visit.query(coveredMilestonesQuery.extend(fileAsked));
    if (format)
      return this.coverage.milestonesFile(
        caller,
        query,
        await this.files.milestones(visit, { ...query, format }),
      );
    const { items, nextCursor } = await this.coverage.milestones(caller, query);
    const { from, to, departmentId, kind, officerId } = query;
    return page('coverage/milestones', 'coverage.milestones', {
      query,
      back: addressOf(path, { from, to, departmentId, kind, officerId }),
      items: await this.choices.withOfficers(visit, items),
      ...waysOn(milestonesPath, query, nextCursor),
      ...(await this.choicesFor(visit)),
      outcomes: [...outcomes, 'to-come' as const].map((value) => ({
        value,
        text: outcomeWords[value][locale],
      })),
      reasons: reasons.map((value) => ({ value, text: reasonWords[value][locale] })),
    });
  }

  private async choicesFor(visit: Visit) {
    const { departments, officers, kinds } = await this.choices.forContract(visit);
    const nobody = { value: 'none', text: visit.t('coverage.nobodyNamed') };
    return { departments, kinds, officers: [nobody, ...officers] };
  }
}
