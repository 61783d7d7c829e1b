import { Injectable } from '@nestjs/common';
import { kinds } from '../../core/settings/plan.schema.js';
import { Providers } from '../../core/providers/providers.module.js';
import { BrakesService } from '../../core/sending/brakes.service.js';
import { SettingsService } from '../../core/settings/settings.service.js';
import { chooseTemplate, templateKey } from '../../core/texts/template-placement.js';
import { TemplatesService } from '../../core/texts/templates.service.js';
import type { PausedNow } from './coverage-query.js';

/** What stands still now, in terms that a statement can compare an alert with. */
@Injectable()
export class Paused {
  constructor(
    private readonly providers: Providers,
    private readonly brakes: BrakesService,
    private readonly settings: SettingsService,
    private readonly templates: TemplatesService,
  ) {}

  async now(): Promise<PausedNow> {
    const { sender } = this.providers.forSending;
    const on = await this.brakes.brakesOn();
    return {
      everything: on.everything || on.instance || on.senders.has(sender),
      departments: on.departments,
      templates: [...on.templates],
      placements: on.templates.size > 0 ? await this.placements(on.templates) : [],
      routes: [...on.routes],
      sender,
    };
  }

  /** An alert that is not yet in a message has no template: those whose choice would fall on a braked one. */
  private async placements(braked: ReadonlySet<string>): Promise<string[]> {
    const available = new Set((await this.templates.versions()).map((version) => version.key));
    const { value: agency } = await this.settings.agency();
    const found: string[] = [];
    for (const milestone of await this.milestoneCodes()) {
      for (const locale of ['ko', 'en'] as const) {
        for (const kind of kinds) {
          for (const wording of ['milestone', 'neutral'] as const) {
            const placement = { locale, kind, milestone, wording };
            const chosen = chooseTemplate(available, placement, agency.locale);
            if (chosen !== null && braked.has(chosen)) found.push(templateKey(placement));
          }
        }
      }
    }
    return found;
  }

  private async milestoneCodes(): Promise<Set<string>> {
    const plans = await this.settings.versions('plan');
    return new Set(plans.flatMap(({ value }) => codesOf(value)));
  }
}

function codesOf(plan: unknown): string[] {
  return (plan as { milestones: { code: string }[] }).milestones.map((milestone) => milestone.code);
}
