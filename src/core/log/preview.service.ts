import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Caller } from '../access/roles.js';
import { ContractReader } from '../contracts/contract.reader.js';
import type { Department } from '../departments/department.entity.js';
import type { Milestone } from '../planning/planning.entities.js';
import { Providers } from '../providers/providers.module.js';
import { SettingsService } from '../settings/settings.service.js';
import { lengthsOfText } from '../texts/lengths.js';
import { compileTemplate } from '../texts/rendering.js';
import { templateKey, type TemplatePlacement } from '../texts/template-placement.js';
import { TemplatesService } from '../texts/templates.service.js';
import { VariablesService } from '../texts/variables.service.js';
import type { PreviewBody, PreviewView } from './log.schema.js';
import { logProblems } from './log.words.js';

/** MilestoneFacts are what the database has of a milestone that a text is previewed for; it may not be planned yet. */
interface MilestoneFacts extends Pick<Department, 'name' | 'nameEn'> {
  date: Milestone['date'];
  wording: Milestone['wording'] | null;
}

/** PreviewService makes the text that a contact would get, before anybody gets it. */
@Injectable()
export class PreviewService {
  constructor(
    private readonly database: Database,
    private readonly providers: Providers,
    private readonly settings: SettingsService,
    private readonly contracts: ContractReader,
    private readonly templates: TemplatesService,
    private readonly variables: VariablesService,
  ) {}

  /**
   * Throws for a milestone that the contract's plan does not have, with line and column of everything that keeps a draft
   * from being used, and when the contract or a setting lacks what the template asks for.
   */
  async preview(caller: Caller, asked: PreviewBody): Promise<PreviewView> {
    const contract = await this.contracts.requireVisible(caller, asked.contractId);
    const { value: plan } = await this.settings.plan(contract.planName, contract.planVersion);
    const code = asked.milestone;
    const known = plan.milestones.map((milestone) => milestone.code);
    if (!known.includes(code)) {
      const fields = [logProblems.field('milestone', 'milestone-unknown.preview', { code, known })];
      throw logProblems.error('milestone-unknown.preview', { code, known }, { fields });
    }
    const facts = await this.factsOf(asked);
    const wording = asked.wording ?? facts.wording ?? 'milestone';
    const locale = asked.locale ?? (await this.settings.agency()).value.locale;
    const placement = { locale, kind: contract.kind, milestone: code, wording };
    const { key, version, body } = await this.templateFor(placement, asked.body);
    const variables = await this.variables.from(this.providers.forSending.sender);
    const subject = await this.variables.subjectOf({
      ...contract,
      locale,
      departmentName: facts.name,
      departmentNameEn: facts.nameEn,
      code,
      date: facts.date ?? (await this.settings.today()),
    });
    const render = compileTemplate(body);
    const text = textOf(() => render(variables.milestone(subject)));
    const dateAssumed = facts.date === null && wording === 'milestone';
    return { text, key, version, dateAssumed, lengths: lengthsOfText(text) };
  }

  private async factsOf({ contractId, milestone, occurrence }: PreviewBody): Promise<MilestoneFacts> {
    const [facts] = await this.database.rows<MilestoneFacts>(
      `SELECT d.name, d.name_en, s.date, s.wording
       FROM contract c JOIN department d ON d.id = c.department_id
         LEFT JOIN milestone s ON s.contract_id = c.id AND s.code = $2 AND s.occurrence = $3 AND NOT s.withdrawn
       WHERE c.id = $1`,
      [contractId, milestone, occurrence],
    );
    if (!facts) throw new Error('the contract went away meanwhile');
    return facts;
  }

  private async templateFor(
    placement: TemplatePlacement,
    draft: string | undefined,
  ): Promise<{ key: string; version: number | null; body: string }> {
    if (draft === undefined) return (await this.templates.inForce()).choose(placement);
    await this.templates.check(placement, draft);
    return { key: templateKey(placement), version: null, body: draft };
  }
}

function textOf(render: () => string): string {
  try {
    return render();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw logProblems.error('text-failed', { why }, { cause });
  }
}
