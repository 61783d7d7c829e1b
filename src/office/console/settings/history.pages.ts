import { Get } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import {
  type AgencyChange,
  agencyChangesQuery,
  agencySubjects,
} from '../../../core/settings/agency-changes.schema.js';
import { AgencyChanges } from '../../../core/settings/agency-changes.service.js';
import { AccountRecords } from '../../accounts/account-records.js';
import { FormChoices } from '../choices.js';
import { ConsolePage } from '../console-page.js';
import { actorText } from '../contracts/history.js';
import { waysOn } from '../form.js';
import { type ActNames, titleOfAct } from './agency-act-shown.js';
import { TemplateNames } from '../template-names.js';
import { page, Visit, Visiting } from '../visit.js';

const path = '/console/settings/history';

/** AgencyHistoryPages show auditors and admins every act of an admin on the whole agency, its people and their access. */
@ConsolePage('console/settings/history')
@Allow('admin', 'auditor')
export class AgencyHistoryPages {
  constructor(
    private readonly changes: AgencyChanges,
    private readonly names: AccountRecords,
    private readonly choices: FormChoices,
    private readonly templates: TemplateNames,
  ) {}

  @Get()
  async list(@Visiting() visit: Visit) {
    const query = visit.query(agencyChangesQuery);
    const { items, nextCursor } = await this.changes.changesPage(query);
    const actors = await this.names.namesOfActors(items.map(({ actor }) => actor));
    const known = {
      departments: await this.choices.namesSeen(visit),
      template: await this.templates.inWords(visit.locale),
    };
    return page('settings/history', 'settings.history', {
      query,
      ...waysOn(path, query, nextCursor),
      subjects: visit.choices('settings.subject-', agencySubjects),
      items: items.map((change) => ({
        ...change,
        who: actorText(change.actor, actors, visit.locale),
        title: titleOf(change, visit, known),
        version: change.params.version,
      })),
    });
  }
}

/** Names what was changed, as far as its entry of the history does. */
function titleOf(change: AgencyChange, visit: Visit, names: ActNames): string {
  const { subject, subjectId, what, before, after } = change;
  const of = { ...before, ...after };
  if (subject === 'setting')
    return titleOfAct('putSetting', { name: subjectId, value: after?.['value'] }, visit, names);
  if (subject === 'template') return titleOfAct('putTemplate', { key: of['key'] ?? subjectId }, visit, names);
  if (subject === 'brake') return titleOfAct('pullBrake', of, visit, names);
  if (subject === 'proposal') return visit.t(`proposals.act-${String(of['act'])}`);
  const { name } = of;
  // The log has both names and addresses masked, which is enough to see who was called what when.
  if (what === 'address-changed') return `${String(before?.['address'])} → ${String(of['address'])}`;
  if (what === 'renamed') return `${String(before?.['name'])} → ${String(name)}`;
  return names.departments.get(subjectId) ?? (typeof name === 'string' ? name : '');
}
