import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../core/access/roles.js';
import type { ContractView } from '../../../core/contracts/contract.view.js';
import { PreviewService } from '../../../core/log/preview.service.js';
import type { PreviewView } from '../../../core/log/preview.schema.js';
import { AppError } from '../../../platform/app-error.js';
import { SettingsService } from '../../../core/settings/settings.service.js';
import type { Locale } from '../../../platform/words/words.js';
import { planStrip } from './plan-strip.js';

type Milestone = ContractView['milestones'][number];

/** A plan as people look at it: its days on a strip, and each text behind its milestone. */
@Injectable()
export class PlanShown {
  constructor(
    private readonly previews: PreviewService,
    private readonly settings: SettingsService,
  ) {}

  async of(caller: Caller, contract: ContractView, locale: Locale) {
    const calendar = await this.settings.calendar();
    const today = await this.settings.today();
    const textLocale = localeOfTexts(contract);
    const dated = contract.milestones.filter((milestone) => milestone.dueAt !== null);
    const milestones = [];
    for (const milestone of dated) {
      milestones.push({ ...milestone, text: await this.textOf(caller, contract, milestone, textLocale) });
    }
    const marks = dated.map((milestone) => ({
      day: (milestone.dueAt ?? '').slice(0, 10),
      label: milestone.name?.[locale] ?? milestone.code,
      neutral: milestone.date === null,
    }));
    return {
      milestones,
      strip: planStrip(marks, calendar, today, locale),
      textedToday: textedOn(today, contract),
      hasContacts: contract.counterparties.some((party) => party.contacts.length > 0),
    };
  }

  private async textOf(
    caller: Caller,
    { id }: ContractView,
    { code, occurrence }: Milestone,
    locale: Locale | undefined,
  ): Promise<PreviewView | null> {
    try {
      return await this.previews.preview(caller, { contractId: id, milestone: code, occurrence, locale });
    } catch (error) {
      // A template may want what the contract does not have yet: the plan is shown without it.
      if (error instanceof AppError) return null;
      throw error;
    }
  }
}

function localeOfTexts(contract: ContractView): Locale | undefined {
  return contract.counterparties.flatMap((party) => party.contacts).find((contact) => !contact.removedAt)
    ?.locale;
}

/** How many contacts a change would text on the day that it is made. */
export function textedOn(today: string, { difference }: ContractView): number {
  const changes = [...(difference?.added ?? []), ...(difference?.moved ?? [])];
  return new Set(
    changes
      .filter(({ to }) => to.status === 'planned' && to.dueAt.slice(0, 10) <= today)
      .map((change) => change.contactId),
  ).size;
}
