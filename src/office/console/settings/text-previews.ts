import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import { DepartmentsService } from '../../../core/departments/departments.service.js';
import { PreviewService } from '../../../core/log/preview.service.js';
import { numberChanged } from '../../../core/settings/plan.schema.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import {
  chooseTemplate,
  purposeOf,
  templateKey,
  type TemplatePlacement,
} from '../../../core/texts/template-placement.js';
import { TemplatesService } from '../../../core/texts/templates.service.js';
import { Database } from '../../../platform/database/database.js';
import { ExampleTexts } from '../example-texts.js';

/** So many contracts are shown that get a text next, chosen among so many alerts. */
const contractsShown = 4;
const alertsRead = 40;

interface NextAlert {
  contractId: string;
  reference: string;
  title: string;
  code: string;
  occurrence: number;
  dueAt: Date;
}

/** TextPreviews show a text that is being written as the contracts read it that will get it next. */
@Injectable()
export class TextPreviews {
  constructor(
    private readonly database: Database,
    private readonly departments: DepartmentsService,
    private readonly settings: SettingsService,
    private readonly templates: TemplatesService,
    private readonly previews: PreviewService,
    private readonly examples: ExampleTexts,
  ) {}

  /** Shows an invented contract where none is planned to get it. Throws `template-refused` as saving it does. */
  async shown(caller: Caller, placement: TemplatePlacement, body: string) {
    await this.templates.check(placement, body);
    const { locale, wording } = placement;
    const next = await this.nextAlerts(caller, placement);
    const phones = [];
    for (const { dueAt, ...alert } of next) {
      const asked = { contractId: alert.contractId, milestone: alert.code, occurrence: alert.occurrence };
      const { text, lengths } = await this.previews.preview(caller, { ...asked, locale, wording, body });
      phones.push({ ...alert, dueAt: dueAt.toISOString(), text, lengths });
    }
    const isExample = phones.length === 0;
    return { isExample, phones: isExample ? [await this.examples.exampleOf(placement, body)] : phones };
  }

  /** Finds the alerts that fall due next of which this template would make the text, each of another contract that the caller sees. */
  private async nextAlerts(caller: Caller, placement: TemplatePlacement): Promise<NextAlert[]> {
    const served = await this.servedBy(placement);
    const seen = await this.departments.seenBy(caller);
    const rows = await this.database.rows<NextAlert>(
      `SELECT a.contract_id, c.reference, c.title, m.code, m.occurrence, a.due_at
       FROM alert a JOIN milestone m ON m.id = a.milestone_id JOIN contract c ON c.id = a.contract_id
         JOIN contact p ON p.id = a.contact_id
       WHERE a.status = 'planned' AND a.wording = $1 AND p.locale = $2
         AND (c.kind, m.code) IN (SELECT * FROM unnest($3::text[], $4::text[]))
         AND ($5::uuid[] IS NULL OR c.department_id = ANY($5))
       ORDER BY a.due_at LIMIT ${alertsRead}`,
      [
        placement.wording,
        placement.locale,
        served.map(({ kind }) => kind),
        served.map(({ milestone }) => milestone),
        seen,
      ],
    );
    const first = new Map(rows.toReversed().map((row) => [row.contractId, row]));
    return rows.filter((row) => first.get(row.contractId) === row).slice(0, contractsShown);
  }

  private async servedBy(placement: TemplatePlacement): Promise<TemplatePlacement[]> {
    const key = templateKey(placement);
    if (purposeOf(placement) === 'digest' || placement.milestone === numberChanged) return [];
    const { value: agency } = await this.settings.agency();
    const keys = new Set([key, ...(await this.templates.versions()).map((version) => version.key)]);
    const plans = await this.settings.plansInForce();
    return plans
      .flatMap(({ value: { kind, milestones } }) =>
        milestones.map(({ code }) => ({ ...placement, kind, milestone: code })),
      )
      .filter((place) => chooseTemplate(keys, place, agency.locale) === key);
  }
}
